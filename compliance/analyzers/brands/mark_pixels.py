"""Does the frame, seen through a hypothesis, look like the mark: orientations of edges, cell by cell.

A coincidence of keypoints may fit a homography; the edges between them then fit nothing. Orientations are
compared, not tones, so that neither colours nor light matter, and a third of the mark may be covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_match import Doubles
from compliance.types import Floats, Pixels

RASTER = 96
"""Longer side of the raster on which pixels are compared, pixels."""
CELL = 4
"""Distance of neighbouring cells, pixels of the raster; each gathers from about twice that far around."""
BINS = 8
MIDDLE = 0.5
"""Where, from the middle (0) to the border (1), an edge counts a third of what it counts in the middle. Of
0.35, 0.5, 0.6, 0.8 and no such weight, the two smallest told hypotheses apart best, of crops as of vectors."""
_NOISE = 0.6
"""Length of a cell's vector that counts as half an edge: noise of sensor and JPEG stays below."""
_ANGLES = 2 * np.pi / BINS * np.arange(BINS, dtype=np.float32)
_COSINES, _SINES = np.cos(_ANGLES), np.sin(_ANGLES)


def orientations(grey: npt.NDArray[np.uint8] | Floats) -> Floats:
    """Return signed orientations of edges, float32 (cells down, cells across, 8), gathered softly.

    Args:
        grey: (H, W) tones 0…255.
    """
    import cv2

    tones = cv2.GaussianBlur(np.asarray(grey, np.float32), (0, 0), 1.0)
    x = cv2.Sobel(tones, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    y = cv2.Sobel(tones, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    along = np.maximum(x[..., None] * _COSINES + y[..., None] * _SINES, 0)
    layers = along * along / np.maximum(np.hypot(x, y), 1e-3)[..., None]
    return np.asarray(cv2.GaussianBlur(layers, (0, 0), CELL * 0.75)[::CELL, ::CELL], np.float32)


def agreement(mark: Floats, seen: Floats, negative: bool) -> tuple[float, float]:
    """Return how far a mark's edges are seen, and how far the edges that are seen are the mark's.

    What lies near the middle counts most: the corners of a crop show what was behind the mark.

    Args:
        mark: orientations of the mark.
        seen: orientations of the frame through the hypothesis, of the same shape.
        negative: light and dark are exchanged.

    Returns:
        mean cosines, 0…1: weighted by the mark's edges, and by the frame's.
    """
    if negative:
        seen = np.roll(seen, BINS // 2, axis=-1)
    drawn, shown = np.linalg.norm(mark, axis=-1), np.linalg.norm(seen, axis=-1)
    cosine = np.sum(mark * seen, axis=-1) / np.maximum(drawn * shown, 1e-6)
    near = _nearness(*drawn.shape)
    there, own = (
        float(np.sum(weight * cosine * other / (other + _NOISE)) / max(float(weight.sum()), 1e-6))
        for weight, other in ((near * _edges(drawn), shown), (near * _edges(shown), drawn))
    )
    return there, own


def _edges(length: Floats) -> Floats:
    """Return the weight of each cell by the length of its vector; flat ones have none."""
    return np.asarray(np.sqrt(length) * (length > 0.1 * length.max()), np.float32)


@lru_cache(maxsize=256)
def _nearness(down: int, across: int) -> Floats:
    """Return how much each cell counts by its place, 0…1."""
    y, x = ((np.arange(count) + 0.5) / count * 2 - 1 for count in (down, across))
    return np.asarray(np.exp(-(y[:, None] ** 2 + x**2) / MIDDLE**2), np.float32)


def levels(grey: Pixels) -> list[Pixels]:
    """Return a frame's tones, each level half as large as the one before."""
    import cv2

    found = [grey]
    while min(found[-1].shape) > 64:
        found.append(np.asarray(cv2.pyrDown(found[-1]), np.uint8))
    return found


def through(frame: Sequence[Pixels], homography: Doubles, width: int, height: int) -> Pixels:
    """Return the frame's tones under the raster of a mark, uint8 (height, width).

    Args:
        frame: its :func:`levels`.
        homography: from the raster's pixels to the frame's.
        width: of the raster.
        height: of the raster.
    """
    import cv2

    scale = float(np.sqrt(abs(np.linalg.det(homography[:2, :2])))) / abs(homography[2, 2])
    # Else single pixels would stand for many.
    level = min(max(int(np.ceil(np.log2(max(scale, 1e-6) / 1.7))), 0), len(frame) - 1)
    homography = np.diag([0.5**level, 0.5**level, 1.0]) @ homography
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(
        frame[level], homography, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def grey_of(pixels: Pixels) -> Pixels:
    """Return the tones of an RGB picture, uint8 (H, W)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
