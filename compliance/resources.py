"""Where the files lie that are shipped beside the code: cards and policies."""

from __future__ import annotations

from pathlib import Path


def shipped(folder: str) -> Path:
    """Return the path of a shipped folder, ``models`` or ``policies``.

    A wheel carries them inside the package; in a checkout they stand at the top level.
    """
    package = Path(__file__).parent
    inside = package / "_shipped" / folder
    return inside if inside.is_dir() else package.parent / folder
