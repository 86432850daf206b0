"""Scenes: a length, and a function that draws the frame at any share of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from compliance.types import Pixels

SIZE = (1280, 720)
"""Width and height, pixels."""


@dataclass(frozen=True)
class Scene:
    """A stretch of a clip."""

    seconds: float
    """Its length, seconds."""
    draw: Callable[[float], Pixels]
    """Returns the frame, uint8 RGB (720, 1280, 3), at a share 0…1 of the length."""
    fade: float = 0.0
    """Seconds over which the scene before dissolves into this one; 0 for a cut."""


def still_scene(name: str, seconds: float, caption: str, fade: float = 0.0) -> Scene:
    """Return a slow move over one of scikit-image's pictures, with a caption below."""
    picture = picture_of(name)

    def draw(share: float) -> Pixels:
        import cv2

        height, width = picture.shape[:2]
        window = min(width / SIZE[0], height / SIZE[1]) * (1.0 - 0.12 * share)
        left = (width - SIZE[0] * window) * (0.35 + 0.3 * share)
        top = (height - SIZE[1] * window) * 0.5
        place = np.array([[window, 0, left], [0, window, top]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        frame = np.asarray(
            cv2.warpAffine(picture, place, SIZE, flags=flags, borderMode=cv2.BORDER_REFLECT),
            dtype=np.uint8,
        )
        return _written(frame, ((caption, 60, 620, 54),)) if caption else frame

    return Scene(seconds, draw, fade)


def card_scene(lines: tuple[str, ...], seconds: float) -> Scene:
    """Return a white card on a desk with ``lines`` printed on it."""
    brick = picture_of("brick")
    desk = (np.tile(brick, (2, 3, 1))[: SIZE[1], : SIZE[0]] * 0.6).astype(np.uint8)
    desk[200:520, 260:1020] = 245
    placed = tuple((line, 320, 260 + 110 * number, 50) for number, line in enumerate(lines))
    card = _written(desk, placed, ink=(20, 24, 40))
    return Scene(seconds, lambda share: card)


def picture_of(name: str) -> Pixels:
    """Return one of the pictures in scikit-image's wheel, uint8 RGB (height, width, 3)."""
    from skimage import data

    read: Callable[[], Any] = getattr(data, name)
    picture = np.asarray(read(), np.uint8)
    return np.stack([picture] * 3, axis=2) if picture.ndim == 2 else picture


def _written(
    frame: Pixels,
    lines: tuple[tuple[str, int, int, int], ...],
    ink: tuple[int, int, int] = (255, 255, 255),
) -> Pixels:
    """Return ``frame`` with lines (text, x, y, height in pixels) written on it."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(frame)
    pen = ImageDraw.Draw(image)
    for text, x, y, height in lines:
        pen.text((x, y), text, fill=ink, font=ImageFont.load_default(height))
    return np.asarray(image)
