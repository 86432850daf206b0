"""How names look in a view, and automata that find all of them in one pass."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from compliance.text.letters import in_word
from compliance.text.normalise import LEET, View, as_leet, normalise

MISREAD_LETTERS = 8
"""Letters that a name of several words needs to be found with one of them misread."""
MISREAD_WORD = 10
"""Letters that a name of one word needs; one with a word of one or two letters needs two more. *Metallica* is
one slip from *metallic*."""
_PAIRS = {"m": "rn", "w": "vv"}
"""Letters that two others look like side by side (UTS #39 has the first)."""
_MOST_PAIRS = 3
"""Such letters in a name up to which every way of replacing them is tried."""
_PAIRED_LETTERS = 6
"""Letters that a name needs before pairs are tried: *Tom* would be found in *torn*."""
LEET_KEYS = frozenset(LEET)
_ASCII_WORD = re.compile("[a-z0-9]+")


class Spelling(NamedTuple):
    """How one name looks in one view; a tuple, since there are tens of thousands."""

    row: int
    """Index of the name."""
    letters: str
    """Its letters, without what stands between them."""
    breaks: frozenset[int]
    """Counts of letters after which a word of the name ends."""
    folded: str
    """As many letters in FOLDED."""
    plain: str
    """Its letters in PLAIN."""
    comma: int = 0
    """Count of letters after which a comma has to stand: family name first; 0 for none."""


def spell(row: int, name: str, reorder: bool = False) -> Iterator[Spelling]:
    """Yield the spellings of ``name`` in FOLDED.

    Args:
        row: index of the name.
        name: as a person writes it.
        reorder: also *Swift, Taylor*, if the name has two words.
    """
    words = _words(name, View.FOLDED)
    plain = words if name.isascii() else _words(name, View.PLAIN)
    if not words:
        return
    yield _joined(row, words, plain, _initials(name, words))
    if reorder and len(words) == len(plain) == 2:
        first, last = words
        size = len(last)
        letters = last + first
        yield Spelling(row, letters, _shared((size,)), letters, plain[1] + plain[0], size)


def spell_leet(row: int, name: str) -> Iterator[Spelling]:
    """Yield the spelling of ``name`` in LEET."""
    if name.isascii() and LEET_KEYS.isdisjoint(name):
        words = _words(name, View.FOLDED)
        if words:
            spelled = _joined(row, words, words, _initials(name, words))
            yield spelled._replace(letters=as_leet(spelled.letters))
        return
    yield from _spelled_by_view(row, name)


def spell_paired(row: int, name: str) -> Iterator[Spelling]:
    """Yield the spellings of ``name`` in LEET with ``rn`` for ``m`` and ``vv`` for ``w``."""
    for variant in _paired(name):
        yield from spell_leet(row, variant)


def _words(name: str, view: View) -> list[str]:
    if name.isascii():
        return _ASCII_WORD.findall(name.lower())
    text = normalise(name, view).text
    return "".join(c if in_word(c) else " " for c in text).split()


def _initials(name: str, words: Sequence[str]) -> int:
    """Return how many letters at the beginning are initials written together, as in *JK Rowling*."""
    first = words[0]
    together = len(words) > 1 and len(first) in (2, 3) and name[: len(first)].isupper()
    return len(first) if together else 0


@functools.lru_cache(maxsize=4096)
def _shared(breaks: tuple[int, ...]) -> frozenset[int]:
    """Return one set for all names that break alike."""
    return frozenset(breaks)


def _joined(row: int, words: Sequence[str], plain: Sequence[str], initials: int) -> Spelling:
    letters = "".join(words)
    ends = itertools.accumulate(map(len, words[:-1]))
    breaks = _shared((*range(1, initials), *ends))
    return Spelling(row, letters, breaks, letters, letters if plain is words else "".join(plain))


def _spelled_by_view(row: int, name: str) -> Iterator[Spelling]:
    """Yield the spelling in LEET of a name whose signs are letters there, such as *Ke$ha*."""
    text, folded = normalise(name, View.LEET).text, normalise(name, View.FOLDED).text
    words = "".join(c if in_word(c) else " " for c in text).split()
    if words:
        pairs = zip(folded, text, strict=True)
        yield _joined(row, words, _words(name, View.PLAIN), 0)._replace(
            folded="".join(one for one, here in pairs if in_word(here)),
        )


def _paired(name: str) -> Iterator[str]:
    places = [i for i, c in enumerate(name) if c in _PAIRS]
    if not places or len(places) > _MOST_PAIRS or sum(map(in_word, name)) < _PAIRED_LETTERS:
        return
    for count in range(1, len(places) + 1):
        for chosen in itertools.combinations(places, count):
            yield "".join(_PAIRS[c] if i in chosen else c for i, c in enumerate(name))


class Automaton:
    """Finds the letters of all spellings at once, overlapping ones too.

    Args:
        spellings: what to find; several may have the same letters.
    """

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        from ahocorasick_rs import AhoCorasick

        self.spellings = spellings
        by_letters: dict[str, list[Spelling]] = defaultdict(list)
        for spelling in spellings:
            by_letters[spelling.letters].append(spelling)
        self._groups = list(by_letters.values())
        self._automaton = AhoCorasick(list(by_letters))

    def find(self, letters: str) -> Iterator[tuple[Spelling, int, int]]:
        """Yield each spelling with where it begins and ends in ``letters``."""
        for index, first, last in self._automaton.find_matches_as_indexes(
            letters, overlapping=True
        ):
            for spelling in self._groups[index]:
                yield spelling, first, last


class Halves:
    """Finds long spellings with at most one letter wrong, missing or additional.

    One such slip leaves one half of the name whole, so that halves are found first and the rest is
    compared in place.

    Args:
        spellings: what to find; short ones are left out.
    """

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self._whole = [one for one in spellings if _survives_a_slip(one)]
        halves = [
            Spelling(row, half, _shared(()), half, half)
            for row, one in enumerate(self._whole)
            for half in _halves(one.letters)
        ]
        self._automaton = Automaton(halves)

    def find(self, letters: str) -> Iterator[tuple[Spelling, int, int]]:
        """Yield each spelling with where something within one slip of it begins and ends."""
        for half, first, last in self._automaton.find(letters):
            spelling = self._whole[half.row]
            wanted = spelling.letters
            for length in (len(wanted) - 1, len(wanted), len(wanted) + 1):
                if wanted.startswith(half.letters):
                    yield from _near(spelling, letters, first, first + length)
                if wanted.endswith(half.letters):
                    yield from _near(spelling, letters, last - length, last)


def _survives_a_slip(spelling: Spelling) -> bool:
    """Tell whether one letter more or less leaves the name unlike ordinary words: *LA Knight* is *a knight*."""
    size = len(spelling.letters)
    if not spelling.breaks:
        return size >= MISREAD_WORD
    edges = (0, *sorted(spelling.breaks), size)
    shortest = min(right - left for left, right in itertools.pairwise(edges))
    return size >= (MISREAD_LETTERS if shortest > 2 else MISREAD_WORD + 2)


def _halves(letters: str) -> tuple[str, str]:
    middle = len(letters) // 2
    return letters[:middle], letters[middle:]


def _near(
    spelling: Spelling, letters: str, first: int, last: int
) -> Iterator[tuple[Spelling, int, int]]:
    if 0 <= first and last <= len(letters) and within_one(letters[first:last], spelling.letters):
        yield spelling, first, last


def within_one(left: str, right: str) -> bool:
    """Tell whether one letter changed, added or dropped at most makes ``left`` into ``right``."""
    if abs(len(left) - len(right)) > 1:
        return False
    pairs = enumerate(zip(left, right, strict=False))
    same = next((i for i, (a, b) in pairs if a != b), min(len(left), len(right)))
    short, long = sorted((left[same:], right[same:]), key=len)
    return long[1:] == (short[1:] if len(short) == len(long) else short)
