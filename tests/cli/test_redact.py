"""``compliance redact``: what a review found is found no more in the copy, and bad input is refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from command_line import Result, run_here

from compliance.demo.scenes import picture_of

RATE, FRAMES, WIDTH, HEIGHT = 25, 50, 640, 360
POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: faces, title: No faces, why: House rule, find: presence.face, then: flag}
  - {id: pii, title: No telephone numbers, why: House rule, find: pii.phone, then: flag}
  - {id: logos, title: No logos, why: House rule, find: brand.logo, then: flag}
"""


def draw(index: int, face: Any, mark: Any) -> Any:
    picture = np.full((HEIGHT, WIDTH, 3), (90, 120, 140), np.uint8)
    picture[:, :, 1] += np.linspace(0, 60, WIDTH).astype(np.uint8)
    left, top = 20 + 4 * index, 20 + index
    picture[top : top + face.shape[0], left : left + face.shape[1]] = face
    picture[30 : 30 + mark.shape[0], 520 : 520 + mark.shape[1]] = mark
    cv2.putText(picture, "Call 212 555 0187 now", (60, 330), 0, 1.0, (255, 255, 255), 2)
    return picture


def write_clip(path: Path, face: Any, mark: Any) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "16", "preset": "veryfast"}
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(draw(index, face, mark), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def logo() -> Any:
    """A mark with corners enough for local features, uint8 RGB (100, 100, 3)."""
    mark = np.full((100, 100, 3), 255, np.uint8)
    cv2.circle(mark, (35, 40), 24, (200, 20, 20), -1)
    cv2.rectangle(mark, (50, 45), (90, 85), (20, 40, 160), 4)
    cv2.putText(mark, "ZQ", (12, 92), cv2.FONT_HERSHEY_DUPLEX, 1.1, (10, 10, 10), 2)
    return mark


def reviewed(folder: Path, name: str) -> list[dict[str, Any]]:
    done = run_here("review", name, "--policy", "policy.yaml", "--format", "json", cwd=folder)
    (folder / "report.json").write_text(done.out)
    (one,) = json.loads(done.out)["reviews"]
    return [found for found in one["findings"] if not found["category"].startswith("provenance")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a reviewed clip in which a face moves, a mark stands and a number is written."""
    folder = tmp_path_factory.mktemp("redact")
    (folder / "policy.yaml").write_text(POLICY)
    face = cv2.resize(picture_of("astronaut")[20:260, 110:350], (200, 200))
    write_clip(folder / "clip.mp4", face, logo())
    cv2.imwrite(str(folder / "mark.png"), cv2.resize(logo()[:, :, ::-1], (300, 300)))
    done = run_here("brands", "add", "Zedcue", "--mark", "mark.png", cwd=folder)
    assert done.code == 0, done.err
    found = {one["category"] for one in reviewed(folder, "clip.mp4")}
    assert {"presence.face", "pii.phone", "brand.logo"} <= found
    return folder


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result.out + result.err
    assert "\n" not in result.err.strip() and "Traceback" not in result.err
    assert not [word for word in words if word not in result.err], result.err


def test_what_was_found_is_found_no_more_in_the_copy(desk: Path) -> None:
    asked = [word for name in ("presence.face", "pii", "brand.logo") for word in ("--find", name)]
    done = run_here("redact", "clip.mp4", *asked, "-o", "copy.mp4", cwd=desk)
    assert done.code == 0, done.err
    assert "covered the whole" not in done.out
    assert done.out.endswith("Next:\n  compliance review copy.mp4\n")
    report = (desk / "report.json").read_text()
    assert reviewed(desk, "copy.mp4") == []
    (desk / "report.json").write_text(report)


def test_findings_come_from_a_run_its_table_or_a_report(desk: Path) -> None:
    (run,) = [
        path
        for path in (desk / ".compliance/runs").iterdir()
        if "clip" in str(json.loads((path / "verdict.json").read_text())["asset_name"])
    ]
    given = [
        ("--run", run),
        ("--findings", run / "findings.parquet"),
        ("--findings", desk / "report.json"),
    ]
    for number, (option, path) in enumerate(given):
        out = f"by-{number}.mp4"
        done = run_here(
            "redact", "clip.mp4", option, str(path), "--find", "pii", "-o", out, cwd=desk
        )
        assert done.code == 0, done.err
        assert (desk / out).is_file()


def test_a_report_is_followed_as_its_run_is_and_says_where_it_cannot(
    desk: Path, tmp_path: Path
) -> None:
    def redacted(report: Path, out: str) -> Result:
        asked = ("--findings", str(report), "--find", "presence.face", "-o", out)
        return run_here("redact", "clip.mp4", *asked, cwd=desk)

    report = json.loads((desk / "report.json").read_text())
    done = redacted(desk / "report.json", "followed.mp4")
    assert done.code == 0 and "covered the whole" not in done.out, done.out + done.err
    assert "metadata" not in done.out, "what every file of the form has is written anew"
    report["reviews"][0]["files"]["folder"] = "nowhere/else"
    (tmp_path / "report.json").write_text(json.dumps(report))
    done = redacted(tmp_path / "report.json", "alone.mp4")
    for word in ("covered the whole", "--fixed covers its place", "leave out --findings"):
        assert word in done.out, done.out + done.err


def test_findings_of_other_bytes_are_refused(desk: Path, tmp_path: Path) -> None:
    other = tmp_path / "clip.mp4"
    shutil.copy(desk / "clip.mp4", other)
    with other.open("ab") as file:
        file.write(b"\0\0\0\x08free")
    run = next((desk / ".compliance/runs").iterdir())
    out = tmp_path / "out.mp4"
    for option, path in (("--run", run), ("--findings", desk / "report.json")):
        done = run_here(
            "redact", str(other), option, str(path), "--find", "pii", "-o", str(out), cwd=desk
        )
        refused(done, "another asset", "review the file")
    done = run_here("redact", str(other), "--find", "pii", "-o", str(out), cwd=desk)
    refused(done, "no run of this file", "compliance review")
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "new.mp4"), ("nothing is said", "--find")),
        (("--find", "violence", "-o", "new.mp4"), ("no finding", "violence", "pii.phone")),
        (("--finding", "f-0", "-o", "new.mp4"), ("no finding", "f-0")),
        (("--find", "pii", "-o", "clip.mp4"), ("already", "clip.mp4")),
        (("--find", "pii", "-o", "new.mov"), ("same form", ".mp4")),
        (("--find", "pii", "-o", "nowhere/new.mp4"), ("cannot be written", "nowhere")),
        (
            ("--find", "pii", "--findings", "mark.png", "-o", "new.mp4"),
            ("cannot be read", "mark.png"),
        ),
        (("--find", "pii", "--run", "nowhere", "-o", "new.mp4"), ("not the folder of a run",)),
    ],
)
def test_bad_input_is_refused_in_one_paragraph(
    desk: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    before = sorted(os.listdir(desk))
    refused(run_here("redact", "clip.mp4", *arguments, cwd=desk), *words)
    assert sorted(os.listdir(desk)) == before


def test_of_suspected_content_with_minors_no_copy_is_made(desk: Path, tmp_path: Path) -> None:
    report = json.loads((desk / "report.json").read_text())
    found = report["reviews"][0]["findings"]
    found.append(found[0] | {"category": "sexual.minors"})
    (tmp_path / "report.json").write_text(json.dumps(report))
    given = ("--findings", str(tmp_path / "report.json"), "--find", "pii", "-o", "never.mp4")
    refused(run_here("redact", "clip.mp4", *given, cwd=desk), "no copy is made")
    assert not (desk / "never.mp4").exists()


def test_a_full_disk_is_said_and_leaves_nothing(desk: Path) -> None:
    before = sorted(os.listdir(desk))
    size = (desk / "clip.mp4").stat().st_size
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 10}, {size + 10}))\n"
        "import sys; from compliance.cli.main import main; main(sys.argv[1:])"
    )
    command = [
        sys.executable,
        "-c",
        program,
        "redact",
        "clip.mp4",
        "--find",
        "presence",
        "--how",
        "pixelate",
    ]
    done = subprocess.run(
        [*command, "-o", "full.mp4"], cwd=desk, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr and "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(desk)) == before


def test_an_interrupted_run_leaves_nothing(desk: Path) -> None:
    before = sorted(os.listdir(desk))
    command = [
        sys.executable,
        "-m",
        "compliance.cli.main",
        "redact",
        "clip.mp4",
        "--find",
        "pii",
        "-o",
        "late.mp4",
    ]
    with subprocess.Popen(
        command, cwd=desk, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 60
        while not list(desk.glob(".redacting-*/rendered/*")) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert sorted(os.listdir(desk)) == before


def test_what_is_quarantined_is_not_redacted_by_any_findings(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"media")
    (tmp_path / "found.json").write_text("[]")
    entry = tmp_path / ".compliance" / "quarantine" / f"{sha256(b'media').hexdigest()}.json"
    entry.parent.mkdir(parents=True)
    entry.write_text("{}")
    given = ("--findings", "found.json", "--find", "pii", "-o", "b.mp4")
    refused(run_here("redact", "a.mp4", *given, cwd=tmp_path), "no copy is made", "quarantined")
