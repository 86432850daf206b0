"""Adapter around transformers: a classifier of the tokens of a text, such as a recogniser of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compliance.model_store import LoadedModel
from compliance.runtimes.torch import TorchModel
from compliance.runtimes.transformers import (
    OVERLAP,
    activated,
    labels_of,
    load_part,
    of_like_length,
    only_logits,
    position_offset,
)
from compliance.types import Floats

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text and what they are, in order of place."""

    spans: tuple[tuple[int, int], ...]
    """First code point and the one behind the last of each token, T of them."""
    probabilities: Floats
    """float32 (T, labels), 0…1."""


class TokenClassifier:
    """A token classifier of transformers; texts longer than its context are read in overlapping windows."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load config, tokenizer and safetensors weights.

        Raises:
            ModelError: the files make no such classifier.
        """
        network = load_part(model, "AutoModelForTokenClassification")
        self.labels = labels_of(network, model)
        self._tokenizer: Any = load_part(model, "AutoTokenizer")
        longest = min(self._tokenizer.model_max_length, network.config.max_position_embeddings)
        self._longest = int(longest) - position_offset(network)
        module = only_logits(network, "input_ids", "attention_mask")
        self._model = TorchModel(module, model.card.id, device)

    def read(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text; one in several windows is as it is where most stands around it."""
        found: list[dict[tuple[int, int], tuple[int, Floats]]] = [{} for _ in texts]
        if not texts:
            return []
        windows = self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self._longest,
            stride=min(OVERLAP, self._longest // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        ids, owners = windows["input_ids"], windows["overflow_to_sample_mapping"]
        for rows in of_like_length([len(one) for one in ids]):
            padded = self._tokenizer.pad(
                {"input_ids": [ids[row] for row in rows]}, return_tensors="pt"
            )
            inputs = padded["input_ids"], padded["attention_mask"]
            for row, scores in zip(rows, self._run(*inputs), strict=True):
                _keep(found[owners[row]], windows["offset_mapping"][row], _chances(scores))
        return [_tokens(one, len(self.labels)) for one in found]

    def _run(self, *inputs: torch.Tensor) -> Floats:
        return self._model.run(len(inputs[0]), lambda part: tuple(one[part] for one in inputs))


def _chances(logits: Floats) -> Floats:
    return activated(logits, False)


def _keep(
    found: dict[tuple[int, int], tuple[int, Floats]],
    offsets: Sequence[tuple[int, int]],
    rows: Floats,
) -> None:
    """Add the tokens of one window; its special tokens have empty spans."""
    for index, (start, end) in enumerate(offsets):
        margin = min(index, len(offsets) - 1 - index)
        if end > start and found.get((start, end), (-1,))[0] < margin:
            found[(int(start), int(end))] = (margin, rows[index])


def _tokens(found: dict[tuple[int, int], tuple[int, Floats]], labels: int) -> Tokens:
    spans = sorted(found)
    rows = [found[span][1] for span in spans]
    return Tokens(tuple(spans), np.stack(rows) if rows else np.zeros((0, labels), np.float32))
