"""Whether a container asks players to show only a part of the picture, which some obey and some do not."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.media.extents import is_padding, vint
from compliance.media.gaps import Gaps
from compliance.media.source import Source

_BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
"""Boxes of ISO/IEC 14496-12 that hold the way to a sample description."""
_VISUAL = 86
"""Bytes of a visual sample entry before the boxes in it, with its head."""
_SEGMENT, _TRACKS, _TRACK, _VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0
_PIXEL_CROPS = (0x54AA, 0x54BB, 0x54CC, 0x54DD)
"""Elements of RFC 9559: pixels to cut at the bottom, top, left and right."""
_MOST = 1_000_000
"""Most boxes or elements that are looked at on one level."""


class _Unreadable(Exception):
    """What follows in the container is not known, so that nobody knows what it asks for."""


def check_crop(source: Source, kind: str, gaps: Gaps) -> None:
    """Add a gap where less of the picture is shown than is decoded.

    What covers a small part of the decoded picture may fill all that is shown, so that shares of the screen
    mean nothing.
    """
    is_cropped = {"mov": _clean_aperture, "matroska": _pixel_crop}.get(kind)
    try:
        cropped = is_cropped is not None and is_cropped(source)
    except _Unreadable:
        gaps.add(
            "The container's own structure cannot be read through, so that nobody knows whether it asks "
            "players to show a part of the picture only; export the file again."
        )
        return
    if cropped:
        gaps.add(
            "The container asks players to show a part of the picture only, which some do and others do not: "
            "what fills it was examined as a share of the whole; cut the picture itself and export again."
        )


def _clean_aperture(source: Source) -> bool:
    """Tell whether a video track of ISO/IEC 14496-12 has a clean aperture smaller than its picture."""
    return any(_is_smaller(source, start, end) for start, end in _descriptions(source))


def _descriptions(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where the boxes with sample descriptions start and end, past their heads."""
    open_boxes = [(0, source.size)]
    while open_boxes:
        for name, start, end in _boxes(source, *open_boxes.pop()):
            if name == b"stsd":
                yield start + 8, end
            elif name == b"cmov":  # an index in compressed form, as QuickTime once wrote it
                raise _Unreadable
            elif name in _BOXES:
                open_boxes.append((start, end))


def _is_smaller(source: Source, start: int, end: int) -> bool:
    for _, entry, stop in _boxes(source, start, end):
        size = source.at(entry + 24, 4)
        width, height = int.from_bytes(size[:2], "big"), int.from_bytes(size[2:], "big")
        for name, clap, _ in _boxes(source, entry - 8 + _VISUAL, stop):
            if name != b"clap":
                continue
            data = source.at(clap, 16)
            numbers = [int.from_bytes(data[i : i + 4], "big") for i in range(0, 16, 4)]
            across, per_across, down, per_down = numbers
            if across < width * per_across or down < height * per_down:
                return True
    return False


def _boxes(source: Source, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of each box from ``start`` to ``end``, and where its content starts and ends."""
    for _ in range(_MOST):
        if end - start < 8:
            return
        head = source.at(start, 16)
        size, content = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), start + 16
        elif size == 0:
            size = end - start
        if start + size < content:
            raise _Unreadable
        yield head[4:8], content, min(start + size, end)
        start += size
    raise _Unreadable


def _pixel_crop(source: Source) -> bool:
    """Tell whether a track of RFC 9559 has pixels that are to be cut off."""
    spans = [(0, source.size)]
    for wanted in (_SEGMENT, _TRACKS, _TRACK, _VIDEO):
        spans = [
            (start, end)
            for span in spans
            for name, start, end in _elements(source, *span)
            if name == wanted
        ]
    return any(
        name in _PIXEL_CROPS and any(source.at(start, min(end - start, 8)))
        for span in spans
        for name, start, end in _elements(source, *span)
    )


def _elements(source: Source, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the identifier of each element from ``start`` to ``end``, and where its content starts and ends."""
    for _ in range(_MOST):
        if start >= end:
            return
        identifier, used = vint(source.at(start, 4), keep_marker=True)
        size, more = vint(source.at(start + used, 8), keep_marker=False)
        if not used or not more:
            if is_padding(source, start, end):
                return
            raise _Unreadable
        content = start + used + more
        stop = end if size == (1 << 7 * more) - 1 else min(content + size, end)
        yield identifier, content, stop
        start = stop
    raise _Unreadable
