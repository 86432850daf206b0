"""The dlib runtime: face detection, landmarks and embeddings on a CPU.

dlib's calls release the interpreter lock, but its detectors and networks keep what they are at. So each thread
has a detector of its own, and embeddings are made by one thread at a time.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.runtimes.compiled import serialised
from compliance.types import Floats, Pixels

CHIP_SIZE = 150
"""Pixels, height and width of an aligned face, as the embedding network wants it."""
CHIP_PADDING = 0.25
"""Margin around an aligned face, fraction of its size, as the embedding network was trained with."""
SURROUNDINGS = 0.6
"""Margin around a face that is turned or enlarged, fraction of its box: what an aligned face can reach into."""

HEADER = bytes.fromhex("0102010101000100" + "0108" + "0100" + "01500150" + "02e803" + "01400140")
"""How dlib saves its detector: version and scanner, cells of 8 pixels, no padding, a window of 80 × 80, at most
1000 levels of the pyramid, which ends at 64 × 64."""
CELL_AT, WINDOW_AT, LEAST_AT = 9, 13, 20
"""Where in it cell, window and the end of the pyramid stand; a byte each."""

Square = tuple[int, int, int, int]


class FaceDetector:
    """Histogram-of-gradients detector for frontal faces (Dalal and Triggs 2005; five poses).

    dlib sums gradients over cells of 8 pixels. With cells of 4 the same filters find faces of half the size, on
    a quarter of the pixels that a doubled picture has. Margins are then up to 0.6 lower.
    """

    def __init__(self, model: LoadedModel, cell: int = 8) -> None:
        """Take the detector's own weights.

        Args:
            model: the card of a detector compiled into dlib.
            cell: pixels, 2…12; faces are found from ten cells.
        """
        source = model.card.source
        self._content = _with_cells(serialised(source.package or "", source.compiled or ""), cell)
        self._of_thread = threading.local()

    def detect(self, pixels: Pixels, floor: float) -> list[tuple[Square, float]]:
        """Find faces in one frame.

        Args:
            pixels: uint8 grey (height, width), which takes two thirds of the time of RGB.
            floor: least margin to the detector's threshold.

        Returns:
            (left, top, right, bottom) in pixels, possibly outside the frame, and the margin.
        """
        boxes, margins, _ = self._detector().run(pixels, 0, floor)
        return [
            ((box.left(), box.top(), box.right(), box.bottom()), float(margin))
            for box, margin in zip(boxes, margins, strict=True)
        ]

    def _detector(self) -> Any:
        """Return this thread's own detector: its scanner keeps the picture that it is at."""
        if not hasattr(self._of_thread, "detector"):
            import dlib

            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "detector.svm"
                path.write_bytes(self._content)
                self._of_thread.detector = dlib.fhog_object_detector(str(path))
        return self._of_thread.detector


def _with_cells(content: bytes, cell: int) -> bytes:
    """Return a serialised detector whose cells have ``cell`` pixels; window and least picture go with them."""
    if content[:23] != HEADER:
        raise ModelError(
            "dlib's face detector is saved in another way",
            expected=HEADER.hex(),
            found=content[:23].hex(),
            where="dlib-hog-frontal",
            fix="pip install dlib-bin==20.0.1.post1",
        )
    changed = bytearray(content)
    changed[CELL_AT] = cell
    changed[WINDOW_AT] = changed[WINDOW_AT + 2] = 10 * cell
    changed[LEAST_AT] = changed[LEAST_AT + 2] = 8 * cell
    return bytes(changed)


class FaceEmbedder:
    """Aligns faces by five points and embeds them, with their mirror images, by dlib's residual network.

    Small faces are enlarged by cubic interpolation before their points are found, and each vector is the mean
    of the face's and its mirror image's: of faces of 20 pixels, 0.94 instead of 0.90 were accepted at 1 % false
    accepts (benchmarks/recognition.py). Templates of reduced photographs made it worse.
    """

    def __init__(self, landmarks: LoadedModel, embedding: LoadedModel) -> None:
        import dlib

        self._predictor = dlib.shape_predictor(str(landmarks.paths[0]))
        self._network = dlib.face_recognition_model_v1(str(embedding.paths[0]))
        self._lock = threading.Lock()

    def align(self, pixels: Pixels, box: tuple[int, int, int, int], angle: float = 0.0) -> Pixels:
        """Cut a face out, upright.

        Args:
            pixels: uint8 RGB (height, width, 3).
            box: left, top, right, bottom of the face, pixels; a square around its middle.
            angle: degrees by which it is turned counter-clockwise from upright.

        Returns:
            uint8 RGB (150, 150, 3).
        """
        import dlib

        side = max(box[3] - box[1], 1)
        if angle or side < CHIP_SIZE:
            pixels, box = _turned_up(pixels, box, angle, max(CHIP_SIZE / side, 1.0))
        shape = self._predictor(pixels, dlib.rectangle(*box))
        chip: Any = dlib.get_face_chip(pixels, shape, size=CHIP_SIZE, padding=CHIP_PADDING)
        return np.asarray(chip)

    def embed(self, chips: list[Pixels]) -> Floats:
        """Embed aligned faces in one batch.

        Args:
            chips: N faces, each uint8 RGB (150, 150, 3).

        Returns:
            float32, shape (N, 128), the same for a face and its mirror image; Euclidean distance below about
            0.6 means the same person.
        """
        if not chips:
            return np.zeros((0, 128), np.float32)
        both = [*chips, *(np.ascontiguousarray(chip[:, ::-1]) for chip in chips)]
        with self._lock:  # the network keeps its activations
            vectors = self._network.compute_face_descriptor(both)
        pairs = np.asarray(vectors, np.float32).reshape(2, len(chips), 128)
        return finite(np.asarray(pairs.mean(0), np.float32), "dlib-face-resnet")


def _turned_up(
    pixels: Pixels, box: tuple[int, int, int, int], angle: float, scale: float
) -> tuple[Pixels, tuple[int, int, int, int]]:
    """Cut the surroundings of ``box`` out, turned back by ``angle`` and enlarged; return them and the box."""
    import cv2

    left, top, right, bottom = box
    middle = ((left + right) / 2, (top + bottom) / 2)
    width, height = (right - left) * scale, (bottom - top) * scale
    margin = SURROUNDINGS * max(width, height)
    matrix = cv2.getRotationMatrix2D(middle, -angle, scale)
    matrix[0, 2] += margin + width / 2 - middle[0]
    matrix[1, 2] += margin + height / 2 - middle[1]
    size = (round(2 * margin + width), round(2 * margin + height))
    around = cv2.warpAffine(
        pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    start = round(margin)
    inner = (start, start, round(margin + width), round(margin + height))
    return np.asarray(around, np.uint8), inner
