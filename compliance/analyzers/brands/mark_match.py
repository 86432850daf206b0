"""What a matcher of marks says: this reference lies there in the frame. One type for features and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

Doubles = npt.NDArray[np.float64]
Polarity = Literal["same", "negative"]
Method = Literal["features", "shape"]


@dataclass(frozen=True)
class MarkMatch:
    """One reference mark seen in one frame."""

    row: int
    """Row of the reference."""
    homography: Doubles
    """float64 (3, 3): from pixels of the mark's canonical raster to pixels of the working frame."""
    inliers: int
    """Matches that agree with it: keypoints, or points of a contour."""
    score: float
    """0…1, upward, calibrated by the matcher that gave it."""
    polygon: Floats
    """float32 (4, 2): corners of the mark's raster in pixels of the working frame, clockwise from top left."""
    polarity: Polarity = "same"
    """``negative`` where light and dark are exchanged."""
    method: Method = "features"
    """What found it."""


def corners(width: float, height: float) -> Floats:
    """Return the corners of a raster, float32 (4, 2), clockwise from top left."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def project(homography: Doubles, points: npt.NDArray[np.floating]) -> Doubles:
    """Return ``points`` (N, 2) under ``homography``, float64 (N, 2); infinite where they have no image."""
    ones = np.ones((len(points), 1))
    mapped = np.hstack([np.asarray(points, np.float64), ones]) @ homography.T
    with np.errstate(divide="ignore", invalid="ignore"):
        image = mapped[:, :2] / mapped[:, 2:]
    image[mapped[:, 2] <= 0] = np.inf
    return np.asarray(image)
