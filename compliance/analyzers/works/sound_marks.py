"""Landmarks: pairs of peaks as numbers that an index finds again, and which alignments they vote for.

A landmark is two peaks near each other: the place of the first, how far up the second lies, and how much later.
The scale of places is even up to about 1 kHz, and logarithmic above, so that a speed that is off by 0.4 % moves
no place by more than a third of one. Larger speeds are tried one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.works.peaks import Peaks

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
SPEEDS = (
    *((1 + 0.008 * step, 1 + 0.008 * step) for step in range(-6, 7)),
    *((1 + 0.01 * step, 1.0) for step in range(-5, 6) if step),
)
"""(speed, pitch) that are tried: faster and higher as a resampled recording is, or faster at the same pitch."""
WINDOW = 6.0
"""Seconds of a clip that vote together."""
STRIDE = 3.0
"""Seconds from one such window to the next: any five seconds lie by more than four in one."""
REFERENCE_FAN = 6
"""Landmarks that begin at one peak of a reference."""
CLIP_DENSITY, CLIP_FAN = 6, 10
"""Ranks of a clip's peaks that take part, and landmarks that begin at one: it holds other sound between."""
_PLACES, _KNEE = 90.0, 1000.0
"""Places in e-fold above the knee, and the knee, Hz: 11 Hz a place at 0, 1.2 % at the top."""
_ZONE = (0.03, 0.64)
"""Seconds from the first peak to the second."""
_APART = 40
"""Places between them at most."""
_SPAN = 0.02
"""Unit of their distance in time, seconds."""
_BIN = 0.064
"""Unit of places in the vote, seconds: within a window, half a step of speed moves them by 24 ms."""
_APART_SECONDS = 0.5
"""Seconds from which two places of a reference are not the same one at another speed."""
_PAUSE = 30.0
"""Seconds between references in the index, so that no alignment spans two."""
_CHUNK = 20
"""Strides of a clip that are looked up together, fewer in a large index, so that hours need no gigabytes."""
_COMMON, _LARGE = 400, 10_000_000
"""Landmarks of one number beyond which it says too little to be worth its time, in an index of so many; a
larger one bears more in proportion, else nothing would be found in it: with a bound three times as tight, an
index of 60 hours of made music lost five of six excerpts under noise as loud (November 2026)."""


@dataclass(frozen=True)
class Alignment:
    """A reference heard in a clip: what is at t in the clip is at ``offset + speed × t`` in the reference."""

    layer: int
    """Number of the reference's layer in the index."""
    offset: float
    """Seconds."""
    speed: float
    """Seconds of the reference in a second of the clip."""
    pitch: float
    """Frequencies in the clip by those in the reference."""
    start: float
    """Where the window that voted begins in the clip, seconds."""
    votes: int
    """Landmarks that agree."""
    others: int
    """Landmarks that agree on another place of the same layer, at most: what its own chance is."""


