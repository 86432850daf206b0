"""Files are opened here, so that one that cannot be opened gives the same clear error everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from compliance.errors import ProvenanceError
from compliance.files import sha256_of as digest_of_file


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open a file for reading bytes.

    Raises:
        ProvenanceError: it does not exist, is a folder, or this user may not read it.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ProvenanceError(
            "the file cannot be read",
            expected="a file that exists and that this user may read",
            found=str(error.strerror),
            where=str(path),
            fix="correct the path or the permissions",
        ) from error
    with file:
        yield file


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits.

    Raises:
        ProvenanceError: it cannot be opened.
    """
    with opened(path):
        return digest_of_file(path)
