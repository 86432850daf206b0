"""The space that voices are compared in: the network's, without what all voices share.

Resemblyzer's embeddings are all positive, so that even strangers point the same way (cosine near 0.5), and the
content of 1.6 s moves an embedding along a few directions more than along others. Both were measured on public
speech; subtracting the mean voice and shrinking those directions halves the errors or better.
"""

from __future__ import annotations

import numpy as np

from compliance.errors import ModelRefused
from compliance.model_store import LoadedModel
from compliance.types import Floats


class VoiceSpace:
    """A linear map before the cosine. Holds statistics of many speakers, nobody's own embedding."""

    def __init__(self, mean: Floats, directions: Floats, gains: Floats) -> None:
        """Take the statistics.

        Args:
            mean: the mean voice, float32, shape (D,).
            directions: orthonormal directions in which one voice varies most, shape (K, D).
            gains: what is left of each of them, 0…1, shape (K,).
        """
        self._mean = mean
        self._directions = directions
        self._gains = gains

    @classmethod
    def of(cls, model: LoadedModel) -> VoiceSpace:
        """Read the statistics of a card of task ``speaker embedding``.

        Raises:
            ModelRefused: the file holds something else.
        """
        from safetensors.numpy import load_file

        kept = load_file(model.paths[0])
        try:
            mean, directions, gains = (kept[name] for name in ("mean", "directions", "gains"))
            if directions.shape != (len(gains), len(mean)):
                raise KeyError
        except KeyError as error:
            shapes = ", ".join(f"{name} {value.shape}" for name, value in kept.items())
            raise ModelRefused(
                "the file holds no statistics of voices",
                expected="mean (D,), directions (K, D) and gains (K,)",
                found=shapes,
                where=model.card.id,
                fix="reinstall compliance",
            ) from error
        return cls(mean, directions, gains)

    def place(self, embeddings: Floats) -> Floats:
        """Return where embeddings lie: both float32, shape (N, D); each of length 1, whatever came in."""
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        centred = embeddings / np.maximum(lengths, 1e-9) - self._mean
        along = centred @ self._directions.T
        shrunk = centred + (along * (self._gains - 1)) @ self._directions
        placed = shrunk / np.maximum(np.linalg.norm(shrunk, axis=1, keepdims=True), 1e-9)
        return np.asarray(placed, np.float32)
