"""Flashes of light and of saturated red, measured frame by frame on points of the picture.

A *transition* is a change of relative luminance by 10 % or more of the brightest white, against the direction
of the one before, where the darker of the two states is below 0.80; two opposing ones are a flash (WCAG
2.3.1, ITU-R BT.1702). Of red it is a change of (R - G - B) × 320 by 20 or more, where only pixels with R / (R
+ G + B) ≥ 0.8 count. What is counted is the number of transitions within one second of presentation time, in
two ways of which the larger holds:

* place by place: the largest number that a quarter of the screen reaches, so that parts which flash in opposite
  directions do not hide one another;
* of the screen as a whole: transitions of its mean, which take in only changes that reach a quarter of it, so
  that light that jumps from place to place counts too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from compliance.media.flash_pattern import Stripes, stripes
from compliance.types import Floats, Pixels

STEP = 0.1
"""Least change of relative luminance (0…1) of a transition (WCAG: 10 % of the maximum)."""
DARK = 0.8
"""Relative luminance below which the darker state has to be (WCAG)."""
RED_STEP = 20.0
"""Least change of the saturated red measure, 0…320 (WCAG 2.0 and 2.1)."""
AREA = 0.25
"""Share of the screen that flashes together from which they count (BT.1702: a quarter of the screen)."""
_NO_DARK = 1e9
"""For red it does not count how dark the darker state is."""
WINDOW = 1.0
"""Seconds of presentation time in which transitions are counted together."""
SHORT_SIDE, LONG_SIDE = 73, 584
"""Sides of the grid of points, at most. 162 × 91 points on 16:9 give the share of a square to within 2 % of the
screen. The step of the grid is hardly ever a whole number of pixels, so that a regular pattern is met
everywhere."""
PATTERN_SECONDS = 0.25
"""Least time between two frames that are searched for stripes."""
_CHANGED = 0.001
"""Change of relative luminance, or of the red measure over 320, that is noise of coding and no change."""
_LESS = 1e-5
"""Allowance for rounding in comparisons."""
_LATE = 0.0005
"""Seconds by which containers round times."""

Mask = npt.NDArray[np.bool_]

_LEVELS = np.arange(256) / 255.0
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_LUMINANCE: Any = np.array([[0.2126, 0.7152, 0.0722]], np.float32)
_RED: Any = np.array([[320, -320, -320]], np.float32)
_SATURATED: Any = np.array([[1, -4, -4]], np.float32)
"""From linear R, G, B: at least 0 where R / (R + G + B) ≥ 0.8."""


@dataclass(frozen=True)
class Measure:
    """What is measured of one frame; the columns of :data:`compliance.types.LIGHT_COLUMNS`."""

    luminance: float
    red: float
    flashes: int
    red_flashes: int
    area: float
    red_area: float
    pattern: Stripes

    @property
    def row(self) -> list[float]:
        """The numbers in order."""
        flashing = [self.flashes, self.red_flashes, self.area, self.red_area]
        return [self.luminance, self.red, *flashing, self.pattern.area, self.pattern.pairs]


def grid_size(width: int, height: int) -> tuple[int, int]:
    """Return the size (columns, rows) of the grid of points for a frame; never more than its pixels."""
    scale = min(1.0, SHORT_SIDE / min(width, height), LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def light_of(rgb: Pixels) -> tuple[Floats, Floats | None]:
    """Return relative luminance and the red measure of a frame.

    Args:
        rgb: uint8 RGB (rows, columns, 3), sRGB.

    Returns:
        float32 (rows, columns), 0…1; and the same of saturated red, 0…320, or None where nothing is saturated
        red.
    """
    linear = cv2.LUT(rgb, _LINEAR)
    luminance = np.asarray(cv2.transform(linear, _LUMINANCE), np.float32)
    saturated = cv2.transform(linear, _SATURATED)
    if not float(saturated.max()) > 0:
        return luminance, None
    red = np.asarray(cv2.transform(linear, _RED), np.float32)
    red[saturated < 0] = 0.0
    return luminance, red


class Turn:
    """Finds the transitions of one value, from its changes."""

    def __init__(self, step: float, dark: float, first: float) -> None:
        """Start with the value of the first frame."""
        self._step, self._dark = step - _LESS, dark
        self._at = self._low = self._high = first
        self._sign = 0

    def push(self, change: float) -> bool:
        """Tell whether the value turns with this change."""
        self._at += change
        self._low, self._high = min(self._low, self._at), max(self._high, self._at)
        rises = self._sign <= 0 and self._at - self._low >= self._step and self._low < self._dark
        falls = self._sign >= 0 and self._high - self._at >= self._step and self._at < self._dark
        if not rises and not falls:
            return False
        self._sign = 1 if rises else -1
        self._low = self._high = self._at
        return True


class Turns:
    """Finds the transitions of many values at once, each with a memory of its last extreme.

    Which direction counts first is not known, so both are followed until a value has turned once; from then
    on the two are the same.
    """

    def __init__(self, step: float, dark: float, first: Floats) -> None:
        """Start with the values of the first frame, float32 (N,)."""
        self._step, self._dark = step - _LESS, dark
        self._sign = np.repeat(np.array([[1.0], [-1.0]], np.float32), len(first), axis=1)
        self._extreme = self._sign * first
        self._back = np.empty_like(self._extreme)

    def push(self, values: Floats) -> Mask | None:
        """Return which values turn in this frame, bool (N,); None where none does."""
        signed = self._sign * values
        np.maximum(self._extreme, signed, out=self._extreme)
        back = np.subtract(self._extreme, signed, out=self._back)
        if not float(back.max(initial=0.0)) >= self._step:
            return None
        turned = back >= self._step
        if self._dark < 1.0:
            darker = np.minimum(values, self._extreme * self._sign)
            turned &= darker < self._dark
        if not turned.any():
            return None
        np.negative(self._sign, out=self._sign, where=turned)
        np.multiply(self._sign, values, out=self._extreme, where=turned)
        if len(turned) == 1:
            return np.asarray(turned[0], np.bool_)
        if np.array_equal(self._sign[0], self._sign[1]):  # every value has turned once
            self._sign, self._extreme, self._back = (
                self._sign[:1],
                self._extreme[:1],
                self._back[:1],
            )
        return np.asarray(turned[0] | turned[1], np.bool_)


class Counter:
    """Transitions of one measure within the last second: of each point, and of the screen."""

    def __init__(self, step: float, dark: float, full: float, first: Floats) -> None:
        """Start.

        Args:
            step: least change of a transition.
            dark: what the darker state has to be below.
            full: largest value of the measure.
            first: values of the first frame, float32 (N,).
        """
        self._points = Turns(step, dark, first)
        self._counts = np.zeros(len(first), np.uint16)
        self._flashes = 0
        self._recent: deque[tuple[float, Mask]] = deque()
        self._changed = _CHANGED * full
        self._before = first
        self.mean = float(first.mean())
        """Mean of the last frame."""
        self._screen = Turn(step, dark, self.mean)
        self._screen_recent: deque[float] = deque()

    def push(self, time: float, values: Floats) -> tuple[int, float]:
        """Take the next frame.

        Args:
            time: its presentation time, seconds.
            values: float32 (N,); the very array of the frame before where nothing has changed.

        Returns:
            transitions within the last second, and the share of points that had four or more.
        """
        if values is not self._before:
            self._compare(time, values)
        while self._recent and time - self._recent[0][0] > WINDOW - _LATE:
            self._counts -= self._recent.popleft()[1]
        while self._screen_recent and time - self._screen_recent[0] > WINDOW - _LATE:
            self._screen_recent.popleft()
        flashes, area = self._reached()
        return max(flashes, len(self._screen_recent)), area

    def _compare(self, time: float, values: Floats) -> None:
        moved = np.count_nonzero(cv2.absdiff(values, self._before) > self._changed)
        mean = cv2.mean(values)[0]
        if moved >= AREA * len(values):
            if self._screen.push(mean - self.mean):
                self._screen_recent.append(time)
        self.mean, self._before = mean, values
        turned = self._points.push(values)
        if turned is not None:
            self._recent.append((time, turned))
            self._counts += turned

    def _reached(self) -> tuple[int, float]:
        """Return how many transitions a quarter of the points reach, and the share with four or more."""
        if not self._recent:
            self._flashes = 0
            return 0, 0.0
        while self._flashes and self._share(self._flashes) < AREA:
            self._flashes -= 1
        while self._flashes < 254 and self._share(self._flashes + 1) >= AREA:
            self._flashes += 1
        return self._flashes, self._share(4)

    def _share(self, transitions: int) -> float:
        reached = np.count_nonzero(self._counts >= transitions)
        return reached / len(self._counts) + _LESS


class LightMeter:
    """Measures the frames of one video stream in order."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._counters: tuple[Counter, Counter] | None = None
        self._points: Pixels | None = None
        self._luminance = self._values = self._red_values = np.zeros(0, np.float32)
        self._pattern = Stripes(0.0, 0)
        self._searched = -1.0
        self._shown = 0.0
        self._is_searched = False
        self._any_red = False

    def settle(self, until: float | None) -> Stripes | None:
        """Search the last frame for stripes where it stands long although it came soon after a search.

        Args:
            until: when the next frame comes, seconds; None where none does, and the last stays on the screen.

        Returns:
            what was found in it; None where it was searched before, or stands for too short a time.
        """
        short = until is not None and until - self._shown < PATTERN_SECONDS - _LATE
        if self._is_searched or short or self._points is None:
            return None
        self._pattern, self._searched = stripes(self._luminance), self._shown
        self._is_searched = True
        return self._pattern

    def push(self, time: float, points: Pixels, reduced: bool = False) -> Measure:
        """Measure the next frame.

        Args:
            time: presentation time, seconds, never before that of the last.
            points: uint8 RGB (rows, columns, 3) on the grid, of one size throughout.
            reduced: the points are some of the frame's pixels, so that the mean of nine stands for a place:
                patterns finer than a place that are in balance do not flash (WCAG's exception).
        """
        if self._points is None or not np.array_equal(points, self._points):
            self._points = points
            self._take(points, reduced)
            self._shown, self._is_searched = time, False
        if not 0 <= time - self._searched < PATTERN_SECONDS - _LATE:
            self._pattern, self._searched = stripes(self._luminance), time
            self._is_searched = True
        if self._counters is None:
            self._counters = (
                Counter(STEP, DARK, 1.0, self._values),
                Counter(RED_STEP, _NO_DARK, 320.0, self._red_values),
            )
        light, red = self._counters
        flashes, area = light.push(time, self._values)
        red_flashes, red_area = red.push(time, self._red_values)
        return Measure(
            luminance=light.mean,
            red=red.mean,
            flashes=min(flashes, 255),
            red_flashes=min(red_flashes, 255),
            area=area,
            red_area=red_area,
            pattern=self._pattern,
        )

    def _take(self, points: Pixels, reduced: bool) -> None:
        """Hold the values of a frame that differs from the one before; red only where it does too."""
        self._luminance, red = light_of(points)
        values = cv2.blur(self._luminance, (3, 3)) if reduced else self._luminance
        self._values = np.asarray(values, np.float32).ravel()
        if red is not None:
            self._red_values = np.asarray(
                cv2.blur(red, (3, 3)) if reduced else red, np.float32
            ).ravel()
            self._any_red = True
        elif self._any_red or not len(self._red_values):
            self._red_values, self._any_red = np.zeros(self._values.size, np.float32), False
