"""Which metadata a redacted copy takes over: short texts, since long ones can hold the picture itself. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MOST = 2000
"""Longest value that is kept, characters."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{200}")
"""Base64 or hex, as no text of words has it."""
_APART = re.compile(r"[^\W_]+")
_FORMAL = ("language", "creation_time", "timecode", "duration")
"""Names of entries that have a fixed form, and repeat nothing."""
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


def keep_plain(
    metadata: dict[str, str], without: Collection[str] = (), words: Collection[str] = ()
) -> list[str]:
    """Take out of ``metadata`` what may hold a picture or repeats one of ``words``, and ``without``.

    Returns:
        Names of the entries that may hold a picture or repeat a word; ``without`` is not named.
    """
    for name in [one for one in metadata if one.casefold() in without]:
        del metadata[name]
    left_out = [
        name
        for name, value in metadata.items()
        if not is_plain(name, value) or (name not in _FORMAL and quotes(value, words))
    ]
    for name in left_out:
        del metadata[name]
    return left_out


def quotes(value: str, words: Collection[str]) -> bool:
    """Tell whether a text repeats one of ``words``, be it within a longer word or with signs in it.

    A word between spaces has to stand by itself.
    """
    plain = folded(value)
    joined = "".join(filter(str.isalnum, plain))
    apart = f" {' '.join(_APART.findall(plain))} "
    return any(word in plain or word in joined or word in apart for word in words)


def folded(text: str) -> str:
    """Return a text in lower case and the plain forms of its letters, without accents."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare)
