"""Where one reference of an entry may lie, the others are asked: ten crops of a mark are ten witnesses.

The more marks a bank holds, the fewer hypotheses of the others at that place are among the heaviest of the
frame. What they say together is for :func:`compliance.analyzers.brands.mark_score.together`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.logo_prints import LogoPrint
from compliance.analyzers.brands.mark_match import Doubles, corners, project
from compliance.analyzers.brands.mark_score import score
from compliance.analyzers.brands.mark_verify import Verified
from compliance.analyzers.brands.mark_votes import Candidates

HOPEFUL = 0.01
"""Score from which the other references are asked."""
PLACES = 12
"""Most places of one frame at which they are, the surest first."""
AROUND = 1.2
"""How far a keypoint may lie from the middle of a place, in half sides of its box."""


@dataclass(frozen=True)
class Place:
    """A box in a frame in which an entry may be."""

    entry: str
    one: Verified
    """The surest of its hypotheses there."""
    middle: Doubles
    """(2,), pixels of the frame."""
    half: Doubles
    """Half of its sides, (2,)."""

    def holds(self, middle: Doubles) -> bool:
        """Return whether a point lies in the box."""
        return bool(np.all(np.abs(middle - self.middle) < self.half))

    def keypoints(self, pairs: Candidates) -> npt.NDArray[np.intp]:
        """Return those of ``pairs`` whose keypoint of the frame lies in the box or near it."""
        away = np.abs(pairs.seen[:, :2] - self.middle)
        return np.flatnonzero(np.all(away < AROUND * self.half, axis=1))


def places(
    found: Sequence[Verified], prints: Sequence[LogoPrint], entries: Sequence[str]
) -> Iterator[Place]:
    """Yield the places at which an entry may be, the surest first, at most :data:`PLACES`.

    Args:
        found: what was verified in a frame.
        prints: of all references.
        entries: whose each reference is.
    """
    known: list[Place] = []
    told = [(score(one), one) for one in found]
    for sure, one in sorted(told, key=lambda pair: (-pair[0], pair[1].row)):
        if sure < HOPEFUL or len(known) == PLACES:
            return
        mark = prints[one.row]
        quad = project(one.homography, corners(mark.width, mark.height))
        low, high = quad.min(axis=0), quad.max(axis=0)
        place = Place(entries[one.row], one, (low + high) / 2, (high - low) / 2)
        if not any(other.entry == place.entry and other.holds(place.middle) for other in known):
            known.append(place)
            yield place
