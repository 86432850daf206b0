"""Ridges of sound: the frequencies at which each spectrum peaks, whether or not that is a peak in time.

A sustained note has a ridge as long as it sounds, and where it peaks in time is soon drowned. So a clip's
ridges tell better than its peaks whether what a recording holds is heard in it. References need none.
"""

from __future__ import annotations

import numpy as np

from compliance.analyzers.works.peaks import (
    BANDS,
    HOP,
    QUIET,
    RATE,
    STEP,
    WINDOW,
    Peaks,
    levels,
    summit,
)
from compliance.types import Floats

EVERY = 2
"""Spectra from one that is looked at to the next: 32 ms."""
PERIOD = EVERY * HOP / RATE
"""The same in seconds."""
_ABOVE = 9.0
"""dB by which a ridge stands above the spectrum around it; 6 and 12 tell copies from chance less well."""
_AROUND, _ALONE = 25, 5
"""Bins of what is around it, 390 Hz, and in which it is the greatest, 78 Hz."""
_BLOCK = 4096
"""Spectra that are looked at together, which bounds memory."""
_MOST = 255
"""Ridges of one spectrum."""


def find(samples: Floats) -> Peaks:
    """Return the ridges of ``samples``: float32, shape (N,), 16 kHz; their ranks are 0."""
    frames = 1 + len(samples) // HOP
    times, hertz = [np.zeros(0)], [np.zeros(0)]
    for begin in range(0, frames, _BLOCK):
        piece = levels(samples, begin, min(begin + _BLOCK, frames))[::EVERY]
        frame, found = _ridges(piece)
        times.append((begin / EVERY + frame) * PERIOD)
        hertz.append(found)
    time = np.concatenate(times)
    return Peaks(time, np.concatenate(hertz), np.zeros(len(time), np.uint8))


def pack(ridges: Peaks) -> bytes:
    """Return how many ridges each spectrum has (uint8), and their frequencies (steps, uint16), little endian.

    That is about 80 kB a minute; the number of spectra (uint32) comes first.
    """
    frame = np.rint(ridges.times / PERIOD).astype(np.int64)
    counts = np.bincount(frame).astype(np.uint8) if len(frame) else np.zeros(0, np.uint8)
    steps = np.rint(ridges.hertz / STEP).astype("<u2")
    return len(counts).to_bytes(4, "little") + counts.tobytes() + steps.tobytes()


def unpack(data: bytes) -> Peaks:
    """Return what :func:`pack` packed.

    Raises:
        ValueError: ``data`` is cut off.
    """
    frames = int.from_bytes(data[:4], "little")
    counts = np.frombuffer(data, np.uint8, frames, 4)
    steps = np.frombuffer(data, "<u2", int(counts.sum()), 4 + frames)
    times = np.repeat(np.arange(frames) * PERIOD, counts)
    return Peaks(times, steps * STEP, np.zeros(len(times), np.uint8))


def _ridges(piece: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Return spectrum and frequency, Hz, of each ridge in spectra, dB, shape (spectra, bins)."""
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    above = piece - uniform_filter1d(piece, _AROUND, axis=1, mode="nearest")
    top = (piece == maximum_filter1d(piece, _ALONE, axis=1)) & (above > _ABOVE) & (piece > QUIET)
    low, high = (round(edge * WINDOW / RATE) for edge in (BANDS[0], BANDS[-1]))
    top[:, :low] = top[:, high:] = False
    frame, line = np.nonzero(top)
    shift = summit(piece[frame, line - 1], piece[frame, line], piece[frame, line + 1])
    hertz = np.rint((line + shift) * RATE / WINDOW / STEP) * STEP
    kept = np.arange(len(frame)) - np.searchsorted(frame, frame) < _MOST
    return frame[kept], hertz[kept]
