"""What is kept of a reference mark to find it by: local features at several sizes, tones, shape, a thumbnail.

A pure function of the picture. Its layout and everything that changes it is named by :data:`MAKER`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.brands import mark_pixels
from compliance.analyzers.brands.mark_shape_print import (
    ShapePrint,
    pack_shape,
    photo_shape_print,
    shape_print,
)
from compliance.errors import BankError
from compliance.types import Floats, Pixels

MAKER = "logos-2"
CANONICAL = 256
"""Longer side of the canonical raster, whose pixels coordinates are in."""
SIZES = (256, 128, 64)
"""Longer sides at which features are looked for: small marks in frames have lost what large ones show."""
MARGIN = 0.08
"""Room around a mark on nothing, fraction of its longer side: outlines need both of their sides."""
LEAST = 48
"""Features of a drawn mark below which only its shape can find it: a square has 23, a triangle 43."""
LEAST_OF_PHOTO = 5
"""The same of a photograph, whose features are no common corners."""
PAPER = 12
"""Most grey levels by which plain paper differs from itself."""
MOST = 300
"""Features kept of one reference."""
THUMBNAIL = 8192
"""Most bytes of a thumbnail."""
_HEAD = struct.Struct("<4sHHIIII")
_MAGIC = b"LGP1"


@dataclass(frozen=True)
class LogoPrint:
    """One reference mark; coordinates are pixels of its canonical raster of ``width`` × ``height``."""

    features: sift.Features
    tones: Pixels
    """uint8 grey (h, w), longer side 96: the raster on which pixels are compared."""
    shape: bytes = field(repr=False)
    """Packed shape (see mark_shapes); empty where its outline says nothing."""
    thumbnail: bytes = field(repr=False)
    """PNG for reviewers."""

    @property
    def width(self) -> int:
        """Width of the canonical raster."""
        return self.features.width

    @property
    def height(self) -> int:
        """Height of the canonical raster."""
        return self.features.height


def logo_print(pixels: Pixels) -> bytes:
    """Return the packed print of a mark.

    Args:
        pixels: uint8 RGBA (H, W, 4); fully opaque for a photograph or a crop of one.

    Raises:
        BankError: it is empty, or too plain to be told from anything else.
    """
    cut = _cut(pixels)
    views = _views(cut)
    features = _merged([sift_at(view, size) for view in views for size in SIZES])
    shape = _shape(cut, views[0])
    least = LEAST_OF_PHOTO if (cut[..., 3] > 250).all() else LEAST
    if len(features) < least and not shape.shapes:
        raise BankError(
            "this mark is too plain to be found",
            expected="a mark with a few corners, or an outline unlike common shapes",
            found=f"{len(features)} local features, and {shape.why or 'no outline'}",
            fix="enrol crops of photographs that show it, or its name as a word",
        )
    tones = mark_pixels.grey_of(_sized(views[0], mark_pixels.RASTER))
    packed = pack_shape(shape) if shape.shapes else b""
    return pack(LogoPrint(features, tones, packed, _thumbnail(views[0])))


def _shape(cut: Pixels, view: Pixels) -> ShapePrint:
    """Return the shape of a mark on nothing, on plain paper, or in a photograph."""
    sized = _sized(view, CANONICAL)
    if (cut[..., 3] < 16).any():
        cover = _sized(np.repeat(cut[..., 3:], 3, axis=2), CANONICAL)[..., 0]
        return shape_print(np.ascontiguousarray(cover))
    off = np.abs(sized.astype(np.int16) - sized[0, 0]).max(axis=2)
    border = np.concatenate([off[0], off[-1], off[:, 0], off[:, -1]])
    if np.mean(border < PAPER) > 0.98:
        return shape_print((off > 48).astype(np.uint8) * 255)
    return photo_shape_print(sized)


def sift_at(view: Pixels, size: int) -> sift.Features:
    """Return the features of ``view`` resized to ``size``, in coordinates of the canonical raster."""
    found = sift.extract(_sized(view, size), MOST)
    scale = CANONICAL / size
    points = found.points * np.array([scale, scale, scale, 1], np.float32)
    height, width = _size(view, CANONICAL)
    return sift.Features(points, found.descriptors, width, height)


def pack(one: LogoPrint) -> bytes:
    """Return a print as bytes."""
    features = zlib.compress(sift.pack(one.features), 6)
    tones = zlib.compress(one.tones.tobytes(), 6)
    sizes = [len(part) for part in (features, tones, one.shape, one.thumbnail)]
    head = _HEAD.pack(_MAGIC, one.tones.shape[1], one.tones.shape[0], *sizes)
    return head + features + tones + one.shape + one.thumbnail


def unpack(data: bytes) -> LogoPrint:
    """Return what :func:`pack` packed.

    Raises:
        BankError: the bytes are not of that layout.
    """
    try:
        magic, width, height, *sizes = _HEAD.unpack_from(data)
        ends = np.cumsum([_HEAD.size, *sizes])
        if magic != _MAGIC or ends[-1] != len(data):
            raise ValueError("sizes differ")
        parts = [data[a:b] for a, b in pairwise(ends)]
        tones = np.frombuffer(zlib.decompress(parts[1]), np.uint8).reshape(height, width)
        return LogoPrint(sift.unpack(zlib.decompress(parts[0])), tones, parts[2], parts[3])
    except (struct.error, zlib.error, ValueError) as error:
        raise BankError(
            "the print of a mark is damaged",
            expected=f"the layout of {MAKER}",
            found=f"{len(data)} bytes ({error})",
            fix="run compliance brands reindex",
        ) from error


def _cut(pixels: Pixels) -> Pixels:
    """Return the picture without transparent or uniform borders, with a margin where they were."""
    alpha = pixels[..., 3] > 16
    if not alpha.any() or min(pixels.shape[:2]) < 8:
        raise BankError(
            "this mark is empty",
            expected="a picture of at least 8 × 8 pixels that shows something",
            found=f"{pixels.shape[1]} × {pixels.shape[0]} pixels, {alpha.mean():.0%} of them visible",
            fix="enrol a picture of the mark",
        )
    shown = alpha
    if alpha.all():
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])[:, :3]
        paper = np.median(border, axis=0)
        if np.mean(np.abs(border - paper).max(axis=1) < PAPER) > 0.98:
            shown = np.abs(pixels[..., :3] - paper).max(axis=2) > 24
            if not shown.any():
                shown = alpha
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    room = round(MARGIN * max(bottom - top, right - left)) if not shown.all() else 0
    paper = pixels[0, 0] if alpha.all() else np.zeros(4, np.uint8)
    cut = np.empty((bottom - top + 2 * room, right - left + 2 * room, 4), np.uint8)
    cut[:] = paper
    cut[room : room + bottom - top, room : room + right - left] = pixels[top:bottom, left:right]
    return cut


def _views(cut: Pixels) -> list[Pixels]:
    """Return the mark on what it can be seen on, RGB: white, black, or both where it is light and dark."""
    if (cut[..., 3] > 250).all():
        return [np.ascontiguousarray(cut[..., :3])]
    cover = cut[..., 3:].astype(np.float32) / 255
    tones = cut[..., :3].mean(axis=2)[cut[..., 3] > 128]
    low, high = np.percentile(tones, [5, 95]) if len(tones) else (0, 0)
    papers = [paper for paper, far in ((255, low < 128), (0, high >= 128)) if far]
    views = [cut[..., :3] * cover + paper * (1 - cover) for paper in papers]
    return [view.round().astype(np.uint8) for view in views]


def _merged(found: list[sift.Features]) -> sift.Features:
    """Return the features of all sizes without those that repeat another's place, size and look."""
    points = np.concatenate([one.points for one in found])
    descriptors = np.concatenate([one.descriptors for one in found])
    unit = descriptors.astype(np.float32) / sift.UNIT
    kept: list[int] = []
    for index in range(len(points)):
        if kept:
            near = np.abs(points[kept, :2] - points[index, :2]).max(axis=1) < 0.3 * points[index, 2]
            alike = unit[kept] @ unit[index] > 0.97
            if (near & alike).any():
                continue
        kept.append(index)
        if len(kept) == MOST:
            break
    first = found[0]
    return sift.Features(points[kept], descriptors[kept], first.width, first.height)


def _size(view: npt.NDArray[np.uint8] | Floats, longer: int) -> tuple[int, int]:
    """Return height and width where the longer side is ``longer``."""
    scale = longer / max(view.shape[:2])
    return max(8, round(view.shape[0] * scale)), max(8, round(view.shape[1] * scale))


def _sized(view: Pixels, longer: int) -> Pixels:
    import cv2

    height, width = _size(view, longer)
    kind = cv2.INTER_AREA if longer < max(view.shape[:2]) else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(view, (width, height), interpolation=kind), np.uint8)


def _thumbnail(view: Pixels) -> bytes:
    """Return a PNG of at most 8 KB: as large as it may be, in 64 colours."""
    import io

    from PIL import Image

    for size in (160, 128, 96, 72, 48, 32):
        picture = Image.fromarray(_sized(view, size)).quantize(64)
        file = io.BytesIO()
        picture.save(file, "PNG", optimize=True)
        if file.tell() <= THUMBNAIL:
            break
    return file.getvalue()
