"""From hashes of a clip's frames to votes for moments of works, and to how sure a segment is.

Measured on the clips of ``benchmarks/copies.py``: hashes of unrelated frames, the least over eight orientations
and all moments of 35 works, differ in 74 bits or more and mostly in 90 to 100; PDQ's own limit is 31.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.works.alignment import Segment, Votes
from compliance.analyzers.works.copy_index import CopyIndex, Integers
from compliance.types import Floats, Pixels

MOST = 66
"""Bits up to which a frame votes for a moment."""
SURE = 31
"""Bits up to which a vote weighs 1."""
FAINT = 0.12
"""Weight of a vote at :data:`MOST` bits."""
GUIDED = 84
"""Bits up to which a frame agrees with the moment that a segment says it shows."""
AROUND = 0.35
"""How far from that moment it may be, seconds of the work."""
BEYOND = 3.0
"""How far beyond a segment's ends frames are compared with it, seconds of the clip."""
QUALITY = 50
"""Least PDQ quality of a frame that votes."""
CLUSTER = 0.5
"""Moments of one vote are at most so far apart, seconds."""
SLACK = 4
"""Bits by which a moment may be worse than the best one of its vote."""
REPEAT = 0.5
"""Longest time between the moments at which a frame that lasts votes, seconds."""


@dataclass(frozen=True)
class Look:
    """One distinct frame of the clip, as it was observed."""

    start: float
    """First time it is shown, seconds."""
    end: float
    """Last time that nothing else is, seconds."""
    hashes: Pixels
    """uint8 (V, 32): PDQ of the frame in all variants."""
    quality: Floats
    """float32 (V,): 0…100."""
    box: Floats
    """float32 (V, 4): left, top, right, bottom of what was hashed, fractions of the frame."""
    orientation: Integers
    """(V,): index in :data:`compliance.runtimes.pdq.ORIENTATIONS`."""
    features: sift.Features | None = None
    """Local features; None where there are none."""
    image: bytes | None = None
    """JPEG of the frame whose pixels the features' points count."""

    @property
    def plain(self) -> bool:
        """Whether no variant can be told by its hash: it agrees with no work, and contradicts none."""
        return not bool((self.quality >= QUALITY).any())

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Times at which it counts: its first and last, and between those as often as frames are examined."""
        count = int(np.ceil((self.end - self.start) / REPEAT)) + 1
        return np.linspace(self.start, self.end, count) if count > 1 else np.array([self.start])


@dataclass(frozen=True)
class HashVotes:
    """Votes for the moments of one print, and what each rests on."""

    votes: Votes
    look: Integers
    """Index of the look."""
    variant: Integers
    """Its variant."""
    distance: Integers
    """Bits."""
    inner: npt.NDArray[np.bool_]
    """True where it agrees with the inner part of the work's frames."""


def examined(looks: list[Look]) -> npt.NDArray[np.float64]:
    """Return the times of all looks, in order."""
    return np.unique(np.concatenate([np.zeros(0), *(look.times for look in looks)]))


def weights(distance: Integers) -> npt.NDArray[np.float64]:
    """Return how much votes at so many bits weigh, :data:`FAINT` to 1."""
    share = (MOST - distance) / (MOST - SURE)
    return np.clip(FAINT + (1 - FAINT) * share, FAINT, 1.0)


def hash_votes(
    looks: list[Look], index: CopyIndex, only: int | None = None
) -> dict[int, HashVotes]:
    """Return the votes of ``looks`` by number of the print, of all prints or ``only`` one."""
    usable = [np.flatnonzero(look.quality >= QUALITY) for look in looks]
    owner = np.repeat(np.arange(len(looks)), [len(rows) for rows in usable])
    variant = np.concatenate([np.zeros(0, np.int64), *usable]).astype(np.int64)
    hashes = [look.hashes[rows] for look, rows in zip(looks, usable, strict=True)]
    rows = np.concatenate([np.zeros((0, 32), np.uint8), *hashes])
    query, row, apart = index.near(rows, MOST)
    found: dict[int, HashVotes] = {}
    owner_of, variant_of = owner[query], variant[query]
    prints = index.hash_print[row]
    for number in np.unique(prints).tolist() if only is None else [only] * (only in prints):
        mine = np.flatnonzero(prints == number)
        columns = (owner_of[mine], variant_of[mine], row[mine], apart[mine])
        found[number] = _votes(looks, index, *columns)
    return found


