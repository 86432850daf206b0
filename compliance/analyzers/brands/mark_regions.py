"""Regions of one tone in a frame that may be flat marks: found without knowing any mark.

The frame is cut at many levels of lightness and of two opponent colours, and against local means. What has a
closed outline in such a map is a part, light or dark; parts that lie side by side on one ground are also joined
to groups, nearest first, for a mark may consist of several (stripes, an apple and its leaf). What comes back
alike from several levels stands out from its ground and is kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.types import Floats, Pixels

Ints = npt.NDArray[np.int32]

LEAST_SIDE = 12
"""Pixels of the longer side of a part below which nothing tells shapes apart."""
LEAST_AREA = 50
"""Pixels that the outline of a part encloses."""
LEAST_GROUP_SIDE = 20
"""Pixels of the longer side of a region, part or group."""
MOST_PARTS = 8
"""Outlines side by side in one group; lines of text have more, and are read, not compared by shape."""
MOST_INSIDE = 40
"""Outlines within an outline; texture has more."""
MOST_SIBLINGS = 60
"""Parts on one ground that are joined to groups, largest first."""
MOST_REGIONS = 700
"""Regions of one frame, those that stand out most first."""
_LIGHT_STEP = 16
_COLOUR_STEP = 8
"""Steps of 8-bit CIELAB between levels: a mark that differs by two of them stands out in two at least."""
_ALIKE = 0.06
"""Share of the side by which place and spread may differ in two maps that show one region."""
_SAME = 0.03
"""Share up to which only one of them is kept: outlines of two maps may differ, and one may be better."""
_SHOWN = 2
"""Maps that show a region, at least; texture is shown by one."""


@dataclass(frozen=True)
class Regions:
    """Outlines of the regions of one frame. A region is filled by the even-odd rule over its outlines."""

    width: int
    """Pixels of the working frame."""
    height: int
    points: Floats
    """Corners of all outlines, one after the other, shape (P, 2), in pixels."""
    ends: Ints
    """Where in ``points`` each outline ends, shape (C,)."""
    outlines: Ints
    """Numbers of the outlines of all regions, one region after the other; the outer ones come first."""
    outer: Ints
    """How many of each region's outlines are outer ones, shape (R,)."""
    stops: Ints
    """Where in ``outlines`` each region ends, shape (R,)."""

    def __len__(self) -> int:
        return len(self.stops)

    def rings(self, region: int, *, filled: bool = False) -> list[Floats]:
        """Return the outlines of ``region``, each float32 (N, 2); with ``filled`` only the outer ones."""
        first = int(self.stops[region - 1]) if region else 0
        last = first + int(self.outer[region]) if filled else int(self.stops[region])
        return [self._ring(int(number)) for number in self.outlines[first:last]]

    def _ring(self, number: int) -> Floats:
        return self.points[self.ends[number - 1] if number else 0 : self.ends[number]]


@dataclass
class _Part:
    """One closed outline of a map, and what lies within it."""

    contour: npt.NDArray[Any]
    box: Sequence[int]
    moments: npt.NDArray[np.float64]
    dark: bool
    inside: list[_Part] = field(default_factory=list)
    net: float = 0.0
    """Pixels filled by the even-odd rule."""

    def within(self) -> Iterator[_Part]:
        for part in self.inside:
            yield part
            yield from part.within()


@dataclass
class _Region:
    parts: list[_Part]
    level: int

    def outlines(self) -> list[_Part]:
        large = sum(part.moments[0] for part in self.parts) / 300
        return self.parts + [
            inner for part in self.parts for inner in part.within() if inner.moments[0] > large
        ]


def shape_candidates(pixels: Pixels) -> Regions:
    """Return the regions of ``pixels``, RGB uint8 (H, W, 3), a working frame of about 960 pixels."""
    height, width = pixels.shape[:2]
    found: list[_Region] = []
    for level, map_ in enumerate(_maps(pixels)):
        found += _regions(map_, level)
    return _packed(_stable(found), width, height)


