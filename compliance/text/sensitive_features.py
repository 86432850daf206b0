"""Features of a text beside its embedding: words by category, and hashed words and pairs of words."""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Sequence

import numpy as np

from compliance.text.normalise import View, normalise
from compliance.text.sensitive_words import DONE_TO, REACH, SOMEBODY, stem, table
from compliance.types import Floats

BUCKETS = 1 << 14
"""Buckets that words and pairs of words are hashed into."""
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


def hashed(texts: Sequence[str]) -> list[list[int]]:
    """Return for each text the buckets of its words and pairs of words, each once, in order.

    The hash is CRC-32, which is the same on every machine.
    """
    found = []
    for text in texts:
        stems = words(text)
        pairs = (f"{left} {right}" for left, right in itertools.pairwise(stems))
        found.append(sorted({zlib.crc32(item.encode()) % BUCKETS for item in (*stems, *pairs)}))
    return found
