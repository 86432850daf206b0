"""The dlib runtime: face detection, landmarks and embeddings on a CPU.

dlib's calls release the interpreter lock, but its detectors and networks keep what they are at. So each thread
has a detector of its own, and embeddings are made by one thread at a time.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.types import Floats, Pixels

CHIP_SIZE = 150
"""Pixels, height and width of an aligned face, as the embedding network wants it."""
CHIP_PADDING = 0.25
"""Margin around an aligned face, fraction of its size, as the embedding network was trained with."""


class FaceDetector:
    """Histogram-of-gradients detector for frontal faces (Dalal and Triggs 2005; five poses)."""

    def __init__(self, model: LoadedModel) -> None:
        self._function = model.card.source.compiled or ""
        self._of_thread = threading.local()

    def detect(
        self, pixels: Pixels, doublings: int, floor: float
    ) -> list[tuple[tuple[int, int, int, int], float]]:
        """Find faces in one frame.

        Args:
            pixels: uint8 grey (height, width), which takes two thirds of the time of RGB.
            doublings: how often the frame is doubled in size first; 0 finds faces from about 80
                pixels, 1 from about 40.
            floor: least margin to the detector's threshold.

        Returns:
            (left, top, right, bottom) in pixels, possibly outside the frame, and the margin.
        """
        boxes, margins, _ = self._detector().run(pixels, doublings, floor)
        return [
            ((box.left(), box.top(), box.right(), box.bottom()), float(margin))
            for box, margin in zip(boxes, margins, strict=True)
        ]

    def _detector(self) -> Any:
        """Return this thread's own detector: its scanner keeps the picture that it is at."""
        if not hasattr(self._of_thread, "detector"):
            import dlib

            self._of_thread.detector = getattr(dlib, self._function)()
        return self._of_thread.detector


class FaceEmbedder:
    """Aligns faces by five points and embeds them with dlib's residual network."""

    def __init__(self, landmarks: LoadedModel, embedding: LoadedModel) -> None:
        import dlib

        self._predictor = dlib.shape_predictor(str(landmarks.paths[0]))
        self._network = dlib.face_recognition_model_v1(str(embedding.paths[0]))
        self._lock = threading.Lock()

    def align(self, pixels: Pixels, box: tuple[int, int, int, int]) -> Pixels:
        """Cut the face in ``box`` out of uint8 RGB ``pixels``, upright, as (150, 150, 3) uint8."""
        import dlib

        shape = self._predictor(pixels, dlib.rectangle(*box))
        chip: Any = dlib.get_face_chip(pixels, shape, size=CHIP_SIZE, padding=CHIP_PADDING)
        return np.asarray(chip)

    def embed(self, chips: list[Pixels]) -> Floats:
        """Embed aligned faces in one batch.

        Args:
            chips: N faces, each uint8 RGB (150, 150, 3).

        Returns:
            float32, shape (N, 128); Euclidean distance below about 0.6 means the same person.
        """
        if not chips:
            return np.zeros((0, 128), np.float32)
        with self._lock:  # the network keeps its activations
            vectors = self._network.compute_face_descriptor(chips)
        return finite(np.asarray(vectors, np.float32).reshape(len(chips), 128), "dlib-face-resnet")
