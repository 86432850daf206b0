"""From local features of frames to votes for moments of works: what hashes of whole frames do not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.analyzers import sift
from compliance.analyzers.works.alignment import Segment, Votes
from compliance.analyzers.works.copy_format import INNER, Key
from compliance.analyzers.works.copy_hashes import MOST, Look
from compliance.analyzers.works.copy_index import CopyIndex, Integers, mirrored, unit
from compliance.analyzers.works.copy_verify import LEAST_PAIRS, Shown, shown, warp
from compliance.types import Floats, Pixels

SPACING = 0.4
"""Least time between two frames that are searched for, seconds: copies last longer than a flash, and a frame
that is shown for a moment only is searched for by its hashes too."""
MOST_KEYS = 10
"""Keys that a frame is compared with."""
MOST_OF_PRINT = 3
"""Keys of one print among them."""
MOST_FEATURES = 400
"""Features of a frame that are searched for; they come spread over the frame, strong ones first."""
ALIKE = 0.88
"""Least cosine of a pair where a frame is compared with one key."""
BEFORE, AFTER = 3.0, 5.0
"""Around a key, the moments that a frame's hash is compared with, seconds of the work."""
SLACK = 4
"""Bits by which a moment may be worse than the best one of its vote."""
PICTURES = 256
"""Pictures of looks that are kept decoded, half a megabyte each: those of a minute or two."""
BEYOND = 2.0
"""How far beyond a segment's ends frames are compared with it, seconds of the clip."""


@dataclass(frozen=True)
class Match:
    """A key of a print, seen in one look."""

    look: int
    """Index of the look."""
    key: int
    """Index of the key within its print."""
    mirrored: bool
    """Left and right are swapped."""
    shown: Shown
    """Where, in the frame as it is where not mirrored, else in the mirrored frame."""
    start: float
    """First moment that it may be, seconds of the work."""
    end: float
    """Last one."""
    frame: tuple[int, int]
    """Width and height of the frame, pixels."""
    distance: int | None
    """Bits between what the frame shows there and the work's moment; None where too little is visible."""

    @property
    def strength(self) -> float:
        """0…1: how little chance can explain it; see :func:`strength`."""
        return strength(self.shown, self.distance)


def strength(seen: Shown, distance: int | None) -> float:
    """Return how sure a match is, 0…1, by agreeing features, pixels and, where there is one, hash.

    The bounds are chosen by hand and fitted to nothing; ``benchmarks/copies.py`` measures what comes of them.
    """
    by_features = min(max((seen.inliers - 5) / 20, 0.0), 1.0)
    by_pixels = min(max((seen.likeness - 0.15) / 0.45, 0.0), 1.0)
    both = by_features**0.5 * by_pixels
    if distance is not None and distance <= MOST:
        both = max(both, min(1.0, 0.4 + (MOST - distance) / MOST) * min(1.0, by_pixels + 0.3))
    return float(both)


