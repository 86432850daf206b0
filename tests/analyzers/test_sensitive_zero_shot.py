"""Sensitive categories by texts, on OpenCLIP's own architecture with random weights."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from tiny_models import CALIBRATED, tiny_openclip

from compliance.analyzers.image_embeddings import ImageEmbeddingAnalyzer
from compliance.analyzers.sensitive.sensitive_zero_shot import (
    OWN,
    PROMPTS,
    SensitiveZeroShotAnalyzer,
)
from compliance.errors import AnalyzerError, ModelError
from compliance.facts import Release
from compliance.findings import Finding, Observation
from compliance.model_store import ModelStore
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Reviewer
from compliance.policy.load import load_policy_text
from compliance.runtimes.openclip import OpenClip
from compliance.settings import Settings
from compliance.types import FrameBatch

POLICY = """\
policy: zero-shot
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: shown, title: Shown, why: Test, find: [gambling, hate.symbols], when: {min_score: 0.99}, then: reject}
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cards with a small network."""
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder)
    return folder


@pytest.fixture
def cards(network: Path, tmp_path: Path) -> Path:
    """The same, to put texts of one's own into."""
    folder = tmp_path / "cards"
    folder.mkdir()
    for path in network.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def measured(cards: Path, *categories: str, **changes: object) -> None:
    """Write texts of one's own, with a calibration for some categories."""
    content = YAML(typ="safe").load(PROMPTS.read_text())
    for category in categories:
        points = {"points": [[0.0, 0.1], [1.0, 1.0]]}  # so that random networks find something
        content["categories"][category]["calibration"] = CALIBRATED | points
    YAML().dump(content | changes, cards / OWN)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (80, 80, 3), np.uint8)


def embedded(cards: Path, *frames: np.ndarray, repeats: tuple[bool, ...] = ()) -> list[Observation]:
    analyzer = ImageEmbeddingAnalyzer()
    analyzer.setup("cpu", ModelStore(cards))
    batch = FrameBatch(("a",) * len(frames), np.arange(len(frames)) / 2, frames, duplicates=repeats)
    return analyzer.reduce("a", analyzer.observe_frames(batch))


def ready(cards: Path) -> SensitiveZeroShotAnalyzer:
    analyzer = SensitiveZeroShotAnalyzer()
    analyzer.setup("cpu", ModelStore(cards))
    return analyzer


def found(cards: Path, *frames: np.ndarray, **options: tuple[bool, ...]) -> list[Finding]:
    return ready(cards).findings("a", embedded(cards, *frames, **options), None)


def test_as_shipped_no_category_is_examined(cards: Path) -> None:
    with pytest.raises(ModelError, match="no category has a calibration"):
        ready(cards)


def test_the_shipped_texts_are_for_the_analyzer_s_categories() -> None:
    content = YAML(typ="safe").load(PROMPTS.read_text())
    assert set(content["categories"]) == set(SensitiveZeroShotAnalyzer.spec.categories)
    assert {one["calibration"] for one in content["categories"].values()} == {"unknown"}
    texts = [
        text for one in content["categories"].values() for text in (*one["shows"], *one["harmless"])
    ]
    assert len(texts) == len(set(texts))


def test_the_raw_number_is_the_share_of_the_describing_texts(cards: Path) -> None:
    measured(cards, *SensitiveZeroShotAnalyzer.spec.categories, neutral=["a photo"])
    raws = {one.category: one for one in found(cards, picture(1))}
    content = YAML(typ="safe").load((cards / OWN).read_text())
    clip = OpenClip(ModelStore(cards).load("openclip-vit-b-32"), "cpu")
    (seen,) = embedded(cards, picture(1))
    shares = []
    for category, texts in content["categories"].items():
        every = [*texts["shows"], *texts["harmless"], *content["neutral"]]
        logits = 100 * (clip.embed_texts(every) @ seen.vector).astype(float)
        powers = np.exp(logits - logits.max())
        shares.append(powers[: len(texts["shows"])].sum() / powers.sum())
        assert raws[category].raw == pytest.approx(shares[-1], abs=0.02)
        assert raws[category].score == pytest.approx(0.1 + 0.9 * raws[category].raw, abs=1e-4)
    assert np.ptp(shares) > 0.2, "else anything would do"


def test_frames_in_a_row_are_one_span_with_its_length(cards: Path) -> None:
    measured(cards, "gambling")
    (finding,) = found(
        cards, picture(1), picture(1), picture(2), picture(2), repeats=(False, True, False, True)
    )
    assert (finding.span.start, finding.span.end) == (0.0, 1.5)
    assert "over 1.5 s" in finding.evidence.note
    assert finding.evidence.image is None


def test_categories_without_a_calibration_are_named_and_find_nothing(cards: Path) -> None:
    measured(cards, "gambling", "self_harm")
    analyzer = ready(cards)
    assert set(analyzer.unexamined()) == set(analyzer.spec.categories) - {"gambling", "self_harm"}
    assert "hate.symbols" in analyzer.unexamined()["hate.symbols"]
    kinds = {one.category for one in analyzer.findings("a", embedded(cards, picture(1)), None)}
    assert kinds <= {"gambling", "self_harm"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "openclip-vit-l-14"}, "openclip-vit-l-14"),
        ({"neutral": []}, "neutral"),
        ({"categories": {}}, "gambling"),
        ({"threshold": 0.5}, "threshold"),
    ],
)
def test_a_file_of_texts_that_does_not_fit_is_refused(
    cards: Path, changes: dict, said: str
) -> None:
    measured(cards, "gambling", **changes)
    with pytest.raises(ModelError, match=said):
        ready(cards)


def test_embeddings_of_another_network_are_refused(cards: Path) -> None:
    measured(cards, "gambling")
    (one,) = embedded(cards, picture(1))
    with pytest.raises(AnalyzerError, match="not of the network"):
        ready(cards).findings("a", [one.but(vector=np.ones(7, np.float32))], None)


def test_other_texts_are_another_reading_of_the_model(cards: Path) -> None:
    measured(cards, "gambling")
    (before,) = ready(cards).models()
    measured(cards, "gambling", neutral=["a boat"])
    (after,) = ready(cards).models()
    assert before.reading != after.reading and before.sha256 == after.sha256
    assert before.calibrated


def test_a_review_counts_only_calibrated_categories_as_examined(
    cards: Path, tmp_path: Path
) -> None:
    import cv2

    measured(cards, "gambling")
    cv2.imwrite(str(tmp_path / "picture.png"), picture(3))
    settings = Settings(
        home=tmp_path / "home", cards=cards, analyzers=("sensitive-zero-shot",), device="cpu"
    )
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(tmp_path / "picture.png")], release=Release())
    frames = {
        one.category: one.reason for one in outcome.verdict.not_examined if one.source == "frame"
    }
    assert set(frames) == {"hate.symbols"}
    assert OWN in frames["hate.symbols"]
    assert not outcome.verdict.complete
