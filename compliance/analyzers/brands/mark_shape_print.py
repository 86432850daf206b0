"""What is kept of the shape of one mark, and how plain it is."""

from __future__ import annotations

import functools
import itertools
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_regions import (
    LEAST_AREA,
    outline,
    part_tree,
    shape_candidates,
)
from compliance.analyzers.brands.mark_shape_index import Effort, Shape, ShapeIndex, Shapes, lay
from compliance.analyzers.brands.mark_shape_plain import plain_masks
from compliance.errors import BankError
from compliance.types import Floats, Pixels

PLAIN = 0.9
"""Overlap with a plain shape from which a shape says nothing: discs, squares and letters reach 0.9 to 0.98."""
_WORK = 320
"""Pixels of the longer side to which a mask is brought before its outlines are taken."""
_EDGE = 4
_SMALL = 300
"""A part smaller than the whole by this factor is left out: a frame shows it as a dot, if at all."""
_EFFORT = Effort(near=6, signature=0.3, rings=0.2, pairs=10**9, away=0.4, share=0.2)
_HEAD = struct.Struct("<4sffH")
_MAGIC = b"SHP1"
_UNIT = 16
"""Steps of a pixel to which packed outlines are exact."""


@dataclass(frozen=True)
class ShapePrint:
    """What is kept of the shape of a mark; too plain where it has no shapes."""

    width: float
    """Pixels of the raster in which its outlines are given."""
    height: float
    shapes: tuple[Shape, ...]
    """Ways in which it may be seen: as it is, without its holes, what stands in the hole of a plate."""
    plainness: tuple[float, ...]
    """What each shares with the nearest plain shape, 0…1."""
    why: str = ""
    """Why it is too plain; empty where it is not."""


def shape_print(mask: Pixels) -> ShapePrint:
    """Return the print of the shape that ``mask`` covers.

    Args:
        mask: uint8 (H, W), 128 and more is the mark.
    """
    return _print(_variants(mask), mask.shape[1], mask.shape[0])


def photo_shape_print(pixels: Pixels) -> ShapePrint:
    """Return the print of the largest shapes in a crop of a photograph that shows little else than a mark.

    Args:
        pixels: RGB uint8 (H, W, 3).
    """
    import cv2

    height, width = pixels.shape[:2]
    scale = _WORK / max(height, width)
    large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    regions = shape_candidates(np.asarray(large, np.uint8))
    shapes, sizes = [], []
    for region in range(len(regions)):
        rings = tuple((ring + 0.5) / np.float32(scale) - 0.5 for ring in regions.rings(region))
        outer = int(regions.outer[region])
        corners = np.concatenate(rings[:outer])
        low, high = corners.min(0), corners.max(0)
        share = (high - low) / (width, height)
        off = np.abs((low + high) / 2 / (width, height) - 0.5)
        if share.max() > _FILLS and off.max() < _CENTRAL:
            shapes.append(Shape(rings, outer))
            sizes.append(float(np.prod(share)))
    largest = np.argsort(-np.array(sizes), kind="stable")[:_MOST_OF_PHOTO]
    return _print([shapes[number] for number in largest], width, height)


_FILLS = 0.5
"""Share of a crop's width or height from which a region can be the mark."""
_CENTRAL = 0.15
"""Share of the sides by which the middle of the mark may be off the middle of the crop."""
_MOST_OF_PHOTO = 16
"""Largest regions that are looked at; those that are not plain are kept. Of 270 drawn crops 159 have a right
one among them, and 71 among the first three: plates and grounds are larger, in several outlines each."""


def _print(shapes: list[Shape], width: int, height: int) -> ShapePrint:
    if not shapes:
        return ShapePrint(width, height, (), (), "nothing in it has a closed outline")
    plain = plainness(shapes)
    kept = [number for number, most in enumerate(plain) if most < PLAIN]
    why = "" if kept else f"its outline is a plain shape ({min(plain):.0%} the same)"
    return ShapePrint(
        width, height, tuple(shapes[n] for n in kept), tuple(plain[n] for n in kept), why
    )


