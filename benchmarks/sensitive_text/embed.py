"""Embeddings and tokens of texts, kept between runs in files outside the repository."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compliance.model_store import ModelStore
from compliance.runtimes.sentence_embedder import WIDTH, SentenceEmbedder
from compliance.types import Floats

CACHE = Path(tempfile.gettempdir()) / "compliance-sensitive-text.npz"
AT_ONCE = 2000
"""Texts between two savings."""


@dataclass(frozen=True)
class Tokens:
    """States of the tokens of N texts."""

    states: NDArray[np.float16]
    """(tokens of all texts, 384)."""
    starts: NDArray[np.int64]
    """(N + 1,): where each text's begin; the last is how many there are."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each text."""
        return np.diff(self.starts)

    def padded(self, rows: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return states of some texts, float32 (n, T, 384), and which of them are no padding, (n, T)."""
        lengths = self.lengths[rows]
        column = np.arange(lengths.max())[None]
        at = np.minimum(self.starts[rows][:, None] + column, self.starts[rows + 1][:, None] - 1)
        return self.states[at].astype(np.float32), column < lengths[:, None]


class Embeddings:
    """Embeds each text once."""

    def __init__(self, cache: Path = CACHE) -> None:
        self._cache = cache
        self._known: dict[str, Floats] = {}
        if cache.exists():
            with np.load(cache) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        self._network: SentenceEmbedder | None = None

    @property
    def network(self) -> SentenceEmbedder:
        """The network, loaded when it is first needed."""
        if self._network is None:
            self._network = SentenceEmbedder(ModelStore().load("all-minilm-l6-v2"), "cpu")
        return self._network

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, 384): what a reader calls it."""
        return self.of(texts)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, counted only where there may be many."""
        long = [text for text in texts if len(text) > 200]
        counts = iter(self.network.lengths(long) if long else [])
        return [next(counts) if len(text) > 200 else 0 for text in texts]

    def of(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, 384)."""
        keys = [_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for start in range(0, len(new), AT_ONCE):
            some = list(new.items())[start : start + AT_ONCE]
            vectors = self.network.embed([text for _, text in some])
            self._known.update(zip([key for key, _ in some], vectors, strict=True))
            self._save()
        return (
            np.stack([self._known[key] for key in keys])
            if keys
            else np.zeros((0, WIDTH), np.float32)
        )

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """Return the states of the texts' tokens."""
        cache = self._cache.with_name(f"{self._cache.stem}-tokens.npz")
        known: dict[str, NDArray[np.float16]] = {}
        if cache.exists():
            with np.load(cache) as kept:
                cuts = np.cumsum(kept["lengths"])[:-1]
                known = dict(
                    zip(kept["keys"].tolist(), np.split(kept["states"], cuts), strict=True)
                )
        new = {key: text for text in texts if (key := _key(text)) not in known}
        for start in range(0, len(new), AT_ONCE):
            some = list(new.items())[start : start + AT_ONCE]
            states = self.network.states([text for _, text in some])
            known.update(zip([key for key, _ in some], states, strict=True))
        if new:
            part = cache.with_suffix(".part.npz")
            lengths = np.array([len(one) for one in known.values()])
            states = np.concatenate(list(known.values()))
            np.savez(part, keys=np.array(list(known)), lengths=lengths, states=states)
            part.replace(cache)
        mine = [known[_key(text)] for text in texts]
        starts = np.cumsum([0, *(len(one) for one in mine)], dtype=np.int64)
        return Tokens(np.concatenate(mine), starts)

    def _save(self) -> None:
        part = self._cache.with_suffix(".part.npz")
        np.savez(
            part, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values()))
        )
        part.replace(self._cache)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
