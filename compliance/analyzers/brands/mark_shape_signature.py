"""Shapes brought to one place, size and slant, and a description of them that no rotation changes. Pure.

A shape is whitened by the second moments of its filled outline: then its mean is 0 and its spread 1 in every
direction, whatever affine view it was seen from, and only a rotation is left open. The signature holds the
strengths of angular frequencies on rings around the middle, which rotation does not change; the angle comes
from correlating the rings themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.types import Floats, Pixels

Doubles = npt.NDArray[np.float64]
Spectra = npt.NDArray[np.complex64]

SPAN = 3.2
"""Half a side of a raster in units of spread; a disc has radius 2, the tip of a swoosh lies near 3."""
SIDE = 96
"""Pixels of a side of the rasters in which shapes are laid on one another."""
RINGS = 14
ANGLES = 64
WAVES = 13
"""Angular frequencies 0 to 12 are described; what is finer is noise of the outline."""


def whitening(rings: Sequence[Floats]) -> Doubles | None:
    """Return the affine map, float64 (3, 3), that whitens the area within ``rings``; None where it has none.

    Args:
        rings: outer outlines, each (N, 2), that do not overlap.
    """
    total = np.zeros(6)
    origin = rings[0].mean(0, dtype=np.float64)
    for ring in rings:
        total += _moments(ring - origin)
    area = total[0]
    if area < 1e-6:
        return None
    middle = total[1:3] / area
    spread = np.array([[total[3], total[4]], [total[4], total[5]]]) / area
    spread -= np.outer(middle, middle)
    values, vectors = np.linalg.eigh(spread)
    if values[0] <= 1e-4 * values[1]:
        return None
    turn = vectors @ np.diag(values**-0.5) @ vectors.T
    result = np.eye(3)
    result[:2, :2] = turn
    result[:2, 2] = -turn @ (middle + origin)
    return result


def _moments(ring: npt.NDArray[np.floating]) -> Doubles:
    """Return area and first and second moments of a polygon by Green's theorem."""
    x, y = ring[:, 0].astype(np.float64), ring[:, 1].astype(np.float64)
    u, v = np.roll(x, -1), np.roll(y, -1)
    cross = x * v - u * y
    sums = np.array(
        [
            cross.sum() / 2,
            ((x + u) * cross).sum() / 6,
            ((y + v) * cross).sum() / 6,
            ((x * x + x * u + u * u) * cross).sum() / 12,
            ((x * v + 2 * x * y + 2 * u * v + u * y) * cross).sum() / 24,
            ((y * y + y * v + v * v) * cross).sum() / 12,
        ]
    )
    return sums if sums[0] >= 0 else -sums


def moved(matrix: Doubles, points: npt.NDArray[np.floating]) -> Doubles:
    """Return ``points`` (N, 2) under ``matrix`` (3, 3)."""
    image = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(image[:, :2] / image[:, 2:])


def raster(rings: Sequence[npt.NDArray[np.floating]], matrix: Doubles) -> Pixels:
    """Return what ``rings`` fill under ``matrix`` by the even-odd rule, uint8 (SIDE, SIDE) of 0 and 1."""
    import cv2

    scale = SIDE / (2 * SPAN)
    lines = [
        np.round((np.clip(moved(matrix, ring), -9, 9) + SPAN) * (scale * 16) - 8).astype(np.int32)
        for ring in rings
    ]
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(canvas, lines, 1, shift=4)
    return canvas


def polar(rasters: Pixels) -> Floats:
    """Return ``rasters`` (N, SIDE, SIDE) on rings and angles, less a disc, float32 (N, RINGS, ANGLES)."""
    import cv2

    small = np.empty((len(rasters), SIDE * SIDE), np.float32)
    for number, one in enumerate(rasters):
        small[number] = cv2.GaussianBlur(one.astype(np.float32), (0, 0), 1.6).ravel()
    radii = (np.arange(RINGS) + 0.5) * (SPAN / RINGS)
    turns = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    scale = SIDE / (2 * SPAN)
    x = np.round((radii[:, None] * np.cos(turns) + SPAN) * scale - 0.5).astype(int)
    y = np.round((radii[:, None] * np.sin(turns) + SPAN) * scale - 0.5).astype(int)
    index = np.clip(y, 0, SIDE - 1) * SIDE + np.clip(x, 0, SIDE - 1)
    rings = small[:, index] - (1 / (1 + np.exp((radii - 2) * 8)))[:, None].astype(np.float32)
    rings *= np.sqrt(radii[:, None]).astype(np.float32)
    return np.asarray(rings, np.float32)


def spectra(rings: Floats) -> Spectra:
    """Return the angular frequencies of ``rings`` (N, RINGS, ANGLES) of length 1: complex64 (N, RINGS, W)."""
    lengths = np.maximum(np.linalg.norm(rings, axis=(1, 2), keepdims=True), 1e-6)
    return np.asarray(np.fft.rfft(rings / lengths, axis=2), np.complex64)


def signatures(spectra: Spectra) -> Floats:
    """Return what rotation does not change of ``spectra``: float32 (N, D), of length 1."""
    waves = spectra[:, :, :WAVES]
    strengths = np.abs(waves).astype(np.float32)
    strengths[:, :, 0] = waves[:, :, 0].real
    strengths[:, :, 1:] *= np.float32(2**0.5)
    flat = strengths.reshape(len(waves), RINGS * WAVES)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))


def turned(one: Spectra, two: Spectra) -> tuple[Doubles, Floats]:
    """Return the turn that lays each of ``one`` best on its partner in ``two``, and how alike they are then.

    Args:
        one: of :func:`spectra`, (N, RINGS, W).
        two: spectra to compare with, of the same shape.

    Returns:
        Radians, float64 (N,), from x to y, and correlation, float32 (N,), -1 to 1.
    """
    both = np.fft.irfft(np.einsum("nrw,nrw->nw", two, one.conj()), ANGLES, axis=1)
    best = both.argmax(1)
    return best * (2 * np.pi / ANGLES), both[np.arange(len(best)), best].astype(np.float32)
