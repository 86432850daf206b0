"""Where the content of a frame may lie: hypotheses of what a border, a bar or a band was added around.

Each is a guess that costs a few hashes; whether one holds, only a match with a reference shows. So they are
generous, and there is no telling which is right.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compliance.types import Pixels

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are the first beyond."""

NEAR = (5, 14)
"""Grey levels that a pixel of a uniform border may lie from the border's colour: good coding changes few, so
that dark content is told from a border, and bad coding many."""
PLAIN, LETTERED = 0.97, 0.25
"""Share of a line's pixels that has the border's colour: all but noise; what text leaves of a band."""
LEAST, MOST = 0.03, 0.4
"""Share of a side that a border takes at least and at most; thinner ones change a hash little."""
JUMP, RATIO = 6.0, 4.0
"""Grey levels by which half of a line's pixels differ from those beyond it, at least, and how many times as
much as at the middle one of all lines: an edge from side to side is rarely a thing that was filmed."""
CUTS = (0.1, 0.2)
"""Shares of a side that plain hypotheses take away."""


def content_boxes(luma: Pixels) -> tuple[list[Box], list[Box]]:
    """Return where the content may lie.

    Args:
        luma: uint8, shape (height, width), 64 pixels a side or more; smaller ones have no hypotheses.

    Returns:
        Boxes inside borders that were seen, at most thirteen, the likeliest first; and boxes that leave a tenth
        or a fifth away at each side and around, ten. None is the whole frame, and none comes twice.
    """
    height, width = luma.shape
    if min(height, width) < 64:
        return [], []
    borders = [_inside(luma, near, share) for near in NEAR for share in (PLAIN, LETTERED)]
    lines = _between_lines(luma)
    seen = [lines, *borders, *(_symmetric(box, luma) for box in borders)]
    # What was bordered may have had borders of its own on the other axis.
    for left, top, right, bottom in (lines, borders[0]):
        seen += [(0, top, width, bottom), (left, 0, right, height)]
    whole = (0, 0, width, height)
    unique = [box for box in dict.fromkeys(seen) if box != whole]
    return unique, [box for box in _cuts(height, width) if box not in unique]


def _cuts(height: int, width: int) -> list[Box]:
    boxes: list[Box] = []
    for share in CUTS:
        x, y = round(share * width), round(share * height)
        boxes += [
            (0, y, width, height),
            (0, 0, width, height - y),
            (x, 0, width, height),
            (0, 0, width - x, height),
            (x // 2, y // 2, width - x // 2, height - y // 2),
        ]
    return boxes


def _inside(luma: Pixels, near: int, share: float) -> Box:
    """Return the box that borders leave, each of one colour on ``share`` of the pixels of all its lines."""
    top, bottom = _ends(luma, near, share)
    left, right = _ends(luma[top:bottom].T, near, share)
    return left, top, right, bottom


def _ends(lines: Pixels, near: int, share: float) -> tuple[int, int]:
    """Return the first line of the content and the first beyond it."""
    first, last = _border(lines, near, share), _border(lines[::-1], near, share)
    return first, len(lines) - last


def _border(lines: Pixels, near: int, share: float) -> int:
    """Return how many lines from the first on are a border, 0 where they are none."""
    # The second line: the first may be half of something else.
    colour = int(np.median(lines[1]))
    most = int(MOST * len(lines))
    shares = (np.abs(lines[: most + 1].astype(np.int16) - colour) <= near).mean(axis=1)
    beyond = np.flatnonzero(shares < share)
    # A band ends with a plain line below its text.
    plain = np.flatnonzero(shares[: beyond[0] if len(beyond) else None] >= PLAIN)
    count = int(plain[-1]) + 1 if len(plain) else 0
    return count if LEAST * len(lines) <= count <= most else 0


def _symmetric(box: Box, luma: Pixels) -> Box:
    """Return ``box`` with the narrower border on both sides: dark content reads as border."""
    height, width = luma.shape
    left, top, right, bottom = box
    x, y = min(left, width - right), min(top, height - bottom)
    return x, y, width - x, height - y


def _between_lines(luma: Pixels) -> Box:
    """Return the box inside the straight edges that run from side to side; the frame where none do."""
    height, width = luma.shape
    levels = luma.astype(np.float32)
    top, bottom = _edges(np.abs(levels[2:] - levels[:-2]))
    inner = levels[top : bottom if bottom else height]
    left, right = _edges(np.abs(inner[:, 2:] - inner[:, :-2]).T)
    return left, top, right or width, bottom or height


def _edges(steps: npt.NDArray[np.float32]) -> tuple[int, int]:
    """Return the first line of the content and the first beyond it, 0 where there is no edge.

    Args:
        steps: how far the pixels of line ``i`` differ from those of line ``i + 2``.
    """
    profile = np.median(steps[:, ::4], axis=1)
    size = len(profile) + 2
    floor = max(JUMP, RATIO * float(np.median(profile)))
    low, high = int(LEAST * size), int(MOST * size)
    found = []
    for part, start in ((profile[low:high], low), (profile[size - high : size - low], size - high)):
        strongest = int(np.argmax(part))
        found.append(_middle(part, strongest) + start if part[strongest] >= floor else 0)
    return found[0], found[1]


def _middle(part: npt.NDArray[np.float32], strongest: int) -> int:
    """Return the line that an edge begins with: a sharp one is seen from both lines before it."""
    if strongest and part[strongest - 1] >= 0.9 * part[strongest]:
        return strongest + 1
    beyond = strongest + 1 < len(part) and part[strongest + 1] >= 0.9 * part[strongest]
    return strongest + (2 if beyond else 1)
