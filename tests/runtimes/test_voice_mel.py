"""Our mel spectrogram against numbers that librosa 0.11.0 gave for the same signal."""

import numpy as np
import pytest

from compliance.runtimes.voice_mel import mel_power

LIBROSA = {
    0: [4.83648, 1.38644, 0.00155305],
    10: [14.788, 1.60372, 3.02027e-07],
    50: [14.788, 1.60373, 4.49461e-12],
    100: [4.83371, 1.47895, 0.000167069],
}
"""By frame: bands 5, 6 and 20 of
``librosa.feature.melspectrogram(y=…, sr=16000, n_fft=400, hop_length=160, n_mels=40)``."""


def signal() -> np.ndarray:
    """A steady tone and a rising one, one second."""
    time = np.arange(16000) / 16000
    steady, rising = np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * (1000 + 2000 * time) * time)
    return (0.3 * steady + 0.1 * rising).astype(np.float32)


@pytest.mark.parametrize("frame", sorted(LIBROSA))
def test_numbers_are_librosa_s(frame: int) -> None:
    found = mel_power(signal())
    assert found.shape == (101, 40) and found.dtype == np.float32
    assert found[frame, [5, 6, 20]] == pytest.approx(LIBROSA[frame], rel=1e-3, abs=1e-7)


def test_long_sound_is_the_same_in_blocks() -> None:
    whole = np.tile(signal(), 70)
    assert mel_power(whole)[6010] == pytest.approx(
        mel_power(whole[900_000:])[385], rel=1e-4, abs=1e-9
    )
