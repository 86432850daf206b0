"""Files that appear whole or not at all, and their digests."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.errors import UsageError


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits, read in pieces.

    Raises:
        OSError: it cannot be opened or read, or is a pipe or device, which may never end.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "a pipe or device")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``: a temporary name beside it, fsync, rename.

    Raises:
        UsageError: the folder cannot be written to.
    """
    with _writable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def check_writable(folder: Path) -> None:
    """Make ``folder`` and a file in it, so that hours of work do not end at a locked door.

    Raises:
        UsageError: the folder cannot be written to.
    """
    with _writable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".writing-"):
            pass


@contextmanager
def folder_that_appears_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes ``path`` when the block ends without an error.

    An older folder of the same name is replaced; on an error nothing is left behind.

    Raises:
        UsageError: the parent folder cannot be written to.
    """
    with _writable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=".run-"))
    try:
        yield temporary
        for one in temporary.rglob("*"):
            if one.is_file():
                with one.open("rb") as file:
                    os.fsync(file.fileno())
        aside = temporary.with_name(temporary.name + ".old")
        if path.exists():
            os.rename(path, aside)
        os.rename(temporary, path)
        sync_folder(path.parent)
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            "the output folder cannot be written to",
            expected="a folder that this user may write to, with room left",
            found=str(error.strerror or error),
            where=str(folder),
            fix="name another with --run-dir or --output, or set COMPLIANCE_HOME",
        ) from error
