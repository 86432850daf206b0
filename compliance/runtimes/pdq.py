"""PDQ, the perceptual hash of pictures that copies are found with: 256 bits, and how much there is to hash.

What is computed is that of Facebook's reference (the PDQ paper of 2019, and its C++): luminance; two passes of
a box filter along rows and columns, whose window is the side over 128, rounded up; the middle pixel of each of
64 × 64 cells; the first 16 × 16 frequencies of its cosine transform without the constant ones; a bit for each
that lies above their median. How: both passes and the choice of pixels are linear, so that together they are
one matrix per axis, applied to whole batches. Sums are rounded in another order than the reference's, which
matters to frames that have next to nothing but rounding in most frequencies: their quality is 0, or near it.

A frame mirrored or turned by right angles changes signs and order of the same frequencies: its hash needs no
second look at the pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from compliance.types import Floats, Pixels

SIDE = 64
"""Rows and columns of a thumbnail."""
LEAST = 5
"""Pixels of the shorter side below which the reference does not hash: all bits and the quality are 0."""
SHRUNK = 256
"""Pixels that the fast mode leaves of the shorter side at least, and less than twice as many."""
ORIENTATIONS = (
    "as it is",
    "turned by 90°",
    "turned by 180°",
    "turned by 270°",
    "top and bottom swapped",
    "left and right swapped",
    "rows and columns swapped",
    "rows and columns swapped, turned by 180°",
)
"""What each of :func:`dihedral`'s hashes is the hash of, in the reference's order."""

_BAND = 8
"""Rows of a thumbnail made at once: the pixels that they are made of stay in the cache."""
_UPLOAD = 512 * 2**20
"""Bytes of pixels that go to a GPU at once."""


def pdq(
    frames: Sequence[Pixels] | Pixels, device: str = "cpu", fast: bool = False
) -> tuple[Pixels, Floats]:
    """Hash frames.

    Args:
        frames: N frames, uint8 RGB of shape (height, width, 3); sizes may differ.
        device: ``cpu`` or ``cuda:<n>``.
        fast: on a CPU, halve frames until :data:`SHRUNK` pixels are about what the shorter side has left; a few
            bits may differ then (``benchmarks/results/pdq.json``).

    Returns:
        Hashes uint8, shape (N, 32), whose hexadecimal digits are those that the reference prints; qualities
        float32, shape (N,), whole numbers of 0…100: below 50 a hash says little.
    """
    thumbs = thumbnails(frames, device, fast)
    return hashes_of(thumbs)[:, 0], quality_of(thumbs)


def dihedral(frames: Sequence[Pixels] | Pixels, device: str = "cpu", fast: bool = False) -> Pixels:
    """Return the hashes of frames in all eight orientations, uint8, shape (N, 8, 32).

    The order is that of :data:`ORIENTATIONS`; arguments as for :func:`pdq`.
    """
    return hashes_of(thumbnails(frames, device, fast))


def thumbnails(
    frames: Sequence[Pixels] | Pixels, device: str = "cpu", fast: bool = False
) -> Floats:
    """Return what frames are hashed from, float32, shape (N, 64, 64): luminance, filtered, 0…255.

    Arguments as for :func:`pdq`. A frame with a side shorter than :data:`LEAST` is black.
    """
    result: Floats = np.zeros((len(frames), SIDE, SIDE), np.float32)
    if fast and not device.startswith("cuda"):
        for index, frame in enumerate(frames):
            result[index] = crop_thumbnails(*shrink(frame), [(0, 0, *frame.shape[1::-1])])[0]
        return result
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for index, frame in enumerate(frames):
        if min(frame.shape[:2]) >= LEAST:
            by_shape.setdefault(frame.shape, []).append(index)
    for shape, indices in by_shape.items():
        # A frame at a time on a CPU, so that its pixels are read once while they are in the cache.
        most = max(_UPLOAD // int(np.prod(shape)), 1) if device.startswith("cuda") else 1
        for start in range(0, len(indices), most):
            part = indices[start : start + most]
            result[part] = _exact([frames[index] for index in part], device)
    return result


def shrink(frame: Pixels) -> tuple[Pixels, int]:
    """Halve a frame's luminance until the shorter side has fewer than twice :data:`SHRUNK` pixels.

    Args:
        frame: uint8 RGB, shape (height, width, 3).

    Returns:
        Luminance uint8, shape (height // factor, width // factor), and the factor, a power of two; up to
        ``factor - 1`` rows and columns at the end are in no pixel of it.
    """
    import cv2

    small = np.asarray(cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY), np.uint8)
    factor = 1
    while min(small.shape) >= 2 * SHRUNK:
        height, width = small.shape[0] // 2, small.shape[1] // 2
        even = small[: 2 * height, : 2 * width]
        small = np.asarray(
            cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        factor *= 2
    return small, factor


def crop_thumbnails(
    small: Pixels, factor: int, boxes: Sequence[tuple[int, int, int, int]]
) -> Floats:
    """Return thumbnails of boxes of one shrunk frame, float32, shape (N, 64, 64).

    Args:
        small: what :func:`shrink` gave.
        factor: likewise.
        boxes: N boxes (left, top, right, bottom) in pixels of the frame as it was; moved to whole pixels of
            ``small``. One with a side shorter than :data:`LEAST` gives a black thumbnail.
    """
    result: Floats = np.zeros((len(boxes), SIDE, SIDE), np.float32)
    for index, (left, top, right, bottom) in enumerate(boxes):
        if min(right - left, bottom - top) < LEAST:
            continue
        part = small[_range(top, bottom, factor), _range(left, right, factor)].astype(np.float32)
        across = folded(right - left, factor, part.shape[1]).T
        # Products of a band are too small for the library to start threads on them.
        for first, rows, down in _bands(bottom - top, factor, part.shape[0]):
            result[index, first : first + _BAND] = down @ part[rows] @ across
    return result


def _range(start: int, end: int, factor: int) -> slice:
    first = start // factor
    return slice(first, max(end // factor, first + 1))


def _exact(frames: Sequence[Pixels], device: str) -> Floats:
    """Return thumbnails of frames of one size."""
    import torch

    height, width = frames[0].shape[:2]
    with torch.inference_mode():
        pixels = torch.from_numpy(np.stack(frames)).to(device)
        weights = torch.tensor((0.299, 0.587, 0.114), device=device)
        across = torch.tensor(reduction(width), device=device)
        bands = []
        for _, rows, down in _bands(height, 1, height):
            luma = pixels[:, rows].float() @ weights
            bands.append(torch.tensor(down, device=device) @ luma @ across.T)
        thumbs: Floats = torch.cat(bands, dim=1).cpu().numpy()
    return thumbs


@lru_cache(maxsize=256)
def reduction(length: int) -> Floats:
    """Return the filter and the choice of pixels along an axis, float32, shape (64, length), read-only.

    A pass takes the mean over a window that reaches one pixel farther to the end where it is even, and is cut
    off at both ends.
    """
    window = -(-length // (2 * SIDE))
    ahead = (window + 2) // 2 - 1
    middles = (2 * np.arange(SIDE) + 1) * length // (2 * SIDE)
    box = np.arange(length)
    first, last = np.maximum(box - (window - 1 - ahead), 0), np.minimum(box + ahead, length - 1)
    total = np.zeros((SIDE, length))
    for row, middle in enumerate(middles):
        for inner in range(first[middle], last[middle] + 1):
            share = 1 / (last[middle] - first[middle] + 1) / (last[inner] - first[inner] + 1)
            total[row, first[inner] : last[inner] + 1] += share
    result: Floats = total.astype(np.float32)
    result.flags.writeable = False
    return result


@lru_cache(maxsize=256)
def folded(length: int, factor: int, size: int) -> Floats:
    """Return :func:`reduction` for an axis whose pixels are means of ``factor``, float32, shape (64, size).

    It is the one nearest to the reduction of the pixels as they were: each mean gets what its pixels would
    have got, and the last one what was left over at the end.
    """
    cells = np.minimum(np.arange(length) // factor, size - 1)
    total = np.zeros((size, SIDE))
    np.add.at(total, cells, reduction(length).T.astype(np.float64))
    result: Floats = np.ascontiguousarray(total.T, dtype=np.float32)
    result.flags.writeable = False
    return result


@lru_cache(maxsize=256)
def _bands(length: int, factor: int, size: int) -> tuple[tuple[int, slice, Floats], ...]:
    """Return :func:`folded` in bands: first row, the pixels that count, and the matrix over those."""
    bands = []
    for first in range(0, SIDE, _BAND):
        band = folded(length, factor, size)[first : first + _BAND]
        used = np.flatnonzero(band.any(axis=0))
        pixels = slice(int(used[0]), int(used[-1]) + 1)
        bands.append((first, pixels, band[:, pixels].copy()))
    return tuple(bands)


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """Return frequencies 1…16 over 64 samples, float32, shape (16, 64)."""
    frequency, sample = np.arange(1, 17)[:, None], np.arange(SIDE)[None]
    waves = np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * frequency * (2 * sample + 1))
    result: Floats = waves.astype(np.float32)
    return result


def hashes_of(thumbs: Floats) -> Pixels:
    """Return hashes in eight orientations, uint8, shape (N, 8, 32), of thumbnails of shape (N, 64, 64)."""
    waves = _cosines()
    plain = waves @ thumbs @ waves.T
    # Frequencies are counted from 1, so that those at even places are odd waves, which mirroring negates.
    signs = np.where(np.arange(16) % 2, 1, -1).astype(np.float32)
    over, along = signs[:, None], signs[None]
    swapped = plain.transpose(0, 2, 1)
    turned = (
        plain,
        swapped * over,
        plain * over * along,
        swapped * along,
        plain * over,
        plain * along,
        swapped,
        swapped * over * along,
    )
    values = np.stack(turned, axis=1).reshape(len(thumbs), len(ORIENTATIONS), 256)
    # The lower of both middle values, as the reference takes it.
    median = np.partition(values, 127, axis=2)[:, :, 127:128]
    # A black frame gives 0 for every frequency, which rounding must not change.
    bits = (values > median) & np.any(thumbs, axis=(1, 2), keepdims=True)
    return np.packbits(bits[:, :, ::-1], axis=2)


def quality_of(thumbs: Floats) -> Floats:
    """Return qualities, float32, shape (N,), 0…100: steps between neighbours, in whole percents of white."""
    steps = (
        np.abs(np.trunc(np.diff(thumbs, axis=axis) * np.float32(100) / np.float32(255)))
        for axis in (1, 2)
    )
    total = sum(one.sum(axis=(1, 2)) for one in steps)
    result: Floats = np.minimum(np.asarray(total, np.float32) // 90, 100)
    return result
