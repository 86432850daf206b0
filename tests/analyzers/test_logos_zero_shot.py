"""Marks by proposals and embeddings, on small real networks: places, tracks, and what a mark is shown as."""

import hashlib

import cv2
import numpy as np
import pytest
from tiny_models import BY_COSINE, tiny_openclip, tiny_owlv2

from compliance.analyzers.base import References
from compliance.analyzers.brands.logos_zero_shot import (
    MOST_PLACES,
    QUERIES,
    ZeroShotLogoAnalyzer,
    queries,
)
from compliance.analyzers.brands.mark_views import SEEN, crop, squared, views
from compliance.analyzers.works.vector_prints import VectorPrint, pack, thumbnail
from compliance.errors import BankError, ModelError
from compliance.findings import BankUse, Reference
from compliance.model_store import ModelStore
from compliance.testing import FrameContract
from compliance.types import FrameBatch


def picture(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return cv2.resize(blocks, (128, 96), interpolation=cv2.INTER_NEAREST)


def batch(*seeds: int, duplicates: tuple[bool, ...] = ()) -> FrameBatch:
    count = len(seeds)
    frames = tuple(picture(seed) for seed in seeds)
    return FrameBatch(("a",) * count, np.arange(count) * 0.5, frames, duplicates=duplicates)


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder, **BY_COSINE)
    tiny_owlv2(folder)
    return folder


@pytest.fixture(scope="module")
def analyzer(cards) -> ZeroShotLogoAnalyzer:
    made = ZeroShotLogoAnalyzer()
    made.setup("cpu", ModelStore(cards))
    return made


def marks(*vectors: np.ndarray) -> References:
    small = thumbnail(picture(1))
    return References(
        refs=tuple(
            Reference(bank="brands", entry=f"m{n}", label=f"Mark {n}") for n in range(len(vectors))
        ),
        banks=(BankUse(name="brands", modality="mark", size=len(vectors), version="0" * 64),),
        prints=tuple(
            pack(VectorPrint(one[None].astype(np.float32), np.zeros(1), (small,)))
            for one in vectors
        ),
        details=tuple('{"file": "m.svg"}' for _ in vectors),
    )


class TestContract(FrameContract):
    tolerance = 0.1  # bfloat16 on some processors, and a box moved by a pixel is another crop

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def networks(cls, cards):
        cls.folder = cards

    def store(self) -> ModelStore:
        return ModelStore(self.folder)

    def analyzer(self) -> ZeroShotLogoAnalyzer:
        return ZeroShotLogoAnalyzer()

    def samples(self) -> list[FrameBatch]:
        return [
            FrameBatch(("a",), np.array([0.0]), (picture(1),)),
            FrameBatch(("b",), np.array([2.5]), (picture(4),)),
        ]

    def references(self) -> References:
        return marks(*np.eye(32)[:3])


def test_each_frame_has_places_with_a_box_a_vector_and_a_picture(analyzer) -> None:
    observed = analyzer.observe_frames(batch(1, 2))
    places = [one for one in observed if one.kind == "mark_place"]
    assert 2 <= len(places) <= 2 * MOST_PLACES
    for one in places:
        assert np.linalg.norm(one.vector) == pytest.approx(1, abs=1e-3)
        assert one.image and 0 < one.region.area_percent <= 100
    counted = [one.attributes["places"] for one in observed if one.kind == "mark_places"]
    assert sum(counted) == len(places)


def test_a_repeated_frame_carries_its_places_over(analyzer) -> None:
    seen = analyzer.observe_frames(batch(1, 1, 4, duplicates=(False, True, False)))
    repeated = [one for one in seen if one.kind == "mark_place" and one.span.start == 0.5]
    assert repeated == []
    reduced = analyzer.reduce("a", seen[::-1])
    spans = {(one.span.start, one.span.end) for one in reduced}
    assert spans == {(0.0, 0.5), (1.0, 1.0)}
    assert {one.kind for one in reduced} == {"mark_place"}


def test_a_mark_in_successive_frames_is_one_track_with_region_and_area(analyzer) -> None:
    observed = analyzer.observe_frames(batch(1, 1, 1))
    reduced = analyzer.reduce("a", observed)
    wanted = max(reduced, key=lambda one: (one.raw, -one.span.start))
    references = marks(wanted.vector)
    best = max(analyzer.findings("a", reduced, references), key=lambda one: (one.raw, one.frames))
    assert best.category == "brand.logo" and best.reference.id == "brands/m0"
    assert best.raw == pytest.approx(1, abs=0.01) and best.raw_kind == "cosine"
    assert (best.span.start, best.span.end, best.frames) == (0.0, 1.0, 3)
    assert best.region.area_percent > 0
    assert "Mark 0 (m.svg)" in best.evidence.note


def test_every_finding_is_shown_beside_its_mark(analyzer) -> None:
    reduced = analyzer.reduce("a", analyzer.observe_frames(batch(1)))
    references = marks(reduced[0].vector)
    found = analyzer.findings("a", reduced, references)
    shown = analyzer.crops(found, reduced, references)
    assert set(shown) == {one.id for one in found}
    assert all(cv2.imdecode(np.frombuffer(one, np.uint8), 1) is not None for one in shown.values())


def test_without_a_calibration_of_cosines_nothing_is_examined(tmp_path) -> None:
    tiny_openclip(tmp_path, score_kind="cosine", calibration="unknown")
    tiny_owlv2(tmp_path)
    with pytest.raises(ModelError, match="calibration"):
        ZeroShotLogoAnalyzer().setup("cpu", ModelStore(tmp_path))


def test_other_queries_are_another_version() -> None:
    """Observations are kept by version: whoever changes the queries raises it, and then this digest."""
    assert len(queries()) >= 4
    digest = hashlib.sha256(QUERIES.read_bytes()).hexdigest()[:12]
    assert (ZeroShotLogoAnalyzer.spec.version, digest) == ("1", "aee6481eca8c")


def mark(colour: tuple[int, int, int]) -> np.ndarray:
    made = np.zeros((40, 90, 4), np.uint8)
    made[10:30, 20:70] = (*colour, 255)
    return made


def test_a_mark_is_shown_on_neutral_backgrounds_in_both_polarities() -> None:
    shown = views(mark((200, 30, 30)))
    assert len(shown) == 5
    for one in shown:
        assert one.shape[0] == one.shape[1] and len(np.unique(one.reshape(-1, 3), axis=0)) == 2
    assert {tuple(one[0, 0]) for one in shown} == {(255,) * 3, (128,) * 3, (0,) * 3}


def test_a_mark_is_never_shown_on_its_own_colour() -> None:
    """A blank picture would be like every blank place."""
    for tone in (0, 128, 255):
        for one in views(mark((tone,) * 3)):
            assert np.ptp(one.astype(int)) >= SEEN
    assert views(mark((255,) * 3))


def test_an_opaque_mark_is_shown_as_it_is_and_an_empty_one_refused() -> None:
    opaque = np.dstack([picture(1), np.full((96, 128), 255, np.uint8)])
    (only,) = views(opaque)
    assert np.array_equal(only[16:112], picture(1))
    with pytest.raises(BankError, match="empty"):
        views(np.zeros((8, 8, 4), np.uint8))


def test_a_place_at_the_edge_is_cut_out_square() -> None:
    frame = picture(1)
    assert crop(frame, (0, 0, 128, 10)).shape[0] == crop(frame, (0, 0, 128, 10)).shape[1] == 128
    assert crop(frame, (120.5, 90.2, 128, 96)).shape[0] >= 6
    assert squared(frame[:1, :1]).shape == (1, 1, 3)
