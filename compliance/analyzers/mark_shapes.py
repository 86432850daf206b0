"""Flat one-colour marks found by their shape: what is kept of a mark, and matches in the regions of a frame.

Corners are few on an apple, arches or a swoosh, but its outline is its own. A region of a frame and a mark are
brought to one size and slant, compared by a signature that no rotation changes, laid on one another by
Gauss-Newton, and measured: what both fill, and how far apart their edges are. A mark says as much as it differs
from plain shapes: a disc says nothing, however well it lies.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.analyzers.mark_match import MarkMatch, corners, project
from compliance.analyzers.mark_regions import Regions
from compliance.analyzers.mark_shape_fit import POINTS
from compliance.analyzers.mark_shape_index import Effort, Fit, Shape, ShapeIndex, Shapes, lay
from compliance.analyzers.mark_shape_print import ShapePrint, plainness
from compliance.types import Floats

Doubles = npt.NDArray[np.float64]

_EFFORT = Effort(near=4, signature=0.8, rings=0.6, pairs=120, away=0.12, share=0.7)
_FLOOR = 0.05
"""Score below which a match is not told."""
_SAME_PLACE = 0.5
"""Overlap of boxes from which two matches are one place, where only the better counts."""


class MarkShapeIndex:
    """The shapes of all marks of the banks, searched at once."""

    def __init__(self, prints: Sequence[ShapePrint | None]) -> None:
        """Build it from the prints of all references in the order of their rows; None is never found."""
        lines = [
            (row, one, number)
            for row, one in enumerate(prints)
            if one is not None
            for number in range(len(one.shapes))
        ]
        self.shapes = ShapeIndex(
            [one.shapes[number] for _, one, number in lines],
            [one.plainness[number] for _, one, number in lines],
        )
        kept = [lines[number] for number in self.shapes.numbers.tolist()]
        self.rows = [row for row, _, _ in kept]
        self.sizes = [(one.width, one.height) for _, one, _ in kept]
        self.plainness = np.array([one.plainness[number] for _, one, number in kept], np.float64)


def match_shapes(regions: Regions, index: MarkShapeIndex) -> list[MarkMatch]:
    """Return the marks of ``index`` that lie on ``regions``, best first, one for each place."""
    seen = _seen(regions)
    fits = lay(seen, index.shapes, _EFFORT)
    if not fits:
        return []
    plain = np.array([index.plainness[fit.mark] for fit in fits])
    sides = np.array([np.ptp(seen.shapes[fit.seen].rings[0], axis=0).max() for fit in fits])
    hopeful = np.flatnonzero(scores(fits, plain, sides) >= _FLOOR)
    lines = sorted({fits[number].seen for number in hopeful})
    own = dict(zip(lines, plainness([seen.shapes[line] for line in lines]), strict=True))
    fits = [fits[number] for number in hopeful]
    plain = np.array([max(plain[n], own[f.seen]) for n, f in zip(hopeful, fits, strict=True)])
    found = []
    for fit, score in zip(fits, scores(fits, plain, sides[hopeful]).tolist(), strict=True):
        if score >= _FLOOR:
            polygon = project(fit.map_, corners(*index.sizes[fit.mark])).astype(np.float32)
            inliers = round(POINTS * fit.share)
            found.append(
                (
                    fit.share,
                    MarkMatch(
                        index.rows[fit.mark], fit.map_, inliers, score, polygon, method="shape"
                    ),
                )
            )
    found.sort(key=lambda pair: (-pair[1].score, -pair[0]))
    return _best([match for _, match in found if np.isfinite(match.polygon).all()])


def _seen(regions: Regions) -> Shapes:
    """Return every region as it is, and without its holes where it has some."""
    shapes = []
    for region in range(len(regions)):
        rings, outer = tuple(regions.rings(region)), int(regions.outer[region])
        shapes.append(Shape(rings, outer))
        if len(rings) > outer:
            shapes.append(Shape(rings[:outer], outer))
    return Shapes(shapes)


def scores(fits: Sequence[Fit], plain: Doubles, sides: Doubles) -> Doubles:
    """Return the calibrated score, 0…1, of each fit.

    Args:
        fits: N fits.
        plain: what the mark or the region shares with the nearest plain shape, the larger, (N,).
        sides: longer side of the region in pixels, (N,).
    """
    share = np.array([fit.share for fit in fits])
    more = (share - plain) / (1.02 - plain)
    x = np.stack([more, share, np.array([f.away for f in fits]), np.log(sides / 64)], 1)
    return np.asarray(1 / (1 + np.exp(-(x @ _WEIGHTS + _BIAS))))


_WEIGHTS = np.array([12.0, 20.0, -10.0, 0.5])
_BIAS = -21.0


def _best(matches: Sequence[MarkMatch]) -> list[MarkMatch]:
    kept: list[MarkMatch] = []
    for match in matches:
        if all(_overlap(match.polygon, other.polygon) < _SAME_PLACE for other in kept):
            kept.append(match)
    return kept


def _overlap(one: Floats, two: Floats) -> float:
    """Return what the upright boxes around two polygons share of what they cover together."""
    low, high = np.maximum(one.min(0), two.min(0)), np.minimum(one.max(0), two.max(0))
    both = float(np.prod(np.maximum(high - low, 0)))
    areas = [float(np.prod(np.ptp(polygon, axis=0))) for polygon in (one, two)]
    return both / max(sum(areas) - both, 1e-6)
