"""What shows that a text was disguised, and how surely.

========================================================  ==========================================
sign                                                      score
========================================================  ==========================================
invisible tag characters that spell text                  0.97
codes that decode to text (Base64, hex, bits, Morse)      0.95; short ones 0.7; in an address 0.4
letters as escapes or entities outside addresses          0.9
text backwards or in shifted letters                      0.95; 0.8 word by word, 0.5 from two words
characters nobody sees inside Latin words                 0.6 in one word, 0.9 in more
right-to-left overrides around Latin letters              0.8; 0.4 among right-to-left letters
look-alikes of another script inside words                0.85 in one known word, 0.95 in more
words wholly of look-alikes among Latin ones              0.5 for one, 0.9 for more
styled letters (mathematical, fullwidth, enclosed)        0.5, 0.7 from four words
piles of marks on letters                                 0.9
digits and signs for letters                              0.3, 0.7 from two words, 0.9 from four
letters or parts of words set apart                       0.35, 0.7 from two words, 0.85 from four
========================================================  ==========================================

The numbers are judgements of how seldom honest text looks like this, held against benign prompts and lines by
``benchmarks/evasion.py``; they are no frequencies. Joiners in emoji, in Persian and in Indian scripts, soft
hyphens, marks of direction, accents, units such as *µm*, product codes and hashes are signs of nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from compliance.text.disguise import undisguise_codes, undisguise_words
from compliance.text.disguise.reading import Reading, edited, plain
from compliance.text.disguise.undisguise import REVERSED, backwards, gains, readings
from compliance.text.english import is_word, words
from compliance.text.normalise import View, normalise

_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007e]{2,}")
_UNSEEN = re.compile(
    "[A-Za-z\u00c0-\u024f](?:[\u200b-\u200f\u2060-\u2064\u180e\ufeff\u034f\u115f\u3164\ufe00-\ufe0f]"
    "|[\U000e0100-\U000e01ef])+(?=[A-Za-z\u00c0-\u024f])"
)
_OVERRIDE = re.compile("[\u202d\u202e]")
_PILE = re.compile("[A-Za-z][\u0300-\u036f\u0488\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3,}")
_STRUCK = re.compile("(?:[A-Za-z][\u0334-\u0338\u20d2-\u20df]){4,}")
_STYLED = re.compile(
    "[\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\U0001f130-\U0001f189]{3,}"
)
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TO_THE_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
_ADDRESS = re.compile(r"\S*(?:://|www\.|data:|@)\S*")
_LETTER_ESCAPES = re.compile(
    r"(?:%[4-7][0-9A-Fa-f]|&#(?:[6-9]\d|1[01]\d|12[0-2]);|&#[xX][4-7][0-9A-Fa-f];|\\u00[4-7][0-9A-Fa-f]"
    r"|\\x[4-7][0-9A-Fa-f]){3,}"
)
_SHORT_CODE = 12
"""Letters of what was in code below which chance may have made it."""
_TOKEN = re.compile(r"[^\W\d_]+")
_MIXED = ("CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC")
_UNITS = frozenset("µμΩωλαβγδΔπσφθε")


class Sign(NamedTuple):
    """One way in which a text was disguised."""

    kind: str
    """What was done, in a word or two."""
    start: int
    """First code point of the first place."""
    end: int
    """Just behind the last place."""
    places: int
    """Places or words."""
    score: float
    """How surely it was done on purpose, 0…1; see the table of the module."""


_Place = tuple[int, int]


def signs(text: str) -> list[Sign]:
    """Return the signs in ``text``, the surest first; work is linear in its length."""
    found = [*_of_characters(text), *_of_codes(text), *_of_words(text)]
    return sorted(found, key=lambda one: (-one.score, one.start, one.kind))


def _sign(kind: str, places: list[_Place], *steps: tuple[int, float]) -> Iterator[Sign]:
    """Yield a sign with the score of the last of ``steps`` (places, score) that is reached."""
    score = max((points for fewest, points in steps if len(places) >= fewest), default=0.0)
    if places and score:
        yield Sign(kind, places[0][0], places[-1][1], len(places), score)


def _places(pattern: re.Pattern[str], text: str) -> list[_Place]:
    return [one.span() for one in pattern.finditer(text)]


# characters


def _of_characters(text: str) -> Iterator[Sign]:
    if text.isascii():
        return
    yield from _sign("invisible tag characters", _places(_TAGS, text), (1, 0.97))
    unseen = _places(_UNSEEN, text)
    in_words = len({_word_around(text, start) for start, _ in unseen})
    for one in _sign("unseen characters inside words", unseen, (1, 0.6)):
        yield one._replace(places=in_words, score=0.9 if in_words > 1 or len(unseen) > 2 else 0.6)
    low = 0.4 if _TO_THE_LEFT.search(text) else 0.8
    yield from _sign("right-to-left override", _places(_OVERRIDE, text), (1, low))
    piles = _places(_PILE, text) + _places(_STRUCK, text)
    yield from _sign("piles of marks", piles, (2, 0.9), (1, 0.5))
    if not _EAST.search(text):
        yield from _sign("styled letters", _places(_STYLED, text), (1, 0.5), (4, 0.7))
    yield from _look_alikes(text)


def _word_around(text: str, place: int) -> int:
    """Return where the word around ``place`` begins, as white space has it, at most 200 code points back."""
    start = max(0, place - 200)
    return max(text.rfind(space, start, place) for space in " \n\t")


def _look_alikes(text: str) -> Iterator[Sign]:
    mixed: list[_Place] = []
    sure = 0
    for one in _TOKEN.finditer(text):
        word = one[0]
        if word.isascii() or not _is_mixed(word):
            continue
        folded = normalise(word, View.FOLDED).text
        if folded.isascii():
            mixed.append(one.span())
            sure += is_word(folded)
    score = 0.85 if sure else 0.6
    yield from _sign("look-alikes inside words", mixed, (1, score), (2, max(score, 0.8)), (3, 0.95))
    whole = [
        (one.offsets[start], one.ends[end - 1])
        for one in readings(text)[1:]
        if one.how == "look-alikes"
        for start, end, _ in words(one.text)
        if _is_alike(text[one.offsets[start] : one.ends[end - 1]])
    ]
    yield from _sign("words of look-alikes", whole, (1, 0.5), (2, 0.9))


def _is_mixed(word: str) -> bool:
    """Tell whether Latin letters and some of another script stand in one word that is no unit."""
    is_unit = bool(set(word) & _UNITS) and sum(not c.isascii() for c in word) == 1
    if len(word) < 3 or is_unit:
        return False
    names = [unicodedata.name(c, "") for c in word]
    return any(name.startswith("LATIN") for name in names) and any(
        name.startswith(_MIXED) for name in names
    )


def _is_alike(original: str) -> bool:
    letters = [unicodedata.name(c, "") for c in original if c.isalpha()]
    return len(letters) > 2 and all(name.startswith(_MIXED) for name in letters)


# codes


def _of_codes(text: str) -> Iterator[Sign]:
    addresses = _places(_ADDRESS, text)
    escapes = [one for one in _places(_LETTER_ESCAPES, text) if not _within(one, addresses)]
    yield from _sign("escapes for letters", escapes, (1, 0.9))
    for start, end, how in undisguise_codes.coded(text):
        if how != undisguise_codes.ESCAPES:
            score = 0.95 if end - start >= _SHORT_CODE else 0.7
            score = 0.4 if _within((start, end), addresses) else score
            yield Sign(f"{how} code", start, end, 1, score)


def _within(one: _Place, others: list[_Place]) -> bool:
    return any(start < one[1] and one[0] < end for start, end in others)


# words


def _of_words(text: str) -> Iterator[Sign]:
    bare = edited(plain(text), [(a, b, " " * (b - a)) for a, b in _places(_ADDRESS, text)], "plain")
    yield from _changed("text backwards", bare, backwards, (2, 0.5), (3, 0.8))
    yield from _changed("shifted letters", bare, undisguise_codes.shifted, (2, 0.5), (3, 0.8))
    yield from _mended("letters for digits and signs", bare, undisguise_words.leet, 0.3, 0.7, 0.9)
    yield from _mended("letters set apart", bare, undisguise_words.apart, 0.35, 0.7, 0.85)
    yield from _mended("parts of words set apart", bare, undisguise_words.split, 0.3, 0.5, 0.85)


def _changed(
    kind: str, bare: Reading, change: Callable[[Reading], Reading], *steps: tuple[int, float]
) -> Iterator[Sign]:
    after = change(bare)
    if not gains(bare.text, after.text):
        return
    before = {word for _, _, word in words(bare.text)}
    new = [
        (start, end)
        for start, end, word in words(after.text)
        if len(word) > 2 and word not in before and is_word(word)
    ]
    if after.how == REVERSED and after.text == bare.text[::-1]:
        steps = ((2, 0.95),)
    elif (
        after.text.isascii() and len(after.text) == len(bare.text) and after.offsets == bare.offsets
    ):
        steps = ((2, 0.95),)  # every letter was shifted
    yield from _sign(kind, [(0, len(bare.text))] * len(new), *steps)


def _mended(
    kind: str,
    bare: Reading,
    find: Callable[[str], list[tuple[int, int, str]]],
    one: float,
    two: float,
    four: float,
) -> Iterator[Sign]:
    edits = [edit for edit in find(bare.text) if any(len(word) > 3 for *_, word in words(edit[2]))]
    said = sum(len(edit[2].split()) for edit in edits)
    places = [(start, end) for start, end, _ in edits]
    for sign in _sign(kind, places, (1, one)):
        yield sign._replace(places=said, score=four if said > 3 else two if said > 1 else one)
