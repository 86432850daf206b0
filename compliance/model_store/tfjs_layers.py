"""From a TensorFlow.js layers model (model.json and shards of weights) to our own form, without TensorFlow.

Only what is understood to the last setting is converted; anything else is refused, since a network that is
nearly right gives answers that look right. Weights that were quantised to 8 or 16 bits become float32 by
``min + scale · q``, as TensorFlow.js itself reads them. The same files always give the same bytes.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from compliance.errors import ModelRefused
from compliance.model_store.layers import GRAPH, WEIGHTS, Layer, Network
from compliance.types import Floats, canonical_json

MODEL: Final = "model.json"
_PARTS: Final = {
    "kernel": "kernel",
    "depthwise_kernel": "kernel",
    "bias": "bias",
    "gamma": "gamma",
    "beta": "beta",
    "moving_mean": "mean",
    "moving_variance": "variance",
}
"""Our names of the parts of a layer by Keras' names."""
_TYPES: Final = {"uint8": "<u1", "uint16": "<u2", "float32": "<f4"}
_MOST_NUMBERS: Final = 500_000_000
_LONGEST_NAME: Final = 200
_LONGEST_SIDE: Final = 4096
_FLAT: Final = {"data_format": "channels_last", "dilation_rate": [1, 1], "depth_multiplier": 1}
_PLAIN: Final = {"groups": 1, "threshold": 0.0, "negative_slope": 0.0, "axis": -1}
_FIXED: Final = _FLAT | _PLAIN | {"center": True, "scale": True}
"""Settings of layers that are only understood with these values."""


def convert(folder: Path, target: Path) -> None:
    """Read the model in ``folder`` and write ``model.safetensors`` and ``layers.json`` into ``target``.

    Raises:
        ModelRefused: it is malformed, incomplete, or has layers, settings or weights that are not understood.
        OSError: a file cannot be read or written.
    """
    try:
        told = json.loads((folder / MODEL).read_bytes())
        network, renamed = _network(told["modelTopology"])
        given = _weights(told["weightsManifest"], folder)
    except (KeyError, TypeError, ValueError, ArithmeticError, IndexError, RecursionError) as error:
        what = " ".join(str(error).split())[:300]
        raise _refused(
            "the file is no TensorFlow.js layers model", what or type(error).__name__
        ) from error
    weights = {renamed(name): value for name, value in given.items()}
    if set(weights) != network.weights or len(weights) != len(given):
        lacking, odd = network.weights - set(weights), set(weights) - network.weights
        said = f"lacking {sorted(lacking)[:5]}, unknown {sorted(odd)[:5]}"
        raise _refused("the weights are not those of the layers", said)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    (target / WEIGHTS).write_bytes(_packed(weights))
    (target / GRAPH).write_bytes(canonical_json(network) + b"\n")


def _network(topology: Mapping[str, Any]) -> tuple[Network, Any]:
    """Return the network, and what turns the name of a weight there into ours."""
    config = topology["model_config"]
    if config["class_name"] not in ("Model", "Functional"):
        raise _refused("the model is of a kind that is not converted", str(config["class_name"]))
    config = config["config"]
    ((start, _, _),), ((end, _, _),) = config["input_layers"], config["output_layers"]
    same_as: dict[str, str] = {}
    layers: list[Layer] = []
    shape = None
    for told in config["layers"]:
        name, kind, settings = told["name"], told["class_name"], told["config"]
        inputs = _inputs(told, same_as)
        if kind == "InputLayer":
            shape = _shape(settings, name, start)
        elif kind == "Dropout":
            (same_as[name],) = inputs  # does nothing outside of training
        else:
            layers.append(_layer(name, kind, settings, inputs))
    if shape is None or not layers or same_as.get(end, end) != layers[-1].name:
        raise _refused("the last layer is not the output", str(end))
    try:
        network = Network(input=start, shape=shape, layers=tuple(layers))
    except ValidationError as error:
        raise _refused(
            "the layers do not follow from one another", error.errors()[0]["msg"]
        ) from error

    def renamed(name: str) -> str:
        layer, _, part = name.rpartition("/")
        return f"{layer}.{_PARTS.get(part, part)}"

    return network, renamed


def _inputs(told: Mapping[str, Any], same_as: Mapping[str, str]) -> tuple[str, ...]:
    nodes = told["inbound_nodes"]
    if len(nodes) > 1:
        raise _refused("a layer is used more than once", str(told["name"]))
    if any(
        index != 0 or tensor != 0 or options for _, index, tensor, options in (nodes or [[]])[0]
    ):
        raise _refused("a layer reads another in a way that is not understood", str(told["name"]))
    names = [str(source[0]) for node in nodes for source in node]
    return tuple(same_as.get(name, name) for name in names)


def _shape(settings: Mapping[str, Any], name: str, start: str) -> tuple[int, int, int]:
    batch, height, width, channels = settings["batch_input_shape"]
    if name != start or batch is not None or settings["dtype"] != "float32":
        raise _refused("the input is of a kind that is not understood", str(settings))
    if not all(
        type(side) is int and 0 < side <= _LONGEST_SIDE for side in (height, width, channels)
    ):
        raise _refused("the input has a size that cannot be", str((height, width, channels))[:100])
    return height, width, channels


