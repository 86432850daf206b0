"""Sound as its reader puts it together again: parts of bounded length, and the channels worth listening to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from compliance.types import Floats

RATE = 16_000
"""Samples a second of all sound that is handed out, Hz."""
MOST_CHANNELS = 8
"""Channels of one stream that are listened to."""
PART_SECONDS = 600.0
"""Longest part, seconds, so that hours of sound need no gigabytes; 38 MB a channel."""
JUMP = 0.1
"""Seconds by which times may differ from the length of what went before, as containers round them."""
_SAME = 0.02
"""Share of a channel's energy in a window that another leaves unexplained, below which both sound the same:
-17 dB, at which a second voice is a murmur."""
_WINDOW = RATE // 10
"""Samples over which that share is taken: within a second, drums would outweigh what is said between them."""
_QUIETER = 0.1
"""Least energy of a channel, as a share of another's, with which it can stand for it: what is said loudly there
may be too quiet here to be heard as speech."""
_SILENT = 1e-6
"""Mean square below which what is left is silence: -60 dB of full scale, which codecs leave of nothing."""


@dataclass(frozen=True)
class SoundPart:
    """One channel of a stretch of an audio stream."""

    stream: int
    """Index of the stream in its container."""
    channel: int
    """The first of the channels that sound like it."""
    start: float
    """When its first sample is heard, seconds from the start of the asset."""
    samples: Floats
    """Mono, float32, shape (N,), 16 kHz, -1…1."""


@dataclass
class _Gathered:
    start: float
    pieces: list[Floats]
    count: int = 0

    @property
    def end(self) -> float:
        return self.start + self.count / RATE


class Parts:
    """Gathers pieces of sound, and hands out parts."""

    def __init__(self, listen: Callable[[SoundPart], None]) -> None:
        """Hand parts to ``listen``."""
        self._listen = listen
        self._open: dict[int, _Gathered] = {}

    def add(self, stream: int, time: float, samples: Floats) -> None:
        """Take the next piece of a stream: float32, shape (channels, N), heard from ``time`` on."""
        mine = self._open.get(stream)
        if mine is not None and (
            abs(time - mine.end) > JUMP
            or len(samples) != len(mine.pieces[0])
            or mine.count >= PART_SECONDS * RATE
        ):
            self._close(stream)
            mine = None
        if mine is None:
            mine = self._open[stream] = _Gathered(time, [])
        mine.pieces.append(samples)
        mine.count += samples.shape[1]

    def finish(self) -> None:
        """Hand out what is left."""
        for stream in list(self._open):
            self._close(stream)

    def _close(self, stream: int) -> None:
        mine = self._open.pop(stream)
        samples = np.clip(np.concatenate(mine.pieces, axis=1), -1.0, 1.0)
        for channel in distinct(samples):
            self._listen(SoundPart(stream, channel, mine.start, samples[channel]))


def distinct(samples: Floats) -> list[int]:
    """Return the channels that hold something the ones before do not; the first at least.

    Channels are compared, never added up: what is inverted in one of them would cancel out. Two are the same
    where in every tenth of a second one is a multiple, be it negative, of the other, and not much quieter. That
    has to hold for their differences from sample to sample too, in which a hum does not outweigh speech.

    Args:
        samples: float32, shape (channels, N), 16 kHz.
    """
    kept = [0]
    for channel in range(1, len(samples)):
        if not any(_same(samples[other], samples[channel]) for other in kept):
            kept.append(channel)
    return kept


def _same(first: Floats, second: Floats) -> bool:
    return _explains(first, second) and _explains(np.diff(first), np.diff(second))


def _explains(first: Floats, second: Floats) -> bool:
    """Tell whether ``second`` is in every window silent or a multiple of ``first`` that is not much louder."""
    for start in range(0, len(first), _WINDOW):
        one, other = first[start : start + _WINDOW], second[start : start + _WINDOW]
        energy, own = float(one @ one), float(other @ other)
        if own <= _SILENT * len(other):
            continue
        left = own - float(one @ other) ** 2 / energy if energy > 0 else own
        if energy < _QUIETER * own or left > max(_SAME * own, _SILENT * len(other)):
            return False
    return True
