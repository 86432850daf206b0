"""The whole way with models of the full tier: small real networks, the real command."""

import json
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_line import run_here
from tiny_models import (
    CALIBRATED,
    VIT_INPUT,
    tiny_image_classifier,
    tiny_openclip,
    tiny_text_classifier,
    write_card,
)

from compliance.analyzers.sensitive.image_classes import SexualImageAnalyzer, ViolentImageAnalyzer

CARD = SexualImageAnalyzer.spec.models[0]
LABELS = {"normal": "", "nsfw": "sexual.explicit"}
CLASSIFIER = {
    "task": "sexual content in images",
    "input": VIT_INPUT,
    "labels": {"nsfw": "sexual.explicit"},
    "activation": "softmax",
    "score_kind": "probability",
    "calibration": CALIBRATED,
}
POLICY = """\
policy: full
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: sexual.none
    title: Nothing explicit
    why: House rules
    find: sexual.explicit
    when: {min_score: %s}
    then: reject
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a picture, cards and a policy that the picture breaks, or does not."""
    tiny_openclip(tmp_path / "cards")
    (tmp_path / "policy.yaml").write_text(POLICY % 0.99)
    (tmp_path / "strict.yaml").write_text(POLICY % 0.01)
    picture = np.random.default_rng(1).integers(0, 255, (96, 128, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "picture.png"), picture)
    return tmp_path


def review(place: Path, policy: str = "policy.yaml", **settings: str):
    env = {
        "COMPLIANCE_HOME": str(place / "home"),
        "COMPLIANCE_CARDS": str(place / "cards"),
    } | {f"COMPLIANCE_{name.upper()}": value for name, value in settings.items()}
    return run_here(
        "review", "picture.png", "--policy", policy, "--format", "json", cwd=place, env=env
    )


def unexamined(result) -> set[str]:
    """Sources in which the category was not examined."""
    (one,) = json.loads(result.out)["reviews"]
    return {entry["source"] for entry in one["verdict"]["not_examined"]}


def test_the_full_tier_examines_what_the_bundled_one_cannot(place: Path) -> None:
    card = ViolentImageAnalyzer.spec.models[0]
    labels = {"calm": "", "gore": "violence.graphic"}
    tiny_image_classifier(place / "cards", card, labels, task="violence in images")
    for name in ("policy.yaml", "strict.yaml"):
        text = (place / name).read_text()
        (place / name).write_text(text.replace("sexual.explicit", "violence.graphic"))
    assert unexamined(review(place)) == {"frame"}
    assert unexamined(review(place, tier="full")) == set()
    assert review(place, policy="strict.yaml", tier="full").code == 11


def test_the_verdict_lists_models_with_digest_and_licence_and_where_they_ran(place: Path) -> None:
    tiny_image_classifier(place / "cards", CARD, LABELS)
    result = review(place, tier="full", analyzers="image-embeddings")
    (run,) = (place / "home" / "runs").iterdir()
    verdict = json.loads((run / "verdict.json").read_text())
    by_name = {one["name"]: one for one in verdict["analyzers"]}
    assert result.code == 0
    assert {"sexual-images", "image-embeddings"} <= set(by_name)
    (model,) = by_name["sexual-images"]["models"]
    assert model["id"] == CARD
    assert len(model["sha256"]) == 64
    assert model["licence"] == "CC0-1.0"
    assert by_name["sexual-images"]["device"].startswith(("cpu", "cuda"))


def test_a_changed_weight_file_stops_the_review(place: Path) -> None:
    tiny_image_classifier(place / "cards", CARD, LABELS)
    path = place / "cards" / CARD / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    result = review(place, tier="full")
    assert result.code == 2
    assert "SHA-256" in result.err and CARD in result.err
    assert not result.out


def test_a_forbidden_licence_stops_the_review_and_names_what_is_allowed(place: Path) -> None:
    tiny_image_classifier(place / "cards", CARD, LABELS, commercial_use="no", weight_licence="NC")
    tiny_image_classifier(
        place / "cards", "other-images", LABELS, analyzer="other-images", weight_licence="MIT"
    )
    result = review(place, tier="full")
    assert result.code == 2
    assert "other-images (MIT" in result.err
    assert "commercial" in result.err
    assert unexamined(review(place, tier="full", commercial="false")) == set()


def test_a_model_that_is_not_there_is_never_replaced_by_another(place: Path) -> None:
    """The shipped card names no digest and nothing was pulled: the category is not examined."""
    result = review(place, tier="full")
    assert result.code == 12
    assert f"compliance models pull {CARD}" in result.out


def test_without_a_calibration_the_category_is_not_examined(place: Path) -> None:
    tiny_image_classifier(place / "cards", CARD, LABELS, calibration="unknown")
    result = review(place, tier="full")
    assert result.code == 12
    assert "calibration" in result.out


def test_two_analyzers_of_one_role_are_refused(place: Path) -> None:
    result = review(place, analyzers="image-embeddings,image-embeddings-l14")
    assert result.code == 2
    assert "image-embeddings-l14" in result.err


def test_a_pickle_under_another_name_stops_the_review(place: Path) -> None:
    tiny_image_classifier(place / "cards", CARD, LABELS)
    path = place / "cards" / CARD / "model.safetensors"
    path.write_bytes(pickle.dumps({"weights": [1.0]}))
    write_card(
        place / "cards",
        CARD,
        **{key: value for key, value in CLASSIFIER.items() if key != "files"},
    )
    result = review(place, tier="full")
    assert result.code == 2
    assert "pickle" in result.err
    assert not result.out


def test_text_that_may_be_in_another_language_was_not_examined(place: Path) -> None:
    """The only text classifier reads English, and nothing proves what a text is in."""
    tiny_text_classifier(
        place / "cards", "toxic-bert", {"hate": "hate.speech", "threat": "violence.general"}
    )
    (place / "hate.yaml").write_text((POLICY % 1.0).replace("sexual.explicit", "hate.speech"))
    env = {"COMPLIANCE_HOME": str(place / "home"), "COMPLIANCE_CARDS": str(place / "cards")}
    result = run_here(
        "review", "--prompt", "Il faut tuer", "--policy", "hate.yaml", "--format", "json",
        cwd=place, env=env | {"COMPLIANCE_TIER": "full"},
    )  # fmt: skip
    assert result.code == 12
    assert "understands en only" in result.out


def test_a_corrected_card_is_not_served_old_observations(place: Path) -> None:
    """What the card says of the input changes what is seen, and the weights stay the same."""
    tiny_image_classifier(place / "cards", CARD, LABELS)

    def seen() -> set[str]:
        (one,) = json.loads(review(place, tier="full").out)["reviews"]
        uses = {use["name"]: use for use in one["verdict"]["analyzers"]}
        return uses["sexual-images"]["observations_key"]

    before = seen()
    write_card(place / "cards", CARD, **CLASSIFIER | {"input": VIT_INPUT | {"colour": "BGR"}})
    assert seen() != before
