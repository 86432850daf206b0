"""Faces in frames, and the people in banks whose faces they are.

Detection, alignment and embedding know no bank. Over time, faces that overlap or look alike join
into tracks; a track is matched by its best face.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind, Reference
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels, Region, Source, TimeSpan

DETECTION_FLOOR = -0.1
"""Least margin of a detection that is kept; 0 is the detector's own threshold."""
WORKING_SIDE = 1280
"""Longer side, pixels, that frames up to ``DOUBLED_SIDE`` are shrunk to for detection."""
DOUBLED_SIDE = 2560
"""Longer side, pixels, that frames are doubled up to for detection, twice at most. Larger frames are
searched as they are: to shrink and double them would find less, since the detector wants 80 pixels."""
SCORE_FLOOR = 0.05
"""Least score of a match that is kept."""
TOP = 3
"""References kept for each track, best first."""
TRACK_GAP = 1.1
"""Seconds after which a face that comes back opens a new track: two sampling intervals."""
SAME_FACE = 0.5
"""Distance below which two faces are one track wherever they stand; below the working point 0.6."""
SAME_PLACE = 0.3
"""Intersection over union above which faces up to ``SAME_FACE_IN_PLACE`` apart are one track."""
SAME_FACE_IN_PLACE = 0.65
"""Distance below which two faces in the same place are one track."""
CROP_MARGIN = 0.4
"""Margin around a face in the evidence crop, fraction of its box."""


class FaceAnalyzer:
    """dlib's frontal detector, five-point alignment and residual network.

    Upright faces are found from about 40 pixels high on 1280 × 720, 60 on 1920 × 1080, and 80 from
    2560 × 1440 upwards, 3840 × 2160 and 7680 × 4320 included.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="faces",
        version="2",
        categories=("likeness.face",),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.DISTANCE}),
        models=("dlib-hog-frontal", "dlib-face-landmarks-5", "dlib-face-resnet"),
        runtime="dlib",
        libraries=("dlib-bin", "opencv-python-headless"),
        modality="face",
        embedding="dlib-face-resnet",
        biometric=True,
        batch=4,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the three models; dlib runs on the CPU whatever ``device`` says."""
        from compliance.runtimes.dlib import FaceDetector, FaceEmbedder

        detector, landmarks, embedding = (models.load(name) for name in self.spec.models)
        self._detector = FaceDetector(detector)
        self._embedder = FaceEmbedder(landmarks, embedding)
        self._calibration = embedding.calibration
        self._models = (detector.use, landmarks.use, embedding.use)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the three models."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``face`` observation for each face, embedded in one batch over all frames.

        ``raw`` is the margin to the detector's threshold; it has no kind, for it becomes no score.
        """
        found: list[tuple[int, tuple[int, int, int, int], float]] = []
        for index, pixels in enumerate(batch.pixels):
            found += [(index, box, margin) for box, margin in self._detect(pixels)]
        chips = [self._embedder.align(batch.pixels[index], box) for index, box, _ in found]
        vectors = self._embedder.embed(chips)
        return [
            _observation(batch, index, box, margin, vector)
            for (index, box, margin), vector in zip(found, vectors, strict=True)
        ]

    def _detect(self, pixels: Pixels) -> list[tuple[tuple[int, int, int, int], float]]:
        import cv2

        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        height, width = grey.shape
        longer = max(height, width)
        scale = min(1.0, WORKING_SIDE / longer) if longer <= DOUBLED_SIDE else 1.0
        if scale < 1:
            size = (max(round(width * scale), 1), max(round(height * scale), 1))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        small = np.asarray(grey, np.uint8)
        doublings = min(max(int(np.log2(DOUBLED_SIDE / max(small.shape[:2]))), 0), 2)
        return [
            ((round(x0 / scale), round(y0 / scale), round(x1 / scale), round(y1 / scale)), margin)
            for (x0, y0, x1, y1), margin in self._detector.detect(small, doublings, DETECTION_FLOOR)
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Join faces into tracks: each face gets its track's name and time span."""
        tracks: list[list[Observation]] = []
        for face in sorted(observations, key=_order):
            fitting = [track for track in tracks if _continues(track[-1], face)]
            if fitting:
                min(fitting, key=lambda track: _distance(track[-1], face)).append(face)
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
        """Match each track against every reference; the nearest face and template of each count."""
        if references is None or references.vectors is None or not len(references):
            return []
        tracks: dict[str, list[Observation]] = {}
        for face in observations:
            tracks.setdefault(face.attributes["track"], []).append(face)
        found = []
        for faces in tracks.values():
            largest = max(faces, key=_area).region
            for rank, (reference, distance, face) in enumerate(_nearest(faces, references), 1):
                score = self._calibration.score(distance)
                if score >= SCORE_FLOOR and rank <= TOP:
                    found.append(self._finding(face, largest, reference, distance, score, rank))
        return found

    def _finding(
        self,
        face: Observation,
        largest: Region | None,
        reference: Reference,
        distance: float,
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
            raw=round(distance, 4),
            raw_kind=RawKind.DISTANCE,
            span=TimeSpan(start=start, end=end),
            region=largest,
            track=face.attributes["track"],
            reference=reference,
            rank=rank,
            evidence=Evidence(note=f"nearest at {_start(face):.2f} s"),
        )

    def close(self) -> None:
        """Nothing outlives the object."""


