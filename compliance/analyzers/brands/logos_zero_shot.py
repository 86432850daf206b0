"""Marks in frames by two networks: one proposes where a mark may be, another compares what is there with banks.

Observations hold boxes and embeddings and know no bank. The cosine of a place with the views of a mark
becomes a score by the calibration of the embedding's card; without one, nothing is examined. It runs beside
the analyzer of the bundled tier, for marks that have neither corners nor an outline of their own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.brands.logo_tracks import Sighting, Track, tracks
from compliance.analyzers.brands.mark_match import MarkMatch
from compliance.analyzers.brands.mark_views import crop
from compliance.analyzers.sensitive.classes import SCORE_FLOOR
from compliance.analyzers.works.similarity import cosine_calibration
from compliance.analyzers.works.vector_prints import (
    VectorRows,
    beside,
    nearest,
    rows_of,
    thumbnail,
    vectors_of,
)
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels, Region, Source, TimeSpan

QUERIES = Path(__file__).with_name("mark_queries.yaml")
"""What the detector is asked for."""
FLOOR = 0.05
"""Confidence of the detector below which a place is not looked at. Half of what the library transformers keeps
by default, since a place costs one embedding and what is not proposed is missed; not measured, for lack of
weights."""
OVERLAP = 0.5
"""Intersection over union above which two places are one."""
MOST_PLACES = 24
"""Places of one frame, the surest ones, which bounds time."""
MOST = 3
"""Brands of each bank that are kept for one place: the nearest."""


@dataclass(frozen=True)
class _Compared:
    """The places of one asset, compared with all marks; by the id of the place."""

    tracks: list[Track]
    places: dict[str, Observation]
    cosines: dict[str, Floats]
    """float32 (rows,): of the view of each mark that is nearest."""
    views: dict[str, npt.NDArray[np.int64]]
    """int64 (rows,): which view that is."""


class ZeroShotLogoAnalyzer:
    """OWLv2 proposes, OpenCLIP compares."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="logos-zero-shot",
        version="1",
        categories=("brand.logo",),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.COSINE}),
        models=("owlv2", "openclip-vit-b-32"),
        libraries=("torch", "transformers", "open-clip-torch", "opencv-python-headless"),
        runtime="torch",
        tier="full",
        modality="mark",
        embedding="openclip-vit-b-32",
        batch=4,
        gpu_batch=32,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()
        self._known: tuple[References, VectorRows] | None = None

    def setup(self, device: str, models: ModelStore) -> None:
        """Load both networks onto ``device``.

        Raises:
            ModelError: one is absent, changed or not allowed, or there is no calibration of cosines.
        """
        from compliance.runtimes.openclip import OpenClip
        from compliance.runtimes.owlv2 import Owlv2

        detector, embedding = (models.load(name) for name in self.spec.models)
        self._calibration = cosine_calibration(embedding)
        self._detector = Owlv2(detector, device, queries())
        self._network = OpenClip(embedding, device)
        self._models = (detector.use, embedding.use)

    def models(self) -> tuple[ModelUse, ...]:
        """Return both networks."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``mark_places`` for each frame and one ``mark_place`` for each place in it.

        ``mark_places`` says whether the frame repeats the one before, and how many places it has otherwise;
        ``mark_place`` has the place's box, embedding, small picture and the detector's confidence (``raw``). A
        frame that repeats another has no places of its own.
        """
        distinct = [index for index in range(len(batch)) if not batch.duplicate(index)]
        frames = [batch.pixels[index] for index in distinct]
        proposed = self._detector.propose(frames, FLOOR, OVERLAP, MOST_PLACES)
        crops = [
            crop(frame, _box(box))
            for frame, one in zip(frames, proposed, strict=True)
            for box in one.boxes
        ]
        vectors = iter(self._network.embed_images(crops))
        pictures = iter(crops)
        places: dict[int, list[Observation]] = {}
        for index, one in zip(distinct, proposed, strict=True):
            places[index] = [
                self._place(batch, index, _box(box), float(score), next(vectors), next(pictures))
                for box, score in zip(one.boxes, one.scores, strict=True)
            ]
        found = []
        for index in range(len(batch)):
            found.append(self._frame(batch, index, places.get(index)))
            found += places.get(index, [])
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return the places, each lasting until the last frame that repeats its own."""
        reduced: list[Observation] = []
        shown: list[int] = []
        stream: int | None = None
        for one in sorted(observations, key=_order):
            if one.kind == "mark_place":
                shown.append(len(reduced))
                reduced.append(one)
            elif one.attributes["stream"] != stream or not one.attributes["repeats"]:
                stream, shown = one.attributes["stream"], []
            else:
                for index in shown:
                    span = TimeSpan(start=_span(reduced[index]).start, end=_span(one).end)
                    reduced[index] = reduced[index].but(span=span)
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one ``brand.logo`` for each track of a brand; ``raw`` is the cosine of its surest place.

        Raises:
            BankError: a print is damaged.
            AnalyzerError: an embedding is missing or of another length.
        """
        if references is None or not len(references):
            return []
        compared = self._compare(observations, references)
        return [
            self._finding(number, track, compared, references)
            for number, track in enumerate(compared.tracks, 1)
        ]

    def crops(
        self,
        findings: Sequence[Finding],
        observations: Sequence[Observation],
        references: References | None,
    ) -> dict[str, bytes]:
        """Return for each finding a JPEG: the place beside the mark, as the network saw both."""
        if references is None or not findings or not len(references):
            return {}
        rows = self._rows(references)
        compared = self._compare(observations, references)
        wanted = {one.track: one.id for one in findings}
        pictures = {}
        for number, track in enumerate(compared.tracks, 1):
            if (finding := wanted.get(_name(number))) is not None:
                seen, row = track.best.observation, track.best.match.row
                reference = rows.prints[row].pictures[int(compared.views[seen][row])]
                pictures[finding] = beside(compared.places[seen].image, reference)
        return pictures

    def close(self) -> None:
        """Forget the references."""
        self._known = None

    def _rows(self, references: References) -> VectorRows:
        """Return the vectors of ``references``, unpacked once for as long as they stay the same."""
        if self._known is None or self._known[0] is not references:
            self._known = references, rows_of(references)
        return self._known[1]

    def _compare(self, observations: Sequence[Observation], references: References) -> _Compared:
        rows = self._rows(references)
        seen = [one for one in observations if one.kind == "mark_place"]
        if not seen or not len(rows.vectors):
            return _Compared([], {}, {}, {})
        cosines, views = rows.best(vectors_of(seen, rows))
        scores = self._calibration.scores(cosines.astype(np.float64).ravel()).reshape(cosines.shape)
        streams: dict[int, list[Sighting]] = {}
        starts: dict[int, list[float]] = {}
        for index, one in enumerate(seen):
            stream = int(one.attributes["stream"])
            known = starts.setdefault(stream, sorted(_starts(seen, stream)))
            frame = known.index(_span(one).start)
            for rank, row in enumerate(nearest(cosines[index], references, MOST), 1):
                if scores[index, row] < SCORE_FLOOR:
                    break
                match = _match(one, row, float(scores[index, row]))
                entry, span = references.refs[row].id, _span(one)
                sighting = Sighting(
                    entry, match, match.score, rank, one.id, frame, span.start, span.end
                )
                streams.setdefault(stream, []).append(sighting)
        found = [track for stream in sorted(streams) for track in tracks(streams[stream])]
        ids = [one.id for one in seen]
        return _Compared(
            found,
            dict(zip(ids, seen, strict=True)),
            dict(zip(ids, cosines, strict=True)),
            dict(zip(ids, views, strict=True)),
        )

    def _finding(
        self, number: int, track: Track, compared: _Compared, references: References
    ) -> Finding:
        best = track.best
        row = best.match.row
        cosine = float(compared.cosines[best.observation][row])
        reference = references.refs[row]
        file = str(json.loads(references.details[row] or "{}").get("file", ""))
        place = compared.places[best.observation]
        return Finding(
            category="brand.logo",
            asset=place.asset,
            analyzer=self.spec.name,
            source=Source.FRAME,
            score=round(best.score, 4),
            raw=round(cosine, 4),
            raw_kind=RawKind.COSINE,
            span=TimeSpan(
                start=track.sightings[0].start, end=max(one.end for one in track.sightings)
            ),
            region=compared.places[track.largest.observation].region,
            frames=len(track.sightings),
            track=_name(number),
            reference=reference,
            rank=best.rank,
            evidence=Evidence(
                note=f"nearest mark: {reference.label}{f' ({file})' if file else ''}, cosine {cosine:.2f} "
                f"at {best.start:.2f} s; the detector's confidence that a mark is there: {place.raw:.2f}"
            ),
        )

    def _frame(
        self, batch: FrameBatch, index: int, places: list[Observation] | None
    ) -> Observation:
        return Observation(
            asset=batch.assets[index],
            analyzer=self.spec.name,
            kind="mark_places",
            source=Source.FRAME,
            span=_moment(batch, index),
            attributes={
                "stream": batch.stream(index),
                "repeats": places is None,
                "places": len(places or ()),
            },
        )

    def _place(
        self,
        batch: FrameBatch,
        index: int,
        box: tuple[float, float, float, float],
        score: float,
        vector: Floats,
        shown: Pixels,
    ) -> Observation:
        height, width = batch.pixels[index].shape[:2]
        return Observation(
            asset=batch.assets[index],
            analyzer=self.spec.name,
            kind="mark_place",
            source=Source.FRAME,
            span=_moment(batch, index),
            region=Region.from_box(*box, width, height),
            raw=round(score, 4),
            raw_kind=RawKind.PROBABILITY,
            vector=vector,
            image=thumbnail(shown),
            attributes={"stream": batch.stream(index), "size": [width, height]},
        )


