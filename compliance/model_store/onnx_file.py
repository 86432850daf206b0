"""Walks an ONNX file without loading it: is it whole, and which other files does it draw on?

Weights are stepped over, so that a file of a gigabyte costs milliseconds.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PARTS: Final[dict[str, dict[int, str]]] = {
    "ModelProto": {7: "GraphProto", 20: "TrainingInfoProto", 25: "FunctionProto"},
    "TrainingInfoProto": {1: "GraphProto", 2: "GraphProto"},
    "FunctionProto": {7: "NodeProto", 11: "AttributeProto"},
    "GraphProto": {1: "NodeProto", 5: "TensorProto", 15: "SparseTensorProto"},
    "NodeProto": {5: "AttributeProto"},
    "AttributeProto": {
        5: "TensorProto",
        6: "GraphProto",
        10: "TensorProto",
        11: "GraphProto",
        22: "SparseTensorProto",
        23: "SparseTensorProto",
    },
    "SparseTensorProto": {1: "TensorProto", 2: "TensorProto"},
    "TensorProto": {13: "StringStringEntryProto"},
    "StringStringEntryProto": {},
}
"""Messages that a tensor can lie in, by the number of the field that holds them."""

_GRAPH: Final = 7
_DEEPEST: Final = 100
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def external_files(path: Path) -> frozenset[str]:
    """Return the locations that the tensors of an ONNX file name, as they stand there.

    Raises:
        ValueError: it is no whole ONNX file.
    """
    with path.open("rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise ValueError("the file is empty") from None
        with content:
            if not any(number == _GRAPH for number, _, _ in _fields(content, 0, len(content))):
                raise ValueError("there is no graph in it")
            return frozenset(_locations(content, "ModelProto", 0, len(content), 0))


def fields(path: Path, most: int) -> Iterator[int]:
    """Yield the numbers of the first ``most`` fields of a protocol buffer in a file.

    Raises:
        ValueError: it is none.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for seen, (number, _, _) in enumerate(_fields(content, 0, len(content))):
            if seen == most:
                return
            yield number


def _locations(content: mmap.mmap, kind: str, start: int, end: int, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("its graphs are nested too deeply")
    for number, first, last in _fields(content, start, end):
        inner = PARTS[kind].get(number)
        if inner is None or first is None:
            continue
        if inner == "StringStringEntryProto":
            entry = {
                key: content[a:b] for key, a, b in _fields(content, first, last) if a is not None
            }
            if entry.get(1) == b"location":
                yield entry.get(2, b"").decode("utf-8")
        else:
            yield from _locations(content, inner, first, last, depth + 1)


def _fields(content: mmap.mmap, start: int, end: int) -> Iterator[tuple[int, int | None, int]]:
    """Yield number, begin and end of each field; begin is None where it holds a number."""
    at = start
    while at < end:
        tag, at = _varint(content, at, end)
        number, wire = tag >> 3, tag & 7
        first: int | None = None
        if wire == _VARINT:
            _, at = _varint(content, at, end)
        elif wire == _BYTES:
            length, first = _varint(content, at, end)
            at = first + length
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"byte {at} is no field of a protocol buffer")
        if number == 0 or at > end:
            raise ValueError(f"the field before byte {at} is cut short or malformed")
        yield number, first, at


def _varint(content: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError(f"the number before byte {at} is cut short or malformed")
