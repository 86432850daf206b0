"""Adapter around OWLv2 of transformers: texts name what to look for, boxes say where it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.pictures import pictures
from compliance.runtimes.torch import TorchModel
from compliance.runtimes.transformers import load_part
from compliance.types import Floats, Pixels

if TYPE_CHECKING:
    import torch

MOST_ON_CPU, MOST_ON_GPU = 2, 16
"""Pictures in one run: each is 3,600 tokens, whose attention takes some hundred MB where it is not fused."""


@dataclass(frozen=True)
class Proposals:
    """Boxes in one frame, N of them, surest first."""

    boxes: Floats
    """float32 (N, 4): left, top, right, bottom in pixels of the frame, inside it."""
    scores: Floats
    """float32 (N,), 0…1: the network's own confidence for the query that fits best."""
    queries: tuple[int, ...]
    """N numbers of that query."""


class Owlv2:
    """A detector with an open vocabulary, for queries that stay the same."""

    def __init__(self, model: LoadedModel, device: str, queries: Sequence[str]) -> None:
        """Load config, tokenizer and safetensors weights, and embed the queries once.

        Args:
            model: the checked files.
            device: ``cpu`` or ``cuda:<n>``.
            queries: what to look for, one or more texts.

        Raises:
            ModelError: the files make no OWLv2, or the card's size is not the network's.
        """
        network = load_part(model, "Owlv2ForObjectDetection")
        side = int(network.config.vision_config.image_size)
        if model.card.input.size != (side, side) or model.card.input.fit != "pad":
            raise ModelError(
                "the card's input is not the network's",
                expected=f"size [{side}, {side}] and fit pad",
                found=f"size {model.card.input.size} and fit {model.card.input.fit}",
                where=model.card.id,
                fix="correct the card",
            )
        self._side = side
        self._input = model.card.input
        module = _proposer(network, _embedded(network, load_part(model, "AutoTokenizer"), queries))
        most = MOST_ON_GPU if device.startswith("cuda") else MOST_ON_CPU
        self._model = TorchModel(module, model.card.id, device, most=most)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def propose(
        self, frames: Sequence[Pixels], floor: float, overlap: float, most: int
    ) -> list[Proposals]:
        """Return where in each frame something may be that a query names.

        Args:
            frames: uint8 RGB of any size.
            floor: confidence below which a box is dropped.
            overlap: boxes that share more than this (intersection over union) with a surer one are dropped.
            most: boxes of one frame, at most.
        """
        if not frames:
            return []
        device = self._model.device
        made = self._model.run(
            len(frames), lambda part: (pictures(frames[part], self._input, device),)
        )
        return [
            self._kept(rows, frame.shape[1], frame.shape[0], floor, overlap, most)
            for rows, frame in zip(made, frames, strict=True)
        ]

    def _kept(
        self, rows: Floats, width: int, height: int, floor: float, overlap: float, most: int
    ) -> Proposals:
        """Return the proposals of one frame from rows of score, query, middle (x, y) and size (w, h)."""
        rows = rows[rows[:, 0] >= floor]
        rows = rows[np.argsort(-rows[:, 0], kind="stable")]
        # The network saw a square as long as the frame's longer side.
        middle, half = rows[:, 2:4] * max(width, height), rows[:, 4:6] * (max(width, height) / 2)
        edge = np.array([width, height], np.float32)
        boxes = np.hstack([np.clip(middle - half, 0, edge), np.clip(middle + half, 0, edge)])
        large = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
        rows, boxes = rows[large], boxes[large].astype(np.float32)
        keep = suppressed(boxes, overlap)[:most]
        return Proposals(
            boxes[keep], rows[keep, 0].astype(np.float32), tuple(rows[keep, 1].astype(int).tolist())
        )


def suppressed(boxes: Floats, overlap: float) -> list[int]:
    """Return which boxes stay where each hides those after it that share more than ``overlap`` with it.

    Args:
        boxes: (N, 4), left, top, right, bottom, in order of preference.
        overlap: intersection over union, 0…1.
    """
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    left = np.ones(len(boxes), bool)
    kept: list[int] = []
    for index in range(len(boxes)):
        if not left[index]:
            continue
        kept.append(index)
        low = np.maximum(boxes[index, :2], boxes[:, :2])
        high = np.minimum(boxes[index, 2:], boxes[:, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        left &= shared <= overlap * np.maximum(area[index] + area - shared, 1e-9)
    return kept


def _embedded(network: Any, tokenizer: Any, queries: Sequence[str]) -> torch.Tensor:
    """Return the queries as the network compares them, float32 (queries, D)."""
    import torch

    longest = int(network.config.text_config.max_position_embeddings)
    tokens = tokenizer(
        list(queries),
        padding="max_length",
        truncation=True,
        max_length=longest,
        return_tensors="pt",
    )
    network.eval()
    with torch.inference_mode():
        made = network.owlv2.get_text_features(
            input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
        )
    embedded: torch.Tensor = getattr(made, "pooler_output", made)
    unit: torch.Tensor = embedded / embedded.norm(dim=-1, keepdim=True)
    return unit.clone()  # what inference mode made cannot be changed in place


def _proposer(network: Any, queries: torch.Tensor) -> torch.nn.Module:
    """Return a module from pixels to rows of score, query, middle (x, y) and size (w, h), float32."""
    import torch

    class Proposer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network
            self.register_buffer("queries", queries)
            # Not a buffer: places near the right and lower edge need more digits than bfloat16 has.
            self.places = network.box_bias.detach().float().clone()

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            map_, _ = self.network.image_embedder(pixel_values=pixels)
            seen = map_.reshape(len(map_), -1, map_.shape[-1])
            asked = self.get_buffer("queries").expand(len(seen), -1, -1)
            logits, _ = self.network.class_predictor(seen, asked)
            surest = logits.float().max(dim=-1)
            places = self.places.to(seen.device)
            boxes = (self.network.box_head(seen).float() + places).sigmoid()
            columns = [surest.values.sigmoid()[..., None], surest.indices[..., None].float(), boxes]
            return torch.cat(columns, dim=-1)

    return Proposer()
