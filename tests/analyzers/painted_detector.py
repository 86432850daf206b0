"""A detector of NudeNet's shape that takes colours for parts of the body, so that tests can plant what is seen.

The means of red, green and blue of a frame are the probabilities of three classes, of one box in its middle.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tiny_models import CALIBRATED, write_card

from compliance.model_store import ModelStore
from compliance.runtimes.nudenet import LABELS
from compliance.types import FrameBatch

RED, GREEN, BLUE = "FEMALE_GENITALIA_EXPOSED", "BUTTOCKS_EXPOSED", "FEET_EXPOSED"
"""What each colour is taken for; only the first two mean something."""
CELLS = 4


def painted_store(folder: Path, **fields: Any) -> ModelStore:
    """Write the network and a card with the labels and the calibration of the shipped one."""
    shipped = ModelStore().card("nudenet-320n")
    name = shipped.id
    (folder / name).mkdir(parents=True)
    weights = np.zeros((22 * CELLS, 3), np.float32)
    bias = np.zeros((22, CELLS), np.float32)
    bias[:4, 0] = [160, 160, 80, 40]
    for channel, label in enumerate((BLUE, GREEN, RED)):  # the network sees blue first
        weights[(4 + LABELS.index(label)) * CELLS, channel] = 1
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["images"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["flat"]),
            helper.make_node("Gemm", ["flat", "w", "b"], ["rows"], transB=1),
            helper.make_node("Reshape", ["rows", "shape"], ["output0"]),
        ],
        "painted",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 320, 320])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["N", 22, CELLS])],
        [
            numpy_helper.from_array(weights, "w"),
            numpy_helper.from_array(bias.ravel(), "b"),
            numpy_helper.from_array(np.array([0, 22, CELLS]), "shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, folder / name / "320n.onnx")
    given = {
        "task": shipped.task,
        "runtime": "onnx",
        "input": shipped.input.model_dump(mode="json"),
        "labels": shipped.labels,
        "score_kind": "probability",
        "calibration": shipped.calibration.model_dump(mode="json"),
    }
    assert CALIBRATED["raw_kind"] == given["score_kind"]
    write_card(folder, name, **(given | fields))
    return ModelStore(folder)


def painted(red: float = 0.0, green: float = 0.0, blue: float = 0.0) -> np.ndarray:
    """Return a frame that shows the first part with probability ``red`` or up to 1/255 more, and so on."""
    values = np.ceil(np.array([red, green, blue]) * 255).astype(np.uint8)
    return np.broadcast_to(values, (64, 64, 3)).copy()


def clip(*frames: np.ndarray, step: float = 0.5, repeats: tuple[int, ...] = ()) -> FrameBatch:
    """Return frames of one asset at equal steps; those at ``repeats`` show what was shown before."""
    return FrameBatch(
        ("a",) * len(frames),
        np.arange(len(frames)) * step,
        frames,
        duplicates=tuple(index in repeats for index in range(len(frames))) if repeats else (),
    )
