"""Rules of one's own brand, asked of each track of its marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from compliance.analyzers.base import References
from compliance.analyzers.brand_rules import BrandRules, Neighbour, misuses
from compliance.analyzers.logo_evidence import opened
from compliance.analyzers.logo_prints import LogoPrint
from compliance.analyzers.logo_tracks import Sighting, Track
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import Pixels, Region, Source, TimeSpan


def misuse_findings(
    asset: str,
    track: Track,
    name: str,
    references: References,
    prints: Sequence[LogoPrint],
    frames: Mapping[str, Observation],
    others: Sequence[Sighting] = (),
) -> list[Finding]:
    """Return a ``brand.own_misuse`` for each rule that the track's surest sighting breaks.

    Args:
        asset: id of the asset.
        track: sightings of one entry.
        name: of the track.
        references: all of them; rules and owner stand in their details.
        prints: print of each row.
        frames: observations ``local_features`` by id.
        others: sightings of other entries, of which those in the same frame count.
    """
    best = track.best
    row = best.match.row
    details = json.loads(references.details[row]) if references.details else {}
    rules = details.get("rules")
    if details.get("owner") != "own" or not rules or best.rank != 1:
        return []
    frame = opened(frames[best.observation].image or b"")
    mark = opened(prints[row].thumbnail)
    if frame is None or mark is None:
        return []
    scale = np.diag([prints[row].width / mark.shape[1], prints[row].height / mark.shape[0], 1.0])
    match = replace(best.match, homography=best.match.homography @ scale)
    neighbours = [
        Neighbour(one.match.polygon, _names(references, one.match.row))
        for one in others
        if one.observation == best.observation and one.entry != best.entry and one.score >= 0.5
    ]
    found = misuses(match, _opaque(mark), frame, neighbours, BrandRules.model_validate(rules))
    height, width = frame.shape[:2]
    polygon = [(float(x), float(y)) for x, y in best.match.polygon]
    return [
        Finding(
            category="brand.own_misuse",
            asset=asset,
            analyzer="logos",
            source=Source.FRAME,
            # A rule is broken only if the mark is there.
            score=round(one.score * best.score, 4),
            raw=round(abs(one.raw), 4),
            raw_kind=RawKind.DISTANCE,
            span=TimeSpan(start=best.start, end=best.end),
            region=Region.from_pixels(polygon, width, height),
            frames=1,
            track=name,
            reference=references.refs[row],
            evidence=Evidence(note=f"{one.kind}: expected {one.expected}, found {one.found}."),
        )
        for one in found
    ]


def _names(references: References, row: int) -> tuple[str, ...]:
    one = references.refs[row]
    return one.label, one.id, one.bank


def _opaque(picture: Pixels) -> Pixels:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
