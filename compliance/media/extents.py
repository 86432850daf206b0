"""Where a file should end by its own account: shows what was cut off, and what was appended unexamined."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compliance.media.gaps import Gaps
from compliance.media.source import Source

_READ_BYTES = 1 << 16
_PADDING = b"\x00\t\n\r "
"""Bytes that may follow the end of a file without meaning anything."""
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
"""A JPEG marker that ends coded data: neither a stuffed 0xFF, nor a restart, nor a fill byte."""
_BARE_MARKERS = (0x01, 0xD8)
"""TEM and SOI, which have no length."""
_EOI = 0xD9
_STREAMED = (1 << 32) - 1
"""Size in the header of sound that was written without knowing how long it would be."""


def check_extent(source: Source, kind: str, gaps: Gaps, starts: Iterable[int] = (0,)) -> None:
    """Add a gap where bytes are missing at the end of the file, or where bytes follow that nothing examines.

    Args:
        source: the file.
        kind: what :func:`compliance.media.source.sniff` returned.
        gaps: takes the gap.
        starts: of a JPEG, where the pictures that were decoded start, bytes.
    """
    end = _end_of_pictures(source, starts) if kind == "jpeg" else declared_end(source, kind)
    if end is None:
        return
    if end > source.size:
        gaps.add(
            f"The file ends after {source.size} bytes where it declares {end}; it is truncated, export or "
            "copy it again."
        )
    elif not is_padding(source, end, source.size):
        gaps.add(
            f"The file should end after {end} bytes, and {source.size - end} more follow that nothing "
            "examined: they can hold another picture or video, as the clip of a motion photo or a gain map; "
            "export the file again without them."
        )


def declared_end(source: Source, kind: str) -> int | None:
    """Return where the file should end, bytes; more than its size where its end is missing, None where it
    does not say. ``kind`` is what :func:`compliance.media.source.sniff` returned.
    """  # noqa: D205
    if kind in ("webp", "wav"):
        size = int.from_bytes(source.at(4, 4), "little")
        return None if size == _STREAMED and kind == "wav" else 8 + size
    walks = {
        "avi": _end_of_lists,
        "jpeg": _end_of_picture,
        "mov": _end_of_boxes,
        "matroska": _end_of_elements,
        "png": _end_of_chunks,
        "gif": _end_of_blocks,
    }
    return walks[kind](source) if kind in walks else None


def is_padding(source: Source, start: int, stop: int) -> bool:
    """Tell whether nothing but zeros and white space stands in ``start`` to ``stop``, in bytes."""
    for position in range(start, stop, _READ_BYTES):
        if source.at(position, min(_READ_BYTES, stop - position)).strip(_PADDING):
            return False
    return True


def _end_of_pictures(source: Source, starts: Iterable[int]) -> int:
    """Return the end of the last of the pictures of a JPEG that follow each other without a stretch that
    belongs to none of them (CIPA DC-007 lets several be in a file).
    """  # noqa: D205
    end = 0
    for start in sorted(starts):
        if start > end and not is_padding(source, end, min(start, source.size)):
            break
        end = max(end, _end_of_picture(source, start))
    return end


def _end_of_picture(source: Source, start: int = 0) -> int:
    """Walk the segments of a JPEG from ``start`` to the end of EOI."""
    position = start
    while position < source.size:
        data = source.at(position, _READ_BYTES)
        found = _MARKER.search(data)
        if found is None:
            position += max(len(data) - 1, 1)  # the last byte may be the first of a marker
            continue
        position += found.end()
        marker = found[1][0]
        if marker == _EOI:
            return position
        if marker not in _BARE_MARKERS:
            position += int.from_bytes(source.at(position, 2), "big")
    return max(position, source.size + 2)


def _end_of_lists(source: Source) -> int:
    """Walk the RIFF lists of an AVI, the first and those that OpenDML adds."""
    position = 8 + int.from_bytes(source.at(4, 4), "little")
    while (more := source.at(position + position % 2, 12))[:4] == b"RIFF" and more[8:] == b"AVIX":
        position += position % 2 + 8 + int.from_bytes(more[4:8], "little")
    return position


def _end_of_chunks(source: Source) -> int:
    """Walk the chunks of a PNG to the end of IEND."""
    position = 8
    while position < source.size:
        header = source.at(position, 8)
        position += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return position
    return max(position, source.size + 12)


def _end_of_blocks(source: Source) -> int:
    """Walk the blocks of a GIF to its trailer."""
    position = 13 + _colours(source.at(10, 1))
    while position < source.size:
        kind = source.at(position, 1)
        if kind == b"\x3b":
            return position + 1
        if kind == b"\x21":
            position += 2
        elif kind == b"\x2c":
            position += 11 + _colours(source.at(position + 9, 1))
        else:
            return position
        while length := int.from_bytes(source.at(position, 1), "little"):
            position += 1 + length
        position += 1
    return max(position, source.size + 1)


def _colours(packed: bytes) -> int:
    """Return the length of the colour table that a GIF's packed field announces, bytes."""
    flags = packed[0] if packed else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end_of_boxes(source: Source) -> int | None:
    """Walk the top-level boxes of ISO/IEC 14496-12 to the end of the last one, or to where a second file
    starts: decoders take the first ``ftyp`` and ``moov`` and ignore others.
    """  # noqa: D205
    position = 0
    seen: set[bytes] = set()
    for _ in range(100_000):
        header = source.at(position, 16)
        if position >= source.size or len(header) < 8 or not header[4:8].isalnum():
            return position
        if header[4:8] in seen:
            return position
        if header[4:8] in (b"ftyp", b"moov"):
            seen.add(header[4:8])
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size == 0:  # reaches to the end of the file
            return source.size
        if size < 8:
            return position
        position += size
    return position


def _end_of_elements(source: Source) -> int | None:
    """Walk the top-level elements of RFC 8794 to the end of the last one, or to where a second file starts;
    None where a segment was never closed.
    """  # noqa: D205
    position = 0
    while position < source.size:
        identifier, used = vint(source.at(position, 4), keep_marker=True)
        size, more = vint(source.at(position + used, 8), keep_marker=False)
        if not used or not more or identifier not in _TOP_ELEMENTS:
            return position
        if position and identifier == _TOP_ELEMENTS[0]:
            return position
        if size == (1 << 7 * more) - 1:  # written as a stream and never closed
            return None
        position += used + more + size
    return position


_TOP_ELEMENTS = (0x1A45DFA3, 0x18538067, 0xEC, 0xBF)  # EBML, Segment, Void, CRC-32


def vint(data: bytes, keep_marker: bool) -> tuple[int, int]:
    """Return value and length of the variable-size integer at the start of ``data``; length 0 where bad."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_marker else value & ~(1 << 7 * length)), length
