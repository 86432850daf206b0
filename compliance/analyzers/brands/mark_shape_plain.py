"""Plain shapes that are everywhere, drawn here: what a mark must differ from to be told by its shape alone."""

from __future__ import annotations

import functools
import string
from collections.abc import Iterator, Sequence

import numpy as np

from compliance.types import Pixels

_SIDE = 200
_HALF = 80.0


@functools.cache
def plain_masks() -> tuple[Pixels, ...]:
    """Return masks, uint8 (200, 200) of 0 and 255: geometric figures, arrows, stripes, and letters and digits.

    The letters are of the font that comes with Pillow, plain and thickened.
    """
    return (*_figures(), *_curves(), *_bars(), *_letters())


def _filled(*rings: Sequence[tuple[float, float]]) -> Pixels:
    import cv2

    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    lines = [np.round((np.array(ring) * _HALF + _SIDE / 2) * 16).astype(np.int32) for ring in rings]
    cv2.fillPoly(canvas, lines, 255, shift=4)
    return canvas


def _round(
    corners: int, *, inner: float = 1.0, size: float = 1.0, from_: float = 0.0, to: float = 1.0
) -> list[tuple[float, float]]:
    """Return a star of so many corners, or a part of it between two shares of a turn."""
    count = corners * 2
    steps = np.arange(int(count * from_), int(count * to) + (to < 1))
    angles = steps * (2 * np.pi / count) - np.pi / 2
    radii = np.where(steps % 2, inner, 1.0) * size
    return [
        (float(r * np.cos(a)), float(r * np.sin(a))) for a, r in zip(angles, radii, strict=True)
    ]


def _polygon(corners: int) -> list[tuple[float, float]]:
    return _round(corners)[::2]


def _figures() -> Iterator[Pixels]:
    disc = _round(60)
    for corners in (3, 4, 5, 6, 8):
        yield _filled(_polygon(corners))
        yield _filled(_polygon(corners), [(x * 0.7, y * 0.7) for x, y in _polygon(corners)])
    yield _filled(disc)
    for hole in (0.3, 0.42, 0.54, 0.64, 0.72, 0.78, 0.82, 0.86, 0.9, 0.94):
        yield _filled(disc, _round(60, size=hole))
    for corners, inner in (
        (3, 0.3),
        (4, 0.3),
        (4, 0.55),
        (5, 0.382),
        (5, 0.6),
        (6, 0.577),
        (8, 0.6),
        (12, 0.75),
    ):
        yield _filled(_round(corners, inner=inner))
        yield _filled(disc, _round(corners, inner=inner, size=0.75))
    for share in (0.25, 0.5, 0.75):
        arc = _round(60, to=share)
        yield _filled([(0.0, 0.0), *arc])
        yield _filled(arc)
        yield _filled([*arc, *((x * 0.7, y * 0.7) for x, y in reversed(arc))])


def _curves() -> Iterator[Pixels]:
    disc = _round(60)
    for shift in (0.35, 0.7, 1.1):  # crescents and lenses
        bite = [(x + shift, y) for x, y in _round(60)]
        one, two = _filled(disc), _filled(bite)
        yield one & ~two
        yield one & two
        yield one | two
    for top in (0.0, 0.3, 0.6):
        yield _filled([(-top, -0.7), (top + 0.01, -0.7), (1, 0.7), (-1, 0.7)])
        yield _filled([(-top, -0.7), (1, -0.7), (1, 0.7), (-1, 0.7)])
    for count, step in (
        (2, 2.1),
        (2, 2.6),
        (2, 3.4),
        (3, 2.1),
        (3, 2.6),
    ):  # as spectacles, lights, buttons
        discs = [[(x + step * n, y) for x, y in disc] for n in range(count)]
        small = [[(x / 2 - 0.6, y / 2) for x, y in one] for one in discs]
        yield _filled(*small)
        yield (
            _filled([(-1.4, -0.8), (1.4, -0.8), (1.4, 0.8), (-1.4, 0.8)], *small)
            if count == 2
            else _filled(
                *[[(y, x) for x, y in one] for one in small[:2]],
                [(x / 2 + 0.9, y / 2) for x, y in disc],
            )
        )
    yield _filled(disc, _round(60, size=0.75)) | _filled(_round(60, size=0.45))
    yield _filled(_round(60, size=0.9), _round(60, size=0.5)) | _filled(_round(60, size=0.2))
    heart = [
        (
            float(np.sin(t) ** 3),
            float(-(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t)) / 17),
        )
        for t in np.linspace(0, 6.28, 60)
    ]
    yield _filled(heart)
    drop = [
        (float(np.sin(t) * np.sin(t / 2) ** 1.5), float(-np.cos(t)))
        for t in np.linspace(0, 6.28, 60)
    ]
    yield _filled(drop)


def _bars() -> Iterator[Pixels]:
    def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    for count in (2, 3, 4, 5):
        for width in (0.3, 0.5, 0.75):
            step = 2 / (count - 1 + width)
            tops = [-1 + number * step for number in range(count)]
            yield _filled(*(box(-1, top, 1, top + width * step) for top in tops))
            yield _filled(
                *(
                    box(left, top, left + width * step, top + width * step)
                    for left in tops[:3]
                    for top in (tops if count == 2 else tops[:1])
                )
            )
    for width in (0.12, 0.25, 0.4):
        yield _filled(box(-1, -width, 1, width)) | _filled(box(-width, -1, width, 1))
        yield _filled(box(-1, -width, 1, width)) | _filled(box(-width, -width, width, 1))
        yield _filled([(-1, -1), (1, -1), (1, 2 * width - 1), (2 * width - 1, 1), (-1, 1)])
        yield _filled(box(-1, -1, 2 * width - 1, 1)) | _filled(box(-1, 1 - 2 * width, 1, 1))
        chevron = [
            (-1, -1),
            (0, 0),
            (1, -1),
            (1, -1 + 3 * width),
            (0, 3 * width),
            (-1, -1 + 3 * width),
        ]
        yield _filled([(x, y - 0.2) for x, y in chevron])
        arrow = [
            (0, -1),
            (0.8, -0.1),
            (width, -0.1),
            (width, 1),
            (-width, 1),
            (-width, -0.1),
            (-0.8, -0.1),
        ]
        yield _filled(arrow)


def _letters() -> Iterator[Pixels]:
    import cv2
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(150)
    for sign in string.ascii_letters + string.digits + "&@?!#%$+=*<>":
        picture = Image.new("L", (_SIDE, _SIDE))
        ImageDraw.Draw(picture).text((_SIDE / 2, _SIDE / 2), sign, 255, font, anchor="mm")
        mask = np.array(picture)
        yield mask
        for thick in (9, 17):
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick))
            yield np.asarray(cv2.dilate(mask, kernel), np.uint8)
