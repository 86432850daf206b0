"""What the shipped cards promise: tasks, licences, digests and categories, checked card by card."""

import re
import shutil
import sys
from pathlib import Path
from typing import get_args

import pytest

from compliance.errors import DigestMismatch, LicenceRefused, ModelMissing
from compliance.model_store import Calibration, Card, ModelStore
from compliance.model_store.card import UNKNOWN, Task
from compliance.plugins import analyzer_specs
from compliance.resources import shipped
from compliance.taxonomy import TAXONOMY

CARDS = list(ModelStore().cards())
ANALYZERS = analyzer_specs()

BEING_WRITTEN = {"faces-insightface", "faces-yunet"}
"""Analyzers that cards may name before they are installed; a skip says so."""

COMMERCIAL = {
    "AFL-3.0",
    "AGPL-3.0",
    "Apache-2.0",
    "BSL-1.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "MIT",
}
"""Licences that allow commercial use, some on conditions."""

WEIGHTS = (".safetensors", ".onnx", ".dat", ".svm", ".pt")
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")


def each(*cards: Card):
    return pytest.mark.parametrize("card", cards, ids=[card.id for card in cards])


def of_tier(tier: str) -> list[Card]:
    return [card for card in CARDS if card.tier == tier]


def alternatives(card: Card) -> list[Card]:
    return [
        one
        for one in CARDS
        if one.task == card.task
        and one.commercial_use == "yes"
        and one.analyzer
        and one.id != card.id
    ]


def test_every_card_parses_and_has_its_file_s_name() -> None:
    assert [card.id for card in CARDS] == sorted(p.stem for p in shipped("models").glob("*.yaml"))


@pytest.mark.parametrize("task", get_args(Task))
def test_every_task_has_a_card(task: str) -> None:
    assert any(card.task == task for card in CARDS)


@pytest.mark.parametrize("task", ["face detection", "face embedding"])
@pytest.mark.parametrize("tier", ["bundled", "full"])
def test_faces_can_be_found_and_compared_commercially_in_every_tier(task: str, tier: str) -> None:
    assert any(
        card.task == task and card.tier == tier and card.commercial_use == "yes" and card.analyzer
        for card in CARDS
    )


@each(*(card for card in CARDS if card.analyzer))
def test_the_analyzer_that_a_card_names_loads_it(card: Card) -> None:
    if card.analyzer not in ANALYZERS and card.analyzer in BEING_WRITTEN:
        pytest.skip(f"the analyzer {card.analyzer} is not installed yet")
    assert card.analyzer is not None
    spec = ANALYZERS[card.analyzer]
    assert card.id in spec.models
    assert set(card.labels.values()) <= set(spec.categories)


def test_every_model_of_an_analyzer_has_a_card() -> None:
    named = {model for spec in ANALYZERS.values() for model in spec.models}
    assert named <= {card.id for card in CARDS}


@each(*(card for card in CARDS if card.labels))
def test_every_label_is_a_category_of_the_taxonomy(card: Card) -> None:
    assert set(card.labels.values()) <= set(TAXONOMY.leaves)


@each(*of_tier("bundled"))
def test_a_bundled_card_loads_and_its_digests_and_sizes_hold(card: Card) -> None:
    loaded = ModelStore().load(card.id)
    assert loaded.digests == tuple(file.sha256 for file in card.files)
    for file, path in zip(card.files, loaded.paths, strict=bool(loaded.paths)):
        assert path.stat().st_size == file.size


@each(*of_tier("full"))
def test_a_model_that_nobody_pulled_is_missing_and_the_pull_is_named(
    card: Card, tmp_path: Path
) -> None:
    store = ModelStore(pulled=tmp_path, commercial=False)
    with pytest.raises(ModelMissing, match=re.escape(f"compliance models pull {card.id}")):
        store.load(card.id)


@each(*(card for card in of_tier("full") if any(file.sha256 == UNKNOWN for file in card.files)))
def test_files_without_a_known_digest_are_not_loaded(card: Card, tmp_path: Path) -> None:
    for file in card.files:
        path = tmp_path / card.id / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
    store = ModelStore(pulled=tmp_path, commercial=False)
    with pytest.raises(ModelMissing, match=f"compliance models pull {re.escape(card.id)}"):
        store.load(card.id)


def test_the_detector_at_hand_is_the_one_that_its_card_describes(
    shared_data: Path, tmp_path: Path
) -> None:
    card = ModelStore().card("yunet")
    (tmp_path / "yunet").mkdir()
    name = card.files[0].path
    shutil.copy(shared_data / "models-yunet" / "onnx" / name, tmp_path / "yunet" / name)
    loaded = ModelStore(pulled=tmp_path).load("yunet")
    assert loaded.paths[0].stat().st_size == card.files[0].size