class Searcher:
    """Compares looks with keys, and decodes the pictures of looks."""

    def __init__(
        self,
        looks: list[Look],
        index: CopyIndex,
        known: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        """Compare ``looks``, in order of time, with ``index``.

        Args:
            looks: of one stream.
            index: of all prints.
            known: pairs of a look and a number of a print that need not be compared.
        """
        self._known = known
        self.looks = looks
        self.index = index
        self._grey: dict[int, Pixels | None] = {}
        self._tried: dict[tuple[int, int, int, bool], Match | None] = {}

    def searched(self) -> list[int]:
        """Return the looks that are searched for."""
        chosen: list[int] = []
        last = -np.inf
        for at, look in enumerate(self.looks):
            if look.features is not None and look.start - last >= SPACING:
                chosen.append(at)
                last = look.end
        return chosen

    def matches(self, at: int) -> dict[tuple[int, bool], Match]:
        """Return the best match of a look by print and whether it is mirrored."""
        features = self.looks[at].features
        if features is None:
            return {}
        best: dict[tuple[int, bool], Match] = {}
        for swapped in (False, True):
            seen = mirrored(features) if swapped else features
            pairs = self.index.pairs(seen.descriptors[:MOST_FEATURES])
            for key in self._candidates(at, pairs.key):
                number, which = self.index.keys[key]
                mine = pairs.key == key
                match = self._match(
                    at, number, which, swapped, seen, (pairs.seen[mine], pairs.kept[mine])
                )
                known = best.get((number, swapped))
                if match and (known is None or match.strength > known.strength):
                    best[number, swapped] = match
        return best

    def guided(self, at: int, number: int, swapped: bool, moment: float) -> Match | None:
        """Compare a look with the keys of a print on either side of a moment; return the surer match."""
        times = np.array([key.time for key in self.index.prints[number].keys])
        after = int(np.searchsorted(times, moment, side="right"))
        good = self.compared(at, number, swapped, (after - 1, after))
        return max(good, key=lambda one: one.strength) if good else None

    def compared(self, at: int, number: int, swapped: bool, which: Sequence[int]) -> list[Match]:
        """Return the matches of a look with keys of a print; indices out of range are left out."""
        features = self.looks[at].features
        if features is None:
            return []
        keys = self.index.prints[number].keys
        seen = mirrored(features) if swapped else features
        found = [
            self._match(at, number, key, swapped, seen, _pairs(seen, keys[key].features))
            for key in which
            if 0 <= key < len(keys)
        ]
        return [one for one in found if one is not None]

    def _candidates(self, at: int, keys: Integers) -> list[int]:
        """Return the keys with most pairs, not too many of one print, none of a known one."""
        numbers, counts = np.unique(keys, return_counts=True)
        chosen: list[int] = []
        of_print: dict[int, int] = {}
        for key in numbers[np.argsort(-counts, kind="stable")][: (counts >= LEAST_PAIRS).sum()]:
            number = self.index.keys[key][0]
            if (at, number) in self._known:
                continue
            if of_print.get(number, 0) < MOST_OF_PRINT and len(chosen) < MOST_KEYS:
                of_print[number] = of_print.get(number, 0) + 1
                chosen.append(int(key))
        return chosen

    def _match(
        self,
        at: int,
        number: int,
        which: int,
        swapped: bool,
        seen: sift.Features,
        pairs: tuple[Integers, Integers],
    ) -> Match | None:
        known = at, number, which, swapped
        if known not in self._tried:
            grey = self.pixels(at)
            if grey is not None and swapped:
                grey = np.ascontiguousarray(grey[:, ::-1])
            key = self.index.prints[number].keys[which]
            found = shown(key, seen, pairs, grey)
            self._tried[known] = (
                None if found is None else self._timed(at, number, which, swapped, found, grey)
            )
        return self._tried[known]

    def _timed(
        self, at: int, number: int, which: int, swapped: bool, found: Shown, grey: Pixels | None
    ) -> Match:
        keys = self.index.prints[number].keys
        start = (keys[which - 1].time + keys[which].time) / 2 if which else 0.0
        last = self.index.prints[number].seconds
        end = keys[which + 1].time if which + 1 < len(keys) else last
        distance = None
        if grey is not None:
            moment = self._moment(number, keys[which], found, grey)
            if moment is not None:
                distance = moment[2]
                if distance <= MOST:
                    start, end = moment[0], moment[1]
        features = self.looks[at].features
        frame = (features.width, features.height) if features else (1, 1)
        return Match(at, which, swapped, found, start, max(start, end), frame, distance)

    def _moment(
        self, number: int, key: Key, found: Shown, grey: Pixels
    ) -> tuple[float, float, int] | None:
        """Hash what the frame shows of the work; return the moments most alike, and their bits."""
        from compliance.runtimes import pdq

        size = key.features.width, key.features.height
        picture, visible = warp(grey, found.matrix, key, size)
        x, y = round(size[0] * (1 - INNER) / 2), round(size[1] * (1 - INNER) / 2)
        boxes = [(0, 0, *size), (x, y, size[0] - x, size[1] - y)]
        usable = [
            float(visible[top:bottom, left:right].mean()) >= 0.97
            for left, top, right, bottom in boxes
        ]
        if not any(usable):
            return None
        hashes = pdq.hashes_of(pdq.crop_thumbnails(picture, 1, boxes))[:, 0]
        moments = self.index.prints[number].moments
        near = (moments.start <= key.time + AFTER) & (moments.end >= key.time - BEFORE)
        near &= np.where(moments.inner, usable[1], usable[0])
        rows = np.flatnonzero(near)
        if not len(rows):
            return None
        own = hashes[moments.inner[rows].astype(int)]
        apart = np.bitwise_count(moments.hashes[rows] ^ own).sum(axis=1).astype(int)
        best = int(apart.argmin())
        middle = float(moments.start[rows[best]])
        good = rows[(apart <= apart[best] + SLACK) & (np.abs(moments.start[rows] - middle) <= 1.0)]
        return float(moments.start[good].min()), float(moments.end[good].max()), int(apart[best])

    def pixels(self, at: int) -> Pixels | None:
        """Return a look's picture, uint8 (H, W); None where it has none that can be read."""
        import cv2

        if at not in self._grey:
            while len(self._grey) >= PICTURES:
                del self._grey[next(iter(self._grey))]
            image = self.looks[at].image
            data = None if image is None else np.frombuffer(image, np.uint8)
            grey = None if data is None else cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
            self._grey[at] = None if grey is None else np.asarray(grey, np.uint8)
        return self._grey[at]


def feature_votes(matches: list[Match], looks: list[Look]) -> tuple[Votes, Integers]:
    """Return the votes of matches of one print, at each time of their looks, and the match of each."""
    rows = [
        (float(time), one.start, one.end, max(one.strength, 0.02), i)
        for i, one in enumerate(matches)
        for time in looks[one.look].times
    ]
    columns = np.array(rows, np.float64).reshape(-1, 5)
    return Votes(*(columns[:, k].copy() for k in range(4))), columns[:, 4].astype(np.int64)


def extended(
    searcher: Searcher, number: int, segment: Segment, swapped: bool, matches: list[Match]
) -> tuple[float, float, list[Match]]:
    """Return start, end and matches of a segment after frames at its ends were compared with it."""
    known = {one.look: one for one in matches}
    start, end = segment.start, segment.end
    looks = searcher.looks
    for order in (range(len(looks)), range(len(looks) - 1, -1, -1)):
        forward = order.step > 0
        missed = 0
        for at in order:
            time = looks[at].start if forward else looks[at].end
            beyond = time > end if forward else time < start
            near = time <= segment.end + BEYOND if forward else time >= segment.start - BEYOND
            if not beyond or not near or missed > 1 or looks[at].features is None:
                continue
            match = searcher.guided(at, number, swapped, segment.at(time))
            if match is None or match.strength < 0.2:
                missed += 1
                continue
            missed = 0
            known[at] = match
            if forward:
                end = looks[at].end
            else:
                start = looks[at].start
    return start, end, list(known.values())


def _pairs(seen: sift.Features, kept: sift.Features) -> tuple[Integers, Integers]:
    """Return the pairs that are each other's most alike."""
    if not len(seen) or not len(kept):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    like: Floats = unit(seen.descriptors) @ unit(kept.descriptors).T
    best = like.argmax(axis=1)
    back = like.argmax(axis=0)
    own = np.flatnonzero((back[best] == np.arange(len(best))) & (like.max(axis=1) > ALIKE))
    return own, best[own]
