"""Faces by YuNet and SFace, whose licences allow commercial use, in true batches."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.likeness.face_batches import COSINE_LIKENESS, BatchedFaces
from compliance.analyzers.likeness.face_tracks import Likeness
from compliance.findings import RawKind
from compliance.model_store import ModelStore
from compliance.types import Source


class YunetAnalyzer(BatchedFaces):
    """OpenCV's pair of networks, run as OpenCV runs them."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="faces-yunet",
        version="3",
        categories=("likeness.face", "presence.face"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.COSINE, RawKind.COUNT}),
        models=("yunet", "sface"),
        libraries=("onnxruntime", "opencv-python-headless"),
        runtime="onnx",
        role="faces",
        tier="named",
        modality="face",
        embedding="sface",
        biometric=True,
        batch=8,
        gpu_batch=64,
    )
    likeness: ClassVar[Likeness] = COSINE_LIKENESS
    detection_floor: ClassVar[float] = 0.6
    """Below OpenCV's own threshold, 0.9: what a face is compared with decides, not how sure it is one."""
    enrolment_floor: ClassVar[float] = 0.8

    def setup(self, device: str, models: ModelStore) -> None:
        """Load both networks and prove that they may run in batches; see :attr:`fallback`."""
        from compliance.runtimes.face_embedder import FaceRecogniser
        from compliance.runtimes.yunet import YunetDetector

        detector, embedding = (models.load(name) for name in self.spec.models)
        self._calibration = embedding.calibration
        self._detector = YunetDetector(detector, device)
        self._embedder = FaceRecogniser(embedding, device, mean=0.0, scale=1.0)
        self._models = (detector.use, embedding.use)
