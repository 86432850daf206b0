"""A TensorFlow.js layers model computed in NumPy straight from its topology, sharing no code with ours."""

import json
import math
from pathlib import Path

import numpy as np


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """Return the weights by their own names, float64."""
    model = json.loads((folder / "model.json").read_text())
    found = {}
    for group in model["weightsManifest"]:
        content = b"".join((folder / path).read_bytes() for path in group["paths"])
        at = 0
        for entry in group["weights"]:
            packed = entry.get("quantization")
            kind = np.dtype(packed["dtype"] if packed else entry["dtype"])
            count = math.prod(entry["shape"])
            value = np.frombuffer(content, kind, count, at).astype(np.float64)
            at += count * kind.itemsize
            if packed:
                value = packed["min"] + packed["scale"] * value
            found[entry["name"]] = value.reshape(entry["shape"])
    return found


def predict(folder: Path, pictures: np.ndarray) -> np.ndarray:
    """Return the output for pictures, (N, height, width, channels)."""
    config = json.loads((folder / "model.json").read_text())["modelTopology"]["model_config"][
        "config"
    ]
    weights = read_weights(folder)
    made = {}
    for layer in config["layers"]:
        name, told = layer["name"], layer["config"]
        given = [made[source[0]] for node in layer["inbound_nodes"] for source in node]
        own = {
            key.split("/")[1]: value for key, value in weights.items() if key.split("/")[0] == name
        }
        made[name] = pictures if not given else compute(layer["class_name"], told, given, own)
    return made[config["output_layers"][0][0]]


def compute(kind: str, told: dict, given: list, own: dict) -> np.ndarray:
    first = given[0]
    if kind == "ZeroPadding2D":
        return np.pad(first, [(0, 0), *map(tuple, told["padding"]), (0, 0)])
    if kind in ("Conv2D", "DepthwiseConv2D"):
        kernel = own["kernel"] if kind == "Conv2D" else own["depthwise_kernel"]
        made = convolve(first, kernel, told, depthwise=kind != "Conv2D")
        return activate(made + own.get("bias", 0.0), told["activation"])
    if kind == "BatchNormalization":
        spread = np.sqrt(own["moving_variance"] + told["epsilon"])
        return (first - own["moving_mean"]) / spread * own["gamma"] + own["beta"]
    if kind == "ReLU":
        return np.clip(first, 0, told["max_value"] or np.inf)
    if kind == "Add":
        return sum(given)
    if kind == "AveragePooling2D":
        high, wide = told["pool_size"]
        rows, columns = first.shape[1] // high, first.shape[2] // wide
        cut = first[:, : rows * high, : columns * wide]
        return cut.reshape(len(first), rows, high, columns, wide, -1).mean((2, 4))
    if kind == "Flatten":
        return first.reshape(len(first), -1)
    if kind == "Dropout":
        return first
    assert kind == "Dense", kind
    return activate(first @ own["kernel"] + own.get("bias", 0.0), told["activation"])


def convolve(given: np.ndarray, kernel: np.ndarray, told: dict, depthwise: bool) -> np.ndarray:
    (high, wide), (down, right) = kernel.shape[:2], told["strides"]
    if told["padding"] == "same":
        edges = []
        for length, reach, step in ((given.shape[1], high, down), (given.shape[2], wide, right)):
            missing = max((math.ceil(length / step) - 1) * step + reach - length, 0)
            edges.append((missing // 2, missing - missing // 2))
        given = np.pad(given, [(0, 0), *edges, (0, 0)])
    rows = (given.shape[1] - high) // down + 1
    columns = (given.shape[2] - wide) // right + 1
    made = 0.0
    for y in range(high):
        for x in range(wide):
            seen = given[
                :, y : y + (rows - 1) * down + 1 : down, x : x + (columns - 1) * right + 1 : right
            ]
            made = made + (seen * kernel[y, x, :, 0] if depthwise else seen @ kernel[y, x])
    return made


def activate(given: np.ndarray, how: str) -> np.ndarray:
    if how == "softmax":
        powers = np.exp(given - given.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)
    return np.maximum(given, 0) if how == "relu" else given
