"""From transitions per second to results per frame: pass, warning, extended failure, failure. Pure.

The limits are those of WCAG 2.3.1 and ITU-R BT.1702 as EA's IRIS counts them: more than six transitions
(three flashes) in any second fail; four to six warn, and fail as extended flashing where they go on for four
seconds of any five.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

WARNING, FAILURE = 4, 7
"""Transitions within a second that warn, and that fail."""
EXTENDED_SECONDS, EXTENDED_WINDOW = 4.0, 5.0
"""Seconds of a window in which transitions warn from which they fail as extended flashing, and the window's
length."""
LONGEST_FRAME = 1.0
"""Seconds for which a frame counts at most: what flashed is forgotten after a second."""
PATTERN_AREA, PATTERN_PAIRS, PATTERN_SECONDS = 0.25, 6, 0.5
"""Share of the screen, light and dark pairs (more than five), and seconds from which stripes fail."""
_ROUNDING = 1e-3
"""Seconds by which containers round times."""

Times = npt.NDArray[np.float64]


class Result(enum.IntEnum):
    """Result of one frame, or the worst of a clip; the numbers are those of IRIS."""

    PASS = 0
    PASS_WITH_WARNING = 1
    EXTENDED_FAIL = 2
    FLASH_FAIL = 3

    @property
    def word(self) -> str:
        """The name in lower case."""
        return self.name.lower()


@dataclass(frozen=True)
class Flashing:
    """What one measure of one stream comes to."""

    results: npt.NDArray[np.uint8]
    """:class:`Result` of each frame, shape (N,)."""
    warned: Times
    """Seconds of the last five in which transitions warned, at each frame, shape (N,)."""

    @property
    def worst(self) -> Result:
        """The worst result of any frame."""
        return Result(int(self.results.max(initial=0)))


def flashing(times: Times, transitions: Floats) -> Flashing:
    """Return the result of every frame.

    Args:
        times: presentation times, seconds, shape (N,), never falling.
        transitions: within the second before each frame, shape (N,).
    """
    warns = (transitions >= WARNING) & (transitions < FAILURE)
    lasts = np.minimum(np.diff(times, prepend=times[:1]), LONGEST_FRAME)
    total = np.concatenate([[0.0], np.cumsum(lasts * warns)])
    first = np.searchsorted(times, times - EXTENDED_WINDOW + _ROUNDING, side="right")
    warned = total[1:] - total[first]
    results = np.zeros(len(times), np.uint8)
    results[transitions >= WARNING] = Result.PASS_WITH_WARNING
    extended = warns & (warned >= EXTENDED_SECONDS - _ROUNDING)
    results[extended] = Result.EXTENDED_FAIL
    results[transitions >= FAILURE] = Result.FLASH_FAIL
    return Flashing(results, warned)


def runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and the last index of each stretch in which ``mask`` holds, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def striped(area: Floats, pairs: Floats) -> npt.NDArray[np.bool_]:
    """Tell of each frame whether its stripes are as large and as many as those that can harm."""
    return np.asarray((area >= PATTERN_AREA - 1e-4) & (pairs >= PATTERN_PAIRS), np.bool_)
