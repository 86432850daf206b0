"""Likeness of frames to works, on a small real network: what is nearest, when, and what is refused."""

import json

import cv2
import numpy as np
import pytest
from tiny_models import BY_COSINE, tiny_openclip

from compliance.analyzers.base import References
from compliance.analyzers.image_embeddings import ImageEmbeddingAnalyzer
from compliance.analyzers.works.similarity import SimilarityAnalyzer
from compliance.analyzers.works.vector_prints import VectorPrint, pack, thumbnail, unpack
from compliance.errors import AnalyzerError, BankError, ModelError
from compliance.findings import BankUse, Reference
from compliance.model_store import ModelStore
from compliance.taxonomy import TAXONOMY
from compliance.types import FrameBatch

STEEP = {
    "score_kind": "cosine",
    "calibration": BY_COSINE["calibration"] | {"points": [[0.99, 0.0], [1.0, 1.0]]},
}
"""Two random layers find most pictures alike: only the same picture is to have a score."""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder, **STEEP)
    return ModelStore(folder)


@pytest.fixture(scope="module")
def embeddings(store) -> ImageEmbeddingAnalyzer:
    analyzer = ImageEmbeddingAnalyzer()
    analyzer.setup("cpu", store)
    return analyzer


@pytest.fixture(scope="module")
def analyzer(store) -> SimilarityAnalyzer:
    made = SimilarityAnalyzer()
    made.setup("cpu", store)
    return made


def picture(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 255, (3, 4, 3), np.uint8)
    return cv2.resize(blocks, (128, 96), interpolation=cv2.INTER_NEAREST)


def seen(embeddings, *seeds: int, duplicates: tuple[bool, ...] = ()):
    count = len(seeds)
    frames = tuple(picture(seed) for seed in seeds)
    batch = FrameBatch(("a",) * count, np.arange(count) * 0.5, frames, duplicates=duplicates)
    return embeddings.reduce("a", embeddings.observe_frames(batch))


def works(embeddings, **seeds: tuple[int, ...]) -> References:
    """One work for each keyword, of frames two seconds apart; ``bank__entry`` names both."""
    names = [key.split("__") for key in seeds]
    prints = []
    for own in seeds.values():
        vectors = embeddings._network.embed_images([picture(seed) for seed in own])
        small = tuple(thumbnail(picture(seed)) for seed in own)
        prints.append(pack(VectorPrint(vectors, np.arange(len(own)) * 2.0, small)))
    return References(
        refs=tuple(Reference(bank=b, entry=e, label=e.title()) for b, e in names),
        banks=(BankUse(name="works", modality="work", size=len(seeds), version="0" * 64),),
        prints=tuple(prints),
        details=tuple(json.dumps({"file": f"{e}.mp4"}) for _, e in names),
    )


def test_a_frame_of_a_work_is_found_with_its_time_in_both(analyzer, embeddings) -> None:
    references = works(embeddings, works__film=(11, 12, 13), works__other=(20,))
    (finding,) = analyzer.findings("a", seen(embeddings, 1, 12, 12, 2), references)
    assert finding.category == "ip.similarity" and finding.category in TAXONOMY.leaves
    assert finding.reference.id == "works/film"
    assert (finding.span.start, finding.span.end) == (0.5, 1.0)
    assert finding.evidence.reference_span.start == 2.0
    assert finding.raw == pytest.approx(1, abs=0.002) and finding.score > 0.8
    assert (finding.rank, finding.frames, finding.raw_kind) == (1, 2, "cosine")
    assert "Film (film.mp4)" in finding.evidence.note


def test_a_frame_between_parts_two_findings_and_repeats_prolong_one(analyzer, embeddings) -> None:
    references = works(embeddings, works__film=(11,))
    observed = seen(embeddings, 11, 11, 1, 11, duplicates=(False, True, False, False))
    found = analyzer.findings("a", observed, references)
    assert [(one.span.start, one.span.end) for one in found] == [(0.0, 0.5), (1.5, 1.5)]
    assert all(one.evidence.reference_span is None for one in found), "it is a picture"


def test_the_three_nearest_of_each_bank_are_ranked(store, embeddings, tmp_path) -> None:
    tiny_openclip(tmp_path, **BY_COSINE)
    analyzer = SimilarityAnalyzer()
    analyzer.setup("cpu", ModelStore(tmp_path))
    many = {f"works__w{seed}": (seed,) for seed in range(30, 36)}
    references = works(embeddings, **many, mine__w33=(33,))
    found = analyzer.findings("a", seen(embeddings, 33), references)
    assert sorted(one.reference.bank for one in found) == ["mine", "works", "works", "works"]
    assert sorted(one.rank for one in found) == [1, 2, 3, 4]
    assert {one.reference.entry for one in found if one.rank <= 2} == {"w33"}
    assert len({one.id for one in found}) == 4


def test_the_evidence_shows_the_nearest_picture_of_the_work(analyzer, embeddings) -> None:
    references = works(embeddings, works__film=(11, 12))
    observed = seen(embeddings, 12)
    found = analyzer.findings("a", observed, references)
    (jpeg,) = analyzer.crops(found, observed, references).values()
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    expected = cv2.resize(picture(12), shown.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(shown.astype(int) - expected).mean() < 12


def test_what_was_not_embedded_is_an_error_never_nothing(analyzer, embeddings) -> None:
    references = works(embeddings, works__film=(11,))
    observed = [one.but(vector=None) for one in seen(embeddings, 1)]
    with pytest.raises(AnalyzerError, match="no embedding"):
        analyzer.findings("a", observed, references)


def test_a_damaged_print_is_an_error_that_says_what_mends_it(analyzer, embeddings) -> None:
    good = works(embeddings, works__film=(11,))
    for content in (b"", b"nonsense", good.prints[0][:-1]):
        damaged = References(good.refs, good.banks, prints=(content,), details=good.details)
        with pytest.raises(BankError, match="reindex"):
            analyzer.findings("a", seen(embeddings, 1), damaged)


def test_a_print_comes_back_as_it_was_packed() -> None:
    vectors = np.random.default_rng(1).standard_normal((3, 5)).astype(np.float32)
    one = VectorPrint(vectors, np.array([0.0, 1.5, 3.0]), (b"a", b"", b"ccc"))
    back = unpack(pack(one))
    assert np.array_equal(back.vectors, vectors) and np.array_equal(back.times, one.times)
    assert back.pictures == one.pictures


@pytest.mark.parametrize(
    "card", [{"score_kind": "cosine", "calibration": "unknown"}, {}], ids=["unknown", "not scored"]
)
def test_without_a_calibration_nothing_is_examined(tmp_path, card) -> None:
    tiny_openclip(tmp_path, **card)
    with pytest.raises(ModelError, match="calibration"):
        SimilarityAnalyzer().setup("cpu", ModelStore(tmp_path))


def test_it_names_the_model_whose_vectors_it_compares(analyzer, embeddings) -> None:
    assert analyzer.models() == embeddings.models()
    assert analyzer.spec.embedding in {use.id for use in analyzer.models()}
