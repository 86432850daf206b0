"""Which recordings are heard in a clip, from when to when, and how sure that is.

Landmarks vote for alignments (:mod:`sound_marks`); each is then held against the peaks
themselves: of those that the reference has there, which share does the clip have too, and what share would it
have if the reference lay a moment earlier or later?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.analyzers.works.peaks import Peaks
from compliance.analyzers.works.sound_marks import WINDOW, Alignment, Doubles, Landmarks, places
from compliance.analyzers.works.sound_ridges import PERIOD

CLIP_DENSITY = 8
"""Peaks of a band within half a second of each other that are taken of a clip: their rank is below it."""
VOTES = 5
"""Landmarks that have to agree before an alignment is looked at."""
CANDIDATES = 8
"""References that are looked at for each window of a clip."""
_TIME, _PLACE = 0.018, 0.75
"""Seconds and places within which two peaks are one: half again what AAC and speech move them by."""
_TICK, _PART = 0.004, 0.25
"""Grain of the raster of a clip's peaks: seconds and places."""
_LOOSE_TIME, _LOOSE_PLACE = 0.13, 2.3
"""Seconds and places within which peaks take part when an alignment is made exact."""
_SHIFTS = np.concatenate([np.arange(-2.0, -0.19, 0.05), np.arange(0.2, 2.01, 0.05)])
"""Seconds by which the reference is shifted to see what chance gives: on a beat, it gives most."""
_ENOUGH = 160
"""Peaks, of five seconds, beyond which more of the same is no more evidence."""
_LONG = 4.0
"""Seconds from which a stretch counts in full."""
_WEIGHT = 0.5
"""What a nat that peaks or votes give counts beside one that ridges give: chance gives it more easily."""
_EVEN, _SLOPE = 32.0, 3.0
"""Evidence at which the score is 0.5, and by which its logit changes by one.

Measured in November 2026 on 543 clips, excerpts of 5 s, against 120 recordings (made music, speech, files).
Unrelated pairs, 65,000, gave 26 at most, and 8 where not both were plain notes of one tempo, scale and sound.
Of copies under speech as loud, AAC at 64 kbit/s, both, or noise 97 % gave 32 and more; plain tones did not."""
_LEAST_SHARE = 0.12
"""Share of peaks that have to agree before more is looked at; copies under speech have twice that."""
_LEAST = 15
"""Peaks that have to agree for a match."""
_FASTEST = 0.055
"""Difference of speed beyond which nothing is a match: what was tried, and as much again as is made exact."""
_REACH = WINDOW
"""Seconds to both sides by which a match may turn out longer than what it was looked for in."""
_SAME = 0.3
"""Seconds in the reference by which two alignments that are one may differ."""
_PAUSE = 2.0
"""Seconds of a clip between two stretches that are one."""
_ROUNDS, _FAR = 8, 40.0
"""Times that a match is followed further, and seconds from which it is not: what is beyond votes for itself."""


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
    peaks: int
    """Peaks of the reference in that stretch."""
    agree: int
    """Those of them that are peaks of the clip too."""
    heard: int
    """Those of them that lie on a ridge of the clip."""
    chance: tuple[float, float]
    """Shares of them that would be peaks, and lie on ridges, by chance: see :func:`_chance`."""
    evidence: float
    """See :func:`evidence`."""

    @property
    def share(self) -> float:
        """Share of the reference's peaks that are heard in the clip."""
        return self.heard / self.peaks


class SoundIndex:
    """Recordings to look for."""

    def __init__(self, layers: Sequence[tuple[int, Peaks]]) -> None:
        """Index layers of recordings, each with the number of its reference."""
        self._rows = [row for row, _ in layers]
        self._layers = [peaks for _, peaks in layers]
        self._landmarks = Landmarks(self._layers)

    def __len__(self) -> int:
        """Return how many landmarks are compared."""
        return len(self._landmarks)

    def matches(self, peaks: Peaks, ridges: Peaks) -> list[SoundMatch]:
        """Return what is heard in one layer of a clip, by reference; one for each stretch."""
        clip = _Clip(peaks.strongest(CLIP_DENSITY), ridges)
        found: list[SoundMatch] = []
        for one in self._landmarks.alignments(clip.peaks, VOTES, CANDIDATES):
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


def evidence(heard: int, peaks: int, chance: float, seconds: float) -> float:
    """Return how much likelier a stretch is a copy than chance: nats over :data:`_ENOUGH` peaks at most.

    What agrees over a long stretch by a little, as music of one tempo and key does, must not add up; and peaks
    of one moment, such as a drum's, are not independent, so that a short stretch counts for less.
    """
    share = min(heard / peaks, 0.99)
    if share <= chance:
        return 0.0
    misses = peaks - heard
    nats = heard * math.log(share / chance) + misses * math.log((1 - share) / (1 - chance))
    return nats * min(1.0, _ENOUGH / peaks) * min(1.0, seconds / _LONG)


def surprise(votes: int, others: int) -> float:
    """Return how unlikely ``votes`` are where the next best place has ``others``: nats, as of Poisson's law."""
    usual = max(others, VOTES)
    return votes * math.log(votes / usual) - (votes - usual) if votes > usual else 0.0


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
    return row == known.row and near and known.clip[0] - 1 < middle < known.clip[1] + 1


