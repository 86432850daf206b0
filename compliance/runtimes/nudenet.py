"""NudeNet's detector of parts of the body (320n), for all frames of a batch, as its own library reads frames.

The library is not imported: its code opens a session of its own. What it does to pictures and boxes is done
here for batches and gives the same boxes, which a test holds against the library where that is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.onnx import Item, OnnxModel
from compliance.runtimes.workers import side_by_side
from compliance.types import Floats, Pixels

SIZE: Final = 320
"""Height and width of what the network sees, pixels."""
FLOOR: Final = 0.2
"""Least probability of a box, as the library's own; what reaches 0.25 after :data:`OVERLAP` is kept."""
KEPT: Final = 0.25
OVERLAP: Final = 0.45
"""Intersection over union above which of two boxes the surer stays, of whatever class, as the library's own."""
LABELS: Final = (
    "FEMALE_GENITALIA_COVERED",
    "FACE_FEMALE",
    "BUTTOCKS_EXPOSED",
    "FEMALE_BREAST_EXPOSED",
    "FEMALE_GENITALIA_EXPOSED",
    "MALE_BREAST_EXPOSED",
    "ANUS_EXPOSED",
    "FEET_EXPOSED",
    "BELLY_COVERED",
    "FEET_COVERED",
    "ARMPITS_COVERED",
    "ARMPITS_EXPOSED",
    "FACE_MALE",
    "BELLY_EXPOSED",
    "MALE_GENITALIA_EXPOSED",
    "ANUS_COVERED",
    "FEMALE_BREAST_COVERED",
    "BUTTOCKS_COVERED",
)
"""The network's classes, in order."""


@dataclass(frozen=True)
class Part:
    """One part of a body in one frame."""

    label: str
    """One of :data:`LABELS`."""
    raw: float
    """Probability, 0…1."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom, pixels of the frame."""


class NudeNetDetector:
    """The network on ONNX Runtime, proved to give in batches what it gives frame by frame."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        item = Item((3, SIZE, SIZE), (0.0, 1.0))
        self._network = OnnxModel(model, device, item=item, cpu_slice=1, spread=True)
        self._name = model.card.id

    def detect(self, frames: Sequence[Pixels]) -> list[list[Part]]:
        """Return the parts in each frame, surest first.

        Args:
            frames: uint8 RGB each, of any sizes; none give an empty list.

        Raises:
            ModelError: the network is of another kind.
            AnalyzerError: it gave NaN or infinity, or memory does not suffice.
        """
        if not frames:
            return []
        output = self._network.run(np.concatenate(side_by_side(_blob, frames)))
        rows = output.reshape(len(frames), *output.shape[-2:])
        if rows.shape[1] != 4 + len(LABELS):
            raise ModelError(
                "the detector is of another kind",
                expected=f"{4 + len(LABELS)} numbers for each cell",
                found=str(rows.shape[1]),
                where=self._name,
                fix="correct the card",
            )
        return [_parts(row, frame) for row, frame in zip(rows, frames, strict=True)]


def _blob(frame: Pixels) -> Floats:
    """Return float32 (1, 3, 320, 320) of a frame that is filled up with black to a square, right and below.

    The channels are blue, green, red: the library swaps them twice on the way from a file, and that is the
    order in which everybody runs its network.
    """
    import cv2

    height, width = frame.shape[:2]
    side = max(height, width)
    square = cv2.copyMakeBorder(frame, 0, side - height, 0, side - width, cv2.BORDER_CONSTANT)
    blob = cv2.dnn.blobFromImage(square, 1 / 255.0, (SIZE, SIZE), (0, 0, 0), swapRB=True)
    return np.asarray(blob, np.float32)


def _parts(cells: Floats, frame: Pixels) -> list[Part]:
    """Return what reaches the floor and is not overlapped by something surer; ``cells`` is (22, cells)."""
    import cv2

    classes = cells[4:]
    sure = classes.max(axis=0)
    kept = np.flatnonzero(sure >= FLOOR)
    if not len(kept):
        return []
    height, width = frame.shape[:2]
    scale = max(height, width) / SIZE
    middle_x, middle_y, wide, high = cells[:4, kept].astype(np.float64)
    left = np.clip((middle_x - wide / 2) * scale, 0, width)
    top = np.clip((middle_y - high / 2) * scale, 0, height)
    wide = np.minimum(wide * scale, width - left)
    high = np.minimum(high * scale, height - top)
    boxes = np.stack([left, top, wide, high], axis=1)
    best = cv2.dnn.NMSBoxes(boxes.tolist(), sure[kept].astype(float).tolist(), KEPT, OVERLAP)
    return [
        Part(
            label=LABELS[int(classes[:, kept[row]].argmax())],
            raw=float(sure[kept[row]]),
            box=(left[row], top[row], left[row] + wide[row], top[row] + high[row]),
        )
        for row in map(int, best)
    ]
