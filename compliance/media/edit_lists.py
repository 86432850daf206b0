"""What of a stream an edit list leaves out: some players show and play it all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av


class Unplayed:
    """Counts what of one stream is in the file and not played.

    What lies shortly before a stretch that is played comes as packets to be discarded; what lies farther off,
    or behind it, never comes. So packets are counted, each once, since a list may play one stretch twice.
    """

    def __init__(self, stream: Any, kind: str) -> None:
        """Count those of ``stream``; only the container ``mov`` says how many there are."""
        self._declared: int = stream.frames if kind == "mov" else 0
        codec = stream.codec_context.codec.name
        pcm = codec.startswith("pcm_")
        self._rate: int | None = stream.codec_context.sample_rate if pcm else None
        self._places: set[int] = set()
        self._seconds = 0.0
        self.discarded = 0
        """Packets that came to be discarded."""
        self._discarded_seconds = 0.0

    def push(self, packet: av.Packet[Any]) -> None:
        """Count one packet."""
        seconds = float((packet.duration or 0) * (packet.time_base or 0))
        if packet.is_discard:
            self.discarded += 1
            self._discarded_seconds += seconds
        if packet.size and packet.pos is not None and packet.pos not in self._places:
            self._places.add(packet.pos)
            self._seconds += seconds

    @property
    def absent(self) -> int:
        """How many packets never came; not for PCM, whose packets hold any number of samples."""
        return max(self._declared - len(self._places), 0)

    @property
    def seconds(self) -> float:
        """How much sound is not played, seconds."""
        if self._rate:
            absent = max(self._declared / self._rate - self._seconds, 0.0)
        else:
            absent = self.absent * self._seconds / max(len(self._places), 1)
        return self._discarded_seconds + absent
