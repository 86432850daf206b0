"""Made sound for tests of recordings: notes with partials and noise bursts, from a seed."""

import numpy as np

RATE = 16_000


def music(seed: int, seconds: float = 20.0) -> np.ndarray:
    """Chords, a melody with vibrato and a snare: float32, shape (N,), 16 kHz; times are a player's."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round((seconds + 2) * RATE))
    at = 0.0
    while at < seconds:
        notes = 110 * 2 ** (rng.integers(0, 36, rng.integers(1, 4)) / 12)
        time = np.arange(round(rng.uniform(0.2, 0.9) * RATE)) / RATE
        for hertz in notes:
            wave = 2 * np.pi * hertz * time + 0.2 * np.sin(2 * np.pi * 5 * time)
            tone = sum(np.sin(k * wave) / k for k in range(1, 9)) * np.exp(-3 * time)
            out[round(at * RATE) :][: len(tone)] += 0.1 * tone
        if rng.random() < 0.4:
            burst = rng.standard_normal(RATE // 5) * np.exp(-np.arange(RATE // 5) / 600)
            out[round(at * RATE) :][: len(burst)] += 0.2 * burst
        at += rng.uniform(0.12, 0.5)
    return np.clip(out[: round(seconds * RATE)], -1, 1).astype(np.float32)
