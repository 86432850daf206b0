"""Bring text to a form in which disguises fall away, and find the way back to the original.

Four views, each a function of the one before:

========  ======================================================================================
CASED     NFKC; default-ignorable and control characters dropped; digits of all scripts as 0-9
PLAIN     and casefolded
FOLDED    and look-alikes of Latin letters replaced (UTS #39), accents of Latin letters dropped
LEET      and digits and signs that stand for letters replaced; ``i`` and ``l`` become one letter
========  ======================================================================================

LEET destroys numbers, so personal data is read in CASED. Right-to-left overrides are dropped like all
ignorables: text that is stored backwards and shown forwards is not turned round.
"""

from __future__ import annotations

import enum
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.text.confusables import latin_lookalikes

_IGNORABLE_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Default_Ignorable_Code_Point, Unicode's DerivedCoreProperties.txt; a test compares it with the
``regex`` package."""

_CONTROLS = frozenset(chr(point) for point in (*range(0x20), *range(0x7F, 0xA0))) - set(
    "\t\n\v\f\r\x85"
)
_ANNOTATIONS = frozenset("\ufff9\ufffa\ufffb")
IGNORABLE = (
    frozenset(chr(p) for first, last in _IGNORABLE_RANGES for p in range(first, last + 1))
    | _CONTROLS
    | _ANNOTATIONS
)
"""Characters that every view drops: nothing is seen of them."""

_ASCII_RUN = re.compile(r"[\t-\r -~]{8,}(?=[\t-\r -~]|\Z)")
"""ASCII that needs no look at each character: the last before others may have marks and stays out."""
MARKS_PER_LETTER = 30
"""Combining marks that are taken together with their letter; UAX #15, stream-safe text format. It
bounds the work on text that piles them up."""

LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "|": "il"
}  # fmt: skip
"""What digits and signs stand for in leetspeak."""
_LEET_CLASSES = str.maketrans({key: value[-1] for key, value in LEET.items()} | {"i": "l"})


class View(enum.StrEnum):
    """How far a text is normalised."""

    CASED = "cased"
    PLAIN = "plain"
    FOLDED = "folded"
    LEET = "leet"


@dataclass(frozen=True)
class Normalised:
    """A normalised text that knows where each of its code points came from."""

    text: str
    """The text in this view, N code points."""
    offsets: Sequence[int]
    """Index in the original at which the source of each code point starts, length N, never falling."""
    ends: Sequence[int]
    """Index in the original just behind the source of each code point, length N, never falling."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span [start, end) of the original behind the span [start, end) of :attr:`text`.

        Args:
            start: first code point, 0 ≤ ``start`` < ``end``.
            end: just behind the last code point, ≤ N.
        """
        return self.offsets[start], self.ends[end - 1]

    def pick(self, indices: Sequence[int]) -> Normalised:
        """Return only the code points at ``indices``, which rise."""
        return Normalised(
            "".join([self.text[i] for i in indices]),
            [self.offsets[i] for i in indices],
            [self.ends[i] for i in indices],
        )


def normalise(text: str, view: View = View.FOLDED) -> Normalised:
    """Return ``text`` in ``view`` with the way back, in time linear in its length.

    Args:
        text: any string, lone surrogates included.
        view: how far to go.
    """
    if text.isascii() and IGNORABLE.isdisjoint(text):
        folded = text if view is View.CASED else text.lower()
        places = range(len(text))
        done = Normalised(folded, places, range(1, len(text) + 1))
    else:
        done = _normalise_by_cluster(text, View.FOLDED if view is View.LEET else view)
    if view is View.LEET:
        return Normalised(as_leet(done.text), done.offsets, done.ends)
    return done


def as_leet(folded: str) -> str:
    """Return a text in FOLDED as it is in LEET, code point by code point."""
    return folded.translate(_LEET_CLASSES)


def _normalise_by_cluster(text: str, view: View) -> Normalised:
    parts: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    done = 0
    for run in _ASCII_RUN.finditer(text):
        _add_clusters(text, done, run.start(), view, parts, offsets, ends)
        done = run.end()
        parts.append(run[0] if view is View.CASED else run[0].lower())
        offsets.extend(range(run.start(), done))
        ends.extend(range(run.start() + 1, done + 1))
    _add_clusters(text, done, len(text), view, parts, offsets, ends)
    return Normalised("".join(parts), offsets, ends)


def _add_clusters(
    text: str,
    begin: int,
    stop: int,
    view: View,
    parts: list[str],
    offsets: list[int],
    ends: list[int],
) -> None:
    """Add what is in [begin, stop) of ``text`` to the lists, in ``view``."""
    for start, end, cluster in _clusters(text[begin:stop]):
        folded = _fold(cluster, view)
        parts.append(folded)
        offsets.extend([begin + start] * len(folded))
        ends.extend([begin + end] * len(folded))


def _clusters(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, characters) such that NFKC never reaches from one into the next."""
    start = end = 0
    cluster: list[str] = []
    for index, character in enumerate(text):
        if character in IGNORABLE:
            continue
        if cluster and not (_continues(character) and len(cluster) <= MARKS_PER_LETTER):
            yield start, end, "".join(cluster)
            cluster.clear()
        if not cluster:
            start = index
        cluster.append(character)
        end = index + 1
    if cluster:
        yield start, end, "".join(cluster)


@functools.lru_cache(maxsize=65_536)
def _continues(character: str) -> bool:
    """Tell whether NFKC may join ``character`` to what stands before it: a mark or a Hangul vowel."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


@functools.lru_cache(maxsize=65_536)
def _fold(cluster: str, view: View) -> str:
    cased = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", cluster)
        if c not in IGNORABLE
    )
    if view is View.CASED:
        return cased
    if view is View.PLAIN:
        return unicodedata.normalize("NFKC", cased.casefold())
    table = latin_lookalikes()
    latin = "".join(table.get(c, c) for c in cased).casefold()
    latin = "".join(table.get(c, c) for c in latin).lower()
    return _without_accents(latin)


def _without_accents(text: str) -> str:
    """Drop marks on Latin letters, and clusters of nothing but marks (the tail of a pile of them)."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        is_mark = unicodedata.category(character) == "Mn"
        if not (is_mark and (not kept or kept[-1].isascii())):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))
