"""Decode the video and audio streams of a container with libav, in the decoder process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import av
import av.subtitles.codeccontext  # PyAV would import these later, when no file can be opened any more
import av.subtitles.stream
from av.stream import Disposition

from compliance.errors import MediaError
from compliance.media.audio import Sound, SoundStream
from compliance.media.cover import Thumbnail
from compliance.media.edit_lists import Unplayed
from compliance.media.gaps import Gaps
from compliance.media.limits import DecodeLimits
from compliance.media.loudness import LoudnessMeter
from compliance.media.pictures import Converter, is_sdr
from compliance.media.source import Source
from compliance.media.subtitles import Said, Samples, SubtitleStream, lists_only_empty, readable

if TYPE_CHECKING:
    from compliance.types import Pixels

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,wav,flac,ogg,mp3,aac"
"""Demuxers that may run, each under the name that :func:`compliance.media.source.sniff` gives."""
CODECS = (
    "h264", "hevc", "libdav1d", "av1", "vp8", "libvpx", "vp9", "libvpx-vp9", "mpeg4", "mpeg1video",
    "mpeg2video", "mjpeg", "prores", "dnxhd", "ffv1", "h263", "msmpeg4v2", "msmpeg4", "rawvideo", "png",
    "theora", "huffyuv", "ffvhuff", "utvideo", "qtrle", "aac", "mp3", "mp3float", "mp2", "mp2float",
    "ac3", "eac3", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "pcm_s16le", "pcm_s16be",
    "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_u8",
    "mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text",
)  # fmt: skip
"""Decoders that may run."""
_READ_BYTES = 1 << 18
_FIELD_SECONDS = 0.02
"""From one field of a frame to the other, seconds: that of 50 a second, before the next frame of 60 too."""
_BOTTOM_FIRST = (3, 4)
"""FFmpeg's field orders in which the lower field is shown first; where nothing is said, the upper one is."""
_HIDDEN_SOUND = 0.25
"""How much sound an edit list may hide without a gap, seconds: encoders need some before the first sample."""
_FONTS = ("font", "truetype", "opentype")
"""What the types of attachments have in them that only draw letters."""
_TAIL_SECONDS = 1.0
"""How much the last frame may end before the declared duration of its stream, seconds."""


