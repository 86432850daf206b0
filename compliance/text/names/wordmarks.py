"""Find wordmarks as reading from pixels gives them back: letters that look alike, words broken or run together.

A logo is drawn to be seen, not to be read: ``C0CA COLA``, ``Sta rbucks``, ``HEINEKFN``. Names are looked for
in a line of few words, from word to word, and compared with a distance in which letters that are drawn alike
cost half.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.text.letters import Letters
from compliance.text.names.common_words import are_common
from compliance.text.names.spellings import Automaton, Spelling

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


@dataclass(frozen=True)
class _Window:
    """A run of whole words of a line."""

    start: int
    """First letter."""
    end: int
    """Just behind the last letter."""
    read: str
    """Its letters."""
    gaps: tuple[int, ...]
    """Letters before which a word ends, counted from the start."""

    @functools.cached_property
    def letters(self) -> frozenset[str]:
        return frozenset(self.read)

    @functools.cached_property
    def words(self) -> list[str]:
        cuts = (0, *self.gaps, len(self.read))
        return [self.read[left:right] for left, right in itertools.pairwise(cuts)]

    @functools.cached_property
    def common(self) -> bool:
        return are_common(self.words)


class Wordmarks:
    """Names, ready to be found in lines read from pixels.

    Args:
        spellings: names in FOLDED; short ones are left out.
    """

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self._names = [one for one in spellings if len(one.letters) >= SHORTEST]
        self._sets = [frozenset(one.letters) for one in self._names]
        self._most = [_allowed(len(one.letters)) for one in self._names]
        self._owners: dict[str, dict[tuple[int, int], list[int]]] = {}
        """By piece, where it begins in the name and the name's size: rows of names."""
        for index, one in enumerate(self._names):
            for offset, piece in _pieces(one.letters):
                alike = self._owners.setdefault(piece, {})
                alike.setdefault((offset, len(one.letters)), []).append(index)
        pieces = [Spelling(0, piece, frozenset(), piece, piece) for piece in self._owners]
        self._automaton = Automaton(pieces)

    def find(self, line: Letters) -> Iterator[tuple[int, int, int, float]]:
        """Yield row, first letter, just behind the last letter, and strength of each wordmark in ``line``."""
        tried: set[tuple[int, int, int]] = set()
        for index, window in self._candidates(line):
            key = (index, window.start, window.end)
            far = len(self._sets[index] - window.letters) > 2 * self._most[index]
            if far or key in tried:
                continue
            tried.add(key)
            strength = self._strength(line, index, window)
            if strength:
                yield self._names[index].row, window.start, window.end, strength

    def _candidates(self, line: Letters) -> Iterator[tuple[int, _Window]]:
        """Yield names that share a piece with a run of words about as long, in the same place of it."""
        windows = _windows(line)
        for piece, first, _ in self._automaton.find(line.letters) if windows else ():
            for (offset, size), owners in self._owners[piece.letters].items():
                for start in range(max(first - offset - 2, 0), first - offset + 3):
                    for window in windows.get(start, ()):
                        if abs(len(window.read) - size) <= 2:
                            yield from ((index, window) for index in owners)

    def _strength(self, line: Letters, index: int, window: _Window) -> float:
        """Return how strongly the letters of ``window`` are a name; 0 where they are not."""
        name = self._names[index]
        wanted = name.letters
        broken = [at for at in window.gaps if at not in name.breaks]
        if window.read == wanted:
            if not broken:
                return READ if window.gaps or name.breaks else 0.0  # what FOLDED finds anyway
            places = [line.places[window.start + at] for at in broken]
            capitals = all(line.original(place).isupper() for place in places)
            whole = len(broken) == 1 and (len(wanted) >= BROKEN or capitals)
            return READ if whole and len(window.read) == len(line.letters) else 0.0
        if window.common or (broken and (len(wanted) < 2 * SHORTEST or len(broken) > 1)):
            return 0.0
        few = len(wanted) >= LONG or len(line.text.split()) <= 3
        if not few or not _survives(name) or not _fit(window.words, name):
            return 0.0
        distance = looks_distance(window.read, wanted, self._most[index])
        return round(_SURE - _SLIP * distance, 3) if distance <= self._most[index] else 0.0


def _windows(line: Letters) -> dict[int, list[_Window]]:
    """Return all runs of words of a line by their first letter; none of a line of many words."""
    letters = line.letters
    starts = [at for at in range(len(letters)) if not at or line.between(at)]
    if not letters or len(starts) > WORDS:
        return {}
    edges = [*starts, len(letters)]
    found: dict[int, list[_Window]] = {start: [] for start in starts}
    for word, start in enumerate(starts):
        for last in range(word + 1, len(edges)):
            if last > word + 1 and len(line.between(edges[last - 1])) > 2:
                break
            end = edges[last]
            gaps = tuple(edge - start for edge in edges[word + 1 : last])
            found[start].append(_Window(start, end, letters[start:end], gaps))
    return found


def _fit(words: Sequence[str], name: Spelling) -> bool:
    """Tell whether each word is as near to its word of the name as it would have to be alone."""
    sizes = _sizes(name)
    if len(words) != len(sizes) or len(words) < 2:
        return True
    ends = itertools.accumulate(sizes)
    parts = [name.letters[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    pairs = zip(words, parts, strict=True)
    return all(looks_distance(one, part, 2.0) <= _allowed(len(part)) for one, part in pairs)


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
