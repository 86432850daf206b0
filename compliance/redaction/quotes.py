"""Which words metadata may not repeat, because text that says them is covered. Pure.

Nothing tells which words of a covered line are the telling ones, so that every longer one counts: a title too
few harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from compliance.findings import Finding, Observation
from compliance.redaction.metadata import folded
from compliance.types import Source

ANYTHING = frozenset({""})
"""Words of a text that nobody knows: every entry repeats them."""
_SAID = (Source.OCR, Source.CAPTION, Source.SPEECH)
_DIGITS, _NUMBER = re.compile(r"\d{3,}"), re.compile(r"\d(?:[\W_]*\d){2,}")
"""Digits beside each other, and a number whatever stands between them: *06 12 34 56 78*."""
_OF_NUMBER = 6
"""So many digits of a longer number tell it, with or without the code of a country before."""
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)"
)
"""Scripts in which names stand within longer runs: each two letters beside each other count as a word."""
_LETTERS = re.compile(r"[^\W\d_]+")
_NEAR = 0.25
"""Seconds around a finding's span in which observations of it lie."""


def words_of(findings: Iterable[Finding], observations: Sequence[Observation]) -> frozenset[str]:
    """Return the words of all text that is covered, taken out or muted.

    Args:
        findings: those that are redacted.
        observations: what the run read; empty where that is not known here.

    Returns:
        folded words; :data:`ANYTHING` where the text of a finding is not known, unless it was only heard.
    """
    words: set[str] = set()
    for one in findings:
        if one.source not in _SAID or one.span is None:
            continue
        read = [
            word
            for seen in observations
            if seen.text and seen.source is one.source and seen.span is not None
            if seen.span.start <= one.span.end + _NEAR and seen.span.end >= one.span.start - _NEAR
            for word in _words(folded(seen.text))
        ]
        if not read and one.source is not Source.SPEECH:
            return ANYTHING
        words.update(read)
    return frozenset(words)


def _words(text: str) -> Iterator[str]:
    """Yield what tells of a folded text: digits, words of four letters or two of a script other than Latin.

    One of three letters, as many names are, stands between spaces: it counts by itself only.
    """
    yield from _DIGITS.findall(text)
    for number in _NUMBER.findall(text):
        digits = "".join(filter(str.isdigit, number))
        size = min(len(digits), _OF_NUMBER)
        yield from (digits[at : at + size] for at in range(len(digits) - size + 1))
    for run in _LETTERS.findall(text):
        for part in _UNSPACED.split(run):
            if _UNSPACED.match(part):
                yield from (part[at : at + 2] for at in range(len(part) - 1))
            elif len(part) > 3 or (len(part) > 1 and not part.isascii()):
                yield part
            elif len(part) == 3:
                yield f" {part} "
