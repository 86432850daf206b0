"""Flashes as the standard words them, written out: loops over frames and pixels, and no shortcuts."""

from collections.abc import Sequence

import numpy as np

AREA, SECOND = 0.25, 0.9995


def linear(level: int) -> float:
    """sRGB (IEC 61966-2-1) to light."""
    share = level / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


LIGHT = [linear(level) for level in range(256)]


def luminance(red: int, green: int, blue: int) -> float:
    return 0.2126 * LIGHT[red] + 0.7152 * LIGHT[green] + 0.0722 * LIGHT[blue]


def redness(red: int, green: int, blue: int) -> float:
    r, g, b = LIGHT[red], LIGHT[green], LIGHT[blue]
    if r + g + b == 0 or r < 0.8 * (r + g + b) - 1e-9:
        return 0.0
    return max(320 * (r - g - b), 0.0)


class Value:
    """One number over time: each time it moves by a step against its last direction, it turns."""

    def __init__(self, first: float, step: float, dark: float) -> None:
        self.step, self.dark = step - 1e-5, dark
        self.direction = 0
        self.low = self.high = first

    def turns(self, value: float) -> bool:
        self.low, self.high = min(self.low, value), max(self.high, value)
        rises = value - self.low >= self.step and self.low < self.dark and self.direction <= 0
        falls = self.high - value >= self.step and value < self.dark and self.direction >= 0
        if rises:
            self.direction, self.high, self.low = 1, value, value
        elif falls:
            self.direction, self.high, self.low = -1, value, value
        if self.direction > 0:
            self.low = value
        if self.direction < 0:
            self.high = value
        return rises or falls


def counted(
    times: Sequence[float], frames: Sequence[Sequence[float]], step: float, dark: float, full: float
) -> list[int]:
    """Transitions within the last second at each frame: of a quarter of the pixels, or of the whole."""
    pixels = [Value(first, step, dark) for first in frames[0]]
    turned: list[list[float]] = [[] for _ in pixels]
    mean = sum(frames[0]) / len(pixels)
    moved = mean
    screen, screen_turned = Value(mean, step, dark), []
    found = []
    for n, (time, frame) in enumerate(zip(times, frames, strict=True)):
        if n:
            changed = 0
            for i, value in enumerate(frame):
                changed += abs(value - frames[n - 1][i]) > 0.001 * full
                if pixels[i].turns(value):
                    turned[i].append(time)
            before, mean = mean, sum(frame) / len(pixels)
            if changed >= AREA * len(pixels):
                moved += mean - before
                if screen.turns(moved):
                    screen_turned.append(time)
        counts = [sum(time - at <= SECOND for at in one) for one in turned]
        local = max(
            k for k in range(99) if sum(c >= k for c in counts) >= AREA * len(pixels) - 1e-4
        )
        found.append(max(local, sum(time - at <= SECOND for at in screen_turned)))
    return found


def results(times: Sequence[float], counts: Sequence[int]) -> list[int]:
    """0 pass, 1 warning, 2 extended failure, 3 failure, at each frame."""
    found = []
    for n, (time, count) in enumerate(zip(times, counts, strict=True)):
        warned = 0.0
        for i in range(1, n + 1):
            if time - times[i] < 4.999 and 4 <= counts[i] <= 6:
                warned += min(times[i] - times[i - 1], 1.0)
        if count > 6:
            found.append(3)
        elif count >= 4:
            found.append(2 if warned >= 3.999 else 1)
        else:
            found.append(0)
    return found


def judged(
    times: Sequence[float], clip: Sequence[np.ndarray]
) -> dict[str, tuple[list[int], list[int]]]:
    """Transitions and results at each frame, of light and of red."""
    light, red = [], []
    for picture in clip:
        pixels = [tuple(int(n) for n in pixel) for row in picture for pixel in row]
        light.append([luminance(*pixel) for pixel in pixels])
        red.append([redness(*pixel) for pixel in pixels])
    general = counted(times, light, 0.1, 0.8, 1.0)
    saturated = counted(times, red, 20.0, 1e9, 320.0)
    return {
        "general": (general, results(times, general)),
        "red": (saturated, results(times, saturated)),
    }
