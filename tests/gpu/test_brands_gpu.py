"""The networks that find marks and likeness give on a GPU what they give on a CPU, in every size of batch."""

import cv2
import numpy as np
import pytest
from tiny_models import BY_COSINE, tiny_openclip, tiny_owlv2

from compliance.analyzers.brands.logos_zero_shot import ZeroShotLogoAnalyzer
from compliance.analyzers.works.vector_prints import unpack
from compliance.model_store import ModelStore
from compliance.pipeline.enrol_embeddings import Embedder, FrameVectors
from compliance.runtimes.owlv2 import Owlv2
from compliance.types import FrameBatch

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    folder = tmp_path_factory.mktemp("cards")
    tiny_openclip(folder, **BY_COSINE)
    tiny_owlv2(folder)
    return ModelStore(folder)


def frame(seed: int, width: int = 160, height: int = 90) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return cv2.resize(blocks, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("count", [1, 5, 33])
def test_boxes_do_not_depend_on_the_device_or_the_batch(cuda, store, count: int) -> None:
    loaded = store.load("owlv2")
    frames = [frame(seed, 160 + 10 * (seed % 3)) for seed in range(count)]
    there, here = (
        Owlv2(loaded, device, ["a logo", "a wordmark"]).propose(frames, 0.0, 1.0, 1000)
        for device in (cuda, "cpu")
    )
    for ours, peer in zip(there, here, strict=True):
        assert len(ours.boxes) == len(peer.boxes) > 0
        assert np.abs(np.sort(ours.scores) - np.sort(peer.scores)).max() < 0.02
        for box in ours.boxes:
            assert np.abs(peer.boxes - box).max(axis=1).min() < 2.5


def test_places_have_vectors_and_repeated_frames_none(cuda, store) -> None:
    analyzer = ZeroShotLogoAnalyzer()
    analyzer.setup(cuda, store)
    frames = tuple(frame(seed) for seed in (1, 1, 2))
    batch = FrameBatch(("a",) * 3, np.arange(3) / 2, frames, duplicates=(False, True, False))
    seen = analyzer.observe_frames(batch)
    places = [one for one in seen if one.kind == "mark_place"]
    assert {one.span.start for one in places} == {0.0, 1.0}
    assert all(np.linalg.norm(one.vector) == pytest.approx(1, abs=1e-3) for one in places)


def test_vectors_of_works_do_not_depend_on_the_device(cuda, store) -> None:
    loaded = store.load("openclip-vit-b-32")
    made = []
    for device in (cuda, "cpu"):
        vectors = FrameVectors(Embedder(loaded, device))
        for seed in range(20):
            vectors.see(float(seed), frame(seed))
        made.append(unpack(vectors.packed()))
    assert np.array_equal(made[0].times, made[1].times)
    assert ((made[0].vectors * made[1].vectors).sum(axis=1) > 0.999).all()
