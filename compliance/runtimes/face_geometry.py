"""Where faces are: frames on one canvas, overlapping boxes, and faces turned upright by five points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.runtimes.workers import side_by_side
from compliance.types import Floats, Pixels

CANVAS = 640
"""Height and width, pixels, of what detectors look at; frames are fitted to its top left corner."""
CHIP = 112
"""Height and width of an aligned face, pixels."""
TEMPLATE = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ],
    np.float32,
)
"""Where the eyes, the nose and the corners of the mouth stand in an aligned face, pixels (x, y), left to
right in the picture: what ArcFace and SFace were trained with."""


@dataclass(frozen=True)
class Faces:
    """Faces of one frame, best first, in pixels of that frame."""

    boxes: Floats
    """float32 (N, 4): left, top, right, bottom, possibly outside the frame."""
    scores: Floats
    """float32 (N,), 0…1."""
    points: Floats
    """float32 (N, 5, 2): x and y of the points of :data:`TEMPLATE`."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.scores)


@dataclass(frozen=True)
class Candidates:
    """What a detector takes for faces in all frames of a batch, in pixels of the canvas; K rows."""

    frames: npt.NDArray[np.intp]
    """Index of the frame of each, (K,)."""
    boxes: Floats
    """float32 (K, 4): left, top, right, bottom."""
    scores: Floats
    """float32 (K,), 0…1."""
    points: Floats
    """float32 (K, 5, 2)."""


def on_canvas(frames: Sequence[Pixels]) -> tuple[Pixels, list[float]]:
    """Fit frames to one canvas, aspect kept, the rest black.

    Args:
        frames: uint8 RGB each, of any sizes.

    Returns:
        uint8 (N, 640, 640, 3), and by what each frame was scaled.
    """
    import cv2

    canvas = np.zeros((len(frames), CANVAS, CANVAS, 3), np.uint8)

    def fit(index: int) -> float:
        frame = frames[index]
        height, width = frame.shape[:2]
        fitted = CANVAS, int(CANVAS * (height / width))
        if height > width:
            fitted = int(CANVAS / (height / width)), CANVAS
        fitted = max(fitted[0], 1), max(fitted[1], 1)
        canvas[index, : fitted[1], : fitted[0]] = cv2.resize(np.ascontiguousarray(frame), fitted)
        return float(fitted[1] / height)

    return canvas, side_by_side(fit, range(len(frames)))


def best_faces(
    levels: Sequence[Candidates],
    scales: Sequence[float],
    stay: Callable[[Floats, float], list[int]],
) -> list[Faces]:
    """Return the faces of each frame, best first, in pixels of the frame.

    Args:
        levels: candidates of each stride.
        scales: by what each frame was scaled to fit the canvas.
        stay: gets a frame's boxes on the canvas, best first, and its scale; returns those without overlaps.
    """
    frames = np.concatenate([level.frames for level in levels])
    boxes = np.concatenate([level.boxes for level in levels])
    scores = np.concatenate([level.scores for level in levels])
    points = np.concatenate([level.points for level in levels])
    faces = []
    for index, scale in enumerate(scales):
        mine = np.flatnonzero(frames == index)
        # stable, since which of two equal scores comes first decides which stays
        mine = mine[np.argsort(-scores[mine], kind="stable")]
        mine = mine[stay(boxes[mine], scale)]
        faces.append(
            Faces(
                (boxes[mine] / scale).astype(np.float32),
                scores[mine],
                (points[mine] / scale).astype(np.float32),
            )
        )
    return faces


def without_overlaps(boxes: Floats, most: float, edge: float) -> list[int]:
    """Return which boxes stay where of two that overlap the worse one goes.

    Args:
        boxes: (N, 4) left, top, right, bottom, best first.
        most: greatest intersection over union of two that stay.
        edge: what a box extends beyond its coordinates: 1 where they name the last pixel, else 0.
    """
    left, top, right, bottom = boxes.T
    areas = (right - left + edge) * (bottom - top + edge)
    stays: list[int] = []
    left_over = np.arange(len(boxes))
    while len(left_over):
        best, rest = left_over[0], left_over[1:]
        stays.append(int(best))
        width = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest]) + edge
        height = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest]) + edge
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        left_over = rest[shared <= most * (areas[best] + areas[rest] - shared)]
    return stays


def upright(points: Floats) -> Floats:
    """Return the similarity transforms that bring faces' points nearest to :data:`TEMPLATE`.

    Least squares over rotation, scale and shift have a closed form in complex numbers, so that all faces
    are solved at once.

    Args:
        points: float32 (N, 5, 2), pixels.

    Returns:
        float64 (N, 2, 3), from frame to aligned face.
    """
    there = points[..., 0].astype(np.float64) + 1j * points[..., 1]
    here = TEMPLATE[:, 0].astype(np.float64) + 1j * TEMPLATE[:, 1]
    middle, centre = there.mean(axis=1), here.mean()
    spread = there - middle[:, None]
    # points on one spot have no direction: the floor leaves them a face of one colour, not NaN
    size = np.maximum((np.abs(spread) ** 2).sum(axis=1), 1e-6)
    turn = (spread.conj() * (here - centre)).sum(axis=1) / size
    shift = centre - turn * middle
    rows = [turn.real, -turn.imag, shift.real, turn.imag, turn.real, shift.imag]
    return np.stack(rows, axis=1).reshape(-1, 2, 3)


def aligned(frames: Sequence[Pixels], faces: Sequence[Faces]) -> Pixels:
    """Cut all faces of all frames out, upright.

    Args:
        frames: uint8 RGB each.
        faces: those of each frame.

    Returns:
        uint8 RGB (M, 112, 112, 3), M the faces of all frames in order.
    """
    import cv2

    chips = np.zeros((sum(len(one) for one in faces), CHIP, CHIP, 3), np.uint8)
    number = 0
    for frame, found in zip(frames, faces, strict=True):
        whole = np.ascontiguousarray(frame) if len(found) else frame
        for matrix in upright(found.points):
            cv2.warpAffine(whole, matrix, (CHIP, CHIP), dst=chips[number])
            number += 1
    return chips


def blob(pictures: Pixels, scale: float, mean: float, swap: bool) -> Floats:
    """Return pictures as networks take them.

    Args:
        pictures: uint8 RGB (N, H, W, 3).
        scale: factor after the mean is subtracted.
        mean: subtracted from every channel, in 0…255.
        swap: True gives BGR.

    Returns:
        float32 (N, 3, H, W).
    """
    import cv2

    made = np.empty((len(pictures), 3, *pictures.shape[1:3]), np.float32)

    def fill(index: int) -> None:
        picture = pictures[index]
        size = picture.shape[1], picture.shape[0]
        made[index] = cv2.dnn.blobFromImage(picture, scale, size, (mean, mean, mean), swapRB=swap)[
            0
        ]

    side_by_side(fill, range(len(pictures)))
    return made
