"""From files and texts on the command line to an asset with digests."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from compliance.errors import MediaError, UsageError
from compliance.facts import GenerationRecord
from compliance.files import sha256_of
from compliance.types import Asset, Captions, Prompt, Source, digest_of

Stamp = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Request:
    """One thing to review."""

    path: Path | None = None
    """Media file; None for prompts alone."""
    prompts: tuple[Prompt, ...] = ()
    """Prompts that come with it."""
    record: GenerationRecord | None = None
    """How it was generated."""
    captions: tuple[Captions, ...] = ()
    """Captions and transcripts that come with the media."""


@dataclass(frozen=True)
class Intake:
    """An asset as it came in."""

    asset: Asset
    """The asset with its digests."""
    record: GenerationRecord | None
    """The record, its prompts taken into the asset."""
    stamp: Stamp | None
    """Device, inode, size, modification and change time (ns) of the media before it was hashed."""

    def unchanged(self) -> bool:
        """Tell whether the media file is still the one that was hashed."""
        if self.asset.path is None:
            return True
        try:
            return _stamp(self.asset.path) == self.stamp
        except OSError:
            return False


def take_in(request: Request) -> Intake:
    """Hash what came in.

    Raises:
        UsageError: there is neither media nor prompt, captions come alone, the path is a directory, or
            the record is that of another file.
        MediaError: the media file does not exist or cannot be read.
    """
    prompts = _prompts(request)
    for prompt in prompts:
        _check_text(prompt)
    path = request.path
    if path is None and request.captions:
        raise UsageError(
            "captions and transcripts come with a media file",
            found="captions without one",
            fix="name the clip that they belong to",
        )
    if path is None and not prompts:
        raise UsageError("there is nothing to review", fix="name a media file or give --prompt")
    record_sha256 = digest_of(request.record) if request.record else None
    stamp = _readable(path) if path else None
    sha256 = sha256_of(path) if path else None
    _check_record(request.record, sha256)
    asset = Asset(
        name=path.name if path else "prompt",
        path=path,
        media_sha256=sha256,
        prompts=prompts,
        captions=request.captions,
        record_sha256=record_sha256,
    )
    return Intake(asset, request.record, stamp)


def _prompts(request: Request) -> tuple[Prompt, ...]:
    """Join the prompts given with those of the record; the same text of one source counts once."""
    prompts = list(request.prompts)
    if request.record:
        texts = {
            Source.PROMPT: request.record.prompt,
            Source.NEGATIVE_PROMPT: request.record.negative_prompt,
            Source.REVISED_PROMPT: request.record.revised_prompt,
        }
        prompts += [Prompt(text=text, source=source) for source, text in texts.items() if text]
    return tuple(dict.fromkeys(prompts))


def _check_record(record: GenerationRecord | None, sha256: str | None) -> None:
    """Refuse a record that says itself that it belongs to another file."""
    said = record.output_sha256 if record else None
    if said is not None and sha256 is not None and said != sha256:
        raise UsageError(
            "the generation record belongs to another file",
            expected=f"a record whose output_sha256 is {sha256}",
            found=said,
            where="--record",
            fix="give the record of this very file",
        )


def _check_text(prompt: Prompt) -> None:
    try:
        prompt.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            "the prompt is not text",
            expected="Unicode that can be written as UTF-8",
            found=f"half a character at position {error.start}",
            where=str(prompt.source),
            fix="save the prompt as UTF-8 and give it as @FILE",
        ) from error


def _readable(path: Path) -> Stamp:
    if path.is_dir():
        raise UsageError(
            "this is a folder, not a media file",
            expected="a media file",
            where=str(path),
            fix="name the files in it, such as 'compliance review FOLDER/*.mp4'",
        )
    if path.exists() and not path.is_file():
        raise MediaError(
            "this is a pipe, socket or device, which has no end",
            expected="a regular file",
            where=str(path),
            fix="write it to a file first",
        )
    try:
        with path.open("rb"):
            return _stamp(path)
    except OSError as error:
        raise MediaError(
            "the media file cannot be read",
            expected="a file that exists and that this user may read",
            found=str(error.strerror),
            where=str(path),
            fix="correct the path or the permissions",
        ) from error


def _stamp(path: Path) -> Stamp:
    """Return what changes with every change of a file; nobody but the kernel sets the last of it."""
    status = os.stat(path)
    times = (status.st_mtime_ns, status.st_ctime_ns)
    return status.st_dev, status.st_ino, status.st_size, *times
