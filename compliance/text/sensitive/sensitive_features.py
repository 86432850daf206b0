"""Features of a text beside its embedding: words by category, and harm done to somebody."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from compliance.text.normalise import View, normalise
from compliance.text.sensitive.sensitive_words import DONE_TO, REACH, SOMEBODY, stem, table
from compliance.types import Floats

MOST = 3
"""Mentions of a group of words from which more count no more."""
LONGEST = 4
"""Words of a phrase at most."""

_WORDS = re.compile(r"[a-z0-9]+")
_NAMES, _COLUMNS = table()
_DONE_TO, _SOMEBODY = ({stem(word) for word in group} for group in (DONE_TO, SOMEBODY))
WIDTH = len(_NAMES) + 2
"""Lexical features of one text."""


def words(text: str) -> list[str]:
    """Return the stems of the words of ``text``, look-alikes replaced."""
    folded = normalise(text, View.FOLDED).text.replace("'", "").replace("’", "")
    return [stem(word) for word in _WORDS.findall(folded)]


def lexical(texts: Sequence[str]) -> Floats:
    """Return float32 (N, :data:`WIDTH`), 0…1: mentions of each group of words, and of harm done.

    The last two columns are harm done to somebody, and to something else.
    """
    counts = np.zeros((len(texts), WIDTH), np.float32)
    for row, text in enumerate(texts):
        stems = words(text)
        for length in range(1, LONGEST + 1):
            for at in range(len(stems) - length + 1):
                for column in _COLUMNS.get(" ".join(stems[at : at + length]), ()):
                    counts[row, column] += 1
        for at, word in enumerate(stems):
            if word in _DONE_TO:
                hurt = not _SOMEBODY.isdisjoint(stems[at + 1 : at + 1 + REACH])
                counts[row, -2 if hurt else -1] += 1
    return np.asarray(np.minimum(counts, MOST) / MOST, np.float32)
