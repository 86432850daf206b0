"""Things that are seen again and again over time become one with a time span."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from compliance.findings import Observation
from compliance.types import TimeSpan

ADJACENT = 1.0
"""Seconds between two sightings up to which they are one. Frames are examined each 0.5 s at least, so
that one missed sighting does not cut a span in two."""


def merge_repeats(
    observations: Iterable[Observation],
    key: Callable[[Observation], Hashable],
    score: Callable[[Observation], float] = lambda one: 0.0,
) -> list[Observation]:
    """Merge observations of equal ``key`` whose spans are adjacent.

    Args:
        observations: of one asset, in any order.
        key: what makes two sightings the same thing; source and asset are always part of it.
        score: how sure a sighting is, 0…1.

    Returns:
        One observation for each thing and stretch of time, in order of time: the sighting that is
        surest, among equals largest in the frame, among equals first. Its span is the whole stretch
        and its region the largest, so that a further sighting never makes a thing milder.
    """
    groups: dict[Hashable, list[Observation]] = defaultdict(list)
    for one in sorted(observations, key=_when):
        groups[(one.asset, one.source, key(one))].append(one)
    merged = [stretch for group in groups.values() for stretch in _stretches(group, score)]
    return sorted(merged, key=_when)


def _when(one: Observation) -> tuple[float, float, str]:
    return (one.span.start, one.span.end, one.id) if one.span else (-1.0, -1.0, one.id)


def _stretches(
    group: list[Observation], score: Callable[[Observation], float]
) -> list[Observation]:
    """Merge sightings of one thing, given in order of time."""
    stretches: list[Observation] = []
    for one in group:
        last = stretches[-1] if stretches else None
        if last is None or not _joins(last.span, one.span):
            stretches.append(one)
            continue
        largest = one if _area(one) > _area(last) else last
        surest = max(largest, last, one, key=score)
        stretches[-1] = surest.but(span=_union(last.span, one.span), region=largest.region)
    return stretches


def _joins(left: TimeSpan | None, right: TimeSpan | None) -> bool:
    if left is None or right is None:
        return left is right
    return right.start <= left.end + ADJACENT


def _union(left: TimeSpan | None, right: TimeSpan | None) -> TimeSpan | None:
    if left is None or right is None:
        return None
    return TimeSpan(start=min(left.start, right.start), end=max(left.end, right.end))


def _area(one: Observation) -> float:
    return one.region.area_percent if one.region else 0.0
