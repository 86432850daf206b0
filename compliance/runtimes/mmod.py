"""dlib's face network (max-margin object detection, King 2015), run by ONNX Runtime from dlib's own file.

dlib's CPU build takes seconds for one frame; the same seven convolutions take a small part of that here, and
torch takes seconds to import. The network answers to faces of 52 to 84 pixels (its window has 80), turned by up
to about 75° either way, so that a picture and its copy on its head cover all but faces that lie, which it
answers to less.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.types import Floats, Pixels

WINDOW = 80
"""Pixels, side of the face that the network was trained for."""
STEP = 0.65**0.5
"""Scale of one level of the pyramid to the one before; every other one is also searched on its head. Margins
fall off below 0.65 and above 1.05 times the window (measured on one face: 0.82 at 0.7, 1.05 at 1.0, -0.5 at
1.1), sooner for covered faces."""
MEAN = (122.782, 117.001, 104.298)
"""Subtracted from R, G and B before the division by 256, as dlib's input layer does."""
STRIDE, FIRST = 8, 14
"""Pixels between two outputs, and from the edge to the middle of what the first one sees."""
LAYERS = ((16, 5, 2), (32, 5, 2), (32, 5, 2), (45, 5, 1), (45, 5, 1), (45, 5, 1), (1, 9, 1))
"""Filters, kernel and stride of each convolution."""
EPSILON = 1e-4
"""Added to variances, as dlib's batch normalisation does."""


@dataclass(frozen=True)
class Answer:
    """A place that the network takes for a face."""

    margin: float
    x: float
    y: float
    """Middle, pixels of the picture."""
    side: float
    """Pixels of the picture, to a factor of about 1.3."""
    upside_down: bool
    """True where the picture on its head gave it."""


class MmodDetector:
    """The network on a CPU; calls from several threads do not disturb one another."""

    def __init__(self, model: LoadedModel) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # frames are searched side by side: threads of its own would take the cores of the others
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            _graph(_convolutions(model.paths[0])), options, providers=["CPUExecutionProvider"]
        )

    def detect(self, pixels: Pixels, scale: float, floor: float) -> list[Answer]:
        """Find faces in one picture, upright and on their heads, at all sizes from the least.

        Args:
            pixels: uint8 RGB (H, W, 3).
            scale: of the finest level of the pyramid; faces are found from about 55 / scale pixels.
            floor: least margin that is kept.

        Returns:
            Local maxima without overlaps, best first.
        """
        import cv2

        height, width = pixels.shape[:2]
        found: list[Answer] = []
        both = True
        while min(height, width) * scale >= WINDOW / 2:
            size = max(round(width * scale), 1), max(round(height * scale), 1)
            level = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
            for upside_down in (False, True) if both else (False,):
                margins = self.margins(level[::-1, ::-1] if upside_down else level)
                for row, column in _peaks(margins, floor):
                    x, y = float(STRIDE * column + FIRST), float(STRIDE * row + FIRST)
                    if upside_down:
                        x, y = level.shape[1] - 1 - x, level.shape[0] - 1 - y
                    margin, side = float(margins[row, column]), WINDOW / scale
                    found.append(Answer(margin, x / scale, y / scale, side, upside_down))
            scale, both = scale * STEP, not both
        return _without_overlaps(sorted(found, key=lambda one: -one.margin))

    def margins(self, pixels: Pixels) -> Floats:
        """Return the margin to the network's threshold at each place.

        Args:
            pixels: uint8 RGB (H, W, 3), at least 40 pixels high and wide.

        Returns:
            float32 ((H - 29) // 8 + 1, …): the output at (r, c) is about the face in the middle of pixel
            (8 r + 14, 8 c + 14).
        """
        given = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], dtype=np.float32)
        (margins,) = self._session.run(None, {"pixels": given})
        return finite(np.asarray(margins[0, 0], np.float32), "dlib-mmod-faces")


