"""An index over the shapes of all marks, and how the marks nearest to a shape lie on it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_shape_fit import (
    POINTS,
    apart,
    distances,
    fitted,
    overlap,
    sampled,
)
from compliance.analyzers.brands.mark_shape_signature import (
    SIDE,
    moved,
    polar,
    raster,
    signatures,
    spectra,
    turned,
    whitening,
)
from compliance.types import Floats, Pixels

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Effort:
    """Which pairs are looked at how closely."""

    near: int
    """Shapes of the index, nearest by signature, that are tried for each that was seen."""
    signature: float
    """Cosine of signatures from which two shapes are laid on one another."""
    rings: float
    """Correlation of rings, in the best turn, from which they are."""
    pairs: int
    """Pairs that are fitted, most alike first."""
    away: float
    """Units of spread between outlines after the affine fit above which a pair is given up."""
    share: float
    """Overlap below which a fit is dropped."""


@dataclass(frozen=True)
class Shape:
    """Outlines that are filled by the even-odd rule."""

    rings: tuple[Floats, ...]
    """Outlines, float32 (N, 2), outer ones first, in pixels of whatever they were taken from."""
    outer: int
    """How many are outer ones."""


class Shapes:
    """Many shapes made comparable; those that are no area are left out."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        """Whiten and describe ``shapes``."""
        maps = [whitening(shape.rings[: shape.outer]) for shape in shapes]
        kept = [number for number, map_ in enumerate(maps) if map_ is not None]
        self.numbers = np.array(kept, np.int64)
        """Which of the shapes each line of the arrays is, int64 (N,)."""
        self.shapes = [shapes[number] for number in kept]
        self.maps = np.array([maps[number] for number in kept], np.float64).reshape(-1, 3, 3)
        """From pixels to units of spread, float64 (N, 3, 3)."""
        pairs = zip(self.shapes, self.maps, strict=True)
        self.rasters: Pixels = np.array([raster(s.rings, m) for s, m in pairs], np.uint8)
        self.rasters = self.rasters.reshape(-1, SIDE, SIDE)
        self.spectra = spectra(polar(self.rasters))
        self.signatures = signatures(self.spectra)

    def __len__(self) -> int:
        return len(self.numbers)

    def points(self, number: int) -> Floats:
        """Return points along the outlines of one shape, float32 (POINTS, 2), in units of spread."""
        shape, map_ = self.shapes[number], self.maps[number]
        return sampled([moved(map_, ring) for ring in shape.rings])


class ShapeIndex(Shapes):
    """Shapes of marks that are searched for."""

    def __init__(self, shapes: Sequence[Shape], plainness: Sequence[float] = ()) -> None:
        """Describe ``shapes`` and take points along their outlines; plainer ones are tried later."""
        super().__init__(shapes)
        self.plainness = np.asarray(plainness or np.zeros(len(shapes)), np.float64)[self.numbers]
        points = [self.points(number) for number in range(len(self))]
        self.edges = np.array(points, np.float32).reshape(-1, POINTS, 2)

    def take(self, lines: npt.NDArray[np.intp]) -> ShapeIndex:
        """Return an index of some of its lines."""
        some = copy.copy(self)
        some.shapes = [self.shapes[line] for line in lines.tolist()]
        some.numbers, some.maps = self.numbers[lines], self.maps[lines]
        some.rasters = self.rasters[lines]
        some.spectra, some.signatures = self.spectra[lines], self.signatures[lines]
        some.plainness, some.edges = self.plainness[lines], self.edges[lines]
        return some


@dataclass(frozen=True)
class Fit:
    """How a shape of an index lies on a shape that was seen."""

    seen: int
    """Line of what was seen."""
    mark: int
    """Line of the index."""
    map_: Doubles
    """float64 (3, 3): from the mark's pixels to those of what was seen."""
    share: float
    """What both share of what they fill together, 0…1."""
    away: float
    """Mean distance of the mark's outlines from those seen, or the other way round: the larger, in spreads."""


def lay(seen: Shapes, index: ShapeIndex, effort: Effort) -> list[Fit]:
    """Return how the nearest shapes of ``index`` lie on each of ``seen``, where they lie well."""
    if not len(seen) or not len(index):
        return []
    query, mark, angle = _pairs(seen, index, effort)
    if not len(query):
        return []
    lines, place = np.unique(query, return_inverse=True)
    fields = np.array([distances(seen.rasters[line]) for line in lines])[place]
    maps = fitted(index.edges[mark][:, ::2], fields, _turns(angle))
    close = apart(index.edges[mark], fields, maps) < effort.away
    query, mark, maps, fields = query[close], mark[close], maps[close], fields[close]
    if not len(query):
        return []
    maps = fitted(index.edges[mark], fields, maps, projective=True)
    away = apart(index.edges[mark], fields, maps)
    found = []
    for number, (q, m) in enumerate(zip(query.tolist(), mark.tolist(), strict=True)):
        whole = maps[number] @ index.maps[m]
        laid = raster(index.shapes[m].rings, whole)
        share = overlap(laid, seen.rasters[q])
        if share < effort.share or np.linalg.det(maps[number][:2, :2]) <= 0:
            continue
        back = apart(seen.points(q)[None], distances(laid)[None], np.eye(3)[None])
        whole = np.linalg.inv(seen.maps[q]) @ whole
        worse = max(float(away[number]), float(back[0]))
        found.append(Fit(q, m, whole / whole[2, 2], share, worse))
    return found


def _pairs(
    seen: Shapes, index: ShapeIndex, effort: Effort
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Doubles]:
    """Return lines of ``seen`` and ``index`` worth fitting, most alike first, and the turns between them."""
    alike = seen.signatures @ index.signatures.T
    nearest: list[npt.NDArray[np.int64]] = []
    for (
        line
    ) in alike:  # Few are alike at all, so that ordering them costs less than ordering the line.
        near = np.flatnonzero(line > effort.signature)
        nearest.append(near[np.argsort(-line[near], kind="stable")[: effort.near]])
    query = np.repeat(np.arange(len(seen)), [len(near) for near in nearest])
    mark = np.concatenate(nearest)
    angle, same = turned(index.spectra[mark], seen.spectra[query])
    good = np.flatnonzero(same > effort.rings)
    more = (same - 0.5 * index.plainness[mark])[good]
    order = good[np.argsort(-more, kind="stable")[: effort.pairs]]
    return query[order], mark[order], angle[order]


def _turns(angle: Doubles) -> Doubles:
    maps = np.tile(np.eye(3), (len(angle), 1, 1))
    maps[:, 0, 0] = maps[:, 1, 1] = np.cos(angle)
    maps[:, 1, 0], maps[:, 0, 1] = np.sin(angle), -np.sin(angle)
    return maps
