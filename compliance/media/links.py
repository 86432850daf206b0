"""What appears and what ends between two frames, measured no more closely than the motion around allows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

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