def _votes(
    looks: list[Look],
    index: CopyIndex,
    look: Integers,
    variant: Integers,
    row: Integers,
    apart: Integers,
) -> HashVotes:
    """Join moments that follow one another into one vote, from the best of them; at each time of the look."""
    order = np.lexsort((index.start[row], look))
    look, variant, row, apart = look[order], variant[order], row[order], apart[order]
    new = (np.diff(look) != 0) | (np.diff(index.start[row]) > CLUSTER)
    parts = np.split(np.arange(len(row)), np.flatnonzero(new) + 1)
    columns: list[tuple[float, float, float, int, int, int, bool]] = []
    for part in parts:
        best = part[np.argmin(2 * apart[part] + index.inner[row[part]])]
        good = part[apart[part] <= apart[best] + SLACK]
        start, end = float(index.start[row[good]].min()), float(index.end[row[good]].max())
        columns += [
            (
                float(time),
                start,
                end,
                int(look[best]),
                int(variant[best]),
                int(apart[best]),
                bool(index.inner[row[best]]),
            )
            for time in looks[int(look[best])].times
        ]
    clip, starts, ends, *rest = (np.array(column) for column in zip(*columns, strict=True))
    looked, varied, distances, inner = (column.astype(np.int64) for column in rest)
    return HashVotes(
        Votes(clip, starts, ends, weights(distances)), looked, varied, distances, inner > 0
    )


@dataclass(frozen=True)
class Agreement:
    """How the frames along a segment agree with it."""

    start: float
    """First frame that agrees, seconds of the clip."""
    end: float
    """Last one."""
    looks: tuple[int, ...]
    """Looks that agree."""
    distances: tuple[int, ...]
    """Bits of each."""


def along(
    looks: list[Look], index: CopyIndex, number: int, segment: Segment, orientation: int
) -> Agreement:
    """Compare every frame in and around ``segment`` with the moment that it says the frame shows.

    Args:
        looks: of the clip, in order of time.
        index: of all prints.
        number: of the print.
        segment: of that print.
        orientation: in which the frames show it.
    """
    mine = np.flatnonzero(index.hash_print == number)
    agree: list[tuple[float, int, int]] = []
    missed: list[float] = []
    for at, look in enumerate(looks):
        for time in look.times:
            if not segment.start - BEYOND <= time <= segment.end + BEYOND:
                continue
            apart = _apart(look, index, mine, segment.at(float(time)), orientation)
            if apart <= GUIDED:
                agree.append((float(time), at, apart))
            else:
                missed.append(float(time))
    start, end = segment.start, segment.end
    for time, _, _ in sorted(agree):
        if time > end and sum(end < miss < time for miss in missed) <= 1:
            end = time
    for time, _, _ in sorted(agree, reverse=True):
        if time < start and sum(time < miss < start for miss in missed) <= 1:
            start = time
    best: dict[int, int] = {}
    for time, at, apart in agree:
        if start <= time <= end:
            best[at] = min(apart, best.get(at, 256))
    return Agreement(start, end, tuple(best), tuple(best.values()))


def _apart(look: Look, index: CopyIndex, mine: Integers, moment: float, orientation: int) -> int:
    """Return the least bits between a look's variants and what the work shows around ``moment``."""
    close = mine[(index.start[mine] <= moment + AROUND) & (index.end[mine] >= moment - AROUND)]
    variants = np.flatnonzero((look.orientation == orientation) & (look.quality >= QUALITY))
    if not len(close) or not len(variants):
        return 256
    differ = look.hashes[variants][:, None] ^ index.hashes[close][None]
    return int(np.bitwise_count(differ).sum(axis=2).min())