def _peaks(margins: Floats, floor: float) -> list[tuple[int, int]]:
    """Return rows and columns of the greatest of each 5 × 5 neighbourhood."""
    import cv2

    greatest = cv2.dilate(margins, np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero((margins >= floor) & (margins == greatest))
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


def _without_overlaps(answers: list[Answer]) -> list[Answer]:
    """Keep the best of those whose middles are nearer than half a face."""
    kept: list[Answer] = []
    for one in answers:
        if all(
            np.hypot(one.x - other.x, one.y - other.y) > max(one.side, other.side) / 2
            for other in kept
        ):
            kept.append(one)
    return kept


def _convolutions(path: Path) -> list[tuple[Floats, Floats]]:
    """Read weights and biases from dlib's file, float32, with all that is linear around them folded in.

    That is the batch normalisation behind each, and before the first what brings pixels to the network's scale.
    """
    content = path.read_bytes()
    filters = _tensors_after(content, b"con_4", 1)
    scales = _tensors_after(content, b"bn_con2", 5)
    if len(filters) != len(LAYERS) or len(scales) != len(LAYERS) - 1:
        raise ModelError(
            "the face network has another shape",
            expected=f"{len(LAYERS)} convolutions, {len(LAYERS) - 1} normalisations",
            found=f"{len(filters)} and {len(scales)}",
            where="dlib-mmod-faces",
            fix="pip install --force-reinstall face_recognition_models==0.3.0",
        )
    found = []
    channels = 3
    for number, (count, side, _) in enumerate(LAYERS):
        values = filters[number][0].astype(np.float64)
        weight, bias = values[:-count].reshape(count, channels, side, side), values[-count:]
        if number == 0:
            weight = weight / 256
            bias = bias - (weight.sum((2, 3)) * np.array(MEAN)).sum(1)
        if number < len(scales):
            learned, _, _, mean, variance = scales[number]
            gain = learned[:count] / np.sqrt(variance + EPSILON)
            weight = weight * gain[:, None, None, None]
            bias = bias * gain + learned[count:] - gain * mean
        found.append((weight.astype(np.float32), bias.astype(np.float32)))
        channels = count
    return found


def _graph(convolutions: list[tuple[Floats, Floats]]) -> bytes:
    """Return the network as ONNX: float32 (1, 3, H, W), 0…255, to float32 (1, 1, rows, columns)."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, kept, given = [], [], "pixels"
    for number, (weight, bias) in enumerate(convolutions):
        names = [f"weight{number}", f"bias{number}"]
        kept += [numpy_helper.from_array(*one) for one in zip((weight, bias), names, strict=True)]
        _, side, stride = LAYERS[number]
        padding = 0 if stride > 1 else side // 2
        made = f"layer{number}"
        strides, pads = [stride, stride], [padding] * 4
        nodes.append(helper.make_node("Conv", [given, *names], [made], strides=strides, pads=pads))
        given = made
        if number < len(convolutions) - 1:
            given = f"positive{number}"
            nodes.append(helper.make_node("Relu", [made], [given]))
    number_type = TensorProto.FLOAT
    ends = (
        helper.make_tensor_value_info("pixels", number_type, [1, 3, "height", "width"]),
        helper.make_tensor_value_info(given, number_type, [1, 1, "rows", "columns"]),
    )
    graph = helper.make_graph(nodes, "mmod", [ends[0]], [ends[1]], kept)
    opset = helper.make_opsetid("", 13)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    return bytes(model.SerializeToString())


def _tensors_after(content: bytes, name: bytes, count: int) -> list[list[Floats]]:
    """Return the first ``count`` tensors behind each layer called ``name``."""
    found, at = [], content.find(name)
    while at >= 0:
        at += len(name)
        tensors: list[Floats] = []
        while len(tensors) < count:
            # shapes without numbers stand between the tensors of one layer
            if tensors:
                half = len(tensors[0]) // 2
                at = content.index(bytes([1, 2, 1, 1, 1, half, 1, 1, 1, 1]), at)
            tensor, at = _tensor(content, at)
            tensors.append(tensor)
        found.append(tensors)
        at = content.find(name, at)
    return found


def _tensor(content: bytes, at: int) -> tuple[Floats, int]:
    """Read one tensor: version 2, four sizes, then float32 numbers; return it and where it ends."""
    sizes = []
    for _ in range(5):  # integers: a byte that says how many follow
        length = content[at] & 0x0F
        sizes.append(int.from_bytes(content[at + 1 : at + 1 + length], "little"))
        at += 1 + length
    if sizes[0] != 2:
        raise ModelError(
            "the face network is of another version",
            expected="tensors of version 2",
            found=str(sizes[0]),
            where="dlib-mmod-faces",
        )
    count = int(np.prod(sizes[1:]))
    return np.frombuffer(content, "<f4", count, at), at + 4 * count
