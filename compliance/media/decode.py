"""Read media files through a contained decoder process, one for each file."""

from __future__ import annotations

import importlib.metadata
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from pydantic import ValidationError

from compliance.errors import MediaError, UsageError
from compliance.facts import StreamKind
from compliance.media import protocol
from compliance.media.audio_parts import RATE, Parts, SoundPart
from compliance.media.child import Child
from compliance.media.info import DecodeSummary, MediaInfo, StreamCount
from compliance.media.limits import DecodeLimits
from compliance.media.markup import MOST_CUES
from compliance.media.measured import Measured
from compliance.media.protocol import BrokenProtocol, FrameMessage, LightMessage, SoundMessage
from compliance.media.reasons import DUPLICATE_LEVELS, Reason
from compliance.media.selftest import self_test as self_test
from compliance.types import LIGHT_COLUMNS, Cue, Floats, Pixels, TimeSpan


def decoder_version() -> str:
    """Return what observation keys name as decoder: our own version and those of the libraries."""
    libraries = ("av", "pillow", "opencv-python-headless")
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries)
    return f"6; {versions}"


_GIVEN_UP = "Reading was given up before the decoder had ended; review the file again."


@dataclass(frozen=True)
class SampledFrame:
    """A frame that is to be examined, in shared memory until it is released."""

    time: float
    """Presentation time, seconds from the start of the asset."""
    stream: int
    """Index of its stream in the container."""
    index: int
    """Position among the decoded frames of its stream, from 0. Frames of one index are one frame with
    transparency, over white, over black, and as a third without transparency where that hides something."""
    pixels: Pixels
    """uint8 RGB (height, width, 3), upright, read-only; undefined once the frame is released."""
    reason: Reason
    """Why it is examined."""
    difference: int
    """Largest difference of its thumbnail to the last frame that was no duplicate, levels 0…255."""
    _slot: int
    _child: Child

    @property
    def duplicate(self) -> bool:
        """True where it shows what an earlier frame of its stream showed, so that results carry over."""
        return self.difference <= DUPLICATE_LEVELS

    def release(self) -> None:
        """Give the slot back; once for each frame, from any thread, in any order."""
        self._child.release(self._slot)


