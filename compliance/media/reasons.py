"""Why a frame is examined: what the sampling plan and its readers share. No I/O."""

from __future__ import annotations

import enum

SAMPLING_VERSION = "2"
"""Changes whenever the same frames can give another plan."""
DUPLICATE_LEVELS = 6
"""Largest difference of thumbnails, in levels, of a frame that shows what an examined one showed."""


class Reason(enum.StrEnum):
    """Why a frame is examined."""

    GRID = "grid"
    """The first one, or the last within half a second of the one before."""
    DISTINCT = "distinct"
    """It shows something that no other examined frame shows."""
    EDGE = "edge"
    """It lies close to where something large appears or ends."""
    CUT = "cut"
    """It is the first or the last of a shot."""
    LAST = "last"
    """It is the last of its stream."""
    ASKED = "asked"
    """Every frame was asked for, as for what is registered to be found again."""
