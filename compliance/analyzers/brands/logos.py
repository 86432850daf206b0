"""Marks in frames: what was observed of local features and regions, compared with the marks of all banks.

A reference is found by its keypoints (:mod:`compliance.analyzers.brands.mark_index`) or by its shape
(:mod:`mark_shapes`). The references of one entry count together; sightings of an entry at
one place over time are one finding.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from compliance.analyzers import sift
from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.brands import mark_regions
from compliance.analyzers.brands.logo_evidence import beside, opened
from compliance.analyzers.brands.logo_prints import MAKER, LogoPrint, unpack
from compliance.analyzers.brands.logo_rules import misuse_findings
from compliance.analyzers.brands.logo_tracks import Sighting, Track, grouped, tracks
from compliance.analyzers.brands.mark_index import MarkIndex
from compliance.analyzers.brands.mark_match import MarkMatch, corners, project
from compliance.analyzers.brands.mark_pixels import grey_of
from compliance.analyzers.brands.mark_score import WITNESS, score
from compliance.analyzers.brands.mark_shape_print import unpack_shape
from compliance.analyzers.brands.mark_shapes import MarkShapeIndex, match_shapes
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import Pixels, Region, Source, TimeSpan

FLOOR = 0.1
"""Score below which nothing is kept: ten such are one mark."""


class LogoAnalyzer(WithoutModels):
    """Compares only; what it reads is observed by ``local-features``."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="logos",
        version="3",
        categories=("brand.logo", "brand.own_misuse"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.INLIERS, RawKind.DISTANCE}),
        requires=("local-features",),
        reads=("local-features",),
        modality="mark",
        prints=MAKER,
        libraries=("opencv-python-headless", "numpy"),
    )

    def __init__(self) -> None:
        self._searched: tuple[References, Search] | None = None

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return nothing: it observes nothing itself."""
        return []

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one ``brand.logo`` for each track of an entry, and what breaks the rules of one's own.

        A ``brand.own_misuse`` is there for each rule that the surest sighting of a track breaks.
        ``raw`` counts keypoints, or points of an outline, that agree in the surest frame.

        Raises:
            BankError: a print is damaged.
            AnalyzerError: an observation is.
        """
        if references is None or not len(references):
            return []
        search = self._search(references)
        search.forget()
        found: list[Finding] = []
        tracked = _tracked(observations, search)
        others = [one for track, _ in tracked for one in track.sightings]
        for number, (track, frames) in enumerate(tracked, 1):
            name = f"mark-{number}"
            found.append(_finding(asset, track, name, search, frames))
            found += misuse_findings(asset, track, name, references, search.prints, frames, others)
        return found

    def crops(
        self,
        findings: Sequence[Finding],
        observations: Sequence[Observation],
        references: References | None,
    ) -> dict[str, bytes]:
        """Return for each finding a JPEG: where the mark lies, outlined, beside the reference."""
        if references is None or not findings:
            return {}
        search = self._search(references)
        named = {
            f"mark-{number}": track
            for number, (track, _) in enumerate(_tracked(observations, search), 1)
        }
        pictures = {}
        for finding in findings:
            track = named.get(finding.track or "")
            image = track and search.image_of(observations, track.best)
            if track and image:
                thumbnail = search.prints[track.best.match.row].thumbnail
                pictures[finding.id] = beside(image, track.best.match.polygon, thumbnail)
        return pictures

    def close(self) -> None:
        """Forget the index."""
        self._searched = None

    def _search(self, references: References) -> Search:
        """Return the index of ``references``, made once for as long as they stay the same."""
        if self._searched is None or self._searched[0] is not references:
            self._searched = references, Search(references)
        return self._searched[1]


