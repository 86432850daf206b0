"""The print of one file of a work: what copies of it are found by.

* *Moments*: PDQ hashes of each frame and of its inner part, so that a clip may start at any offset and be
  cropped. Frames that hash alike are one moment that lasts. Frames with too little in them (quality below 50)
  hash like other plain frames, so they have no moment; how long they last is kept.
* *Keys*: local features and a small picture of distinct frames, by which copies are found whose frames as
  wholes look different: pictures in pictures, crops, overlays, rotation.

A minute of film takes about 0.1 MB for its moments and 1 to 3 MB for its keys, at most 5 MB: a key needs up to
38 KB, and there is at most one each half second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.works.copy_format import INNER, MAKER, CopyPrint, Key, Moments, pack
from compliance.analyzers.works.copy_verify import shown
from compliance.errors import BankError
from compliance.types import Pixels

__all__ = ["MAKER", "copy_print", "make"]

QUALITY = 50
"""Least PDQ quality of a moment: the reference's advice is to discard 49 and below."""
STEP = 0.075
"""Least time between two frames that are hashed, seconds, unless they differ: about 12 a second of 25 or 24,
10 of 30."""
SAME = 4
"""Bits up to which a frame is the moment before: re-encoding changes as many."""
OTHER = 32
"""Bits from which a frame is something else, whatever the time between: PDQ's own limit for likeness."""
KEY_SIDE = 480
"""Longest side at which features of keys are found, pixels: that of a half-size picture in a frame of 960."""
KEY_FEATURES = 240
"""Features of a key."""
KEY_LEAST = 12
"""Features below which a frame is no key: no geometry is verified with fewer."""
KEY_GAPS = ((0.5, 44), (1.0, 16), (4.0, 0))
"""A frame becomes a key so many seconds after the last one if its hash differs by so many bits from it."""
ITSELF = 0.5
"""Least correlation of a key's pixels with the frame that it is made of."""
THUMB_SIDE = 240
"""Longest side of the small picture, pixels."""


def copy_print(frames: Iterable[tuple[float, Pixels]]) -> bytes:
    """Return the packed print of a work's file.

    Args:
        frames: presentation time in seconds, in order, and RGB pixels uint8 (H, W, 3) of every frame.

    Raises:
        BankError: nothing in the frames can be told from other footage.
    """
    return pack(make(frames))


def make(frames: Iterable[tuple[float, Pixels]]) -> CopyPrint:
    """Return the print of a work's file; as :func:`copy_print`, not packed."""
    maker = _Maker()
    for time, pixels in frames:
        maker.add(float(time), pixels)
    return maker.finish()


class _Maker:
    """Takes frames one by one and holds none."""

    def __init__(self) -> None:
        self._rows: list[list[Any]] = []
        self._last: list[list[Any] | None] = [None, None]
        self._keys: list[Key] = []
        self._key_hash: Pixels | None = None
        self._hashed: tuple[float, Pixels] | None = None
        self._frames = 0
        self._time = 0.0
        self._flat = 0.0

    def add(self, time: float, pixels: Pixels) -> None:
        hashes, qualities = _hashes(pixels)
        if self._frames and qualities[0] < QUALITY:
            self._flat += max(time - self._time, 0.0)
        self._time = time
        self._frames += 1
        if self._hashed is not None:
            near = time - self._hashed[0] < STEP
            if near and distance(hashes[0], self._hashed[1]) < OTHER:
                return
        self._hashed = time, hashes[0]
        for part in (0, 1):
            self._moment(part, time, hashes[part], float(qualities[part]))
        since = time - self._keys[-1].time if self._keys else np.inf
        apart = 256 if self._key_hash is None else distance(hashes[0], self._key_hash)
        if any(since >= gap and apart >= bits for gap, bits in KEY_GAPS):
            self._key(time, pixels, hashes[0])

    def _moment(self, part: int, time: float, row: Pixels, quality: float) -> None:
        last = self._last[part]
        if quality < QUALITY:
            self._last[part] = None
        elif last is not None and distance(row, last[2]) <= SAME:
            last[1] = time
        else:
            self._last[part] = [time, time, row, bool(part)]
            self._rows.append(self._last[part] or [])

    def _key(self, time: float, pixels: Pixels, row: Pixels) -> None:
        import cv2

        found = sift.extract(shrunk(pixels, KEY_SIDE), KEY_FEATURES)
        if len(found) < KEY_LEAST:
            return
        small = cv2.cvtColor(shrunk(pixels, THUMB_SIDE), cv2.COLOR_RGB2BGR)
        _, thumb = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])
        key = Key(time, found, thumb.tobytes())
        if _finds_itself(key, pixels):
            self._keys.append(key)
            self._key_hash = row

    def finish(self) -> CopyPrint:
        if not self._rows and not self._keys:
            raise BankError(
                "nothing in this file can be told from other footage",
                expected="frames with content, such as a scene or a drawing",
                found=f"{self._frames} frames that are plain throughout"
                if self._frames
                else "no frame",
                fix="register a version of the work that shows something",
            )
        rows = sorted(self._rows, key=lambda row: (row[0], row[3]))
        moments = Moments(
            start=np.array([row[0] for row in rows], np.float64),
            end=np.array([row[1] for row in rows], np.float64),
            hashes=np.array([row[2] for row in rows], np.uint8).reshape(-1, 32),
            inner=np.array([row[3] for row in rows], np.bool_),
        )
        return CopyPrint(moments, tuple(self._keys), self._time, self._frames, self._flat)


def distance(one: Pixels, other: Pixels) -> int:
    """Return in how many bits two hashes, uint8 (32,), differ."""
    return int(np.bitwise_count(one ^ other).sum())


def shrunk(pixels: Pixels, side: int) -> Pixels:
    """Return a picture whose longest side is at most ``side`` pixels."""
    import cv2

    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _hashes(pixels: Pixels) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """Return hashes (2, 32) and qualities (2,) of the whole frame and of its inner part."""
    from compliance.runtimes import pdq

    height, width = pixels.shape[:2]
    x, y = round(width * (1 - INNER) / 2), round(height * (1 - INNER) / 2)
    small, factor = pdq.shrink(pixels)
    boxes = [(0, 0, width, height), (x, y, width - x, height - y)]
    thumbs = pdq.crop_thumbnails(small, factor, boxes)
    return pdq.hashes_of(thumbs)[:, 0], pdq.quality_of(thumbs)


def _finds_itself(key: Key, pixels: Pixels) -> bool:
    """Tell whether a frame can be verified by its key at all: one small shape on a plain ground cannot."""
    import cv2

    grey = cv2.cvtColor(shrunk(pixels, KEY_SIDE), cv2.COLOR_RGB2GRAY)
    same = np.arange(len(key.features))
    seen = shown(key, key.features, (same, same), np.asarray(grey, np.uint8))
    return seen is not None and seen.likeness >= ITSELF
