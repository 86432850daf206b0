"""A network takes batches only after it was shown to give what single runs give."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from face_models import card, save_graph, small_detector, small_recogniser, small_sface
from onnx import helper

from compliance.errors import AnalyzerError
from compliance.runtimes.onnx import Item, OnnxModel
from compliance.runtimes.rebatch import Rebatched, rebatch

PICTURE = (3, 640, 640)


def session(content: bytes | str):
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def proved(path: Path, item=PICTURE, values=(-1.0, 1.0)) -> Rebatched:
    return rebatch(path, item, values, session)


def agrees(found: Rebatched, path: Path, item, scale: float) -> None:
    """Other inputs and another length than the proof's give what single runs give."""
    rng = np.random.default_rng(1)
    items = (rng.normal(0, 0.3, (5, *item)) * scale).astype(np.float32)
    opened, alone = session(found.content), session(str(path))
    name = opened.get_inputs()[0].name
    together = found.split(opened.run(None, {name: items}), 5)
    for index, one in enumerate(items):
        for many, single in zip(together, alone.run(None, {name: one[None]}), strict=True):
            np.testing.assert_allclose(many[index], single, atol=1e-3 * np.abs(single).max())


@pytest.mark.parametrize(("layout", "outer"), [("inner", 6400), ("first", 1)])
def test_the_place_of_the_batch_in_a_detector_is_found(tmp_path, layout: str, outer: int) -> None:
    path = tmp_path / "d.onnx"
    small_detector(path, layout=layout)
    found = proved(path)
    assert found.fallback == ""
    assert found.layouts[0] == outer
    agrees(found, path, PICTURE, 1.0)


def test_a_network_that_mixes_its_batch_is_not_rebatched(tmp_path) -> None:
    path = tmp_path / "d.onnx"
    small_detector(path, layout="mixed")
    assert "0 layouts" in proved(path).fallback


def test_recognisers_are_rebatched_whether_they_say_so_or_not(tmp_path) -> None:
    small_recogniser(tmp_path / "r.onnx", batch=1)
    small_sface(tmp_path / "s.onnx")
    for name, scale in (("r", 1.0), ("s", 127.5)):
        path = tmp_path / f"{name}.onnx"
        found = proved(path, (3, 112, 112), (-scale, scale))
        assert found.fallback == ""
        agrees(found, path, (3, 112, 112), scale)


def test_the_fixed_exports_of_yunet_are_rebatched(shared_data: Path) -> None:
    path = shared_data / "models-yunet" / "onnx" / "yunet_n_640_640.onnx"
    found = proved(path, PICTURE, (0.0, 255.0))
    assert found.fallback == ""
    agrees(found, path, PICTURE, 255.0)


def test_outputs_that_do_not_depend_on_the_input_prove_nothing(tmp_path) -> None:
    path = tmp_path / "c.onnx"
    nodes = [
        helper.make_node("Mul", ["x", "zero"], ["y"]),
        helper.make_node("ReduceMean", ["y"], ["z"], axes=[2, 3]),
    ]
    save_graph(path, nodes, {"zero": np.float32([0])}, ("x", [1, 3, 8, 8]), [("z", [1, 3, 1, 1])])
    assert "tell them apart" in proved(path, (3, 8, 8)).fallback


def test_a_network_that_fails_on_larger_batches_says_why(tmp_path) -> None:
    path = tmp_path / "f.onnx"
    weights = {
        "shape": np.int64([3, 64]),
        "last": np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Reshape", ["x", "shape"], ["y"]),
        helper.make_node("MatMul", ["y", "last"], ["z"]),
    ]
    save_graph(path, nodes, weights, ("x", [1, 3, 8, 8]), [("z", [3, 2])])
    assert "does not run" in proved(path, (3, 8, 8)).fallback


def test_a_batch_that_does_not_fit_into_memory_is_halved_and_said(tmp_path, caplog) -> None:
    """A tensor of N^20 numbers: two items take megabytes, four take terabytes."""

    def greedy(path: Path) -> None:
        weights = {
            "power": np.float32(20),
            "first": np.int64([0]),
            "one": np.int64([1]),
            "axes": np.int64([1]),
        }
        nodes = [
            helper.make_node("Shape", ["x"], ["s"]),
            helper.make_node("Gather", ["s", "first"], ["n"]),
            helper.make_node("Cast", ["n"], ["f"], to=1),
            helper.make_node("Pow", ["f", "power"], ["p"]),
            helper.make_node("Cast", ["p"], ["l"], to=7),
            helper.make_node("ConstantOfShape", ["l"], ["huge"]),
            helper.make_node("ReduceMax", ["huge"], ["m"], keepdims=0),
            helper.make_node("Add", ["x", "m"], ["y"]),
        ]
        save_graph(path, nodes, weights, ("x", ["n", 2]), [("y", ["n", 2])])

    network = OnnxModel(card(tmp_path, "greedy", greedy), "cpu", cpu_slice=8)
    items = np.arange(16, dtype=np.float32).reshape(8, 2)
    np.testing.assert_array_equal(network.run(items), items)
    assert "did not fit" in network.reduced
    assert "runs in batches of 2" in caplog.text


def test_one_item_that_does_not_fit_is_an_error(tmp_path) -> None:
    def greedy(path: Path) -> None:
        nodes = [
            helper.make_node("Expand", ["x", "shape"], ["huge"]),
            helper.make_node("ReduceMax", ["huge"], ["m"], keepdims=0),
            helper.make_node("Add", ["x", "m"], ["y"]),
        ]
        weights = {"shape": np.int64([1 << 42, 1])}
        save_graph(path, nodes, weights, ("x", ["n", 1]), [("y", ["n", 1])])

    network = OnnxModel(card(tmp_path, "greedy", greedy), "cpu")
    with pytest.raises(AnalyzerError, match="one item does not fit"):
        network.run(np.ones((1, 1), np.float32))


def test_slices_side_by_side_give_what_one_run_gives(tmp_path) -> None:
    model = card(tmp_path, "rec", small_recogniser)
    item = Item((3, 112, 112), (-1.0, 1.0))
    faces = np.random.default_rng(2).normal(size=(13, 3, 112, 112)).astype(np.float32)
    spread = OnnxModel(model, "cpu", item=item, cpu_slice=4, spread=True).run(faces)
    whole = OnnxModel(model, "cpu", cpu_slice=13).run(faces)
    np.testing.assert_allclose(spread.reshape(whole.shape), whole, atol=1e-4)
