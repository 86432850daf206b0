"""A file is what its name says and cannot run code, or it is refused."""

import importlib.util
import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from google.protobuf.descriptor import Descriptor
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from compliance.errors import ModelError
from compliance.model_store import Card, CardFile, CardSource, ModelStore
from compliance.model_store.formats import check_formats
from compliance.model_store.onnx_file import PARTS, external_files


def card(*paths: str, source: dict[str, str] | None = None, **changes: str) -> Card:
    shipped = ModelStore().card("dlib-face-landmarks-5").model_dump()
    given = source or {"url": "http://127.0.0.1/"}
    fields = {
        "tier": "full",
        "runtime": "torch",
        "source": CardSource.model_validate(given),
        "files": tuple(CardFile(path=path) for path in paths),
    }
    return Card.model_validate(shipped | fields | changes)


def check(folder: Path, name: str, content: bytes, **changes: str) -> None:
    (folder / name).write_bytes(content)
    check_formats(card(name, **changes), folder)


def weights() -> bytes:
    return save({"a": np.ones((3, 4), np.float32), "b": np.zeros(0, np.int8)})


def network(initializer: onnx.TensorProto) -> bytes:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4])],
        [initializer],
    )
    return helper.make_model(graph).SerializeToString()


def inside() -> onnx.TensorProto:
    return numpy_helper.from_array(np.ones((4, 4), np.float32), "w")


def outside(location: str) -> onnx.TensorProto:
    tensor = inside()
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def torch_file() -> bytes:
    import torch

    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer)
    return buffer.getvalue()


GOOD = {
    "model.safetensors": weights(),
    "model.onnx": network(inside()),
    "config.json": b'{"a": [1, 2]}',
    "vocab.txt": "naïve\n".encode() * 20_000,
    "spiece.model": b"\x0a\x04\x0a\x02ab" * 3 + b"\x12\x00",
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_files_of_the_formats_that_are_loaded_pass(tmp_path: Path, name: str) -> None:
    check(tmp_path, name, GOOD[name])


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_refused_whatever_it_is_called(
    tmp_path: Path, name: str, protocol: int
) -> None:
    with pytest.raises(ModelError, match="pickle"):
        check(tmp_path, name, pickle.dumps({"a": [1.0]}, protocol=protocol))


@pytest.mark.parametrize("name", [*sorted(GOOD), "weights.pt", "pytorch_model.bin"])
def test_a_torch_file_is_refused_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="pickle"):
        check(tmp_path, name, torch_file())


@pytest.mark.parametrize("ending", ["bin", "pt", "pth", "pkl", "pickle", "ckpt", "joblib", "PT"])
def test_a_name_of_a_pickle_is_refused_whatever_is_in_it(tmp_path: Path, ending: str) -> None:
    with pytest.raises(ModelError, match="safetensors or ONNX"):
        check(tmp_path, f"model.{ending}", weights())


@pytest.mark.parametrize("name", ["model.npz", "model.py", "model", "model.h5", "model.dat"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="not loaded"):
        check(tmp_path, name, b"\x01\x01 numbers")


@pytest.mark.parametrize("name", ["model.safetensors", "model.onnx", "config.json"])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    for length in (0, 1, 7, len(GOOD[name]) // 2, len(GOOD[name]) - 1):
        with pytest.raises(ModelError, match="not what its name says"):
            check(tmp_path, name, GOOD[name][:length])


def test_a_header_that_looks_like_a_pickle_is_still_safetensors(tmp_path: Path) -> None:
    """640 bytes of header are written 80 02, which is how pickles of protocol 2 begin."""
    header = json.dumps({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}).encode()
    content = struct.pack("<Q", 640) + header.ljust(640) + b"\0"
    assert content[:2] == b"\x80\x02"
    check(tmp_path, "model.safetensors", content)


TENSORS = {
    "hole": {"a": {"dtype": "U8", "shape": [1], "data_offsets": [1, 2]}},
    "overlap": {
        "a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
        "b": {"dtype": "U8", "shape": [1], "data_offsets": [1, 2]},
    },
    "short": {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}},
    "long": {"a": {"dtype": "U8", "shape": [3], "data_offsets": [0, 3]}},
    "shape": {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 2]}},
    "negative": {"a": {"dtype": "U8", "shape": [-2], "data_offsets": [2, 0]}},
    "words": {"a": "x"},
    "list": [1],
}


