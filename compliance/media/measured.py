"""What the decoder measured of light and loudness, as its reader puts it together again. No I/O."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.media.protocol import BrokenProtocol, LightMessage
from compliance.types import LIGHT_COLUMNS, LightTrack, LoudnessTrack, TimeSpan

_HDR = (
    "its transfer function is PQ or HLG (HDR), or none of SDR, for which WCAG and BT.1702 name no "
    "limit in relative luminance; "
    "review the SDR version that is published beside it"
)


class Measured:
    """Gathers checked messages, and makes tracks of them."""

    def __init__(self, most_rows: int) -> None:
        """Take at most ``most_rows`` frames of any stream."""
        self._most = most_rows
        self._rows: dict[int, list[npt.NDArray[np.float64]]] = {}
        self._why: dict[int, str] = {}
        self._loud: dict[int, dict[str, Any]] = {}

    def add_light(self, message: LightMessage) -> None:
        """Take the light of further frames of a stream.

        Raises:
            BrokenProtocol: there are more frames than are allowed, or their times fall.
        """
        rows = np.array(message.rows, np.float64)
        before = self._rows.setdefault(message.stream, [])
        times = np.concatenate([before[-1][-1:, 0], rows[:, 0]]) if before else rows[:, 0]
        if (np.diff(times) < 0).any():
            raise BrokenProtocol("light whose times fall")
        before.append(rows)
        if self.frames(message.stream) > self._most:
            raise BrokenProtocol("light of more frames than are allowed")
        if message.why:
            self._why[message.stream] = _HDR

    def add_loudness(self, fields: dict[str, Any]) -> None:
        """Take the loudness of a stream.

        Raises:
            BrokenProtocol: it was told before.
        """
        if fields["stream"] in self._loud:
            raise BrokenProtocol("the loudness of one stream twice")
        self._loud[fields["stream"]] = fields

    def frames(self, stream: int) -> int:
        """Return the frames of a stream whose light is known."""
        return sum(len(rows) for rows in self._rows.get(stream, []))

    def hears(self, stream: int) -> bool:
        """Tell whether the loudness of a stream is known."""
        return stream in self._loud

    def light(self, asset: str) -> list[LightTrack]:
        """Return a track for each video stream, in order."""
        tracks = []
        for stream in sorted(self._rows):
            rows = np.concatenate(self._rows[stream])
            measures = rows[:, 1 : 1 + len(LIGHT_COLUMNS)].astype(np.float32)
            tracks.append(
                LightTrack(asset, stream, rows[:, 0].copy(), measures, self._why.get(stream, ""))
            )
        return tracks

    def loudness(self, asset: str) -> list[LoudnessTrack]:
        """Return a track for each audio stream, in order."""
        return [
            LoudnessTrack(
                asset=asset,
                stream=stream,
                channels=told["channels"],
                seconds=told["seconds"],
                integrated=told["integrated"],
                loudness_range=told["range"] or 0.0,
                true_peak=told["true_peak"],
                momentary=told["momentary"],
                short_term=told["short_term"],
                silences=tuple(TimeSpan(start=start, end=end) for start, end in told["silences"]),
                dead_channels=tuple(told["dead"]),
                unmeasured=told["unmeasured"],
            )
            for stream, told in sorted(self._loud.items())
        ]
