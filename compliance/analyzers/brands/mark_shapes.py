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

from compliance.analyzers.brands.mark_match import MarkMatch, corners, project
from compliance.analyzers.brands.mark_regions import Regions
from compliance.analyzers.brands.mark_shape_fit import POINTS
from compliance.analyzers.brands.mark_shape_index import Effort, Fit, Shape, ShapeIndex, Shapes, lay
from compliance.analyzers.brands.mark_shape_print import ShapePrint, plainness
from compliance.analyzers.brands.mark_shape_witness import witnessed
from compliance.types import Floats

Doubles = npt.NDArray[np.float64]

_EFFORT = Effort(near=4, signature=0.8, rings=0.6, pairs=120, away=0.12, share=0.7)
_FLOOR = 0.05
"""Score below which a match is not told."""
_SAME_PLACE = 0.5
"""Overlap of boxes from which two matches are one place, where only the better counts."""
_MOST_STRETCH = 3.0
"""A plane turned away by 70° is seen so; what fits only when stretched more fits by chance."""
_CHANCE = 0.6
"""Overlap that shapes which have nothing in common reach once they are laid on one another."""
_WEIGHTS = np.array([5.84, -31.2, 1.26, -4.97])
_BIAS = 2.88
"""Logistic regression on the part of the gap to the nearest plain shape that is closed, distance of edges, size
and stretch: 179 composites of simple-icons marks on photographs (perspective, cloth, light, cover, blur, JPEG)
and 181 views of photographs without a mark, all against 3,395 marks; see benchmarks/logo_shapes.py."""
_CROWD = 0.71
_FEW = 54
"""With 27 marks (54 shapes) one view in 181 held a wrong match above a logit; with 100 times as many shapes
the same share was reached 3.6 higher, before calibration: each e-fold of shapes costs 0.71 after it."""


class MarkShapeIndex:
    """The shapes of all marks of the banks, searched at once."""

    def __init__(
        self, prints: Sequence[ShapePrint | None], entries: Sequence[str] | None = None
    ) -> None:
        """Build it from the prints of all references in the order of their rows; None is never found.

        Args:
            prints: of all references.
            entries: whose each is; None where each is of an entry of its own.
        """
        lines = [
            (row, one, number)
            for row, one in enumerate(prints)
            if one is not None
            for number in range(len(one.shapes))
        ]
        whole = ShapeIndex(
            [one.shapes[number] for _, one, number in lines],
            [one.plainness[number] for _, one, number in lines],
        )
        rows = np.array([lines[number][0] for number in whole.numbers.tolist()], np.int64)
        self.shapes = whole.take(witnessed(whole, rows, entries)) if entries else whole
        kept = [lines[number] for number in self.shapes.numbers.tolist()]
        self.rows = [row for row, _, _ in kept]
        self.entries = [entries[row] if entries else str(row) for row in self.rows]
        self.sizes = [(one.width, one.height) for _, one, _ in kept]
        self.plainness = np.array([one.plainness[number] for _, one, number in kept], np.float64)


def match_shapes(regions: Regions, index: MarkShapeIndex) -> list[MarkMatch]:
    """Return the marks of ``index`` that lie on ``regions``, best first.

    At each place there is one entry, with each of its references that lies there.
    """
    seen = _seen(regions)
    fits = [
        fit
        for fit in lay(seen, index.shapes, _EFFORT)
        if _stretch(fit, index.sizes[fit.mark]) < _MOST_STRETCH
    ]
    plain = np.array([index.plainness[fit.mark] for fit in fits])
    hopeful = [n for n, one in enumerate(scores(fits, plain, seen, index)) if one >= _FLOOR]
    lines = sorted({fits[number].seen for number in hopeful})
    own = dict(zip(lines, plainness([seen.shapes[line] for line in lines]), strict=True))
    fits = [fits[number] for number in hopeful]
    plain = np.array([max(plain[n], own[fit.seen]) for n, fit in zip(hopeful, fits, strict=True)])
    told = scores(fits, plain, seen, index).tolist()
    ranked = sorted(zip(told, fits, strict=True), key=lambda pair: (-pair[0], -pair[1].share))
    found: list[MarkMatch] = []
    places: list[tuple[int, str, Floats]] = []
    for score, fit in ranked:
        polygon = project(fit.map_, corners(*index.sizes[fit.mark])).astype(np.float32)
        if score < _FLOOR or not np.isfinite(polygon).all():
            continue
        row, inliers = index.rows[fit.mark], round(POINTS * fit.share)
        entry = index.entries[fit.mark]
        place = np.concatenate(seen.shapes[fit.seen].rings)
        # Other references of the entry are witnesses there, other entries are not.
        if not any(
            (row == one or entry != two) and _overlap(place, other, row == one) > _SAME_PLACE
            for one, two, other in places
        ):
            places.append((row, entry, place))
            found.append(MarkMatch(row, fit.map_, inliers, score, polygon, method="shape"))
    return found


def _seen(regions: Regions) -> Shapes:
    """Return every region as it is, and without its holes where it has some."""
    shapes = []
    for region in range(len(regions)):
        rings, outer = tuple(regions.rings(region)), int(regions.outer[region])
        shapes.append(Shape(rings, outer))
        if len(rings) > outer:
            shapes.append(Shape(rings[:outer], outer))
    return Shapes(shapes)


def scores(fits: Sequence[Fit], plain: Doubles, seen: Shapes, index: MarkShapeIndex) -> Doubles:
    """Return the calibrated score, 0…1, of each fit: the more marks are searched, the more lie well by chance.

    Args:
        fits: N fits.
        plain: what the mark or the region shares with the nearest plain shape, the larger, (N,).
        seen: what they lie on.
        index: what was searched.
    """
    rows = []
    for fit, most in zip(fits, np.maximum(plain, _CHANCE).tolist(), strict=True):
        more = (fit.share - most) / (1.02 - most)
        side = float(np.ptp(np.concatenate(seen.shapes[fit.seen].rings), axis=0).max())
        stretch = np.log(_stretch(fit, index.sizes[fit.mark]))
        rows.append([more, fit.away, np.log(min(side, 200.0) / 64), stretch])
    crowd = _CROWD * np.log(max(len(index.rows), _FEW) / _FEW)
    return np.asarray(1 / (1 + np.exp(crowd - _BIAS - np.reshape(rows, (-1, 4)) @ _WEIGHTS)))


def _stretch(fit: Fit, size: tuple[float, float]) -> float:
    """Return how many times longer one direction of the mark is seen than the other, ≥ 1, at its middle."""
    image = fit.map_ @ (size[0] / 2, size[1] / 2, 1)
    slopes = fit.map_[:2, :2] - np.outer(image[:2] / image[2], fit.map_[2, :2])
    values = np.linalg.svd(slopes, compute_uv=False)
    return float(values[0] / max(values[1], 1e-9))


def _overlap(one: Floats, two: Floats, within: bool) -> float:
    """Return what the upright boxes around two sets of points share, of both or (``within``) of the smaller."""
    low, high = np.maximum(one.min(0), two.min(0)), np.minimum(one.max(0), two.max(0))
    both = float(np.prod(np.maximum(high - low, 0)))
    areas = [float(np.prod(np.ptp(polygon, axis=0))) for polygon in (one, two)]
    return both / max(min(areas) if within else sum(areas) - both, 1e-6)
