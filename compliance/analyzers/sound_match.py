"""Which recordings are heard in a clip, from when to when, and how sure that is.

Landmarks vote for alignments (:mod:`compliance.analyzers.sound_marks`); each is then held against the peaks
themselves: of those that the reference has there, which share does the clip have too, and what share would it
have if the reference lay a moment earlier or later?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.analyzers.peaks import Peaks
from compliance.analyzers.sound_marks import WINDOW, Alignment, Doubles, Landmarks, places

CLIP_DENSITY = 8
"""Peaks of a band within half a second of each other that are taken of a clip: their rank is below it."""
VOTES = 5
"""Landmarks that have to agree before an alignment is looked at."""
CANDIDATES = 8
"""References that are looked at for each window of a clip."""
_TIME, _PLACE = 0.018, 1.1
"""Seconds and places within which two peaks are one: half again what AAC and speech move them by."""
_TICK, _PART = 0.004, 0.36
"""Grain of the raster of a clip's peaks: seconds and places."""
_LOOSE_TIME, _LOOSE_PLACE = 0.13, 2.3
"""Seconds and places within which peaks take part when an alignment is made exact."""
_SHIFTS = np.concatenate([np.arange(-2.0, -0.19, 0.05), np.arange(0.2, 2.01, 0.05)])
"""Seconds by which the reference is shifted to see what chance gives: on a beat, it gives most."""
_ENOUGH = 160
"""Peaks, of five seconds, beyond which more of the same is no more evidence."""
_LONG = 3.0
"""Seconds from which a stretch counts in full."""
_EVEN, _SLOPE = 45.0, 6.0
"""Evidence at which the score is 0.5, and by which its logit changes by one."""
_LEAST_SHARE = 0.2
"""Share of peaks that have to agree before an alignment is followed."""
_LEAST = 15
"""Peaks that have to agree for a match."""
_FASTEST = 0.055
"""Difference of speed beyond which nothing is a match: what was tried, and as much again as is made exact."""
_SAME = 0.3
"""Seconds in the reference by which two alignments that are one may differ."""
_PAUSE = 2.0
"""Seconds of a clip between two stretches that are one."""
_ROUNDS = 8
"""Times that a match is followed further; each doubles it at most."""


@dataclass(frozen=True)
class SoundMatch:
    """A stretch of a clip that is a stretch of a reference."""

    row: int
    """Number of the reference, as the index was given it."""
    clip: tuple[float, float]
    """From and to in the clip, seconds."""
    reference: tuple[float, float]
    """From and to in the reference, seconds."""
    speed: float
    """Seconds of the reference in a second of the clip: 1.04 is 4 % faster."""
    pitch: float
    """Frequencies in the clip by those in the reference."""
    agree: int
    """Peaks of the reference in that stretch that the clip has too."""
    peaks: int
    """Peaks of the reference in that stretch."""
    chance: float
    """Share of them that the clip would have by chance, as shifted references say: the mean of the upper
    quarter."""
    evidence: float
    """See :func:`evidence`."""

    @property
    def share(self) -> float:
        """Share of the reference's peaks that the clip has."""
        return self.agree / self.peaks


class SoundIndex:
    """Recordings to look for."""

    def __init__(self, layers: Sequence[tuple[int, Peaks]]) -> None:
        """Index layers of recordings, each with the number of its reference."""
        self._rows = [row for row, _ in layers]
        self._layers = [peaks for _, peaks in layers]
        self._landmarks = Landmarks(self._layers)

    def matches(self, heard: Peaks) -> list[SoundMatch]:
        """Return what is heard in one layer of a clip, by reference; one for each stretch."""
        clip = heard.strongest(CLIP_DENSITY)
        found: list[SoundMatch] = []
        for one in self._landmarks.alignments(clip, VOTES, CANDIDATES):
            row = self._rows[one.layer]
            if not any(_covers(known, row, one) for known in found):
                match = _followed(row, self._layers[one.layer], clip, one)
                found += [match] if match else []
        rows = sorted({one.row for one in found})
        return [one for row in rows for one in distinct([two for two in found if two.row == row])]


def distinct(matches: Sequence[SoundMatch]) -> list[SoundMatch]:
    """Return matches of one work, surest first, with one for each stretch of the clip.

    What goes on from a surer match, in another channel or after a pause, is joined to it; what lies mostly
    within one, as where music repeats itself, is left out.
    """
    kept: list[SoundMatch] = []
    for one in sorted(
        matches, key=lambda match: (-match.evidence, -match.agree, match.row, match.clip)
    ):
        on = next((at for at, known in enumerate(kept) if _goes_on(known, one)), None)
        if on is not None:
            kept[on] = _union(kept[on], one)
        elif not any(_overlap(one, known) for known in kept):
            kept.append(one)
    return kept


