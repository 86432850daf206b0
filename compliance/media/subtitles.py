"""Text subtitles inside a container, read in the decoder process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av

from compliance.media.gaps import Gaps
from compliance.media.markup import LONGEST, MOST_CUES, TEXT_CODECS, plain, plain_substation
from compliance.media.substation import DRAWING

_SUBSTATION = ("ass", "ssa")
_EMPTY_TIMED_TEXT = b"\0\0"
"""A sample of timed text (3GPP TS 26.245) that says nothing."""
_FIELDS = 9
"""Fields of an event of SubStation in Matroska, of which the last is what it says."""


@dataclass(frozen=True)
class Said:
    """One subtitle."""

    stream: int
    """Index of its stream in the container."""
    start: float
    """First moment, seconds from the start of the asset."""
    end: float
    """Last moment, seconds."""
    text: str
    """What it says, without markup."""


class SubtitleStream:
    """Reads one subtitle stream."""

    def __init__(self, index: int, start: float, gaps: Gaps, codec: str = "subrip") -> None:
        """Begin; ``start`` is the time at which the container starts, seconds; ``codec`` is FFmpeg's name."""
        self._substation = codec in _SUBSTATION
        self._index = index
        self._start = start
        self._gaps = gaps
        self._count = 0

    def push(self, packet: av.Packet[Any]) -> Iterator[Said]:
        """Yield what a packet says; what cannot be read becomes a gap."""
        try:
            subtitles = list(packet.decode())
        except av.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self._lost(f"has data that cannot be decoded: {error.strerror}")
            return
        base = float(packet.time_base) if packet.time_base else 0.0
        start = max((packet.pts or 0) * base - self._start, 0.0)
        end = start + max((packet.duration or 0) * base, 0.0)
        for subtitle in subtitles:
            dialogue = getattr(subtitle, "dialogue", None)
            if dialogue is None:
                self._lost("holds pictures of text, which are not read; give captions as text")
                continue
            marked = dialogue.decode("utf-8", "replace")
            if "\ufffd" in marked:
                self._lost("holds text in an encoding that is not UTF-8, which was read in part")
            if DRAWING.search(marked):
                self._lost(
                    "draws shapes in place of text, which are not read; give captions as text"
                )
                marked = DRAWING.sub(" ", marked)
            text = plain_substation(marked) if self._substation else plain(marked)
            if not text:
                continue
            self._count += 1
            if self._count > MOST_CUES or len(text) > LONGEST:
                self._lost(f"has more than {MOST_CUES} cues, or one of more than {LONGEST} letters")
                return
            yield Said(self._index, start, end, text)

    def _lost(self, what: str) -> None:
        self._gaps.add(f"Subtitle stream {self._index} {what}.")


class Samples:
    """Counts the samples of text subtitles, to tell tracks that say nothing from those that nobody read."""

    def __init__(self) -> None:
        """Begin."""
        self._seen: dict[int, int] = {}
        self._empty: dict[int, int] = {}

    def push(self, packet: av.Packet[Any]) -> None:
        """Take one packet of a text subtitle stream, before it is decoded."""
        if packet.dts is None and not packet.size:  # PyAV's sign that a stream has ended
            return
        index, codec = packet.stream.index, packet.stream.codec_context.codec.name
        self._seen[index] = self._seen.get(index, 0) + 1
        self._empty[index] = self._empty.get(index, 0) + is_empty(codec, bytes(packet))

    def silent(self, streams: Sequence[Any]) -> bool:
        """Tell whether there are subtitle streams, all were read, and every sample of each is empty.

        A stream without any sample counts as not read.
        """
        return bool(streams) and all(
            readable(stream) and 0 < self._seen.get(stream.index, 0) == self._empty[stream.index]
            for stream in streams
        )


def lists_only_empty(stream: Any) -> bool:
    """Tell whether an MP4 lists only empty samples of a stream; it has to be open without its edit lists.

    Those hide samples that some players show all the same.
    """
    sizes = [entry.size for entry in stream.index_entries]
    return 0 < len(sizes) == stream.frames and set(sizes) == {len(_EMPTY_TIMED_TEXT)}


def empty_sample(codec: str, sample: bytes) -> bytes | None:
    """Return what takes the place of a sample, so that :func:`is_empty` holds; None where it is no text.

    A track keeps its samples, so that a reader can tell that it says nothing from that nobody could read it.
    """
    if codec not in TEXT_CODECS:
        return None
    if codec == "mov_text":
        return _EMPTY_TIMED_TEXT
    if codec in _SUBSTATION:
        order = sample.split(b",", 1)[0]
        return (order if order.isdigit() else b"0") + b",0,Default,,0,0,0,,"
    return b" "  # a packet without a byte would not be written


def is_empty(codec: str, sample: bytes) -> bool:
    """Tell whether a sample of a text codec of FFmpeg holds no text at all, not even markup."""
    if codec == "mov_text":
        return sample == _EMPTY_TIMED_TEXT
    if codec in _SUBSTATION:
        fields = sample.split(b",", _FIELDS - 1)
        return len(fields) == _FIELDS and not fields[-1].strip()
    return not sample.strip()


def readable(stream: Any) -> bool:
    """Tell whether a subtitle stream is text that this reads."""
    context = stream.codec_context
    return context is not None and context.codec.name in TEXT_CODECS
