"""What is here, what it may be used for, mirrors and imports: all of it without any network."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import Result, run, run_here
from small_models import onnx_network, safetensors, sha256, write_card

HUB = {"huggingface": "somebody/small", "revision": "unknown"}
FILES = {"model.safetensors": safetensors(), "sub/config.json": b'{"hidden_size": 4}'}


@pytest.fixture(autouse=True)
def card(tmp_path: Path) -> None:
    write_card(tmp_path / "cards", list(FILES), HUB)


def models(folder: Path, *arguments: str, models: str = "models", **extra: str) -> Result:
    env = {"COMPLIANCE_CARDS": str(folder / "cards"), "COMPLIANCE_MODELS": str(folder / models)}
    return run_here("models", *arguments, cwd=folder, env=env | extra)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def refusal(result: Result) -> str:
    lines = result.err.strip().splitlines()
    assert result.code == 2, (result.out, result.err)
    assert len(lines) == 1 and "Traceback" not in result.err, result.err
    return lines[0]


def imported(folder: Path, models_folder: str = "models") -> Path:
    here = put(folder / "brought", FILES)
    result = models(folder, "import", "small", str(here), "--accept", models=models_folder)
    assert result.code == 0, result.err
    return folder / models_folder


def leftovers(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def states(folder: Path, **extra: str) -> dict[str, str]:
    listed = json.loads(models(folder, "list", "--format", "json", **extra).out)
    return {one["id"]: one["state"] for one in listed}


def test_the_list_says_what_can_be_used(tmp_path: Path) -> None:
    write_card(tmp_path / "cards", ["a.onnx"], HUB, name="forbidden", commercial_use="no")
    write_card(tmp_path / "cards", ["a.onnx"], {"package": "no_such"}, name="packed")
    path = tmp_path / "cards/packed.yaml"
    path.write_text(path.read_text().replace("tier: full", "tier: extra"))
    assert states(tmp_path) | {
        "dlib-face-resnet": "ready",
        "forbidden": "forbidden by settings",
        "packed": "package absent",
        "small": "not pulled",
    } == states(tmp_path)
    imported(tmp_path)
    assert states(tmp_path)["small"] == "ready"
    assert states(tmp_path, COMPLIANCE_COMMERCIAL="false")["forbidden"] == "not pulled"
    text = models(tmp_path, "list").out
    row = next(line for line in text.splitlines() if line.startswith("small"))
    assert "sentence embedding" in row and "Apache-2.0" in row and "ready" in row
    (tmp_path / "models/small/receipt.json").write_text("{}")
    assert states(tmp_path)["small"] == "damaged"


def test_show_prints_card_and_receipt(tmp_path: Path) -> None:
    imported(tmp_path)
    text = models(tmp_path, "show", "small").out
    for said in (
        "Made in a test",
        "unknown",
        str(tmp_path / "brought"),
        sha256(FILES["model.safetensors"]),
    ):
        assert said in text
    shown = json.loads(models(tmp_path, "show", "small", "--format", "json").out)
    assert shown["card"]["id"] == shown["receipt"]["id"] == "small"
    assert "no such model card" in refusal(models(tmp_path, "show", "smal"))


def test_an_import_needs_no_network(tmp_path: Path) -> None:
    put(tmp_path / "brought", FILES)
    env = {"COMPLIANCE_CARDS": "cards", "COMPLIANCE_MODELS": "models"}
    command = ("models", "import", "small", "brought", "--accept")
    assert run(*command, cwd=tmp_path, env=env).code == 0
    expected = [f"small/{name}" for name in sorted([*FILES, "receipt.json"])]
    assert leftovers(tmp_path / "models") == expected


def test_files_are_imported_by_their_names(tmp_path: Path) -> None:
    here = put(tmp_path / "brought", FILES)
    paths = [str(here / name) for name in FILES]
    assert "config.json" in refusal(models(tmp_path, "import", "small", paths[0], "--accept"))
    other = str(put(tmp_path, {"other.onnx": onnx_network()}) / "other.onnx")
    assert "other.onnx" in refusal(models(tmp_path, "import", "small", *paths, other, "--accept"))
    assert not (tmp_path / "models").exists() or leftovers(tmp_path / "models") == []
    assert models(tmp_path, "import", "small", *reversed(paths), "--accept").code == 0
    assert (tmp_path / "models/small/sub/config.json").read_bytes() == FILES["sub/config.json"]


def test_an_import_without_accept_records_nothing(tmp_path: Path) -> None:
    here = put(tmp_path / "brought", FILES)
    assert "--accept" in refusal(models(tmp_path, "import", "small", str(here)))
    assert leftovers(tmp_path / "models") == []


def test_an_import_is_held_to_licence_digest_and_format(tmp_path: Path) -> None:
    here = put(tmp_path / "brought", FILES)
    command: Sequence[str] = ("import", "small", str(here), "--accept")
    write_card(tmp_path / "cards", list(FILES), HUB, commercial_use="unknown")
    assert "forbid" in refusal(models(tmp_path, *command))
    write_card(tmp_path / "cards", dict.fromkeys(FILES, "0" * 64), HUB)
    assert "0" * 64 in refusal(models(tmp_path, *command))
    write_card(tmp_path / "cards", list(FILES), HUB)
    put(here, {"model.safetensors": b"\x80\x04K\x01."})
    assert "pickle" in refusal(models(tmp_path, *command))
    (here / "model.safetensors").unlink()
    assert "model.safetensors" in refusal(models(tmp_path, *command))
    assert "no folder" in refusal(models(tmp_path, "import", "small", "absent", "--accept"))
    assert leftovers(tmp_path / "models") == []


def test_a_mirror_gives_what_another_machine_pulled(tmp_path: Path) -> None:
    mirror = imported(tmp_path, "mirror")
    env = {"COMPLIANCE_CARDS": "cards", "COMPLIANCE_MODELS": "models"}
    command = ("models", "pull", "small", "--from", str(mirror), "--accept")
    result = run(*command, cwd=tmp_path, env=env)  # with sockets to any network blocked
    assert result.code == 0, result.err
    assert "which has it from" in models(tmp_path, "show", "small").out
    assert models(tmp_path, "verify", "small").code == 0


def test_a_mirror_whose_bytes_differ_from_its_receipt_is_refused(tmp_path: Path) -> None:
    mirror = imported(tmp_path, "mirror")
    path = mirror / "small/model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    command = ("pull", "small", "--from", str(mirror), "--accept")
    assert "where it came from" in refusal(models(tmp_path, *command))
    assert leftovers(tmp_path / "models") == []


def test_a_mirror_of_another_model_or_commit_is_refused(tmp_path: Path) -> None:
    mirror = imported(tmp_path, "mirror")
    command = ("--from", str(mirror), "--accept")
    write_card(tmp_path / "cards", list(FILES), HUB, name="other")
    (mirror / "small").rename(mirror / "other")
    assert "another model" in refusal(models(tmp_path, "pull", "other", *command))
    (mirror / "other").rename(mirror / "small")
    receipt = json.loads((mirror / "small/receipt.json").read_text()) | {"revision": "a" * 40}
    (mirror / "small/receipt.json").write_text(json.dumps(receipt))
    write_card(tmp_path / "cards", list(FILES), {**HUB, "revision": "b" * 40})
    assert "a" * 40 in refusal(models(tmp_path, "pull", "small", *command))
    assert "no folder" in refusal(models(tmp_path, "pull", "small", "--from", "absent", "--accept"))


@pytest.mark.parametrize("link", ["file", "folder"])
def test_a_link_out_of_a_mirror_is_not_followed(tmp_path: Path, link: str) -> None:
    put(
        tmp_path / "elsewhere",
        {"model.safetensors": FILES["model.safetensors"], "config.json": b"{}"},
    )
    mirror = put(tmp_path / "mirror/small", FILES)
    if link == "file":
        (mirror / "model.safetensors").unlink()
        (mirror / "model.safetensors").symlink_to(tmp_path / "elsewhere/model.safetensors")
    else:
        (mirror / "sub/config.json").unlink()
        (mirror / "sub").rmdir()
        (mirror / "sub").symlink_to(tmp_path / "elsewhere")
    command = ("pull", "small", "--from", str(tmp_path / "mirror"), "--accept")
    assert "link leads out" in refusal(models(tmp_path, *command))
    assert leftovers(tmp_path / "models") == []


def test_a_pipe_in_a_mirror_is_no_file(tmp_path: Path) -> None:
    mirror = put(tmp_path / "mirror/small", FILES)
    (mirror / "model.safetensors").unlink()
    os.mkfifo(mirror / "model.safetensors")
    command = ("pull", "small", "--from", str(tmp_path / "mirror"), "--accept")
    assert "not there" in refusal(models(tmp_path, *command))


@pytest.mark.parametrize(
    "path", ["../escape.json", "/etc/escape.json", "a/../../escape.json", "receipt.json"]
)
def test_a_card_cannot_reach_out_of_its_folder(tmp_path: Path, path: str) -> None:
    write_card(tmp_path / "cards", [path], HUB)
    command = ("pull", "small", "--from", str(tmp_path), "--accept")
    assert "malformed" in refusal(models(tmp_path, *command))


@pytest.mark.parametrize("damage", ["flipped", "missing", "receipt"])
def test_verify_finds_what_is_damaged(tmp_path: Path, damage: str) -> None:
    imported(tmp_path)
    intact = models(tmp_path, "verify")
    assert intact.code == 0, intact.out
    assert "✔ small" in intact.out and "✔ dlib-face-resnet" in intact.out
    path = tmp_path / "models/small/model.safetensors"
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    if damage == "flipped":
        path.write_bytes(content)
    elif damage == "missing":
        path.unlink()
    else:
        (tmp_path / "models/small/receipt.json").write_text("no JSON")
    found = models(tmp_path, "verify")
    assert found.code == 2
    assert "✖" in found.out and "small" in found.out and "✔ dlib-face-resnet" in found.out


def test_verify_of_what_is_not_here_says_so(tmp_path: Path) -> None:
    assert " small:" not in models(tmp_path, "verify").out
    named = models(tmp_path, "verify", "small")
    assert named.code == 2
    assert "compliance models pull small" in named.out


def test_a_forbidden_model_is_verified_all_the_same(tmp_path: Path) -> None:
    imported(tmp_path)
    write_card(tmp_path / "cards", list(FILES), HUB, commercial_use="no")
    assert models(tmp_path, "verify", "small").code == 0


def test_licences_say_what_the_settings_refuse(tmp_path: Path) -> None:
    write_card(
        tmp_path / "cards",
        ["a.onnx"],
        HUB,
        name="forbidden",
        commercial_use="no",
        licence="Research",
    )
    text = models(tmp_path, "licences").out
    assert "Research (commercial use: no) — refused by the settings\n  forbidden" in text
    assert "CC0-1.0 (commercial use: yes) — allowed" in text
    free = models(tmp_path, "licences", COMPLIANCE_COMMERCIAL="false").out
    assert "Research (commercial use: no) — allowed" in free


def test_remove_deletes_that_model_alone(tmp_path: Path) -> None:
    folder = imported(tmp_path)
    write_card(tmp_path / "cards", list(FILES), HUB, name="other")
    models(tmp_path, "import", "other", str(tmp_path / "brought"), "--accept")
    (tmp_path / "cards/small.yaml").unlink()  # even of a card that is gone
    assert models(tmp_path, "remove", "small").code == 0
    assert {path.split("/")[0] for path in leftovers(folder)} == {"other"}
    assert sorted(os.listdir(folder)) == ["other"]
    assert "nothing to remove" in refusal(models(tmp_path, "remove", "small"))


@pytest.mark.parametrize("name", ["..", ".", "other/../other", ".partial", "dlib-face-resnet"])
def test_remove_takes_ids_of_pulled_models_only(tmp_path: Path, name: str) -> None:
    folder = imported(tmp_path)
    (folder / ".partial").mkdir(exist_ok=True)
    before = leftovers(tmp_path)
    assert "nothing to remove" in refusal(models(tmp_path, "remove", name))
    assert leftovers(tmp_path) == before


def test_a_folder_of_cards_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    result = models(tmp_path, "list", COMPLIANCE_CARDS=str(tmp_path / "crads"))
    assert "crads" in refusal(result)


def test_remove_clears_what_an_interrupted_pull_left(tmp_path: Path) -> None:
    put(tmp_path / "models/.partial/small/files", {"model.safetensors.part": b"some"})
    assert models(tmp_path, "remove", "small").code == 0
    assert os.listdir(tmp_path / "models") == []
