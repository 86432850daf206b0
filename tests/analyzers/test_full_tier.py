"""The analyzers of the full tier, on small real networks with cards of their own."""

import numpy as np
import pytest
from tiny_models import tiny_image_classifier, tiny_openclip, tiny_text_classifier

from compliance.analyzers.image_embeddings import ImageEmbeddingAnalyzer
from compliance.analyzers.sensitive.image_classes import SexualImageAnalyzer, ViolentImageAnalyzer
from compliance.analyzers.texts.text_moderation import TextModerationAnalyzer
from compliance.errors import ModelError
from compliance.model_store import ModelStore
from compliance.testing import FrameContract, TextContract
from compliance.types import FrameBatch, Source, TextBatch

SEXUAL = {"normal": "", "nsfw": "sexual.explicit"}
VIOLENT = {"non-violent": "", "gore": "violence.graphic"}
HATE = {"toxic": "", "hate": "hate.speech", "threat": "violence.general"}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    return make_store(tmp_path_factory.mktemp("cards"))


def make_store(folder) -> ModelStore:
    tiny_openclip(folder)
    tiny_image_classifier(folder, SexualImageAnalyzer.spec.models[0], SEXUAL)
    tiny_image_classifier(
        folder, ViolentImageAnalyzer.spec.models[0], VIOLENT, task="violence in images"
    )
    tiny_text_classifier(folder, TextModerationAnalyzer.spec.models[0], HATE)
    return ModelStore(folder)


def picture(seed: int) -> np.ndarray:
    y, x = np.mgrid[:72, :128]
    waves = [127 + 120 * np.sin(x / (5 + seed + c) + y / 9 + c) for c in range(3)]
    return np.stack(waves, axis=2).astype(np.uint8)


def shown(*seeds: int, duplicates: tuple[bool, ...] = ()) -> FrameBatch:
    count = len(seeds)
    return FrameBatch(
        ("asset",) * count,
        np.arange(count) * 0.5,
        tuple(picture(seed) for seed in seeds),
        duplicates=duplicates,
    )


class Tiny:
    """Small networks for a contract."""

    tolerance = 0.02

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def networks(cls, tmp_path_factory):
        cls.folder = tmp_path_factory.mktemp("cards")
        make_store(cls.folder)

    def store(self) -> ModelStore:
        return ModelStore(self.folder)


class Frames(Tiny, FrameContract):
    def samples(self) -> list[FrameBatch]:
        first, second = picture(1), picture(4)
        return [
            FrameBatch(("a",), np.array([0.0]), (first,)),
            FrameBatch(("b",), np.array([2.5]), (second,)),
        ]


class TestEmbeddings(Frames):
    def analyzer(self) -> ImageEmbeddingAnalyzer:
        return ImageEmbeddingAnalyzer()


class TestSexualImages(Frames):
    def analyzer(self) -> SexualImageAnalyzer:
        return SexualImageAnalyzer()


class TestViolentImages(Frames):
    def analyzer(self) -> ViolentImageAnalyzer:
        return ViolentImageAnalyzer()


class TestTextModeration(Tiny, TextContract):
    def analyzer(self) -> TextModerationAnalyzer:
        return TextModerationAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            TextBatch(("a",), ("a cat on a wall",), (Source.PROMPT,), (None,), (None,)),
            TextBatch(("b",), ("dogs",), (Source.NEGATIVE_PROMPT,), (None,), (None,)),
        ]


del Frames


def test_each_distinct_frame_has_one_embedding_and_lasts_while_it_is_shown(store) -> None:
    analyzer = ImageEmbeddingAnalyzer()
    analyzer.setup("cpu", store)
    batch = shown(1, 1, 1, 4, duplicates=(False, True, True, False))
    observed = analyzer.observe_frames(batch)
    assert [one.vector is not None for one in observed] == [True, False, False, True]
    reduced = analyzer.reduce("asset", observed[::-1])
    assert [(one.span.start, one.span.end) for one in reduced] == [(0.0, 1.0), (1.5, 1.5)]
    assert all(one.vector is not None for one in reduced)


def test_a_run_of_frames_is_one_finding_with_its_worst_score(store) -> None:
    analyzer = SexualImageAnalyzer()
    analyzer.setup("cpu", store)
    batch = shown(1, 4, 4, duplicates=(False, False, True))
    observed = analyzer.observe_frames(batch)
    reduced = analyzer.reduce("asset", observed)
    scores = [one.attributes["scores"]["nsfw"] for one in reduced]
    assert scores[1] == scores[2]
    (finding,) = analyzer.findings("asset", reduced, None)
    assert finding.category == "sexual.explicit"
    assert (finding.span.start, finding.span.end) == (0.0, 1.0)
    assert finding.raw == pytest.approx(max(scores), abs=1e-4)
    assert finding.evidence.image is None


def test_frames_below_the_floor_part_two_findings(store) -> None:
    analyzer = SexualImageAnalyzer()
    analyzer.setup("cpu", store)
    observed = analyzer.observe_frames(shown(1, 4, 4, 1))
    quiet = {"normal": 1.0, "nsfw": 0.0}
    for index in (1, 2):
        attributes = {**observed[index].attributes, "scores": quiet}
        observed[index] = observed[index].but(attributes=attributes)
    spans = [
        (one.span.start, one.span.end)
        for one in analyzer.findings("asset", analyzer.reduce("asset", observed), None)
    ]
    assert spans == [(0.0, 0.0), (1.5, 1.5)]


def test_a_card_for_other_categories_is_refused(tmp_path) -> None:
    """Else the analyzer would say that it had looked for what its network does not know."""
    name = SexualImageAnalyzer.spec.models[0]
    tiny_image_classifier(tmp_path, name, {"normal": "", "nude": "sexual.suggestive"})
    with pytest.raises(ModelError, match=r"sexual\.suggestive"):
        SexualImageAnalyzer().setup("cpu", ModelStore(tmp_path))


def test_without_a_calibration_nothing_is_examined(tmp_path) -> None:
    name = SexualImageAnalyzer.spec.models[0]
    tiny_image_classifier(tmp_path, name, SEXUAL, calibration="unknown")
    with pytest.raises(ModelError, match="calibration"):
        SexualImageAnalyzer().setup("cpu", ModelStore(tmp_path))
