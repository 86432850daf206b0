"""Embeddings of texts, kept between runs in a file outside the repository."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.model_store import ModelStore
from compliance.runtimes.sentence_embedder import WIDTH, SentenceEmbedder
from compliance.types import Floats

CACHE = Path(tempfile.gettempdir()) / "compliance-sensitive-text.npz"


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
        keys = [
            hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in texts
        ]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for start in range(0, len(new), 2000):
            some = list(new.items())[start : start + 2000]
            vectors = self.network.embed([text for _, text in some])
            self._known.update(zip([key for key, _ in some], vectors, strict=True))
            self._save()
        return (
            np.stack([self._known[key] for key in keys])
            if keys
            else np.zeros((0, WIDTH), np.float32)
        )

    def _save(self) -> None:
        part = self._cache.with_suffix(".part.npz")
        np.savez(
            part, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values()))
        )
        part.replace(self._cache)