def _followed(row: int, reference: Peaks, clip: _Clip, one: Alignment) -> SoundMatch | None:
    """Make an alignment exact, and follow it to both sides as far as it holds."""
    start, end = one.start, one.start + WINDOW
    match: SoundMatch | None = None
    for number in range(_ROUNDS):
        one = _exact(reference, clip.peaks, one, start, end)
        found = _best(row, reference, clip, one, start, end)
        if found is None or abs(found.speed - 1) > _FASTEST:
            break
        if match is not None and found.agree <= match.agree:
            break
        match = found
        grown = max(start - match.clip[0], match.clip[1] - end)
        if (number > 0 and grown < 1) or end - start > _FAR:
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
        fits = np.maximum(0.0, 1 - (left / close) ** 2)
        best = np.unravel_index(int(fits.sum(-1).argmax()), fits.shape[:2])
        slope, shift = slope + float(slopes[best[0]]), shift + float(shifts[best[1]])
    kept = fits[best] > 0
    if not kept.any():
        return one
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
    row: int, reference: Peaks, clip: _Clip, one: Alignment, start: float, end: float
) -> SoundMatch | None:
    """Return the stretch around ``start`` … ``end`` in which the reference is heard beyond chance.

    None where it is not heard between the two.
    """
    core = _stretch(reference, one, start, end)
    start, end = max(0.0, start - _REACH), min(end + _REACH, float(clip.peaks.times[-1]) + 0.1)
    peaks = _Raster(clip.peaks.within(start - 3, end + 3), start - 3, _TIME)
    if peaks.has(core, one).sum() < max(_LEAST, _LEAST_SHARE * len(core)):
        return None
    theirs = _stretch(reference, one, start, end)
    agree = peaks.has(theirs, one)
    ridges = _Raster(clip.ridges.within(start - 3, end + 3), start - 3, PERIOD / 2)
    heard = ridges.has(theirs, one)
    by_chance = (
        _chance(reference, peaks, one, start, end),
        _chance(reference, ridges, one, start, end),
    )
    gains = _gains(agree, by_chance[0]) + _gains(heard, by_chance[1])
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    last = int((sums[1:] - np.minimum.accumulate(sums)[:-1]).argmax())
    first = int(sums[: last + 1].argmin())
    held, lies = (int(one[first : last + 1].sum()) for one in (agree, heard))
    if held < _LEAST:
        return None
    times = _times(theirs, one)
    there = float(times[first]), float(times[last])
    count = last + 1 - first
    seconds = there[1] - there[0]
    nats = evidence(lies, count, by_chance[1], seconds)
    nats += _WEIGHT * evidence(held, count, by_chance[0], seconds)
    nats += _WEIGHT * surprise(one.votes, one.others) * min(1.0, seconds / _LONG)
    origin = float(theirs.times[first]), float(theirs.times[last])
    return SoundMatch(row, there, origin, one.speed, one.pitch, count, held, lies, by_chance, nats)


def _chance(reference: Peaks, raster: _Raster, one: Alignment, start: float, end: float) -> float:
    """Return the share that agrees where the reference is shifted: the mean of the upper quarter of shifts."""
    shares = []
    for shift in _SHIFTS:
        moved = replace(one, offset=one.offset + float(shift))
        theirs = _stretch(reference, moved, start, end)
        if len(theirs) >= _LEAST:
            shares.append(float(raster.has(theirs, moved).mean()))
    upper = sorted(shares)[-max(1, len(shares) // 4) :] if shares else [0.5]
    return min(0.9, max(0.02, float(np.mean(upper))))


def _gains(agree: npt.NDArray[np.bool_], chance: float) -> Doubles:
    """Return what each peak says for a copy against chance, nats."""
    share = min(0.95, max((1 + 2 * chance) / 3, float(agree.mean())))
    return np.where(agree, math.log(share / chance), math.log((1 - share) / (1 - chance)))


def _times(theirs: Peaks, one: Alignment) -> Doubles:
    return np.asarray((theirs.times - one.offset) / one.speed)


@dataclass(frozen=True)
class _Clip:
    """One layer of a clip."""

    peaks: Peaks
    ridges: Peaks


class _Raster:
    """Where a clip has peaks or ridges, to within what counts as the same place and time."""

    def __init__(self, clip: Peaks, start: float, near: float) -> None:
        self._start = start
        wide, high = round(near / _TICK), round(_PLACE / _PART)
        time = np.rint((clip.times - start) / _TICK).astype(np.int64)
        place = np.rint(places(clip.hertz) / _PART).astype(np.int64)
        shape = int(time.max(initial=0)) + 2 * wide + 1, int(place.max(initial=0)) + 2 * high + 1
        self._grid = np.zeros(shape, bool)
        for later in range(2 * wide + 1):
            for higher in range(2 * high + 1):
                self._grid[time + later, place + higher] = True
        self._wide, self._high = wide, high

    def has(self, theirs: Peaks, one: Alignment) -> npt.NDArray[np.bool_]:
        """Tell of each peak of a reference whether the clip has it where it should be."""
        row = np.rint((_times(theirs, one) - self._start) / _TICK).astype(np.int64) + self._wide
        hertz = places(theirs.hertz * one.pitch)
        column = np.rint(hertz / _PART).astype(np.int64) + self._high
        inside = (row >= 0) & (row < self._grid.shape[0]) & (column < self._grid.shape[1])
        found = np.zeros(len(theirs), bool)
        found[inside] = self._grid[row[inside], column[inside]]
        return found
