"""Whether a frame shows a key of a work, and where: an affine map that many features agree on, and then pixels.

The map goes from pixels of the key to pixels of the frame. Copies are scaled, stretched, cropped, turned and
laid into other pictures, all of which are affine; a filmed screen is nearly so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.works.copy_format import Key
from compliance.analyzers.works.copy_index import Integers, unit
from compliance.types import Floats, Pixels

Matrix = npt.NDArray[np.float64]
NEAR = 0.008
"""Distance from the map within which a pair agrees, fraction of the key's longer side as it is seen."""
LEAST_NEAR = 2.5
"""The same at least, pixels of the frame."""
LEAST_PAIRS = 5
"""Pairs before a map is tried; three fit any."""
LEAST = 7
"""Agreeing pairs of a map that stands; chosen by hand, how often unrelated frames reach it was not measured."""
LIKE = 0.82
"""Least cosine of descriptors of a pair that is looked for where the map says."""
STRETCH = 2.2
"""Greatest ratio of a map's scales along and across: bars squeezed into a frame stay below."""
SCALES = (0.12, 6.0)
"""Smallest and greatest size of the work as it is seen, against the key's pixels."""
BLOCKS = 8
"""The picture of the key is compared in so many blocks along each side."""


@dataclass(frozen=True)
class Shown:
    """A key as it is seen in a frame."""

    matrix: Matrix
    """float64 (2, 3): from pixels of the key to pixels of the frame."""
    inliers: int
    """Pairs of features that agree, no two at one place."""
    likeness: float
    """-1…1: correlation of the pixels of the key's picture and of the frame, median over blocks."""
    spread: float
    """0…1: share of the key's blocks, 4 × 4, that have an agreeing feature."""
    corners: Floats
    """float32 (4, 2): the key's corners in the frame, clockwise from the top left; they may lie outside."""


def shown(
    key: Key, features: sift.Features, pairs: tuple[Integers, Integers], grey: Pixels | None
) -> Shown | None:
    """Return how ``key`` is seen in a frame; None where no map stands.

    Args:
        key: of a print.
        features: of the frame, mirrored where the work is.
        pairs: indices of features of the frame, and of the key, that look alike.
        grey: the frame, uint8 (H, W), mirrored likewise; None leaves pixels uncompared.
    """
    import cv2

    if len(pairs[0]) < LEAST_PAIRS:
        return None
    seen, kept = features.points[pairs[0], :2], key.features.points[pairs[1], :2]
    cv2.setRNGSeed(1)
    found, _ = cv2.estimateAffine2D(
        kept, seen, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=1500, confidence=0.99
    )
    matrix: Matrix | None = None if found is None else np.asarray(found, np.float64)
    own, theirs = pairs[1], pairs[0]
    for _ in range(3):
        if matrix is None or not _plausible(matrix):
            return None
        own, theirs = _guided(key, features, matrix)
        if len(own) < LEAST_PAIRS:
            return None
        matrix = _fitted(key.features.points[own, :2], features.points[theirs, :2])
    if matrix is None or not _plausible(matrix):
        return None
    places = np.unique(np.round(features.points[theirs, :2] / 3), axis=0)
    if len(places) < LEAST:
        return None
    size = np.array([key.features.width, key.features.height])
    blocks = np.minimum(key.features.points[own, :2] / size * 4, 3).astype(int)
    spread = len(np.unique(blocks, axis=0)) / 16
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])]) @ matrix[:, :2].T + matrix[:, 2]
    like = 0.0 if grey is None else likeness(key, matrix, grey)
    return Shown(matrix, len(places), like, spread, corners.astype(np.float32))


def _plausible(matrix: Matrix) -> bool:
    """Refuse maps that swap sides, stretch far, or make a work tiny or huge."""
    if not np.isfinite(matrix).all() or np.linalg.det(matrix[:, :2]) <= 0:
        return False
    high, low = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(low >= SCALES[0] and high <= SCALES[1] and high <= STRETCH * low)