def _layer(name: str, kind: str, settings: Mapping[str, Any], inputs: tuple[str, ...]) -> Layer:
    """Return a layer in our words.

    Raises:
        ModelRefused: its kind or one of its settings is not understood.
    """
    for key, value in _FIXED.items():
        if key in settings and settings[key] != value:
            raise _refused(
                "a layer has a setting that is not converted", f"{name}: {key} {settings[key]}"
            )
    made: dict[str, Any] = {"name": name, "inputs": inputs}
    match kind:
        case "ZeroPadding2D":
            made |= {
                "kind": "pad",
                "edges": [edge for pair in settings["padding"] for edge in pair],
            }
        case "Conv2D" | "DepthwiseConv2D":
            made |= {
                "kind": "conv" if kind == "Conv2D" else "depthwise",
                "step": settings["strides"],
            }
            made |= {"same": _is_same(settings, name), "bias": settings["use_bias"]}
            made |= {"activation": settings["activation"]}
        case "BatchNormalization":
            made |= {"kind": "norm", "epsilon": settings["epsilon"]}
        case "ReLU":
            made |= {"kind": "relu", "most": settings["max_value"]}
        case "Add":
            made |= {"kind": "add"}
        case "AveragePooling2D":
            made |= {"kind": "average", "size": settings["pool_size"]}
            if _is_same(settings, name) or settings["strides"] != settings["pool_size"]:
                raise _refused(
                    "a layer has a setting that is not converted", f"{name}: overlapping windows"
                )
        case "Flatten":
            made |= {"kind": "flatten"}
        case "Dense":
            made |= {
                "kind": "dense",
                "bias": settings["use_bias"],
                "activation": settings["activation"],
            }
        case _:
            raise _refused("the model has a layer that is not converted", f"{name}, a {kind}")
    try:
        return Layer.model_validate(made)
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{name}: {'.'.join(map(str, first['loc']))}, {first['msg']}"
        raise _refused("a layer has a setting that is not converted", said) from error


def _is_same(settings: Mapping[str, Any], name: str) -> bool:
    if settings["padding"] not in ("same", "valid"):
        raise _refused(
            "a layer has a setting that is not converted", f"{name}: padding {settings['padding']}"
        )
    return bool(settings["padding"] == "same")


def _weights(manifest: Any, folder: Path) -> dict[str, Floats]:
    """Read the shards of every group; every byte belongs to exactly one weight."""
    found: dict[str, Floats] = {}
    for group in manifest:
        content = memoryview(b"".join(_shard(folder, path) for path in group["paths"]))
        at = 0
        for entry in group["weights"]:
            value, size = _weight(entry, content[at:])
            if not isinstance(entry["name"], str) or entry["name"] in found:
                raise _refused("a weight has no name, or is there twice", str(entry["name"]))
            found[entry["name"]] = value
            at += size
        if at != len(content):
            raise _refused("the shards hold more than the weights", f"{len(content) - at} bytes")
    return found


def _shard(folder: Path, path: str) -> bytes:
    if Path(path).name != path or path in ("", ".", "..", MODEL) or len(path) > _LONGEST_NAME:
        raise _refused("a shard does not lie beside the model", str(path)[:100])
    if not (folder / path).is_file():
        raise _refused("a shard is not there", str(path))
    return (folder / path).read_bytes()


def _weight(entry: Mapping[str, Any], content: memoryview) -> tuple[Floats, int]:
    """Return a weight, float32, and how many bytes it takes."""
    name, shape, packed = str(entry["name"]), entry["shape"], entry.get("quantization")
    kind = packed["dtype"] if packed else entry["dtype"]
    if entry["dtype"] != "float32" or kind not in _TYPES or (packed and kind == "float32"):
        raise _refused(
            "a weight is of a type that is not converted", f"{name}: {entry['dtype']}, {kind}"
        )
    if not all(isinstance(n, int) and n > 0 for n in shape) or math.prod(shape) > _MOST_NUMBERS:
        raise _refused("a weight has a shape that cannot be", f"{name}: {shape}")
    size = math.prod(shape) * np.dtype(_TYPES[kind]).itemsize
    if len(content) < size:
        raise _refused("the shards end before the weights do", f"at {name}")
    value = np.frombuffer(content[:size], _TYPES[kind]).reshape(shape).astype(np.float64)
    if packed:
        value = value * float(packed["scale"]) + float(packed["min"])
    with np.errstate(over="ignore"):  # what overflows is not finite, and refused
        value = value.astype(np.float32)
    if not np.isfinite(value).all():
        raise _refused("a weight is not finite", name)
    return np.ascontiguousarray(value), size


def _packed(weights: Mapping[str, Floats]) -> bytes:
    """Return safetensors, always the same bytes: their digest stands on the card."""
    header, end = {}, 0
    for name in sorted(weights):
        first, end = end, end + weights[name].nbytes
        shape = list(weights[name].shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [first, end]}
    told = canonical_json(header)
    told += b" " * (-len(told) % 8)
    numbers = [weights[name].astype("<f4").tobytes() for name in sorted(weights)]
    return b"".join([struct.pack("<Q", len(told)), told, *numbers])


def _refused(message: str, found: str) -> ModelRefused:
    return ModelRefused(
        message,
        expected="a TensorFlow.js layers model of plain convolutions, with weights of float32, or 8 or 16 bits",
        found=found,
        fix="take the files as their author published them; other layers need a converter of their own",
    )
