"""Adapter around OpenCLIP: checked files in, one space for pictures and texts out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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


class OpenClip:
    """A contrastive image-text model of OpenCLIP, such as CLIP or SigLIP."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load ``model``, whose files hold ``open_clip_config.json`` and safetensors weights.

        Raises:
            ModelError: the files make no OpenCLIP model.
        """
        self._input = model.card.input
        try:
            with LOADING, checked_folder(model) as folder:
                import open_clip

                name = f"local-dir:{folder}"
                network = open_clip.create_model(name, pretrained_text=False, weights_only=True)
                self._tokenizer = open_clip.get_tokenizer(name)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise ModelError(
                "the files make no OpenCLIP model",
                expected="open_clip_config.json and the weights that fit it",
                found=" ".join(str(error).split())[:300],
                where=model.card.id,
                fix=f"compliance models remove {model.card.id}, then pull it again",
            ) from error
        self._images = TorchModel(
            _part(network, "encode_image"), model.card.id, device, graphs=True
        )
        self._texts = TorchModel(_part(network, "encode_text"), model.card.id, device)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._images.notes + self._texts.notes

    def embed_images(self, frames: Sequence[Pixels]) -> Floats:
        """Embed frames, uint8 RGB of any size, as float32 (N, D) of length 1."""
        if not frames:
            return np.zeros((0, 0), np.float32)
        device = self._images.device
        return _unit(
            self._images.run(
                len(frames), lambda part: (pictures(frames[part], self._input, device),)
            )
        )

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Embed texts as float32 (N, D) of length 1; what is beyond the context length is cut off."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        tokens = self._tokenizer(list(texts))
        return _unit(self._texts.run(len(texts), lambda part: (tokens[part],)))


def _part(network: torch.nn.Module, method: str) -> torch.nn.Module:
    """Return a module whose call is ``network.method``; it shares the network's weights."""
    import torch

    class Part(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, given: torch.Tensor) -> torch.Tensor:
            made: torch.Tensor = getattr(self.network, method)(given)
            return made

    return Part()


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
