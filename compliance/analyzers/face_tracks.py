"""What every face analyzer shares: observations of faces, their tracks over time, their matches in banks.

Networks differ in how their vectors compare: by Euclidean distance, where bigger is farther, or by cosine,
where bigger is nearer. A :class:`Likeness` says which, and how near two faces of one track are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind, Reference
from compliance.model_store import Calibration, ModelStore
from compliance.taxonomy import PRESENCE
from compliance.types import Floats, FrameBatch, Pixels, Region, Source, TimeSpan

SCORE_FLOOR = 0.05
"""Least score of a match that is kept."""
SURE, UNSURE = 1.0, 0.5
"""Scores of the presence of a face: by a detection sure enough for a template, and by a weaker one."""
TOP = 3
"""References kept for each track, best first."""
TRACK_GAP = 1.1
"""Seconds after which a face that comes back opens a new track: two sampling intervals."""
SAME_PLACE = 0.3
"""Intersection over union above which two faces stand in the same place."""
CROP_MARGIN = 0.4
"""Margin around a face in the evidence crop, fraction of its box."""

Box = tuple[float, float, float, float]
Raw = TypeVar("Raw", float, Floats)


@dataclass(frozen=True)
class Likeness:
    """How the vectors of one network compare."""

    kind: RawKind
    """``DISTANCE`` or ``COSINE``."""
    same: float
    """Raw number from which two faces are one track wherever they stand."""
    same_in_place: float
    """The same for two faces in the same place, which takes less."""

    def raws(self, first: Floats, second: Floats) -> Floats:
        """Compare each of ``first`` (A, D) with each of ``second`` (B, D), of length 1 for cosine: (A, B)."""
        if self.kind is RawKind.COSINE:
            return np.asarray(first @ second.T, np.float32)
        return np.asarray(np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2))

    def farness(self, raw: Raw) -> Raw:
        """Return what is least for the nearest, to sort by."""
        return -raw if self.kind is RawKind.COSINE else raw


class FaceMatcher(ABC):
    """Tracks and matches of faces; analyzers inherit, set the class variables, and observe."""

    spec: ClassVar[AnalyzerSpec]
    likeness: ClassVar[Likeness]
    enrolment_floor: ClassVar[float]
    """Least ``raw`` of a detection that is sure enough for a template in a bank."""

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()
        self._calibration: Calibration

    @abstractmethod
    def setup(self, device: str, models: ModelStore) -> None:
        """Load the networks and set the calibration of the embedding."""

    @abstractmethod
    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``face`` observation for each face."""

    def models(self) -> tuple[ModelUse, ...]:
        """Return the models that were loaded."""
        return self._models

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Join faces into tracks: each face gets its track's name and time span."""
        tracks: list[list[Observation]] = []
        for face in sorted(observations, key=_order):
            fitting = [track for track in tracks if self._continues(track[-1], face)]
            if fitting:
                min(fitting, key=lambda track: self._farness(track[-1], face)).append(face)
            else:
                tracks.append([face])
        reduced = []
        for number, track in enumerate(tracks, start=1):
            span = [_start(track[0]), _start(track[-1])]
            reduced += [
                face.but(attributes={**face.attributes, "track": f"face-{number}", "seen": span})
                for face in track
            ]
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Say of each track that it is there, and match it against every reference.

        The nearest face and template of each count. That a face is there needs no bank.
        """
        tracks: dict[str, list[Observation]] = {}
        for face in observations:
            tracks.setdefault(face.attributes["track"], []).append(face)
        found = []
        for faces in tracks.values():
            largest = max(faces, key=_area)
            found.append(self._presence(largest, faces))
            if references is None or references.vectors is None or not len(references):
                continue
            for rank, (reference, raw, face) in enumerate(self._nearest(faces, references), 1):
                score = self._calibration.score(raw)
                if score >= SCORE_FLOOR and rank <= TOP:
                    match = self._finding(face, largest.region, reference, raw, score, rank)
                    found.append(match.model_copy(update={"frames": len(faces)}))
        return found

    def _presence(self, face: Observation, track: list[Observation]) -> Finding:
        """Return the finding that a face is seen; ``face`` is the largest of its track.

        Its score is :data:`SURE` where a detection of the track is sure enough for a template, which is as much
        as is known of detectors without a calibration.
        """
        sure = max(one.raw if one.raw is not None else 0.0 for one in track) >= self.enrolment_floor
        start, end = face.attributes["seen"]
        return Finding(
            category=PRESENCE["likeness.face"],
            asset=face.asset,
            analyzer=self.spec.name,
            source=Source.FRAME,
            score=SURE if sure else UNSURE,
            raw=float(len(track)),
            raw_kind=RawKind.COUNT,
            span=TimeSpan(start=start, end=end),
            region=face.region,
            frames=len(track),
            track=face.attributes["track"],
            evidence=Evidence(note=f"largest at {_start(face):.2f} s"),
        )

    def close(self) -> None:  # noqa: B027 (nothing to free is a fine default)
        """Nothing outlives the object."""

    def _finding(
        self,
        face: Observation,
        largest: Region | None,
        reference: Reference,
        raw: float,
        score: float,
        rank: int,
    ) -> Finding:
        """Return the match of ``face``, the nearest of a track; ``largest`` is the track's region."""
        start, end = face.attributes["seen"]
        return Finding(
            category="likeness.face",
            asset=face.asset,
            analyzer=self.spec.name,
            source=Source.FRAME,
            score=round(score, 4),
            raw=round(raw, 4),
            raw_kind=self.likeness.kind,
            span=TimeSpan(start=start, end=end),
            region=largest,
            track=face.attributes["track"],
            reference=reference,
            rank=rank,
            evidence=Evidence(note=f"nearest at {_start(face):.2f} s"),
        )

    def _observation(
        self, batch: FrameBatch, index: int, box: Box, raw: float, vector: Floats
    ) -> Observation:
        """Return a face in frame ``index``, its ``box`` in pixels, ``raw`` as the detector gave it."""
        pixels = batch.pixels[index]
        height, width = pixels.shape[:2]
        time = float(batch.times[index])
        return Observation(
            asset=batch.assets[index],
            analyzer=self.spec.name,
            kind="face",
            source=Source.FRAME,
            span=TimeSpan(start=time, end=time),
            region=Region.from_box(*box, width=width, height=height),
            raw=round(raw, 4),
            vector=vector,
            image=_crop(pixels, box),
            attributes={"stream": batch.stream(index), "pixels": round(box[3] - box[1])},
        )

    def _farness(self, first: Observation, second: Observation) -> float:
        assert first.vector is not None and second.vector is not None
        raw = self.likeness.raws(first.vector[None], second.vector[None])
        return self.likeness.farness(float(raw[0, 0]))

    def _continues(self, last: Observation, face: Observation) -> bool:
        """Tell whether ``face`` may follow ``last`` in a track."""
        gap = _start(face) - _start(last)
        if last.attributes["stream"] != face.attributes["stream"] or not 0 < gap <= TRACK_GAP:
            return False
        farness, likeness = self._farness(last, face), self.likeness
        return farness < likeness.farness(likeness.same) or (
            farness < likeness.farness(likeness.same_in_place)
            and _overlap(last.region, face.region) > SAME_PLACE
        )

    def _nearest(
        self, faces: list[Observation], references: References
    ) -> list[tuple[Reference, float, Observation]]:
        """Return each entry with its raw number for the nearest of ``faces``, nearest entry first."""
        assert references.vectors is not None
        vectors = np.stack([face.vector for face in faces if face.vector is not None])
        raws = self.likeness.raws(vectors, references.vectors)
        far = self.likeness.farness(raws)
        best: dict[str, tuple[float, Reference, float, Observation]] = {}
        for column, (reference, row) in enumerate(zip(references.refs, far.argmin(0), strict=True)):
            farness = float(far[row, column])
            if reference.id not in best or farness < best[reference.id][0]:
                best[reference.id] = (farness, reference, float(raws[row, column]), faces[row])
        ordered = sorted(best.values(), key=lambda item: (item[0], item[1].id))
        return [(reference, raw, face) for _, reference, raw, face in ordered]


def _crop(pixels: Pixels, box: Box) -> bytes:
    import cv2

    left, top, right, bottom = (round(edge) for edge in box)
    margin = round((bottom - top) * CROP_MARGIN)
    height, width = pixels.shape[:2]
    rows = slice(min(max(top - margin, 0), height - 1), max(bottom + margin, 1))
    columns = slice(min(max(left - margin, 0), width - 1), max(right + margin, 1))
    _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(pixels[rows, columns, ::-1]))
    return bytes(encoded)


def _start(face: Observation) -> float:
    return face.span.start if face.span else 0.0


def _area(face: Observation) -> float:
    return face.region.area_percent if face.region else 0.0


def _order(face: Observation) -> tuple[int, float, str]:
    return face.attributes["stream"], _start(face), face.id


def _overlap(first: Region | None, second: Region | None) -> float:
    """Return the intersection over union of two boxes, 0…1."""
    if first is None or second is None:
        return 0.0
    ax0, ay0, ax1, ay1 = first.box
    bx0, by0, bx1, by1 = second.box
    width, height = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared)
