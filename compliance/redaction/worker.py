"""The process that writes one redacted file: ``python -m compliance.redaction.worker``, started by ``render``.

It reads the media from an open descriptor, and writes messages to its standard output: where to put which
bytes of the new file, how far it is, and how it ended. It opens nothing and can write nowhere else.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np

from compliance.media.containment import contain
from compliance.media.source import Source, sniff
from compliance.media.stills import KINDS
from compliance.redaction.edits import How
from compliance.redaction.remux import Job, Remux, Unfit
from compliance.redaction.still import redact_still

HEAD = struct.Struct("<cQI")  # little-endian, not padded
"""Kind, offset and length of a message: ``W`` bytes of the file, ``P`` progress, ``E`` the end, as JSON."""
_PIECE = 1 << 20


class Sink:
    """A file that is written by messages."""

    def __init__(self, descriptor: int) -> None:
        """Write to ``descriptor``."""
        self._descriptor = descriptor
        self._position = self._size = 0

    def write(self, data: Any) -> int:
        """Put bytes at the current position."""
        content = bytes(data)
        for start in range(0, len(content), _PIECE):
            part = content[start : start + _PIECE]
            self._send(b"W", part, self._position + start)
        self._position += len(content)
        self._size = max(self._size, self._position)
        return len(content)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def say(self, kind: bytes, content: dict[str, Any]) -> None:
        """Send progress or the end."""
        self._send(kind, json.dumps(content).encode(), 0)

    def _send(self, kind: bytes, data: bytes, offset: int) -> None:
        message = memoryview(HEAD.pack(kind, offset, len(data)) + data)
        while message:
            message = message[os.write(self._descriptor, message) :]


def main() -> None:
    """Read a job from standard input, and do it."""
    told = json.loads(sys.stdin.buffer.read())
    cv2.setNumThreads(1)
    _warm_up(told["form"])
    os.environ.clear()
    contain(told["memory_bytes"], told["cpu_seconds"])
    sink = Sink(sys.stdout.fileno())
    try:
        end = _work(told, sink)
    except (Unfit, av.FFmpegError, OSError, ValueError, SyntaxError, MemoryError) as error:
        end = {"error": (str(error) or type(error).__name__)[:400]}
    sink.say(b"E", end)


def _work(told: dict[str, Any], sink: Sink) -> dict[str, Any]:
    source = Source(told["file"], told["file_bytes"])
    kind = sniff(source)
    if kind is None:
        raise Unfit("it is of no kind that is read")
    covers = {
        int(index): [(How(how), tuple(box)) for how, box in places]
        for index, places in told["covers"]
    }
    job = Job(
        covers=covers,
        dims=set(told["dims"]),
        follow=told["follow"],
        gain=told["gain"],
        mutes=told["mutes"],
        hushes=told["hushes"],
        words=told["words"],
        max_pixels=told["max_pixels"],
    )
    if kind in KINDS:
        return redact_still(source, kind, job, sink)
    return Remux(source, kind, job, sink, told["form"]).run(
        lambda done: sink.say(b"P", {"done": done})
    )


def _warm_up(form: str) -> None:
    """Encode a little, so that what libraries load on first use is loaded before the file system is closed."""
    if form in ("png", "jpeg", "webp"):
        return
    codec = "libvpx-vp9" if form == "webm" else "libx264"
    sound = "libopus" if form == "webm" else "aac"
    buffer = io.BytesIO()
    with av.open(
        buffer, "w", format=form if form in ("mp4", "mov", "webm", "matroska") else "mp4"
    ) as out:
        stream: Any = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.thread_count = 1
        audio: Any = out.add_stream(sound, rate=48_000, layout="mono")
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame.reformat(format="yuv420p", threads=1)))
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        tone.sample_rate, tone.pts = 48_000, 0
        resampler = av.AudioResampler(
            format="flt" if form == "webm" else "fltp", layout="mono", rate=48_000
        )
        for part in resampler.resample(tone):
            out.mux(audio.encode(part))
        for one in (stream, audio):
            out.mux(one.encode(None))
    with av.open(io.BytesIO(buffer.getvalue()), "r") as back:
        for packet in back.demux():
            packet.decode()


if __name__ == "__main__":
    main()
