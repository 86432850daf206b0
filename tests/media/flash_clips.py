"""Clips that flash, made from a seed."""

import numpy as np

KINDS = (
    "square",
    "sine",
    "red",
    "saturated",
    "opposite",
    "jumping",
    "noise",
    "bright",
    "fade",
    "extended",
)
ROWS, COLUMNS = 9, 12


def clip(seed: int) -> tuple[list[float], list[np.ndarray]]:
    """Times in seconds, some of them uneven, and uint8 RGB frames of 9 × 12 pixels."""
    rng = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    seconds = 7.0 if kind == "extended" else 2.5
    rate = float(rng.choice([10, 15, 24, 25, 30]))
    steps = np.full(int(seconds * rate), 1 / rate)
    if rng.random() < 0.4:  # variable frame rate
        steps = steps * rng.choice([0.5, 1.0, 1.0, 2.5], len(steps))
    times = np.round(np.concatenate([[0.0], np.cumsum(steps)[:-1]]), 6)
    speed = rng.uniform(2.05, 2.9) if kind == "extended" else rng.uniform(1.0, 7.0)
    phase = (times * speed + rng.random()) % 1.0
    low, high = sorted(rng.integers(0, 256, 2).tolist())
    frames = [_frame(kind, rng, i, float(p), low, high, seed) for i, p in enumerate(phase)]
    return times.tolist(), frames


def _frame(
    kind: str, rng: np.random.Generator, index: int, phase: float, low: int, high: int, seed: int
) -> np.ndarray:
    on = phase < 0.5
    picture = np.full((ROWS, COLUMNS, 3), low, np.uint8)
    share = 20 + seed * 7 % 17  # of 108 pixels: from under a quarter to above
    flat = picture.reshape(-1, 3)
    if kind == "square":
        flat[:share] = high if on else low
    elif kind == "sine":
        picture[:] = round((low + high) / 2 + (high - low) / 2 * np.sin(2 * np.pi * phase))
    elif kind == "red":
        flat[: share + 10] = (high, low // 8, low // 8) if on else (low, low, low)
    elif kind == "saturated":
        picture[:] = (255, 0, 0) if on else (high, 0, seed * 11 % 90)
    elif kind == "opposite":
        picture[:, : COLUMNS // 2] = high if on else low
        picture[:, COLUMNS // 2 :] = low if on else high
    elif kind == "jumping":
        at = index // 2 % 3 * 36
        flat[at : at + 36] = high if on else low
    elif kind == "noise":
        picture[:] = rng.integers(low, high + 1, picture.shape)
    elif kind == "bright":
        picture[:] = 255 if on else 225 + seed % 12
    elif kind == "fade":
        picture[:] = round(low + (high - low) * abs(2 * phase - 1))
    else:
        picture[:] = 230 if on else 20
    return picture
