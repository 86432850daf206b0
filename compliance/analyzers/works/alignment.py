"""From votes that a frame of a clip shows a moment of a work to the segments that run alongside each other.

A segment is a line, reference time = speed × clip time + offset. Lines are found by a Hough transform over
speeds and offsets and then fitted. A frame of the clip counts once for a line, however many moments of the work
it votes for, and belongs to one segment at most: a work that repeats itself or stands still, which gets votes
from every frame for every moment, gains nothing by it. Speed 0 is a moment that is held, as by a freeze frame
or where the work is a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

SPEEDS: Numbers = np.concatenate([[0.0], 2.0 ** (np.arange(-16, 17) / 16)])
"""Speeds that are tried first: a moment held, and ½ to 2 in steps of 4.4 %."""
SLOWEST, FASTEST = 0.45, 2.2
"""What fitting may make of them."""
BIN = 0.2
"""Width of half a cell of offsets, seconds."""
NEAR = 0.35
"""Distance from the line within which a vote agrees, seconds."""
GAP = 2.2
"""Longest stretch without an agreeing frame inside a segment, seconds: four frames of the coarsest sampling.
One without an examined frame ends none, however long it is."""
HELD = 0.75
"""What a held moment has to make up for: where a work hardly moves, a line at its speed explains as much."""
ODD = 0.04
"""Share that a line loses for each doubling or halving of speed, so that ties go to the speed as it was."""
MOST_CELLS = 2_000
"""Cells that one vote for a long still moment may fill: 400 s."""
MISS = 0.25
"""What an examined frame that does not agree costs a segment: a sure one outweighs four."""
LEAST_FIT = 4
"""Frames from which a speed is fitted, instead of being one of :data:`SPEEDS`."""


@dataclass(frozen=True)
class Votes:
    """Columns of one length N: a frame of the clip looks like the work from ``start`` to ``end``."""

    clip: Numbers
    """Time of the frame, seconds."""
    start: Numbers
    """First moment of the work, seconds."""
    end: Numbers
    """Last moment, seconds; ``start`` where it is one."""
    weight: Numbers
    """More than 0, at most 1: how surely."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.clip)


@dataclass(frozen=True)
class Segment:
    """A stretch of the clip that shows a stretch of the work."""

    start: float
    """First frame that agrees, seconds of the clip."""
    end: float
    """Last frame that agrees, seconds of the clip."""
    reference_start: float
    """What the first frame shows, seconds of the work."""
    reference_end: float
    """What the last frame shows, seconds of the work."""
    speed: float
    """Seconds of the work in a second of the clip; 0: one moment is held."""
    weight: float
    """Sum over its frames of the vote that agrees."""
    votes: Indices
    """For each agreeing frame, in order of time, the index of its vote."""

    def at(self, time: float) -> float:
        """Return the time in the work at a time in the clip, seconds; it may lie outside of the work."""
        return self.reference_start + self.speed * (time - self.start)


@dataclass(frozen=True)
class _Line:
    speed: float
    offset: float

    def at(self, clip: Numbers) -> Numbers:
        return self.speed * clip + self.offset


def segments(votes: Votes, examined: Numbers, least: float = 0.0, most: int = 16) -> list[Segment]:
    """Return the segments that explain ``votes``, in the order in which they were found, heavy ones first.

    Args:
        votes: of one work.
        examined: times of all examined frames of the clip that could agree, in order, with those that voted.
        least: weight below which a segment is dropped.
        most: segments after which the search ends.
    """
    left = np.ones(len(votes), bool)
    found: list[Segment] = []
    while left.any() and len(found) < most:
        line = _peak(votes, np.flatnonzero(left))
        segment = _along(votes, np.flatnonzero(left), line, examined)
        if segment.weight < least:
            break
        found.append(segment)
        left &= (votes.clip < segment.start) | (votes.clip > segment.end)
    return found


