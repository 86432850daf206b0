"""Nothing runs a network whose card, digest and licence were not checked."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from compliance.errors import (
    DigestMismatch,
    LicenceRefused,
    ModelError,
    ModelIncomplete,
    ModelMissing,
)
from compliance.model_store import Calibration, CardFile, ModelStore
from compliance.model_store.receipt import Receipt, write_receipt
from compliance.resources import shipped

CARD = shipped("models") / "dlib-face-landmarks-5.yaml"


def store_with(folder: Path, **changes: str) -> ModelStore:
    text = CARD.read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / CARD.name).write_text(text, "utf-8")
    return ModelStore(folder)


def test_every_shipped_card_is_well_formed_and_every_bundled_model_loads() -> None:
    store = ModelStore()
    cards = list(store.cards())
    bundled = [card for card in cards if card.tier == "bundled"]
    assert len(bundled) >= 6
    for card in bundled:
        store.load(card.id)


def test_a_changed_byte_is_refused(tmp_path: Path, monkeypatch) -> None:
    import importlib.util

    spec = importlib.util.find_spec("face_recognition_models")
    assert spec is not None and spec.origin is not None
    package = tmp_path / "face_recognition_models"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    name = "shape_predictor_5_face_landmarks.dat"
    shutil.copy(Path(spec.origin).parent / "models" / name, package / "models" / name)
    content = bytearray((package / "models" / name).read_bytes())
    content[1000] ^= 1
    (package / "models" / name).write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "face_recognition_models", raising=False)
    with pytest.raises(DigestMismatch, match="SHA-256"):
        ModelStore().load("dlib-face-landmarks-5")


@pytest.mark.parametrize("use", ["no", "unknown"])
def test_weights_that_are_not_commercial_are_refused(tmp_path: Path, use: str) -> None:
    store = store_with(tmp_path, **{'commercial_use: "yes"': f'commercial_use: "{use}"'})
    with pytest.raises(LicenceRefused):
        store.load(CARD.stem)
    ModelStore(tmp_path, commercial=False).load(CARD.stem)


def test_an_absent_file_package_or_card_is_named(tmp_path: Path) -> None:
    store = store_with(tmp_path, **{"models/shape": "models/absent"})
    with pytest.raises(ModelIncomplete, match="absent"):  # the package is there
        store.load(CARD.stem)
    store = store_with(tmp_path, **{"package: face_recognition_models": "package: no_such_package"})
    with pytest.raises(ModelMissing, match="no_such_package") as caught:
        store.load(CARD.stem)
    assert not isinstance(caught.value, ModelIncomplete)
    with pytest.raises(ModelMissing):
        store.load("no-such-card")


def test_a_card_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    store = store_with(tmp_path, **{"task: ": "tusk: "})
    with pytest.raises(ModelError, match=r"task|tusk"):
        store.card(CARD.stem)


def test_scores_fall_with_distance_and_stay_in_range() -> None:
    calibration = ModelStore().card("dlib-face-resnet").calibration
    assert isinstance(calibration, Calibration)
    scores = [calibration.score(distance / 100) for distance in range(0, 150)]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= min(scores) <= max(scores) <= 1
    assert calibration.score(0.60) == pytest.approx(0.6)


def test_a_calibration_that_rises_where_it_should_fall_is_refused() -> None:
    with pytest.raises(ValueError, match="monotone"):
        Calibration(
            raw_kind="distance", points=((0, 0), (1, 1)), method="m", data="d", date="2026-01-01"
        )


def test_the_card_in_the_documents_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/models.md").read_text("utf-8")
    block, rest = page.split("```yaml\n# cards/")[1].split("```", 1)
    (tmp_path / "our-nsfw.yaml").write_text(block.partition("\n")[2], "utf-8")
    assert ModelStore(tmp_path).card("our-nsfw").commercial_use == "yes"
    calibrated = rest.split("```yaml\n")[1].split("```")[0]
    text = block.partition("\n")[2].replace("calibration: unknown\n", calibrated)
    (tmp_path / "our-nsfw.yaml").write_text(text, "utf-8")
    calibration = ModelStore(tmp_path).card("our-nsfw").calibration
    assert isinstance(calibration, Calibration)
    assert calibration.score(0.6) == pytest.approx(0.5)


def test_what_was_accepted_holds_on_every_load(tmp_path: Path) -> None:
    """A file without a digest on its card is loaded as it was when its pull was accepted, or not at all."""
    from safetensors.numpy import save

    cards, pulled = tmp_path / "cards", tmp_path / "models"
    cards.mkdir()
    text = CARD.read_text("utf-8").replace("tier: bundled", "tier: full")
    text = text.replace("  package: face_recognition_models", "  url: http://127.0.0.1/")
    head, _, tail = text.partition("  - path:")
    tail = tail[tail.index("code_licence") :]
    (cards / CARD.name).write_text(f"{head}  - path: a.safetensors\n{tail}", "utf-8")
    store = ModelStore(cards, pulled=pulled)
    folder = pulled / CARD.stem
    folder.mkdir(parents=True)
    content = save({"a": np.ones(4, np.float32)})
    (folder / "a.safetensors").write_bytes(content)
    with pytest.raises(ModelIncomplete, match="nobody has recorded"):
        store.load(CARD.stem)
    recorded = CardFile(path="a.safetensors", sha256=hashlib.sha256(content).hexdigest())
    receipt = Receipt(
        id=CARD.stem,
        source="http://127.0.0.1/",
        revision="unknown",
        files=(recorded,),
        weight_licence="CC0-1.0",
        commercial_use="yes",
        accepted=datetime(2026, 1, 1, tzinfo=UTC),
    )
    write_receipt(folder, receipt)
    assert store.load(CARD.stem).digests == (recorded.sha256,)
    (folder / "a.safetensors").write_bytes(content[:-1] + b"\x01")
    with pytest.raises(DigestMismatch, match=f"models remove {CARD.stem}"):
        store.load(CARD.stem)