@each(*of_tier("extra"))
def test_an_extra_is_loaded_from_no_other_file_than_the_one_recorded(
    card: Card, tmp_path: Path, monkeypatch
) -> None:
    package = tmp_path / str(card.source.package)
    for file in card.files:
        (package / file.path).parent.mkdir(parents=True, exist_ok=True)
        (package / file.path).write_bytes(b"another file")
        assert file.sha256 != UNKNOWN
        assert file.size != UNKNOWN
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, str(card.source.package), raising=False)
    with pytest.raises(DigestMismatch, match=card.files[0].sha256):
        ModelStore().load(card.id)


@each(*(card for card in CARDS if card.commercial_use != "yes"))
def test_weights_not_cleared_for_commerce_are_refused_and_alternatives_named(card: Card) -> None:
    store = ModelStore(commercial=True)
    with pytest.raises(LicenceRefused, match=re.escape(card.weight_licence)) as refused:
        store.load(card.id)
    for other in alternatives(card):
        said = str(refused.value)
        assert f"{other.id} ({other.weight_licence}" in said
        assert f"COMPLIANCE_ANALYZERS={other.analyzer})" in said
    ModelStore(commercial=False).check_licence(card)


def test_what_is_refused_has_an_alternative() -> None:
    refused = [card for card in CARDS if card.commercial_use != "yes" and card.analyzer]
    assert {card.id for card in refused} >= {
        "insightface-buffalo-l-det",
        "insightface-buffalo-l-rec",
    }
    for card in refused:
        assert alternatives(card), card.id


@each(*(card for card in CARDS if card.commercial_use == "yes"))
def test_commercial_use_is_claimed_only_under_licences_that_allow_it(card: Card) -> None:
    assert card.weight_licence in COMMERCIAL


@each(*CARDS)
def test_weights_come_first_and_no_pickle_is_listed_but_resemblyzer_s(card: Card) -> None:
    assert card.files[0].path.endswith(WEIGHTS)
    pickles = [file.path for file in card.files if file.path.endswith(PICKLES)]
    assert pickles == (["pretrained.pt"] if card.id == "resemblyzer" else [])
    assert not pickles or "weights_only=True" in card.note


@each(*(card for card in CARDS if card.source.huggingface))
def test_nothing_is_claimed_of_a_hub_commit_that_is_not_named(card: Card) -> None:
    assert re.fullmatch("[0-9a-f]{40}|unknown", str(card.source.revision))
    if card.source.revision == UNKNOWN:
        assert {file.sha256 for file in card.files} == {UNKNOWN}
        assert {file.size for file in card.files} == {UNKNOWN}
        assert "a pull records them" in " ".join(card.note.split())


SIZED = {
    "raw_kind": "distance",
    "points": [(0.4, 1.0), (0.6, 0.5), (0.8, 0.0)],
    "sizes": [
        {"pixels": 20, "points": [(0.5, 1.0), (0.7, 0.5), (0.9, 0.0)]},
        {"pixels": 40, "points": [(0.45, 1.0), (0.65, 0.5), (0.85, 0.0)]},
    ],
    "method": "m",
    "data": "d",
    "date": "2026-11-21",
}


def test_a_score_follows_the_size_and_is_interpolated_between_sizes() -> None:
    calibration = Calibration.model_validate(SIZED)
    scores = [calibration.score(0.65, pixels) for pixels in (5, 20, 30, 40, 80, 500)]
    assert scores == pytest.approx([0.625, 0.625, 0.5625, 0.5, 0.375, 0.375])
    assert calibration.score(0.65) == pytest.approx(0.375)


def test_a_card_without_sizes_scores_alike_whatever_the_size() -> None:
    calibration = Calibration.model_validate({**SIZED, "sizes": []})
    assert {calibration.score(0.6, pixels) for pixels in (None, 10, 1000)} == {0.5}


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [
        ([SIZED["sizes"][1], SIZED["sizes"][0]], "rising pixels"),
        ([{"pixels": 20, "points": [(0.5, 0.0), (0.7, 0.5)]}], "monotone"),
        ([{"pixels": 0, "points": [(0.5, 1.0), (0.7, 0.5)]}], "greater than or equal to 1"),
    ],
)
def test_sizes_out_of_order_or_falling_the_wrong_way_are_refused(sizes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Calibration.model_validate({**SIZED, "sizes": sizes})


@each(*(card for card in CARDS if isinstance(card.calibration, Calibration)))
def test_a_calibration_covers_sure_and_unlikely(card: Card) -> None:
    assert isinstance(card.calibration, Calibration)
    for points in (card.calibration.points, *(size.points for size in card.calibration.sizes)):
        scores = [score for _, score in points]
        assert max(scores) >= 0.9
        assert min(scores) <= 0.05