@dataclass(frozen=True)
class Decoded:
    """One decoded frame, still in the decoder's own format; an :class:`~compliance.media.items.Item`."""

    stream: int
    index: int
    time: float
    frame: av.VideoFrame
    converter: Converter
    fields: tuple[int, ...] = ()
    """First row of each field of an interlaced frame, in the order in which they are shown."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.frame.width, self.frame.height

    @property
    def hdr(self) -> bool:
        """True where the transfer function is PQ, HLG or another than those of SDR."""
        return not is_sdr(self.frame)

    def moments(self, columns: int, rows: int) -> list[tuple[float, list[Pixels]]]:
        """Return pixels on a grid, of each field apart where the frame is interlaced."""
        if not self.fields:
            return [(0.0, self.converter.points(self.frame, columns, rows))]
        return [
            (number * _FIELD_SECONDS, self.converter.points(self.frame, columns, rows, field))
            for number, field in enumerate(self.fields)
        ]

    def thumbnail(self) -> Thumbnail:
        """Return the small copy."""
        return self.converter.thumbnail(self.frame)

    def upright(self) -> list[Pixels]:
        """Convert to upright RGB."""
        return self.converter.upright(self.frame)


class Container:
    """An open container and what was lost of it so far."""

    def __init__(
        self,
        source: Source,
        kind: str,
        limits: DecodeLimits,
        gaps: Gaps,
        sound: bool = False,
        loudness: bool = False,
    ) -> None:
        """Open the container.

        Args:
            source: the file.
            kind: its format.
            limits: what decoding may cost.
            gaps: takes what is wrong with it.
            sound: decode audio streams as well.
            loudness: measure the loudness of those.

        Raises:
            av.FFmpegError: it cannot be opened at all.
        """
        self._limits = limits
        self._gaps = gaps
        self._log = _Complaints()
        logging.getLogger("libav").addHandler(self._log)
        logging.getLogger("libav").propagate = False
        av.logging.set_level(av.logging.ERROR)
        self._container = _opened(source, kind, limits)
        self._source = source
        self.kind = kind
        self._sound = sound
        self._sounds: dict[int, SoundStream] = {}
        self._wants_loudness = loudness
        self.loudness: dict[int, LoudnessMeter] = {}
        """Meters of the audio streams that are decoded, by index."""
        self._start = (self._container.start_time or 0) / av.time_base
        self.decoded: dict[int, int] = {}
        self._converters: dict[int, Converter] = {}
        self._unplayed: dict[int, Unplayed] = {}
        self._times: dict[int, float] = {}
        self._ends: dict[int, float] = {}
        self._first_dts: dict[int, int] = {}
        self.closed_captions = False
        self.silent_subtitles = False
        self.last = 0.0

    def describe(self) -> dict[str, Any]:
        """Return the fields of :class:`compliance.media.info.MediaInfo`."""
        duration = self._container.duration
        return {
            "format": self.kind,
            "duration": None if duration is None else max(duration / av.time_base, 0.0),
            "streams": [_describe(stream) for stream in self._container.streams],
            "still": False,
        }

    def rate(self, stream: int) -> float | None:
        """Return the declared frames a second of a stream."""
        return _rate(self._container.streams[stream])

    def items(self) -> Iterator[Decoded | Sound | Said]:
        """Decode video, text subtitles and, where it is wanted, audio in one pass over the packets."""
        self._check_attachments()
        wanted = [stream for stream in self._container.streams.video if self._usable(stream)]
        sounds = self._container.streams.audio if self._sound else ()
        audible = [stream for stream in sounds if self._audible(stream)]
        if not wanted and not audible:
            return
        read = {
            stream.index: SubtitleStream(
                stream.index, self._start, self._gaps, stream.codec_context.codec.name
            )
            for stream in self._container.streams.subtitles
            if readable(stream)
        }
        texts = [self._container.streams[index] for index in read]
        samples = Samples()
        try:
            for packet in self._container.demux(*wanted, *audible, *texts):
                if packet.stream.index in read:
                    samples.push(packet)
                    yield from read[packet.stream.index].push(packet)
                elif packet.stream.index in self._sounds:
                    yield from self._hear(cast("av.Packet[av.AudioStream]", packet))
                else:
                    yield from self._decode(cast("av.Packet[av.VideoStream]", packet))
        except av.FFmpegError as error:
            self._gaps.add(f"Reading the container stopped early: {error.strerror}.")
        else:
            self.silent_subtitles = (
                samples.silent(self._container.streams.subtitles) and self._hides_no_subtitles()
            )
        for stream in audible:
            sound = self._sounds[stream.index]
            yield from sound.finish()
            check_sound(stream, sound, self.kind, self._gaps)
            if not wanted:
                self.last = max(self.last, sound.end)
        self._check(wanted)
        self._check_sound_played()

    def _hides_no_subtitles(self) -> bool:
        """Tell whether the edit lists of a file of silent subtitles hide none that say something."""
        if self.kind != "mov":
            return True
        with _opened(copy(self._source), self.kind, self._limits, edit_lists=False) as whole:
            return all(lists_only_empty(stream) for stream in whole.streams.subtitles)

    def _check_attachments(self) -> None:
        """Say which files are attached, but for fonts."""
        for stream in self._container.streams.attachments:
            mime = stream.metadata.get("mimetype", "unknown")[:60]
            if not any(font in mime.casefold() for font in _FONTS):
                self._gaps.add(
                    f"A file of the type {mime} is attached as stream {stream.index}, which nothing examined; "
                    "export the file again without it."
                )

    def _audible(self, stream: av.AudioStream) -> bool:
        if not allowed(stream, "Audio", "AAC, MP3, Opus, FLAC or PCM", self._gaps):
            return False
        stream.codec_context.thread_count = 1
        self._sounds[stream.index] = SoundStream(stream.index, self._gaps)
        self._unplayed[stream.index] = Unplayed(stream, self.kind)
        if self._wants_loudness:
            self.loudness[stream.index] = LoudnessMeter(stream.index)
        return True

    def _hear(self, packet: av.Packet[av.AudioStream]) -> Iterator[Sound]:
        stream, sound = packet.stream, self._sounds[packet.stream.index]
        self._unplayed[stream.index].push(packet)
        if packet.is_corrupt:
            self._gaps.add(
                f"Audio stream {stream.index} has a packet that its container marks as corrupt."
            )
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self._gaps.add(
                f"Audio stream {stream.index} has data that cannot be decoded: {error.strerror}."
            )
            return
        for frame in frames:
            if frame.is_corrupt:
                self._gaps.add(f"Audio stream {stream.index} has damaged frames.")
            time = None if frame.time is None else max(frame.time - self._start, 0.0)
            if max(time or 0.0, sound.end) > self._limits.max_seconds:
                raise OverLimit(
                    f"Audio stream {stream.index} goes beyond {self._limits.max_seconds:g} s; cut it into "
                    "parts, or raise the limits."
                )
            yield from sound.push(frame, time)
            if stream.index in self.loudness:
                begins = max(sound.end - frame.samples / frame.sample_rate, 0.0)
                self.loudness[stream.index].push(frame, begins)

    def _usable(self, stream: av.VideoStream) -> bool:
        if not allowed(stream, "Video", "H.264, HEVC, VP9 or AV1", self._gaps):
            return False
        context = stream.codec_context
        context.thread_count = 1
        context.flags |= 1 << 3  # AV_CODEC_FLAG_OUTPUT_CORRUPT: look at damaged frames, and say so
        aspect = stream.sample_aspect_ratio
        self._converters[stream.index] = Converter(
            self._limits.max_pixels, float(aspect) if aspect else 1.0
        )
        self.decoded[stream.index] = 0
        self._unplayed[stream.index] = Unplayed(stream, self.kind)
        return True

    def _decode(self, packet: av.Packet[av.VideoStream]) -> Iterator[Decoded]:
        stream = packet.stream
        self._unplayed[stream.index].push(packet)
        if packet.is_corrupt:
            self._gaps.add(
                f"Video stream {stream.index} has a packet that its container marks as corrupt."
            )
        if packet.size and packet.has_sidedata("matroska_block_additional"):
            self._gaps.add(
                f"Video stream {stream.index} has a separate alpha channel, which was not decoded; "
                "encode it without transparency."
            )
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self._gaps.add(
                f"Video stream {stream.index} has data that cannot be decoded: {error.strerror}."
            )
            return
        for frame in frames:
            yield self._admit(stream, frame)

    def _admit(self, stream: av.VideoStream, frame: av.VideoFrame) -> Decoded:
        index = self.decoded[stream.index]
        if frame.is_corrupt:
            self._gaps.add(
                f"Video stream {stream.index} has damaged frames, the first is frame {index}."
            )
        time = self._time(stream, frame)
        if index >= self._limits.max_frames or time > self._limits.max_seconds:
            raise OverLimit(
                f"Video stream {stream.index} goes beyond {self._limits.max_frames} frames or "
                f"{self._limits.max_seconds:g} s; cut it into parts, or raise the limits."
            )
        self.closed_captions = self.closed_captions or says_captions(frame)
        self.decoded[stream.index] = index + 1
        self.last = max(self.last, time)
        fields: tuple[int, ...] = ()
        if frame.interlaced_frame and frame.height > 1:
            fields = (1, 0) if stream.codec_context.field_order in _BOTTOM_FIRST else (0, 1)
        return Decoded(stream.index, index, time, frame, self._converters[stream.index], fields)

    def _time(self, stream: av.VideoStream, frame: av.VideoFrame) -> float:
        """Return the presentation time from the start of the asset.

        A missing time is the end of the frame before; one that goes backwards is held, and is a gap.
        """
        rate = _rate(stream)
        step = 1 / rate if rate else 0.04
        time = self._given(stream, frame)
        before = self._times.get(stream.index, 0.0)
        if time is None:
            time = self._ends.get(stream.index, 0.0)
        elif time < before:
            self._gaps.add(
                f"Presentation times of video stream {stream.index} go backwards, so that what is shown when "
                "cannot be told; write the file again with sound times."
            )
        self._times[stream.index] = time = max(time, before)
        self._ends[stream.index] = time + step
        return time

    def _given(self, stream: av.VideoStream, frame: av.VideoFrame) -> float | None:
        """Return the time that the container gives; AVI stores only the order of decoding."""
        if self.kind != "avi":
            return None if frame.time is None else max(frame.time - self._start, 0.0)
        if frame.dts is None or stream.time_base is None:
            return None
        first = self._first_dts.setdefault(stream.index, frame.dts)
        return max(float((frame.dts - first) * stream.time_base), 0.0)

    def _check(self, streams: list[av.VideoStream]) -> None:
        """Compare what came out with what was declared, and with what libav complained about."""
        for stream in streams:
            decoded = self.decoded[stream.index]
            unplayed = self._unplayed[stream.index]
            hidden = unplayed.discarded
            expected = stream.frames - hidden
            if hidden:
                self._gaps.add(
                    f"An edit list hides {hidden} frames of video stream {stream.index}, which some players "
                    "show all the same; encode the file again, so that it holds only what is shown."
                )
            if _is_timed(stream) and decoded < expected:
                self._gaps.add(
                    f"Video stream {stream.index} declares {stream.frames} frames and gave {decoded}; "
                    "the file is truncated or damaged, export it again."
                )
            elif _is_timed(stream) and unplayed.absent:
                self._gaps.add(
                    f"An edit list leaves out {unplayed.absent} of the {stream.frames} frames of video stream "
                    f"{stream.index}, which some players show all the same; encode the file again."
                )
            elif not decoded:
                self._gaps.add(f"Video stream {stream.index} gave no frame; export the file again.")
            elif _is_timed(stream) and stream.duration and stream.time_base:
                declared = float(stream.duration * stream.time_base)
                end = self._ends[stream.index]
                if end < declared - _TAIL_SECONDS:
                    self._gaps.add(
                        f"Video stream {stream.index} declares {declared:.2f} s and ends after {end:.2f} s; "
                        "the file is truncated, export it again."
                    )
        for text in self._log.texts:
            self._gaps.add(f"The decoder reported an error: {text}.")

    def _check_sound_played(self) -> None:
        """Say how much sound is in the file and not played."""
        for index in self._sounds:
            seconds = self._unplayed[index].seconds
            if seconds > _HIDDEN_SOUND:
                self._gaps.add(
                    f"An edit list hides {seconds:.2f} s of audio stream {index}, which some players play "
                    "all the same; encode the file again, so that it holds only what is heard."
                )


class OverLimit(MediaError):
    """The file goes beyond a limit; the message is the gap."""


class _Complaints(logging.Handler):
    """Keeps the first few error messages of libav."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.texts) < 8:
            self.texts.append(f"{record.name.removeprefix('libav.')}: {record.getMessage()}"[:200])


