"""TensorFlow.js layers become our own form: equal to the graph as it was published, or refused by name."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from keras_reference import predict

from compliance.errors import ModelRefused
from compliance.model_store.layers import Network
from compliance.model_store.tfjs_layers import convert
from compliance.runtimes.layers import module_of


def small_model(folder: Path) -> Path:
    """Write a model with each layer and setting that is converted, and shards of float32, 8 and 16 bits."""
    rng = np.random.default_rng(3)
    conv = {"padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1]}
    layers = [
        ("input", "InputLayer", {"batch_input_shape": [None, 13, 11, 3], "dtype": "float32"}, []),
        ("edge", "ZeroPadding2D", {"padding": [[0, 1], [2, 1]]}, ["input"]),
        ("wide", "Conv2D", conv | {"strides": [2, 2], "use_bias": True, "activation": "relu"}, ["edge"]),
        ("deep", "DepthwiseConv2D", conv | {"strides": [1, 1], "use_bias": False, "activation": "linear"},
         ["wide"]),
        ("norm", "BatchNormalization", {"axis": -1, "epsilon": 0.001, "center": True, "scale": True}, ["deep"]),
        ("relu", "ReLU", {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}, ["norm"]),
        ("add", "Add", {}, ["relu", "wide"]),
        ("drop", "Dropout", {"rate": 0.5}, ["add"]),
        ("pool", "AveragePooling2D", {"pool_size": [2, 3], "strides": [2, 3], "padding": "valid"}, ["drop"]),
        ("flat", "Flatten", {"data_format": "channels_last"}, ["pool"]),
        ("out", "Dense", {"use_bias": True, "activation": "softmax"}, ["flat"]),
    ]  # fmt: skip
    shapes = {
        "wide/kernel": [3, 3, 3, 4], "wide/bias": [4], "deep/depthwise_kernel": [3, 3, 4, 1],
        "norm/gamma": [4], "norm/beta": [4], "norm/moving_mean": [4], "norm/moving_variance": [4],
        "out/kernel": [3 * 2 * 4, 5], "out/bias": [5],
    }  # fmt: skip
    entries, shards = [], [b"", b""]
    for number, (name, shape) in enumerate(shapes.items()):
        entry = {"name": name, "shape": shape, "dtype": "float32"}
        value = rng.uniform(0.2, 1.0, shape) if "variance" in name else rng.normal(0, 0.4, shape)
        if number % 3:
            bits = "uint8" if number % 3 == 1 else "uint16"
            most = np.iinfo(bits).max
            least, scale = float(value.min()), max(float(np.ptp(value)) / most, 1e-9)
            entry["quantization"] = {"min": least, "scale": scale, "dtype": bits}
            content = np.round((value - least) / scale).astype(bits).tobytes()
        else:
            content = value.astype("<f4").tobytes()
        entries.append(entry)
        shards[number > 4] += content
    told = [
        {
            "name": name,
            "class_name": kind,
            "config": config,
            "inbound_nodes": [[[one, 0, 0, {}] for one in inputs]] if inputs else [],
        }
        for name, kind, config, inputs in layers
    ]
    config = {"layers": told, "input_layers": [["input", 0, 0]], "output_layers": [["out", 0, 0]]}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part1").write_bytes(shards[0])
    (folder / "part2").write_bytes(shards[1])
    model = {
        "modelTopology": {"model_config": {"class_name": "Model", "config": config}},
        "weightsManifest": [{"paths": ["part1", "part2"], "weights": entries}],
    }
    (folder / "model.json").write_text(json.dumps(model))
    return folder


def run(folder: Path, pictures: np.ndarray) -> np.ndarray:
    """Return what the converted network gives in float32, for pictures with the channels last."""
    from safetensors.numpy import load_file

    network = Network.model_validate_json((folder / "layers.json").read_bytes())
    module = module_of(network, load_file(folder / "model.safetensors")).eval()
    with torch.inference_mode():
        return module(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())).numpy()


def test_every_layer_gives_what_the_published_graph_gives(tmp_path: Path) -> None:
    source = small_model(tmp_path / "source")
    convert(source, tmp_path / "made")
    pictures = np.random.default_rng(1).random((4, 13, 11, 3), np.float32)
    expected = predict(source, pictures.astype(np.float64))
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(run(tmp_path / "made", pictures), expected, atol=1e-5)


def test_nsfwjs_gives_what_its_published_graph_gives(tmp_path: Path, shared_data: Path) -> None:
    """On noise, blocks and a photograph; probabilities to within 0.0001, in float32."""
    from skimage import data

    source = shared_data / "models-nsfwjs" / "models" / "mobilenet_v2"
    convert(source, tmp_path)
    rng = np.random.default_rng(2)
    blocks = np.kron(rng.random((7, 7, 3)), np.ones((32, 32, 1)))
    photograph = data.astronaut()[100:324, 100:324] / 255
    pictures = np.stack([rng.random((224, 224, 3)), blocks, photograph]).astype(np.float32)
    expected = predict(source, pictures.astype(np.float64))
    assert np.ptp(expected, axis=0).max() > 0.1
    np.testing.assert_allclose(run(tmp_path, pictures), expected, atol=1e-4)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    source = small_model(tmp_path / "source")
    for name in ("one", "two"):
        convert(source, tmp_path / name)
    for file in ("model.safetensors", "layers.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


Change = Callable[[dict], None]


def layer_of(model: dict, name: str) -> dict:
    layers = model["modelTopology"]["model_config"]["config"]["layers"]
    return next(one for one in layers if one["name"] == name)


def weight_of(model: dict, name: str) -> dict:
    return next(one for one in model["weightsManifest"][0]["weights"] if one["name"] == name)


REFUSED: dict[str, tuple[Change, str]] = {
    "an unknown layer": (
        lambda m: layer_of(m, "relu").update(class_name="Lambda"),
        "relu, a Lambda",
    ),
    "a dilated convolution": (
        lambda m: layer_of(m, "wide")["config"].update(dilation_rate=[2, 2]),
        "dilation_rate",
    ),
    "channels first": (
        lambda m: layer_of(m, "wide")["config"].update(data_format="channels_first"),
        "data_format",
    ),
    "an unknown activation": (
        lambda m: layer_of(m, "wide")["config"].update(activation="swish"),
        "swish|activation",
    ),
    "overlapping pooling": (
        lambda m: layer_of(m, "pool")["config"].update(strides=[1, 1]),
        "overlapping",
    ),
    "a circle": (lambda m: layer_of(m, "edge").update(inbound_nodes=[[["add", 0, 0, {}]]]), "add"),
    "a layer used twice": (
        lambda m: layer_of(m, "relu").update(inbound_nodes=[[["norm", 0, 0, {}]]] * 2),
        "more than once",
    ),
    "no such input": (
        lambda m: layer_of(m, "relu").update(inbound_nodes=[[["nobody", 0, 0, {}]]]),
        "nobody",
    ),
    "another output": (
        lambda m: m["modelTopology"]["model_config"]["config"].update(
            output_layers=[["relu", 0, 0]]
        ),
        "output",
    ),
    "no topology": (lambda m: m.pop("modelTopology"), "modelTopology"),
    "a sequential model": (
        lambda m: m["modelTopology"]["model_config"].update(class_name="Sequential"),
        "Sequential",
    ),
    "half floats": (
        lambda m: weight_of(m, "norm/gamma").update(quantization={"dtype": "float16"}),
        "float16",
    ),
    "whole numbers": (lambda m: weight_of(m, "out/bias").update(dtype="int32"), "int32"),
    "an infinite scale": (
        lambda m: weight_of(m, "wide/bias")["quantization"].update(scale=1e308),
        "finite",
    ),
    "a scale beyond all floats": (
        lambda m: weight_of(m, "wide/bias")["quantization"].update(scale=10**400),
        "too large",
    ),
    "an endless picture": (
        lambda m: layer_of(m, "input")["config"].update(
            batch_input_shape=[None, float("inf"), 11, 3]
        ),
        "size",
    ),
    "a picture of no height": (
        lambda m: layer_of(m, "input")["config"].update(batch_input_shape=[None, -13, 11, 3]),
        "size",
    ),
    "a weight without a name": (lambda m: weight_of(m, "out/bias").update(name=5), "no name"),
    "a shard of a very long name": (
        lambda m: m["weightsManifest"][0].update(paths=["a" * 5000, "part2"]),
        "beside",
    ),
    "no scale": (lambda m: weight_of(m, "wide/bias")["quantization"].pop("scale"), "scale"),
    "a weight too many": (
        lambda m: m["weightsManifest"][0]["weights"].append(
            {"name": "odd/kernel", "shape": [1], "dtype": "float32"}
        ),
        "end before",
    ),
    "a weight too few": (lambda m: m["weightsManifest"][0]["weights"].pop(), "hold more"),
    "a weight of another name": (
        lambda m: weight_of(m, "out/bias").update(name="out/offset"),
        r"out\.bias",
    ),
    "a weight twice": (
        lambda m: weight_of(m, "norm/beta").update(name="norm/gamma"),
        "twice",
    ),
    "a giant weight": (
        lambda m: weight_of(m, "out/kernel").update(shape=[100000, 100000]),
        "shape",
    ),
    "a negative shape": (lambda m: weight_of(m, "out/kernel").update(shape=[-1, 5]), "shape"),
    "a shard elsewhere": (
        lambda m: m["weightsManifest"][0].update(paths=["../part1", "part2"]),
        "beside",
    ),
    "a shard that is not there": (
        lambda m: m["weightsManifest"][0].update(paths=["part1", "part3"]),
        "part3",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore:overflow")
def test_what_is_not_understood_is_refused_by_name(tmp_path: Path, case: str) -> None:
    change, named = REFUSED[case]
    source = small_model(tmp_path / "source")
    model = json.loads((source / "model.json").read_text())
    change(model)
    (source / "model.json").write_text(json.dumps(model))
    with pytest.raises(ModelRefused, match=named):
        convert(source, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"{}"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    source = small_model(tmp_path / "source")
    (source / "model.json").write_bytes(content)
    with pytest.raises(ModelRefused):
        convert(source, tmp_path / "made")


def test_a_shard_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    source = small_model(tmp_path / "source")
    (source / "part2").write_bytes((source / "part2").read_bytes()[:-1])
    with pytest.raises(ModelRefused, match="end before"):
        convert(source, tmp_path / "made")
    shutil.rmtree(source)
