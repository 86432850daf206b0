"""The decoder process: ``python -m compliance.media.worker``, started by a ``MediaReader``.

It is given three open descriptors (control socket, ring, file) and its limits, opens no path of its own once
contained, and reports over the control socket. Its libraries are loaded before it is contained.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import av
import cv2
from PIL import UnidentifiedImageError

from compliance.media import probes
from compliance.media.audio import Sound
from compliance.media.audio_parts import RATE
from compliance.media.containers import Container, OverLimit
from compliance.media.containment import contain
from compliance.media.crops import check_crop
from compliance.media.extents import check_extent
from compliance.media.flash_stream import LightStream
from compliance.media.gaps import Gaps
from compliance.media.items import Item
from compliance.media.limits import DecodeLimits
from compliance.media.protocol import NOTHING, pack, unpack_slots
from compliance.media.reasons import Reason
from compliance.media.ring import Ring, slot_bytes_of
from compliance.media.sampling import Chosen, Planner
from compliance.media.source import Source, sniff
from compliance.media.stills import KINDS, Picture
from compliance.media.subtitles import Said

_BEAT_FRAMES = 16
"""Decoded frames between two signs of life."""
_RING_BYTES = 768 << 20
"""Memory that frames in flight may fill, as long as that leaves two slots, bytes."""


@dataclass(frozen=True)
class Job:
    """What the reader asks for, as JSON on the command line."""

    control: int
    ring: int
    file: int
    file_bytes: int
    slots: int
    sound: bool
    every_frame: bool
    light: bool
    loudness: bool
    limits: DecodeLimits


class Outlet:
    """Hands frames and sound to the reader; waits while every slot is taken."""

    def __init__(self, control: int, ring: Ring, slots: int) -> None:
        """Start with ``slots`` free slots."""
        self._control = control
        self._ring = ring
        self._free = list(range(slots))
        self._decoded = 0

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; ends the process when the reader is gone."""
        try:
            os.write(self._control, pack(message))
        except BrokenPipeError:
            sys.exit(0)

    def keep(self, slots: int) -> None:
        """Use only the first ``slots`` slots; called before the first frame."""
        self._free = self._free[:slots]

    def beat(self) -> None:
        """Count a decoded frame, and give a sign of life now and then."""
        self._decoded += 1
        if self._decoded % _BEAT_FRAMES == 0:
            self.send({"type": "beat", "decoded": self._decoded})

    def frames(self, stream: int, chosen: Chosen[Item]) -> None:
        """Send the pictures of one chosen frame."""
        for picture in chosen.picture.upright():
            slot = self._slot()
            height, width = picture.shape[:2]
            self._ring.frame(slot, width, height)[:] = picture
            self.send({
                "type": "frame", "slot": slot, "width": width, "height": height, "time": chosen.time,
                "stream": stream, "index": chosen.index, "reason": chosen.reason,
                "difference": chosen.difference,
            })  # fmt: skip

    def sound(self, piece: Sound) -> None:
        """Send a piece of sound, in as many slots as it takes."""
        channels, count = piece.samples.shape
        most = self._ring.slot_bytes // (4 * channels)
        for start in range(0, count, most):
            part = piece.samples[:, start : start + most]
            slot = self._slot()
            self._ring.sound(slot, *part.shape)[:] = part
            self.send({
                "type": "sound", "slot": slot, "channels": channels, "count": part.shape[1],
                "time": piece.time + start / RATE, "stream": piece.stream,
            })  # fmt: skip

    def said(self, one: Said) -> None:
        """Send a subtitle."""
        cue = {"text": one.text, "start": one.start, "end": one.end}
        self.send({"type": "said", "stream": one.stream, **cue})

    def _slot(self) -> int:
        while not self._free:
            data = os.read(self._control, 4096)
            if not data:
                sys.exit(0)
            self._free += unpack_slots(data)
        return self._free.pop(0)


def main(argument: str) -> None:
    """Decode the file of one job; end with a message of type ``end``."""
    fields = json.loads(argument)
    job = Job(**{**fields, "limits": DecodeLimits(**fields["limits"])})
    cv2.setNumThreads(1)
    os.environ.clear()
    ring = Ring(job.ring, job.slots, slot_bytes_of(job.limits.max_pixels), writable=True)
    missing = contain(job.limits.memory_bytes, job.limits.cpu_seconds)
    outlet = Outlet(job.control, ring, job.slots)
    outlet.send({"type": "contained", "missing": list(missing)})
    if job.file < 0:
        outlet.send({"type": "probed", "succeeded": probes.succeeded()})
        return
    gaps = Gaps()
    result: dict[str, Any] = dict(NOTHING)
    if missing and job.limits.strict_sandbox:
        gaps.add(
            "Nothing was decoded, because strict containment was asked for and the kernel cannot enforce "
            "it; run on a kernel with Landlock, seccomp and user namespaces, or without strict containment."
        )
    else:
        result = _decode(job, outlet, gaps)
    outlet.send({"type": "end", "gaps": gaps.texts, **result})