def _observation(
    batch: FrameBatch, index: int, box: tuple[int, int, int, int], margin: float, vector: Floats
) -> Observation:
    pixels = batch.pixels[index]
    height, width = pixels.shape[:2]
    time = float(batch.times[index])
    return Observation(
        asset=batch.assets[index],
        analyzer=FaceAnalyzer.spec.name,
        kind="face",
        source=Source.FRAME,
        span=TimeSpan(start=time, end=time),
        region=Region.from_box(*box, width=width, height=height),
        raw=round(margin, 4),
        vector=vector,
        image=_crop(pixels, box),
        attributes={"stream": batch.stream(index), "pixels": box[3] - box[1]},
    )


def _crop(pixels: Pixels, box: tuple[int, int, int, int]) -> bytes:
    import cv2

    left, top, right, bottom = box
    margin = round((bottom - top) * CROP_MARGIN)
    cut = pixels[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(cut[:, :, ::-1]))
    return bytes(encoded)


def _start(face: Observation) -> float:
    return face.span.start if face.span else 0.0


def _area(face: Observation) -> float:
    return face.region.area_percent if face.region else 0.0


def _order(face: Observation) -> tuple[int, float, str]:
    return face.attributes["stream"], _start(face), face.id


def _distance(first: Observation, second: Observation) -> float:
    assert first.vector is not None and second.vector is not None
    return float(np.linalg.norm(first.vector - second.vector))


def _continues(last: Observation, face: Observation) -> bool:
    """Tell whether ``face`` may follow ``last`` in a track."""
    gap = _start(face) - _start(last)
    if last.attributes["stream"] != face.attributes["stream"] or not 0 < gap <= TRACK_GAP:
        return False
    distance = _distance(last, face)
    return distance < SAME_FACE or (
        distance < SAME_FACE_IN_PLACE and _overlap(last.region, face.region) > SAME_PLACE
    )


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


def _nearest(
    faces: list[Observation], references: References
) -> list[tuple[Reference, float, Observation]]:
    """Return each entry with its least distance to any of ``faces``, nearest first."""
    assert references.vectors is not None
    vectors = np.stack([face.vector for face in faces if face.vector is not None])
    distances = np.linalg.norm(vectors[:, None, :] - references.vectors[None, :, :], axis=2)
    best: dict[str, tuple[Reference, float, Observation]] = {}
    for column, reference in enumerate(references.refs):
        row = int(distances[:, column].argmin())
        distance = float(distances[row, column])
        if reference.id not in best or distance < best[reference.id][1]:
            best[reference.id] = (reference, distance, faces[row])
    return sorted(best.values(), key=lambda item: (item[1], item[0].id))
