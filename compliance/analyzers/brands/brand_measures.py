"""What is measured of a mark in a frame: its colours, size, pose, and the room around it. Pure.

Limits. Colours: coloured light shifts them; the cast of the frame is taken out where that brings a colour
nearer to an allowed one, up to a fifth per channel, so a wrong tint of that size is forgiven. Stretch: a mark
on a plane that is turned away looks stretched; the turning is taken out where the perspective shows it, with a
focal length of 1.2 times the frame's longer side assumed; without perspective the two cannot be told apart.
Measures are of the upright box around what covers in the mark's own picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_match import project
from compliance.types import Floats, Pixels

Doubles = npt.NDArray[np.float64]

_FOCAL = 1.2
"""Focal length assumed, in longer sides of the frame: a view of 45°, that of a telephone's main camera."""
_TURNED = 0.04
"""Difference in depth across the mark from which it shows that the plane is turned; less is the fit's error."""
_RASTER = 200
"""Pixels of the longer side of the raster in which colours and edges are looked at."""
_EDGE = 30.0
"""Change of tone over two pixels of the raster, grey levels, that is an edge: JPEG and noise stay below."""
_CAST = 0.2
"""Largest part of a channel that is taken for the light's colour."""
_LEAST_SHARE = 0.15
"""Share of the mark from which a colour is one of its colours, not an edge or a highlight."""


