"""Faces in frames, and the people in banks whose faces they are.

Detection, alignment and embedding know no bank; tracks and matches are those of every face analyzer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.likeness.face_tracks import FaceMatcher, Likeness
from compliance.findings import Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels, Source

if TYPE_CHECKING:
    from compliance.runtimes.face_search import Face

SURE_MARGIN = 1.0
"""Margin from which a detection is as sure as any; faces in clear view have it."""


class FaceAnalyzer(FaceMatcher):
    """dlib's frontal detector and face network, five-point alignment and residual network.

    Upright faces are found from about 24 pixels high on frames up to 640, 30 on 1280 × 720, 45 on
    1920 × 1080, and 60 from 2560 × 1440 upwards, 3840 × 2160 and 7680 × 4320 included. Turned ones have to
    be larger: about 130 pixels on 640 × 480, 100 on 1280 × 720 and 1920 × 1080, 200 on 3840 × 2160.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="faces",
        version="5",
        categories=("likeness.face", "presence.face"),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.DISTANCE, RawKind.COUNT}),
        models=(
            "dlib-hog-frontal",
            "dlib-mmod-faces",
            "dlib-face-landmarks-5",
            "dlib-face-resnet",
        ),
        runtime="dlib",
        libraries=("dlib-bin", "opencv-python-headless", "onnxruntime"),
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
        """Load the four models; they run on the CPU whatever ``device`` says."""
        from compliance.runtimes.dlib import FaceEmbedder
        from compliance.runtimes.face_search import FaceSearch

        loaded = [models.load(name) for name in self.spec.models]
        histograms, network, landmarks, embedding = loaded
        self._search = FaceSearch(histograms, network)
        self._embedder = FaceEmbedder(landmarks, embedding)
        self._calibration = embedding.calibration
        self._models = tuple(model.use for model in loaded)

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``face`` observation for each face, embedded in one batch over all frames.

        ``raw`` is the margin to the detector's threshold; it has no kind, for it becomes no score.
        """
        found = [
            (index, face)
            for index, pixels in enumerate(batch.pixels)
            for face in self._detect(pixels)
        ]
        chips = [
            self._embedder.align(batch.pixels[index], face.box, face.angle) for index, face in found
        ]
        vectors = self._embedder.embed(chips)
        return [
            self._seen(batch, index, face, vector)
            for (index, face), vector in zip(found, vectors, strict=True)
        ]

    def _detect(self, pixels: Pixels) -> list[Face]:
        return self._search.faces(pixels)

    def _seen(self, batch: FrameBatch, index: int, face: Face, vector: Floats) -> Observation:
        from compliance.runtimes.face_quality import quality
        from compliance.runtimes.face_search import UNSURE

        seen = self._observation(batch, index, face.box, face.margin, vector)
        sure = (face.margin - UNSURE) / (SURE_MARGIN - UNSURE)
        seen_well = quality(batch.pixels[index], face.box, face.angle, sure)
        more = {"angle": face.angle, "quality": seen_well}
        return seen.but(attributes={**seen.attributes, **more})
