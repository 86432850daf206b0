"""Local features of one picture: SIFT keypoints (Lowe 2004) with RootSIFT descriptors (Arandjelović 2012).

A descriptor holds 4 × 4 cells of 8 orientations, the roots of shares that sum to one, times 512. In the
negative of a picture each gradient points the other way, and the keypoint's angle with it: the orientations
stay, relative to the keypoint, and the cells turn by half a circle. :func:`negative` is that permutation, so
one extraction serves both polarities.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.errors import AnalyzerError
from compliance.types import Floats, Pixels

UNIT = 512.0
"""Length of every descriptor before it is rounded and clipped to a byte."""
CONTRAST = 0.01
"""Least contrast of a keypoint on SIFT's scale, a quarter of OpenCV's: flat marks and marks tone in tone have
few extrema, and weak ones. The budget, not the contrast, bounds how many there are."""
EDGE = 20.0
"""Greatest ratio of curvatures, twice OpenCV's: corners of flat marks lie on edges."""
CELLS = 12
"""The picture is cut into so many cells along its longer side; each cell's strongest keypoint comes before any
cell's second, so that a crowd or foliage cannot take a small mark's share of the budget."""
_HEAD = struct.Struct("<4sIII")
_MAGIC = b"RSF1"


@dataclass(frozen=True)
class Features:
    """Keypoints of one picture of ``width`` × ``height`` pixels."""

    points: Floats
    """float32 (N, 4): x, y and size (diameter) in pixels, angle in degrees, clockwise on screen."""
    descriptors: Pixels
    """uint8 (N, 128)."""
    width: int
    height: int

    def __len__(self) -> int:
        """Return N."""
        return len(self.points)


@lru_cache(maxsize=1)
def _detector() -> Any:
    import cv2

    return cv2.SIFT_create(  # type: ignore[attr-defined]
        nfeatures=0, contrastThreshold=CONTRAST, edgeThreshold=EDGE, enable_precise_upscale=True
    )


def extract(pixels: Pixels, most: int) -> Features:
    """Return at most ``most`` keypoints of an RGB picture, those that are strong where they are.

    Args:
        pixels: uint8 (H, W, 3).
        most: budget, more than 0.
    """
    import cv2

    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    keypoints, raw = _detector().detectAndCompute(grey, None)
    if raw is None or not len(keypoints):
        return Features(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8), width, height)
    points = np.array([(*one.pt, one.size, one.angle) for one in keypoints], np.float32)
    strength = np.array([one.response for one in keypoints], np.float32)
    kept = _spread(points, strength, max(width, height) / CELLS)[:most]
    shares = raw[kept] / np.maximum(raw[kept].sum(axis=1, keepdims=True), 1e-6)
    descriptors = np.minimum(np.sqrt(shares) * UNIT + 0.5, 255).astype(np.uint8)
    return Features(points[kept], descriptors, width, height)


def negative(descriptors: Pixels) -> Pixels:
    """Return the descriptors (N, 128) that the negative of the picture has; its angles are 180° on."""
    cells = descriptors.reshape(-1, 4, 4, 8)
    return np.ascontiguousarray(cells[:, ::-1, ::-1]).reshape(-1, 128)


def pack(features: Features) -> bytes:
    """Return the features as bytes: a head, float32 points, uint8 descriptors, little-endian."""
    head = _HEAD.pack(_MAGIC, len(features), features.width, features.height)
    points = np.ascontiguousarray(features.points, "<f4").tobytes()
    return head + points + np.ascontiguousarray(features.descriptors).tobytes()


def size_of(data: bytes) -> tuple[int, int]:
    """Return width and height of the picture whose features :func:`pack` packed; errors as :func:`unpack`."""
    _, width, height = _sizes(data)
    return width, height


def unpack(data: bytes) -> Features:
    """Return what :func:`pack` packed.

    Raises:
        AnalyzerError: the bytes are not of that layout.
    """
    count, width, height = _sizes(data)
    middle = _HEAD.size + 16 * count
    points = np.frombuffer(data, "<f4", 4 * count, _HEAD.size).reshape(-1, 4).astype(np.float32)
    descriptors = np.frombuffer(data, np.uint8, 128 * count, middle).reshape(-1, 128)
    return Features(points, descriptors, width, height)


def _sizes(data: bytes) -> tuple[int, int, int]:
    """Return how many features are packed, and width and height of their picture."""
    try:
        magic, count, width, height = _HEAD.unpack_from(data)
    except struct.error:
        magic, count, width, height = b"", 0, 0, 0
    if magic != _MAGIC or len(data) != _HEAD.size + 144 * count:
        raise AnalyzerError(
            "local features are damaged",
            expected="the layout RSF1",
            found=f"{len(data)} bytes that begin with {data[:4]!r}",
            fix="review the asset again with --no-cache, or enrol the reference again",
        )
    return count, width, height


def _spread(points: Floats, strength: Floats, cell: float) -> npt.NDArray[np.intp]:
    """Return the order of keypoints: first the strongest of every cell, then the second of each …"""
    cells = (points[:, 0] // cell).astype(np.int64) * 100_000 + (points[:, 1] // cell).astype(int)
    order = np.lexsort((points[:, 1], points[:, 0], -strength, cells))
    sorted_cells = cells[order]
    starts = np.flatnonzero(np.r_[True, sorted_cells[1:] != sorted_cells[:-1]])
    ranks = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return order[np.lexsort((-strength[order], ranks))]
