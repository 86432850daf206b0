"""Which names are everyday words: those of a language model's vocabulary, for names that come in thousands."""

from __future__ import annotations

import functools
import re

from compliance.model_store import ModelStore

CARD = "all-minilm-l6-v2"
"""Its vocabulary, that of BERT, holds the 30,000 most frequent pieces of English books and Wikipedia."""
FEW_WORDS = 2
"""Names of more words are written in this order by nobody who means something else."""


def is_everyday(name: str, vocabulary: frozenset[str]) -> bool:
    """Tell whether ``name`` is one word or two that people write without meaning the brand.

    Args:
        name: such as ``Target``, ``Red Hat`` or ``Coca-Cola``.
        vocabulary: lower-case words, from :func:`english`.
    """
    words = name.split()
    if not words or len(words) > FEW_WORDS:
        return False
    # A name with signs or capitals inside, such as YouTube or Next.js, is no word.
    plain = all(re.fullmatch(r"[A-Za-z]?[a-z]*|[A-Z]+", word) for word in words)
    return plain and all(word.lower() in vocabulary for word in words)


def english(models: ModelStore) -> frozenset[str]:
    """Return the whole words of the vocabulary, lower case.

    Raises:
        ModelError: the model that carries it cannot be used.
    """
    paths = models.load(CARD).paths
    return _words(next(path for path in paths if path.name == "vocab.txt").read_text("utf-8"))


@functools.cache
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.splitlines() if word.isalpha())
