"""Faces by SCRFD and ArcFace, in true batches: all frames in one run, then all their faces in another."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.likeness.face_batches import COSINE_LIKENESS, BatchedFaces
from compliance.analyzers.likeness.face_tracks import Likeness
from compliance.findings import RawKind
from compliance.model_store import ModelStore
from compliance.types import Source


class InsightFaceAnalyzer(BatchedFaces):
    """The networks of InsightFace's buffalo_l, whose weights are for non-commercial research only."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="faces-insightface",
        version="3",
        categories=("likeness.face", "presence.face"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.COSINE, RawKind.COUNT}),
        models=("insightface-buffalo-l-det", "insightface-buffalo-l-rec"),
        libraries=("onnxruntime", "opencv-python-headless"),
        runtime="onnx",
        role="faces",
        tier="full",
        modality="face",
        embedding="insightface-buffalo-l-rec",
        biometric=True,
        batch=8,
        gpu_batch=64,
    )
    likeness: ClassVar[Likeness] = COSINE_LIKENESS
    detection_floor: ClassVar[float] = 0.5
    """The library's own threshold."""
    enrolment_floor: ClassVar[float] = 0.6
    """Above the floor by a margin: what a template rests on is certainly a face."""

    def setup(self, device: str, models: ModelStore) -> None:
        """Load both networks and prove that they may run in batches; see :attr:`fallback`."""
        from compliance.runtimes.face_embedder import FaceRecogniser
        from compliance.runtimes.scrfd import ScrfdDetector

        detector, embedding = (models.load(name) for name in self.spec.models)
        self._calibration = embedding.calibration
        self._detector = ScrfdDetector(detector, device)
        self._embedder = FaceRecogniser(embedding, device, mean=127.5, scale=1 / 127.5)
        self._models = (detector.use, embedding.use)
