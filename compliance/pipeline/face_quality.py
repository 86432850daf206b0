"""Whether a face is good enough for a template, and why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.runtimes.face_pose import CARD, FacePose
from compliance.types import Pixels

LEAST_PIXELS = 60
"""Height of a face, pixels, below which a template would be too blurred to match by."""
GOOD_PIXELS = 120
"""Height from which size no longer counts: the embedding takes 112 to 150 pixels."""
LEAST_SHARPNESS = 0.015
"""Of 36 faces of press and street photographs, the least sharp has 0.033; blurred by a Gaussian of 3 % of their
height, 35 of them have at most 0.021 and their median is 0.007 (November 2026)."""
GOOD_SHARPNESS = 0.15
"""Two thirds of those 36 have more."""
MOST_TURN = 0.25
"""See :attr:`compliance.runtimes.face_pose.Pose.turn`: 35 of those 36 have at most 0.17, faces turned by 45° on
a cylinder 0.12 to 0.28."""
MOST_TILT = 30.0
"""Degrees up to which faces are aligned for embedding without loss."""
SIDE = 100
"""Height and width, pixels, that a face is brought to before its sharpness is measured."""


@dataclass(frozen=True)
class Look:
    """How a face looks to somebody who is to make a template of it."""

    pixels: int
    """Height, pixels."""
    sharpness: float
    """Variance of the Laplacian of the grey face at 100 pixels, as a fraction of the variance of the face."""
    tilt: float
    """Degrees off the upright, 0…180."""
    turn: float
    """See :attr:`compliance.runtimes.face_pose.Pose.turn`."""
    quality: float
    """0…1: what the analyzer said, else size × sharpness × frontality, each as a fraction of what is good."""

    def objection(self) -> tuple[str, str] | None:
        """Return what is wrong and what was found; None where a template can be made."""
        if self.pixels < LEAST_PIXELS:
            message = f"the face must be at least {LEAST_PIXELS} pixels high"
            return message, f"{self.pixels} pixels"
        if self.sharpness < LEAST_SHARPNESS:
            found = f"sharpness {self.sharpness:.3f} where {LEAST_SHARPNESS} is the least"
            return "the face is blurred", found
        if self.tilt > MOST_TILT:
            return "the face is tilted", f"{self.tilt:.0f}° where {MOST_TILT:.0f}° is the most"
        if self.turn > MOST_TURN:
            found = f"the nose {self.turn:.2f} of the eyes' distance off the middle, at most {MOST_TURN}"
            return "the face is turned away from the camera", found
        return None


class FaceQuality:
    """Measures faces that an analyzer observed."""

    def __init__(self, models: ModelStore) -> None:
        """Load the five points.

        Raises:
            ModelError: they cannot be used.
        """
        self._pose = FacePose(models.load(CARD))

    def measure(self, pixels: Pixels, face: Observation) -> Look:
        """Measure ``face``, observed in the uint8 RGB frame ``pixels``."""
        height, width = pixels.shape[:2]
        assert face.region is not None
        x0, y0, x1, y1 = face.region.box
        left, top = round(x0 * width), round(y0 * height)
        right, bottom = max(round(x1 * width), left + 1), max(round(y1 * height), top + 1)
        pose = self._pose.measure(pixels, (left, top, right, bottom))
        size = int(face.attributes["pixels"])
        sharpness = _sharpness(pixels[max(top, 0) : bottom, max(left, 0) : right])
        own = (
            min(size / GOOD_PIXELS, 1)
            * min(sharpness / GOOD_SHARPNESS, 1)
            * max(1 - pose.turn / (2 * MOST_TURN), 0)
        )
        # Of a face that lies on its side, an upright predictor finds no points.
        tilt = abs(float(face.attributes.get("angle", pose.tilt)))
        return Look(
            pixels=size,
            sharpness=sharpness,
            tilt=min(tilt, 360 - tilt),
            turn=pose.turn,
            quality=round(float(face.attributes.get("quality", own)), 3),
        )


def _sharpness(face: Pixels) -> float:
    import cv2

    if not face.size:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float(cv2.Laplacian(small, cv2.CV_32F).var() / max(float(small.var()), 1.0))