@pytest.mark.parametrize("name", sorted(TENSORS))
def test_tensors_have_to_cover_the_file_once(tmp_path: Path, name: str) -> None:
    header = json.dumps(TENSORS[name]).encode()
    with pytest.raises(ModelError, match="not what its name says"):
        check(tmp_path, "m.safetensors", struct.pack("<Q", len(header)) + header + b"\0\0")


def test_a_header_longer_than_the_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="header"):
        check(tmp_path, "m.safetensors", struct.pack("<Q", 1 << 62) + b"{}")


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not what its name says"):
        check(tmp_path, "config.json", b"[" * 200_000)


@pytest.mark.parametrize(
    "location", ["weights.data", "../weights.data", "/etc/hostname", "a/../../weights.data"]
)
def test_weights_in_a_file_that_the_card_does_not_list_are_refused(
    tmp_path: Path, location: str
) -> None:
    with pytest.raises(ModelError, match="nobody checked"):
        check(tmp_path, "model.onnx", network(outside(location)))


def test_weights_in_a_file_that_the_card_lists_pass(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(network(outside("model.onnx_data")))
    (tmp_path / "model.onnx_data").write_bytes(np.ones((4, 4), np.float32).tobytes())
    check_formats(card("model.onnx", "model.onnx_data"), tmp_path)
    (tmp_path / "model.onnx_data").write_bytes(pickle.dumps([1.0]))
    with pytest.raises(ModelError, match="pickle"):
        check_formats(card("model.onnx", "model.onnx_data"), tmp_path)


def test_weights_outside_are_found_in_nested_graphs(tmp_path: Path) -> None:
    constant = helper.make_node("Constant", [], ["c"], value=outside("deep.data"))
    branch = helper.make_graph([constant], "branch", [], [])
    node = helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)
    model = helper.make_model(helper.make_graph([node], "outer", [], []))
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    assert external_files(tmp_path / "model.onnx") == {"deep.data"}


def test_every_place_in_an_onnx_file_that_can_hold_a_tensor_is_walked() -> None:
    """By the descriptors of the onnx package itself."""

    def holds(message: Descriptor, seen: frozenset[str] = frozenset()) -> bool:
        return message.name == "TensorProto" or any(
            holds(field.message_type, seen | {message.name})
            for field in message.fields
            if field.message_type and field.message_type.name not in seen | {message.name}
        )

    for name in PARTS.keys() - {"TensorProto", "StringStringEntryProto"}:
        message = getattr(onnx, name).DESCRIPTOR
        expected = {
            field.number: field.message_type.name
            for field in message.fields
            if field.message_type and holds(field.message_type)
        }
        assert PARTS[name] == expected, name


@pytest.mark.parametrize(
    ("tier", "runtime", "name", "packed"),
    [
        ("extra", "torch", "w.pt", True),
        ("bundled", "torch", "w.pt", True),
        ("extra", "onnx", "w.pt", True),
        ("extra", "torch", "w.bin", True),
        ("full", "torch", "w.pt", False),
        ("extra", "torch", "w.pt", False),
    ],
)
def test_weights_as_torch_saves_them_come_out_of_optional_packages_alone(
    tmp_path: Path, tier: str, runtime: str, name: str, packed: bool
) -> None:
    (tmp_path / name).write_bytes(torch_file())
    source = {"package": "small"} if packed else {"url": "http://127.0.0.1/"}
    one = card(name, source=source, tier=tier, runtime=runtime)
    if (tier, runtime, name, packed) == ("extra", "torch", "w.pt", True):
        check_formats(one, tmp_path)
        return
    with pytest.raises(ModelError, match="pickle"):
        check_formats(one, tmp_path)


def test_a_zip_without_a_pickle_is_no_model_either(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("model.onnx", network(inside()))
    with pytest.raises(ModelError, match="not what its name says"):
        check(tmp_path, "model.onnx", buffer.getvalue())


def test_files_of_installed_packages_pass() -> None:
    store = ModelStore()
    for one in store.cards():
        package = one.source.package
        if package and not one.source.compiled and importlib.util.find_spec(package):
            check_formats(one, store.folder_of(one))
