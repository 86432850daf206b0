"""English words: which are known, and how much of a text they make up.

A word counts as known where it or its stem stands in ``english_words.txt`` or among the common words.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from compliance.text.names.common_words import is_common

WORDS = Path(__file__).with_name("english_words.txt")
"""Words, apart by white space; lines that begin with # are remarks."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""), ("ly", ""), ("ily", "y"), ("'s", ""),
    ("’s", ""), ("y", ""), ("less", ""), ("ness", ""), ("ful", ""), ("ments", ""), ("ment", ""), ("ings", ""),
    ("ation", "e"), ("ation", ""), ("ions", ""), ("ion", ""), ("ion", "e"), ("ist", ""), ("ists", ""),
)  # fmt: skip
_BY_LAST = {
    last: [one for one in _ENDINGS if one[0][-1] == last]
    for last in {end[-1] for end, _ in _ENDINGS}
}
"""Endings by their last letter: most letters end none."""


@functools.cache
def vocabulary() -> frozenset[str]:
    """Return the words of the file, lower case."""
    lines = WORDS.read_text("utf-8").splitlines()
    return frozenset(
        word for line in lines if not line.startswith("#") for word in line.casefold().split()
    )


@functools.lru_cache(maxsize=65_536)
def is_word(word: str) -> bool:
    """Tell whether ``word``, in lower case, is an English word that is known, or a form of one."""
    if word in vocabulary() or (len(word) > 3 and word.isascii() and is_common(word)):
        return True
    if len(word) < 4:
        return False
    endings = _BY_LAST.get(word[-1], ())
    return any(_is_stem(word[: -len(end)] + back) for end, back in endings if word.endswith(end))


def _is_stem(stem: str) -> bool:
    if len(stem) < 3:
        return False
    doubled = len(stem) > 3 and stem[-1] == stem[-2]
    return stem in vocabulary() or (doubled and stem[:-1] in vocabulary())


@functools.lru_cache(maxsize=4)
def words(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return (start, end, word in lower case) of each word of ``text`` in whatever script.

    The last few texts are remembered: readings of one text ask for its words many times.
    """
    return tuple((one.start(), one.end(), one[0].casefold()) for one in _TOKEN.finditer(text))


def known(text: str) -> tuple[int, int]:
    """Return how many letters of the words in Latin letters stand in known words, and how many there are."""
    found = total = 0
    for one in _TOKEN.finditer(text):
        word = one[0]
        if word.isascii() or _LATIN.match(word):
            total += len(word)
            found += len(word) * is_word(word.casefold())
    return found, total


def share(text: str) -> float:
    """Return the share, 0…1, of letters in known words among those in Latin letters; 0 where there are none."""
    found, total = known(text)
    return found / total if total else 0.0


@functools.cache
def _trigrams() -> frozenset[str]:
    return frozenset(
        padded[i : i + 3]
        for padded in (f"^{word}$" for word in vocabulary() if len(word) > 2)
        for i in range(len(padded) - 2)
    )


@functools.lru_cache(maxsize=16_384)
def sounds_english(word: str) -> bool:
    """Tell whether ``word``, in lower case, is built as English words are: of three-letter parts of theirs."""
    padded = f"^{word}$"
    return len(word) > 3 and all(padded[i : i + 3] in _trigrams() for i in range(len(padded) - 2))