class Search:
    """All marks of the banks, by features and by shape."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.entries = [one.id for one in references.refs]
        self.prints: list[LogoPrint] = [unpack(one) for one in references.prints]
        self._features = MarkIndex(self.prints, self.entries)
        shapes = [unpack_shape(one.shape) if one.shape else None for one in self.prints]
        self._shapes = MarkShapeIndex(shapes, self.entries)
        self._known: dict[str, list[MarkMatch]] = {}

    def matches(self, features: Observation, regions: Observation | None) -> list[MarkMatch]:
        """Return what lies in one frame; kept until :meth:`forget`, since evidence asks again."""
        key = features.id
        if key not in self._known:
            frame = frame_of(features)
            found = self.by_features(sift.unpack(features.data or b""), frame)
            if regions is not None and regions.data:
                found += self.by_shape(mark_regions.unpack(regions.data))
            self._known[key] = [one for one in found if one.score >= WITNESS]
        return self._known[key]

    def forget(self) -> None:
        """Drop what was found in frames: an archive has more of them than memory holds."""
        self._known.clear()

    def by_features(self, features: sift.Features, frame: Pixels) -> list[MarkMatch]:
        """Return what is found by keypoints in a working frame, RGB uint8 (H, W, 3)."""
        return [
            MarkMatch(
                row=one.row,
                homography=one.homography,
                inliers=one.inliers,
                score=score(one),
                polygon=project(
                    one.homography,
                    corners(self.prints[one.row].width, self.prints[one.row].height),
                ).astype(np.float32),
                polarity="negative" if one.negative else "same",
            )
            for one in self._features.search(features, grey_of(frame))
        ]

    def by_shape(self, regions: mark_regions.Regions) -> list[MarkMatch]:
        """Return what is found by shape."""
        return match_shapes(regions, self._shapes)

    def image_of(self, observations: Sequence[Observation], one: Sighting) -> bytes | None:
        """Return the JPEG of the working frame of a sighting."""
        for seen in observations:
            if seen.kind == "local_features" and seen.id == one.observation:
                return seen.image
        return None


def frame_of(observation: Observation) -> Pixels:
    """Return the working frame that an observation carries, RGB uint8 (H, W, 3).

    Raises:
        AnalyzerError: it carries none, or one that does not open.
    """
    pixels = opened(observation.image) if observation.image else None
    if pixels is None:
        raise AnalyzerError(
            "the working frame of local features is missing or damaged",
            expected="a JPEG with each local_features",
            found=f"{len(observation.image or b'')} bytes",
            where=observation.id,
            fix="review the asset again with --no-cache",
        )
    return pixels


def _tracked(
    observations: Sequence[Observation], search: Search
) -> list[tuple[Track, dict[str, Observation]]]:
    """Return the tracks of all streams in order of time, each with its stream's frames by id."""
    streams: dict[int, dict[str, list[Observation]]] = {}
    for one in observations:
        if one.data is not None and one.kind in ("local_features", "mark_regions"):
            kinds = streams.setdefault(int(one.attributes["stream"]), {})
            kinds.setdefault(one.kind, []).append(one)
    found: list[tuple[Track, dict[str, Observation]]] = []
    for stream in sorted(streams):
        regions = {_start(one): one for one in streams[stream].get("mark_regions", [])}
        frames = sorted(streams[stream].get("local_features", []), key=_start)
        sightings: list[Sighting] = []
        for number, seen in enumerate(frames):
            matches = search.matches(seen, regions.get(_start(seen)))
            span = seen.span or TimeSpan(start=0.0, end=0.0)
            here = grouped(matches, search.entries, seen.id, number, (span.start, span.end))
            sightings += [one for one in here if one.score >= FLOOR]
        by_id = {one.id: one for one in frames}
        found += [(track, by_id) for track in tracks(sightings)]
    return found


def _start(one: Observation) -> float:
    return one.span.start if one.span else 0.0


def _finding(
    asset: str, track: Track, name: str, search: Search, frames: dict[str, Observation]
) -> Finding:
    best, largest = track.best, track.largest
    reference = search.references.refs[best.match.row]
    width, height = sift.size_of(frames[largest.observation].data or b"")
    details: dict[str, Any] = json.loads(_details(search.references, best.match.row))
    how = "keypoints" if best.match.method == "features" else "points of its outline"
    note = f"{best.match.inliers} {how} agree with {details.get('file') or 'the reference'}"
    if best.match.polarity == "negative":
        note += ", light and dark exchanged"
    return Finding(
        category="brand.logo",
        asset=asset,
        analyzer=LogoAnalyzer.spec.name,
        source=Source.FRAME,
        score=round(best.score, 4),
        raw=float(best.match.inliers),
        raw_kind=RawKind.INLIERS,
        span=TimeSpan(start=track.sightings[0].start, end=track.sightings[-1].end),
        region=Region.from_pixels(
            [(float(x), float(y)) for x, y in largest.match.polygon], width, height
        ),
        frames=len({one.frame for one in track.sightings}),
        track=name,
        reference=reference,
        rank=best.rank,
        evidence=Evidence(note=note + "."),
    )


def _details(references: References, row: int) -> str:
    return references.details[row] if references.details else "{}"
