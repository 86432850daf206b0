"""Downloading one file over HTTP, so that an interruption costs nothing but the time it takes.

What has come lies in ``<name>.part``; ``<name>.part.validator`` holds what the server said of the version that
it belongs to. The next attempt asks for the rest of that version, and starts over where there is another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance.errors import DigestMismatch, ModelError

if TYPE_CHECKING:
    import httpx2

Progress = Callable[[str, float, float], None]
"""Called with a name, what is done and what there is in all (0 where nobody knows)."""

_SECONDS: Final = 30.0
_CONTENT_RANGE: Final = "content-range"


@dataclass(frozen=True)
class Remote:
    """One file on a server."""

    url: str
    """Its address."""
    size: int = 0
    """Its size in bytes as card or hub state it; 0 where neither does."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What to send with the request, such as who asks; never sent on to another host."""
    hub: bool = False
    """True where a token of the hub can open what is closed."""


def download(remote: Remote, target: Path, name: str, progress: Progress) -> None:
    """Bring a file to ``target``, from where an earlier call was cut off.

    A connection that breaks is taken up again as long as each attempt brings something.

    Args:
        remote: where it is.
        target: where it is to lie; nothing is done where it is there already.
        name: what to call it to the user.
        progress: told the bytes that have come.

    Raises:
        ModelError: there is no network, or the server refuses; what has come stays for the next call.
        DigestMismatch: it is longer than it should be; nothing stays.
        OSError: it cannot be written.
    """
    import httpx2

    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    while True:
        before = _length(part)
        try:
            _attempt(remote, part, name, progress)
            break
        except httpx2.TransportError as error:
            _check_interrupted(error)
            if _length(part) <= before:
                raise unreachable(remote.url, error) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            _check_interrupted(error)
            raise unreachable(remote.url, error) from error
    os.replace(part, target)
    _validator(part).unlink(missing_ok=True)


def refused(status: int, where: str, *, hub: bool = False) -> ModelError:
    """Return the error that an answer other than the file means.

    Args:
        status: HTTP status of the answer.
        where: address, or repository on the hub.
        hub: True where a token of the hub can help.
    """
    if status in (401, 403):
        return ModelError(
            "the server does not give this file to everybody",
            expected="a file for whoever asks, or for the owner of a token",
            found=f"HTTP status {status}",
            where=where,
            fix="accept the conditions on the model's page, make a token that may read it, set HF_TOKEN "
            "to the token, and pull again"
            if hub
            else "fetch it by hand and run 'compliance models import'",
        )
    if status in (404, 410):
        return ModelError(
            "the server has no such file, repository or commit",
            found=f"HTTP status {status}",
            where=where,
            fix="correct source, revision and files on the card; a hub answers so for private "
            "repositories, too, unless HF_TOKEN is set",
        )
    return ModelError(
        "the server does not answer as it should",
        expected="the file",
        found=f"HTTP status {status}",
        where=where,
        fix="pull again later; what has come so far is kept",
    )


def unreachable(url: str, error: Exception) -> ModelError:
    """Return the error that the lack of any answer means."""
    return ModelError(
        "the server cannot be reached, or the connection broke",
        found=" ".join(str(error).split()) or type(error).__name__,
        where=url,
        fix="connect this machine and pull again, which takes up what has come; or bring the files: "
        "'compliance models pull ID --from DIR', 'compliance models import ID PATH'",
    )


def _check_interrupted(error: BaseException) -> None:
    """Raise the interruption that ``error`` hides: a connection that is closed in the middle of it may break.

    Raises:
        KeyboardInterrupt: that is why the connection broke.
    """
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        behind = behind.__cause__ or behind.__context__


def _attempt(remote: Remote, part: Path, name: str, progress: Progress) -> None:
    """Ask for what is missing, and write what comes."""
    from huggingface_hub import get_session

    version = _validator(part)
    have = _length(part) if version.is_file() else 0
    asked = {**remote.headers, "Accept-Encoding": "identity"}
    if have:
        asked |= {"Range": f"bytes={have}-", "If-Range": version.read_text("utf-8")}
    with get_session().stream(
        "GET", remote.url, headers=asked, timeout=_SECONDS, follow_redirects=True
    ) as answer:
        if have and answer.status_code == 416:
            if answer.headers.get(_CONTENT_RANGE) == f"bytes */{have}":
                return  # all of it had come, and only its name was not yet given
            part.unlink()
        elif answer.status_code not in (200, 206):
            raise refused(answer.status_code, remote.url, hub=remote.hub)
        else:
            _receive(answer, remote, part, name, progress)
            return
    _attempt(remote, part, name, progress)


def _receive(
    answer: httpx2.Response, remote: Remote, part: Path, name: str, progress: Progress
) -> None:
    have = 0
    if answer.status_code == 206:
        have = _length(part)
        if not answer.headers.get(_CONTENT_RANGE, "").startswith(f"bytes {have}-"):
            raise refused(answer.status_code, remote.url)
    total = remote.size or have + int(answer.headers.get("content-length", -have))
    with part.open("ab" if have else "wb") as file:
        _remember(answer, _validator(part))
        for chunk in answer.iter_bytes():  # as it comes: nothing waits in a buffer when it breaks
            file.write(chunk)
            have += len(chunk)
            progress(name, have, total)
            if remote.size and have > remote.size:
                break
    if remote.size and have > remote.size:
        part.unlink()
        raise DigestMismatch(
            "the file is longer than it should be, so it was not kept",
            expected=f"{remote.size} bytes",
            found="more",
            where=remote.url,
            fix="correct the card, or ask who runs the server",
        )


def _remember(answer: httpx2.Response, path: Path) -> None:
    """Write what identifies this version of the file; without it nothing is resumed."""
    tag = answer.headers.get("etag", "")
    known = tag if tag and not tag.startswith("W/") else answer.headers.get("last-modified", "")
    if known and "content-encoding" not in answer.headers:
        path.write_text(known, "utf-8")
    else:
        path.unlink(missing_ok=True)


def _validator(part: Path) -> Path:
    return part.with_name(part.name + ".validator")


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
