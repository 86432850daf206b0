"""Texts that hold no words that anybody could read, though something was given."""

from __future__ import annotations

import re
import unicodedata

from compliance.text.normalise import View, normalise

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|[@-Z\\-_])")
"""Sequences that steer a terminal (ECMA-48): nothing is seen of their letters."""
_ALLUSIVE = frozenset("\U0001f346\U0001f351\U0001f4a6\U0001f445\U0001f51e\U0001f34c")
"""Pictures that stand for sex where no words are: aubergine, peach, drops, tongue, no under 18, banana."""


def wordless(text: str) -> str:
    """Return what a text without words consists of; empty where it has words or says nothing.

    Args:
        text: as it was given. White space alone says nothing and is not meant.
    """
    if not text.strip() or (any(map(str.isalnum, text[:64])) and "\x1b" not in text):
        return ""
    seen = normalise(_ESCAPE.sub("", text), View.CASED).text.strip()
    if not seen:
        return "control characters and characters that nobody sees"
    if not _ALLUSIVE.isdisjoint(seen) and not any(map(_is_word, seen)):
        return "pictures that may stand for sex"
    return ""


def _is_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"
