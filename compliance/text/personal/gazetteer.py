"""Lists of names by kind, written for this project: people, places, nationalities."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

FOLDER = Path(__file__).with_name("gazetteers")
"""Text files; lines that begin with # are remarks."""
_SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "þ": "th", "ı": "i", "œ": "oe", "’": "'"}
)  # fmt: skip


@functools.lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """Return ``word`` in lower case without accents, as the lists hold it."""
    lower = word.lower()
    if lower.isascii():
        return lower
    plain = unicodedata.normalize("NFKD", lower.translate(_SPECIAL))
    return "".join(one for one in plain if not unicodedata.combining(one))


@functools.cache
def given_names() -> frozenset[str]:
    """Return given names, folded."""
    return _words("given.txt")


@functools.cache
def surnames() -> frozenset[str]:
    """Return family names, folded."""
    return _words("surnames.txt")


@functools.cache
def nationalities() -> frozenset[str]:
    """Return words for people of a country, people or faith, folded."""
    return _words("nationalities.txt")


@functools.cache
def places() -> frozenset[tuple[str, ...]]:
    """Return places as tuples of folded words: countries, their parts, towns."""
    lines = [line for name in ("countries.txt", "cities.txt") for line in _lines(name)]
    return frozenset(
        tuple(folded(part).replace(".", " ").replace("-", " ").split())
        for line in lines
        for part in line.split(";")
        if part.strip()
    )


@functools.cache
def first_of_places() -> dict[str, int]:
    """Return the first words of :func:`places`, with the greatest number of words that follow from each."""
    longest: dict[str, int] = {}
    for place in places():
        longest[place[0]] = max(len(place), longest.get(place[0], 0))
    return longest


@functools.cache
def organisations() -> frozenset[tuple[str, ...]]:
    """Return organisations as tuples of folded words."""
    parts = [part for line in _lines("organisations.txt") for part in line.split(";")]
    return frozenset(
        tuple(re.sub(r"['’]s$|[.'’-]+$", "", folded(word)) for word in part.split() if word != "&")
        for part in parts
        if part.strip()
    )


@functools.cache
def longest_organisation() -> dict[str, int]:
    """Return the first words of :func:`organisations`, with the most words that a name has from each on."""
    longest: dict[str, int] = {}
    for one in organisations():
        longest[one[0]] = max(len(one), longest.get(one[0], 0))
    return longest


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _words(name: str) -> frozenset[str]:
    return frozenset(folded(word) for line in _lines(name) for word in line.split())
