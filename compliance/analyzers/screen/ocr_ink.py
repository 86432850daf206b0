"""How a line of text looks: height of its letters, slant, and the light of letters and ground. Pure.

A line's crop is split into two classes of luminance by Otsu's method; the class that fills most of the crop's
border is the ground, the other the letters. Light is measured on the inner part of the crop alone: where
letters stand on a box, the whole crop may part the box from what is beside it and tell nothing of the letters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.types import Floats, Pixels

Mask = npt.NDArray[np.bool_]

ROW_SHARE = 0.12
"""Share of the fullest row's ink from which a row counts as letters: tails of *g* and *y* have less, while the
upper halves of capitals have more."""
INNER = 0.25
"""Share of a crop's height that is left out on each side when light is measured: a detected line has about
half as much margin as letters, so that what is left lies within the letters' height."""
MOST_WIDE = 1024
"""Pixels of a crop's width that are measured; a wider one is thinned out."""

_LINEAR = np.array(
    [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255],
    np.float32,
)
"""Linear light of each level of sRGB, as in WCAG 2.2's definition of relative luminance."""
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True)
class Ink:
    """What was measured of one line."""

    letters: float
    """Height of capitals from foot to head, pixels of the frame, about."""
    ink: float
    """Median relative luminance of the letters, 0…1."""
    ground: float
    """Median relative luminance of what is behind them, 0…1."""

    @property
    def contrast(self) -> float:
        """WCAG's contrast ratio of letters and ground, 1…21."""
        light, dark = max(self.ink, self.ground), min(self.ink, self.ground)
        return (light + 0.05) / (dark + 0.05)


def measured(crop: Pixels) -> Ink:
    """Measure a line.

    Args:
        crop: the line, upright and cut out with a little margin, BGR uint8, shape (height, width, 3).
    """
    step = -(-crop.shape[1] // MOST_WIDE)
    light: Floats = _LINEAR[crop[:, ::step]] @ _WEIGHTS[::-1]
    letters = _letters(light)
    if not letters.any() or letters.all():
        even = float(np.median(light))
        return Ink(float(crop.shape[0]), even, even)
    rows = letters.sum(axis=1)
    full = np.flatnonzero(rows >= ROW_SHARE * rows.max())
    away = int(INNER * light.shape[0])
    inner = light[away : light.shape[0] - away, away // step : light.shape[1] - away // step]
    if inner.size:
        light, letters = inner, _letters(inner)
    some = letters.any() and not letters.all()
    return Ink(
        letters=float(full[-1] - full[0] + 1),
        ink=float(np.median(light[letters] if some else light)),
        ground=float(np.median(light[~letters] if some else light)),
    )


def _letters(light: Floats) -> Mask:
    """Return where letters are: the class that fills less of the border.

    Args:
        light: relative luminance, 0…1, shape (height, width).
    """
    import cv2

    # Otsu's split is taken on a scale that is even to the eye: in linear light all dark tones are one.
    levels = np.asarray(np.sqrt(light) * 255, np.uint8)
    _, bright = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edge = np.concatenate((bright[0], bright[-1], bright[:, 0], bright[:, -1]))
    return np.asarray(bright == (0 if edge.mean() > 0.5 else 1), np.bool_)


def slant(corners: Floats) -> float:
    """Return the angle of a line's long side to the horizontal, degrees, 0…90.

    Args:
        corners: float32, shape (4, 2), pixels, in order round the line.
    """
    sides = np.diff(np.concatenate((corners, corners[:1])), axis=0)
    right, down = sides[int(np.argmax(np.linalg.norm(sides, axis=1)))]
    return float(np.degrees(np.arctan2(abs(down), abs(right))))
