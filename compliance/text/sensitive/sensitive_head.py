"""The head that reads sensitive categories off sentence embeddings, words and likeness to described concepts.

Queries of its own read the sentence's tokens one by one, so that *kill* is read with what is killed. Small
networks, each with one hidden layer, read all of it; their logits are averaged.
What comes out are probabilities by category that were calibrated one by one (Platt), so that 0.5 means as
likely as not in the data of the training record. ``python -m benchmarks.sensitive_text.train`` makes the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from compliance.errors import ModelRefused
from compliance.model_store import LoadedModel
from compliance.text.sensitive.sensitive_features import WIDTH, lexical
from compliance.types import Floats

HARM = "harm"
"""Name of the last column: harm of any kind."""
_TENSORS = (
    "concepts", "concept_of", "queries", "values", "mean", "scale", "first", "first_bias", "second",
    "second_bias", "platt",
)  # fmt: skip


class SensitiveHead:
    """Weights and what they do; numpy alone."""

    def __init__(self, categories: Sequence[str], tensors: Mapping[str, Floats]) -> None:
        """Take the weights.

        Args:
            categories: C categories; a last column, :data:`HARM`, stands behind them.
            tensors: ``concepts`` (S, D) embeddings of sentences, ``concept_of`` (S,) their concepts,
                ``queries`` (D, K) and ``values`` (K, D, W) for tokens, ``mean`` and ``scale`` (F,) of
                features, ``first`` (M, F, H), ``first_bias`` (M, H), ``second`` (M, H, C + 1),
                ``second_bias`` (M, C + 1), ``platt`` (C + 1, 3).

        Raises:
            ValueError: the shapes do not fit one another, or this version's features.
        """
        self.categories = tuple(categories)
        self._t = {name: np.asarray(tensors[name], np.float32) for name in _TENSORS}
        of = self._t["concept_of"].astype(int)
        self._rows = [np.flatnonzero(of == concept) for concept in range(of.max() + 1)]
        self._width = self._t["concepts"].shape[1]
        queries, _, kept = self._t["values"].shape
        features = self._width + 2 * len(self._rows) + WIDTH + queries * kept
        columns, (nets, _, hidden) = len(self.categories) + 1, self._t["first"].shape
        expected = {
            "queries": (self._width, queries), "values": (queries, self._width, kept),
            "mean": (features,), "scale": (features,), "first": (nets, features, hidden),
            "first_bias": (nets, hidden),
            "second": (nets, hidden, columns), "second_bias": (nets, columns),
            "platt": (columns, 3),
        }  # fmt: skip
        for name, shape in expected.items():
            if self._t[name].shape != shape:
                raise ValueError(f"{name} {self._t[name].shape} instead of {shape}")

    @classmethod
    def of(cls, model: LoadedModel) -> SensitiveHead:
        """Read the weights of the card ``sensitive-text``; its labels are the categories, in order.

        Raises:
            ModelRefused: the file holds something else.
        """
        from safetensors.numpy import load_file

        kept = load_file(model.paths[0])
        try:
            return cls(tuple(model.card.labels), kept)
        except (KeyError, ValueError) as error:
            raise ModelRefused(
                "the file holds no head for sensitive text",
                expected="; ".join(_TENSORS),
                found=str(error) or ", ".join(kept),
                where=model.card.id,
                fix="reinstall compliance",
            ) from error

    @property
    def attention(self) -> tuple[Floats, Floats]:
        """Queries and values with which an embedder is to read tokens."""
        return self._t["queries"], self._t["values"]

    def features(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Return float32 (N, F).

        Embedding, greatest and mean likeness to each concept, words by group, and what was read off tokens.
        """
        vectors, read = vectors[:, : self._width], vectors[:, self._width :]
        alike = vectors @ self._t["concepts"].T
        greatest = np.stack([alike[:, rows].max(1) for rows in self._rows], axis=1)
        means = np.stack([alike[:, rows].mean(1) for rows in self._rows], axis=1)
        return np.concatenate([vectors, greatest, means, lexical(texts), read], axis=1)

    def logits(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Return float32 (N, C + 1), not calibrated.

        Args:
            vectors: embeddings of the texts with what :attr:`attention` read, float32 (N, D + K × W).
            texts: the texts.
        """
        given = (self.features(vectors, texts) - self._t["mean"]) * self._t["scale"]
        made = np.zeros((len(texts), len(self.categories) + 1), np.float32)
        nets = len(self._t["first"])
        for net in range(nets):
            hidden = np.maximum(given @ self._t["first"][net] + self._t["first_bias"][net], 0)
            made += (hidden @ self._t["second"][net] + self._t["second_bias"][net]) / nets
        return made

    def probabilities(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Return float32 (N, C + 1), 0…1, as :meth:`logits` takes them.

        A category's probability rests on its own logit and on that of harm at large.
        """
        return calibrated(self.logits(vectors, texts), self._t["platt"])


def calibrated(logits: Floats, platt: Floats) -> Floats:
    """Return probabilities, float32 (N, C + 1).

    Each is the sigmoid of its own logit, the logit of harm and 1, weighted by a row of ``platt``. Neighbours
    share what a text is likely to be, so that all are raised alike until the greatest is that of any of them.
    """
    joint = logits * platt[:, 0] + logits[:, -1:] * platt[:, 1] + platt[:, 2]
    apart = 1 / (1 + np.exp(-np.clip(joint, -30, 30)))
    of = apart[:, :-1]
    of *= ((1 - np.prod(1 - of, axis=1)) / np.maximum(of.max(1), 1e-9))[:, None]
    return np.asarray(apart, np.float32)
