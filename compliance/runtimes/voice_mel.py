"""The mel spectrogram that Resemblyzer's network was trained on, without librosa.

The same numbers as ``librosa.feature.melspectrogram(y, sr=16000, n_fft=400, hop_length=160, n_mels=40)``:
power, Slaney's mel scale and area normalisation, a periodic Hann window, frames centred on padding of zeros.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

RATE = 16_000
"""Samples a second that the network takes, Hz."""
WINDOW, HOP = 400, 160
"""25 ms windows each 10 ms, samples."""
BANDS = 40
_LINEAR_HZ, _BREAK_HZ, _STEPS = 200 / 3, 1000.0, 27.0
"""Slaney's scale: 66.7 Hz a mel up to 1 kHz, then 27 mels for each factor of 6.4 (Auditory Toolbox, 1998)."""
_BLOCK = 6000
"""Frames at once, so that an hour of speech needs no gigabytes."""


def mel_power(samples: Floats) -> Floats:
    """Return the mel spectrogram of a piece of sound.

    Args:
        samples: mono, float32, shape (N,), 16 kHz, -1…1.

    Returns:
        Power, float32, shape (1 + N // 160, 40).
    """
    padded = np.pad(np.asarray(samples, np.float32), WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
    blocks = [
        (np.abs(np.fft.rfft(frames[start : start + _BLOCK] * window, axis=1)) ** 2) @ _filters().T
        for start in range(0, len(frames), _BLOCK)
    ]
    return np.concatenate(blocks).astype(np.float32)


@cache
def _filters() -> npt.NDArray[np.float64]:
    """Return triangular filters of equal area, shape (40, 201)."""
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    edges = _hertz(np.linspace(_mel(0.0), _mel(RATE / 2), BANDS + 2))
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * 2.0 / (high - low))


def _mel(hertz: float) -> float:
    if hertz < _BREAK_HZ:
        return hertz / _LINEAR_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hertz / _BREAK_HZ) * _STEPS / np.log(6.4))


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    start = _BREAK_HZ / _LINEAR_HZ
    above = _BREAK_HZ * np.exp((mels - start) * np.log(6.4) / _STEPS)
    return np.where(mels < start, mels * _LINEAR_HZ, above)
