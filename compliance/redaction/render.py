"""Have the contained process write a redacted file, and put its bytes where they belong."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import compliance.media
from compliance.errors import MediaError, UsageError
from compliance.media.limits import DecodeLimits
from compliance.redaction.edits import How
from compliance.redaction.picture import Box

HEAD_BYTES = 13
"""Length of the head of a message; ``compliance.redaction.worker.HEAD`` packs it."""
_MOST_MESSAGE = (1 << 20) + 4096
_ENCODING = 4
"""Memory of the process, in terms of what decoding may take: an encoder keeps many frames."""
_SILENCE = 120.0
"""Longest time without any message, seconds: slow frames of 8K take several."""


@dataclass(frozen=True)
class Paint:
    """What is done to which frame and stretch; positions are those of frames in the video stream."""

    covers: Mapping[int, Sequence[tuple[How, Box]]] = field(default_factory=dict)
    dims: frozenset[int] = frozenset()
    follow: float = 1.0
    gain: float = 1.0
    mutes: tuple[tuple[float, float], ...] = ()
    hushes: tuple[tuple[float, float], ...] = ()
    words: frozenset[str] = frozenset()
    """Words of covered text, which metadata may not repeat."""


@dataclass(frozen=True)
class Rendered:
    """How writing went."""

    frames: int
    """Frames that were written."""
    dropped: tuple[str, ...]
    """Streams and parts that were left out."""
    sound: tuple[str, ...]
    """What became of each audio stream, one phrase each."""


def render(
    source: Path,
    target: Path,
    form: str,
    paint: Paint,
    limits: DecodeLimits,
    progress: Callable[[float], None],
) -> Rendered:
    """Write ``target``, a new file.

    Args:
        source: the original.
        target: where the redacted file goes; it must not exist.
        form: as :func:`compliance.redaction.forms.form_of` names it.
        paint: what is covered.
        limits: what the process may use.
        progress: gets the seconds of presentation time that are done.

    Raises:
        MediaError: the file is damaged or of a kind that cannot be redacted.
        UsageError: ``target`` cannot be written, or the disk is full.
    """
    with source.open("rb") as file:
        job = {
            "file": file.fileno(),
            "file_bytes": os.fstat(file.fileno()).st_size,
            "form": form,
            "covers": [[index, list(places)] for index, places in paint.covers.items()],
            "dims": sorted(paint.dims),
            "follow": paint.follow,
            "gain": paint.gain,
            "mutes": paint.mutes,
            "hushes": paint.hushes,
            "words": sorted(paint.words),
            "max_pixels": limits.max_pixels,
            "memory_bytes": _ENCODING * limits.memory_bytes,
            "cpu_seconds": 4 * limits.cpu_seconds,
        }
        process = _start(file.fileno())
        try:
            end = _follow(process, json.dumps(job).encode(), target, limits, progress)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
    if "error" in end:
        raise _refused(source, end["error"])
    return Rendered(int(end["frames"]), tuple(end["dropped"]), tuple(end["sound"]))


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    package = Path(compliance.media.__path__[0]).parent.parent
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "compliance.redaction.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[descriptor],
        env={"PYTHONPATH": str(package), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
        cwd="/",
        bufsize=0,
    )


def _follow(
    process: subprocess.Popen[bytes],
    job: bytes,
    target: Path,
    limits: DecodeLimits,
    progress: Callable[[float], None],
) -> dict[str, Any]:
    """Hand over the job, and do what the messages say; the process is not trusted with more than offsets."""
    assert process.stdin is not None
    try:
        process.stdin.write(job)
        process.stdin.close()
    except BrokenPipeError:
        return {"error": "the process that writes it ended early"}
    until = time.monotonic() + limits.total_seconds
    try:
        with target.open("xb") as out:
            while True:
                head = _read(process, HEAD_BYTES, until)
                kind, offset, length = head[:1], *_numbers(head)
                if length > _MOST_MESSAGE or offset + length > limits.max_file_bytes:
                    return {"error": "more was written than the limits allow"}
                data = _read(process, length, until)
                if kind == b"W":
                    out.seek(offset)
                    out.write(data)
                elif kind == b"P":
                    progress(float(json.loads(data)["done"]))
                else:
                    return dict(json.loads(data))
    except _EndedError as error:
        return {"error": str(error)}
    except OSError as error:
        raise UsageError(
            "the redacted file cannot be written",
            expected="a folder that this user may write to, with room left",
            found=str(error.strerror or error),
            where=str(target.parent),
            fix="name another output file with --output, or make room",
        ) from error


def _numbers(head: bytes) -> tuple[int, int]:
    return int.from_bytes(head[1:9], "little"), int.from_bytes(head[9:13], "little")


class _EndedError(Exception):
    """The process ended, or said nothing for too long."""


def _read(process: subprocess.Popen[bytes], count: int, until: float) -> bytes:
    assert process.stdout is not None
    parts = bytearray()
    while len(parts) < count:
        left = min(until - time.monotonic(), _SILENCE)
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise _EndedError("it took longer than the limits allow")
        part = os.read(process.stdout.fileno(), count - len(parts))
        if not part:
            raise _EndedError(
                "the process that writes it ended early; the file is hostile or beyond the limits"
            )
        parts += part
    return bytes(parts)


def _refused(source: Path, why: str) -> MediaError:
    return MediaError(
        "the file cannot be redacted",
        expected="MP4, MOV, WebM or Matroska with one video stream, a sound file, or a PNG, JPEG or WebP",
        found=why,
        where=source.name,
        fix="export it again in one of these forms, or remove the thing where the media was made",
    )
