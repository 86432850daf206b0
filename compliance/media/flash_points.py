"""Pixels of planar YUV frames on a grid, taken without converting the rest of the frame.

The usual formats of delivered video only; for all others the converter of :mod:`compliance.media.pictures`
does the same at some three times the cost.
"""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np

from compliance.types import Pixels

_PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p")
"""Formats of 8-bit planar YUV."""
_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Weights of red and blue in luma, by H.273's number of the matrix: BT.709, BT.601 twice, BT.2020."""


def sample(frame: Any, matrix: int, full: bool, columns: int, rows: int) -> Pixels | None:
    """Return uint8 RGB (rows, columns, 3); None where the format or the matrix is none of the usual.

    Args:
        frame: an ``av.VideoFrame``.
        matrix: H.273's number of its matrix.
        full: its luma runs from 0 to 255, and not from 16 to 235.
        columns: columns of the grid, at most the frame's width.
        rows: rows of the grid, at most its height.
    """
    if frame.format.name not in _PLANAR or matrix not in _WEIGHTS:
        return None
    planes = [
        cv2.resize(_pixels(plane), (columns, rows), interpolation=cv2.INTER_NEAREST)
        for plane in frame.planes
    ]
    rgb = cv2.transform(cv2.merge(planes), _to_rgb(*_WEIGHTS[matrix], full))
    return np.asarray(rgb, np.uint8)


def _pixels(plane: Any) -> Pixels:
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:, : plane.width]


@functools.cache
def _to_rgb(red: float, blue: float, full: bool) -> Any:
    """Return the 3 × 4 matrix from Y, Cb, Cr (0…255) to full-range R, G, B."""
    luma, chroma, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    green = 1 - red - blue
    from_cb, from_cr = 2 * (1 - blue) * chroma, 2 * (1 - red) * chroma
    rows = [
        (luma, 0.0, from_cr),
        (luma, -from_cb * blue / green, -from_cr * red / green),
        (luma, from_cb, 0.0),
    ]
    return np.array([(y, b, r, -y * black - 128 * (b + r)) for y, b, r in rows], np.float32)
