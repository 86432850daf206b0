"""The light of one video stream, measured in the decoder process and sent in batches of numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from compliance.media.flash import LightMeter, Measure, grid_size
from compliance.media.items import Item
from compliance.media.protocol import REPLAY_FRAMES

if TYPE_CHECKING:
    from compliance.types import Pixels

BATCH = 256
"""Frames of one message."""
Moments: TypeAlias = "list[tuple[float, list[Pixels]]]"
"""What :meth:`compliance.media.items.Item.moments` returns."""
HDR = "hdr"
"""Why nothing of a stream is measured: its transfer function is none of SDR's, for which no limit is defined
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
        self._held: list[tuple[float, Moments]] = []
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
        moments = item.moments(*self._grid)
        self._reduced = (width, height) != self._grid
        if self._replays and item.time < REPLAY_SECONDS:
            self._held.append((item.time, moments))
        self._measure(item.time, moments)

    def replay(self, length: float) -> None:
        """Measure the beginning again, from the end on, for ``REPLAY_SECONDS``.

        Args:
            length: when the last frame ends, seconds.
        """
        if length <= 0:
            return
        start, left = length, REPLAY_FRAMES
        while start < length + REPLAY_SECONDS:
            for time, moments in self._held:
                if not left or start + time >= length + REPLAY_SECONDS:
                    return
                self._measure(start + time, moments)
                left -= 1
            start += length

    def finish(self) -> None:
        """Send what is held, the last frame too."""
        self._settle(None)
        self._flush(len(self._rows))

    def _flush(self, count: int) -> None:
        if count:
            rows, self._rows = self._rows[:count], self._rows[count:]
            self._send({"type": "light", "stream": self._stream, "why": self._why, "rows": rows})

    def _measure(self, time: float, moments: Moments) -> None:
        self._settle(time)
        if len(self._rows) >= BATCH:
            self._flush(BATCH - 1)
        found = []
        for later, pictures in moments:
            while len(pictures) > len(self._meters):  # all before was the same over any background
                self._meters.append(copy.deepcopy(self._meters[-1]))
            found += [
                meter.push(time + later, pictures[min(i, len(pictures) - 1)], self._reduced)
                for i, meter in enumerate(self._meters)
            ]
        self._rows.append([round(time, 6), *(round(n, 5) for n in _worst(found))])

    def _settle(self, until: float | None) -> None:
        """Add to the last frame the stripes that are seen only because it stands long."""
        found = [one for meter in self._meters if (one := meter.settle(until))]
        if found and self._rows:
            row = self._rows[-1]
            row[-2] = max(row[-2], *(round(one.area, 5) for one in found))
            row[-1] = max(row[-1], *(one.pairs for one in found))


def _worst(found: list[Measure]) -> list[float]:
    """Return the larger of each number, of what is seen over several backgrounds."""
    return [max(column) for column in zip(*(one.row for one in found), strict=True)]
