"""Draw vector files in a process of its own that can reach nothing."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import numpy as np

import compliance.media
from compliance.errors import MediaError
from compliance.types import Pixels

MOST_BYTES = 2 << 20
"""Size of the largest file that is drawn; marks have a few kilobytes."""
SECONDS = 10.0
"""Longest time that one file may take."""
_HEAD = struct.Struct("<BIII")
_DRAWN = 0


class VectorReader:
    """Draws SVG files, one after the other; use as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def draw(self, content: bytes, side: int, where: str) -> Pixels:
        """Return a picture of the file, as large as fits a square.

        Args:
            content: the file's bytes, UTF-8.
            side: of the square, pixels.
            where: the file's name, for the error.

        Returns:
            uint8 RGBA, shape (height, width, 4), not premultiplied.

        Raises:
            MediaError: it is too large, takes too long or too much memory, is no SVG, or holds references,
                scripts, declarations or text; nothing of it was followed.
        """
        if len(content) > MOST_BYTES:
            raise _refused(where, f"it has {len(content)} bytes, more than {MOST_BYTES}")
        answer = None
        if self._process is not None:
            answer = self._ask(self._process, content, side)
        if answer is None:  # one that has drawn many may have used up its time
            self.close()
            answer = self._ask(self._start(), content, side)
        if answer is None:
            self.close()
            raise _refused(where, "drawing it took too long or too much memory")
        status, width, height, data = answer
        if status != _DRAWN:
            raise _refused(where, data.decode("utf-8", "replace"))
        if len(data) != width * height * 4 or not 0 < max(width, height) <= side:
            self.close()
            raise _refused(where, "what was drawn has another size than was asked for")
        return np.frombuffer(data, np.uint8).reshape(height, width, 4).copy()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def __enter__(self) -> VectorReader:
        """Return itself; the process starts with the first file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        package = Path(compliance.media.__path__[0]).parent.parent
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "compliance.media.vector_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(package), "PYTHONHASHSEED": "0"},
            cwd="/",
            bufsize=0,
        )
        return self._process

    def _ask(
        self, process: subprocess.Popen[bytes], content: bytes, side: int
    ) -> tuple[int, int, int, bytes] | None:
        """Return the answer; None where the process ended or did not answer in time."""
        deadline = time.monotonic() + SECONDS
        assert process.stdin is not None
        try:
            process.stdin.write(struct.pack("<II", len(content), side) + content)
        except BrokenPipeError:
            return None
        head = _read(process, _HEAD.size, deadline)
        if head is None:
            return None
        status, width, height, count = _HEAD.unpack(head)
        data = _read(process, count, deadline) if count <= 4 * side * side else None
        return None if data is None else (status, width, height, data)


def _read(process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes | None:
    assert process.stdout is not None
    parts = bytearray()
    while len(parts) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            return None
        part = os.read(process.stdout.fileno(), count - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _refused(where: str, why: str) -> MediaError:
    return MediaError(
        "the vector file is not drawn",
        expected="an SVG of shapes alone, as marks are",
        found=why,
        where=where,
        fix="export it again with outlines and without links, or give the mark as PNG",
    )
