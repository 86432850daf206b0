"""Spectral peaks of sound: where in time and frequency something stands out from what is around it.

After A. Wang, "An Industrial-Strength Audio Search Algorithm", ISMIR 2003: what stays of a recording that is
re-encoded, filtered or talked over is where its spectrogram peaks, not how strong those peaks are. Peaks are
kept denser than any comparison needs and with a *rank*, so that each side takes as many as serve it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

RATE = 16_000
"""Samples a second of the sound that is looked at, Hz."""
WINDOW = 1024
"""Samples of a spectrum: 64 ms, bins of 15.6 Hz."""
HOP = 256
"""Samples from one spectrum to the next: 16 ms."""
TICK = 0.004
"""Unit of a peak's time, seconds: a quarter of a hop, to which peaks are interpolated."""
STEP = 2.0
"""Unit of a peak's frequency, Hz: an eighth of a bin, to which peaks are interpolated."""
BANDS = (80.0, 300.0, 550.0, 900.0, 1400.0, 2100.0, 3200.0, 4800.0, 7600.0)
"""Edges of the bands in which peaks are ranked, Hz, so that a loud band leaves the others their peaks."""
MOST = 10
"""Peaks of a band kept within :data:`NEAR` of each other; a peak's rank is below it."""
NEAR = 0.5
"""Seconds to both sides in which peaks of a band are ranked."""
QUIET = -80.0
"""Loudness of a tone, dB of full scale, below which nothing is looked at: what codecs leave of silence."""
_ABOVE = 6.0
"""dB by which a peak stands above what is around it: noise alone reaches that now and then."""
_AROUND = (63, 25)
"""Spectra and bins of what is around it: one second, 390 Hz."""
_ALONE = (7, 5)
"""Spectra and bins in which a peak is the greatest: 112 ms, 78 Hz."""
_SEAM = 0.1
"""Seconds by which a part may start off the end of the one that it goes on from."""
_BLOCK = 2048
"""Spectra that are looked at together: 33 s, which bounds memory."""
_MARGIN = 64
"""Spectra looked at beyond a block, so that its edges are seen as its middle is."""
_TYPE = np.dtype([("tick", "<u4"), ("step", "<u2"), ("rank", "u1")])
SIZE = _TYPE.itemsize
"""Bytes of a packed peak."""


