"""A piece of personal data with its place, and which of several readings of one place holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.text.documents import Place
from compliance.text.personal.entities import ENTITIES, Hit

CONFIRMED = 0.9
"""Score from which something is not also taken for what overlaps it in another category."""
STRONGER = 0.2
"""Difference of scores from which something is not also taken for what it covers whole: a date within a
telephone number is none, and the number behind *driving licence* is no telephone's."""


@dataclass(frozen=True)
class Sighting:
    """One piece of personal data, and where it stands in a batch."""

    hit: Hit
    """What it is."""
    place: Place
    """Where it stands."""
    value: str
    """Its letters and digits, upper case: personal data, not to be stored."""

    @property
    def category(self) -> str:
        """Path in the taxonomy."""
        return ENTITIES[self.hit.entity].category


def strongest(seen: Iterable[Sighting]) -> list[Sighting]:
    """Drop readings that overlap a stronger one of their category, or one that is confirmed."""
    kept: list[Sighting] = []
    for chain in _chains(seen):
        held: list[Sighting] = []
        for one in sorted(chain, key=lambda one: (-one.hit.score, -len(one.value), one.hit.place)):
            if not any(_beats(other, one) for other in held):
                held.append(one)
        kept += held
    return sorted(kept, key=lambda one: (one.place.rows, one.place.start, one.category))


def _beats(other: Sighting, one: Sighting) -> bool:
    """Tell whether ``one``, which is no stronger, is not believed beside ``other``."""
    return one.place.overlaps(other.place) and (
        other.category == one.category
        or other.hit.score >= CONFIRMED
        or (other.hit.score >= round(one.hit.score + STRONGER, 6) and other.place.covers(one.place))
    )


def _chains(seen: Iterable[Sighting]) -> list[list[Sighting]]:
    """Part readings into chains of which none overlaps another, so that few need be compared."""
    chains: list[list[Sighting]] = []
    reach = (-1, -1)
    for one in sorted(seen, key=lambda one: one.place.first):
        if one.place.first >= reach:
            chains.append([])
        chains[-1].append(one)
        reach = max(reach, one.place.last)
    return chains
