"""ROC curves and recall by category as a picture, drawn with OpenCV so that no plotting library is needed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 1280, 720
LEFT, RIGHT, TOP, BOTTOM = 80, 600, 50, 560
BAR, BARS_RIGHT = 900, 1240
COLOURS = ((200, 80, 30), (40, 120, 220), (60, 150, 60), (150, 60, 150))
"""Of the curves, BGR."""
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def draw(path: Path, harmful: Mapping[str, Numbers], benign: Mapping[str, Numbers]) -> None:
    """Write a picture: on the left ROC curves to 20 % false positives, on the right recall at a score of 0.5.

    Args:
        path: a PNG file.
        harmful: scores of held-back harmful texts by category.
        benign: scores of benign texts by what they are.
    """
    canvas = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    together = np.concatenate(list(harmful.values()))
    for tick in np.linspace(0, 1, 6):
        cv2.line(canvas, _at(0, tick), _at(0.2, tick), (225, 225, 225), 1)
        _write(canvas, f"{tick:.1f}", (LEFT - 45, _at(0, tick)[1] + 5))
    for tick in (0, 0.02, 0.05, 0.1, 0.15, 0.2):
        cv2.line(canvas, _at(tick, 0), _at(tick, 1), (225, 225, 225), 1)
        _write(canvas, f"{tick:.2f}", (_at(tick, 0)[0] - 15, BOTTOM + 22))
    _write(canvas, "share of benign prompts flagged", (LEFT + 130, BOTTOM + 46))
    _write(canvas, "share of held-back harmful prompts found", (LEFT - 30, TOP - 20))
    for row, (name, values) in enumerate(benign.items()):
        colour = COLOURS[row % len(COLOURS)]
        limits = np.unique(np.concatenate([values, together]))[::-1]
        places = [(float((values >= x).mean()), float((together >= x).mean())) for x in limits]
        for left, right in pairwise([(0.0, 0.0), *(place for place in places if place[0] <= 0.2)]):
            cv2.line(canvas, _at(*left), _at(*right), colour, 2, cv2.LINE_AA)
        _write(canvas, f"{name} (n={len(values)})", (LEFT + 40, BOTTOM + 80 + 20 * row), colour)
    _write(canvas, "found at a score of 0.5, by category", (BAR - 230, TOP - 20))
    for row, (name, values) in enumerate(harmful.items()):
        y, share = TOP + 26 * row, float((values >= 0.5).mean())
        end = round(BAR + (BARS_RIGHT - BAR) * share)
        cv2.rectangle(canvas, (BAR, y), (end, y + 16), (200, 150, 90), -1)
        _write(canvas, f"{name} ({len(values)})", (BAR - 270, y + 13))
        _write(canvas, f"{share:.2f}", (BAR + 6, y + 13))
    cv2.imwrite(str(path), canvas)


def _at(false: float, true: float) -> tuple[int, int]:
    return round(LEFT + (RIGHT - LEFT) * false / 0.2), round(BOTTOM - (BOTTOM - TOP) * true)


def _write(
    canvas: Any, text: str, at: tuple[int, int], colour: tuple[int, int, int] = (40, 40, 40)
) -> None:
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
