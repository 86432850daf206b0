"""Marks over time: sightings of one entry in successive frames, at one place, are one track."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from compliance.analyzers.brands.mark_match import MarkMatch
from compliance.analyzers.brands.mark_score import together
from compliance.types import Floats

SAME = 0.25
"""Overlap of upright boxes (shared over covered) from which two sightings are at one place."""
COVERS = 0.5
"""Overlap from which two sightings are of the same pixels, so that at most one entry is shown there."""
MOVED = 0.6
"""Or: distance of their middles in lengths of the longer diagonal, where sizes differ less than twofold."""
GAP = 1.1
"""Seconds without a sighting that a track outlasts: two of the half seconds between examined frames."""


@dataclass(frozen=True)
class Sighting:
    """One entry in one frame; references of that entry that lie at the same place count together."""

    entry: str
    """Bank and entry."""
    match: MarkMatch
    """The best reference."""
    score: float
    """Of all references together."""
    rank: int
    """1 for the best entry at this place, 2 for the next."""
    observation: str
    """Id of the frame's local features."""
    frame: int
    """Number of the distinct frame in its stream."""
    start: float
    """First moment of that frame, seconds."""
    end: float
    """Last moment in which it is repeated, seconds."""


@dataclass
class Track:
    """Sightings of one entry, in order of time."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def best(self) -> Sighting:
        """Return the surest sighting."""
        return max(self.sightings, key=lambda one: (one.score, -one.frame))

    @property
    def sure(self) -> list[Sighting]:
        """Return the sightings that are half as sure as the best, or more."""
        least = 0.5 * self.best.score
        return [one for one in self.sightings if one.score >= least]

    @property
    def largest(self) -> Sighting:
        """Return the largest of those that are :attr:`sure`."""
        return max(self.sure, key=lambda one: (_area(one.match.polygon), -one.frame))


def outdone(score: float, best: float) -> float:
    """Return what is left, 0…1, of a score where another entry lies at the same place with a better one.

    All of it where the odds are within a factor of ten: two banks may hold one mark, and none hides the other.
    """
    odds, better = (max(one, 1e-9) / max(1 - one, 1e-5) for one in (score, best))
    return min(1.0, 10 * odds / better)


def overlap(one: Floats, two: Floats) -> float:
    """Return what the upright boxes around two polygons share, over what they cover together, 0…1."""
    low, high = (
        np.maximum(one.min(axis=0), two.min(axis=0)),
        np.minimum(one.max(axis=0), two.max(axis=0)),
    )
    shared = float(np.prod(np.maximum(high - low, 0)))
    covered = sum(float(np.prod(np.ptp(polygon, axis=0))) for polygon in (one, two)) - shared
    return shared / max(covered, 1e-6)


def grouped(
    matches: Sequence[MarkMatch],
    entries: Sequence[str],
    observation: str,
    frame: int,
    span: tuple[float, float],
) -> list[Sighting]:
    """Return one sighting for each entry and place of a frame, ranked at each place.

    Args:
        matches: of all references in that frame.
        entries: bank and entry of each row.
        observation: id of the frame's local features.
        frame: number of the frame.
        span: its first and last moment, seconds.
    """
    references = Counter(entries)
    groups: list[tuple[str, list[MarkMatch]]] = []
    for match in sorted(matches, key=lambda one: (-one.score, one.row)):
        entry = entries[match.row]
        for known, members in groups:
            if known == entry and overlap(members[0].polygon, match.polygon) >= SAME:
                members.append(match)
                break
        else:
            groups.append((entry, [match]))
    scored = []
    for entry, members in groups:
        said: dict[str, dict[int, float]] = {"features": {}, "shape": {}}
        for one in members:
            said[one.method].setdefault(one.row, one.score)
        points, lines = (list(said[method].values()) for method in ("features", "shape"))
        scored.append((together(points, lines, references[entry]), entry, members[0]))
    scored.sort(key=lambda one: (-one[0], one[1], one[2].row))
    found: list[Sighting] = []
    for score, entry, match in scored:
        before = [one for one in found if overlap(one.match.polygon, match.polygon) >= SAME]
        rank = 1 + len({one.entry for one in before} - {entry})
        for other in before:
            if other.entry != entry and overlap(other.match.polygon, match.polygon) >= COVERS:
                score *= outdone(score, other.score)
        found.append(Sighting(entry, match, score, rank, observation, frame, *span))
    return found


def tracks(sightings: Sequence[Sighting]) -> list[Track]:
    """Return the tracks of one stream's sightings, in order of time."""
    open_: list[Track] = []
    for one in sorted(sightings, key=lambda each: (each.start, -each.score, each.entry)):
        fitting = [
            track
            for track in open_
            if track.sightings[-1].entry == one.entry
            and track.sightings[-1].frame < one.frame
            and one.start - track.sightings[-1].end <= GAP
            and _follows(track.sightings[-1].match.polygon, one.match.polygon)
        ]
        if fitting:
            nearest = max(
                fitting,
                key=lambda track: overlap(track.sightings[-1].match.polygon, one.match.polygon),
            )
            nearest.sightings.append(one)
        else:
            open_.append(Track([one]))
    return open_


def _follows(before: Floats, after: Floats) -> bool:
    if overlap(before, after) >= SAME:
        return True
    sizes = [float(np.hypot(*np.ptp(polygon, axis=0))) for polygon in (before, after)]
    away = float(np.hypot(*(before.mean(axis=0) - after.mean(axis=0))))
    return away < MOVED * max(sizes) and max(sizes) < 2 * min(sizes)


def _area(polygon: Floats) -> float:
    x, y = polygon.T
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2
