"""From media of a work to what the bank of works stores: the prints that copies are found by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.analyzers.works import copy_prints, sound_prints
from compliance.banks.items import ItemFile
from compliance.errors import BankError
from compliance.facts import StreamKind
from compliance.files import sha256_of
from compliance.media.audio_parts import RATE, SoundPart
from compliance.media.decode import MediaReader
from compliance.pipeline.decoding import Progress
from compliance.pipeline.enrol_embeddings import Embedder, FrameVectors
from compliance.settings import Settings
from compliance.types import AudioTrack, Pixels


@dataclass(frozen=True)
class ReadWork:
    """One file of a work, looked at and listened to."""

    file: ItemFile
    """What is stored."""
    seconds: float
    """How long it is; 0 for a picture."""
    notes: tuple[str, ...]
    """What of it cannot be found again, and why, one sentence each."""


def work_files(
    files: Sequence[Path],
    settings: Settings,
    progress: Progress,
    embedders: Sequence[Embedder] = (),
) -> tuple[ReadWork, ...]:
    """Return what is stored of pictures, videos and recordings of a work.

    Args:
        files: each is decoded whole, every frame of it.
        settings: runtime knobs.
        progress: called while a file is decoded.
        embedders: networks that make vectors of pictures.

    Raises:
        BankError: a file does not exist, is given twice, cannot be decoded whole, or holds nothing, neither
            picture nor sound, that could be found again; names the file.
        MediaError: a file may not be opened.
    """
    known: dict[str, Path] = {}
    for file in files:
        try:
            digest = sha256_of(file)
        except OSError as error:
            raise _refused(file, "the file cannot be read", error.strerror or str(error)) from error
        if digest in known:
            raise _refused(file, "the same file is given twice", f"the content of {known[digest]}")
        known[digest] = file
    return tuple(
        _read(file, digest, settings, progress, [FrameVectors(one) for one in embedders])
        for digest, file in known.items()
    )


def _read(
    file: Path, digest: str, settings: Settings, progress: Progress, vectors: list[FrameVectors]
) -> ReadWork:
    sound: list[SoundPart] = []
    reader = MediaReader(file, settings.decode_limits, listen=sound.append, every_frame=True)
    notes: list[str] = []
    seen = b""
    with reader:
        frames = _frames(reader, _shown(reader, file), file.name, progress, vectors)
        first = next(frames, None)
        if first is not None:
            try:
                seen = copy_prints.copy_print(_again(first, frames))
            except BankError as error:
                notes.append(f"its pictures are not compared: {error.message} ({error.found})")
                for _ in frames:
                    pass
    if reader.summary.gaps or reader.info is None:
        found = " ".join(reader.summary.gaps) or "nothing that can be read"
        raise _refused(file, "the file cannot be decoded whole", found)
    heard = b""
    if sound:
        tracks = [AudioTrack(digest, one.samples, RATE, one.start, one.stream) for one in sound]
        try:
            heard = sound_prints.recording_print(tracks, str(file))
        except BankError as error:
            notes.append(f"its sound is not compared: {error.message} ({error.found})")
    if not seen and not heard:
        raise _refused(
            file, "nothing in the file could be found again", "; ".join(notes) or "nothing"
        )
    prints = {copy_prints.MAKER: seen, sound_prints.MAKER: heard}
    prints |= {one.maker: one.packed() for one in vectors}
    seconds = reader.summary.seconds
    return ReadWork(ItemFile(digest, file.name, prints), seconds, tuple(notes))


def _shown(reader: MediaReader, file: Path) -> int | None:
    """Return the stream that holds the pictures of a file; None where it has none.

    A cover is looked at only where there is nothing else, as beside the sound of a recording.

    Raises:
        BankError: it holds several videos, of which one alone would be compared.
    """
    shown = (
        [one for one in reader.info.streams if one.kind == StreamKind.VIDEO] if reader.info else []
    )
    videos = [one for one in shown if not one.picture]
    if len(videos) > 1:
        raise BankError(
            "the file holds several videos",
            expected="one video, beside which there may be a cover and any sound",
            found=f"{len(videos)} video streams",
            where=str(file),
            fix="give each as a file of its own; nothing was changed",
        )
    return next((one.index for one in (*videos, *shown)), None)


def _frames(
    reader: MediaReader,
    stream: int | None,
    name: str,
    progress: Progress,
    vectors: list[FrameVectors],
) -> Iterator[tuple[float, Pixels]]:
    """Yield time and pixels of each frame of a stream; the pixels hold until the next.

    All of them are shown to ``vectors`` as well.
    """
    duration = (reader.info.duration if reader.info else None) or 0.0
    for frame in reader.frames():
        try:
            if frame.stream == stream:
                progress(name, frame.time, duration)
                for one in vectors:
                    one.see(frame.time, frame.pixels)
                yield frame.time, frame.pixels
        finally:
            frame.release()


def _again(
    first: tuple[float, Pixels], rest: Iterator[tuple[float, Pixels]]
) -> Iterator[tuple[float, Pixels]]:
    yield first
    yield from rest


def _refused(file: Path, message: str, found: str) -> BankError:
    return BankError(
        message,
        expected="a picture, video or recording of the work that can be read from beginning to end",
        found=found,
        where=str(file),
        fix="leave the file out, or export it again; nothing was changed",
    )
