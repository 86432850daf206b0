"""Read texts of any length for sensitive categories: as wholes and in parts, each where it is strongest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from compliance.errors import AnalyzerError
from compliance.text.sensitive.sensitive_head import SensitiveHead
from compliance.text.sensitive.sensitive_parts import Span, fitting, parts
from compliance.types import Floats

APART = 1.0
"""Logits that a part of a text has to be surer by than a whole text, since a few words without what stands
around them sound worse than they are. Measured by ``python -m benchmarks.sensitive_text.apart`` on a fold that
the head was not fitted to, texts of three prompts each: ROC AUC falls slowly, 0.841 at 0, 0.826 at 1, 0.791 at
3; where 2 % of the harmless texts are found, 0.32 of the others are at 0, 0.33 at 0.5 and 0.30 at 1, and of
prompts of one sentence 0.51, 0.52 and 0.54."""
MOST_PARTS = 6_000
"""Different parts of one text that are read at most: about 60,000 words, some minutes on a CPU. Repeats are
free."""
MARKS = 2
"""Tokens that mark the ends of a text."""


class Embedder(Protocol):
    """What the reader needs of a sentence embedder."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, D + K × W), as :meth:`SensitiveHead.logits` takes them."""

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text."""


@dataclass(frozen=True)
class Scores:
    """What one text says."""

    values: Floats
    """Probabilities, float32 (C,), in the order of the head's categories."""
    spans: tuple[Span, ...]
    """Where in the text each category is strongest, in code points; C of them."""


class SensitiveReader:
    """Cuts, embeds and scores texts, each different part once."""

    def __init__(
        self, embedder: Embedder, head: SensitiveHead, most_tokens: int, apart: float = APART
    ) -> None:
        """Take the networks.

        Args:
            embedder: embeds texts of at most ``most_tokens`` tokens.
            head: scores embedded texts.
            most_tokens: tokens that the embedder takes.
            apart: logits that a part has to be surer by than a whole text.
        """
        self._embedder, self._head, self._most = embedder, head, most_tokens
        self._apart = apart
        self.categories = head.categories

    def read(self, texts: Sequence[str]) -> list[Scores]:
        """Return the scores of N texts; those of one without words are 0.

        Raises:
            AnalyzerError: a text has more different parts than are read, or an embedder failed. Nothing of
                it is passed over in silence.
        """
        cut = [self._cut(text) for text in texts]
        different = list(
            dict.fromkeys(
                text[a:b] for text, spans in zip(texts, cut, strict=True) for a, b in spans
            )
        )
        known: dict[str, Floats] = {}
        for start in range(0, len(different), 1024):
            some = different[start : start + 1024]
            rows = self._head.probabilities(self._embedder.embed(some), some)
            known.update(zip(some, rows, strict=True))
        return [self._strongest(text, spans, known) for text, spans in zip(texts, cut, strict=True)]

    def _cut(self, text: str) -> list[Span]:
        spans = list(parts(text))
        if len({text[a:b] for a, b in spans}) > MOST_PARTS:
            raise AnalyzerError(
                "a text is too long to be read for sensitive content",
                expected=f"at most {MOST_PARTS} different parts, about 60,000 words",
                found=f"{len(text)} characters",
                where=f"the text that begins {text[:40]!r}",
                fix="submit it in several assets, or let a person read it",
            )
        if text.isascii() and len(text) + MARKS <= self._most:
            return spans  # no letter is more than a token
        return fitting(text, spans, self._embedder.lengths, self._most)

    def _strongest(self, text: str, spans: Sequence[Span], known: dict[str, Floats]) -> Scores:
        count = len(self.categories)
        if not spans:
            return Scores(np.zeros(count, np.float32), ((0, len(text)),) * count)
        rows = np.stack([known[text[a:b]][:count] for a, b in spans])
        whole = max(b - a for a, b in spans)
        apart = np.array([2 * (b - a) < whole for a, b in spans])
        odds = rows / np.maximum(1 - rows, 1e-6) * np.where(apart, np.exp(-self._apart), 1)[:, None]
        best = odds.argmax(0)
        top = odds[best, np.arange(count)]
        return Scores(
            np.asarray(top / (1 + top), np.float32), tuple(spans[int(row)] for row in best)
        )
