"""How much a text says against English: the bits that its words cost, whether they are known or not.

A known word costs what it takes to name one of some thousands; any other costs what it takes to spell it,
letter by letter, as English words are spelled. The table of letters is counted in our own list of words.
Prompts in English cost 2 to 3 bits a letter, 3 to 5 where names abound; other languages in Latin letters cost 5
to 8, text backwards, shifted or in pieces 6 and more.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter

from compliance.text.english import is_word, vocabulary, words

COMMON, SHORT, KNOWN = 7.0, 10.0, 12.0
"""Bits of a word that joins others, of a known one of three letters, of a longer one."""
UNKNOWN = 7.0
"""Bits that an unknown word costs beside its letters."""
_APART = re.compile("[\u0590-\u1cff\u3040-\ud7af]")
_FOREIGN = 8.0
"""Bits of a letter that is none of *a* to *z*."""
_LONGEST = 40
"""Letters of a word that are spelled; what is longer costs in proportion."""
LIKELY = 5.4
"""Bits of a letter up to which a text may be English. Of prompts 1 in 20 full of names costs more, of sentences
in other languages in Latin letters 1 in 20 less, of prompts backwards or shifted none of 3,000."""
TURNED, LESS, FEWEST = 6.2, 1.2, 6
"""Bits of a letter up to which a whole text may be English when it is read in another way; how much less it
must cost so; and letters from which this is told. Honest sentences in 20 languages cost more backwards, or at
most 0.3 less."""
_LONGEST_KNOWN = 18
"""Letters of the longest word that joined letters are parted into."""
_COMMON = frozenset(
    "a i an and are as at be by can do for from he her his if in is it me my no not of on or our out "
    "she so that the their them then they this to up us was we were what who will with you your all but "
    "had has have him into".split()
)


@functools.cache
def _pairs() -> dict[str, float]:
    """Return the bits of each letter behind the two before it, and behind the one before it.

    ``^`` and ``$`` are the edges of a word.
    """
    three: Counter[str] = Counter()
    two: Counter[str] = Counter()
    one: Counter[str] = Counter()
    for word in vocabulary():
        if len(word) > 2 and word.isascii() and word.isalpha():
            padded = f"^^{word}$"
            for place in range(2, len(padded)):
                three[padded[place - 2 : place + 1]] += 1
                two[padded[place - 1 : place + 1]] += 1
                one[padded[place]] += 1
    before_three: Counter[str] = Counter()
    before_two: Counter[str] = Counter()
    for key, count in three.items():
        before_three[key[:2]] += count
    for key, count in two.items():
        before_two[key[0]] += count
    total = sum(one.values())
    bits: dict[str, float] = {}
    signs = "abcdefghijklmnopqrstuvwxyz"
    for last in signs + "$":
        single = (one[last] + 1) / (total + 27)
        for middle in signs + "^":
            pair = (two[middle + last] + 8 * single) / (before_two[middle] + 8)
            bits[middle + last] = -math.log2(pair)
            for first in signs + "^":
                key = first + middle + last
                bits[key] = -math.log2((three[key] + 8 * pair) / (before_three[key[:2]] + 8))
    return bits


def spelled(word: str) -> float:
    """Return the bits of the letters of ``word``, in lower case, and of its edges."""
    bits = _pairs()
    padded = f"^^{word[:_LONGEST]}$"
    found = sum(bits.get(padded[at - 2 : at + 1], _FOREIGN) for at in range(2, len(padded)))
    return found * max(1.0, len(word) / _LONGEST)


@functools.lru_cache(maxsize=65_536)
def cost(word: str) -> float:
    """Return the bits of ``word``, in lower case."""
    if word in _COMMON:
        return COMMON
    if len(word) > 2 and is_word(word):
        return SHORT if len(word) == 3 else KNOWN
    return UNKNOWN + spelled(word)


def follows(before: str, letter: str) -> float:
    """Return the bits of ``letter`` behind another; ``^`` and ``$`` are the edges of a word."""
    return _pairs().get(before + letter, _FOREIGN)


def bits(text: str) -> tuple[float, int]:
    """Return the bits of all words of ``text``, and how many letters they have.

    Words in scripts that are no disguise of Latin letters, such as Arabic and Chinese, are left out.
    """
    found = [one for one in words(text) if one[2].isascii() or not _APART.search(one[2])]
    return sum(cost(word) for _, _, word in found), sum(len(word) for _, _, word in found)


def per_letter(text: str) -> float:
    """Return the bits of a letter of ``text``; infinity where there is none."""
    found, letters = bits(text)
    return found / letters if letters else math.inf


def likelier(before: str, after: str) -> bool:
    """Tell whether ``after`` may be English, and costs much less than ``before`` of the same length."""
    found, letters = bits(after)
    if letters < FEWEST or found > TURNED * letters:
        return False
    return found / letters + LESS <= per_letter(before)


def part(letters: str) -> list[str]:
    """Return ``letters``, lower case and joined, parted into the words that cost least, unknown ones too.

    Work is linear in the length.
    """
    n = len(letters)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * n
    inside, since = math.inf, 0
    for end in range(1, n + 1):
        last = letters[end - 1]
        begun = best[end - 1][0] + 2 * UNKNOWN + follows("^", last)
        inside += follows(letters[end - 2], last) if end > 1 else 0.0
        if begun < inside:
            inside, since = begun, end - 1
        found = (inside + follows(last, "$"), since)
        for start in range(max(0, end - _LONGEST_KNOWN), end):
            word = letters[start:end]
            if best[start][0] + COMMON < found[0] and (
                word in _COMMON or (len(word) > 2 and is_word(word))
            ):
                found = min(found, (best[start][0] + cost(word), start))
        best[end] = found
    pieces: list[str] = []
    while n:
        start = best[n][1]
        pieces.append(letters[start:n])
        n = start
    return pieces[::-1]
