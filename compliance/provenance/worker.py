"""The process that reads one manifest: ``python -m compliance.provenance.worker``, started by ``reader``.

It gets one open descriptor, loads its libraries, gives up everything else as a decoder does, and writes
what ``c2pa.inspect`` returns. A hostile file can waste its time and nothing more: 16,000 empty boxes in
an MP4 were seen to cost the C2PA library 0.7 s, and that grows with their square. What the kernel at hand
cannot enforce is what it cannot enforce for the decoder either, which the verdict names.
"""

from __future__ import annotations

import io
import json
import os
import sys

from compliance.media.containment import contain
from compliance.media.source import Source
from compliance.provenance.c2pa import inspect, prepare


class ReadOnly(Source):
    """A source with the two methods that the library asks of every stream."""

    def write(self, data: bytes) -> int:
        """Refuse."""
        raise OSError("the file is open for reading only")

    def flush(self) -> None:
        """There is nothing to flush."""


def main(argument: str) -> None:
    """Read the manifest of the file behind a descriptor."""
    job = json.loads(argument)
    anchors = sys.stdin.read()
    context = prepare(anchors or None)
    # What the library and Python load on first use must be loaded before the file system is closed.
    inspect(io.BytesIO(b"\0" * 64), prepare(None))
    os.environ.clear()
    contain(job["memory_bytes"], job["cpu_seconds"])
    answer = inspect(ReadOnly(job["file"], job["file_bytes"]), context)
    with os.fdopen(job["output"], "wb", closefd=False) as output:
        output.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main(sys.argv[1])
