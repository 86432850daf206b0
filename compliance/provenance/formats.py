"""Which container a file is, by its first bytes, and whether C2PA can sign it."""

from __future__ import annotations

from pathlib import Path

from compliance.provenance.files import opened

MATROSKA = "video/x-matroska"
"""Matroska and WebM; c2pa-python 0.38 neither reads nor writes a manifest there."""

_BMFF_BRANDS = {
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"M4A ": "audio/mp4",
}
_RIFF_FORMS = {b"AVI ": "video/avi", b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", MATROSKA),
)


def media_type(path: Path) -> str | None:
    """Return the media type of a file by its first 12 bytes, or None where they are not known.

    Raises:
        ProvenanceError: the file cannot be read.
    """
    with opened(path) as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return _BMFF_BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12])
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def can_embed(kind: str | None) -> bool:
    """Tell whether a manifest can be put into a file of this media type."""
    return kind is not None and kind != MATROSKA
