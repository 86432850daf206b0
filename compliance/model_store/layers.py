"""Our own form of a small picture network: a list of layers as JSON beside safetensors weights.

It holds no code and names no code: what a layer computes is fixed by its kind. Pictures have the axes (N,
height, width, channels) where the order matters, as in Keras, whose layers these are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from compliance.types import Model

WEIGHTS: Final = "model.safetensors"
GRAPH: Final = "layers.json"
FORMAT: Final = "compliance-layers-1"

Pair = tuple[Annotated[int, Field(ge=1, le=1024)], Annotated[int, Field(ge=1, le=1024)]]
Edge = Annotated[int, Field(ge=0, le=1024)]
Kind = Literal["pad", "conv", "depthwise", "norm", "relu", "add", "average", "flatten", "dense"]
Activation = Literal["linear", "relu", "softmax"]

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "conv": ("kernel",),
    "depthwise": ("kernel",),
    "norm": ("gamma", "beta", "mean", "variance"),
    "dense": ("kernel",),
}
"""Weights of each kind that has any, beside an optional ``bias`` of conv, depthwise and dense."""


class Layer(Model):
    """One step; what does not apply to its kind is left out."""

    name: str = Field(min_length=1, max_length=200)
    """Unique in the network; its weights are called ``<name>.<part>``."""
    kind: Kind
    """What it computes."""
    inputs: tuple[str, ...] = Field(min_length=1, max_length=16)
    """Names of earlier layers, or of the network's input."""
    bias: bool = False
    """Whether a bias is added."""
    size: Pair = (1, 1)
    """Of pooling: height and width of the window, which is also its step."""
    step: Pair = (1, 1)
    """Of convolutions: step down and to the right."""
    same: bool = False
    """Of convolutions: fill up with zeros so that the output has ``ceil(input / step)`` rows and columns."""
    edges: tuple[Edge, Edge, Edge, Edge] = (0, 0, 0, 0)
    """Of padding: rows of zeros above and below, columns left and right."""
    epsilon: float = Field(default=0.0, ge=0.0, le=1.0)
    """Of normalisation: added to the variance."""
    most: float | None = Field(default=None, gt=0.0)
    """Of relu: what larger numbers are cut to."""
    activation: Activation = "linear"
    """What follows a convolution or a dense layer."""


class Network(Model):
    """A network with one picture in and one row of numbers out."""

    format: Literal["compliance-layers-1"] = FORMAT
    """Version of this form."""
    input: str
    """What layers call the picture."""
    shape: tuple[int, int, int]
    """Height, width and channels of the picture."""
    layers: tuple[Layer, ...] = Field(min_length=1, max_length=2000)
    """In an order in which each follows those that it reads; the last gives the output."""

    @model_validator(mode="after")
    def _in_order(self) -> Network:
        known = {self.input}
        for layer in self.layers:
            unknown = sorted(set(layer.inputs) - known)
            if unknown:
                raise ValueError(
                    f"layer {layer.name} reads {', '.join(unknown)}, which none before it is"
                )
            if layer.name in known:
                raise ValueError(f"two layers are called {layer.name}")
            if layer.kind != "add" and len(layer.inputs) != 1:
                raise ValueError(f"layer {layer.name} reads {len(layer.inputs)} others, not one")
            known.add(layer.name)
        return self

    @property
    def weights(self) -> frozenset[str]:
        """Names of all weights that the layers have."""
        return frozenset(name for layer in self.layers for name in parts_of(layer))


def parts_of(layer: Layer) -> Sequence[str]:
    """Return the names of a layer's weights."""
    parts = PARTS.get(layer.kind, ())
    return [f"{layer.name}.{part}" for part in (*parts, *(("bias",) if layer.bias else ()))]
