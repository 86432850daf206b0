"""Picture networks in our own form of layers, run by torch in batches on a CPU or a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from compliance.errors import ModelRefused
from compliance.model_store import LoadedModel
from compliance.model_store.layers import Layer, Network, parts_of
from compliance.runtimes.pictures import pictures
from compliance.runtimes.torch import TorchModel
from compliance.types import Floats, Pixels

if TYPE_CHECKING:
    import torch


class LayersClassifier:
    """A picture classifier whose last layer gives probabilities."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load graph and weights.

        Raises:
            ModelRefused: they make no such network.
        """
        network, weights = read_network(model)
        self._input = model.card.input
        self.classes = _dry_run(network, weights)
        self._model = TorchModel(module_of(network, weights), model.card.id, device, graphs=True)

    @property
    def notes(self) -> list[str]:
        """What the device could not do as it was asked to."""
        return self._model.notes

    def probabilities(self, frames: Sequence[Pixels]) -> Floats:
        """Return float32 (N, classes), 0…1, for frames, uint8 RGB of any size."""
        if not frames:
            return np.zeros((0, 0), np.float32)
        device = self._model.device
        return self._model.run(
            len(frames), lambda part: (pictures(frames[part], self._input, device),)
        )


def read_network(model: LoadedModel) -> tuple[Network, dict[str, Floats]]:
    """Read the graph and its weights from checked files, the weights first on the card.

    Raises:
        ModelRefused: they do not belong together.
    """
    from safetensors.numpy import load_file

    weights = load_file(model.paths[0])
    try:
        network = Network.model_validate_json(model.paths[1].read_bytes())
    except ValidationError as error:
        raise _refused(model, error.errors()[0]["msg"]) from error
    if set(weights) != network.weights:
        raise _refused(model, ", ".join(sorted(set(weights) ^ network.weights)[:5]))
    high, wide, channels = network.shape
    if model.card.input.size != (high, wide) or channels != 3:
        raise _refused(model, f"a picture of {high} × {wide} × {channels}")
    try:
        _dry_run(network, weights)
    except (RuntimeError, IndexError, ValueError) as error:
        raise _refused(model, " ".join(str(error).split())[:300]) from error
    return network, weights


def module_of(network: Network, weights: Mapping[str, Floats]) -> torch.nn.Module:
    """Return a module that takes pictures, float (N, 3, height, width), and gives the output, (N, numbers)."""
    import torch

    class Layers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ParameterDict(
                {
                    name.replace(".", "|"): torch.nn.Parameter(torch.from_numpy(value.copy()))
                    for layer in network.layers
                    for name, value in _laid_out(layer, weights).items()
                }
            )

        def forward(self, given: torch.Tensor) -> torch.Tensor:
            made = {network.input: given}
            for layer in network.layers:
                inputs = [made[name] for name in layer.inputs]
                own = {
                    name.rpartition(".")[2]: self.parts[name.replace(".", "|")]
                    for name in parts_of(layer)
                }
                made[layer.name] = _step(layer, inputs, own)
            return made[network.layers[-1].name]

    return Layers()


def _laid_out(layer: Layer, weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return a layer's weights with the axes in torch's order."""
    own = {name: weights[name] for name in parts_of(layer)}
    kernel = f"{layer.name}.kernel"
    axes = {"conv": (3, 2, 0, 1), "depthwise": (2, 3, 0, 1), "dense": (1, 0)}.get(layer.kind)
    if axes is not None:
        own[kernel] = np.ascontiguousarray(own[kernel].transpose(axes))
    return own


def _step(
    layer: Layer, inputs: Sequence[torch.Tensor], own: Mapping[str, torch.Tensor]
) -> torch.Tensor:
    """Compute one layer."""
    import torch
    from torch.nn import functional

    first = inputs[0]
    match layer.kind:
        case "pad":
            above, below, left, right = layer.edges
            return functional.pad(first, (left, right, above, below))
        case "conv" | "depthwise":
            kernel = own["kernel"]
            groups = 1 if layer.kind == "conv" else len(kernel)
            padded = _filled(first, kernel, layer.step) if layer.same else first
            made = functional.conv2d(padded, kernel, own.get("bias"), layer.step, groups=groups)
        case "norm":
            return functional.batch_norm(
                first, own["mean"], own["variance"], own["gamma"], own["beta"], eps=layer.epsilon
            )
        case "relu":
            return first.clamp(0, layer.most) if layer.most is not None else first.relu()
        case "add":
            made = first
            for other in inputs[1:]:
                made = made + other
            return made
        case "average":
            return functional.avg_pool2d(first, layer.size)
        case "flatten":
            return first.permute(0, 2, 3, 1).flatten(1)
        case "dense":
            made = functional.linear(first, own["kernel"], own.get("bias"))
    if layer.activation == "softmax":
        # channels are the last axis of Keras and the second of torch; both are axis 1 here
        return torch.softmax(made.float(), 1).to(made.dtype)
    return made.relu() if layer.activation == "relu" else made


def _filled(given: torch.Tensor, kernel: torch.Tensor, step: tuple[int, int]) -> torch.Tensor:
    """Fill up as TensorFlow does for ``same``: the odd row and column go below and to the right."""
    from torch.nn import functional

    edges: list[int] = []
    for length, reach, stride in zip(given.shape[2:], kernel.shape[2:], step, strict=True):
        missing = max((-(-length // stride) - 1) * stride + reach - length, 0)
        edges = [missing // 2, missing - missing // 2, *edges]
    return functional.pad(given, edges)


def _dry_run(network: Network, weights: Mapping[str, Floats]) -> int:
    """Run the network without numbers, to find what does not fit; return how many classes it has."""
    import torch

    high, wide, channels = network.shape
    module = module_of(network, weights).to("meta").eval()
    with torch.inference_mode():
        made = module(torch.empty((1, channels, high, wide), device="meta"))
    if made.ndim != 2:
        raise RuntimeError(f"an output of {made.ndim} axes")
    return int(made.shape[1])


def _refused(model: LoadedModel, found: str) -> ModelRefused:
    return ModelRefused(
        "the files make no network of layers",
        expected="layers.json and safetensors weights that fit it and the card's input",
        found=found,
        where=model.card.id,
        fix=f"compliance models remove {model.card.id}, then import it again",
    )
