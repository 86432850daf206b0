"""The sampling plan: which decoded frames are examined, decided in one pass and the same for the same bytes.

Examined are the first and the last frame, both sides of each cut, frames at most 0.5 s apart, and the
*distinct* ones: whatever appears after one examined frame and is gone before the next gets a frame of its own.

For that each frame is compared with its neighbour (which sees small marks even in motion) and with the one a
fifth of a second away (which sees what fades in and out slowly). Blocks that the earlier frame does not cover
are an *onset*; blocks that the later frame does not cover are an *end*. An end where an onset is still pending
means content that no examined frame shows, so the frame at hand, the last to show it, is taken. A frame is
decided on when the frames of the longer lag behind it are known, so frames come out in order and only that
many are held.

So that the times of what is seen for a moment are known too, an onset or end that is *large* has an examined
frame close to it on the side where the content shows. One frame serves all edges that it is close to, so
that two frames taken for edges alone are never closer than that themselves, however much moves.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from compliance.media.cover import Envelope, Thumbnail
from compliance.media.links import Link, Mask, is_large, usual_radius
from compliance.media.reasons import DUPLICATE_LEVELS, Reason

INTERVAL = 0.5
"""Longest time between two examined frames, seconds, where the frames themselves are closer."""
LONG_LAG = 0.2
"""Time between the frames of the second comparison, seconds."""
LEAST_LAG = 4
"""Fewest frames of it, so that the motion on both sides of a frame is known."""
MOST_LAG = 12
"""Most frames of it, which bounds how many are held."""
NEAR_RADII = (2, 4, 8, 12, 16)
"""Radii of the comparison with the next frame, thumbnail pixels."""
FAR_RADII = (4, 8)
"""Radii of the comparison over the longer lag, thumbnail pixels. It is left out where they do
not explain the motion, or where the nearest frames need more than the smallest of their radii."""
AROUND = 2
"""Links on either side of one that tell the usual motion."""
REACH = 1
"""Blocks by which an end may lie beside its onset."""
LEAST_BLOCKS = 2
"""Blocks that have to appear and end for a frame to be distinct."""
EDGE_SPAN = 0.15
"""Longest time from a large onset to the first examined frame, and from the last to a large end, seconds:
0.2 s less a frame or so, for edges that a frame shows too faintly."""

PictureT = TypeVar("PictureT")


@dataclass
class Chosen(Generic[PictureT]):
    """A frame that is to be examined."""

    index: int
    """Position among the decoded frames of its stream, from 0."""
    time: float
    """Presentation time, seconds."""
    picture: PictureT
    """What :meth:`Planner.push` was given."""
    reason: Reason
    """Why."""
    difference: int
    """Largest difference of its thumbnail to the last examined frame that was no duplicate, levels 0…255."""

    @property
    def duplicate(self) -> bool:
        """True where it shows what an examined frame showed, so that results carry over."""
        return self.difference <= DUPLICATE_LEVELS


@dataclass
class _Held(Generic[PictureT]):
    index: int
    time: float
    picture: PictureT
    colours: Envelope
    near: Link | None = None
    """Comparison with the frame before; None for the first."""
    far: Link | None = None
    """Comparison with the frame of the longer lag before; None for the first ones."""


class Planner(Generic[PictureT]):
    """Plans one stream."""

    def __init__(self, rate: float | None) -> None:
        """Start a plan.

        Args:
            rate: declared frames a second, which sets the longer lag; None is taken as 25.
        """
        self._lag = min(max(round((rate or 25.0) * LONG_LAG), LEAST_LAG), MOST_LAG)
        self._held: deque[_Held[PictureT]] = deque()
        self._near: deque[Link] = deque(maxlen=AROUND)
        self._far: deque[Link] = deque(maxlen=AROUND)
        self._pending: Mask | None = None
        self._onset_time: float | None = None
        self._examined_time: float | None = None
        self._anchor: Thumbnail | None = None
        self.shots = 0

    def push(
        self, index: int, time: float, picture: PictureT, thumbnail: Thumbnail
    ) -> list[Chosen[PictureT]]:
        """Take the next frame; return the frames, mostly none, that are now known to be examined."""
        frame = _Held(index, time, picture, Envelope(thumbnail))
        if self._held:
            frame.near = Link(self._held[-1].colours, frame.colours, NEAR_RADII)
        if len(self._held) >= self._lag:
            frame.far = Link(self._held[-self._lag].colours, frame.colours, FAR_RADII)
        self._held.append(frame)
        return self._decide() if len(self._held) > self._lag + AROUND else []

    def finish(self) -> list[Chosen[PictureT]]:
        """Return the rest of the frames to be examined; the last frame is one of them."""
        chosen: list[Chosen[PictureT]] = []
        while self._held:
            chosen += self._decide()
        return chosen

    def _decide(self) -> list[Chosen[PictureT]]:
        frame = self._held[0]
        reason = self._reason(frame)
        self._held.popleft()
        if frame.near:
            self._near.append(frame.near)
        if frame.far:
            self._far.append(frame.far)
        if reason is None:
            return []
        thumbnail = frame.colours.thumbnail
        difference = thumbnail.difference(self._anchor) if self._anchor else 255
        chosen = Chosen(frame.index, frame.time, frame.picture, reason, difference)
        if not chosen.duplicate:
            self._anchor = thumbnail
        self._pending = None
        self._onset_time = None
        self._examined_time = frame.time
        return [chosen]

    def _reason(self, frame: _Held[PictureT]) -> Reason | None:
        after = self._held[1] if len(self._held) > 1 else None
        starts = frame.near is None or frame.near.is_cut
        self.shots += starts
        radius = self._near_radius()
        hidden = self._hides(frame, radius)
        if self._onset_time is None and frame.near and self._is_edge(0, True, radius):
            self._onset_time = frame.time
        if self._examined_time is None:
            return Reason.GRID
        if starts or (after is not None and after.near is not None and after.near.is_cut):
            return Reason.CUT
        if after is None:
            return Reason.LAST
        if hidden:
            return Reason.DISTINCT
        if after.time - self._examined_time > INTERVAL:
            return Reason.GRID
        if self._onset_time is not None and after.time - self._onset_time > EDGE_SPAN:
            return Reason.EDGE
        late = frame.time - self._examined_time > EDGE_SPAN
        return Reason.EDGE if late and self._is_edge(1, False, radius) else None

    def _near_links(self) -> list[Link]:
        """Return the comparisons of neighbours around the frame at hand, in order."""
        held = itertools.islice(self._held, AROUND + 2)
        return [*self._near, *(f.near for f in held if f.near)]

    def _near_radius(self) -> int:
        near = self._near_links()
        return int(min(usual_radius(near), NEAR_RADII[-1])) if near else NEAR_RADII[0]

    def _is_edge(self, ahead: int, onset: bool, radius: int) -> bool:
        """Tell whether something large appears or ends at the link of the held frame at ``ahead``."""
        at = len(self._near) + ahead - (self._held[0].near is None)
        return is_large(self._near_links(), at, onset, radius, AROUND)

    def _hides(self, frame: _Held[PictureT], radius: int) -> bool:
        """Note what appears in ``frame``; tell whether something unexamined is gone after it."""
        held = list(self._held)
        far = [*self._far, *(f.far for f in held if f.far)]
        ends: list[Mask] = []
        if frame.near:
            self._note(frame.near.onset(radius))
        if len(held) > 1 and (after := held[1].near):
            ends.append(after.end(radius))
        still = bool(far) and radius == NEAR_RADII[0]
        if still and (further := usual_radius(far)) < math.inf:
            if frame.far:
                self._note(frame.far.onset(int(further)))
            if len(held) > self._lag and (later := held[self._lag].far):
                ends.append(later.end(int(further)))
        if self._pending is None or not self._pending.any():
            return False
        reach = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
        beside = cv2.dilate(self._pending.view(np.uint8), reach) > 0
        return any(
            end.shape == beside.shape and np.count_nonzero(end & beside) >= LEAST_BLOCKS
            for end in ends
        )

    def _note(self, onset: Mask) -> None:
        if self._pending is None or self._pending.shape != onset.shape:
            self._pending = onset
        else:
            self._pending = self._pending | onset
