"""Loudness of an audio stream by EBU R128, with FFmpeg's ``ebur128`` filter, in the decoder process.

Measured on the stream as it is: its own rate, every channel, nothing resampled or mixed. The filter hands the
sound back in blocks of 0.1 s, on which silence is found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import av
import av.audio.frame
import av.filter
import numpy as np

from compliance.media.audio_parts import MOST_CHANNELS

BLOCK = 0.1
"""Length of a block, seconds."""
SILENT = 1e-6
"""Mean square below which a block of a channel is silent: -60 dBFS."""
LEAST_SILENCE = 1.0
"""Shortest stretch of silence that is kept, seconds."""
MOST_SILENCES = 256
"""Stretches that are kept, the longest of them."""
GATE = -70.0
"""Absolute gate of EBU R128, LUFS: what is not above it has no loudness."""
SHORTEST = 0.4
"""Seconds that a gating block of EBU R128 takes; what is shorter has no integrated loudness."""


@dataclass
class _Run:
    start: float
    end: float


@dataclass
class LoudnessMeter:
    """Measures one audio stream."""

    stream: int
    """Index of the stream in its container."""
    unmeasured: str = ""
    """Why the numbers do not count; empty while they do."""
    _format: tuple[Any, ...] = ()
    _graph: Any = None
    _channels: int = 0
    _rate: int = 1
    _samples: int = 0
    _blocks: int = 0
    _offset: float | None = None
    _integrated: float | None = None
    _range: float = 0.0
    _momentary: float | None = None
    _short: float | None = None
    _peak: float = 0.0
    _alive: Any = None
    _runs: list[_Run] = field(default_factory=list)

    def push(self, frame: av.AudioFrame, time: float) -> None:
        """Take the next frame, heard from ``time`` on, seconds; never raises for what is wrong with it."""
        if self.unmeasured:
            return
        described = (frame.format.name, frame.layout.name, frame.sample_rate)
        try:
            if self._graph is None:
                self._begin(frame, described)
                if self.unmeasured:
                    return
            elif described != self._format:
                self.unmeasured = "its rate, format or channels change on the way"
                return
            at = self._samples / self._rate
            if self._offset is None or abs(time - self._offset - at) > BLOCK:
                self._missing(0.0 if self._offset is None else self._offset + at, time)
                self._offset = time - at
            self._samples += frame.samples
            self._graph.push(frame)
            self._pull(levels=True)
        except (av.FFmpegError, ValueError) as error:
            self.unmeasured = f"the filter refuses it ({type(error).__name__})"

    def finish(self, until: float = 0.0) -> dict[str, Any]:
        """Return the message about the stream, of type ``loudness``.

        Args:
            until: seconds that the media plays at least; a stream that ends before is silent from there on.
        """
        if self._graph is not None and not self.unmeasured:
            try:
                self._fill()
            except (av.FFmpegError, ValueError) as error:
                self.unmeasured = f"the filter refuses it ({type(error).__name__})"
        seconds = self._samples / self._rate
        self._missing((self._offset or 0.0) + seconds, until)
        if not self.unmeasured and seconds < SHORTEST:
            self.unmeasured = f"it has {seconds:.3g} s where EBU R128 needs {SHORTEST:g} s"
        longest = sorted(self._runs, key=lambda run: run.start - run.end)
        kept = [run for run in longest if run.end - run.start >= LEAST_SILENCE - BLOCK / 2]
        silences = sorted([run.start, run.end] for run in kept[:MOST_SILENCES])
        alive = [] if self._alive is None else self._alive.tolist()
        return {
            "type": "loudness",
            "stream": self.stream,
            "channels": self._channels,
            "seconds": seconds,
            "integrated": self._integrated if seconds >= SHORTEST else None,
            "range": self._range,
            "true_peak": 20 * math.log10(self._peak) if self._peak > 0 else None,
            "momentary": self._momentary,
            "short_term": self._short if seconds >= 3 else None,
            "silences": silences,
            "dead": [channel for channel, lives in enumerate(alive) if not lives],
            "unmeasured": self.unmeasured,
        }

    def _begin(self, frame: av.AudioFrame, described: tuple[Any, ...]) -> None:
        if frame.layout.nb_channels > MOST_CHANNELS:
            self.unmeasured = (
                f"it has {frame.layout.nb_channels} channels where {MOST_CHANNELS} are measured"
            )
            return
        graph: Any = av.filter.Graph()
        graph.threads = 1  # no thread may be started any more
        source = graph.add(
            "abuffer",
            sample_rate=str(frame.sample_rate),
            sample_fmt=frame.format.name,
            channel_layout=frame.layout.name,
            time_base=f"1/{frame.sample_rate}",
        )
        meter = graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
        graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
        self._graph, self._format, self._rate = graph, described, frame.sample_rate
        self._channels = frame.layout.nb_channels
        self._alive = np.zeros(self._channels, np.bool_)

    def _fill(self) -> None:
        """Complete the last block with zeros for its peak and its silence; loudness takes whole blocks only."""
        length = round(self._rate * BLOCK)
        missing = -self._samples % length
        if missing:
            form, layout, rate = self._format
            rest = av.AudioFrame(format="flt", layout=layout, samples=missing)
            rest.planes[0].update(bytes(rest.planes[0].buffer_size))
            rest.sample_rate, rest.pts = rate, None
            # into its own format by the resampler: PyAV crashes on the planes of eight channels
            fitting = av.AudioResampler(format=form, layout=layout, rate=rate)
            for one in fitting.resample(rest):
                one.pts = None
                self._graph.push(one)
        self._graph.push(None)
        self._pull(levels=False)

    def _pull(self, levels: bool) -> None:
        while True:
            try:
                block = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            told = block.metadata
            self._peak = max(self._peak, _number(told.get("lavfi.r128.true_peak")) or 0.0)
            samples = block.to_ndarray().reshape(-1, self._channels)
            self._peak = max(self._peak, float(np.abs(samples).max(initial=0.0)))
            self._hear(samples)
            if levels:
                self._integrated = _loudness(told.get("lavfi.r128.I"))
                self._range = _number(told.get("lavfi.r128.LRA")) or 0.0
                self._momentary = _louder(self._momentary, told.get("lavfi.r128.M"))
                self._short = _louder(self._short, told.get("lavfi.r128.S"))

    def _missing(self, start: float, end: float) -> None:
        """Count a stretch that the stream has no sound for as silence, for that is what is heard."""
        if end - start <= BLOCK:
            return
        if self._runs and abs(self._runs[-1].end - start) < BLOCK:
            self._runs[-1].end = end
        else:
            self._runs.append(_Run(max(start, 0.0), end))

    def _hear(self, samples: Any) -> None:
        start = (self._offset or 0.0) + self._blocks * BLOCK
        self._blocks += 1
        end = min(start + BLOCK, (self._offset or 0.0) + self._samples / self._rate)
        self._alive |= samples.any(axis=0)
        if not len(samples) or float((samples**2).mean(axis=0).max()) >= SILENT:
            return
        if self._runs and abs(self._runs[-1].end - start) < BLOCK / 2:
            self._runs[-1].end = end
        else:
            self._runs.append(_Run(max(start, 0.0), max(end, start, 0.0)))


def _number(text: str | None) -> float | None:
    value = float(text) if text else math.nan
    return value if math.isfinite(value) else None


def _loudness(text: str | None) -> float | None:
    value = _number(text)
    return value if value is not None and value > GATE else None


def _louder(before: float | None, text: str | None) -> float | None:
    value = _loudness(text)
    return before if value is None else max(value, value if before is None else before)
