"""The bytes of the one open file that a decoder may read, and what kind of file they say it is."""

from __future__ import annotations

import os


class Source:
    """A seekable read-only file object over a descriptor; reads leave the shared offset alone."""

    name = "media"

    def __init__(self, descriptor: int, size: int) -> None:
        """Read ``size`` bytes of ``descriptor``; what was appended since is not looked at."""
        self._descriptor = descriptor
        self.size = size
        self._position = 0

    def read(self, count: int = -1) -> bytes:
        """Return up to ``count`` bytes from the current position; all the rest where it is negative."""
        left = max(self.size - self._position, 0)
        data = self.at(self._position, left if count < 0 else min(count, left))
        self._position += len(data)
        return data

    def at(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``."""
        return os.pread(self._descriptor, count, offset)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to ``offset``; positions before the start are refused with ``OSError``."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("position before the start of the file")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the current position."""
        return self._position


def sniff(source: Source) -> str | None:
    """Return the format by its first bytes: ``mov``, ``matroska``, ``avi``, ``wav``, ``flac``, ``ogg``,
    ``mp3``, ``aac``, ``png``, ``jpeg``, ``gif``, ``webp``; None where it is none of the formats that are
    allowed.
    """  # noqa: D205
    head = source.at(0, 16)
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[:4] in (b"fLaC", b"OggS"):
        return "flac" if head[:1] == b"f" else "ogg"
    if head[:3] == b"ID3":
        return "mp3"
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _mpeg_audio(head)
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _PICTURE_BRANDS else "mov"
    return "mov" if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot") else None


def _mpeg_audio(head: bytes) -> str | None:
    """Return ``aac`` or ``mp3`` by the header of the first frame (ISO/IEC 13818-7 and 11172-3)."""
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    sound = head[1] & 0x18 != 0x08 and head[1] & 0x06 == 0x02
    return "mp3" if sound and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C else None


_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1")
