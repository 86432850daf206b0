"""PDQ hashes of each distinct frame, mirrored, turned and without borders: what copies are looked for by.

Observations only: what compares them with works reads them. A frame is hashed as it is, without the borders
that are seen in it, and with a tenth or a fifth of it left away: nobody knows beforehand what an edit added.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.works.frame_borders import content_boxes
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation
from compliance.runtimes.pdq import ORIENTATIONS, crop_thumbnails, hashes_of, quality_of, shrink
from compliance.types import Floats, FrameBatch, Pixels, Source, TimeSpan

MIRRORED = 5
"""Index of the orientation with left and right swapped."""
MOST = 66
"""Variants of a frame at most: 8 of the whole, 8 of each of two boxes, 2 of each of twenty-one others."""

_HEAD = struct.Struct("<4sB")
_MAGIC = b"PDQ1"
_ROW = np.dtype([("hash", "u1", 32), ("quality", "u1"), ("orientation", "u1"), ("box", "<u2", 4)])


@dataclass(frozen=True)
class Variants:
    """Hashes of one frame: columns of one length n, 1 … :data:`MOST`; the first is the frame as it is."""

    hashes: Pixels
    """uint8, shape (n, 32)."""
    quality: Floats
    """PDQ quality of the box, float32, shape (n,), 0…100: below 50 a hash says little, and whoever matches it
    leaves it out."""
    orientation: Pixels
    """Index in :data:`compliance.runtimes.pdq.ORIENTATIONS` of how the box was turned, uint8, shape (n,)."""
    boxes: Floats
    """Left, top, right, bottom of what was hashed, fractions of the frame, float32, shape (n, 4)."""

    def __len__(self) -> int:
        """Return n."""
        return len(self.hashes)


def frame_variants(frame: Pixels) -> Variants:
    """Hash a frame, uint8 RGB of shape (height, width, 3), in all its variants.

    The whole in eight orientations, the box inside plain borders and that between edges likewise, every other
    box as it is and mirrored: 28 variants of a frame without borders.
    """
    height, width = frame.shape[:2]
    small, factor = shrink(frame)
    seen, cuts = content_boxes(small)
    inner = [tuple(factor * edge for edge in box) for box in seen + cuts]
    pixels = np.array([(0, 0, width, height), *inner], np.int64)
    thumbs = crop_thumbnails(
        small, factor, [(int(a), int(b), int(c), int(d)) for a, b, c, d in pixels]
    )
    every = len(ORIENTATIONS)
    turned = [every if index <= min(len(seen), 2) else 2 for index in range(len(pixels))]
    rows = np.repeat(np.arange(len(pixels)), turned)
    orientation = np.concatenate(
        [np.arange(every) if count == every else (0, MIRRORED) for count in turned]
    ).astype(np.uint8)
    boxes = pixels / np.array([width, height, width, height])
    return Variants(
        hashes=hashes_of(thumbs)[rows, orientation],
        quality=quality_of(thumbs)[rows],
        orientation=orientation,
        boxes=boxes[rows].astype(np.float32),
    )


def pack_variants(variants: Variants) -> bytes:
    """Return ``variants`` as bytes: ``PDQ1``, their number, and 42 bytes each."""
    table = np.zeros(len(variants), _ROW)
    table["hash"], table["orientation"] = variants.hashes, variants.orientation
    table["quality"] = variants.quality.astype(np.uint8)
    table["box"] = np.round(variants.boxes.astype(np.float64) * 65535).astype(np.uint16)
    return _HEAD.pack(_MAGIC, len(variants)) + table.tobytes()


def unpack_variants(data: bytes) -> Variants:
    """Return what :func:`pack_variants` packed: the ``data`` of an observation of kind ``frame_hash``.

    Raises:
        AnalyzerError: the bytes are something else, or cut off.
    """
    magic, count = _HEAD.unpack_from(data) if len(data) >= _HEAD.size else (b"", 0)
    if magic != _MAGIC or not count or len(data) != _HEAD.size + count * _ROW.itemsize:
        raise AnalyzerError(
            "hashes of a frame do not unpack",
            expected=f"{_MAGIC.decode()} with 1 to {MOST} variants of {_ROW.itemsize} bytes",
            found=f"{len(data)} bytes that begin with {data[:5]!r}",
            where="observation of kind frame_hash",
            fix="review the asset again, so that its frames are hashed anew",
        )
    table = np.frombuffer(data, _ROW, offset=_HEAD.size)
    return Variants(
        hashes=table["hash"].copy(),
        quality=table["quality"].astype(np.float32),
        orientation=table["orientation"].copy(),
        boxes=(table["box"] / 65535).astype(np.float32),
    )


class FrameHashAnalyzer(WithoutModels):
    """Hashes on the CPU, where frames are; over one that repeats what its stream showed, a hash lasts on."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="frame-hashes",
        version="1",
        categories=(),
        sources=frozenset({Source.FRAME}),
        libraries=("opencv-python-headless", "numpy"),
    )

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``frame_hash`` for each frame, without ``data`` where it repeats another.

        ``data`` is for :func:`unpack_variants`; ``attributes`` hold ``stream`` and ``quality``, that of the
        whole frame, 0…100, None where it repeats another.
        """
        found = []
        for index, frame in enumerate(batch.pixels):
            variants = None if batch.duplicate(index) else frame_variants(frame)
            time = float(batch.times[index])
            found.append(
                Observation(
                    asset=batch.assets[index],
                    analyzer=self.spec.name,
                    kind="frame_hash",
                    source=Source.FRAME,
                    span=TimeSpan(start=time, end=time),
                    data=pack_variants(variants) if variants else None,
                    attributes={
                        "stream": batch.stream(index),
                        "quality": int(variants.quality[0]) if variants else None,
                    },
                )
            )
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Let each hash last until the last frame that repeats it."""
        reduced: list[Observation] = []
        for one in sorted(observations, key=_order):
            last = reduced[-1] if reduced else None
            repeats = last is not None and last.attributes["stream"] == one.attributes["stream"]
            if one.data is not None or last is None or not repeats:
                reduced.append(one)
            elif one.span and last.span:
                reduced[-1] = last.but(span=TimeSpan(start=last.span.start, end=one.span.end))
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return nothing: a hash means something only beside another."""
        return []

    def close(self) -> None:
        """Nothing outlives the object."""


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
