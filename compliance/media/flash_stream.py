"""The light of one video stream, measured in the decoder process and sent in batches of numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from compliance.media.flash import LightMeter, Measure, grid_size
from compliance.media.items import Item
from compliance.media.protocol import REPLAY_FRAMES

if TYPE_CHECKING:
    from compliance.types import Pixels

BATCH = 256
"""Frames of one message."""
HDR = "hdr"
"""Why nothing of a stream is measured: its transfer function is PQ or HLG, for which no limit is defined
here."""
REPLAY_SECONDS = 6.0
"""How much of an animated picture is measured once more, as viewers show it again and again: longer than the
five seconds in which flashing that goes on is counted."""


class LightStream:
    """Measures each frame on one grid, over white and over black where it is transparent."""

    def __init__(
        self, stream: int, send: Callable[[dict[str, Any]], None], *, replays: bool = False
    ) -> None:
        """Start before the first frame of ``stream``.

        Args:
            stream: its index.
            send: takes messages.
            replays: :meth:`replay` will be called: hold what it takes.
        """
        self._stream = stream
        self._send = send
        self._replays = replays
        self._held: list[tuple[float, list[Pixels]]] = []
        self._grid: tuple[int, int] | None = None
        self._meters: list[LightMeter] = []
        self._reduced = False
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
        self._reduced = (width, height) != self._grid
        if self._replays and item.time < REPLAY_SECONDS:
            self._held.append((item.time, pictures))
        self._measure(item.time, pictures)

    def replay(self, length: float) -> None:
        """Measure the beginning again, from the end on, for ``REPLAY_SECONDS``.

        Args:
            length: when the last frame ends, seconds.
        """
        if length <= 0:
            return
        start, left = length, REPLAY_FRAMES
        while start < length + REPLAY_SECONDS:
            for time, pictures in self._held:
                if not left or start + time >= length + REPLAY_SECONDS:
                    return
                self._measure(start + time, pictures)
                left -= 1
            start += length

    def flush(self) -> None:
        """Send what is held."""
        if self._rows:
            self._send(
                {"type": "light", "stream": self._stream, "why": self._why, "rows": self._rows}
            )
            self._rows = []

    def _measure(self, time: float, pictures: list[Pixels]) -> None:
        if len(pictures) > len(self._meters):  # all before was the same over white and over black
            self._meters.append(copy.deepcopy(self._meters[0]))
        found = [
            meter.push(time, pictures[min(i, len(pictures) - 1)], self._reduced)
            for i, meter in enumerate(self._meters)
        ]
        self._rows.append([round(time, 6), *(round(n, 5) for n in _worst(found))])
        if len(self._rows) >= BATCH:
            self.flush()


def _worst(found: list[Measure]) -> list[float]:
    """Return the larger of each number, of what is seen over several backgrounds."""
    return [max(column) for column in zip(*(one.row for one in found), strict=True)]
