"""How well a face can be seen, as one number beside it."""

from __future__ import annotations

import numpy as np

from compliance.types import Pixels

ENOUGH_SIDE = 80
"""Pixels, side of a face from which more adds nothing: what both detectors were trained with."""
ENOUGH_DETAIL = 450.0
"""Variance of the Laplacian of a face at 64 × 64 grey pixels from which more adds nothing: 28 labelled
photographs had 463 to 1985, and 7 to 29 after a Gaussian blur of a twenty-fifth of the face."""


def quality(
    pixels: Pixels, box: tuple[float, float, float, float], angle: float, sure: float
) -> float:
    """Return how well a face can be seen, 0…1.

    The geometric mean of four parts, each 0…1: size (side / 80 pixels), detail (variance of the Laplacian at
    64 pixels / 450), upright (((1 + cos angle) / 2)²) and how sure the detector is. One part near 0 is enough
    for a low quality. A drawn face, a statue or a mask has less of at least one of them, as a rule; the
    number does not say which.

    Args:
        pixels: uint8 RGB (height, width, 3), the frame.
        box: left, top, right, bottom of the face, pixels of the frame.
        angle: degrees by which it is turned in the picture.
        sure: how sure the detector is of it, 0…1.
    """
    left, top, right, bottom = (round(edge) for edge in box)
    parts = (
        (bottom - top) / ENOUGH_SIDE,
        _detail(pixels, (left, top, right, bottom)) / ENOUGH_DETAIL,
        ((1 + float(np.cos(np.radians(angle)))) / 2) ** 2,
        sure,
    )
    product = float(np.prod(np.clip(parts, 0.0, 1.0)))
    return float(round(product ** (1 / len(parts)), 4))


def _detail(pixels: Pixels, box: tuple[int, int, int, int]) -> float:
    """Return the variance of the Laplacian of the face, brought to 64 × 64 grey pixels."""
    import cv2

    left, top, right, bottom = box
    part = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if not part.size:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    even = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA)
    return float(np.var(np.asarray(cv2.Laplacian(even, cv2.CV_32F))))
