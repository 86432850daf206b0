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


_LEVELS = np.arange(256) / 255.0
_LINEAR = (_LEVELS**2.2).astype(np.float32)
_CODED = np.rint(255 * (np.arange(4096) / 4095) ** (1 / 2.2)).astype(np.uint8)
_P3 = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
_NARROWING: dict[int, Any] = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    11: _P3,
    12: _P3,
}
"""From linear RGB of H.273's primaries to that of BT.709: BT.2020, and P3, whose two whites count as one."""


def narrowed(rgb: Pixels, primaries: int) -> Pixels:
    """Return uint8 RGB in the primaries of BT.709; what lies outside is clipped, as saturated as it gets.

    Args:
        rgb: uint8 (rows, columns, 3).
        primaries: H.273's number of its primaries; those that are not known here are taken for BT.709.
    """
    if primaries not in _NARROWING:
        return rgb
    linear = cv2.transform(cv2.LUT(rgb, _LINEAR), np.array(_NARROWING[primaries], np.float32))
    steps = np.rint(np.clip(linear, 0.0, 1.0) * 4095).astype(np.uint16)
    return np.asarray(_CODED[steps], np.uint8)


def sample(
    frame: Any, matrix: int, full: bool, columns: int, rows: int, field: int | None = None
) -> Pixels | None:
    """Return uint8 RGB (rows, columns, 3); None where the format or the matrix is none of the usual.

    Args:
        frame: an ``av.VideoFrame``.
        matrix: H.273's number of its matrix.
        full: its luma runs from 0 to 255, and not from 16 to 235.
        columns: columns of the grid, at most the frame's width.
        rows: rows of the grid, at most its height.
        field: first row of the field that is looked at, of an interlaced frame; None takes every row.
    """
    if frame.format.name not in _PLANAR or matrix not in _WEIGHTS:
        return None
    planes = [nearest(_pixels(plane, field), columns, rows) for plane in frame.planes]
    rgb: Any = cv2.transform(cv2.merge(planes), _to_rgb(*_WEIGHTS[matrix], full))
    return np.asarray(rgb, np.uint8)


def nearest(picture: Pixels, columns: int, rows: int) -> Pixels:
    """Return pixels of a picture, uint8 (height, width) or (height, width, channels), on a grid."""
    return np.asarray(
        cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_NEAREST), np.uint8
    )


def _pixels(plane: Any, field: int | None) -> Pixels:
    pixels: Pixels = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:, : plane.width]
    return pixels if field is None or len(pixels) < 2 else pixels[field::2]


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
