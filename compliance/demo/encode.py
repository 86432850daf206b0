"""H.264 and AAC in MP4, by PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np

from compliance.types import Pixels

RATE = 30
"""Frames a second."""
SOUND_RATE = 48_000
"""Samples a second."""
CHORD = (196.0, 246.9, 293.7)
"""Hz: G, B and D, soft enough to be heard once."""


class Encoder:
    """Writes one MP4 file; use as a context manager."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        """Open ``path`` for frames of ``size`` (width, height), pixels."""
        import av

        # Bitexact leaves out the encoder's version, so that two runs write the same bytes.
        options = {"movflags": "faststart", "fflags": "+bitexact"}
        self._container = av.open(str(path), "w", options=options)
        self._video = self._container.add_stream("libx264", rate=RATE)
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        self._video.options = {"preset": "veryfast", "crf": "20"}
        self._video.codec_context.thread_count = 1
        self._audio = self._container.add_stream("aac", rate=SOUND_RATE, layout="mono")
        self._audio.bit_rate = 96_000

    def add(self, pixels: Pixels) -> None:
        """Add one frame, uint8 RGB (height, width, 3)."""
        import av

        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        self._container.mux(self._video.encode(frame))

    def add_tone(self, seconds: float) -> None:
        """Add a soft chord of that length."""
        import av

        moments = np.arange(int(seconds * SOUND_RATE)) / SOUND_RATE
        sound = sum(0.04 * np.sin(2 * np.pi * pitch * moments) for pitch in CHORD)
        fade = np.clip(np.minimum(moments, seconds - moments), 0, 1)
        samples = (np.asarray(sound) * fade).astype(np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = 0
        self._container.mux(self._audio.encode(frame))

    def __enter__(self) -> Encoder:
        """Return the encoder."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Flush what is left and close the file."""
        if error is None:
            for stream in (self._video, self._audio):
                self._container.mux(stream.encode(None))
        self._container.close()
