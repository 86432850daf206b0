"""Making a network that takes one item take many, and proving that it then gives the same.

A file that declares a batch of one can often run many at once, but what it then gives need not have the
batch first: where an export flattens (H, W, batch, anchors), items alternate with anchors. So nothing is
taken from the graph's looks. A candidate is run on distinct random items together, each as it is run alone
through the file as it came, and outputs are split in every way that their size allows. Where exactly one
way gives what the single runs gave, and the single runs differ enough to tell, the network is rebatched;
otherwise it runs item by item, with the reason in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compliance.errors import ModelError
from compliance.types import Floats

ITEMS = 3
"""Random items in the proof: their order cannot be mistaken for its reverse, nor one for all."""
TOLERANCE = 1e-4
"""Greatest difference to the single runs, fraction of the greatest number that they gave."""
TELLING = 10
"""The single runs differ from one another by this many tolerances at least."""

Session = Any
"""An ``onnxruntime.InferenceSession``."""


@dataclass(frozen=True)
class Rebatched:
    """A network that takes many items, or the reason why it takes one."""

    content: bytes
    """The ONNX file; empty where ``fallback`` says why."""
    layouts: tuple[int, ...] = ()
    """For each output: how many leading numbers of one item's shape vary slower than the item. 1 is the
    batch first; the cells of a detector are the batch between cells and anchors."""
    shapes: tuple[tuple[int, ...], ...] = ()
    """Shape of each output for one item, as the single run gives it."""
    fallback: str = ""
    """Why it runs item by item; empty where it does not."""

    def split(self, outputs: Sequence[Floats], count: int) -> list[Floats]:
        """Return each output with one row for each of ``count`` items, shape (count, *single shape)."""
        return [
            _split(output, outer, count, shape)
            for output, outer, shape in zip(outputs, self.layouts, self.shapes, strict=True)
        ]


def rebatch(
    path: Path,
    item: tuple[int, ...],
    values: tuple[float, float],
    session: Callable[[bytes | str], Session],
    tolerance: float = TOLERANCE,
) -> Rebatched:
    """Return the network in ``path`` with a first axis of any length, proved to give the same.

    Args:
        path: a checked ONNX file with one input, float32.
        item: shape of one item without the first axis, such as (3, 640, 640).
        values: least and greatest number of the random items, as the network takes them.
        session: opens a session on the bytes or the path of a model, on the device that is to run it.
        tolerance: see :data:`TOLERANCE`; a GPU that rounds to TF32 needs more.
    """
    items = _random_items(item, values)
    single = _run_each(session(str(path)), items)
    shapes = tuple(tuple(output.shape[1:]) for output in single)
    if not all(_telling(output, tolerance) for output in single):
        return Rebatched(b"", fallback="random items give outputs that do not tell them apart")
    reason = "no candidate was tried"
    for content in _candidates(path):
        together, reason = _try(session, content, items)
        if together is None:
            continue
        layouts = []
        for output, expected in zip(together, single, strict=True):
            fitting = _fitting(output, expected, tolerance)
            if len(fitting) != 1:
                reason = f"{len(fitting)} layouts of the batch give what the single runs give"
                break
            layouts += fitting
        else:
            return Rebatched(content, tuple(layouts), shapes)
    return Rebatched(b"", fallback=reason)


def _candidates(path: Path) -> Iterator[bytes]:
    """Yield the model with a symbolic first axis, then also with reshapes that keep their first axis."""
    import onnx

    for reshapes in (False, True):
        model = onnx.load(path)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
        for output in model.graph.output:
            output.type.tensor_type.ClearField("shape")
        del model.graph.value_info[:]
        if reshapes:
            _free_reshapes(model.graph)
        yield model.SerializeToString()


def _free_reshapes(graph: Any) -> None:
    """Let reshapes to a constant (1, …) copy their first axis in place of writing 1."""
    from onnx import numpy_helper

    constants = {one.name: one for one in graph.initializer}
    constants |= {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    for node in graph.node:
        shape = constants.get(node.input[1]) if node.op_type == "Reshape" else None
        if shape is None:
            continue
        wanted = numpy_helper.to_array(shape).copy()
        if len(wanted) > 1 and wanted[0] == 1:
            wanted[0] = 0
            shape.CopyFrom(numpy_helper.from_array(wanted, shape.name))


def _random_items(item: tuple[int, ...], values: tuple[float, float]) -> Floats:
    """Return items of blocks and noise, so that deep layers of a network see something to differ by."""
    rng = np.random.default_rng(20)
    low, high = values
    coarse = rng.uniform(low, high, (ITEMS, item[0], *(math.ceil(n / 16) for n in item[1:])))
    for axis, length in enumerate(item[1:], start=2):
        coarse = np.take(np.repeat(coarse, 16, axis), range(length), axis)
    return np.asarray((coarse + rng.uniform(low, high, coarse.shape)) / 2, np.float32)


def _run_each(session: Session, items: Floats) -> list[Floats]:
    """Return each output of the single runs, stacked: (items, *single shape)."""
    name = session.get_inputs()[0].name
    runs = [session.run(None, {name: item[None]}) for item in items]
    return [np.stack(outputs) for outputs in zip(*runs, strict=True)]


def _try(
    session: Callable[[bytes | str], Session], content: bytes, items: Floats
) -> tuple[list[Floats] | None, str]:
    """Run a candidate on all items; None, and why, where it does not run."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    try:
        opened = session(content)
        return opened.run(None, {opened.get_inputs()[0].name: items}), ""
    except (
        ModelError,
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.RuntimeException,
    ) as error:
        return None, f"with a longer first axis it does not run: {str(error).splitlines()[0]}"


def _telling(single: Floats, tolerance: float) -> bool:
    """Tell whether every two items gave outputs that differ by more than rounding."""
    least = min(
        float(np.abs(single[one] - single[other]).max(initial=0))
        for one in range(len(single))
        for other in range(one)
    )
    return least > TELLING * tolerance * float(np.abs(single).max(initial=0))


def _fitting(output: Floats, expected: Floats, tolerance: float) -> list[int]:
    """Return the layouts by which ``output`` of a batch gives ``expected`` of the single runs."""
    if output.size != expected.size:
        return []
    most = tolerance * float(np.abs(expected).max())
    shape = expected.shape[1:]
    leading = next((length for length in shape if length > 1), 1)
    outers = [outer for outer in range(1, leading + 1) if leading % outer == 0]
    return [
        outer
        for outer in outers
        if np.abs(_split(output, outer, len(expected), shape) - expected).max() <= most
    ]


def _split(output: Floats, outer: int, count: int, shape: tuple[int, ...]) -> Floats:
    parts = output.reshape(outer, count, -1)
    return np.ascontiguousarray(parts.swapaxes(0, 1)).reshape(count, *shape)
