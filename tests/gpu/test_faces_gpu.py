"""Faces on a CUDA device: the same as on the CPU, in whole batches, also where memory is short."""

import numpy as np
import pytest
from face_models import batch, face_cards, small_detector, small_recogniser

from benchmarks._face_networks import planted
from compliance.analyzers.likeness.faces_insightface import InsightFaceAnalyzer
from compliance.errors import SettingsError
from compliance.pipeline.device import choose_device
from compliance.runtimes.onnx import BUCKETS, OnnxModel

pytestmark = pytest.mark.gpu
NAMES = InsightFaceAnalyzer.spec.models


@pytest.fixture(scope="module", autouse=True)
def cuda() -> None:
    try:
        choose_device("cuda:0", "onnx")
    except SettingsError as error:
        pytest.skip(f"ONNX Runtime reaches no GPU: {error.found}")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    return face_cards(tmp_path_factory.mktemp("faces"), NAMES, small_detector, small_recogniser)


def test_a_gpu_sees_the_faces_that_the_cpu_sees(store) -> None:
    frames = batch(*(planted(2, seed) for seed in range(11)))
    seen = []
    for device in ("cpu", "cuda:0"):
        analyzer = InsightFaceAnalyzer()
        analyzer.setup(device, store)
        assert analyzer.fallback == ""
        seen.append(analyzer.observe_frames(frames))
    assert len(seen[0]) == len(seen[1]) > 20
    for one, other in zip(*seen, strict=True):
        np.testing.assert_allclose(one.region.box, other.region.box, atol=1e-3)
        assert one.vector @ other.vector > 1 - 1e-3


@pytest.mark.parametrize("count", [1, 3, BUCKETS[-1], BUCKETS[-1] + 1])
def test_every_length_of_batch_gives_one_row_for_each_item(store, count: int) -> None:
    network = OnnxModel(store.load(NAMES[1]), "cuda:0")
    items = np.random.default_rng(0).normal(size=(count, 3, 112, 112)).astype(np.float32)
    together = network.run(items)
    assert together.shape == (count, 512)
    np.testing.assert_allclose(together[-1:], network.run(items[-1:]), atol=1e-2)


def test_a_batch_that_does_not_fit_is_halved(tmp_path) -> None:
    """The network needs a sixth of what is free for each item, so that 64 cannot fit."""
    import torch
    from face_models import card, save_graph
    from onnx import helper

    free = torch.cuda.mem_get_info(0)[0]
    rows = free // 6 // 4 // 1024

    def greedy(path) -> None:
        weights = {"shape": np.int64([1, rows, 1024])}
        nodes = [
            helper.make_node("Expand", ["x", "shape"], ["huge"]),
            helper.make_node("ReduceMax", ["huge"], ["y"], axes=[1, 2], keepdims=1),
        ]
        save_graph(path, nodes, weights, ("x", ["n", 1, 1]), [("y", ["n", 1, 1])])

    network = OnnxModel(card(tmp_path, "greedy", greedy), "cuda:0")
    items = np.arange(16, dtype=np.float32).reshape(16, 1, 1)
    np.testing.assert_array_equal(network.run(items), items)
    assert "did not fit" in network.reduced
