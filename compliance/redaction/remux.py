"""Decode, edit, encode and copy one container in one pass, in the contained process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.stream import Disposition

from compliance.media.containers import CODECS, FORMATS
from compliance.media.pictures import orientation
from compliance.media.source import Source
from compliance.media.subtitles import empty_sample
from compliance.redaction.edits import How
from compliance.redaction.metadata import keep_plain
from compliance.redaction.picture import Box, Dimmer, cover
from compliance.redaction.planes import matrix_of, planes_of, target_format
from compliance.redaction.sound import CopiedSound, EncodedSound, muted

_ONE_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails
_FRAME_DURATION = 1 << 8
"""AV_CODEC_FLAG_FRAME_DURATION: packets last as long as their frames."""
_INTERLACED = 1 << 18 | 1 << 29
"""AV_CODEC_FLAG_INTERLACED_DCT and _ME."""
_WRITTEN_ANEW = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""Metadata that says of which kind the file was and what wrote it, which every container is given anew."""
_FULL_HD = 1920 * 1088
_PROGRESS = 25
"""Frames between two signs of life."""


@dataclass(frozen=True)
class Job:
    """What the contained process is asked to do."""

    covers: dict[int, list[tuple[How, Box]]]
    """Places to cover, by the position of the frame among those of the video stream."""
    dims: set[int]
    """Frames to dim."""
    follow: float
    gain: float
    mutes: list[tuple[float, float]]
    """Stretches of sound to mute, seconds from the start of the asset."""
    hushes: list[tuple[float, float]]
    """Stretches of subtitles to take out."""
    words: list[str]
    """Words of covered text, folded, which metadata may not repeat."""
    max_pixels: int


class Unfit(ValueError):
    """The file cannot be redacted; the message says why."""