@dataclass(frozen=True)
class Peaks:
    """Peaks of one stretch of sound in order of time; the columns have one length N ≥ 0."""

    times: npt.NDArray[np.float64]
    """Seconds from the start of the stretch, to :data:`TICK`."""
    hertz: npt.NDArray[np.float64]
    """Frequencies, Hz, to :data:`STEP`."""
    ranks: npt.NDArray[np.uint8]
    """Peaks of the same band nearby that stand out more, 0 … :data:`MOST` − 1."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.times)

    def strongest(self, most: int) -> Peaks:
        """Return those of a rank below ``most``."""
        kept = self.ranks < most
        return Peaks(self.times[kept], self.hertz[kept], self.ranks[kept])

    def within(self, start: float, end: float) -> Peaks:
        """Return those from ``start`` to before ``end``, seconds."""
        first, last = np.searchsorted(self.times, (start, end))
        return Peaks(self.times[first:last], self.hertz[first:last], self.ranks[first:last])


def find(samples: Floats) -> Peaks:
    """Return the peaks of ``samples``: float32, shape (N,), 16 kHz, -1…1; nothing of less than a window."""
    frames = 1 + len(samples) // HOP  # the last window is filled up with silence
    found = [
        _block(samples, first, min(first + _BLOCK, frames)) for first in range(0, frames, _BLOCK)
    ]
    times, hertz, heights = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((hertz, times))
    times, hertz, heights = times[order], hertz[order], heights[order]
    ranks = _ranks(times, hertz, heights)
    kept = ranks < MOST
    return Peaks(times[kept], hertz[kept], ranks[kept].astype(np.uint8))


def joined(parts: Sequence[tuple[float, float, Peaks]]) -> list[Peaks]:
    """Put together what was looked at in parts: each goes on a layer that ends where it starts, or begins one.

    Args:
        parts: start and end, seconds, and peaks with times from that start.

    Returns:
        Layers, such as the sides of stereo sound, with times as the starts have them.
    """
    ends: list[float] = []
    layers: list[list[Peaks]] = []
    for start, end, peaks in sorted(parts, key=lambda part: part[:2]):
        moved = Peaks(peaks.times + start, peaks.hertz, peaks.ranks)
        open_ = [at for at, last in enumerate(ends) if abs(last - start) <= _SEAM]
        if open_:
            layers[open_[0]].append(moved)
            ends[open_[0]] = end
        else:
            layers.append([moved])
            ends.append(end)
    return [_ordered(layer) for layer in layers]


def _ordered(pieces: Sequence[Peaks]) -> Peaks:
    """Return the peaks of all pieces, which may overlap by a window, in order of time."""
    times = np.concatenate([one.times for one in pieces])
    hertz = np.concatenate([one.hertz for one in pieces])
    ranks = np.concatenate([one.ranks for one in pieces])
    order = np.argsort(times, kind="stable")
    return Peaks(times[order], hertz[order], ranks[order])


def pack(peaks: Peaks) -> bytes:
    """Return 7 bytes for each peak, little endian: ticks (uint32), steps (uint16), rank (uint8)."""
    packed = np.empty(len(peaks), _TYPE)
    packed["tick"] = np.rint(peaks.times / TICK)
    packed["step"] = np.rint(peaks.hertz / STEP)
    packed["rank"] = peaks.ranks
    return packed.tobytes()


def unpack(data: bytes) -> Peaks:
    """Return what :func:`pack` packed.

    Raises:
        ValueError: ``data`` is cut off.
    """
    packed = np.frombuffer(data, _TYPE)
    return Peaks(packed["tick"] * TICK, packed["step"] * STEP, packed["rank"].copy())


def _block(
    samples: Floats, first: int, last: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Floats]:
    """Return ticks' times, frequencies and heights of the peaks in the spectra ``first`` … ``last`` - 1."""
    from scipy.ndimage import maximum_filter, uniform_filter

    begin = max(0, first - _MARGIN)
    level = levels(samples, begin, last + _MARGIN)
    height = level - uniform_filter(level, _AROUND, mode="nearest")
    top = (level == maximum_filter(level, _ALONE)) & (level > QUIET) & (height > _ABOVE)
    low, high = (round(edge * WINDOW / RATE) for edge in (BANDS[0], BANDS[-1]))
    top[:, :low] = top[:, high:] = False
    top[: first - begin] = top[last - begin :] = False
    top[[0, -1]] = False
    frame, line = np.nonzero(top)
    time = frame + summit(level[frame - 1, line], level[frame, line], level[frame + 1, line])
    bins = line + summit(level[frame, line - 1], level[frame, line], level[frame, line + 1])
    times = np.rint(((time + begin) * HOP) / RATE / TICK) * TICK
    return times, np.rint(bins * RATE / WINDOW / STEP) * STEP, height[frame, line]


def levels(samples: Floats, begin: int, end: int) -> Floats:
    """Return spectra, dB of a full-scale tone: float32, shape (spectra, bins); n is centred at n hops."""
    from scipy.fft import rfft

    end = min(end, 2 + len(samples) // HOP)
    padded = np.zeros((end - begin - 1) * HOP + WINDOW, np.float32)
    start = begin * HOP - WINDOW // 2
    piece = samples[max(0, start) : start + len(padded)]
    padded[max(0, -start) : max(0, -start) + len(piece)] = piece
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    shape = np.hanning(WINDOW).astype(np.float32)
    power = np.abs(rfft(windows * shape, axis=1)) / (shape.sum() / 2)
    return np.asarray(20 * np.log10(power + 1e-6), np.float32)


def summit(before: Floats, at: Floats, after: Floats) -> Floats:
    """Return where a parabola through three levels peaks, -0.5…0.5 from the middle one."""
    bend = before - 2 * at + after
    shift = 0.5 * (before - after) / np.where(bend < 0, bend, -np.inf)
    return np.asarray(np.clip(shift, -0.5, 0.5), np.float32)


def _ranks(
    times: npt.NDArray[np.float64], hertz: npt.NDArray[np.float64], heights: Floats
) -> npt.NDArray[np.int64]:
    """Return for each peak how many of its band within :data:`NEAR` stand out more."""
    bands = np.searchsorted(BANDS, hertz)
    ranks = np.zeros(len(times), np.int64)
    for band in np.unique(bands):
        mine = np.flatnonzero(bands == band)
        time, height, count = times[mine], heights[mine], np.zeros(len(mine), np.int64)
        for apart in range(1, len(mine)):
            near = time[apart:] - time[:-apart] <= NEAR
            if not near.any():
                break
            later = height[apart:] > height[:-apart]
            count[:-apart] += near & later
            count[apart:] += near & ~later
        ranks[mine] = count
    return ranks
