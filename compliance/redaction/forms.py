"""Which form a file has, and so its redacted copy."""

from __future__ import annotations

import os
from pathlib import Path

from compliance.errors import MediaError
from compliance.media.source import Source, sniff

STILLS = ("png", "jpeg", "webp")
_SAME = (*STILLS, "wav", "flac", "mp3", "ogg")


def form_of(path: Path) -> str:
    """Return the form by the first bytes: ``mp4``, ``mov``, ``webm``, ``matroska``, or a picture or sound form.

    Raises:
        MediaError: it is of a form that cannot be redacted.
    """
    with path.open("rb") as file:
        source = Source(file.fileno(), os.fstat(file.fileno()).st_size)
        kind = sniff(source)
        head = source.at(0, 64)
    if kind == "mov":
        return "mov" if head[8:12] == b"qt  " or head[4:8] != b"ftyp" else "mp4"
    if kind == "matroska":
        return "webm" if b"webm" in head else "matroska"
    if kind in _SAME:
        return kind
    raise MediaError(
        "files of this form are not redacted",
        expected="MP4, MOV, WebM, Matroska, PNG, JPEG, WebP, WAV, FLAC, MP3 or Ogg",
        found=kind or "an unknown form",
        where=path.name,
        fix="convert it to MP4 or PNG, review that, and redact it",
    )