def _variants(mask: Pixels) -> list[Shape]:
    import cv2

    scale = _WORK / max(mask.shape)
    large = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    framed = cv2.copyMakeBorder(large, *4 * (_EDGE,), cv2.BORDER_CONSTANT, value=0)
    roots = part_tree((framed > 127).view(np.uint8))
    least = max(sum(part.moments[0] for part in roots) / _SMALL, LEAST_AREA)
    roots = [part for part in roots if part.moments[0] > least]
    if not roots:
        return []
    sets = [(roots, [p for root in roots for p in root.within() if p.moments[0] > least])]
    below = [part for root in roots for part in root.inside if part.moments[0] > least]
    if below:
        sets.append((roots, []))
        if len(roots) == 1:
            sets.append((below, [p for b in below for p in b.within() if p.moments[0] > least]))
    shapes = []
    for outer, inner in sets:
        rings = [(outline(part) - _EDGE + 0.5) / scale - 0.5 for part in [*outer, *inner]]
        shapes.append(Shape(tuple(np.asarray(ring, np.float32) for ring in rings), len(outer)))
    return shapes


@functools.cache
def _plain_index() -> ShapeIndex:
    return ShapeIndex([shape for mask in plain_masks() for shape in _variants(mask)[:1]])


def plainness(shapes: Sequence[Shape]) -> list[float]:
    """Return what each of ``shapes`` shares with the nearest plain one, 0…1; 1 where it is no area."""
    seen = Shapes(shapes)
    most = np.ones(len(shapes))
    most[seen.numbers] = 0
    for fit in lay(seen, _plain_index(), _EFFORT):
        number = int(seen.numbers[fit.seen])
        most[number] = max(most[number], fit.share)
    return [float(one) for one in most]


def pack_shape(one: ShapePrint) -> bytes:
    """Return a print as bytes."""
    parts = [_HEAD.pack(_MAGIC, one.width, one.height, len(one.shapes)), one.why.encode()]
    tables: list[npt.NDArray[np.int16]] = []
    points: list[Floats] = []
    for shape, plain in zip(one.shapes, one.plainness, strict=True):
        lengths = [len(ring) for ring in shape.rings]
        head = [round(plain * 10_000), shape.outer, len(lengths), *lengths]
        tables.append(np.array(head, np.int16))
        points += shape.rings
    table = np.concatenate(tables) if tables else np.zeros(0, np.int16)
    steps = (
        np.round(np.concatenate(points) * _UNIT).astype(np.int32)
        if points
        else np.zeros((0, 2), np.int32)
    )
    parts = [parts[0], struct.pack("<HI", len(parts[1]), len(table)), parts[1], table.tobytes()]
    return zlib.compress(
        b"".join(parts) + np.diff(steps, axis=0, prepend=0).T.astype("<i4").tobytes(), 9
    )


def unpack_shape(data: bytes) -> ShapePrint:
    """Return what :func:`pack_shape` packed.

    Raises:
        BankError: the bytes are not of that layout.
    """
    try:
        return _unpacked(zlib.decompress(data))
    except (zlib.error, struct.error, ValueError, IndexError) as error:
        raise BankError(
            "the shape of a mark is damaged",
            expected=f"the layout {_MAGIC.decode()}",
            found=f"{len(data)} bytes ({error})",
            fix="run compliance brands reindex",
        ) from error


def _unpacked(body: bytes) -> ShapePrint:
    magic, width, height, count = _HEAD.unpack_from(body)
    if magic != _MAGIC:
        raise ValueError("another layout")
    said, size = struct.unpack_from("<HI", body, _HEAD.size)
    at = _HEAD.size + 6
    why = body[at : at + said].decode()
    table = np.frombuffer(body, "<i2", size, at + said).tolist()
    steps = np.frombuffer(body, "<i4", -1, at + said + 2 * size).reshape(2, -1).T
    points = (np.cumsum(steps, 0) / _UNIT).astype(np.float32)
    shapes, plain, place, first = [], [], 0, 0
    for _ in range(count):
        most, outer, rings = table[place : place + 3]
        lengths = table[place + 3 : place + 3 + rings]
        ends = np.cumsum([first, *lengths])
        cut = tuple(points[a:b] for a, b in itertools.pairwise(ends.tolist()))
        shapes.append(Shape(cut, outer))
        plain.append(most / 10_000)
        place, first = place + 3 + rings, int(ends[-1])
    return ShapePrint(width, height, tuple(shapes), tuple(plain), why)
