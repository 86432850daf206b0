"""Importing a TensorFlow.js layers model: converted, checked against its card, and kept with its licence."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import Result, run_here

from compliance.model_store import ModelStore

CARD = "nsfwjs-mobilenet-v2"


def bring(source: Path, place: Path) -> Result:
    env = {"COMPLIANCE_HOME": str(place / "home")}
    return run_here("models", "import", CARD, str(source), "--accept", cwd=place, env=env)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A home into which the model was imported from a copy of its repository."""
    folder = tmp_path_factory.mktemp("imported")
    result = bring(shared_data / "models-nsfwjs", folder)
    assert result.code == 0, result.err
    assert "MIT" in result.out
    return folder / "home"


def pulled(home: Path) -> ModelStore:
    return ModelStore(pulled=home / "models")


def test_what_was_imported_is_whole_and_has_the_digests_of_the_card(home: Path) -> None:
    loaded = pulled(home).load(CARD)
    assert loaded.digests == tuple(file.sha256 for file in loaded.card.files)
    receipt = json.loads((home / "models" / CARD / "receipt.json").read_text())
    assert receipt["weight_licence"] == "MIT" and "converted" in receipt["source"]


def test_a_folder_that_was_imported_once_is_a_mirror_for_others(home: Path, tmp_path: Path) -> None:
    result = bring(home / "models" / CARD, tmp_path)
    assert result.code == 0, result.err
    assert pulled(tmp_path / "home").load(CARD).digests == pulled(home).load(CARD).digests


def test_a_changed_shard_is_refused_and_nothing_is_kept(shared_data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in (shared_data / "models-nsfwjs" / "models" / "mobilenet_v2").iterdir():
        shutil.copyfile(file, copy / file.name)
    shard = copy / "group1-shard1of1"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\0")
    result = bring(copy, tmp_path)
    assert result.code == 2
    assert "group1-shard1of1" in result.err and "SHA-256" in result.err
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


def test_a_folder_with_two_models_asks_which_is_meant(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "both" / name).mkdir(parents=True)
        (tmp_path / "both" / name / "model.json").write_text("{}")
    result = bring(tmp_path / "both", tmp_path)
    assert result.code == 2
    assert "one, two" in result.err
