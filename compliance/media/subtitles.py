"""Text subtitles inside a container, read in the decoder process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av

from compliance.media.gaps import Gaps
from compliance.media.markup import LONGEST, MOST_CUES, TEXT_CODECS, plain, plain_substation
from compliance.media.substation import DRAWING

_SUBSTATION = ("ass", "ssa")


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


def readable(stream: Any) -> bool:
    """Tell whether a subtitle stream is text that this reads."""
    context = stream.codec_context
    return context is not None and context.codec.name in TEXT_CODECS
