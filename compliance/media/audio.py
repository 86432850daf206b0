"""Decode the audio streams of a container to 16 kHz, in the decoder process."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.audio.frame  # PyAV would import these later, when no file can be opened any more
import av.audio.stream
import av.filter
import numpy as np

from compliance.media.audio_parts import JUMP, MOST_CHANNELS, RATE
from compliance.media.gaps import Gaps
from compliance.types import Floats

_JUMPS = 8
"""Times that a stream may jump forward before it cannot be told when anything in it is heard."""
_FLUSH = 10 * RATE
"""Samples of a channel that are gathered before they are handed out."""


@dataclass(frozen=True)
class Sound:
    """A piece of an audio stream."""

    stream: int
    """Index of the stream in its container."""
    time: float
    """When its first sample is heard, seconds from the start of the asset."""
    samples: Floats
    """float32, shape (channels, N), 16 kHz; neither clipped nor checked."""


class SoundStream:
    """Resamples one audio stream, and keeps its times."""

    def __init__(self, index: int, gaps: Gaps) -> None:
        """Start before the first frame of the stream with ``index``."""
        self.index = index
        self.end = 0.0
        """When the last sample that was taken in ends, seconds."""
        self.heard = 0
        """Samples of a channel that were handed out."""
        self._gaps = gaps
        self._jumps = 0
        self._format: tuple[Any, ...] = ()
        self._graph: Any = None
        self._held: list[Floats] = []
        self._count = 0
        self._time: float | None = None

    def push(self, frame: av.AudioFrame, time: float | None) -> Iterator[Sound]:
        """Take the next frame; yield what is ready.

        Args:
            frame: as it was decoded.
            time: its presentation time, seconds from the start of the asset; None means that it follows the
                one before.
        """
        described = (frame.format.name, frame.layout.name, frame.sample_rate)
        if described != self._format:
            yield from self._drain()
            self._begin(frame, described)
        if time is not None and self._time is not None and abs(time - self.end) > JUMP:
            time = yield from self._jump(time, frame, described)
        begins = self.end if time is None else max(time, self.end - JUMP)
        if self._time is None:
            self._time = begins
        self.end = begins + frame.samples / frame.sample_rate
        frame.pts = None
        self._graph.push(frame)
        self._pull()
        if self._count >= _FLUSH:
            yield from self._hand_out()

    def finish(self) -> Iterator[Sound]:
        """Yield the rest."""
        yield from self._drain()

    def _jump(
        self, time: float, frame: av.AudioFrame, described: tuple[Any, ...]
    ) -> Generator[Sound, None, float]:
        """Begin anew where sound goes on after a hole; what goes backwards is held, and is a gap.

        Returns when the frame is heard.
        """
        self._jumps += time > self.end
        if time < self.end or self._jumps > _JUMPS:
            self._gaps.add(
                f"Presentation times of audio stream {self.index} jump, so that what is heard when cannot be "
                "told; write the file again with sound times."
            )
            return self.end
        yield from self._drain()
        self._begin(frame, described)
        return time

    def _begin(self, frame: av.AudioFrame, described: tuple[Any, ...]) -> None:
        graph: Any = av.filter.Graph()
        graph.threads = 1  # no thread may be started any more
        source = graph.add(
            "abuffer",
            sample_rate=str(frame.sample_rate),
            sample_fmt=frame.format.name,
            channel_layout=frame.layout.name,
            time_base=f"1/{frame.sample_rate}",
        )
        form = graph.add("aformat", sample_rates=str(RATE), sample_fmts="flt")
        graph.link_nodes(source, form, graph.add("abuffersink")).configure()
        self._graph, self._format = graph, described

    def _pull(self) -> None:
        while True:
            try:
                block = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            # packed, since PyAV counts the planes of eight channels and more beyond the last, and crashes
            samples = block.to_ndarray().reshape(-1, block.layout.nb_channels).T
            if samples.shape[0] > MOST_CHANNELS:
                self._gaps.add(
                    f"Audio stream {self.index} has {samples.shape[0]} channels where {MOST_CHANNELS} are "
                    "listened to; mix it down."
                )
            self._held.append(np.asarray(samples[:MOST_CHANNELS], np.float32))
            self._count += samples.shape[1]

    def _drain(self) -> Iterator[Sound]:
        """Yield what is held and what the resampler still has; the next sound begins anew."""
        if self._graph is not None:
            self._graph.push(None)
            self._pull()
        yield from self._hand_out()
        self._graph, self._format, self._time = None, (), None

    def _hand_out(self) -> Iterator[Sound]:
        if not self._count or self._time is None:
            return
        samples = np.concatenate(self._held, axis=1)
        yield Sound(self.index, self._time, samples)
        self._time = self.end
        self.heard += self._count
        self._held, self._count = [], 0