def _decode(job: Job, outlet: Outlet, gaps: Gaps) -> dict[str, Any]:
    """Open and decode the file; everything that is wrong with it becomes a gap."""
    source = Source(job.file, job.file_bytes)
    kind = sniff(source)
    if kind is None:
        gaps.add(_unknown(source))
        return dict(NOTHING)
    if kind != "jpeg":
        check_extent(source, kind, gaps)
    check_crop(source, kind, gaps)
    media: Container | Picture | None = None
    planners: dict[int, Planner[Item]] = {}
    try:
        media = _open(source, kind, job, gaps)
        _announce(media, job, outlet)
        _run(media, planners, outlet, job)
    except OverLimit as error:
        gaps.add(str(error))
    except MemoryError:
        gaps.add(
            f"Decoding needs more memory than the limit of {job.limits.memory_bytes >> 20} MiB; scale the "
            "media down, or raise the limit."
        )
    except (av.FFmpegError, OSError, ValueError, SyntaxError, IndexError) as error:
        gaps.add(
            f"The file starts like {kind} but cannot be read ({_reason(error)}); it is damaged or something "
            "else, export it again."
        )
    if kind == "jpeg" and isinstance(media, Picture):
        check_extent(source, kind, gaps, media.starts)
    counts = [] if media is None else [[k, n] for k, n in media.decoded.items()]
    shots = sum(planner.shots for planner in planners.values())
    film = media if isinstance(media, Container) else None
    return {
        "decoded": counts,
        "shots": shots,
        "seconds": 0.0 if media is None else media.last,
        "closed_captions": film is not None and film.closed_captions,
        "silent_subtitles": film is not None and film.silent_subtitles,
    }


def _open(source: Source, kind: str, job: Job, gaps: Gaps) -> Container | Picture:
    if kind in KINDS:
        return Picture(source, kind, job.limits, gaps)
    return Container(source, kind, job.limits, gaps, job.sound, job.loudness)


def _announce(media: Container | Picture, job: Job, outlet: Outlet) -> None:
    """Tell the reader what the file declares; refuse what is over the limits before decoding."""
    info = media.describe()
    limits = job.limits
    streams = info["streams"]
    pixels = max((s.get("width", 0) * s.get("height", 0) for s in streams), default=0)
    slots = min(job.slots, max(2, _RING_BYTES // max(3 * pixels, 1)))
    checks = (
        (len(streams) <= limits.max_streams, f"{len(streams)} streams", f"{limits.max_streams}"),
        (pixels <= limits.max_pixels, f"{pixels} pixels a frame", f"{limits.max_pixels}"),
        (
            (info["duration"] or 0) <= limits.max_seconds,
            f"{info['duration']} s",
            f"{limits.max_seconds:g} s",
        ),
        (
            all((s.get("declared_frames") or 0) <= limits.max_frames for s in streams),
            "more frames",
            f"{limits.max_frames} frames",
        ),
    )
    info["streams"] = streams[: limits.max_streams]
    outlet.send({"type": "info", "slots": slots, "info": info})
    outlet.keep(slots)
    for fine, found, allowed in checks:
        if not fine:
            raise OverLimit(
                f"The file declares {found} where {allowed} are allowed; make it smaller, or raise the limit."
            )


def _run(
    media: Container | Picture,
    planners: dict[int, Planner[Item]],
    outlet: Outlet,
    job: Job,
) -> None:
    """Decode, measure, plan and send; what is planned is sent even where decoding ends with an error."""
    lights: dict[int, LightStream] = {}
    replays = isinstance(media, Picture) and media.animated
    try:
        for item in media.items():
            outlet.beat()
            if isinstance(item, Sound):
                outlet.sound(item)
                continue
            if isinstance(item, Said):
                outlet.said(item)
                continue
            if job.light:
                if item.stream not in lights:
                    lights[item.stream] = LightStream(item.stream, outlet.send, replays=replays)
                lights[item.stream].push(item)
            if job.every_frame:
                asked: Chosen[Item] = Chosen(item.index, item.time, item, Reason.ASKED, 255)
                outlet.frames(item.stream, asked)
                continue
            planner = planners.setdefault(item.stream, Planner(media.rate(item.stream)))
            for chosen in planner.push(item.index, item.time, item, item.thumbnail()):
                outlet.frames(item.stream, chosen)
        for light in lights.values():
            if isinstance(media, Picture):
                light.replay(media.end)
    finally:
        for stream, planner in planners.items():
            for chosen in planner.finish():
                outlet.frames(stream, chosen)
        for light in lights.values():
            light.finish()
        if isinstance(media, Container):
            for meter in media.loudness.values():
                outlet.send(meter.finish(media.last))


def _reason(error: Exception) -> str:
    """Return the reason in words, without paths, numbers of errors or names of objects."""
    if isinstance(error, UnidentifiedImageError):
        return "its header is broken"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _unknown(source: Source) -> str:
    allowed = "MP4, MOV, M4A, WebM, Matroska, AVI, GIF, PNG, JPEG, WebP, WAV, FLAC, Ogg, MP3 or AAC"
    if not source.size:
        return f"The file is empty where {allowed} was expected; export it again."
    head = source.at(0, 12)
    shown = head.decode("ascii", "replace") if head.isascii() else head.hex(" ")
    return (
        f"The content is no {allowed}, whatever the name says: it starts with “{shown}”; "
        "give a media file in one of these formats."
    )


if __name__ == "__main__":
    main(sys.argv[1])
