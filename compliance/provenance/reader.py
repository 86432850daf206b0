"""Reads the manifest of an untrusted file in a process of its own, network off, within bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from io import BufferedReader
from pathlib import Path

from cryptography import x509

import compliance.provenance
from compliance.errors import ProvenanceError
from compliance.provenance.files import opened
from compliance.provenance.formats import MATROSKA, media_type
from compliance.provenance.manifest import ManifestReading
from compliance.provenance.reading import read_answer

MEMORY_BYTES = 1 << 30
"""Address space that reading may add to what the process has with its libraries loaded."""
CPU_SECONDS = 20
"""CPU time for structure, whatever the size of the file."""
BYTES_PER_SECOND = 100 << 20
"""Further time for hashing: one second for each of these; some 700 MB a second were measured."""
MAX_ANSWER = 16 << 20
"""Longest answer that is taken from the process, bytes."""


def read_manifest(path: Path, anchors: str | None = None) -> ManifestReading:
    """Read and validate the manifest of a file; the network is never used.

    Args:
        path: a media file, of any kind and however broken.
        anchors: certificates (PEM) that make a signer trusted; None trusts nobody.

    Raises:
        ProvenanceError: the file cannot be opened, or the anchors cannot be read. Bad content is an
            answer, not an error.
    """
    if media_type(path) == MATROSKA:
        note = "the C2PA library reads no manifest from Matroska or WebM"
        return ManifestReading(present=None, note=note)
    _check_anchors(anchors)
    with opened(path) as file:
        return read_answer(_ask(file, anchors or ""))


def _ask(file: BufferedReader, anchors: str) -> bytes:
    """Return what the process wrote; nothing where it ended early or had to be ended."""
    size = os.fstat(file.fileno()).st_size
    seconds = CPU_SECONDS + size // BYTES_PER_SECOND
    receive, send = os.pipe()
    job = {
        "file": file.fileno(),
        "file_bytes": size,
        "output": send,
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": seconds,
    }
    package = Path(compliance.provenance.__path__[0]).parent.parent
    with os.fdopen(receive, "rb") as answer:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "compliance.provenance.worker", json.dumps(job)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[file.fileno(), send],
                env={"PYTHONPATH": str(package), "PYTHONHASHSEED": "0"},
                cwd="/",
            )
        finally:
            os.close(send)
        # Twice the CPU time, because other processes want the cores as well.
        timer = threading.Timer(2.0 * seconds + 10.0, process.kill)
        timer.start()
        try:
            with process:
                _hand_over(process, anchors)
                content = answer.read(MAX_ANSWER)
                process.kill()  # it has nothing more to say
        finally:
            timer.cancel()
    return content


def _hand_over(process: subprocess.Popen[bytes], anchors: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(anchors.encode())
        process.stdin.close()
    except BrokenPipeError:  # it ended already; its missing answer says so
        return


def _check_anchors(anchors: str | None) -> None:
    try:
        if anchors:
            x509.load_pem_x509_certificates(anchors.encode())
    except ValueError as error:
        raise ProvenanceError(
            "the trust anchors cannot be used",
            expected="certificates, PEM",
            found=str(error),
            fix="give a file of root certificates in PEM",
        ) from error