class Remux:
    """One pass over one file."""

    def __init__(self, source: Source, kind: str, job: Job, sink: Any, form: str) -> None:
        """Open both sides."""
        self._job = job
        self._in: Any = av.open(
            source,
            format=kind,
            mode="r",
            options={"max_pixels": str(job.max_pixels), "threads": "1"},
            container_options={
                "protocol_whitelist": "",
                "format_whitelist": FORMATS,
                "codec_whitelist": ",".join(CODECS),
            },
            metadata_errors="replace",
        )
        start = (self._in.start_time or 0) / av.time_base
        self._mutes = [(since + start, until + start) for since, until in job.mutes]
        self._hushes = [(since + start, until + start) for since, until in job.hushes]
        self._webm = form == "webm"
        self._out: Any = av.open(sink, "w", format=form)
        self.dropped: list[str] = []
        self._out.metadata.update(self._in.metadata)
        self._strip(self._out, _WRITTEN_ANEW)
        self._dimmer = Dimmer(job.follow, job.gain)
        self._video: Any = None
        self._size = (0, 0, "")
        self._count = 0
        self._last: int | None = None
        self._held: list[Any] = []
        self.sound: list[str] = []
        self._writers: dict[int, Any] = {}

    def run(self, beat: Callable[[float], None]) -> dict[str, Any]:
        """Work through the file; ``beat`` gets the seconds done now and then.

        Raises:
            Unfit: the file cannot be redacted.
            av.FFmpegError: it is damaged.
        """
        wanted = self._choose()
        for packet in self._in.demux(*wanted):
            stream = packet.stream
            if packet.is_corrupt:
                raise Unfit(f"stream {stream.index} has a packet that is marked as corrupt")
            if stream.type == "video":
                for frame in packet.decode():
                    self._frame(stream, frame)
                    if self._count % _PROGRESS == 0:
                        beat(frame.time or 0.0)
            elif self._video is None and self._has_video:
                self._held.append(
                    packet
                )  # the output has no header before the first frame is known
            else:
                self._other(packet)
        return self._finish()

    def _choose(self) -> list[Any]:
        """Return the streams that are taken over; add those that need no frame first."""
        streams = self._in.streams
        moving = [one for one in streams.video if not one.disposition & _ONE_PICTURE]
        if len(moving) > 1:
            raise Unfit(f"it has {len(moving)} video streams, of which only one can be redacted")
        self._has_video = bool(moving)
        audible, texts = list(streams.audio), list(streams.subtitles)
        taken = {one.index for one in (*moving, *audible, *texts)}
        for one in streams:
            if one.index not in taken:
                self.dropped.append(
                    f"{'cover picture' if one.type == 'video' else one.type} stream {one.index}"
                )
        if not self._has_video:
            self._add(audible + texts)
        self._others = audible + texts
        return [*moving, *audible, *texts]

    def _add(self, streams: list[Any]) -> None:
        """Add the streams besides the picture, and the chapters."""
        for stream in streams:
            if stream.type == "audio":
                writer: CopiedSound | EncodedSound = (
                    CopiedSound(self._out, stream)
                    if not self._mutes
                    else muted(self._out, stream, self._mutes)
                )
                self._writers[stream.index] = writer
                self.sound.append(writer.exact)
            else:
                self._writers[stream.index] = self._out.add_stream_from_template(stream)
            added = self._out.streams[-1]
            added.metadata.update(stream.metadata)
            added.disposition = stream.disposition
        chapters = self._in.chapters()
        for number, chapter in enumerate(chapters, start=1):
            left_out = keep_plain(chapter["metadata"], words=self._job.words)
            self.dropped += [f"{name[:40]} of chapter {number}" for name in left_out]
            # without any title MP4 would refer to a track of titles that is not written
            chapter["metadata"].setdefault("title", f"Chapter {number}")
        self._out.set_chapters(chapters)
        for stream in self._out.streams:
            self._strip(stream, _WRITTEN_ANEW if stream.type == "video" else ())

    def _strip(self, part: Any, without: Sequence[str] = ()) -> None:
        """Leave out metadata that may hold a picture."""
        kept = dict(part.metadata)
        left_out = keep_plain(kept, without, self._job.words)
        self.dropped += [f"metadata {name[:40]}" for name in left_out]
        part.metadata.clear()
        part.metadata.update(kept)

    def _other(self, packet: Any) -> None:
        writer = self._writers[packet.stream.index]
        if packet.stream.type == "audio":
            for one in writer.push(packet):
                self._out.mux(one)
            return
        if packet.dts is None:
            return
        base = float(packet.time_base)
        start = (packet.pts or 0) * base
        end = start + (packet.duration or 0) * base
        if any(start < until and end > since for since, until in self._hushes):
            said = empty_sample(packet.stream.codec_context.codec.name, bytes(packet))
            if said is None:
                return
            empty: Any = av.Packet(said)
            empty.pts, empty.dts, empty.duration = packet.pts, packet.dts, packet.duration
            empty.time_base, empty.is_keyframe = packet.time_base, True
            packet = empty
        packet.stream = writer
        self._out.mux(packet)

    def _frame(self, stream: Any, frame: av.VideoFrame) -> None:
        if frame.is_corrupt:
            raise Unfit(f"frame {self._count} of the video is damaged")
        if frame.pts is None or (self._last is not None and frame.pts <= self._last):
            raise Unfit(
                f"frame {self._count} has no presentation time after that of the frame before"
            )
        turn, matrix = orientation(frame), matrix_of(frame)
        form = target_format(frame, self._webm)
        if self._video is None:
            self._open_video(stream, frame, form, matrix)
        if (frame.width, frame.height, form) != self._size:
            raise Unfit(f"the size or kind of its pictures changes at frame {self._count}")
        if frame.format.name != form:
            pts, base, duration = frame.pts, frame.time_base, frame.duration
            frame = frame.reformat(format=form, threads=1)
            frame.pts, frame.time_base, frame.duration = pts, base, duration
        self._edit(frame, turn)
        frame.pict_type = 0
        self._last = frame.pts
        self._count += 1
        self._out.mux(self._video.encode(frame))

    def _edit(self, frame: av.VideoFrame, turn: tuple[bool, bool, bool]) -> None:
        covers = self._job.covers.get(self._count, [])
        dimmed = self._count in self._job.dims
        if not covers and not dimmed:
            return
        planes = planes_of(frame, turn)
        for how, box in covers:
            for view in planes.views:
                cover(view, box, how, planes.full)
        if dimmed:
            self._dimmer.dim(self._count, planes.views, planes.zeros)

    def _open_video(
        self, stream: Any, frame: av.VideoFrame, form: str, matrix: list[int] | None
    ) -> None:
        rate = stream.average_rate or Fraction(25)
        codec, options = _encoder(self._webm, bool(self._hushes), frame.width * frame.height)
        out = self._out.add_stream(codec, rate=rate, options=options)
        out.width, out.height, out.pix_fmt = frame.width, frame.height, form
        out.codec_context.thread_count = 1
        out.time_base = out.codec_context.time_base = stream.time_base
        out.codec_context.flags |= _FRAME_DURATION
        if frame.interlaced_frame:
            out.codec_context.flags |= _INTERLACED
        aspect = stream.sample_aspect_ratio
        if aspect:
            out.codec_context.sample_aspect_ratio = aspect
        for name in ("color_range", "colorspace", "color_primaries", "color_trc"):
            setattr(out.codec_context, name, int(getattr(frame, name)))
        out.metadata.update(stream.metadata)
        out.set_display_matrix(matrix)
        self._video, self._size = out, (frame.width, frame.height, form)
        self._add(self._others)
        self._out.start_encoding()
        for packet in self._held:
            self._other(packet)
        self._held.clear()

    def _finish(self) -> dict[str, Any]:
        if self._has_video and self._video is None:
            raise Unfit("its video gave no picture")
        if self._video is not None:
            self._out.mux(self._video.encode(None))
        for writer in self._writers.values():
            if isinstance(writer, CopiedSound | EncodedSound):
                for packet in writer.finish():
                    self._out.mux(packet)
        self._out.close()
        return {"frames": self._count, "dropped": self.dropped, "sound": self.sound}


def _encoder(webm: bool, without_captions: bool, pixels: int) -> tuple[str, dict[str, str]]:
    """Return encoder and options, near to transparent: x264 at CRF 16, or VP9 at CRF 15 in WebM.

    Above Full HD x264 looks less far ahead, since every frame that it looks at stays in memory.
    """
    if webm:
        return "libvpx-vp9", {"crf": "15", "b": "0", "deadline": "good", "cpu-used": "4"}
    options = {"crf": "16", "preset": "medium", "a53cc": "0" if without_captions else "1"}
    if pixels > _FULL_HD:
        options |= {"preset": "fast", "x264-params": "rc-lookahead=8:ref=2"}
    return "libx264", options
