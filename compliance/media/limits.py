"""Caps on what one file may cost. Beyond any of them decoding stops and the file counts as incomplete."""

from __future__ import annotations

from dataclasses import dataclass, fields

from compliance.errors import UsageError

_GIB = 1 << 30


@dataclass(frozen=True)
class DecodeLimits:
    """What the decoder process of one file may use."""

    max_pixels: int = 36_000_000
    """Pixels of one frame; 8K UHD (7680 × 4320) is 33.2 million."""
    max_frames: int = 500_000
    """Frames of one stream; two hours at 60 frames a second are 432,000."""
    max_seconds: float = 7200.0
    """Declared duration, and presentation time of any frame, seconds."""
    max_streams: int = 32
    """Streams of one container."""
    max_file_bytes: int = 16 * _GIB
    """Size of the file, bytes."""
    memory_bytes: int = _GIB
    """Address space that decoding may take beyond what the process has once its libraries are loaded
    and the ring is mapped, bytes."""
    cpu_seconds: int = 3600
    """CPU time of the process, seconds; the kernel kills it beyond."""
    wall_seconds: float = 20.0
    """Longest time without any sign of progress while the reader is waiting, seconds."""
    total_seconds: float = 14_400.0
    """Longest time that the reader waits for the decoder altogether, seconds, so that one which was taken
    over cannot hold it for ever with signs of life."""
    strict_sandbox: bool = False
    """Refuse to decode where the kernel cannot enforce every mechanism of containment."""

    def __post_init__(self) -> None:
        """Refuse limits that would let everything or nothing through."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "strict_sandbox" and not 0 < value < float("inf"):
                raise UsageError(
                    "a decode limit is out of range",
                    expected="a finite number above 0",
                    found=str(value),
                    where=f"DecodeLimits.{field.name}",
                    fix="leave the limit out to get its default",
                )
