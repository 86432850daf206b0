"""Small real networks, and cards for them."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save


def safetensors(seed: int = 0, side: int = 64) -> bytes:
    """One square matrix of float32, ``side`` by ``side``."""
    weight = np.random.default_rng(seed).standard_normal((side, side)).astype(np.float32)
    return save({"layer.weight": weight, "layer.bias": weight[0].copy()})


def onnx_network(external: str = "") -> bytes:
    """A network that multiplies by a matrix; ``external`` names the file that it says its weights are in."""
    weight = numpy_helper.from_array(np.ones((4, 4), np.float32), "w")
    if external:
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=external)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4])],
        [weight],
    )
    return helper.make_model(
        graph, opset_imports=[onnx.OperatorSetIdProto(version=20)]
    ).SerializeToString()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_card(
    folder: Path,
    files: Mapping[str, str] | Sequence[str],
    source: Mapping[str, str],
    *,
    name: str = "small",
    commercial_use: str = "yes",
    licence: str = "Apache-2.0",
) -> None:
    """Write a card.

    Args:
        folder: folder of cards.
        files: paths, or digests by path.
        source: source as on a card.
        name: id.
        commercial_use: as on a card.
        licence: licence of the weights.
    """
    digests = files if isinstance(files, Mapping) else dict.fromkeys(files, "unknown")
    listed = "".join(f'  - {{path: {path}, sha256: "{one}"}}\n' for path, one in digests.items())
    origin = "".join(f"  {key}: {value}\n" for key, value in source.items())
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(
        f"""id: {name}
task: sentence embedding
tier: full
runtime: torch
analyzer: null
source:
{origin}files:
{listed}code_licence: MIT
weight_licence: {licence}
commercial_use: "{commercial_use}"
input: {{shape: int64}}
output: float32
score_kind: none
training_data: unknown
calibration: not_scored
evaluation: []
upstream: https://example.com/small
note: Made in a test
""",
        "utf-8",
    )
