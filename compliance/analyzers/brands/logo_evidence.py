"""Pictures for reviewers: what was seen, outlined, beside the reference."""

from __future__ import annotations

import numpy as np

from compliance.types import Floats, Pixels

HEIGHT = 240
"""Pixels of each half."""
AROUND = 0.4
"""Margin around the mark, fraction of the longer side of its box."""


def opened(content: bytes) -> Pixels | None:
    """Return a JPEG or PNG as RGB uint8 (H, W, 3); None where it does not open."""
    import cv2

    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return None if read is None else np.ascontiguousarray(read[:, :, ::-1])


def beside(frame: bytes, polygon: Floats, thumbnail: bytes) -> bytes:
    """Return a JPEG: the part of the frame around ``polygon``, outlined, beside the reference.

    Args:
        frame: JPEG of the working frame.
        polygon: float32 (4, 2), in its pixels.
        thumbnail: PNG of the reference.
    """
    import cv2

    whole = opened(frame)
    reference = opened(thumbnail)
    if whole is None:
        return frame
    drawn = cv2.polylines(
        whole.copy(), [np.round(polygon).astype(np.int32)], True, (255, 0, 255), 2, cv2.LINE_AA
    )
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    margin = AROUND * float((high - low).max())
    left, top = np.clip(low - margin, 0, None).astype(int)
    right, bottom = np.minimum(high + margin, whole.shape[1::-1]).astype(int)
    part = np.asarray(drawn[top:bottom, left:right], np.uint8)
    halves = [_high(one) for one in (part, reference) if one is not None and one.size]
    gap = np.full((HEIGHT, 8, 3), 255, np.uint8)
    joined = np.hstack([halves[0], *(each for half in halves[1:] for each in (gap, half))])
    _, jpeg = cv2.imencode(".jpg", joined[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    return jpeg.tobytes()


def _high(picture: Pixels) -> Pixels:
    import cv2

    width = max(1, round(picture.shape[1] * HEIGHT / picture.shape[0]))
    kind = cv2.INTER_AREA if picture.shape[0] > HEIGHT else cv2.INTER_CUBIC
    sized = cv2.resize(picture, (min(width, 4 * HEIGHT), HEIGHT), interpolation=kind)
    return np.asarray(sized, np.uint8)
