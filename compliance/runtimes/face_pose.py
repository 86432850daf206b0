"""How a face stands towards the camera, from five points: the corners of the eyes and the base of the nose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.model_store import LoadedModel
from compliance.types import Pixels

CARD = "dlib-face-landmarks-5"
"""Card of the points; they come with the installation, whatever tier finds and embeds faces."""


@dataclass(frozen=True)
class Pose:
    """Where a face looks."""

    tilt: float
    """Degrees by which the line of the eyes is off the horizontal, 0…90."""
    turn: float
    """How far the nose stands off the middle between the eyes, along their line, as a fraction of their
    distance: 0 for a face that looks straight ahead, about 0.5 for one in half profile."""


class FacePose:
    """Finds the five points with dlib's shape predictor."""

    def __init__(self, model: LoadedModel) -> None:
        import dlib

        self._predictor = dlib.shape_predictor(str(model.paths[0]))

    def measure(self, pixels: Pixels, box: tuple[int, int, int, int]) -> Pose:
        """Return the pose of the face in ``box`` (left, top, right, bottom) of uint8 RGB ``pixels``."""
        import dlib

        shape = self._predictor(np.ascontiguousarray(pixels), dlib.rectangle(*box))
        points = np.array([(part.x, part.y) for part in shape.parts()], np.float64)
        eyes = np.stack((points[:2].mean(axis=0), points[2:4].mean(axis=0)))
        line = eyes[0] - eyes[1]
        distance = max(float(np.linalg.norm(line)), 1e-6)
        along = float((points[4] - eyes.mean(axis=0)) @ line) / distance
        tilt = abs(float(np.degrees(np.arctan2(line[1], line[0]))))
        return Pose(tilt=min(tilt, 180 - tilt), turn=abs(along) / distance)
