"""Weights that a library carries in its code: their bytes, so that a digest can be taken."""

from __future__ import annotations

import tempfile
from pathlib import Path

from compliance.errors import ModelError


def serialised(package: str, function: str) -> bytes:
    """Return what ``package.function()`` returns, as the bytes it saves itself as.

    Raises:
        ModelError: only dlib's compiled weights are known.
    """
    if package != "dlib":
        raise ModelError("only dlib's compiled weights are known", expected="dlib", found=package)
    import dlib

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"
        getattr(dlib, function)().save(str(path))
        return path.read_bytes()
