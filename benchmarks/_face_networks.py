"""Networks with the shapes and the cost of SCRFD-10g and of the ArcFace ResNet-50, with random weights.

The detector finds what is planted in a picture: a square of one pure colour that fills one cell of its
grid. Boxes, points and scores carry what the random layers gave, so that they differ from place to place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, save

STRIDES = (8, 16, 32)
TEMPLATE = ((0.34, 0.46), (0.66, 0.46), (0.50, 0.64), (0.37, 0.82), (0.63, 0.82))
"""Eyes, nose and corners of the mouth in a face's box, fractions."""


@dataclass
class Graph:
    """Nodes and weights under construction; methods return the name of what they computed."""

    rng: np.random.Generator
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def weight(self, values: Any, kind: type = np.float32) -> str:
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def conv(
        self, x: str, taken: int, given: int, size: int = 3, stride: int = 1, gain: float = 1.0
    ) -> str:
        scale = gain * np.sqrt(2 / (taken * size * size))
        kernel = self.rng.standard_normal((given, taken, size, size)) * scale
        inputs = [x, self.weight(kernel), self.weight(self.rng.standard_normal(given) * 0.05)]
        pads = [size // 2] * 4
        return self.add("Conv", inputs, kernel_shape=[size, size], strides=[stride] * 2, pads=pads)

    def norm(self, x: str, channels: int) -> str:
        one, zero = self.weight(np.ones(channels)), self.weight(np.zeros(channels))
        return self.add("BatchNormalization", [x, one, zero, zero, one])

    def prelu(self, x: str, channels: int) -> str:
        return self.add("PRelu", [x, self.weight(np.full((channels, 1, 1), 0.25))])

    def relu(self, x: str) -> str:
        return self.add("Relu", [x])

    def model(self, shape: list[Any], outputs: list[tuple[str, list[Any]]]) -> ModelProto:
        given = helper.make_tensor_value_info("input.1", TensorProto.FLOAT, shape)
        taken = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in outputs
        ]
        graph = helper.make_graph(self.nodes, "faces", [given], taken, self.weights)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        made.ir_version = 8
        checker.check_model(made)
        return made


