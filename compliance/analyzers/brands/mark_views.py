"""What a network of pictures is shown of a mark, and of a place in a frame that may hold one."""

from __future__ import annotations

import numpy as np

from compliance.errors import BankError
from compliance.types import Pixels

MARGIN = 0.12
"""Margin around a mark and around a proposed place, fraction of its longer side: the same for both, so that a
mark is as large in its views as in a crop."""
GROUNDS = (255, 128, 0)
"""Tones of neutral backgrounds."""
SEEN = 24
"""Levels of 0…255 by which a mark has to differ from its background on average: what is drawn on its own
colour is a blank picture, which would be like every blank place."""


def views(mark: Pixels) -> list[Pixels]:
    """Return a mark on neutral backgrounds in its own colours, then black on white and white on black.

    One that is opaque, such as a crop of a photograph, is shown as it is.

    Args:
        mark: uint8 RGBA (H, W, 4).

    Returns:
        uint8 RGB squares.

    Raises:
        BankError: it is empty.
    """
    cover = mark[..., 3] > 8
    if not cover.any():
        raise BankError(
            "this mark is empty",
            expected="a picture with something in it",
            found="transparency alone",
            fix="export it again",
        )
    down, across = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    cut = mark[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    colours, alpha = cut[..., :3].astype(np.float32), cut[..., 3:].astype(np.float32) / 255
    if (mark[..., 3] > 250).all():
        return [squared(np.ascontiguousarray(cut[..., :3]))]
    painted = [(colours, ground) for ground in GROUNDS]
    painted += [(np.zeros_like(colours), 255), (np.full_like(colours, 255), 0)]
    found: list[Pixels] = []
    for paint, ground in painted:
        shown = np.round(paint * alpha + ground * (1 - alpha)).astype(np.uint8)
        off = np.abs(shown.astype(np.float32) - ground).max(axis=2)
        if float((off * alpha[..., 0]).sum() / alpha.sum()) >= SEEN:
            view = squared(shown, ground)
            if not any(np.array_equal(view, other) for other in found):
                found.append(view)
    return found


def squared(picture: Pixels, ground: int | None = None) -> Pixels:
    """Return a picture in the middle of a square with :data:`MARGIN`, so that no network cuts its ends off.

    Args:
        picture: uint8 RGB (H, W, 3).
        ground: tone around it; None takes the median colour of its border and adds no margin, since a place in
            a frame was cut out with its own.
    """
    height, width = picture.shape[:2]
    side = max(height, width)
    if ground is None:
        edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        fill = np.median(edge, axis=0).astype(np.uint8)
    else:
        fill = np.full(3, ground, np.uint8)
        side = round(side * (1 + 2 * MARGIN))
    made = np.empty((side, side, 3), np.uint8)
    made[:] = fill
    top, left = (side - height) // 2, (side - width) // 2
    made[top : top + height, left : left + width] = picture
    return made


def crop(frame: Pixels, box: tuple[float, float, float, float]) -> Pixels:
    """Return the square view of a place in a frame, uint8 RGB, with :data:`MARGIN` of what is around it.

    Args:
        frame: uint8 RGB (H, W, 3).
        box: left, top, right, bottom in its pixels; covers one pixel or more of the frame.
    """
    margin = MARGIN * max(box[2] - box[0], box[3] - box[1])
    height, width = frame.shape[:2]
    left, top = max(int(box[0] - margin), 0), max(int(box[1] - margin), 0)
    right, bottom = (
        min(int(np.ceil(box[2] + margin)), width),
        min(int(np.ceil(box[3] + margin)), height),
    )
    return squared(np.ascontiguousarray(frame[top:bottom, left:right]))
