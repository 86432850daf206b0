"""Face analyzers that run a detector over all frames of a batch and an embedder over all their faces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Protocol

from compliance.analyzers.likeness.face_tracks import FaceMatcher, Likeness
from compliance.findings import Observation, RawKind
from compliance.runtimes.face_embedder import FaceRecogniser
from compliance.runtimes.face_geometry import Faces, aligned
from compliance.runtimes.face_quality import quality
from compliance.runtimes.onnx import OnnxModel
from compliance.runtimes.workers import side_by_side
from compliance.types import Floats, FrameBatch, Pixels

COSINE_LIKENESS = Likeness(RawKind.COSINE, same=0.5, same_in_place=0.3)
"""How near two faces of one track are, half a second apart.

Around 0.363, which OpenCV publishes for SFace as the working point between same and different people: well
above it for faces that stand apart, since a wrong join stretches a match over times when somebody else is
seen; somewhat below it in the same place, where place and time already speak for one person. For ArcFace
nothing comparable is published, and neither was measured here. A wrong split only gives two findings where
one would do, and matching takes each track's nearest face, so that no match depends on these."""


class FaceDetector(Protocol):
    """What finds faces."""

    network: OnnxModel

    def detect(self, frames: Sequence[Pixels], floor: float) -> list[Faces]:
        """Return the faces of each of N ≥ 1 frames that score at least ``floor``."""


class BatchedFaces(FaceMatcher):
    """Observes with a detector and an embedder that :meth:`setup` of the analyzer opens."""

    detection_floor: ClassVar[float]
    """Least score of a detection that is kept."""
    _detector: FaceDetector
    _embedder: FaceRecogniser

    @property
    def fallback(self) -> str:
        """Which network runs item by item although it was to run in batches, and why; empty where none."""
        said = [
            f"{name}: {network.fallback}"
            for name, network in (
                (self.spec.models[0], self._detector.network),
                (self.spec.models[1], self._embedder.network),
            )
            if network.fallback
        ]
        return "; ".join(said)

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``face`` observation for each face, with its ``angle`` and ``quality`` as attributes.

        ``raw`` is the detector's score, 0…1; it has no kind, for it becomes no score.
        """
        if not len(batch):
            return []
        found = self._detector.detect(batch.pixels, self.detection_floor)
        chips = aligned(batch.pixels, found)
        if not len(chips):
            return []
        vectors = self._embedder.embed(chips)
        places = [
            (index, number) for index, faces in enumerate(found) for number in range(len(faces))
        ]

        def observation(row: int) -> Observation:
            index, number = places[row]
            left, top, right, bottom = found[index].boxes[number].tolist()
            score = float(found[index].scores[number])
            box = (left, top, right, bottom)
            seen = self._observation(batch, index, box, score, vectors[row].copy())
            angle = _angle(found[index].points[number])
            seen_well = quality(batch.pixels[index], box, angle, score)
            more = {"angle": angle, "quality": seen_well}
            return seen.but(attributes={**seen.attributes, **more})

        # side by side, for each makes a JPEG of its face
        return side_by_side(observation, range(len(places)))


def _angle(points: Floats) -> float:
    """Return by how many degrees the line of the eyes is turned counter-clockwise, from five points (x, y)."""
    (left_x, left_y), (right_x, right_y) = points[:2].tolist()
    return round(math.degrees(math.atan2(left_y - right_y, right_x - left_x)), 1)