def allowed(stream: Any, kind: str, instead: str, gaps: Gaps) -> bool:
    """Tell whether a stream's codec may run; a gap where not."""
    context = stream.codec_context
    if context is not None and context.codec.name in CODECS:
        return True
    name = "unknown" if context is None else context.codec.name
    gaps.add(
        f"{kind} stream {stream.index} uses the codec {name}, which is not allowed; "
        f"encode it as {instead}."
    )
    return False


def check_sound(stream: av.AudioStream, sound: SoundStream, kind: str, gaps: Gaps) -> None:
    """Compare what was heard of a stream with what was declared; MP3 and AAC only guess how long they are."""
    if not sound.heard:
        gaps.add(f"Audio stream {stream.index} gave no sound; export the file again.")
    elif kind not in ("mp3", "aac") and stream.duration and stream.time_base:
        declared = float(stream.duration * stream.time_base)
        if sound.end < declared - _TAIL_SECONDS:
            gaps.add(
                f"Audio stream {stream.index} declares {declared:.2f} s and ends after {sound.end:.2f} s; "
                "the file is truncated, export it again."
            )


def says_captions(frame: av.VideoFrame) -> bool:
    """Tell whether a frame carries closed captions (CEA-608 or 708 after ATSC A/53) that say something.

    Each triplet is a flag byte, with bit 2 for valid, and two bytes of which seven bits count; zeros fill.
    """
    data = frame.side_data.get("A53_CC")
    triplets = b"" if data is None else bytes(cast("Any", data))
    return any(
        triplets[i] & 4 and (triplets[i + 1] | triplets[i + 2]) & 0x7F
        for i in range(0, len(triplets) - 2, 3)
    )


