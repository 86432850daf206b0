"""Which words metadata may not repeat, because text that says them is covered. Pure.

Nothing tells which words of a covered line are the telling ones, so that every longer one counts: a title too
few harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from compliance.findings import Finding, Observation
from compliance.redaction.metadata import folded
from compliance.types import Source

ANYTHING = frozenset({""})
"""Words of a text that nobody knows: every entry repeats them."""
_SAID = (Source.OCR, Source.CAPTION, Source.SPEECH)
_WORD = re.compile(r"\d{3,}|[a-z]{4,}|[^\W\d_a-z]{2,}")
"""Three digits, four Latin letters, or two of another script."""
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
            for word in _WORD.findall(folded(seen.text))
        ]
        if not read and one.source is not Source.SPEECH:
            return ANYTHING
        words.update(read)
    return frozenset(words)
