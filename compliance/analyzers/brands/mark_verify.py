"""From a hypothesis to a match: an affine fit, what agrees with it, and whether the pixels do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands import mark_pixels
from compliance.analyzers.brands.logo_prints import CANONICAL, LogoPrint
from compliance.analyzers.brands.mark_match import Doubles, corners, project
from compliance.analyzers.brands.mark_votes import Candidates
from compliance.types import Floats, Pixels

NEAR = 0.04
"""Distance of a keypoint from where the fit puts it that still agrees, fraction of the mark's longer side."""
SMALLEST = 14.0
"""Shorter side in the frame below which nothing can be verified, pixels."""
STRETCH = 3.5
"""Greatest ratio of the singular values of a fit: a mark seen from 70° aside has 2.9."""
_PRIOR = 0.5
"""Weight of each corner of the similarity that starts a fit, in matches: holds a fit to few points together."""


@dataclass(frozen=True)
class Verified:
    """A hypothesis after verification; what the score is made from."""

    row: int
    """Row of the reference."""
    negative: bool
    """Light and dark are exchanged."""
    homography: Doubles
    """From the canonical raster to the frame."""
    inliers: int
    """Pairs that agree with it, each keypoint once."""
    weight: float
    """How much they say together."""
    spread: float
    """Area that they span on the mark, fraction of its raster."""
    agreement: float
    """See :func:`compliance.analyzers.brands.mark_pixels.agreement`."""
    own: float
    """How far the edges that are seen are the mark's; see there."""
    side: float
    """Root of its area, pixels of the frame."""


def verify(
    one: LogoPrint,
    edges: Floats,
    pairs: Candidates,
    seed: npt.NDArray[np.intp],
    frame: Sequence[Pixels],
) -> Verified | None:
    """Return what can be said of a hypothesis; None where its geometry cannot be that of a mark.

    Args:
        one: the reference.
        edges: orientations of its tones.
        pairs: all candidates of that reference and polarity.
        seed: those that made the hypothesis.
        frame: levels of the working frame's tones.
    """
    fitted = _fit(pairs, seed)
    if fitted is None:
        return None
    matrix, inliers = fitted
    middle = np.array([[1, 0, -one.width / 2], [0, 1, -one.height / 2], [0, 0, 1.0]])
    homography = np.vstack([matrix, [0, 0, 1.0]]) @ middle
    quad = project(homography, corners(one.width, one.height))
    if not plausible(quad) or not _inside(quad, frame[0]):
        return None
    negative = bool(pairs.negative[seed[0]])
    return Verified(
        int(pairs.row[seed[0]]),
        negative,
        homography,
        len(inliers),
        float(pairs.weight[inliers].sum()),
        _spread(pairs.drawn[inliers, :2], one),
        *_agreed(edges, homography @ _raster(one), negative, frame, one.tones.shape),
        float(np.sqrt(_area(quad))),
    )


def refined(one: LogoPrint, edges: Floats, found: Verified, frame: Sequence[Pixels]) -> Verified:
    """Return ``found`` with a homography that fits the pixels better, where there is one."""
    import cv2

    height, width = one.tones.shape
    raster = _raster(one)
    region = mark_pixels.through(frame, found.homography @ raster, width, height)
    region = 255 - region if found.negative else region
    best = found
    whole = np.full(region.shape, 255, np.uint8)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-3)
    for motion in (cv2.MOTION_AFFINE, cv2.MOTION_HOMOGRAPHY):
        warp = np.eye(3, dtype=np.float32)[: 2 if motion == cv2.MOTION_AFFINE else 3]
        try:
            _, fitted = cv2.findTransformECC(one.tones, region, warp, motion, stop, whole, 5)
        except cv2.error:  # It did not converge: the tones have nothing in common.
            continue
        full = np.vstack([np.asarray(fitted), [[0, 0, 1]]])[:3].astype(np.float64)
        moved = found.homography @ raster @ full @ np.linalg.inv(raster)
        quad = project(moved, corners(one.width, one.height))
        if not plausible(quad) or not _inside(quad, frame[0]):
            continue
        agreement, own = _agreed(edges, moved @ raster, found.negative, frame, one.tones.shape)
        if agreement > best.agreement:
            side = float(np.sqrt(_area(quad)))
            best = replace(found, homography=moved, agreement=agreement, own=own, side=side)
    return best


def plausible(quad: Doubles) -> bool:
    """Return whether four corners are those of a mark: convex, not mirrored, not a sliver."""
    if not np.isfinite(quad).all():
        return False
    edges = np.roll(quad, -1, axis=0) - quad
    turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    opposite = lengths[:2] / np.maximum(lengths[2:], 1e-6)
    return bool(
        (turns > 0).all()
        and lengths.min() >= SMALLEST * 0.5
        and np.sqrt(_area(quad)) >= SMALLEST
        and (opposite < 2.2).all()
        and (opposite > 1 / 2.2).all()
    )


