"""Regular stripes in one frame: the share of the screen that they cover, and how many pairs of them there are.

The frame is cut into tiles of two sizes. A tile is striped where one spatial frequency, with two and a half
periods or more across the tile, holds most of what varies in it; stripes may be straight, curved or radial,
since each tile has a frequency of its own.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.fft  # NumPy would import it later, when no file can be opened any more

from compliance.types import Floats

TILE, LEAST_TILE = 32, 16
"""Side of a tile, points: usual, and least for small frames; below nothing is striped."""
SHARE = 0.6
"""Share of a tile's variance that its strongest frequency has to hold. A square wave holds 0.81 in its first;
natural pictures stay below 0.5 (tests/media/test_flash_patterns.py)."""
LIGHT = 0.25
"""Relative luminance that the light stripes reach at least (BT.1702's 50 cd/m² of a display of 200 cd/m²)."""
CONTRAST = 0.1
"""Least difference of relative luminance between light and dark stripes."""
LEAST_PERIODS = 2.5
"""Fewest periods across a tile."""
MOST_PAIRS = 255
_ENOUGH = 0.25
"""Share of the screen from which the tiles of a size count before the other's."""
_ALONE = 0.1
"""Share of a tile's variance in one bin below which its surroundings cannot hold ``SHARE``: the window leaves
0.17 of a sine in the strongest."""


@dataclass(frozen=True)
class Stripes:
    """What is striped in one frame."""

    area: float
    """Share of the screen that is striped, 0…1."""
    pairs: int
    """Light and dark pairs across the striped part, 0…``MOST_PAIRS``."""


def stripes(luminance: Floats) -> Stripes:
    """Measure the stripes of one frame.

    Args:
        luminance: relative luminance, float32 (rows, columns), 0…1.
    """
    fine = _search(luminance)
    half = (luminance.shape[1] // 2, luminance.shape[0] // 2)
    if min(half) < LEAST_TILE:
        return fine
    coarse = _search(np.asarray(cv2.resize(luminance, half, interpolation=cv2.INTER_AREA)))
    return max(fine, coarse, key=lambda one: (one.area >= _ENOUGH, one.pairs, one.area))


def _search(luminance: Floats) -> Stripes:
    """Measure stripes with tiles of one size."""
    rows, columns = luminance.shape
    side = min(TILE, rows, columns) // 2 * 2
    if side < LEAST_TILE:
        return Stripes(0.0, 0)
    tops, lefts = _starts(rows, side), _starts(columns, side)
    tiles = np.stack([luminance[t : t + side, x : x + side] for t in tops for x in lefts])
    mean = tiles.mean(axis=(1, 2), keepdims=True)
    window, frequencies = _plan(side)
    spectrum = np.fft.rfft2((tiles - mean) * window, axes=(1, 2))
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    power[:, :, 1:-1] *= 2  # the other half of the spectrum
    for column in (0, -1):  # which these columns hold themselves
        rest = power[:, :0:-1, column][:, : side // 2 - 1]
        power[:, 1 : side // 2, column] += rest
        power[:, side // 2 + 1 :, column] = 0
    total = power.sum(axis=(1, 2))
    flat = (power * (frequencies[2] >= LEAST_PERIODS)).reshape(len(tiles), -1)
    peaks = flat.argmax(axis=1)
    held = flat[np.arange(len(tiles)), peaks]
    for i in np.flatnonzero(held >= _ALONE * total):
        held[i] = _around(power[i], int(peaks[i]))
    amplitude = np.sqrt(2 * held / (window**2).sum() / side**2)
    middle = mean.ravel()
    striped = (held >= SHARE * total) & (2 * amplitude >= CONTRAST) & (middle + amplitude >= LIGHT)
    if not striped.any():
        return Stripes(0.0, 0)
    covered = np.zeros(luminance.shape, np.bool_)
    for i in np.flatnonzero(striped):
        top, left = tops[i // len(lefts)], lefts[i % len(lefts)]
        covered[top : top + side, left : left + side] = True
    down, across = (
        float(np.sort(one.ravel()[peaks[striped]])[np.count_nonzero(striped) // 2])
        for one in frequencies[:2]
    )
    covered &= _varied(luminance, side / max(float(np.hypot(down, across)), 1.0))
    high, wide = (int(np.count_nonzero(covered.any(axis=axis))) for axis in (1, 0))
    pairs = round((down * high + across * wide) / side)
    return Stripes(float(covered.mean()), min(pairs, MOST_PAIRS))


def _varied(luminance: Floats, period: float) -> Any:
    """Tell of each point whether there is contrast within a period of it, less the margin that this adds."""
    length = round(period) | 1
    kernel = np.ones((length, length), np.uint8)
    contrast = cv2.dilate(luminance, kernel) - cv2.erode(luminance, kernel)
    return cv2.erode((contrast >= CONTRAST).astype(np.uint8), kernel) > 0


def _around(power: Floats, at: int) -> float:
    """Return the power around a peak, over which the window spreads it."""
    row, column = divmod(at, power.shape[1])
    rows = np.arange(row - 1, row + 2) % power.shape[0]
    return float(power[rows, max(column - 1, 0) : column + 2].sum())


def _starts(length: int, side: int) -> list[int]:
    count = -(-length // side)
    return [round(i * (length - side) / max(count - 1, 1)) for i in range(count)]


@functools.cache
def _plan(side: int) -> tuple[Any, tuple[Any, Any, Any]]:
    """Return the window, and the periods across a tile down, across, and in all of each frequency."""
    hann = np.hanning(side + 1)[:-1].astype(np.float32)
    down = np.abs(np.fft.fftfreq(side, 1 / side))[:, None] + np.zeros((1, side // 2 + 1))
    across = np.fft.rfftfreq(side, 1 / side)[None, :] + np.zeros((side, 1))
    return np.outer(hann, hann), (down, across, np.hypot(down, across))