class MediaReader:
    """Decodes one file in a process of its own and hands out the frames that are to be examined.

    Use as a context manager: ``info`` is there on entry, ``summary`` when :meth:`frames` has ended. Whatever
    is wrong with the content ends as a gap in the summary, never as an exception.
    """

    def __init__(
        self,
        path: Path,
        limits: DecodeLimits = DecodeLimits(),  # noqa: B008
        ring: int = 16,
        listen: Callable[[SoundPart], None] | None = None,
        every_frame: bool = False,
        light: bool = False,
        loudness: bool = False,
    ) -> None:
        """Check the path.

        Args:
            path: the media file; never opened by the decoder itself.
            limits: what decoding may cost.
            ring: frames that may be held at once; :attr:`slots` may be fewer for very large frames.
            listen: gets the sound in parts, while :meth:`frames` runs; None leaves sound undecoded, so that
                nothing is said of what is wrong with it.
            every_frame: hand out every frame, not only those that are to be examined.
            light: measure the light of every frame, into :attr:`measured`.
            loudness: measure the loudness of every audio stream too, where somebody listens.

        Raises:
            UsageError: the path is a directory, or ``ring`` is below 2.
            MediaError: there is no such file, it is no regular file, or it may not be read.
        """
        if ring < 2:
            raise UsageError("the ring is too small", expected="2 slots or more", found=str(ring))
        self._path = path
        self._limits = limits
        self._ring = ring
        self._every_frame = every_frame
        self._light, self._loudness = light, loudness and listen is not None
        self.measured = Measured(limits.max_frames + protocol.REPLAY_FRAMES)
        """Light and loudness; whole when :meth:`frames` has ended and the summary is complete."""
        os.close(_open(path))
        self.info: MediaInfo | None = None
        self.slots = ring
        self.summary = DecodeSummary()
        self._child: Child | None = None
        self._gaps: list[str] = []
        self._containment: tuple[str, ...] = ()
        self._sampled: dict[int, int] = {}
        self._end: dict[str, Any] | None = None
        self._cancelled = False
        self._parts = None if listen is None else Parts(listen)
        self._heard = 0.0
        self._said: list[Cue] = []

    def __enter__(self) -> MediaReader:
        """Start the decoder and wait until it has said what the file declares."""
        descriptor = _open(self._path)
        try:
            size = os.fstat(descriptor).st_size
            if size > self._limits.max_file_bytes:
                self._gaps.append(
                    f"The file has {size} bytes where {self._limits.max_file_bytes} are allowed; make it "
                    "smaller, or raise the limit."
                )
            else:
                self._child = Child(
                    descriptor,
                    size,
                    self._limits,
                    self._ring,
                    sound=self._parts is not None,
                    every_frame=self._every_frame,
                    light=self._light,
                    loudness=self._loudness,
                )
        finally:
            os.close(descriptor)
        while self.info is None and self._step() is not None:
            pass
        return self

    @property
    def pid(self) -> int | None:
        """Process id of the decoder; None where it does not run."""
        return self._child.pid if self._child else None

    def frames(self) -> Iterator[SampledFrame]:
        """Yield frames in order of time for each stream; waits while all slots are held."""
        while (message := self._step()) is not None:
            if isinstance(message, FrameMessage) and self._child is not None:
                yield self._sampled_frame(self._child, message)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the decoder; frames that are still held stay readable."""
        if self._child is not None:
            if self._end is None:
                self._gaps.append(_GIVEN_UP)
            self._finish()

    def cancel(self) -> None:
        """Give up, from any thread: kills the decoder, and :meth:`frames` ends at once with a gap.

        Frames that are held stay readable. Does nothing where the decoder has ended already.
        """
        self._cancelled = True  # first, so that a thread that is just starting the decoder sees it
        child = self._child
        if child is not None:
            child.kill()

    def _sampled_frame(self, child: Child, message: FrameMessage) -> SampledFrame:
        self._sampled[message.stream] = self._sampled.get(message.stream, 0) + 1
        return SampledFrame(
            time=message.time,
            stream=message.stream,
            index=message.index,
            pixels=child.ring.frame(message.slot, message.width, message.height),
            reason=message.reason,
            difference=message.difference,
            _slot=message.slot,
            _child=child,
        )

    def _step(self) -> FrameMessage | dict[str, Any] | None:
        """Take one message; None when there will be no more, and the summary is made."""
        if self._child is None:
            self.summary = self._summarise()
            return None
        try:
            data = None if self._cancelled else self._child.receive()
            if self._cancelled:
                self._child.kill()
                self._gaps.append(_GIVEN_UP)
            elif data is None:
                self._gaps.append(self._child.why_ended())
            else:
                message = self._understand(protocol.unpack(data))
                if message is not None:
                    return message
        except BrokenProtocol as error:
            self._gaps.append(
                f"The decoder broke its protocol with {error.message}, as one that was taken over by the "
                "file would; do not open the file elsewhere."
            )
        if self._parts is not None and not self._cancelled:
            self._parts.finish()
        self._finish()
        return None

    def _understand(self, message: dict[str, Any]) -> FrameMessage | dict[str, Any] | None:
        """Check a message and take in what it says; None for the last one."""
        kind = message["type"]
        if kind == "frame" and self.info is not None and self._child is not None:
            frame = protocol.frame_of(message, self.slots, self._child.slot_bytes)
            self._child.hold(frame.slot)
            return frame
        if kind == "said" and self.info is not None:
            text, start, end = protocol.said_of(message)
            self._said.append(Cue(text=text, span=TimeSpan(start=start, end=end)))
            if len(self._said) > self._limits.max_streams * MOST_CUES:
                raise BrokenProtocol("more subtitles than are allowed")
            return message
        if kind == "sound" and self.info is not None and self._child is not None:
            self._hear(self._child, protocol.sound_of(message, self.slots, self._child.slot_bytes))
            return message
        if kind == "light" and self._light and self.info is not None:
            self._measure(protocol.light_of(message, len(LIGHT_COLUMNS)))
            return message
        if kind == "loudness" and self._loudness and self.info is not None:
            self.measured.add_loudness(protocol.loudness_of(message))
            return message
        if kind == "info" and self.info is None:
            try:
                self.info = MediaInfo.model_validate(message.get("info"))
            except ValidationError as error:
                raise BrokenProtocol("an account of the file that is not one") from error
            self.slots = protocol.integer(message, "slots", 2, self._ring)
            if self._child is not None:
                self._child.slots = self.slots
        elif kind == "contained":
            self._containment = protocol.texts(message, "missing")
        elif kind == "end":
            self._gaps += protocol.texts(message, "gaps")
            protocol.counts(message, "decoded")
            protocol.integer(message, "shots", 0, 1 << 48)
            protocol.seconds(message, "seconds")
            protocol.flag(message, "closed_captions")
            protocol.flag(message, "silent_subtitles")
            self._check_measures(message)
            self._end = message
            return None
        elif kind != "beat":
            raise BrokenProtocol("a message of a type that is not expected here")
        return message

    def _measure(self, message: LightMessage) -> None:
        """Take the light of further frames of a stream that the file declares."""
        assert self.info is not None
        if message.stream not in {s.index for s in self.info.streams if s.kind == StreamKind.VIDEO}:
            raise BrokenProtocol("light of a stream that is none")
        self.measured.add_light(message)

    def _check_measures(self, end: dict[str, Any]) -> None:
        """Refuse an end without gaps where not all was measured that was decoded."""
        if self.info is None or self._gaps:
            return
        decoded = protocol.counts(end, "decoded")
        for stream in self.info.streams:
            seen = self._light and stream.kind == StreamKind.VIDEO
            again = protocol.REPLAY_FRAMES if self.info.format in protocol.ANIMATED else 0
            beyond = self.measured.frames(stream.index) - decoded.get(stream.index, 0)
            if seen and not 0 <= beyond <= again:
                raise BrokenProtocol("light of other frames than were decoded")
            heard = self._loudness and stream.kind == StreamKind.AUDIO
            if heard and not self.measured.hears(stream.index):
                raise BrokenProtocol("no loudness of a stream that was heard")

    def _hear(self, child: Child, sound: SoundMessage) -> None:
        """Copy a piece of sound out of its slot, and give the slot back."""
        if self._parts is None:
            raise BrokenProtocol("sound that nobody asked for")
        self._heard += sound.count / RATE
        if self._heard > self._limits.max_seconds * self._limits.max_streams:
            raise BrokenProtocol("more sound than the limits allow")
        child.hold(sound.slot)
        samples: Floats = child.ring.sound(sound.slot, sound.channels, sound.count).copy()
        child.release(sound.slot)
        if not np.isfinite(samples).all():
            self._gaps.append(
                f"Audio stream {sound.stream} holds samples that are no numbers, which cannot be listened to; "
                "export the file again."
            )
            samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
        self._parts.add(sound.stream, sound.time, samples)

    def _finish(self) -> None:
        """End the process and make the summary."""
        if self._child is not None:
            self._child.close()
            self._child = None
        self.summary = self._summarise()

    def _summarise(self) -> DecodeSummary:
        end = self._end or protocol.NOTHING
        decoded = protocol.counts(end, "decoded")
        videos = [s for s in self.info.streams if s.kind == StreamKind.VIDEO] if self.info else []
        return DecodeSummary(
            frames_seen=sum(decoded.values()),
            frames_sampled=sum(self._sampled.values()),
            shots=end["shots"],
            seconds=end["seconds"],
            sound_seconds=self._heard,
            captions=tuple(self._said),
            closed_captions=end["closed_captions"],
            silent_subtitles=end["silent_subtitles"] and not self._said,
            complete=self._end is not None and not self._gaps and self.info is not None,
            gaps=tuple(self._gaps),
            containment=self._containment,
            streams=tuple(
                StreamCount(
                    index=stream.index,
                    declared=stream.declared_frames,
                    decoded=decoded.get(stream.index, 0),
                    sampled=self._sampled.get(stream.index, 0),
                )
                for stream in videos
            ),
        )


def _open(path: Path) -> int:
    """Open a regular file read-only, without ever waiting for a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise MediaError(
            "the media file cannot be opened",
            expected="a file that may be read",
            found=error.strerror or type(error).__name__,
            where=str(path),
            fix=f"check the path and its permissions with `ls -l {path}`",
        ) from error
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    failure = UsageError if stat.S_ISDIR(mode) else MediaError
    raise failure(
        "this is no media file",
        expected="a regular file",
        found="a directory" if stat.S_ISDIR(mode) else "a pipe, socket or device",
        where=str(path),
        fix="name the files to review one by one",
    )