def _fit(
    pairs: Candidates, seed: npt.NDArray[np.intp]
) -> tuple[Doubles, npt.NDArray[np.intp]] | None:
    """Return an affine map (2, 3) and the pairs that agree with it, each keypoint once."""
    matrix = _solved(pairs, seed, None)
    inliers = seed
    for _ in range(4):
        if not _sane(matrix):
            return None
        scale = np.sqrt(np.linalg.det(matrix[:, :2]))
        near = _agreeing(pairs, matrix, scale)
        if len(near) < 3:
            return None
        if np.array_equal(near, inliers):
            break
        inliers = near
        matrix = _solved(pairs, inliers, _nearest_similarity(matrix))
    return (matrix, inliers) if _sane(matrix) else None


def _agreeing(pairs: Candidates, matrix: Doubles, scale: float) -> npt.NDArray[np.intp]:
    expected = pairs.drawn[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    off = np.hypot(*(expected - pairs.seen[:, :2]).T)
    turn = np.degrees(np.arctan2(matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1]))
    turned = pairs.seen[:, 3] + 180.0 * pairs.negative - pairs.drawn[:, 3] - turn
    turned = np.abs((turned + 180) % 360 - 180)
    sized = np.abs(np.log2(pairs.seen[:, 2] / pairs.drawn[:, 2] / scale))
    fits = (off < max(NEAR * CANONICAL * scale, 1.5)) & (turned < 35) & (sized < 0.9)
    found = np.flatnonzero(fits)
    found = found[np.argsort(off[found] - 2 * pairs.weight[found], kind="stable")]
    _, first = np.unique(pairs.query[found], return_index=True)
    found = found[np.sort(first)]
    _, first = np.unique(pairs.mark[found], return_index=True)
    return np.sort(found[np.sort(first)])


def _solved(pairs: Candidates, which: npt.NDArray[np.intp], prior: Doubles | None) -> Doubles:
    """Return the weighted least squares; of a similarity at first, then affine, held by a prior."""
    drawn = pairs.drawn[which, :2].astype(np.float64)
    seen = pairs.seen[which, :2].astype(np.float64)
    weight = np.sqrt(pairs.weight[which].astype(np.float64) + 1e-3)
    if prior is None:
        rows = np.zeros((2 * len(which), 4))
        rows[0::2] = np.stack(
            [drawn[:, 0], -drawn[:, 1], np.ones(len(which)), np.zeros(len(which))], 1
        )
        rows[1::2] = np.stack(
            [drawn[:, 1], drawn[:, 0], np.zeros(len(which)), np.ones(len(which))], 1
        )
        a, b, x, y = np.linalg.lstsq(
            rows * np.repeat(weight, 2)[:, None], (seen * weight[:, None]).ravel()
        )[0]
        return np.array([[a, -b, x], [b, a, y]])
    ring = CANONICAL / 2 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
    held = np.sqrt(_PRIOR * weight.mean() ** 2)
    left = np.vstack([drawn * weight[:, None], ring * held])
    ones = np.r_[weight, np.full(4, held)]
    right = np.vstack([seen * weight[:, None], (ring @ prior[:, :2].T + prior[:, 2]) * held])
    return np.asarray(np.linalg.lstsq(np.c_[left, ones], right)[0].T)


def _nearest_similarity(matrix: Doubles) -> Doubles:
    a = (matrix[0, 0] + matrix[1, 1]) / 2
    b = (matrix[1, 0] - matrix[0, 1]) / 2
    return np.array([[a, -b, matrix[0, 2]], [b, a, matrix[1, 2]]])


def _sane(matrix: Doubles) -> bool:
    if not np.isfinite(matrix).all() or np.linalg.det(matrix[:, :2]) <= 1e-6:
        return False
    values = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(values[0] / values[1] < STRETCH)


def _spread(points: Floats, one: LogoPrint) -> float:
    import cv2

    hull = cv2.convexHull(np.ascontiguousarray(points, np.float32))
    return float(cv2.contourArea(hull)) / (one.width * one.height)


def _area(quad: Doubles) -> float:
    x, y = quad.T
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


def _inside(quad: Doubles, grey: Pixels) -> bool:
    """Return whether at least half of a quadrangle's box lies in the frame."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    seen = np.clip(high, 0, grey.shape[::-1]) - np.clip(low, 0, grey.shape[::-1])
    return bool(np.prod(seen) >= 0.5 * np.prod(high - low))


def _raster(one: LogoPrint) -> Doubles:
    height, width = one.tones.shape
    return np.diag([one.width / width, one.height / height, 1.0])


def _agreed(
    edges: Floats,
    homography: Doubles,
    negative: bool,
    frame: Sequence[Pixels],
    shape: tuple[int, ...],
) -> tuple[float, float]:
    seen = mark_pixels.orientations(mark_pixels.through(frame, homography, shape[1], shape[0]))
    return mark_pixels.agreement(edges, seen, negative)
