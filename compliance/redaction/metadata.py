"""Which metadata a redacted copy takes over: short texts, since long ones can hold the picture itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 2000
"""Longest value that is kept, characters."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{200}")
"""Base64 or hex, as no text of words has it."""
_PICTURES = ("xmp", "priv", "picture", "thumbnail", "cover", "profile")
"""What the names of entries that hold pictures, or blocks that may hold one, have in them."""


def is_plain(name: str, value: object) -> bool:
    """Tell whether an entry is a text that holds no picture."""
    folded = name.casefold()
    return (
        isinstance(value, str)
        and len(value) <= MOST
        and not _ENCODED.search("".join(value.splitlines()))
        and not any(part in folded for part in _PICTURES)
    )


def keep_plain(metadata: dict[str, str], without: Iterable[str] = ()) -> list[str]:
    """Take out of ``metadata`` what may hold a picture, and the names in ``without``.

    Returns:
        Names of the entries that may hold a picture.
    """
    left_out = [name for name, value in metadata.items() if not is_plain(name, value)]
    for name in (*left_out, *without):
        metadata.pop(name, None)
    return left_out
