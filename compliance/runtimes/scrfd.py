"""SCRFD: faces with five points, for all frames of a batch (Guo and others 2021)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.face_geometry import (
    CANVAS,
    Candidates,
    Faces,
    best_faces,
    blob,
    on_canvas,
    without_overlaps,
)
from compliance.runtimes.onnx import Item, OnnxModel
from compliance.types import Floats, Pixels

STRIDES = (8, 16, 32)
ANCHORS = 2
"""Anchors for each cell of a grid."""
OVERLAP = 0.4
"""Greatest intersection over union of two faces, as the library's own."""
MEAN, SCALE = 127.5, 1 / 128


class ScrfdDetector:
    """A detector with nine outputs: scores, distances to edges, and points, at three strides each."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        low, high = -MEAN * SCALE, MEAN * SCALE
        # on a CPU, slices of 1, 2 and 4 frames take the same time each frame, so 1 takes least memory
        item = Item((3, CANVAS, CANVAS), (low, high))
        self.network = OnnxModel(model, device, item=item, cpu_slice=1, spread=True)
        if len(self.network.output_names) != 9:
            raise ModelError(
                "the detector is of another kind",
                expected="9 outputs: scores, boxes and five points at three strides",
                found=f"{len(self.network.output_names)} outputs",
                where=model.card.id,
                fix="correct the card, or name the analyzer that fits the model",
            )
        self._centres = [_centres(stride) for stride in STRIDES]

    def detect(self, frames: Sequence[Pixels], floor: float) -> list[Faces]:
        """Find the faces of each frame.

        Args:
            frames: uint8 RGB each, N ≥ 1, of any sizes.
            floor: least score that is kept.

        Returns:
            N of them, in order.
        """
        canvas, scales = on_canvas(frames)
        outputs = self.network.run_all(blob(canvas, SCALE, MEAN, swap=False))
        levels = [
            self._candidates(level, outputs[level::3], len(frames), floor) for level in range(3)
        ]

        def stay(boxes: Floats, scale: float) -> list[int]:
            return without_overlaps((boxes / scale).astype(np.float32), OVERLAP, edge=1)

        return best_faces(levels, scales, stay)

    def _candidates(
        self, level: int, outputs: Sequence[Floats], count: int, floor: float
    ) -> Candidates:
        """Return the anchors of one level that reach ``floor``."""
        scores, edges, points = (
            output.reshape(count, -1, numbers)
            for output, numbers in zip(outputs, (1, 4, 10), strict=True)
        )
        frame, anchor = np.nonzero(scores[..., 0] >= floor)
        centres, stride = self._centres[level][anchor], STRIDES[level]
        edges = edges[frame, anchor] * stride
        boxes = np.concatenate([centres - edges[:, :2], centres + edges[:, 2:]], axis=1)
        places = centres[:, None, :] + points[frame, anchor].reshape(-1, 5, 2) * stride
        return Candidates(frame, boxes, scores[frame, anchor, 0], places)


def _centres(stride: int) -> Floats:
    """Return x and y of every anchor of one level, row by row, float32 (anchors, 2)."""
    steps = np.arange(CANVAS // stride, dtype=np.float32) * stride
    y, x = np.meshgrid(steps, steps, indexing="ij")
    return np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), ANCHORS, axis=0)