def _guided(key: Key, features: sift.Features, matrix: Matrix) -> tuple[Integers, Integers]:
    """Return pairs (of the key, of the frame) that lie where ``matrix`` says and look alike."""
    placed = key.features.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    side = max(key.features.width, key.features.height) * scale
    near = max(NEAR * side, LEAST_NEAR)
    inside = ((placed >= -near) & (placed <= (features.width + near, features.height + near))).all(
        axis=1
    )
    own = np.flatnonzero(inside)
    if not len(own) or not len(features):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    x, y = (np.abs(placed[own, None, axis] - features.points[None, :, axis]) for axis in (0, 1))
    i, j = np.nonzero(np.maximum(x, y) <= near)
    ratio = features.points[j, 2] / (key.features.points[own[i], 2] * scale)
    fits = (ratio > 0.5) & (ratio < 2)
    i, j = i[fits], j[fits]
    like = (unit(key.features.descriptors[own[i]]) * unit(features.descriptors[j])).sum(axis=1)
    order = np.argsort(-like, kind="stable")
    order = order[like[order] >= LIKE]
    mine, theirs = set(), set()
    kept = []
    for at in order.tolist():
        if i[at] not in mine and j[at] not in theirs:
            mine.add(i[at])
            theirs.add(j[at])
            kept.append(at)
    return own[i[kept]], j[kept]


def _fitted(kept: Floats, seen: Floats) -> Matrix | None:
    """Return the least-squares affine map from ``kept`` to ``seen``, both (N, 2)."""
    left = np.c_[kept, np.ones(len(kept))].astype(np.float64)
    if np.linalg.matrix_rank(left, tol=1.0) < 3:
        return None
    return np.asarray(np.linalg.lstsq(left, seen.astype(np.float64), rcond=None)[0].T)


def likeness(key: Key, matrix: Matrix, grey: Pixels) -> float:
    """Return the median correlation, over blocks that show anything, of the key's picture and the frame."""
    import cv2

    thumb = cv2.imdecode(np.frombuffer(key.thumb, np.uint8), cv2.IMREAD_GRAYSCALE)
    if thumb is None:
        return 0.0
    warped, seen = warp(grey, matrix, key, (thumb.shape[1], thumb.shape[0]))
    one = cv2.GaussianBlur(thumb.astype(np.float32), (0, 0), 1.5)
    other = cv2.GaussianBlur(warped.astype(np.float32), (0, 0), 1.5)
    values = []
    for rows in np.array_split(np.arange(thumb.shape[0]), BLOCKS):
        for columns in np.array_split(np.arange(thumb.shape[1]), BLOCKS):
            block = np.ix_(rows, columns)
            if not seen[block].all():
                continue
            a, b = one[block] - one[block].mean(), other[block] - other[block].mean()
            power = float(np.sqrt((a * a).mean()) * np.sqrt((b * b).mean()))
            if float(np.sqrt((a * a).mean())) >= 2.0:
                values.append(float((a * b).mean()) / (power + 4.0))
    return float(np.median(values)) if len(values) >= 3 else 0.0


def warp(
    grey: Pixels, matrix: Matrix, key: Key, size: tuple[int, int]
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """Return what the frame shows where the key lies, as a picture of ``size``, and which pixels it shows."""
    import cv2

    scale = np.diag([key.features.width / size[0], key.features.height / size[1]])
    inner = np.c_[matrix[:, :2] @ scale, matrix[:, 2]]
    zoom = float(np.sqrt(np.linalg.det(inner[:, :2])))
    source = cv2.GaussianBlur(grey, (0, 0), 0.4 * zoom) if zoom > 1.5 else grey
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(source, inner, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = np.ones(size[::-1], bool)
    for (along, down, start), most in zip(inner, grey.shape[::-1], strict=True):
        at = (down * np.arange(size[1]) + start)[:, None] + along * np.arange(size[0])
        inside &= (at >= 0) & (at <= most - 1)
    return np.asarray(warped, np.uint8), inside
