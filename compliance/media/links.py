"""What appears and what ends between two frames, measured no more closely than the motion around allows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from compliance.media.cover import Envelope

Mask = npt.NDArray[np.bool_]

EXCESS = 3
"""Mean excess of a block, in levels, above which it counts as not covered."""
MOTION_PER_MILLE = 0.5
"""Share of uncovered blocks up to which a radius explains the motion between two frames, per mille."""
CUT_PERCENT = 40
"""Share of blocks that are not covered at any radius from which a shot begins, percent."""

LARGE_BLOCKS = 10
"""Blocks that appear or end together for it to be large; a face 60 px high in 1280 × 720 covers about 33,
part of which the colours around it explain."""
LARGE_WINDOW = 7
"""Side of the square, in blocks, that holds them: such a face with the hair around it."""
CLOSE_RADIUS = 4
"""Radius of the second look for what is large, thumbnail pixels."""
BESIDE = 3
"""Blocks around what changes in neighbouring links in which the second look takes no notice."""


class Link:
    """The comparison of a frame with an earlier one, at growing radii, each made on use and kept."""

    def __init__(self, before: Envelope, after: Envelope, radii: Sequence[int]) -> None:
        """Link two frames; ``radii`` are in thumbnail pixels, growing."""
        self._before = before
        self._after = after
        self._radii = radii
        self._maps: dict[tuple[int, bool], Mask] = {}
        self._needed: float | None = None

    def _uncovered(self, radius: int, onset: bool) -> Mask:
        key = (radius, onset)
        if key not in self._maps:
            left, right = (self._before, self._after) if onset else (self._after, self._before)
            self._maps[key] = left.excess(right.thumbnail, radius) > EXCESS
        return self._maps[key]

    @property
    def needed(self) -> float:
        """The smallest radius that explains all but a few blocks both ways; infinite where none does."""
        if self._needed is None:
            self._needed = next((r for r in self._radii if self._explains(r)), math.inf)
        return self._needed

    def _explains(self, radius: int) -> bool:
        maps = (self._uncovered(radius, onset) for onset in (True, False))
        return all(np.count_nonzero(m) * 1000 <= MOTION_PER_MILLE * m.size for m in maps)

    @property
    def is_cut(self) -> bool:
        """True where most of the later frame is not in the earlier one, however things moved."""
        if self.needed <= self._radii[-1]:
            return False
        onset = self._uncovered(self._radii[-1], True)
        return bool(np.count_nonzero(onset) * 100 > CUT_PERCENT * onset.size)

    def onset(self, radius: int) -> Mask:
        """Return a boolean map of the blocks of the later frame that the earlier one does not cover."""
        return self._uncovered(radius, True)

    def end(self, radius: int) -> Mask:
        """Return a boolean map of the blocks of the earlier frame that the later one does not cover."""
        return self._uncovered(radius, False)


def usual_radius(links: Sequence[Link]) -> float:
    """Return the radius that motion needs around a link: the median over its neighbours, maybe infinite.

    A frame or two that were planted disturb two links only, so that they cannot widen the radius at which
    they themselves are looked for.
    """
    return statistics.median_low([link.needed for link in links])


def is_large(links: Sequence[Link], at: int, onset: bool, radius: int, around: int) -> bool:
    """Tell whether what appears or ends at a link is, somewhere, at least as large as a small face.

    One thing that moves fast widens the radius for the whole frame, so that a face's own surroundings come
    to explain it. So there is a second look at a smaller radius, at the places only where the links around
    see no change: where things move, they do so for longer than one link.

    Args:
        links: comparisons of neighbouring frames, in order.
        at: position of the link in question.
        onset: True for what appears, False for what ends.
        radius: what the motion needs, thumbnail pixels.
        around: links on either side for the second look.
    """
    if _holds_large(_change(links[at], onset, radius)):
        return True
    if radius <= CLOSE_RADIUS:
        return False
    change = _change(links[at], onset, CLOSE_RADIUS)
    if not _holds_large(change):
        return False
    beside = np.ones((2 * BESIDE + 1, 2 * BESIDE + 1), np.uint8)
    for link in (*links[max(at - around, 0) : at], *links[at + 1 : at + 1 + around]):
        usual = _change(link, onset, CLOSE_RADIUS)
        if usual.shape == change.shape:
            change = change & (cv2.dilate(usual.view(np.uint8), beside) == 0)
    return _holds_large(change)


def _change(link: Link, onset: bool, radius: int) -> Mask:
    return link.onset(radius) if onset else link.end(radius)


def _holds_large(change: Mask) -> bool:
    if np.count_nonzero(change) < LARGE_BLOCKS:
        return False
    window = (LARGE_WINDOW, LARGE_WINDOW)
    sums = cv2.boxFilter(
        change.view(np.uint8), -1, window, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return int(sums.max()) >= LARGE_BLOCKS
