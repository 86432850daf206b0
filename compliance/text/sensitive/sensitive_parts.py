"""A text in the parts that a classifier of sentences reads, so that one bad sentence in a long text counts.

Parts are the text as a whole where that is short, runs of some words, sentences, and runs of a few words within
long sentences. Every word of the text is in at least one part, however long the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

WHOLE = 110
"""Words of a text, or of a stretch of a long one, that are read together."""
SHORT = 26
"""Words of a stretch within a sentence that is longer than this."""
LEAST = 3
"""Words from which a sentence is read by itself."""
MOST_CHARACTERS = 900
"""Characters of one part at most: words without spaces, such as base64, are cut there."""

_SENTENCES = re.compile(r"(?<=[.!?;。！？])[\"'”’)\]]*\s+|\n+|\s[|•·–—]\s")
_WORDS = re.compile(r"\S+")

Span = tuple[int, int]


def parts(text: str) -> Iterator[Span]:
    """Yield start and end of each part, in code points; the first are the longest.

    Args:
        text: any text; one without letters and digits has no parts.
    """
    words = [piece for match in _WORDS.finditer(text) for piece in _pieces(*match.span())]
    seen: set[Span] = set()
    for start, end in (*_runs(words, WHOLE), *_short(text, words)):
        if (start, end) not in seen and any(map(str.isalnum, text[start:end])):
            seen.add((start, end))
            yield start, end


def fitting(
    text: str, spans: Sequence[Span], tokens: Callable[[Sequence[str]], list[int]], most: int
) -> list[Span]:
    """Return the parts with those halved that a network could not take, until it can.

    Args:
        text: the text.
        spans: its parts.
        tokens: counts the tokens of each of several texts.
        most: tokens that the network takes.
    """
    kept: list[Span] = []
    waiting = list(spans)
    while waiting:
        different = list({text[start:end] for start, end in waiting})
        counts = dict(zip(different, tokens(different), strict=True))
        halves: list[Span] = []
        for start, end in waiting:
            if counts[text[start:end]] <= most or end - start < 2:
                kept.append((start, end))
                continue
            middle = text.rfind(" ", start + 1, (start + end) // 2) + 1 or (start + end) // 2
            halves += [(start, middle), (middle, end)]
        waiting = halves
    return kept


def _pieces(start: int, end: int) -> Iterator[Span]:
    """Cut what has no spaces; the halves overlap, so that a word is whole in one of them."""
    step = MOST_CHARACTERS // 2
    for at in range(start, max(end - step, start + 1), step):
        yield at, min(at + MOST_CHARACTERS, end)


def _short(text: str, words: list[Span]) -> Iterator[Span]:
    first = 0
    edges = [match.start() for match in _SENTENCES.finditer(text)] + [len(text)]
    for edge in edges:
        last = first
        while last < len(words) and words[last][0] < edge:
            last += 1
        if last - first >= LEAST:
            yield from _runs(words[first:last], SHORT)
        first = last


def _runs(words: list[Span], most: int) -> Iterator[Span]:
    """Yield runs of ``most`` words that overlap by half, or all of them where they are fewer."""
    start = 0
    while start < len(words):
        run = words[start : start + most]
        yield from _bounded(run)
        if start + most >= len(words):
            break
        start += most // 2


def _bounded(run: list[Span]) -> Iterator[Span]:
    """Halve a run until it has no more characters than a part may."""
    if run[-1][1] - run[0][0] <= MOST_CHARACTERS or len(run) == 1:
        yield run[0][0], run[-1][1]
    else:
        middle = len(run) // 2
        yield from _bounded(run[:middle])
        yield from _bounded(run[middle:])