@dataclass(frozen=True)
class Seen:
    """One mark in one frame."""

    homography: Doubles
    """float64 (3, 3): from pixels of the mark's picture to those of the frame."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the mark in its picture, pixels."""
    ink: npt.NDArray[np.bool_]
    """(H, W): where the mark is in its picture."""
    frame: Pixels
    """RGB uint8 (H, W, 3)."""

    @classmethod
    def of(cls, homography: Doubles, mark: Pixels, frame: Pixels) -> Seen:
        """Look at ``mark``, RGBA uint8, where ``homography`` lays it in ``frame``."""
        ink = foreground(mark)
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
        return cls(np.asarray(homography, np.float64), box, ink, frame)

    def height(self) -> float:
        """Return the height in pixels of the frame, between the middles of its upper and lower edge."""
        left, top, right, bottom = self.box
        middle = (left + right) / 2
        ends = project(self.homography, np.array([(middle, top), (middle, bottom)]))
        return float(np.hypot(*(ends[1] - ends[0])))

    def rotation(self) -> float:
        """Return degrees clockwise from upright, -180…180: of the nearest rotation at the middle."""
        u, _, v = np.linalg.svd(self._affine())
        turn = u @ np.diag([1, np.linalg.det(u @ v)]) @ v
        return float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))

    def stretch(self) -> float:
        """Return how many times longer one direction is than the other, ≥ 1, perspective taken out."""
        values = np.linalg.svd(self._affine(), compute_uv=False)
        flat = float(values[0] / max(values[1], 1e-9))
        if self._depth() < _TURNED:
            return flat
        height, width = self.frame.shape[:2]
        focal = _FOCAL * max(height, width)
        inward = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, focal]]) / focal
        values = np.linalg.svd((inward @ self.homography)[:, :2], compute_uv=False)
        return min(flat, float(values[0] / max(values[1], 1e-9)))

    def _depth(self) -> float:
        """Return how much farther one end of the mark is than the other, as a share of its distance."""
        left, top, right, bottom = self.box
        ends = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)])
        depths = ends @ self.homography[2]
        return float(np.ptp(depths) / max(abs(depths.mean()), 1e-9))

    def _affine(self) -> Doubles:
        """Return the Jacobian of the homography at the middle of the mark, (2, 2)."""
        left, top, right, bottom = self.box
        image = self.homography @ ((left + right) / 2, (top + bottom) / 2, 1)
        place = image[:2] / image[2]
        slopes = self.homography[:2, :2] - np.outer(place, self.homography[2, :2])
        return np.asarray(slopes / image[2])

    def distance(self, polygon: Floats) -> float | None:
        """Return how far ``polygon`` is from the mark's box, in its heights; None where it is on the mark."""
        import cv2

        left, top, right, bottom = self.box
        there = project(np.asarray(np.linalg.inv(self.homography), np.float64), polygon)
        if not np.isfinite(there).all():  # behind the plane of the mark
            return float("inf")
        mark = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
        other = cv2.convexHull(there.astype(np.float32)[:, None])[:, 0]
        shared, _ = cv2.intersectConvexConvex(mark, other)
        if shared > 0:
            smaller = min(cv2.contourArea(mark), cv2.contourArea(other))
            return None if shared > 0.5 * smaller else 0.0
        # convex polygons apart from one another are nearest at a corner of one
        pairs = [(mark, p) for p in other] + [(other, p) for p in mark]
        away = min(-cv2.pointPolygonTest(q, (float(p[0]), float(p[1])), True) for q, p in pairs)
        return max(float(away), 0.0) / (bottom - top)

    def worst_colour(self, allowed: Sequence[str]) -> tuple[float, str, str] | None:
        """Return difference, colour and nearest allowed colour of the mark's worst colour.

        None where it is too small. The difference is CIEDE2000 with kL = 2, as found or with the cast of the
        frame taken out, the smaller.
        """
        from skimage.color import deltaE_ciede2000, rgb2lab

        pixels, ink = self._raster(0.0)
        sure = _eroded(ink)
        if np.count_nonzero(sure) < 12:
            return None
        shown = pixels[sure].astype(np.float64)
        targets = np.array([_rgb(one) for one in allowed], np.float64)
        aims = rgb2lab(targets[None] / 255)[0]
        worst: tuple[float, str, str] | None = None
        for colour in _colours(shown):
            views = np.clip(np.stack([colour, colour / _cast(self.frame)]), 0, 255)
            labs = rgb2lab(views[None] / 255)[0]
            away = deltaE_ciede2000(labs[:, None], aims[None], kL=2).min(0)  # type: ignore[no-untyped-call]
            nearest = int(away.argmin())
            if worst is None or away[nearest] > worst[0]:
                worst = float(away[nearest]), _hex(colour), allowed[nearest]
        return worst

    def contrast(self) -> float:
        """Return WCAG 2's contrast between the mark and the ground right around it, 1…21."""
        import cv2

        pixels, ink = self._raster(0.15)
        near = cv2.dilate(ink.view(np.uint8), np.ones((13, 13), np.uint8)) > 0
        ground = near & ~(cv2.dilate(ink.view(np.uint8), np.ones((5, 5), np.uint8)) > 0)
        sure = _eroded(ink)
        tones = [
            float(np.median(_luminance(pixels[where])))
            for where in (sure if sure.any() else ink, ground if ground.any() else ~ink)
        ]
        return (max(tones) + 0.05) / (min(tones) + 0.05)

    def busyness(self, heights: float) -> float | None:
        """Return which share of the room within ``heights`` of the mark is edges; None out of sight."""
        import cv2

        pixels, ink = self._raster(heights)
        _, seen = self._raster(heights, whole=True)
        near = cv2.dilate(ink.view(np.uint8), np.ones((7, 7), np.uint8)) > 0
        room = seen & ~near & ~self._boxed(heights, ink.shape)
        if np.count_nonzero(room) < 50:
            return None
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
        x = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
        y = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
        return float(np.mean(np.hypot(x, y)[room] > _EDGE))

    def _window(self, heights: float) -> tuple[Doubles, int, int]:
        """Return the map from a raster around the mark to its picture, and the raster's size."""
        left, top, right, bottom = self.box
        room = heights * (bottom - top)
        width, height = right - left + 2 * room, bottom - top + 2 * room
        scale = max(width, height) / _RASTER
        map_ = np.array([[scale, 0, left - room], [0, scale, top - room], [0, 0, 1]])
        return map_, max(round(width / scale), 1), max(round(height / scale), 1)

    def _raster(
        self, heights: float, *, whole: bool = False
    ) -> tuple[Pixels, npt.NDArray[np.bool_]]:
        """Return the frame under and around the mark, and where the mark (or the frame) is in it."""
        import cv2

        map_, width, height = self._window(heights)
        through = self.homography @ map_
        flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
        pixels = cv2.warpPerspective(
            self.frame, through, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        source, back = (
            (np.full(self.frame.shape[:2], 255, np.uint8), through)
            if whole
            else (self.ink.view(np.uint8) * np.uint8(255), map_)
        )
        ink = cv2.warpPerspective(
            source, back, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        return np.asarray(pixels, np.uint8), np.asarray(ink > 127)

    def _boxed(self, heights: float, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
        map_, _, _ = self._window(heights)
        left, top, right, bottom = self.box
        low = np.round((np.array([left, top]) - map_[:2, 2]) / map_[0, 0]).astype(int)
        high = np.round((np.array([right, bottom]) - map_[:2, 2]) / map_[0, 0]).astype(int)
        inside = np.zeros(shape, bool)
        inside[low[1] : high[1], low[0] : high[0]] = True
        return inside


def foreground(mark: Pixels) -> npt.NDArray[np.bool_]:
    """Return where the mark is, (H, W), in RGBA uint8: what covers, or differs from the border's colour."""
    cover: npt.NDArray[np.bool_] = mark[..., 3] > 127
    if not cover.all():
        return cover if cover.any() else np.ones_like(cover)
    edge = np.concatenate([mark[0], mark[-1], mark[:, 0], mark[:, -1]])[:, :3]
    other = np.abs(mark[..., :3].astype(int) - np.median(edge, 0)).max(2) > 40
    return np.asarray(other if other.any() else cover)


def _eroded(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the inner part of ``ink``: as far from its edge as leaves a third of it."""
    import cv2

    depth = cv2.distanceTransform(ink.view(np.uint8), cv2.DIST_L2, 3)
    if not ink.any():
        return ink
    return np.asarray(ink & (depth >= min(float(np.quantile(depth[ink], 0.6)), 8.0)))


def _colours(shown: Doubles) -> list[Doubles]:
    """Return the mean of each colour that is a good part of ``shown``, RGB (N, 3)."""
    from skimage.color import rgb2lab

    lab = rgb2lab(shown[None] / 255)[0]
    left = np.ones(len(lab), bool)
    found = []
    for _ in range(5):
        cells = np.round(lab[left] / 6).astype(int)
        names, counts = np.unique(cells, axis=0, return_counts=True)
        middle = names[counts.argmax()] * 6.0
        for _ in range(3):
            near = left & (np.linalg.norm(lab - middle, axis=1) < 14)
            middle = lab[near].mean(0) if near.any() else middle
        if np.count_nonzero(near) >= _LEAST_SHARE * len(lab):
            found.append(shown[near].mean(0))
        left &= ~(np.linalg.norm(lab - middle, axis=1) < 20)
        if np.count_nonzero(left) < _LEAST_SHARE * len(lab):
            break
    return found or [np.median(shown, axis=0)]


def _cast(frame: Pixels) -> Doubles:
    """Return the colour of the light, (3,), mean 1: shades of grey (Finlayson, Trezzi 2004; p = 6), bounded."""
    thin = frame[::4, ::4].reshape(-1, 3).astype(np.float64) / 255
    light = np.mean(thin**6, axis=0) ** (1 / 6)
    return np.asarray(np.clip(light / max(light.mean(), 1e-6), 1 - _CAST, 1 + _CAST))


def _luminance(pixels: Pixels) -> Doubles:
    """Return relative luminance (WCAG 2) of sRGB pixels (N, 3)."""
    share = pixels.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))


def _rgb(code: str) -> tuple[int, int, int]:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def _hex(colour: Doubles) -> str:
    return "#" + "".join(f"{int(np.clip(round(float(one)), 0, 255)):02x}" for one in colour)
