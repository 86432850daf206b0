"""What every face analyzer shares: observations of faces, their tracks over time, their matches in banks.

Networks differ in how their vectors compare: by Euclidean distance, where bigger is farther, or by cosine,
where bigger is nearer. A :class:`Likeness` says which, and how near two faces of one track are.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.banks.search import Indices, nearest_rows
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind, Reference
from compliance.model_store import Calibration, ModelStore
from compliance.taxonomy import PRESENCE
from compliance.types import Floats, FrameBatch, Pixels, Region, Source, TimeSpan

SCORE_FLOOR = 0.05
"""Least score of a match that is kept."""
SURE, UNSURE = 1.0, 0.5
"""Scores of the presence of a face: by a detection sure enough for a template, and by a weaker one."""
TOP = 5
"""References of each bank kept for each track, best first, so that none crowds out another's; with the
floor, the evidence of its presence says so."""
CANDIDATES = 32
"""Templates nearest to a face that are looked through for that many different references, at first."""
SMALL = 32
"""Height of a face, pixels, below which faces of different people look so alike (1 % of such pairs are nearer
than 0.5, dlib's working point for tracks) that only place and likeness together join them."""
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
        """Compare ``first`` (1, D) or (N, D), row by row, with ``second`` (N, D); length 1 for cosine: (N,)."""
        if self.kind is RawKind.COSINE:
            return np.asarray((first * second).sum(axis=1), np.float32)
        return np.asarray(np.linalg.norm(first - second, axis=1), np.float32)

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
        """Join faces into tracks: each face gets its track's name and time span.

        The boxes over time are the regions and spans of the faces of one track. One crop is kept of each
        track, the best by quality, at the face whose region the findings show.
        """
        tracks: list[list[Observation]] = []
        fresh: list[list[Observation]] = []
        for face in sorted(observations, key=_order):
            fresh = [track for track in fresh if self._may_follow(track[-1], face)]
            fitting = [track for track in fresh if self._continues(track[-1], face)]
            if fitting:
                min(fitting, key=lambda track: self._farness(track[-1], face)).append(face)
            else:
                tracks.append([face])
                fresh.append(tracks[-1])
        reduced = []
        for number, track in enumerate(tracks, start=1):
            span = [_start(track[0]), _start(track[-1])]
            largest, best = max(track, key=_area), max(track, key=_worth)
            reduced += [
                face.but(
                    attributes={**face.attributes, "track": f"face-{number}", "seen": span},
                    image=best.image if face is largest else None,
                )
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
        near: dict[str, Indices] = {}
        if references is not None and references.vectors is not None and len(references):
            near = self._near(observations, references)
        found = []
        for faces in tracks.values():
            largest = max(faces, key=_area)
            found.append(self._presence(largest, faces))
            if not near or references is None:
                continue
            kept: Counter[str] = Counter()
            for rank, match in enumerate(self._matches(faces, near, references), 1):
                kept[match.reference.bank] += 1
                if match.score >= SCORE_FLOOR and kept[match.reference.bank] <= TOP:
                    shown = self._finding(match, largest.region, rank)
                    found.append(shown.model_copy(update={"frames": len(faces)}))
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
            evidence=Evidence(note=_quality_note(face, track)),
        )

    def close(self) -> None:  # noqa: B027 (nothing to free is a fine default)
        """Nothing outlives the object."""

    def _finding(self, match: _Match, largest: Region | None, rank: int) -> Finding:
        """Return the match of the face that is most like a reference; ``largest`` is the track's region."""
        face = match.face
        start, end = face.attributes["seen"]
        return Finding(
            category="likeness.face",
            asset=face.asset,
            analyzer=self.spec.name,
            source=Source.FRAME,
            score=round(match.score, 4),
            raw=round(match.raw, 4),
            raw_kind=self.likeness.kind,
            span=TimeSpan(start=start, end=end),
            region=largest,
            track=face.attributes["track"],
            reference=match.reference,
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
        return self.likeness.farness(float(raw[0]))

    def _may_follow(self, last: Observation, face: Observation) -> bool:
        """Tell whether a track that ended with ``last`` is still open where ``face`` is seen."""
        same_stream = last.attributes["stream"] == face.attributes["stream"]
        return bool(same_stream and _start(face) - _start(last) <= TRACK_GAP)

    def _continues(self, last: Observation, face: Observation) -> bool:
        """Tell whether ``face`` may follow ``last`` in a track that is open."""
        if _start(face) <= _start(last):
            return False
        farness, likeness = self._farness(last, face), self.likeness
        large = min(_pixels(last), _pixels(face)) >= SMALL
        return (large and farness < likeness.farness(likeness.same)) or (
            farness < likeness.farness(likeness.same_in_place)
            and _overlap(last.region, face.region) > SAME_PLACE
        )

    def _matches(
        self, faces: list[Observation], near: dict[str, Indices], references: References
    ) -> list[_Match]:
        """Return the references most like a track, best first, each with the face that is most like it."""
        assert references.vectors is not None
        best: dict[str, _Match] = {}
        for face in faces:
            assert face.vector is not None
            rows = near[face.id]
            raws = self.likeness.raws(face.vector[None], references.vectors[rows]).astype(
                np.float64
            )
            scores = self._calibration.scores(raws, np.full(len(raws), _pixels(face)))
            for row, raw, score in zip(rows.tolist(), raws.tolist(), scores.tolist(), strict=True):
                match = _Match(score, raw, face, references.refs[row])
                known = best.get(match.reference.id)
                if known is None or self._order(match) < self._order(known):
                    best[match.reference.id] = match
        return sorted(best.values(), key=self._order)

    def _order(self, match: _Match) -> tuple[float, float, str]:
        return -match.score, self.likeness.farness(match.raw), match.reference.id

    def _near(
        self, observations: Sequence[Observation], references: References
    ) -> dict[str, Indices]:
        """Return by the id of each face the rows nearest to it, of ``TOP`` references of each bank at least.

        Vectors of length 1 are in one order by cosine and by Euclidean distance.
        """
        near: dict[str, list[Indices]] = {face.id: [] for face in observations}
        banks = [one.bank for one in references.refs]
        edges = [0, *(at for at in range(1, len(banks)) if banks[at] != banks[at - 1]), len(banks)]
        for first, last in itertools.pairwise(edges):  # sorted by bank, or more pieces than banks
            for key, rows in self._near_in(observations, references, first, last).items():
                near[key].append(rows)
        return {key: np.concatenate(parts) for key, parts in near.items()}

    def _near_in(
        self, observations: Sequence[Observation], references: References, first: int, last: int
    ) -> dict[str, Indices]:
        """Return the same among the references from ``first`` to before ``last``, which are of one bank."""
        assert references.vectors is not None
        near: dict[str, Indices] = {}
        left, count = list(observations), CANDIDATES
        while left:
            vectors = np.stack([face.vector for face in left if face.vector is not None])
            rows, _ = nearest_rows(vectors, references.vectors[first:last], count)
            near.update({face.id: row + first for face, row in zip(left, rows, strict=True)})
            if count >= last - first:
                break
            # a person with very many templates must not hide the others
            left = [
                face
                for face in left
                if len({references.refs[row].id for row in near[face.id]}) < TOP
            ]
            count *= 8
        return near


@dataclass(frozen=True)
class _Match:
    """A reference and the face of a track that is most like it."""

    score: float
    raw: float
    face: Observation
    reference: Reference


def _quality_note(largest: Observation, track: list[Observation]) -> str:
    """Say how good the best look at a track is, in one sentence."""
    best = max(track, key=_worth)
    note = f"largest at {_start(largest):.2f} s; the crop is of {_start(best):.2f} s"
    if "quality" in best.attributes:
        note += f", quality {best.attributes['quality']:.2f}, {_pixels(best):.0f} pixels high"
    return f"{note}; of its matches the best {TOP} of each bank from score {SCORE_FLOOR} are kept"


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


def _pixels(face: Observation) -> float:
    return float(face.attributes["pixels"])


def _worth(face: Observation) -> tuple[float, float]:
    """Return how good the evidence of a face is: its quality where the analyzer measures it, then its size."""
    return float(face.attributes.get("quality", 0.0)), _area(face)


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
