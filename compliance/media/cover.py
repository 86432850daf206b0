"""Small copies of frames, and the test whether one frame's colours explain another's.

A frame *covers* a place of another frame where every pixel there lies within the range of colours that the
first one shows in a small neighbourhood of that place. Motion smaller than the neighbourhood, noise below
the tolerance and focus changes are covered; new content whose colours were not there is not. The test runs
on luma and both chroma planes, so that a mark of equal luminance counts as much as a bright one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from compliance.types import Pixels

SHORT_SIDE = 272
"""Shorter side of a thumbnail, pixels: 480 × 272 for 16:9, above the 320 × 180 that the design asks for."""
LONG_SIDE = 1920
"""Longest side of a thumbnail, pixels, so that a narrow banner costs no more than a frame."""
BLOCK = 4
"""Side of the square over which uncovered excess is averaged, luma pixels of the thumbnail."""
LUMA_TOLERANCE = 12
"""Luma levels (of 255) beyond the range that still count as noise; measured by benchmarks/cheap_pass.py."""
CHROMA_TOLERANCE = 8
"""The same for chroma, which encoders keep smoother."""
_TOLERANCES: Any = (LUMA_TOLERANCE, CHROMA_TOLERANCE, CHROMA_TOLERANCE)


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Return the size (width, height) of the thumbnail of a frame, multiples of 8 so that blocks fit."""
    scale = min(1.0, SHORT_SIDE / min(width, height), LONG_SIDE / max(width, height))
    return max(8, round(width * scale / 8) * 8), max(8, round(height * scale / 8) * 8)


@dataclass(frozen=True)
class Thumbnail:
    """A small YUV 4:2:0 copy of a frame."""

    planes: tuple[Pixels, ...]
    """Planes in threes Y, U, V: Y uint8 (h, w), U and V uint8 (h/2, w/2). A frame with transparency has six:
    over white, then over black, or nine where it hides colours."""

    def difference(self, other: Thumbnail) -> int:
        """Return the largest absolute difference of any sample, 0…255; 255 where the sizes differ."""
        if not self.comparable(other):
            return 255
        pairs = zip(self.planes, other.planes, strict=True)
        return max(int(cv2.norm(a, b, cv2.NORM_INF)) for a, b in pairs)

    def comparable(self, other: Thumbnail) -> bool:
        """Tell whether both have the same planes of the same sizes."""
        return [a.shape for a in self.planes] == [b.shape for b in other.planes]

    @classmethod
    def from_rgb(cls, *pictures: Pixels) -> Thumbnail:
        """Make one from uint8 RGB pictures (height, width, 3), one for each background."""
        planes: list[Pixels] = []
        for rgb in pictures:
            width, height = thumbnail_size(rgb.shape[1], rgb.shape[0])
            small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
            yuv = cv2.cvtColor(small, cv2.COLOR_RGB2YUV)
            half = cv2.resize(yuv, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            luma, blue, red = yuv[:, :, 0], half[:, :, 1], half[:, :, 2]
            planes += [np.ascontiguousarray(plane, np.uint8) for plane in (luma, blue, red)]
        return cls(tuple(planes))


class Envelope:
    """The range of colours around each pixel of a thumbnail, for any radius that is asked for."""

    def __init__(self, thumbnail: Thumbnail) -> None:
        """Hold ``thumbnail``; ranges are taken on use and kept."""
        self.thumbnail = thumbnail
        self._ranges: dict[int, list[tuple[Any, Any]]] = {}

    def _range(self, radius: int) -> list[tuple[Any, Any]]:
        if radius not in self._ranges:
            kernels = (_square(radius), _square((radius + 1) // 2))
            self._ranges[radius] = [
                (cv2.erode(plane, kernels[i % 3 > 0]), cv2.dilate(plane, kernels[i % 3 > 0]))
                for i, plane in enumerate(self.thumbnail.planes)
            ]
        return self._ranges[radius]

    def excess(self, other: Thumbnail, radius: int) -> Pixels:
        """Measure what of ``other`` this frame does not cover within ``radius`` (luma pixels).

        Returns:
            uint8 map of one value per block of ``BLOCK`` × ``BLOCK`` luma pixels: the mean excess beyond the
            tolerance, in levels, summed over the planes; 255 throughout where the sizes differ.
        """
        rows, columns = (side // BLOCK for side in other.planes[0].shape)
        if not self.thumbnail.comparable(other):
            return np.full((rows, columns), 255, np.uint8)
        total: Any = np.zeros((rows, columns), np.uint8)
        for i, (plane, (low, high)) in enumerate(
            zip(other.planes, self._range(radius), strict=True)
        ):
            beyond: Any = cv2.max(cv2.subtract(plane, high), cv2.subtract(low, plane))
            beyond = cv2.subtract(beyond, _TOLERANCES[i % 3])
            if cv2.hasNonZero(beyond):
                small = cv2.resize(beyond, (columns, rows), interpolation=cv2.INTER_AREA)
                total = cv2.add(total, small)
        return np.asarray(total, np.uint8)


def _square(radius: int) -> Pixels:
    return np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
