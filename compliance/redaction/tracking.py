"""Follow a place from where it was seen through every frame, and cover too much rather than too little.

From each sighting the place is followed forwards and backwards (pyramidal Lucas-Kanade with a check that the
way back ends where it began, or normalised correlation where there are too few corners). Where both ways agree,
a frame is covered where they say; where they do not, over everything the place crossed in that stretch and as
far around it as something fast may have got since; and where nothing is known for longer than ``REACH``, the
whole frame is covered.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from compliance.redaction.edits import Edit, How
from compliance.redaction.picture import Box

WORKING_SIDE = 640
"""Longer side of the frames that are followed in, pixels."""
BEYOND = 0.5
"""Seconds before the first and after the last sighting in which a thing may be there too: frames are examined
at least that often."""
REACH = 0.6
"""Seconds from the nearest known place within which a lost thing is still taken to be near it."""
MARGIN = 0.3
"""Added on each side of a place, fraction of its size: detectors of faces leave out hair and chin."""
FILL_MARGIN = 0.15
"""The same where it is filled with one colour, as text is."""
UNSURE = 0.5
"""The same where only one way was followed."""
SPEED = 5.0
"""Widths and heights of the frame that a thing may cross in a second while it is lost: one that moves by more
than its own size from frame to frame cannot be followed, and detectors miss what motion smears."""
MOST_HELD = 300
"""Frames that one thing keeps in memory to be followed backwards."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_SAME_TIME = 0.002
_LEAST_LIKE = 0.55
"""Correlation with the sighting below which a followed place is lost; measured on faces that turn by 30°."""
_TEMPLATE = 32
_CUT = 40.0
"""Mean difference of two frames, levels, that is a cut."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Held:
    index: int
    time: float
    grey: Grey


def working_copy(rgb: npt.NDArray[np.uint8]) -> Grey:
    """Return a grey copy of a frame, uint8, its longer side at most ``WORKING_SIDE``."""
    height, width = rgb.shape[:2]
    scale = min(WORKING_SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


@dataclass
class Follower:
    """Covers one edit, frame by frame; ``covers`` has a box for each frame once :meth:`finish` was called."""

    edit: Edit
    covers: dict[int, Box] = field(default_factory=dict)
    whole: int = 0
    """Frames that are covered as a whole because the thing was lost."""
    _held: list[_Held] = field(default_factory=list)
    _from: Box | None = None
    _next: int = 0

    @property
    def _margin(self) -> float:
        return FILL_MARGIN if self.edit.how is How.FILL else MARGIN

    def push(self, index: int, time: float, grey: Grey) -> None:
        """Take the next frame of the stream."""
        span = self.edit.span
        if not span.start - BEYOND <= time <= span.end + BEYOND:
            return
        if not self.edit.sightings:
            self._cover_whole(index)
            return
        if self.edit.fixed:
            self.covers[index] = grown(
                hull([one.region.box for one in self.edit.sightings]), self._margin
            )
            return
        self._held.append(_Held(index, time, grey))
        seen = self.edit.sightings
        here: list[Box] = []
        while self._next < len(seen) and seen[self._next].time <= time + _SAME_TIME:
            here.append(seen[self._next].region.box)
            self._next += 1
        if here:
            self._close(hull(here))
        elif len(self._held) > MOST_HELD:
            self._close(None)

    def finish(self) -> None:
        """Cover what follows the last sighting."""
        if self._held:
            self._close(None)

    def _close(self, to: Box | None) -> None:
        """Cover the stretch that is held, from the last known place to ``to``."""
        held = self._held
        forward = follow([one.grey for one in held], self._from)
        backward = follow([one.grey for one in reversed(held)], to)[::-1]
        known = [box for box in (*forward, *backward) if box is not None]
        both = self._from is not None and to is not None
        path = hull(known) if known else None
        places = zip(forward, backward, strict=True)
        for number, (one, (first, second)) in enumerate(zip(held, places, strict=True)):
            if to is not None and number == len(held) - 1:  # it was seen in this very frame
                self.covers[one.index] = grown(
                    hull([to, *([first] if first else [])]), self._margin
                )
            elif number == 0 and one.index in self.covers:  # the same, of the stretch before
                continue
            elif first is not None and second is not None and overlap(first, second) > 0.2:
                self.covers[one.index] = grown(hull([first, second]), self._margin)
            elif not both and (first or second):
                self.covers[one.index] = grown(first or second or WHOLE, UNSURE)
            else:
                self._lost(one, path, forward, backward)
        self._from = to if to is not None else forward[-1]
        self._held = held[-1:]

    def _lost(
        self,
        one: _Held,
        path: Box | None,
        forward: Sequence[Box | None],
        backward: Sequence[Box | None],
    ) -> None:
        """Cover a frame in which the place is not sure.

        Beyond a sighting at the end of its span the thing has probably gone: had it moved on, to where nothing
        was before, that would have been examined.
        """
        known = zip(self._held, forward, backward, strict=True)
        away = min((abs(other.time - one.time) for other, a, b in known if a or b), default=REACH)
        if path is None or away > REACH:
            self._cover_whole(one.index)
            return
        seen = self.edit.sightings
        before = one.time < seen[0].time <= self.edit.span.start + _SAME_TIME
        after = one.time > seen[-1].time >= self.edit.span.end - _SAME_TIME
        far = 0.0 if before or after else SPEED * away
        left, top, right, bottom = grown(path, UNSURE)
        box = (
            max(left - far, 0.0),
            max(top - far, 0.0),
            min(right + far, 1.0),
            min(bottom + far, 1.0),
        )
        if box == WHOLE:
            self._cover_whole(one.index)
        else:
            self.covers[one.index] = box

    def _cover_whole(self, index: int) -> None:
        self.covers[index] = WHOLE
        self.whole += 1


def follow(frames: Sequence[Grey], start: Box | None) -> list[Box | None]:
    """Follow a place through frames in the order given.

    Args:
        frames: working copies of one size; the place is ``start`` in the first.
        start: None where it is not known; nothing is then followed.

    Returns:
        A box for each frame, None from where it was lost.
    """
    places: list[Box | None] = [start]
    if start is None or not frames:
        return [None] * len(frames)
    template = _patch(frames[0], start)
    place: Box | None = start
    for before, after in itertools.pairwise(frames):
        if place is not None:
            place = _step(before, after, place, template)
        places.append(place)
    return places


def _step(before: Grey, after: Grey, place: Box, template: Any) -> Box | None:
    """Return where a place of one frame lies in the next; None where it is lost."""
    if before.shape != after.shape or _is_cut(before, after):
        return None
    moved = _by_corners(before, after, place)
    if moved is None or _likeness(template, _patch(after, moved)) < _LEAST_LIKE:
        moved = _by_correlation(before, after, place)
        if moved is None or _likeness(template, _patch(after, moved)) < _LEAST_LIKE:
            return None
    return moved


def _is_cut(before: Grey, after: Grey) -> bool:
    return float(cv2.absdiff(before[::4, ::4], after[::4, ::4]).mean()) > _CUT


def _by_corners(before: Grey, after: Grey, place: Box) -> Box | None:
    """Move and scale the place as its corners do."""
    left, top, right, bottom = _pixels(before, place)
    mask = np.zeros(before.shape, np.uint8)
    mask[top:bottom, left:right] = 255
    points: Any = cv2.goodFeaturesToTrack(before, 60, 0.01, 3, mask=mask)
    if points is None or len(points) < 6:
        return None
    flow: Any = cv2.calcOpticalFlowPyrLK
    there, good, _ = flow(before, after, points, None, winSize=(15, 15), maxLevel=3)
    back, well, _ = flow(after, before, there, None, winSize=(15, 15), maxLevel=3)
    sure = (good.ravel() == 1) & (well.ravel() == 1)
    sure &= np.linalg.norm((points - back).reshape(-1, 2), axis=1) < 1.0
    if sure.sum() < max(5, 0.3 * len(points)):
        return None
    old, new = points.reshape(-1, 2)[sure], there.reshape(-1, 2)[sure]
    shift = np.median(new - old, axis=0)
    first, second = np.triu_indices(len(old), 1)
    spread = np.linalg.norm(old[first] - old[second], axis=1)
    far = spread > 2
    ratio = np.linalg.norm(new[first] - new[second], axis=1)[far] / spread[far]
    scale = float(np.clip(np.median(ratio), 0.8, 1.25)) if len(ratio) else 1.0
    return _moved(before, place, float(shift[0]), float(shift[1]), scale)


def _by_correlation(before: Grey, after: Grey, place: Box) -> Box | None:
    """Look for the same pixels near by, where there are too few corners."""
    left, top, right, bottom = _pixels(before, place)
    wide, high = max((right - left) // 2, 8), max((bottom - top) // 2, 8)
    x0, y0 = max(left - wide, 0), max(top - high, 0)
    window = after[y0 : bottom + high, x0 : right + wide]
    patch = before[top:bottom, left:right]
    if min(patch.shape) < 4 or patch.shape[0] > window.shape[0] or patch.shape[1] > window.shape[1]:
        return None
    if float(patch.std()) < 2.0:  # nothing to be told from its surroundings
        return None
    _, best, _, at = cv2.minMaxLoc(cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED))
    if best < 0.8:
        return None
    return _moved(before, place, float(at[0] + x0 - left), float(at[1] + y0 - top), 1.0)


def _moved(frame: Grey, place: Box, x: float, y: float, scale: float) -> Box | None:
    """Shift by pixels and scale about the middle; None where it has left the frame."""
    height, width = frame.shape
    left, top, right, bottom = place
    middle = ((left + right) / 2 + x / width, (top + bottom) / 2 + y / height)
    half = ((right - left) / 2 * scale, (bottom - top) / 2 * scale)
    box = (middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    outside = box[2] <= 0 or box[3] <= 0 or box[0] >= 1 or box[1] >= 1
    return None if outside else box


def _pixels(frame: Grey, place: Box) -> tuple[int, int, int, int]:
    height, width = frame.shape
    left = min(max(int(place[0] * width), 0), width - 1)
    top = min(max(int(place[1] * height), 0), height - 1)
    right = min(max(int(np.ceil(place[2] * width)), left + 1), width)
    bottom = min(max(int(np.ceil(place[3] * height)), top + 1), height)
    return left, top, right, bottom


def _patch(frame: Grey, place: Box) -> Any:
    left, top, right, bottom = _pixels(frame, place)
    return cv2.resize(
        frame[top:bottom, left:right], (_TEMPLATE, _TEMPLATE), interpolation=cv2.INTER_AREA
    )


def _likeness(first: Any, second: Any) -> float:
    """Return the correlation of two patches, -1…1; 1 where neither has any structure."""
    one, other = (np.asarray(patch, np.float32) - np.mean(patch) for patch in (first, second))
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum() / size) if size > 1.0 else 1.0


def hull(boxes: Sequence[Box]) -> Box:
    """Return the box around all ``boxes``."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def overlap(first: Box, second: Box) -> float:
    """Return intersection over union, 0…1."""
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return wide * high / (sum(areas) - wide * high)


def grown(box: Box, margin: float) -> Box:
    """Return the box with ``margin`` of its size added on each side, inside the frame."""
    x, y = margin * (box[2] - box[0]), margin * (box[3] - box[1])
    return max(box[0] - x, 0.0), max(box[1] - y, 0.0), min(box[2] + x, 1.0), min(box[3] + y, 1.0)
