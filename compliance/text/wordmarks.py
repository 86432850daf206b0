"""Find wordmarks as reading from pixels gives them back: letters that look alike, words broken or run together.

A logo is drawn to be seen, not to be read: ``C0CA COLA``, ``Sta rbucks``, ``HEINEKFN``. Names are looked for
in a line of few words, from word to word, and compared with a distance in which letters that are drawn alike
cost half.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from compliance.text.common_words import are_common
from compliance.text.letters import Letters
from compliance.text.spellings import Automaton, Spelling

SHORTEST = 5
"""Letters; a shorter name has to be read exactly."""
BROKEN = 6
"""Letters that a name needs to be found with a space inside a word of it; fewer need capitals at the pieces."""
WORDS = 5
"""Words of a line up to which it may be a sign or a label, where one wrong letter is not just another word."""
LONG = 8
"""Letters; a shorter name with one of them wrong is found in a line of three words at most."""
READ = 0.95
"""Strength of letters that are all there, where only the spaces are not."""
_SURE, _SLIP = 0.9, 0.1
"""Strength with no distance, and what each unit of distance takes from it: 0.85 for one look-alike letter, 0.8
for one wrong letter. A ranking of evidence, not a fitted probability; ``benchmarks/wordmarks.py`` measures
what is let in."""
_ALIKE = (
    "0odqcg", "1lijtf|!", "5s$", "8b", "4a", "3e", "7t", "6g", "9g", "2z", "uvy", "vw", "nhmr", "aeo", "ceo",
    "kxh",
    "pfr", "ef", "un", "ij", "gq", "bh", "ao", "rt",
)  # fmt: skip
_LOOKS = frozenset(pair for group in _ALIKE for pair in itertools.permutations(group, 2))
"""Pairs of characters in FOLDED that drawn letters share, in either case."""


class Wordmarks:
    """Names, ready to be found in lines read from pixels.

    Args:
        spellings: names in FOLDED; short ones are left out.
    """

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self._names = [one for one in spellings if len(one.letters) >= SHORTEST]
        pieces: list[Spelling] = []
        self._owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, one in enumerate(self._names):
            for offset, piece in _pieces(one.letters):
                self._owners[piece].append((index, offset))
        pieces = [Spelling(0, piece, frozenset(), piece, piece) for piece in self._owners]
        self._automaton = Automaton(pieces)

    def find(self, line: Letters) -> Iterator[tuple[int, int, int, float]]:
        """Yield row, first letter, just behind the last letter, and strength of each wordmark in ``line``."""
        letters = line.letters
        starts = [i for i in range(len(letters)) if not i or line.between(i)]
        if not letters or len(starts) > WORDS:
            return
        edges = [*starts, len(letters)]
        places = {edge: word for word, edge in enumerate(edges)}
        tried: set[tuple[int, int, int]] = set()
        for piece, first, _ in self._automaton.find(letters):
            for index, offset in self._owners[piece.letters]:
                name = self._names[index].letters
                for start in starts:
                    if abs(first - offset - start) > 2:
                        continue
                    for end in edges[places[start] + 1 :]:
                        key = (index, start, end)
                        if abs(end - start - len(name)) <= 2 and key not in tried:
                            tried.add(key)
                            strength = self._strength(line, self._names[index], start, end)
                            if strength:
                                yield self._names[index].row, start, end, strength

    def _strength(self, line: Letters, name: Spelling, start: int, end: int) -> float:
        """Return how strongly the letters ``start`` … ``end`` - 1 are ``name``; 0 where they are not."""
        read, wanted = line.letters[start:end], name.letters
        gaps = [at for at in range(start + 1, end) if line.between(at)]
        broken = [at for at in gaps if at - start not in name.breaks]
        if any(len(line.between(at)) > 2 for at in gaps):
            return 0.0
        if read == wanted:
            if not broken:
                return READ if gaps or name.breaks else 0.0  # what FOLDED finds anyway
            capitals = all(line.original(line.places[at]).isupper() for at in broken)
            whole = len(broken) == 1 and (len(wanted) >= BROKEN or capitals)
            return READ if whole and end - start == len(line.letters) else 0.0
        if broken and (len(wanted) < 2 * SHORTEST or len(broken) > 1):
            return 0.0
        cuts = [0, *(at - start for at in gaps), len(read)]
        words = [read[left:right] for left, right in itertools.pairwise(cuts)]
        few = (
            len(wanted) >= LONG
            or sum(map(bool, map(line.between, range(1, len(line.letters))))) < 3
        )
        if not few or are_common(words) or not _survives(name):
            return 0.0
        allowed = _allowed(len(wanted))
        sizes = _sizes(name)
        if len(words) == len(sizes) > 1:  # a slip in each word no more than the word alone may have
            ends = list(itertools.accumulate(sizes))
            parts = [wanted[end - size : end] for end, size in zip(ends, sizes, strict=True)]
            pairs = zip(words, parts, strict=True)
            if any(looks_distance(one, part, 2.0) > _allowed(len(part)) for one, part in pairs):
                return 0.0
        distance = looks_distance(read, wanted, allowed)
        return round(_SURE - _SLIP * distance, 3) if distance <= allowed else 0.0


def _survives(name: Spelling) -> bool:
    """Tell whether a name is one when a letter is wrong: *T-Bank* is *thank*, *F1* is *F7*."""
    *sizes, last = _sizes(name)
    possessive = bool(sizes) and last == 1 and name.letters.endswith("s")
    return name.letters.isalpha() and min(*sizes, last + possessive, 9) > 1


def _sizes(name: Spelling) -> list[int]:
    edges = (0, *sorted(name.breaks), len(name.letters))
    return [right - left for left, right in itertools.pairwise(edges)]


def _allowed(size: int) -> float:
    """Return the distance that a name of so many letters is found within."""
    if size <= 6:
        return 0.5 if size > 3 else 0.0
    return 1.0 if size <= 9 else 1.5 if size <= 11 else 2.0


def _pieces(letters: str) -> Iterator[tuple[int, str]]:
    """Yield parts of a name of which one is whole after as many slips as are allowed, with where they begin."""
    count = 1 + round(2 * _allowed(len(letters)))
    count = min(count, max(len(letters) // 3, 2))
    cuts = [len(letters) * part // count for part in range(count + 1)]
    for left, right in itertools.pairwise(cuts):
        yield left, letters[left:right]


def looks_distance(read: str, wanted: str, most: float) -> float:
    """Return the edit distance in which letters that are drawn alike cost half.

    Above ``most`` any larger number is returned. Two letters for one that they look like side by side (*rn*
    for *m*) cost half, too; so does the first or last of six letters, which the box of a line may cut off.
    """
    far = most + 1.0
    if abs(len(read) - len(wanted)) > most + 0.5:
        return far
    cropped = (1, len(wanted)) if len(wanted) == SHORTEST + 1 else ()
    start = 0.5 if cropped else 1.0
    rows = [[0.0, *(start + column for column in range(len(wanted)))]]
    for i, one in enumerate(read, 1):
        row = [float(i)]
        for j, other in enumerate(wanted, 1):
            step = 0.0 if one == other else 0.5 if (one, other) in _LOOKS else 1.0
            cut = 0.5 if j in cropped else 1.0
            best = min(rows[i - 1][j - 1] + step, rows[i - 1][j] + 1.0, row[j - 1] + cut)
            if i > 1 and (read[i - 2 : i], other) in _DOUBLES:
                best = min(best, rows[i - 2][j - 1] + 0.5)
            if j > 1 and (wanted[j - 2 : j], one) in _DOUBLES:
                best = min(best, rows[i - 1][j - 2] + 0.5)
            row.append(best)
        if min(row) > most:
            return far
        rows.append(row)
    return rows[-1][-1]


_DOUBLES = frozenset({("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("li", "h"), ("ll", "u")})