def recogniser(
    path: Path, *, blocks: tuple[int, ...] = (3, 4, 14, 3), width: int = 64, batch: Any = "None"
) -> None:
    """Write an improved residual network that embeds 112 × 112 faces in 512 numbers.

    Args:
        path: where to.
        blocks: residual blocks of each stage.
        width: channels of the first stage; each further one has twice as many, up to eight times.
        batch: first axis as the file declares it.
    """
    graph = Graph(np.random.default_rng(50))
    x = graph.prelu(graph.conv("input.1", 3, width), width)
    taken = width
    for stage, count in enumerate(blocks):
        given = width * 2**stage
        for number in range(count):
            stride = 2 if number == 0 else 1
            way = graph.prelu(graph.conv(graph.norm(x, taken), taken, given), given)
            way = graph.conv(way, given, given, stride=stride, gain=0.3)
            if number == 0:
                x = graph.conv(x, taken, given, size=1, stride=2, gain=0.7)
            x, taken = graph.add("Add", [way, x]), given
    x = graph.add("Flatten", [graph.norm(x, taken)])
    size = taken * (112 // 2 ** len(blocks)) ** 2
    kernel = graph.weight(graph.rng.standard_normal((512, size)) / np.sqrt(size))
    graph.nodes.append(
        helper.make_node("Gemm", [x, kernel, graph.weight(np.zeros(512))], ["683"], transB=1)
    )
    save(graph.model([batch, 3, 112, 112], [("683", [batch, 512])]), path)


def detector(
    path: Path,
    *,
    blocks: tuple[int, ...] = (3, 4, 2, 3),
    planes: tuple[int, ...] = (56, 88, 88, 224),
    neck: int = 56,
    head: tuple[int, int] = (80, 3),
    layout: str = "inner",
    batch: Any = 1,
) -> None:
    """Write a detector with the nine outputs of SCRFD and two anchors for each cell.

    Args:
        path: where to.
        blocks: residual blocks of each stage.
        planes: channels of each stage.
        neck: channels of the feature pyramid.
        head: channels and number of the head's convolutions.
        layout: ``inner`` puts the batch between cells and anchors, as SCRFD's own export does; ``first``
            puts it first; ``mixed`` lets every frame see the mean of its batch, so that none is right.
        batch: first axis as the file declares it.
    """
    graph = Graph(np.random.default_rng(10))
    levels = _pyramid(graph, _trunk(graph, blocks, planes, layout), planes, neck)
    kinds: list[list[str]] = [[], [], []]
    for level, (features, stride) in enumerate(zip(levels, STRIDES, strict=True)):
        x, taken = features, neck
        for _ in range(head[1]):
            x, taken = graph.relu(graph.conv(x, taken, head[0])), head[0]
        for kind, found in zip(kinds, _heads(graph, x, taken, level, stride), strict=True):
            kind.append(found)
    outputs = []
    for kind, each in zip(kinds, (1, 4, 10), strict=True):
        for name in kind:
            outputs.append(_flat(graph, name, each, layout))
    save(graph.model([batch, 3, "?", "?"], outputs), path)


def _trunk(
    graph: Graph, blocks: tuple[int, ...], planes: tuple[int, ...], layout: str
) -> list[str]:
    """Return the outputs of the stages of stride 8, 16 and 32."""
    x = "input.1"
    if layout == "mixed":
        mean = graph.add("ReduceMean", [x], axes=[0], keepdims=1)
        x = graph.add("Add", [x, mean])
    half = planes[0] // 2
    x = graph.relu(graph.conv(x, 3, half, stride=2))
    x = graph.relu(graph.conv(x, half, half))
    x = graph.relu(graph.conv(x, half, planes[0]))
    x = graph.add("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
    taken, stages = planes[0], []
    for stage, (count, given) in enumerate(zip(blocks, planes, strict=True)):
        for number in range(count):
            stride = 2 if stage and number == 0 else 1
            way = graph.relu(graph.conv(x, taken, given, stride=stride))
            way = graph.conv(way, given, given, gain=0.3)
            if stride == 2 or taken != given:
                x = graph.conv(x, taken, given, size=1, stride=stride, gain=0.7)
            x, taken = graph.relu(graph.add("Add", [way, x])), given
        stages.append(x)
    return stages[1:]


def _pyramid(graph: Graph, stages: list[str], planes: tuple[int, ...], neck: int) -> list[str]:
    sides = [
        graph.conv(x, taken, neck, size=1) for x, taken in zip(stages, planes[1:], strict=True)
    ]
    scales = graph.weight([1, 1, 2, 2])
    for low in (1, 0):
        grown = graph.add("Resize", [sides[low + 1], "", scales], mode="nearest")
        sides[low] = graph.add("Add", [sides[low], grown])
    levels = [graph.conv(x, neck, neck, gain=0.7) for x in sides]
    for high in (1, 2):
        shrunk = graph.conv(levels[high - 1], neck, neck, stride=2, gain=0.7)
        levels[high] = graph.add("Add", [levels[high], shrunk])
    return levels


def _heads(graph: Graph, x: str, taken: int, level: int, stride: int) -> list[str]:
    """Return scores, distances and points of one level, (N, anchors × numbers, H, W) each."""

    def spread(given: int, scale: float, base: Any) -> str:
        noise = graph.add("Tanh", [graph.conv(x, taken, given, gain=0.2)])
        noise = graph.add("Mul", [noise, graph.weight(scale)])
        return graph.add("Add", [noise, graph.weight(np.reshape(base, (given, 1, 1)))])

    own = np.full((1, 3, 1, 1), -1 / 3)
    own[0, (2, 1, 0)[level]] = 1 / 3
    seen = graph.add("Conv", ["input.1", graph.weight(own)])
    seen = graph.add("AveragePool", [seen], kernel_shape=[stride] * 2, strides=[stride] * 2)
    seen = graph.add("Mul", [seen, graph.weight(20)])
    score = graph.add("Sigmoid", [graph.add("Add", [spread(2, 1.0, [-16.0, -17.0]), seen])])
    box = spread(8, 0.2, [1.0, 1.0, 2.0, 2.0, 0.9, 0.9, 1.9, 2.1])
    points = np.tile(np.ravel(TEMPLATE) * 3 - 1, 2)
    return [score, box, spread(20, 0.1, points)]


def _flat(graph: Graph, x: str, each: int, layout: str) -> tuple[str, list[Any]]:
    """Return an output with one row for each anchor, and its declared shape."""
    if layout == "first":
        x = graph.add("Transpose", [x], perm=[0, 2, 3, 1])
        shape = graph.weight([0, -1, each], np.int64)
        return graph.add("Reshape", [x, shape]), [None, None, each]
    x = graph.add("Transpose", [x], perm=[2, 3, 0, 1])
    return graph.add("Reshape", [x, graph.weight([-1, each], np.int64)]), [None, each]


def planted(count: int, seed: int, *, height: int = 720, width: int = 1280) -> np.ndarray:
    """Return uint8 RGB noise with ``count`` marks of each size; the detector sees it at half its size."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(60, 190, (height // 8, width // 8, 3), dtype=np.uint8)
    frame = np.kron(coarse, np.ones((8, 8, 1), np.uint8))
    frame = np.ascontiguousarray(frame[:height, :width])
    for mark, stride in zip(((0, 0, 255), (0, 255, 0), (255, 0, 0)), STRIDES, strict=True):
        cell = 2 * stride
        rows, columns = height // cell, width // cell
        for place in rng.choice((rows - 3) * (columns - 3), count, replace=False):
            top, left = (place // (columns - 3) + 1) * cell, (place % (columns - 3) + 1) * cell
            frame[top : top + cell, left : left + cell] = mark
    return frame
