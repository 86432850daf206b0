"""Face networks of full shape and small cost, and stores with cards for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save
from tiny_models import write_card

from benchmarks._face_networks import detector, recogniser
from compliance.analyzers.base import References
from compliance.findings import BankUse, Reference
from compliance.model_store import LoadedModel, ModelStore
from compliance.types import FrameBatch

CALIBRATION = {
    "raw_kind": "cosine",
    "points": [[-1.0, 0.0], [1.0, 1.0]],
    "method": "straight line",
    "data": "none",
    "date": "2026-11-21",
}


def small_detector(path: Path, **options: Any) -> None:
    """Write SCRFD's nine outputs with a few channels."""
    detector(path, blocks=(1, 1, 1, 1), planes=(8, 8, 8, 8), neck=8, head=(8, 1), **options)


def small_recogniser(path: Path, **options: Any) -> None:
    """Write a face network of five blocks with a few channels."""
    recogniser(path, blocks=(1, 1, 2, 1), width=8, **options)


def card(folder: Path, name: str, write: Callable[[Path], None], **fields: Any) -> LoadedModel:
    """Have ``write`` write the network ``name``, describe it and load it."""
    (folder / name).mkdir(parents=True)
    write(folder / name / f"{name}.onnx")
    write_card(folder, name, runtime="onnx", **fields)
    return ModelStore(folder, pulled=folder).load(name)


def face_cards(
    folder: Path, names: tuple[str, str], *writers: Callable[[Path], None], calibrated: bool = True
) -> ModelStore:
    """Return a store with a detector and a recogniser of these names."""
    card(folder, names[0], writers[0], task="face detection")
    scored = CALIBRATION if calibrated else "unknown"
    card(
        folder,
        names[1],
        writers[1],
        task="face embedding",
        score_kind="cosine",
        calibration=scored,
    )
    return ModelStore(folder, pulled=folder)


def small_sface(path: Path) -> None:
    """Write what SFace is from outside: 0…255 in, the normalisation inside, 128 numbers out, a batch of 1."""
    rng = np.random.default_rng(5)
    weights = {
        "mean": np.array(127.5, np.float32),
        "scale": np.array(128.0, np.float32),
        "kernel": rng.normal(0, 0.1, (16, 3, 8, 8)).astype(np.float32),
        "flat": np.array([1, -1], np.int64),
        "last": rng.normal(0, 0.02, (16 * 14 * 14, 128)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Sub", ["data", "mean"], ["a"]),
        helper.make_node("Div", ["a", "scale"], ["b"]),
        helper.make_node("Conv", ["b", "kernel"], ["c"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Reshape", ["d", "flat"], ["e"]),
        helper.make_node("MatMul", ["e", "last"], ["fc1"]),
    ]
    save_graph(path, nodes, weights, ("data", [1, 3, 112, 112]), [("fc1", [1, 128])])


def save_graph(
    path: Path,
    nodes: list[Any],
    weights: dict[str, np.ndarray],
    given: tuple[str, list[Any]],
    outputs: list[tuple[str, list[Any]]],
) -> None:
    """Write a graph of these nodes."""
    values = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in outputs],
        values,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    save(model, path)


def batch(*frames: np.ndarray, times: tuple[float, ...] = ()) -> FrameBatch:
    """Return frames of one asset, a second apart unless said."""
    moments = np.array(times or range(len(frames)), np.float64)
    return FrameBatch(("asset",) * len(frames), moments, frames)


def references(**people: np.ndarray) -> References:
    """Return a bank with one template for each person."""
    refs = tuple(Reference(bank="people", entry=name) for name in people)
    use = BankUse(name="people", modality="face", size=len(refs), version="0" * 64)
    return References(refs, (use,), vectors=np.stack(list(people.values())))
