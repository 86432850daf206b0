"""Cover places in the planes of a frame, so that what was there cannot be made out of what is left.

A blur alone can be undone where its kernel is guessed. So every place is first reduced to a few block means,
each rounded to one of 16 levels: what is smoothed over afterwards, or shown as blocks, is only that. A place
that moves shows other means in every frame, which together could tell a little more than one does; rounding
takes most of it away, and text is filled with one colour instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from compliance.redaction.edits import How

BLOCKS = 4
"""Most blocks along the longer side of a place. With 8, dlib still found a face in what was left of one."""
LEVELS = 16
"""Levels that a block may have."""

Plane = npt.NDArray[Any]
"""One plane of a frame, uint8 or uint16 (height, width), or (height, width, channels)."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in fractions of the frame as it is seen."""


def cover(plane: Plane, box: Box, how: How, full: int) -> None:
    """Cover a place in one plane, in the plane itself.

    Args:
        plane: as it is seen, which may be a turned view.
        box: the place; it is widened to whole pixels.
        how: ``BLUR``, ``PIXELATE`` or ``FILL``.
        full: number of values that a sample can have, such as 256.
    """
    height, width = plane.shape[:2]
    left, top = max(int(np.floor(box[0] * width)), 0), max(int(np.floor(box[1] * height)), 0)
    right = min(max(int(np.ceil(box[2] * width)), left + 1), width)
    bottom = min(max(int(np.ceil(box[3] * height)), top + 1), height)
    if left >= right or top >= bottom:
        return
    place = plane[top:bottom, left:right]
    high, wide = place.shape[:2]
    scale = BLOCKS / max(high, wide)
    columns, rows = (max(min(round(side * scale), side, BLOCKS), 1) for side in (wide, high))
    if how is How.FILL:
        columns = rows = 1
    means = cv2.resize(
        np.ascontiguousarray(place).astype(np.float32),
        (columns, rows),
        interpolation=cv2.INTER_AREA,
    )
    step = full / LEVELS
    means = np.clip((np.floor(np.asarray(means) / step) + 0.5) * step, 0, full - 1).astype(
        np.float32
    )
    way = cv2.INTER_LINEAR if how is How.BLUR else cv2.INTER_NEAREST
    shown = np.asarray(cv2.resize(means, (wide, high), interpolation=way)).reshape(place.shape)
    place[:] = np.clip(np.rint(shown), 0, full - 1).astype(plane.dtype)


class Dimmer:
    """Evens light out over time, plane by plane, and lowers it."""

    def __init__(self, follow: float, gain: float) -> None:
        """Start.

        Args:
            follow: share of the new frame in the running mean, 0…1.
            gain: what is left of the light, 0…1.
        """
        self._follow, self._gain = follow, gain
        self._means: list[npt.NDArray[np.float32]] = []
        self._last = -2

    def dim(self, index: int, planes: Sequence[Plane], zeros: Sequence[int]) -> None:
        """Change the planes of a frame.

        Args:
            index: position of the frame in its stream; a gap starts a new mean.
            planes: of the frame, changed in place.
            zeros: value of each plane that means no light, or no colour.
        """
        fresh = [plane.astype(np.float32) for plane in planes]
        if index != self._last + 1 or any(
            old.shape != new.shape for old, new in zip(self._means, fresh, strict=False)
        ):
            self._means = fresh
        self._last = index
        for i, (plane, zero) in enumerate(zip(planes, zeros, strict=True)):
            mean = self._means[i] = self._means[i] + self._follow * (fresh[i] - self._means[i])
            plane[:] = np.rint(zero + (mean - zero) * self._gain).astype(plane.dtype)