class Landmarks:
    """An index over the landmarks of many references."""

    def __init__(
        self, layers: Sequence[Peaks], speeds: Sequence[tuple[float, float]] = SPEEDS
    ) -> None:
        """Index ``layers``; memory is 12 bytes for each of about 150 landmarks a second.

        Args:
            layers: peaks of references.
            speeds: (speed, pitch) to try.
        """
        self._speeds = speeds
        ends = [one.times[-1] + _PAUSE if len(one) else 0.0 for one in layers]
        self._base: Doubles = np.concatenate([[0.0], np.cumsum(ends)])
        numbers, times = [np.zeros(0, np.uint32)], [np.zeros(0)]
        for one, base in zip(layers, self._base, strict=False):
            first, second = pairs(one, REFERENCE_FAN)
            numbers.append(_numbers(one, first, second, 1.0, 1.0))
            times.append(one.times[first] + base)
        number, time = np.concatenate(numbers), np.concatenate(times)
        order = np.argsort(number, kind="stable")
        self._numbers, self._times = number[order], time[order]
        larger = max(1.0, len(number) / _LARGE)
        self._common = round(_COMMON * larger)
        self._chunk = max(2, round(_CHUNK / larger)) * STRIDE

    def __len__(self) -> int:
        """Return how many landmarks there are."""
        return len(self._numbers)

    def alignments(self, clip: Peaks, least: int, most: int) -> list[Alignment]:
        """Return for each window of ``clip`` up to ``most`` alignments with at least ``least`` votes.

        Of one layer only the one with most votes is returned for a window.
        """
        clip = clip.strongest(CLIP_DENSITY)
        end = float(clip.times[-1]) if len(clip) and len(self) else -1.0
        found: list[Alignment] = []
        for begin in np.arange(0.0, end, self._chunk):
            piece = clip.within(begin, begin + self._chunk + STRIDE + _ZONE[1])
            found += self._of_piece(piece, round(begin / STRIDE), least, most)
        return found

    def _of_piece(self, clip: Peaks, begin: int, least: int, most: int) -> list[Alignment]:
        """Return the alignments of the windows from number ``begin`` on that lie in one chunk."""
        first, second = pairs(clip, CLIP_FAN)
        if not len(first):
            return []
        columns = [self._votes(clip, first, second, number) for number in range(len(self._speeds))]
        window, start, votes, tried = (
            np.concatenate(column) for column in zip(*columns, strict=True)
        )
        inside = (window >= begin) & (window < begin + round(self._chunk / STRIDE))
        kept = inside & (votes >= least)
        window, start, votes, tried = window[kept], start[kept], votes[kept], tried[kept]
        layer = np.searchsorted(self._base, start + _PAUSE / 2, "right") - 1
        order = np.lexsort((start, tried, -votes, layer, window))
        window, layer = window[order], layer[order]
        best = np.flatnonzero(np.diff(window, prepend=-1) | np.diff(layer, prepend=-1))
        ends = np.append(best[1:], len(order))
        ranked = np.lexsort((best, -votes[order[best]], window[best]))
        best, ends = best[ranked], ends[ranked]
        rank = np.arange(len(best)) - np.searchsorted(window[best], window[best])
        found = []
        for first_of, end in zip(best[rank < most], ends[rank < most], strict=True):
            mine = order[first_of:end]
            apart = np.abs(start[mine] - start[mine[0]]) > _APART_SECONDS
            others = int(votes[mine[apart]].max(initial=0))
            found.append(
                self._alignment(mine[0], start, votes, tried, int(window[first_of]), others)
            )
        return found

    def _alignment(
        self, at: int, start: Doubles, votes: Ints, tried: Ints, window: int, others: int
    ) -> Alignment:
        layer = int(np.searchsorted(self._base, start[at] + _PAUSE / 2, "right")) - 1
        speed, pitch = self._speeds[tried[at]]
        begins = window * STRIDE
        offset = float(start[at] - self._base[layer]) - speed * begins
        return Alignment(layer, offset, speed, pitch, begins, int(votes[at]), others)

    def _votes(
        self, clip: Peaks, first: Ints, second: Ints, tried: int
    ) -> tuple[Ints, Doubles, Ints, Ints]:
        """Return window, place in the index at its start, votes and the number of the speed, at one speed."""
        speed, pitch = self._speeds[tried]
        numbers = _numbers(clip, first, second, speed, pitch)
        low = np.searchsorted(self._numbers, numbers)
        count = np.searchsorted(self._numbers, numbers, "right") - low
        count[count > self._common] = 0
        which = np.repeat(np.arange(len(numbers)), count)
        hits = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + low[which]
        time = clip.times[first][which]
        both = np.floor(time / STRIDE).astype(np.int64)
        window = np.concatenate([both, both - 1])
        time, there = np.tile(time, 2), np.tile(self._times[hits], 2)
        place = np.floor((there - speed * (time - window * STRIDE)) / _BIN).astype(np.int64)
        kept = window >= 0
        keys, votes = np.unique((window[kept] << 40) + place[kept] + (1 << 39), return_counts=True)
        after = np.searchsorted(keys, keys + 1)
        follows = (after < len(keys)) & (keys[np.minimum(after, len(keys) - 1)] == keys + 1)
        votes = votes + np.where(follows, votes[np.minimum(after, len(keys) - 1)], 0)
        bins = (keys & ((1 << 40) - 1)) - (1 << 39) + 1
        starts = np.asarray(bins * _BIN, np.float64)
        windows = np.asarray(keys >> 40, np.int64)
        return windows, starts, np.asarray(votes, np.int64), np.full(len(keys), tried, np.int64)


def places(hertz: Doubles) -> Doubles:
    """Return where frequencies, Hz, lie on the scale of places."""
    return np.asarray(_PLACES * np.log1p(hertz / _KNEE))


def pairs(peaks: Peaks, fan: int) -> tuple[Ints, Ints]:
    """Return the numbers of the first and the second peak of each landmark: up to ``fan`` nearest in time."""
    times, place = peaks.times, places(peaks.hertz)
    begun = np.zeros(len(times), np.int64)
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for apart in range(1, len(times)):
        later = times[apart:] - times[:-apart]
        if not (later <= _ZONE[1]).any():
            break
        near = np.abs(place[apart:] - place[:-apart]) <= _APART
        good = near & (later >= _ZONE[0]) & (later <= _ZONE[1]) & (begun[:-apart] < fan)
        first = np.flatnonzero(good)
        begun[first] += 1
        firsts.append(first)
        seconds.append(first + apart)
    return np.concatenate(firsts), np.concatenate(seconds)


def _numbers(
    peaks: Peaks, first: Ints, second: Ints, speed: float, pitch: float
) -> npt.NDArray[np.uint32]:
    """Return landmarks as they would be at the reference's speed and pitch: 8, 7 and 5 bits."""
    place = np.floor(places(peaks.hertz / pitch)).astype(np.int64)
    later = np.rint((peaks.times[second] - peaks.times[first]) * speed / _SPAN).astype(np.int64)
    up = place[second] - place[first] + _APART + 2
    number = (place[first] << 12) | (up << 5) | np.clip(later, 0, 31)
    return number.astype(np.uint32)
