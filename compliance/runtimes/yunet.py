"""YuNet: faces with five points, for all frames of a batch (Wu and others 2023)."""

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
KINDS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
"""Outputs at each stride, with their numbers for each cell."""
OVERLAP = 0.3
"""Greatest intersection over union of two faces, as OpenCV's own."""


class YunetDetector:
    """A detector with twelve outputs: class, objectness, box and points, at three strides each."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        item = Item((3, CANVAS, CANVAS), (0.0, 255.0))
        self.network = OnnxModel(model, device, item=item, cpu_slice=1, spread=True)
        self._names = self.network.output_names
        wanted = {f"{kind}_{stride}" for kind in KINDS for stride in STRIDES}
        if set(self._names) != wanted:
            raise ModelError(
                "the detector is of another kind",
                expected="outputs " + ", ".join(sorted(wanted)),
                found=", ".join(self._names),
                where=model.card.id,
                fix="correct the card, or name the analyzer that fits the model",
            )

    def detect(self, frames: Sequence[Pixels], floor: float) -> list[Faces]:
        """Find the faces of each frame.

        Args:
            frames: uint8 RGB each, N ≥ 1, of any sizes.
            floor: least score that is kept.

        Returns:
            N of them, in order.
        """
        canvas, scales = on_canvas(frames)
        outputs = self.network.run_all(blob(canvas, 1.0, 0.0, swap=True))
        given = dict(zip(self._names, outputs, strict=True))
        levels = [_candidates(given, stride, len(frames), floor) for stride in STRIDES]
        return best_faces(levels, scales, _stay)


def _candidates(given: dict[str, Floats], stride: int, count: int, floor: float) -> Candidates:
    """Return the cells of one stride that reach ``floor``."""
    kinds = {
        kind: given[f"{kind}_{stride}"].reshape(count, -1, numbers)
        for kind, numbers in KINDS.items()
    }
    both = np.clip(kinds["cls"], 0, 1) * np.clip(kinds["obj"], 0, 1)
    scores = np.sqrt(both[..., 0])
    frame, cell = np.nonzero(scores >= floor)
    columns = CANVAS // stride
    corner = np.stack([cell % columns, cell // columns], axis=1).astype(np.float32)
    box = kinds["bbox"][frame, cell]
    sizes = np.exp(box[:, 2:]) * stride
    left_top = (corner + box[:, :2]) * stride - sizes / 2
    boxes = np.concatenate([left_top, left_top + sizes], axis=1)
    points = (corner[:, None, :] + kinds["kps"][frame, cell].reshape(-1, 5, 2)) * stride
    return Candidates(frame, boxes, scores[frame, cell], points)


def _stay(boxes: Floats, scale: float) -> list[int]:
    """Compare boxes in whole pixels of the canvas, as OpenCV does: corner and size are cut apart."""
    corners, sizes = np.trunc(boxes[:, :2]), np.trunc(boxes[:, 2:] - boxes[:, :2])
    return without_overlaps(np.concatenate([corners, corners + sizes], axis=1), OVERLAP, edge=0)