def _opened(
    source: Source, kind: str, limits: DecodeLimits, *, edit_lists: bool = True
) -> av.container.InputContainer:
    """Open a container, with nothing allowed but what is read here."""
    return av.open(
        source,
        format=kind,
        mode="r",
        buffer_size=_READ_BYTES,
        options={"max_pixels": str(limits.max_pixels), "threads": "1"},
        container_options={
            "protocol_whitelist": "",
            "format_whitelist": FORMATS,
            "codec_whitelist": ",".join(CODECS),
            "ignore_editlist": "0" if edit_lists else "1",
        },
        metadata_errors="replace",
    )


def _is_timed(stream: Any) -> bool:
    return not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)


def _rate(stream: Any) -> float | None:
    rate = getattr(stream, "average_rate", None)
    return float(rate) if rate and 0 < rate < 10_000 else None


def _describe(stream: Any) -> dict[str, Any]:
    kind = stream.type if stream.type in ("video", "audio", "subtitle") else "other"
    context = stream.codec_context
    seconds = stream.duration * stream.time_base if stream.duration and stream.time_base else None
    return {
        "index": stream.index,
        "kind": kind,
        "codec": context.codec.name[:64] if context is not None else "unknown",
        "width": getattr(context, "width", 0) if kind == "video" else 0,
        "height": getattr(context, "height", 0) if kind == "video" else 0,
        "declared_frames": stream.frames if kind == "video" and stream.frames > 0 else None,
        "duration": max(float(seconds), 0.0) if seconds else None,
        "rate": _rate(stream) if kind == "video" else None,
        "picture": kind == "video" and not _is_timed(stream),
    }