def _peak(votes: Votes, among: Indices) -> _Line:
    """Return the line through the cell of the Hough transform that most frames vote for."""
    clip, start, end = votes.clip[among], votes.start[among], votes.end[among]
    times, frame = np.unique(clip, return_inverse=True)
    short = times[-1] - times[0] < 2 * NEAR
    best, best_line = -1.0, _Line(1.0, 0.0)
    for speed in np.array([0.0, 1.0]) if short else SPEEDS:
        first = np.floor((start - speed * clip) / BIN).astype(np.int64) - 1
        last = np.floor((end - speed * clip) / BIN).astype(np.int64)
        counts = np.minimum(last - first + 1, MOST_CELLS)
        vote = np.repeat(np.arange(len(among)), counts)
        cell = first[vote] + np.arange(len(vote)) - np.repeat(np.cumsum(counts) - counts, counts)
        origin = int(cell.min())
        key = (cell - origin) * len(times) + frame[vote]
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
        heaviest = np.maximum.reduceat(votes.weight[among][vote[order]], starts)
        totals = np.bincount(key[order][starts] // len(times), weights=heaviest)
        worth = HELD if speed == 0 else 1 - ODD * abs(np.log2(speed))
        top = float(totals.max()) * worth
        if top > best:
            tied = np.flatnonzero(totals > totals.max() * (1 - 1e-9))
            run = tied[: np.argmax(np.r_[np.diff(tied) > 1, True]) + 1]
            best = top
            best_line = _Line(float(speed), (float(run[0] + run[-1]) / 2 + origin + 1) * BIN)
    return best_line


def _along(votes: Votes, among: Indices, line: _Line, examined: Numbers) -> Segment:
    """Fit ``line`` and return the heaviest stretch without a gap along it."""
    held = line.speed == 0
    chosen = _agreeing(votes, among, line, NEAR + BIN)
    chosen = _stretch(votes, chosen, examined)
    for _ in range(0 if held else 8):
        fitted = _fit(votes, chosen, line)
        again = _stretch(votes, _agreeing(votes, among, fitted, NEAR), examined)
        if not len(again):
            break
        line, before, chosen = fitted, chosen, again
        if np.array_equal(before, again):
            break
    clip = votes.clip[chosen]
    if held:
        low, high = votes.start[chosen].max(), votes.end[chosen].min()
        shown = (min(low, high), max(low, high))
    else:
        shown = (float(line.at(clip[:1])[0]), float(line.at(clip[-1:])[0]))
    floor, ceiling = float(votes.start.min()), float(votes.end.max())
    return Segment(
        start=float(clip[0]),
        end=float(clip[-1]),
        reference_start=float(np.clip(shown[0], floor, ceiling)),
        reference_end=float(np.clip(shown[1], floor, ceiling)),
        speed=line.speed,
        weight=float(votes.weight[chosen].sum()),
        votes=chosen,
    )


def _agreeing(votes: Votes, among: Indices, line: _Line, near: float) -> Indices:
    """Return for each frame with a vote near ``line`` the one that weighs most, in order of time."""
    at = line.at(votes.clip[among])
    away = np.maximum(np.maximum(votes.start[among] - at, at - votes.end[among]), 0.0)
    close = among[away <= near]
    away = away[away <= near]
    order = np.lexsort((away / near * 0.1 - votes.weight[close], votes.clip[close]))
    close = close[order]
    first = np.r_[True, np.diff(votes.clip[close]) > 0] if len(close) else np.zeros(0, bool)
    return close[first]


def _stretch(votes: Votes, chosen: Indices, examined: Numbers) -> Indices:
    """Return the part of ``chosen``, in order of time, that weighs most less what its misses cost."""
    if not len(chosen):
        return chosen
    clip = votes.clip[chosen]
    misses = np.diff(np.searchsorted(examined, clip)) - 1
    costs = np.where((np.diff(clip) > GAP) & (misses > 0), np.inf, MISS * misses)
    best, best_part, total, first = -1.0, (0, 1), 0.0, 0
    for i, weight in enumerate(votes.weight[chosen].tolist()):
        total -= float(costs[i - 1]) if i else 0.0
        if total < 0:
            total, first = 0.0, i
        total += weight
        if total > best:
            best, best_part = total, (first, i + 1)
    return chosen[slice(*best_part)]


def _fit(votes: Votes, chosen: Indices, line: _Line) -> _Line:
    """Return the least-squares line through the moments nearest to ``line`` that ``chosen`` vote for."""
    clip, weight = votes.clip[chosen], votes.weight[chosen]
    moment = np.clip(line.at(clip), votes.start[chosen], votes.end[chosen])
    middle = float(np.average(clip, weights=weight))
    mean = float(np.average(moment, weights=weight))
    speed = line.speed
    if len(chosen) >= LEAST_FIT and clip[-1] - clip[0] > 4 * NEAR:
        spread = weight * (clip - middle) ** 2
        # A prior of one frame at either end keeps the speed where few frames tell it.
        prior = float(weight.max()) * (clip[-1] - clip[0]) ** 2 / 8
        slope = float((weight * (clip - middle) * (moment - mean)).sum() + prior * speed)
        speed = min(max(slope / float(spread.sum() + prior), SLOWEST), FASTEST)
    return _Line(speed, mean - speed * middle)
