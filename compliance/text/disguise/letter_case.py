"""Capitals of what is read through a disguise: names are told by them.

A look-alike, a styled letter or one under marks is as large as it is drawn; digits and signs take the case of
the word that they stand in.
"""

from __future__ import annotations

import re
import unicodedata

from compliance.text.disguise.english_letters import COMMON, cost
from compliance.text.disguise.listed_names import builds_names
from compliance.text.english import is_word
from compliance.text.normalise import Normalised

_WORD = re.compile(r"[A-Za-z]{3,}")
_AT_RANDOM = re.compile(
    r"(?!(?:Ma?c|O|De|Di|La|Le|Van)[A-Z])(?:[a-z]+[A-Z]|[A-Z]{2,}[a-z]|[A-Z][a-z]+[A-Z])"
)
_FEWEST, _SHARE = 2, 3
"""Words with capitals inside from which, and one of how many from which, the case of a text is a disguise."""
_FIRST = re.compile(r"[A-Za-z]+")


def as_drawn(text: str, folded: Normalised) -> str:
    """Return ``folded``, which is lower case, with the capitals of ``text``, letter by letter."""
    return "".join(
        letter.upper() if letter.isascii() and _is_capital(text[place]) else letter
        for letter, place in zip(folded.text, folded.offsets, strict=True)
    )


def _is_capital(character: str) -> bool:
    if character.isascii():
        return character.isupper()
    return character.isupper() or unicodedata.normalize("NFKC", character)[:1].isupper()


def as_written(word: str, token: str) -> str:
    """Return ``word``, lower case, in the case of ``token``, of which it is read: *B4nk* is *Bank*.

    Args:
        word: letters.
        token: letters, digits and signs; its first sign tells nothing of capitals.
    """
    letters = [one for one in token if one.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word[:1].upper() + word[1:] if token[:1].isupper() else word


def settled(text: str) -> str:
    """Return ``text`` with capitals at the beginning of words only, where those inside stand at random.

    Everyday words begin small then, unless names are built of them. Words such as *McDonald* and *YouTube*
    in a text that is written otherwise are left as they are. Of the same length.
    """
    found = [one[0] for one in _WORD.finditer(text)]
    odd = sum(bool(_AT_RANDOM.match(one)) for one in found)
    if odd < _FEWEST or odd * _SHARE < len(found):
        return text
    return _FIRST.sub(lambda one: _settled_word(one[0]), text)


def _settled_word(word: str) -> str:
    lower = word.lower()
    joins = len(word) > 1 and cost(lower) == COMMON
    everyday = is_word(lower) and not builds_names(lower)
    return lower if joins or everyday else word[0] + lower[1:]
