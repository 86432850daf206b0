"""Faces in frames, and the people in banks whose faces they are.

Detection, alignment and embedding know no bank; tracks and matches are those of every face analyzer.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.face_tracks import FaceMatcher, Likeness
from compliance.findings import Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Pixels, Source

DETECTION_FLOOR = -0.1
"""Least margin of a detection that is kept; 0 is the detector's own threshold."""
WORKING_SIDE = 1280
"""Longer side, pixels, that frames up to ``DOUBLED_SIDE`` are shrunk to for detection."""
DOUBLED_SIDE = 2560
"""Longer side, pixels, that frames are doubled up to for detection, twice at most. Larger frames are
searched as they are: to shrink and double them would find less, since the detector wants 80 pixels."""


class FaceAnalyzer(FaceMatcher):
    """dlib's frontal detector, five-point alignment and residual network.

    Upright faces are found from about 40 pixels high on 1280 × 720, 60 on 1920 × 1080, and 80 from
    2560 × 1440 upwards, 3840 × 2160 and 7680 × 4320 included.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="faces",
        version="3",
        categories=("likeness.face", "presence.face"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.DISTANCE, RawKind.COUNT}),
        models=("dlib-hog-frontal", "dlib-face-landmarks-5", "dlib-face-resnet"),
        runtime="dlib",
        libraries=("dlib-bin", "opencv-python-headless"),
        modality="face",
        embedding="dlib-face-resnet",
        biometric=True,
        batch=4,
    )

    likeness: ClassVar[Likeness] = Likeness(RawKind.DISTANCE, same=0.5, same_in_place=0.65)
    """Around the working point of the network, 0.6: nearer for faces that stand apart."""
    enrolment_floor: ClassVar[float] = 0.0
    """The detector's own threshold."""

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the three models; dlib runs on the CPU whatever ``device`` says."""
        from compliance.runtimes.dlib import FaceDetector, FaceEmbedder

        detector, landmarks, embedding = (models.load(name) for name in self.spec.models)
        self._detector = FaceDetector(detector)
        self._embedder = FaceEmbedder(landmarks, embedding)
        self._calibration = embedding.calibration
        self._models = (detector.use, landmarks.use, embedding.use)

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
            self._observation(batch, index, box, margin, vector)
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
