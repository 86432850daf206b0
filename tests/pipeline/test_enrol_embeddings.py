"""Which frames of a work give vectors, and which of many are kept; on a small real network."""

import cv2
import numpy as np
import pytest
from tiny_models import tiny_openclip

from compliance.analyzers.works.vector_prints import unpack
from compliance.model_store import ModelStore
from compliance.pipeline.enrol_embeddings import (
    MOST_VECTORS,
    Embedder,
    FrameVectors,
    _apart,
    open_embedders,
)
from compliance.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cards")
    tiny_openclip(path)
    return path


@pytest.fixture(scope="module")
def embedder(folder) -> Embedder:
    return Embedder(ModelStore(folder).load("openclip-vit-b-32"), "cpu")


def picture(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 255, (3, 4, 3), np.uint8)
    return cv2.resize(blocks, (64, 48), interpolation=cv2.INTER_NEAREST)


def times(embedder: Embedder, frames: list[tuple[float, np.ndarray]]) -> list[float]:
    vectors = FrameVectors(embedder)
    for time, pixels in frames:
        vectors.see(time, pixels)
    return unpack(vectors.packed()).times.tolist()


def test_distinct_frames_half_a_second_apart_are_taken(embedder) -> None:
    frames = [(n * 0.1, picture(n // 10)) for n in range(30)]
    assert times(embedder, frames) == pytest.approx([0.0, 1.0, 2.0])
    assert times(embedder, [(n * 0.1, picture(n)) for n in range(11)]) == pytest.approx([0, 0.5, 1])


def test_both_showings_of_a_transparent_picture_are_taken(embedder) -> None:
    assert times(embedder, [(0.0, picture(1)), (0.0, picture(2))]) == [0.0, 0.0]


def test_sound_alone_gives_an_empty_print(embedder) -> None:
    assert FrameVectors(embedder).packed() == b""


def test_a_long_work_gives_so_many_vectors_and_no_more(embedder) -> None:
    frames = [(float(n), picture(n)) for n in range(2 * MOST_VECTORS + 40)]
    found = times(embedder, frames)
    assert len(found) == MOST_VECTORS
    assert found == sorted(set(found)) and found[0] == 0.0


def test_of_many_those_least_alike_are_kept() -> None:
    angles = np.radians([0, 1, 2, 90, 91, 180])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert _apart(vectors, 3) == [0, 3, 5] or _apart(vectors, 3) == [0, 4, 5]
    assert sorted(_apart(np.ones((5, 2), np.float32), 3)) == [0, 1, 2]


def test_the_bundled_tier_makes_no_vectors(folder) -> None:
    for tier, count in (("bundled", 0), ("full", 1)):
        settings = Settings(tier=tier, cards=folder, device="cpu")
        for modality in ("mark", "work"):
            assert len(open_embedders(settings, modality, print)) == count
