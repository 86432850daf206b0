"""The demo does the whole way once, offline, and the README's commands work in what it leaves."""

import json
import re
import shlex
from pathlib import Path

import pytest
from command_line import Result, run, run_here

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_demo_runs_without_a_network(demo_run: tuple[Path, Result]) -> None:
    folder, result = demo_run
    assert result.code == 0, result.err
    assert "HOLDS" in result.out
    assert (folder / "signed" / "clean.signed.mp4").is_file()


def test_the_demo_rejects_for_each_planted_reason(demo_run: tuple[Path, Result]) -> None:
    out = demo_run[1].out
    clean, problem = out.split("problem.mp4  ")
    for rule in ("likeness.no-consent", "likeness.named", "pii.payment-card", "pii.personal-data"):
        assert rule in problem
        assert rule not in clean
    assert "look-alike" in problem
    assert "APPROVE" in clean
    assert "4111 1111 1111 1111" not in out, "matched personal data is redacted"


def test_the_demo_says_under_which_licence_frames_are_examined_or_how(
    demo_run: tuple[Path, Result],
) -> None:
    out = demo_run[1].out
    assert "AGPL-3.0" in out or "'make nudity' installs it" in out


def test_only_the_approved_clip_is_signed(demo_run: tuple[Path, Result]) -> None:
    runs = sorted((demo_run[0] / ".compliance" / "runs").iterdir())
    assert len(runs) == 2
    for folder in runs:
        verdict = json.loads((folder / "verdict.json").read_text())
        signed = list(folder.glob("*.signed.*"))
        assert bool(signed) == (verdict["decision"] == "approve")
        assert (folder / "attestation.dsse.json").is_file()
        assert verdict["complete"]


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How the pictures of evidence begin: the first three bytes alone stand in ciphertext by chance."""


def test_no_face_and_no_vector_lies_in_the_clear(demo_run: tuple[Path, Result]) -> None:
    for path in (demo_run[0] / ".compliance").rglob("*"):
        if path.is_file() and "signed.mp4" not in path.name:
            content = path.read_bytes()
            assert JPEG not in content, f"{path} holds a JPEG in the clear"
            assert b"4111 1111 1111 1111" not in content, path


def readme_commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [
        shlex.split(line, comments=True)[1:] for line in lines if line.startswith("compliance ")
    ]


REVIEWS = {"problem.mp4": 11, "A famous plumber in a red cap jumps over green pipes": 10}
"""Exit codes of reviews in the README that do not approve, by what is reviewed."""


def test_the_commands_of_the_readme_work_in_order(demo: Path) -> None:
    commands = readme_commands()
    assert len(commands) >= 14
    for words in commands:
        result = run_here(*words, cwd=demo)
        codes = [code for what, code in REVIEWS.items() if what in words and words[0] == "review"]
        expected = max(codes, default=0)
        assert result.code == expected, (words, result.out, result.err)
        assert result.out.strip(), words
    assert json.loads((demo / "report.json").read_text())["exit_code"] == 11
    assert list((demo / "evidence").glob("*.jpg"))


def test_the_demo_leaves_a_strangers_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "compliance-demo").mkdir()
    (tmp_path / "compliance-demo" / "mine.txt").write_text("keep")
    result = run("demo", cwd=tmp_path)
    assert result.code == 2
    assert "--dir" in result.err
    assert (tmp_path / "compliance-demo" / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize("change", ["flip", "append"])
def test_a_changed_byte_is_noticed(demo: Path, change: str) -> None:
    signed = demo / "signed" / "clean.signed.mp4"
    content = bytearray(signed.read_bytes())
    if change == "flip":
        content[len(content) // 2] ^= 1
    else:
        content += b"\x00\x00\x00\x08free"
    signed.write_bytes(content)
    result = run("verify", "signed/clean.signed.mp4", cwd=demo)
    assert result.code == 11
    assert "DOES NOT HOLD" in result.out


def test_without_its_attestation_a_signed_file_cannot_be_told(demo: Path) -> None:
    (demo / "signed" / "clean.signed.mp4.attestation.dsse.json").unlink()
    result = run("verify", "signed/clean.signed.mp4", cwd=demo)
    assert result.code == 12
    assert "attestation" in result.out
