"""Single words of names, by which digits and pieces of words are read as names: lists of this project."""

from __future__ import annotations

import functools

from compliance.text.personal.gazetteer import given_names, organisations, places, surnames
from compliance.text.personal.name_words import (
    COMPANY_ENDS,
    COMPANY_STARTS,
    KNOWN_COMPANIES,
    PLACE_FIRST,
    PLACE_LAST,
    TITLES,
)

FEWEST = 4
"""Letters from which a word is told to be a name: shorter ones are made by chance."""


@functools.cache
def _names() -> frozenset[str]:
    several = {word for name in places() | organisations() for word in name}
    return frozenset(
        word
        for word in several | given_names() | surnames() | KNOWN_COMPANIES
        if len(word) >= FEWEST and word.isascii() and word.isalpha()
    )


def is_name(word: str) -> bool:
    """Tell whether ``word``, in lower case, is part of a listed person's, place's or organisation's name."""
    return word in _names()


def builds_names(word: str) -> bool:
    """Tell whether names may be made with ``word``, in lower case: *bank*, *lake*, *red* of *Red Cross*."""
    return word in _builders() or is_name(word)


@functools.cache
def _builders() -> frozenset[str]:
    several = {word for name in places() | organisations() if len(name) > 1 for word in name}
    return frozenset(several) | COMPANY_ENDS | COMPANY_STARTS | PLACE_FIRST | PLACE_LAST | TITLES
