"""What is done to copies: one function on a frame for each edit, and what is done to time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from compliance.types import Pixels

Change = Callable[[Pixels, Pixels], Pixels]
"""Takes a frame of the work and the frame of other footage that may lie behind it."""


def _scaled(pixels: Pixels, fx: float, fy: float) -> Pixels:
    size = max(round(pixels.shape[1] * fx), 2), max(round(pixels.shape[0] * fy), 2)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _levels(gain: float, offset: float) -> Change:
    return lambda p, _: np.clip(p.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)


def _on(canvas: Pixels, pixels: Pixels, left: float, top: float) -> Pixels:
    """Return ``canvas`` with ``pixels`` at fractions of the free room."""
    out = canvas.copy()
    x = round((out.shape[1] - pixels.shape[1]) * left)
    y = round((out.shape[0] - pixels.shape[0]) * top)
    out[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
    return out


def _barred(fx: float, fy: float) -> Change:
    return lambda p, _: _on(np.zeros_like(p), _scaled(p, fx, fy), 0.5, 0.5)


def _cropped(keep: float, left: float, top: float) -> Change:
    def crop(p: Pixels, _: Pixels) -> Pixels:
        height, width = round(p.shape[0] * keep), round(p.shape[1] * keep)
        y, x = round((p.shape[0] - height) * top), round((p.shape[1] - width) * left)
        return cv2.resize(p[y : y + height, x : x + width], (p.shape[1], p.shape[0]))

    return crop


def _logo(p: Pixels, _: Pixels) -> Pixels:
    """Cover 8 % of the area with a mark of two colours."""
    side = round((0.08 * p.shape[0] * p.shape[1]) ** 0.5)
    mark = np.full((side, side, 3), (250, 250, 240), np.uint8)
    cv2.circle(mark, (side // 2, side // 2), side // 3, (200, 20, 40), -1, cv2.LINE_AA)
    cv2.line(mark, (0, side), (side, 0), (20, 40, 160), max(side // 12, 1), cv2.LINE_AA)
    return _on(p, mark, 0.95, 0.06)


def _text_band(p: Pixels, _: Pixels) -> Pixels:
    out = p.copy()
    top = round(p.shape[0] * 0.82)
    out[top:] = (15, 15, 30)
    size = p.shape[1] / 640
    place = (round(20 * size), round(p.shape[0] * 0.94))
    cv2.putText(out, "BREAKING: new spot out now", place, 0, 1.1 * size, (255, 255, 255), 2, 16)
    return out


def _rotated(angle: float) -> Change:
    def rotate(p: Pixels, _: Pixels) -> Pixels:
        size = p.shape[1], p.shape[0]
        matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), angle, 1.0)
        return cv2.warpAffine(p, matrix, size)

    return rotate


def _picture(share: float, left: float, top: float) -> Change:
    """Lay the work over other footage, its sides ``share`` of the frame's."""

    def inside(p: Pixels, behind: Pixels) -> Pixels:
        canvas = cv2.resize(behind, (p.shape[1], p.shape[0]))
        return _on(canvas, _scaled(p, share, share), left, top)

    return inside


def _blurred_bars(p: Pixels, _: Pixels) -> Pixels:
    """Make an upright picture whose free room is filled with the blurred work."""
    width, height = p.shape[0] * 9 // 16 & ~1, p.shape[0]
    if p.shape[0] > p.shape[1]:
        width, height = p.shape[0], p.shape[1]
    behind = cv2.GaussianBlur(cv2.resize(p, (width, height)), (0, 0), 14)
    scale = min(width / p.shape[1], height / p.shape[0])
    return _on(behind, _scaled(p, scale, scale), 0.5, 0.5)


def _recoloured(p: Pixels, _: Pixels) -> Pixels:
    tinted = p.astype(np.float32) @ np.array([[0.9, 0.1, 0.1], [0.3, 0.8, 0], [0, 0.1, 0.7]]).T
    return np.clip(tinted * (1.1, 0.9, 1.2) + (10, 0, 20), 0, 255).astype(np.uint8)


def _grey(p: Pixels, _: Pixels) -> Pixels:
    return cv2.cvtColor(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def _mirrored(p: Pixels, _: Pixels) -> Pixels:
    return p[:, ::-1]


def _chain(*changes: Change) -> Change:
    def all_of(p: Pixels, behind: Pixels) -> Pixels:
        for change in changes:
            p = change(p, behind)
        return p

    return all_of


@dataclass(frozen=True)
class Edit:
    """One way of changing a copy, with the share of copies that is to be found."""

    change: Change = lambda p, _: p
    speed: float = 1.0
    rate: float = 25.0
    crf: int = 26
    target: float | None = None


EDITS: dict[str, Edit] = {
    "re-encode": Edit(crf=32, target=0.99),
    "resize": Edit(lambda p, _: _scaled(p, 0.45, 0.45), target=0.99),
    "brighter": Edit(_levels(1.15, 25), target=0.99),
    "darker": Edit(_levels(0.6, 0), target=0.99),
    "contrast": Edit(_levels(1.5, -64), target=0.99),
    "blur": Edit(lambda p, _: cv2.GaussianBlur(p, (0, 0), 2.5), target=0.99),
    "overlay 8 %": Edit(_logo, target=0.99),
    "mirror": Edit(_mirrored, target=0.95),
    "letterbox": Edit(_barred(1.0, 0.75), target=0.95),
    "pillarbox": Edit(_barred(0.7, 1.0), target=0.95),
    "crop 20 %": Edit(_cropped(0.8, 0.5, 0.5), target=0.95),
    "crop 20 % corner": Edit(_cropped(0.8, 0.0, 1.0), target=0.95),
    "text band": Edit(_text_band, target=0.95),
    "rotate 5°": Edit(_rotated(5), target=0.95),
    "speed 1.5": Edit(speed=1.5, target=0.95),
    "speed 0.75": Edit(speed=0.75),
    "15 frames a second": Edit(rate=15),
    "picture in picture 50 %": Edit(_picture(0.5, 0.9, 0.1), target=0.85),
    "picture in picture 30 %": Edit(_picture(0.3, 0.1, 0.85)),
    "recolour": Edit(_recoloured),
    "grayscale": Edit(_grey),
    "blurred bars": Edit(_blurred_bars),
    "mirror + letterbox": Edit(_chain(_mirrored, _barred(1.0, 0.75))),
    "mirror + crop": Edit(_chain(_mirrored, _cropped(0.8, 1.0, 0.5))),
    "mirror + picture 50 %": Edit(_chain(_mirrored, _picture(0.5, 0.5, 0.5))),
    "text band + speed 1.25": Edit(_text_band, speed=1.25),
}
"""By name; ``overlay`` covers 8 % of the area, ``crop`` takes 20 % of the width and of the height."""
