"""How names look in a view, and automata that find all of them in one pass."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.text.letters import in_word
from compliance.text.normalise import View, normalise

MISREAD_LETTERS = 8
"""Letters that a name needs to be found with one of them misread."""
_PAIRS = {"m": "rn", "w": "vv"}
"""Letters that two others look like side by side (UTS #39 has the first)."""
_MOST_PAIRS = 3
"""Such letters in a name up to which every way of replacing them is tried."""
_PAIRED_LETTERS = 6
"""Letters that a name needs before pairs are tried: *Tom* would be found in *torn*."""


@dataclass(frozen=True)
class Spelling:
    """How one name looks in one view."""

    row: int
    """Index of the name."""
    letters: str
    """Its letters, without what stands between them."""
    breaks: frozenset[int]
    """Counts of letters after which a word of the name ends."""
    folded: str
    """As many letters in FOLDED (in PLAIN, those of :attr:`letters`)."""


def spell(row: int, name: str, view: View) -> Iterator[Spelling]:
    """Yield the spellings of ``name`` in ``view``; in LEET also those with ``rn`` for ``m``."""
    variants = [name, *_paired(name)] if view is View.LEET else [name]
    for variant in variants:
        text = normalise(variant, view).text
        words = "".join(c if in_word(c) else " " for c in text).split()
        if words:
            folded = normalise(variant, View.PLAIN if view is View.PLAIN else View.FOLDED).text
            ends = itertools.accumulate(map(len, words))
            yield Spelling(
                row=row,
                letters="".join(words),
                breaks=frozenset(ends) - {sum(map(len, words))},
                folded="".join(
                    one for one, here in zip(folded, text, strict=True) if in_word(here)
                ),
            )


def _paired(name: str) -> Iterator[str]:
    places = [i for i, c in enumerate(name) if c in _PAIRS]
    if sum(map(in_word, name)) < _PAIRED_LETTERS or len(places) > _MOST_PAIRS:
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
        self._whole = [s for s in spellings if len(s.letters) >= MISREAD_LETTERS]
        halves = [
            Spelling(row, half, frozenset(), half)
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
