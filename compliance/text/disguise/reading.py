"""A reading of a text: what may be read out of it, with the way back to where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compliance.text.english import is_word, words

PLAIN = "plain"
LIKE_ENGLISH = 0.5
"""Share of letters in known words, among those in Latin letters, from which a reading looks like English."""


@dataclass(frozen=True)
class Reading:
    """One way of reading a text."""

    text: str
    """What is read, N code points."""
    how: str
    """``plain``, ``zero-width``, ``look-alikes``, ``leetspeak``, ``spaced``, ``reversed``, ``base64``, ``hex``,
    ``url-escapes``, ``rot13`` or ``pig-latin``: what was looked through last."""
    offsets: Sequence[int]
    """Index in the original of the first code point behind each code point of :attr:`text`, length N."""
    ends: Sequence[int]
    """Index in the original just behind the last one, length N."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original behind [start, end) of :attr:`text`, 0 ≤ ``start`` < ``end`` ≤ N.

        Where the reading runs backwards this covers all that lies between.
        """
        return min(self.offsets[start:end]), max(self.ends[start:end])


Edit = tuple[int, int, str]
"""Start and end in a reading, and what stands there instead."""


def plain(text: str) -> Reading:
    """Return ``text`` as it is."""
    return Reading(text, PLAIN, range(len(text)), range(1, len(text) + 1))


def edited(reading: Reading, edits: Sequence[Edit], how: str) -> Reading:
    """Return ``reading`` with ``edits``, in rising order without overlap; itself where there are none."""
    if not edits:
        return reading
    parts: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, text in (*edits, (len(reading.text), len(reading.text), "")):
        parts += [reading.text[done:start], text]
        offsets += reading.offsets[done:start]
        ends += reading.ends[done:start]
        if len(text) == end - start:
            offsets += reading.offsets[start:end]
            ends += reading.ends[start:end]
        elif text:
            first, last = reading.span(start, end)
            offsets += [first] * len(text)
            ends += [last] * len(text)
        done = end
    return Reading("".join(parts), how, offsets, ends)


def by_word(reading: Reading, change: Callable[[str], str], how: str, fewest: int = 7) -> Reading:
    """Return ``reading`` with each unknown word changed that becomes a known one by it.

    Args:
        reading: what is read.
        change: gives another word.
        how: name of the change.
        fewest: letters in changed words of at least three letters; with fewer, nothing is changed.
    """
    edits = []
    for start, end, word in words(reading.text):
        if len(word) < 3 or not word.isascii() or is_word(word):
            continue
        other = change(word)
        if is_word(other):
            edits.append((start, end, other))
    letters = sum(end - start for start, end, _ in edits)
    return edited(reading, edits, how) if letters >= fewest else reading
