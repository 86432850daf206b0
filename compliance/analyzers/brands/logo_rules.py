"""Rules of one's own brand, asked of each track of its marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from compliance.analyzers.base import References
from compliance.analyzers.brands.brand_rules import BrandRules, Misuse, Neighbour, misuses
from compliance.analyzers.brands.logo_evidence import opened
from compliance.analyzers.brands.logo_prints import LogoPrint
from compliance.analyzers.brands.logo_tracks import Sighting, Track
from compliance.analyzers.sift import size_of
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import Pixels, Region, Source, TimeSpan

LASTING = 0.5
"""Seconds from which what is broken in other frames than the surest is a use, not a fade or a cut; as far apart
as examined frames are at most."""


def misuse_findings(
    asset: str,
    track: Track,
    name: str,
    references: References,
    prints: Sequence[LogoPrint],
    frames: Mapping[str, Observation],
    others: Sequence[Sighting] = (),
) -> list[Finding]:
    """Return a ``brand.own_misuse`` for each rule that the track breaks: where it is surest, or for a while.

    Args:
        asset: id of the asset.
        track: sightings of one entry.
        name: of the track.
        references: all of them; rules and owner stand in their details.
        prints: print of each row.
        frames: observations ``local_features`` by id.
        others: sightings of other entries, of which those in the same frame count.
    """
    row = track.best.match.row
    details = json.loads(references.details[row]) if references.details else {}
    if details.get("owner") != "own" or not details.get("rules"):
        return []
    rules = BrandRules.model_validate(details["rules"])
    broken: dict[tuple[str, str], list[tuple[int, Misuse]]] = {}
    sure = track.sure
    for place, one in enumerate(sure):
        frame = frames[one.observation]
        for misuse in _misuses(one, references, prints, frame, others, rules):
            broken.setdefault((misuse.kind, misuse.expected), []).append((place, misuse))
    return [
        _finding(asset, name, references, frames, [(sure[place], misuse) for place, misuse in seen])
        for seen in broken.values()
        if track.best.frame in [sure[place].frame for place, _ in seen]
        or _longest(sure, [place for place, _ in seen]) >= LASTING
    ]


def _misuses(
    one: Sighting,
    references: References,
    prints: Sequence[LogoPrint],
    seen: Observation,
    others: Sequence[Sighting],
    rules: BrandRules,
) -> list[Misuse]:
    """Return the rules that are broken in one frame."""
    row = one.match.row
    frame = opened(seen.image or b"")
    mark = opened(prints[row].thumbnail)
    if frame is None or mark is None:
        return []
    scale = np.diag([prints[row].width / mark.shape[1], prints[row].height / mark.shape[0], 1.0])
    match = replace(one.match, homography=one.match.homography @ scale)
    neighbours = [
        Neighbour(other.match.polygon, _names(references, other.match.row))
        for other in others
        if other.observation == one.observation and other.entry != one.entry and other.score >= 0.5
    ]
    height = seen.attributes.get("height")
    return misuses(match, _opaque(mark), frame, neighbours, rules, media_height=height)


def _longest(sightings: Sequence[Sighting], places: Sequence[int]) -> float:
    """Return for how many seconds at most sightings at successive ``places`` follow one another."""
    longest, first = 0.0, places[0]
    for before, place in zip([places[0] - 1, *places], places, strict=False):
        first = first if place <= before + 1 else place
        longest = max(longest, sightings[place].end - sightings[first].start)
    return longest


def _finding(
    asset: str,
    name: str,
    references: References,
    frames: Mapping[str, Observation],
    broken: Sequence[tuple[Sighting, Misuse]],
) -> Finding:
    """Return the finding of one rule, told by the frame in which it is most surely broken."""
    # A rule is broken only if the mark is there.
    best, one = max(broken, key=lambda pair: (pair[0].score * pair[1].score, -pair[0].frame))
    width, height = size_of(frames[best.observation].data or b"")
    polygon = [(float(x), float(y)) for x, y in best.match.polygon]
    return Finding(
        category="brand.own_misuse",
        asset=asset,
        analyzer="logos",
        source=Source.FRAME,
        score=round(one.score * best.score, 4),
        raw=round(abs(one.raw), 4),
        raw_kind=RawKind.DISTANCE,
        span=TimeSpan(start=broken[0][0].start, end=max(seen.end for seen, _ in broken)),
        region=Region.from_pixels(polygon, width, height),
        frames=len({seen.frame for seen, _ in broken}),
        track=name,
        reference=references.refs[best.match.row],
        evidence=Evidence(note=f"{one.kind}: expected {one.expected}, found {one.found}."),
    )


def _names(references: References, row: int) -> tuple[str, ...]:
    one = references.refs[row]
    return one.label, one.id, one.bank


def _opaque(picture: Pixels) -> Pixels:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
