"""Adapter around transformers: classifiers of pictures and of texts, from checked files only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checked_folder import checked_folder
from compliance.runtimes.loading import LOADING
from compliance.runtimes.pictures import pictures
from compliance.runtimes.torch import TorchModel
from compliance.types import Floats, Pixels

if TYPE_CHECKING:
    import torch

OVERLAP = 64
"""Tokens that neighbouring windows of a long text share, so that a phrase is whole in one of them."""
TOKENS_AT_ONCE = 16384
"""Tokens in one run, padding included, which bounds memory."""


class ImageClassifier:
    """A picture classifier of transformers; probabilities of its own labels."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load config and safetensors weights.

        Raises:
            ModelError: the files make no such classifier.
        """
        network = load_part(model, "AutoModelForImageClassification")
        self.labels = labels_of(network, model)
        self._several = _several(network, model)
        self._input = model.card.input
        module = only_logits(network, "pixel_values")
        self._model = TorchModel(module, model.card.id, device, graphs=True)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def probabilities(self, frames: Sequence[Pixels]) -> Floats:
        """Return float32 (N, labels), 0…1, for frames, uint8 RGB of any size."""
        if not frames:
            return np.zeros((0, len(self.labels)), np.float32)
        device = self._model.device
        logits = self._model.run(
            len(frames), lambda part: (pictures(frames[part], self._input, device),)
        )
        return activated(logits, self._several)


class TextClassifier:
    """A text classifier of transformers; probabilities of its own labels.

    Texts longer than the network's context are read in overlapping windows, never cut off.
    """

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load config, tokenizer and safetensors weights.

        Raises:
            ModelError: the files make no such classifier.
        """
        network = load_part(model, "AutoModelForSequenceClassification")
        self.labels = labels_of(network, model)
        self._several = _several(network, model)
        self._tokenizer: Any = load_part(model, "AutoTokenizer")
        longest = min(self._tokenizer.model_max_length, network.config.max_position_embeddings)
        self._longest = int(longest) - position_offset(network)
        self._model = TorchModel(
            only_logits(network, "input_ids", "attention_mask"), model.card.id, device
        )

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return float32 (N, labels), 0…1: for each label the highest of a text's windows."""
        made = np.zeros((len(texts), len(self.labels)), np.float32)
        if not texts:
            return made
        windows = self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self._longest,
            stride=min(OVERLAP, self._longest // 4),
            return_overflowing_tokens=True,
        )
        owners = np.asarray(windows["overflow_to_sample_mapping"])
        ids = windows["input_ids"]
        for rows in of_like_length([len(one) for one in ids]):
            padded = self._tokenizer.pad(
                {"input_ids": [ids[row] for row in rows]}, return_tensors="pt"
            )
            logits = self._run(padded["input_ids"], padded["attention_mask"])
            np.maximum.at(made, owners[rows], activated(logits, self._several))
        return made

    def _run(self, *inputs: torch.Tensor) -> Floats:
        return self._model.run(len(inputs[0]), lambda part: tuple(one[part] for one in inputs))


def load_part(model: LoadedModel, kind: str) -> Any:
    """Load from checked files alone: no network, no code of the repository, no pickles.

    Args:
        model: the checked files.
        kind: name of the class of transformers that loads them.
    """
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if kind == "AutoTokenizer":
        return part_from_files(model, kind, options)
    options |= {"use_safetensors": True, "output_loading_info": True}
    network, report = part_from_files(model, kind, options)
    unset = sorted(report["missing_keys"]) + sorted(str(one) for one in report["mismatched_keys"])
    if unset:  # transformers fills them with random numbers and only warns
        raise _unusable(model, kind, f"no weights for {', '.join(unset[:5])}")
    return network


def part_from_files(model: LoadedModel, kind: str, options: dict[str, Any]) -> Any:
    """Load one part, such as a tokenizer, by the name of its class in transformers, with ``options``.

    Raises:
        ModelError: the files do not load as that.
    """
    try:
        with LOADING, checked_folder(model) as folder:
            import transformers

            transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            return getattr(transformers, kind).from_pretrained(folder, **options)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise _unusable(model, kind, " ".join(str(error).split())[:300]) from error


def _unusable(model: LoadedModel, kind: str, found: str) -> ModelError:
    return ModelError(
        f"the files do not load as {kind}",
        expected="a config, a tokenizer where it reads text, and safetensors weights that fit",
        found=found,
        where=model.card.id,
        fix=f"compliance models remove {model.card.id}, then pull it again",
    )


def labels_of(network: Any, model: LoadedModel) -> tuple[str, ...]:
    """Return the network's labels; each that the card names must be among them."""
    names = network.config.id2label
    labels = tuple(str(names[index]) for index in range(len(names)))
    absent = sorted(set(model.card.labels) - set(labels))
    if absent:
        raise ModelError(
            "the card names labels that the network does not have",
            expected=", ".join(labels),
            found=", ".join(absent),
            where=model.card.id,
            fix="correct the card's labels",
        )
    return labels


def _several(network: Any, model: LoadedModel) -> bool:
    """Tell whether labels stand beside one another; card and configuration must not disagree."""
    said = {"multi_label_classification": "sigmoid", "single_label_classification": "softmax"}
    configured = said.get(network.config.problem_type)
    if model.card.activation is None or configured not in (None, model.card.activation):
        raise ModelError(
            "the card does not say what makes probabilities of this classifier's logits",
            expected=f"activation: {configured or 'softmax or sigmoid'}",
            found=str(model.card.activation),
            where=model.card.id,
            fix="correct the card",
        )
    return model.card.activation == "sigmoid"


def only_logits(network: Any, *names: str) -> torch.nn.Module:
    """Return a module that takes ``names`` by position and gives logits alone."""
    import torch

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *given: torch.Tensor) -> torch.Tensor:
            made: torch.Tensor = self.network(**dict(zip(names, given, strict=True))).logits
            return made

    return Logits()


def position_offset(network: Any) -> int:
    """Positions that the network does not give to tokens: RoBERTa's begin after the padding index."""
    padding = network.config.pad_token_id
    return padding + 1 if "roberta" in network.config.model_type and padding is not None else 0


def of_like_length(lengths: Sequence[int]) -> list[list[int]]:
    """Group rows of like length, so that little is padding and a run stays within its tokens."""
    groups: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if groups and lengths[row] * (len(groups[-1]) + 1) <= TOKENS_AT_ONCE:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def activated(logits: Floats, several: bool) -> Floats:
    """Return probabilities of ``logits``: each for itself where ``several`` may hold, else adding up to one."""
    wide = logits.astype(np.float64)
    if several:
        return np.asarray(1 / (1 + np.exp(-wide)), np.float32)
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