def evidence(agree: int, peaks: int, chance: float, seconds: float) -> float:
    """Return how much likelier a stretch is a copy than chance: nats over :data:`_ENOUGH` peaks at most.

    What agrees over a long stretch by a little, as music of one tempo and key does, must not add up; and peaks of
    one moment, such as a drum's, are not independent, so that a short stretch counts for less.
    """
    share = min(agree / peaks, 0.99)
    if share <= chance:
        return 0.0
    misses = peaks - agree
    nats = agree * math.log(share / chance) + misses * math.log((1 - share) / (1 - chance))
    return nats * min(1.0, _ENOUGH / peaks) * min(1.0, seconds / _LONG)


def score(nats: float) -> float:
    """Return how sure it is that a stretch with that evidence is a copy, 0…1."""
    return 1 / (1 + math.exp(-(nats - _EVEN) / _SLOPE))


def _overlap(one: SoundMatch, other: SoundMatch) -> bool:
    both = min(one.clip[1], other.clip[1]) - max(one.clip[0], other.clip[0])
    return both > 0.5 * min(one.clip[1] - one.clip[0], other.clip[1] - other.clip[0])


def _goes_on(known: SoundMatch, one: SoundMatch) -> bool:
    """Tell whether ``one`` is the same alignment as ``known``, overlapping it or after a short pause."""
    there = known.reference[0] + (one.clip[0] - known.clip[0]) * known.speed
    apart = max(known.clip[0], one.clip[0]) - min(known.clip[1], one.clip[1])
    return known.row == one.row and abs(there - one.reference[0]) < _SAME and apart < _PAUSE


def _union(known: SoundMatch, one: SoundMatch) -> SoundMatch:
    return replace(
        known,
        clip=(min(known.clip[0], one.clip[0]), max(known.clip[1], one.clip[1])),
        reference=(
            min(known.reference[0], one.reference[0]),
            max(known.reference[1], one.reference[1]),
        ),
    )


def _covers(known: SoundMatch, row: int, one: Alignment) -> bool:
    """Tell whether ``known`` is what ``one`` votes for."""
    middle = one.start + WINDOW / 2
    there = known.reference[0] + (middle - known.clip[0]) * known.speed
    near = abs(one.offset + one.speed * middle - there) < _SAME
    return row == known.row and near and known.clip[0] - WINDOW < middle < known.clip[1] + WINDOW


def _followed(row: int, reference: Peaks, clip: Peaks, one: Alignment) -> SoundMatch | None:
    """Make an alignment exact, and follow it to both sides as far as it holds."""
    start, end = one.start, one.start + WINDOW
    match: SoundMatch | None = None
    for _ in range(_ROUNDS):
        one = _exact(reference, clip, one, start, end)
        found = _best(row, reference, clip, one, start - WINDOW / 2, end + WINDOW / 2)
        if found is None or abs(found.speed - 1) > _FASTEST:
            break
        if match is not None and found.agree <= match.agree:
            break
        match = found
        grown = start - match.clip[0] > 1 or match.clip[1] - end > 1
        if not grown and match.clip[1] - match.clip[0] < 2 * WINDOW:
            break
        start, end = match.clip
    return match


def _exact(reference: Peaks, clip: Peaks, one: Alignment, start: float, end: float) -> Alignment:
    """Return the alignment near ``one`` at which most peaks agree between ``start`` and ``end``, seconds."""
    theirs, ours = _stretch(reference, one, start, end), clip.within(start, end)
    middle = (start + end) / 2
    late = (theirs.times - one.offset) / one.speed
    first = np.searchsorted(ours.times, late - _LOOSE_TIME)
    count = np.searchsorted(ours.times, late + _LOOSE_TIME, "right") - first
    which = np.repeat(np.arange(len(late)), count)
    mine = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
    off = places(ours.hertz[mine]) - places(theirs.hertz[which] * one.pitch)
    near = np.abs(off) <= _LOOSE_PLACE
    which, mine, off = which[near], mine[near], off[near]
    apart = theirs.times[which] - one.offset - one.speed * ours.times[mine]
    lever = ours.times[mine] - middle
    half = (end - start) / 2
    if len(which) < _LEAST:
        return one
    shift, slope = 0.0, 0.0
    for slopes, shifts, close in (
        (np.arange(-8, 9) * 0.048 / half / 8, np.arange(-6, 7) * 0.016, 0.020),
        (np.arange(-4, 5) * 0.012 / half / 4, np.arange(-5, 6) * 0.004, 0.010),
    ):
        left = apart - (shift + shifts)[None, :, None] - (slope + slopes)[:, None, None] * lever
        held = np.abs(left) <= close
        best = np.unravel_index(int(held.sum(-1).argmax()), held.shape[:2])
        slope, shift = slope + float(slopes[best[0]]), shift + float(shifts[best[1]])
    kept = held[best]
    pitch = float(np.median(ours.hertz[mine][kept] / theirs.hertz[which][kept]))
    return replace(
        one,
        offset=one.offset + shift - slope * middle,
        speed=one.speed + slope,
        pitch=pitch if abs(pitch / one.pitch - 1) < 0.01 else one.pitch,
    )