def queries() -> tuple[str, ...]:
    """Return what the detector is asked for."""
    from ruamel.yaml import YAML

    return tuple(YAML(typ="safe").load(QUERIES.read_text("utf-8"))["queries"])


def _match(one: Observation, row: int, score: float) -> MarkMatch:
    """Return a place as tracks take it: the box is the outline, nothing else is known of the mark's pose."""
    assert one.region is not None
    width, height = one.attributes["size"]
    polygon = np.array(one.region.points, np.float32) * np.array([width, height], np.float32)
    return MarkMatch(row, np.eye(3), 0, score, polygon)


def _starts(seen: Sequence[Observation], stream: int) -> set[float]:
    return {_span(one).start for one in seen if one.attributes["stream"] == stream}


def _box(row: Floats) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(one) for one in row)
    return left, top, right, bottom


def _name(number: int) -> str:
    return f"place-{number}"


def _moment(batch: FrameBatch, index: int) -> TimeSpan:
    return TimeSpan(start=float(batch.times[index]), end=float(batch.times[index]))


def _span(one: Observation) -> TimeSpan:
    assert one.span is not None
    return one.span


def _order(one: Observation) -> tuple[int, float, bool, str]:
    return int(one.attributes["stream"]), _span(one).start, one.kind == "mark_place", one.id
