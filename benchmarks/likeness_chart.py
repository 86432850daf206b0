"""The recall-cost curve as a picture, drawn with OpenCV so that no plotting library is needed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

KINDS = {
    "turned": (200, 80, 30),
    "masked": (40, 120, 220),
    "small": (60, 150, 60),
    "dark": (150, 60, 150),
}
"""Kinds of variants, with BGR colours."""
WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 90, 700, 40, 490


def draw(ways: dict[str, Any], peer: str, path: Path) -> None:
    """Write recall with its 95 % interval over processor time to ``path``; the peer has hollow marks."""
    canvas = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    costs = {name: one["processor time, ratio to peer"] for name, one in ways.items()}
    most = max(1.2, *costs.values())

    def at(cost: float, recall: float) -> tuple[int, int]:
        x, y = LEFT + (RIGHT - LEFT) * cost / most, BOTTOM - (BOTTOM - TOP) * recall
        return round(x), round(y)

    for tick in np.linspace(0, 1, 6):
        cv2.line(canvas, at(0, tick), at(most, tick), (225, 225, 225), 1)
        _write(canvas, f"{tick:.1f}", (LEFT - 40, at(0, tick)[1] + 5))
    for tick in np.arange(0, most + 0.01, 0.2):
        _write(canvas, f"{tick:.1f}", (at(tick, 0)[0] - 12, BOTTOM + 22))
    cv2.line(canvas, at(1, 0), at(1, 1), (120, 120, 120), 1)
    _write(canvas, "processor time / dlib HOG upsampled once (hollow)", (LEFT + 60, BOTTOM + 50))
    _write(canvas, "found", (LEFT - 60, TOP - 14))
    for number, (kind, colour) in enumerate(KINDS.items()):
        _write(canvas, kind, (RIGHT + 50, TOP + 30 * number + 20), colour)
        line = sorted(
            (costs[name], *_recall(one, kind)) for name, one in ways.items() if name != peer
        )
        spots = [at(cost, share) for cost, share, _, _ in line]
        for first, second in pairwise(spots):
            cv2.line(canvas, first, second, colour, 2, cv2.LINE_AA)
        for (cost, _, low, high), spot in zip(line, spots, strict=True):
            cv2.line(canvas, at(cost, low), at(cost, high), colour, 1, cv2.LINE_AA)
            cv2.circle(canvas, spot, 5, colour, -1, cv2.LINE_AA)
        cv2.circle(canvas, at(costs[peer], _recall(ways[peer], kind)[0]), 6, colour, 2, cv2.LINE_AA)
    cv2.imwrite(str(path), canvas)


def _recall(way: dict[str, Any], kind: str) -> tuple[float, float, float]:
    hits, count, low, high = way["found"][kind]
    return hits / count, low, high


def _write(
    canvas: np.ndarray,
    text: str,
    spot: tuple[int, int],
    colour: tuple[int, int, int] = (40, 40, 40),
) -> None:
    cv2.putText(canvas, text, spot, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