def _stretch(reference: Peaks, one: Alignment, start: float, end: float) -> Peaks:
    return reference.within(one.offset + one.speed * start, one.offset + one.speed * end)


def _best(
    row: int, reference: Peaks, clip: Peaks, one: Alignment, start: float, end: float
) -> SoundMatch | None:
    """Return the stretch between ``start`` and ``end`` in which the reference's peaks agree beyond chance."""
    start, end = max(0.0, start), min(end, float(clip.times[-1]) + 0.1)
    theirs = _stretch(reference, one, start, end)
    raster = _Raster(clip, start - 3, end + 3)
    agree = raster.has(_times(theirs, one), places(theirs.hertz * one.pitch))
    if agree.sum() < max(_LEAST, _LEAST_SHARE / 2 * len(agree)):
        return None
    chances = []
    for shift in _SHIFTS:
        moved = replace(one, offset=one.offset + shift)
        other = _stretch(reference, moved, start, end)
        if len(other) >= _LEAST:
            chances.append(raster.has(_times(other, moved), places(other.hertz * one.pitch)).mean())
    upper = np.sort(chances)[-max(1, len(chances) // 4) :] if chances else np.array([0.1])
    chance = max(0.02, float(np.mean(upper)))
    first, last = _longest(agree, chance)
    count = last + 1 - first
    held = int(agree[first : last + 1].sum())
    if held < _LEAST:
        return None
    times = _times(theirs, one)
    spans = float(times[first]), float(times[last])
    return SoundMatch(
        row,
        spans,
        (float(theirs.times[first]), float(theirs.times[last])),
        one.speed,
        one.pitch,
        held,
        count,
        chance,
        evidence(held, count, chance, spans[1] - spans[0]),
    )


def _longest(agree: npt.NDArray[np.bool_], chance: float) -> tuple[int, int]:
    """Return the first and the last peak of the run with the greatest likelihood of a copy over chance."""
    share = min(0.9, max(2 * chance, 0.25, float(agree.mean())))
    gains = np.where(agree, math.log(share / chance), math.log((1 - share) / (1 - chance)))
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums)
    last = int((sums[1:] - lowest[:-1]).argmax())
    first = int(sums[: last + 1].argmin())
    return first, last


def _times(theirs: Peaks, one: Alignment) -> Doubles:
    return np.asarray((theirs.times - one.offset) / one.speed)


class _Raster:
    """Where a clip has peaks, to within what counts as the same place and time."""

    def __init__(self, clip: Peaks, start: float, end: float) -> None:
        near = clip.within(start, end)
        self._start = start
        wide, high = round(_TIME / _TICK), round(_PLACE / _PART)
        rows = int((end - start) / _TICK) + 2 * wide + 2
        self._grid = np.zeros(
            (rows, int(places(np.array([8000.0]))[0] / _PART) + 2 * high + 2), bool
        )
        time = np.rint((near.times - start) / _TICK).astype(np.int64)
        place = np.rint(places(near.hertz) / _PART).astype(np.int64)
        for later in range(2 * wide + 1):
            for higher in range(2 * high + 1):
                self._grid[time + later, place + higher] = True
        self._pad = wide, high

    def has(self, times: Doubles, place: Doubles) -> npt.NDArray[np.bool_]:
        """Tell of each time, seconds, and place whether the clip has a peak there."""
        row = np.rint((times - self._start) / _TICK).astype(np.int64) + self._pad[0]
        column = np.rint(place / _PART).astype(np.int64) + self._pad[1]
        inside = (row >= 0) & (row < self._grid.shape[0]) & (column < self._grid.shape[1])
        found = np.zeros(len(times), bool)
        found[inside] = self._grid[row[inside], column[inside]]
        return found