def _maps(pixels: Pixels) -> Iterator[Pixels]:
    import cv2

    lab = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), (0, 0), 0.8)
    light, *colours = cv2.split(lab)
    for level in range(16, 246, _LIGHT_STEP):
        yield (light > level).view(np.uint8)
    for colour in colours:
        thin = colour[::3, ::3]
        for level in range(int(thin.min()) + _COLOUR_STEP // 2, int(thin.max()), _COLOUR_STEP):
            yield (colour > level).view(np.uint8)
    for window in (31, 91, 241):
        mean = cv2.boxFilter(light, -1, (window, window))
        yield (light > np.minimum(mean, 245) + 10).view(np.uint8)
        yield (light < np.maximum(mean, 10) - 10).view(np.uint8)


def _regions(map_: Pixels, level: int) -> list[_Region]:
    roots = part_tree(map_)
    height, width = map_.shape
    found: list[_Region] = []
    stack = [roots]
    while stack:
        siblings = stack.pop()
        stack += [part.inside for part in siblings if part.inside]
        free = [
            part
            for part in siblings
            if part.box[0] > 0
            and part.box[1] > 0
            and part.box[0] + part.box[2] < width
            and part.box[1] + part.box[3] < height
        ]
        found += [_Region([part], level) for part in free if max(part.box[2:]) >= LEAST_GROUP_SIDE]
        found += [_Region(group, level) for group in _groups(free)]
    return found


def part_tree(map_: Pixels) -> list[_Part]:
    """Return the outermost parts of a map, uint8 (H, W) of 0 and not 0, each with the parts within it."""
    import cv2

    contours, tree = cv2.findContours(map_, cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE)
    parts: dict[int, _Part] = {}
    roots: list[_Part] = []
    if tree is None:
        return roots
    for number, contour in enumerate(contours):
        if len(contour) < 2 * LEAST_SIDE:
            continue
        box = cv2.boundingRect(contour)
        if max(box[2:]) < LEAST_SIDE:
            continue
        m = cv2.moments(contour)
        if m["m00"] < LEAST_AREA:
            continue
        moments = np.array([m["m00"], m["m10"], m["m01"], m["m20"], m["m11"], m["m02"]])
        above = parts.get(int(tree[0, number, 3]))
        part = _Part(contour, box, moments, above is not None and not above.dark)
        parts[number] = part
        (above.inside if above is not None else roots).append(part)
    for part in reversed(parts.values()):  # what lies within a part comes after it
        part.net = part.moments[0] - sum(inner.net for inner in part.inside)
    return roots


def _groups(siblings: list[_Part]) -> Iterator[list[_Part]]:
    """Join neighbours, nearest first, and give every group of 2 to :data:`MOST_PARTS` on the way."""
    if len(siblings) < 2:
        return
    siblings = sorted(siblings, key=lambda part: -part.moments[0])[:MOST_SIBLINGS]
    boxes = np.array([part.box for part in siblings], np.float32)
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    apart = np.maximum(np.maximum(low[:, None] - high, low - high[:, None]), 0)
    gaps = np.hypot(apart[..., 0], apart[..., 1])
    member = list(range(len(siblings)))
    groups = {number: [number] for number in member}
    for pair in _spanning_tree(gaps):
        one, two = member[pair[0]], member[pair[1]]
        groups[one] += groups.pop(two)
        for number in groups[one]:
            member[number] = one
        if len(groups[one]) <= MOST_PARTS:
            yield [siblings[number] for number in groups[one]]


def _spanning_tree(gaps: Floats) -> list[tuple[int, int]]:
    """Return the edges of the least spanning tree of a full graph, shortest first (Prim)."""
    count = len(gaps)
    near, toward = gaps[0].copy(), np.zeros(count, int)
    near[0] = np.inf
    edges = []
    for _ in range(count - 1):
        new = int(near.argmin())
        edges.append((float(near[new]), int(toward[new]), new))
        closer = (gaps[new] < near) & np.isfinite(near)
        near[closer], toward[closer] = gaps[new][closer], new
        near[new] = np.inf
    return [(one, two) for _, one, two in sorted(edges)]


def _stable(found: list[_Region]) -> list[_Region]:
    """Keep one of those that are alike, and of all those that most levels show."""
    from scipy.spatial import cKDTree

    if not found:
        return []
    places = np.array([_place(region) for region in found], np.float64)
    levels = np.array([region.level for region in found])
    outer = places[
        :, :6
    ]  # thin strokes lose much of their area from map to map, but keep their outline
    alike = cKDTree(outer).query_ball_point(outer, _ALIKE * places[:, 2] + 0.7)
    same = cKDTree(places).query_ball_point(places, _SAME * places[:, 2] + 0.5)
    shown = np.array([len(set(levels[near])) for near in alike])
    counts = np.array([len(near) for near in alike])
    kept: list[_Region] = []
    taken = np.zeros(len(found), bool)
    for number in np.lexsort((-counts, -shown)):
        if shown[number] < _SHOWN or len(kept) == MOST_REGIONS:
            break
        if not taken[number]:
            taken[same[number]] = True
            kept.append(found[number])
    return kept


def _place(region: _Region) -> list[float]:
    """Return where a region lies and how it is spread, in pixels."""
    m = sum((part.moments for part in region.parts), np.zeros(6))
    area, x, y = m[0], m[1] / m[0], m[2] / m[0]
    xx, yy, xy = m[3] / area - x * x, m[5] / area - y * y, m[4] / area - x * y
    side = max(area, 1.0) ** 0.5
    return [
        x,
        y,
        side,
        2 * max(xx, 0) ** 0.5,
        2 * max(yy, 0) ** 0.5,
        2 * xy / side,
        sum(p.net for p in region.parts) / side,
    ]


def _packed(kept: Sequence[_Region], width: int, height: int) -> Regions:
    numbers: dict[int, int] = {}
    rings: list[Floats] = []
    outlines: list[int] = []
    outer: list[int] = []
    stops: list[int] = []
    for region in kept:
        parts = region.outlines()
        if len(parts) - len(region.parts) > MOST_INSIDE:
            parts = region.parts
        for part in parts:
            if id(part) not in numbers:
                numbers[id(part)] = len(rings)
                rings.append(outline(part))
            outlines.append(numbers[id(part)])
        outer.append(len(region.parts))
        stops.append(len(outlines))
    ends = np.cumsum([len(ring) for ring in rings], dtype=np.int32)
    points = np.concatenate(rings) if rings else np.zeros((0, 2), np.float32)
    return Regions(
        width, height, points, ends, *(np.array(a, np.int32) for a in (outlines, outer, stops))
    )


def outline(part: _Part) -> Floats:
    """Return the corners of a part, float32 (N, 2), in pixels, moved to between its pixels and the ground's."""
    import cv2

    ring = part.contour[:, 0].astype(np.float32)
    along = np.roll(ring, -1, 0) - np.roll(ring, 1, 0)
    length = np.hypot(along[:, 0], along[:, 1])
    # OpenCV goes round light parts and round holes so that the light side is on one hand
    out = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(length, 1e-3)[:, None]
    ring = ring + np.float32(0.5) * out
    fine = min(max(0.004 * len(ring), 0.35), 1.2)
    corners: Floats = cv2.approxPolyDP(ring[:, None], fine, True)[:, 0]
    return corners


def pack(regions: Regions) -> bytes:
    """Return ``regions`` as bytes: zlib over sizes and arrays; points to an eighth of a pixel."""
    whole = np.round(regions.points * 8).astype(np.int16)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int16)).astype(np.int16)
    head = np.array(
        [regions.width, regions.height, *(len(a) for a in _tables(regions)), len(whole)], np.int32
    )
    body = [head.tobytes(), *(a.tobytes() for a in _tables(regions)), steps.T.tobytes()]
    return zlib.compress(b"".join(body), 6)


def _tables(regions: Regions) -> tuple[Ints, Ints, Ints, Ints]:
    return regions.ends, regions.outlines, regions.outer, regions.stops


def unpack(data: bytes) -> Regions:
    """Return what :func:`pack` was given; raises ``ValueError`` where the bytes are not its own."""
    try:
        body = zlib.decompress(data)
        width, height, *sizes = np.frombuffer(body, np.int32, 7).tolist()
        tables, at = [], 28
        for size in sizes[:4]:
            tables.append(np.frombuffer(body, np.int32, size, at))
            at += 4 * size
        steps = np.frombuffer(body, np.int16, 2 * sizes[4], at).reshape(2, -1).T
    except (zlib.error, ValueError) as error:
        raise ValueError(f"not packed regions: {error}") from error
    points = (np.cumsum(steps, 0, dtype=np.int16) / 8).astype(np.float32)
    return Regions(width, height, points, *tables)
