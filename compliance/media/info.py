"""What is known of a media file before and after it was decoded. No I/O."""

from __future__ import annotations

from pydantic import Field

from compliance.facts import StreamKind
from compliance.types import Cue, Model


class StreamInfo(Model):
    """One stream as its container declares it."""

    index: int = Field(ge=0)
    """Position in the container."""
    kind: StreamKind
    """What it carries."""
    codec: str = Field(default="unknown", max_length=64)
    """Name of the codec as libavcodec or Pillow calls it; ``unknown`` where there is no decoder."""
    width: int = Field(default=0, ge=0)
    """Declared width before rotation, pixels; 0 where it has none."""
    height: int = Field(default=0, ge=0)
    """Declared height before rotation, pixels; 0 where it has none."""
    declared_frames: int | None = Field(default=None, ge=0)
    """Frames that the container says there are; None where it does not say."""
    duration: float | None = Field(default=None, ge=0)
    """Declared duration, seconds; None where the container does not say."""
    rate: float | None = Field(default=None, gt=0)
    """Declared average frames a second; None where the container does not say."""
    picture: bool = False
    """True for cover art and other single pictures attached to a container."""


class MediaInfo(Model):
    """One file as its container declares it."""

    format: str = Field(max_length=64)
    """Container or picture format: ``mov``, ``matroska``, ``avi``, ``wav``, ``flac``, ``ogg``, ``mp3``,
    ``aac``, ``png``, ``jpeg``, ``gif``, ``webp``."""
    duration: float | None = Field(default=None, ge=0)
    """Declared duration, seconds; 0 for a still, None where the file does not say."""
    streams: tuple[StreamInfo, ...] = Field(max_length=64)
    """Every stream; a picture has one of kind video."""
    still: bool = False
    """True for one picture without motion."""

    def has(self, kind: StreamKind) -> bool:
        """Tell whether a stream of ``kind`` is declared."""
        return any(stream.kind == kind for stream in self.streams)


class StreamCount(Model):
    """Declared and decoded frames of one video stream."""

    index: int = Field(ge=0)
    """Position in the container."""
    declared: int | None = Field(default=None, ge=0)
    """Frames that the container declares; None where it does not say."""
    decoded: int = Field(default=0, ge=0)
    """Frames that came out of the decoder."""
    sampled: int = Field(default=0, ge=0)
    """Frames that were handed out for examination."""


class DecodeSummary(Model):
    """How decoding ended."""

    frames_seen: int = 0
    """Frames decoded and run through the cheap pass, over all video streams."""
    frames_sampled: int = 0
    """Frames handed out for examination."""
    shots: int = 0
    """Stretches between cuts, over all video streams; at least 1 for each that has a frame."""
    seconds: float = 0.0
    """Presentation time of the last decoded frame, seconds; of the end of the sound where there is no
    picture and somebody listened."""
    sound_seconds: float = 0.0
    """Sound that was handed out, seconds, over all audio streams; 0 where nobody listened."""
    captions: tuple[Cue, ...] = ()
    """What the text subtitles in the file say, over all subtitle streams, in order of the file."""
    closed_captions: bool = False
    """True where the picture stream carries closed captions (CEA-608 or 708) that say something; nobody
    reads them."""
    silent_subtitles: bool = False
    """True where the file has text subtitles only, which were read, and every sample of them is empty."""
    complete: bool = False
    """True only where everything the file declares was decoded and nothing was lost."""
    gaps: tuple[str, ...] = ()
    """What was not decoded: one paragraph each with what was expected, found, and what to do."""
    containment: tuple[str, ...] = ()
    """What of the containment the kernel at hand could not enforce, one sentence each."""
    streams: tuple[StreamCount, ...] = ()
    """Declared and decoded frames of each video stream."""
