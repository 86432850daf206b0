"""Outlines laid on outlines: many pairs at once, by Gauss-Newton on the distance to the other's edge. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_shape_signature import SIDE, SPAN
from compliance.types import Floats, Pixels

Doubles = npt.NDArray[np.float64]

POINTS = 160
"""Points that are taken of all outlines of a mark."""
_FAR = 0.5
"""Units of spread beyond which a distance counts no further."""
_STEPS = 8


def sampled(rings: Sequence[npt.NDArray[np.floating]], count: int = POINTS) -> Floats:
    """Return ``count`` points at equal steps along all ``rings``, float32 (count, 2)."""
    starts = np.concatenate(rings)
    edges = np.concatenate([np.roll(ring, -1, 0) for ring in rings]) - starts
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    ends = np.cumsum(lengths)
    at = (np.arange(count) + 0.5) * (ends[-1] / count)
    edge = np.minimum(np.searchsorted(ends, at), len(starts) - 1)
    share = 1 - (ends[edge] - at) / np.maximum(lengths[edge], 1e-9)
    return np.asarray(starts[edge] + edges[edge] * share[:, None], np.float32)


def distances(raster: Pixels) -> Floats:
    """Return the distance to the edge of ``raster`` (SIDE, SIDE), negative inside, in units of spread."""
    import cv2

    inside = cv2.distanceTransform(raster, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - raster, cv2.DIST_L2, 3)
    # fillPoly also fills the pixels that an outline runs through: half a pixel more than is within it
    return np.asarray((outside - inside + 0.5) * np.float32(2 * SPAN / SIDE))


def fitted(points: Floats, fields: Floats, maps: Doubles, *, projective: bool = False) -> Doubles:
    """Return ``maps`` moved so that ``points`` come to lie on the edges in ``fields``.

    Args:
        points: float32 (N, POINTS, 2), in units of spread of the mark.
        fields: distances to edges, float32 (N, SIDE, SIDE), of the region.
        maps: float64 (N, 3, 3) from the mark's units to the region's, to begin with.
        projective: also move the last row; otherwise the maps stay affine.
    """
    maps = maps.copy()
    size = 8 if projective else 6
    ones = np.ones((*points.shape[:2], 1), np.float32)
    homogeneous: Floats = np.concatenate([points, ones], 2)
    damping = np.eye(size) * 1e-3
    for step in range(_STEPS):
        image: Floats = homogeneous @ maps.astype(np.float32).transpose(0, 2, 1)
        depth: Floats = np.maximum(image[..., 2:], np.float32(0.2))
        x_y: Floats = image[..., :2] / depth
        away, slope = _sampled_field(fields, x_y)
        far = np.float32(max(_FAR * 0.75**step, 0.1))
        weight = 1 / (1 + (away / far) ** 2) ** 2
        rows = _jacobian(homogeneous / depth, x_y, slope, projective=projective)
        weighed = rows * weight[..., None]
        normal = weighed.transpose(0, 2, 1) @ rows / points.shape[1] + damping
        change = np.linalg.solve(normal, -(weighed * away[..., None]).mean(1)[..., None])[..., 0]
        change = np.clip(change, -0.3, 0.3)
        maps.reshape(len(maps), 9)[:, :size] += change
    return maps


def _jacobian(points: Floats, x_y: Floats, slope: Floats, *, projective: bool) -> Floats:
    rows = [slope[..., :1] * points, slope[..., 1:] * points]
    if projective:
        along = -(slope * x_y).sum(2, keepdims=True)
        rows.append(along * points[..., :2])
    return np.concatenate(rows, 2)


def _sampled_field(fields: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Return value (N, P) and slope (N, P, 2) of each field at its ``places`` (N, P, 2), bilinear."""
    at = np.clip((places + SPAN) * (SIDE / (2 * SPAN)) - 0.5, 0, SIDE - 1.001)
    low = at.astype(np.int32)
    part = at - low
    first = (np.arange(len(fields)) * SIDE * SIDE)[:, None] + low[..., 1] * SIDE + low[..., 0]
    flat = fields.reshape(-1)
    a, b, c, d = (flat[first + step] for step in (0, 1, SIDE, SIDE + 1))
    x, y = part[..., 0], part[..., 1]
    value = (a * (1 - x) + b * x) * (1 - y) + (c * (1 - x) + d * x) * y
    slope = np.stack([(b - a) * (1 - y) + (d - c) * y, (c - a) * (1 - x) + (d - b) * x], 2)
    return value, slope * np.float32(SIDE / (2 * SPAN))


def apart(points: Floats, fields: Floats, maps: Doubles) -> Floats:
    """Return the mean distance of ``points`` under ``maps`` from the edges in ``fields``, float32 (N,)."""
    ones = np.ones((*points.shape[:2], 1), np.float32)
    image = np.concatenate([points, ones], 2) @ maps.astype(np.float32).transpose(0, 2, 1)
    places = np.asarray(image[..., :2] / np.maximum(image[..., 2:], 0.2), np.float32)
    away, _ = _sampled_field(fields, places)
    return np.asarray(np.minimum(np.abs(away), _FAR).mean(1))


def overlap(one: Pixels, two: Pixels) -> float:
    """Return what two rasters share of what they fill together, 0…1."""
    both, either = int(np.count_nonzero(one & two)), int(np.count_nonzero(one | two))
    return both / either if either else 0.0
