"""How much the letters of a short line say that it is in another language than English.

Two to eight words hold too few common words to tell a language by. So each word that is neither English nor
the name of a person or place is spelled twice, letter by letter, as English words are and as the words of each
other language are; what it costs less there counts for that language, in bits, and every English word counts
against all of them. The tables are counted in our own lists of words.

Measured by ``benchmarks/languages.py`` on lines that were not written for it.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compliance.text.english import is_word, vocabulary
from compliance.text.personal.gazetteer import folded, given_names, places, surnames

LEAST = 8.0
"""Bits from which a short line is in another language: 0.1 % of pieces of English prompts of two and three
words reach it, and 0.8 % of prompts that name people, works and brands."""
ALIKE = 4.0
"""Bits that a language may have less than the likeliest one and be as likely: two words do not tell Spanish
from Portuguese."""
SHORT = 8
"""Words of the longest line that is short."""
_LISTED, _LISTED_SHORT = 8.0, 4.0
"""Bits of a word that stands in the list of a language and is not English; of one of two letters."""
_OURS, _OURS_SHORT = 5.0, 3.0
"""Bits that an English word of four letters, or of fewer, takes away."""
_MOST, _LEAST_OF_WORD = 10.0, -6.0
"""Bits between which the letters of one word count."""
_NAMED, _CAPITAL = 0.3, 0.5
"""Shares that count of a name in small letters, and of a word in capitals within a line or among others."""
_LONGEST = 24
"""Letters of a word that are spelled."""
Bits = npt.NDArray[np.float64]


class LanguageLetters:
    """How the words of several languages are spelled; stateless once made, which takes 0.1 s.

    Args:
        lists: the words of each language by its code, in lower case.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self.codes = tuple(lists)
        self._lists = [frozenset(words) for words in lists.values()]
        english = [word for word in vocabulary() if len(word) > 2]
        tables = [
            _Table(english),
            *(_Table([one for one in words if len(one) > 1]) for words in self._lists),
        ]
        self._rows = functools.lru_cache(maxsize=65_536)(
            lambda three: np.array([table.bits(three) for table in tables])
        )

    def judge(self, words: Sequence[str]) -> tuple[tuple[str, ...], float]:
        """Return the languages that a line is likeliest in, the first most so, and by how many bits.

        Args:
            words: of the line, as they are written, in Latin letters.
        """
        found = np.zeros(len(self.codes))
        title = all(word[0].isupper() for word in words)
        for place, word in enumerate(words):
            found += self._of_word(word, inside=title or place > 0)
        order = np.argsort(-found, kind="stable")
        most = float(found[order[0]])
        return tuple(self.codes[i] for i in order if found[i] >= most - ALIKE), most

    def _of_word(self, word: str, inside: bool) -> Bits:
        low = word.casefold()
        listed = np.array([low in words for words in self._lists])
        if is_word(low):
            return np.where(listed, 0.0, -_OURS if len(low) > 3 else -_OURS_SHORT)
        letters = np.zeros(len(self.codes))
        if len(low) > 2:
            letters = self._spelled(low)
            if _is_name(low):
                letters = np.minimum(letters, 0.0) if word[0].isupper() else letters * _NAMED
            elif inside and word[0].isupper():
                letters = letters * _CAPITAL
        return np.where(listed, _LISTED if len(low) > 2 else _LISTED_SHORT, letters)

    def _spelled(self, word: str) -> Bits:
        """Return what ``word`` costs less in each language than in English, in bits."""
        padded = f"^^{word[:_LONGEST]}$"
        rows = [self._rows(padded[place - 2 : place + 1]) for place in range(2, len(padded))]
        total: Bits = np.sum(rows, axis=0)
        less: Bits = np.clip(total[0] - total[1:], _LEAST_OF_WORD, _MOST)
        return less


class _Table:
    """How often letters follow one another in words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._three, self._two, self._one = Counter[str](), Counter[str](), Counter[str]()
        self._before_three, self._before_two = Counter[str](), Counter[str]()
        for word in words:
            padded = f"^^{word}$"
            for place in range(2, len(padded)):
                three = padded[place - 2 : place + 1]
                self._three[three] += 1
                self._two[three[1:]] += 1
                self._one[three[2]] += 1
                self._before_three[three[:2]] += 1
                self._before_two[three[1]] += 1
        self._total = self._one.total()

    def bits(self, three: str) -> float:
        """Return the bits of the last of three letters behind the two before it."""
        one = (self._one[three[2]] + 0.5) / (self._total + 40)
        two = (self._two[three[1:]] + 4 * one) / (self._before_two[three[1]] + 4)
        all_three = (self._three[three] + 3 * two) / (self._before_three[three[:2]] + 3)
        return -math.log2(all_three)


@functools.lru_cache(maxsize=16_384)
def _is_name(word: str) -> bool:
    plain = folded(word)
    return plain in given_names() or plain in surnames() or plain in _parts_of_places()


@functools.cache
def _parts_of_places() -> frozenset[str]:
    return frozenset(part for place in places() for part in place)
