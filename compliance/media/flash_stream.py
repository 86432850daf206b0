"""The light of one video stream, measured in the decoder process and sent in batches of numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from compliance.media.flash import LightMeter, Measure, grid_size
from compliance.media.items import Item

BATCH = 256
"""Frames of one message."""
HDR = "hdr"
"""Why nothing of a stream is measured: its transfer function is PQ or HLG, for which no limit is defined
here."""


class LightStream:
    """Measures each frame on one grid, over white and over black where it is transparent."""

    def __init__(self, stream: int, send: Callable[[dict[str, Any]], None]) -> None:
        """Start before the first frame of ``stream``; ``send`` takes messages."""
        self._stream = stream
        self._send = send
        self._grid: tuple[int, int] | None = None
        self._meters: list[LightMeter] = []
        self._why = ""
        self._rows: list[list[float]] = []

    def push(self, item: Item) -> None:
        """Measure the next frame."""
        width, height = item.size
        if self._grid is None:
            self._grid = grid_size(width, height)
            self._meters = [LightMeter()]
        if item.hdr:
            self._why = HDR
        pictures = item.points(*self._grid)
        if len(pictures) > len(self._meters):  # all before was the same over white and over black
            self._meters.append(copy.deepcopy(self._meters[0]))
        reduced = (width, height) != self._grid
        found = [
            meter.push(item.time, pictures[min(i, len(pictures) - 1)], reduced)
            for i, meter in enumerate(self._meters)
        ]
        self._rows.append([round(item.time, 6), *(round(n, 5) for n in _worst(found))])
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        if self._rows:
            self._send(
                {"type": "light", "stream": self._stream, "why": self._why, "rows": self._rows}
            )
            self._rows = []


def _worst(found: list[Measure]) -> list[float]:
    """Return the larger of each number, of what is seen over several backgrounds."""
    return [max(column) for column in zip(*(one.row for one in found), strict=True)]
