"""Formats of files that cannot run code when they are loaded.

What a file is called decides what it has to be; what it then holds is checked, down to its header. A pickle
is refused whatever it is called. There is one exception, in :func:`_carries_torch`.
"""

from __future__ import annotations

import codecs
import json
import math
import pickletools
import posixpath
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from compliance.errors import ModelRefused
from compliance.model_store.card import Card
from compliance.model_store.onnx_file import external_files, fields

_PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"})
_MOST_HEADER: Final = 100_000_000
_SENTENCEPIECE: Final = frozenset(range(1, 6))
_OPCODES: Final = frozenset(opcode.code for opcode in pickletools.opcodes)
_BITS: Final = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
}


def check_formats(card: Card, folder: Path) -> None:
    """Check each of a card's files, which lie below ``folder``, and that ONNX files draw on no others.

    Raises:
        ModelRefused: a file can run code when it is loaded, is not what its name says, or a network keeps
            weights in a file that the card does not list.
    """
    raw = _external(card, folder)
    for file in card.files:
        path = folder / file.path
        if file.path not in raw:
            check_format(path, card)
        elif path.suffix in _PICKLES or _is_pickle(path):
            _refuse_pickle(path)


def check_format(path: Path, card: Card) -> None:
    """Refuse a file that is not of a format that only holds numbers and text.

    Raises:
        ModelRefused: names the format that it has to have.
    """
    if _carries_torch(card, path):
        return
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        _refuse_pickle(path)
    check = _CHECKS.get(suffix) or (_CARRIED.get(suffix) if card.source.package else None)
    if check is None:
        if _is_pickle(path):
            _refuse_pickle(path)
        raise ModelRefused(
            "a model file is of a format that is not loaded",
            expected=f"one of {', '.join(_CHECKS)}",
            found=suffix or "a name without an ending",
            where=str(path),
            fix="list only such files on the card; ask the model's author for safetensors or ONNX",
        )
    try:
        check(path)
    except (ValueError, RecursionError) as error:
        if _is_pickle(path):
            _refuse_pickle(path)
        raise ModelRefused(
            "a model file is not what its name says",
            expected=f"a whole {suffix.removeprefix('.')} file",
            found=" ".join(str(error).split()),
            where=str(path),
            fix="fetch the file again from its source; if it stays so, correct the card",
        ) from error


def _carries_torch(card: Card, path: Path) -> bool:
    """Tell the one exception: weights as torch saves them, out of an optional package.

    Whoever installs a package lets it run its code anyhow, so its weights add no danger; and the analyzers
    load them with ``weights_only=True``. Nothing that is pulled or imported can be such a file.
    """
    from_package = card.tier == "extra" and card.source.package is not None
    return from_package and card.runtime == "torch" and path.suffix == ".pt"


def _external(card: Card, folder: Path) -> set[str]:
    """Return the card's files that hold weights of its ONNX files."""
    listed = {file.path for file in card.files}
    found = set()
    for name in sorted(listed):
        if not name.endswith(".onnx"):
            continue
        try:
            locations = external_files(folder / name)
        except ValueError:
            continue  # check_format says what is wrong with it
        for location in sorted(locations):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), location))
            if other not in listed:
                raise ModelRefused(
                    "a network keeps weights in a file that nobody checked",
                    expected="weights inside it, or in files that the card lists",
                    found=location,
                    where=str(folder / name),
                    fix="list that file on the card, or do not use the model",
                )
            found.add(other)
    return found


def _safetensors(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if len(start) < 8:
            raise ValueError("the file is shorter than the length of its header")
        (length,) = struct.unpack("<Q", start)
        if length > min(size - 8, _MOST_HEADER):
            raise ValueError(f"a header of {length} bytes in a file of {size}")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("the header is no mapping")
    header.pop("__metadata__", None)
    end = 0
    for first, last in sorted(_span(name, entry) for name, entry in header.items()):
        if first != end:
            raise ValueError(f"bytes {end} to {first} belong to no tensor, or to two")
        end = last
    if end != size - 8 - length:
        raise ValueError(f"tensors of {end} bytes, and {size - 8 - length} bytes behind the header")


def _span(name: str, entry: object) -> tuple[int, int]:
    """Return begin and end of a tensor."""
    match entry:
        case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(first), int(last)]}:
            bits = _BITS.get(kind)
            if first < 0 or last < first or not all(isinstance(n, int) and n >= 0 for n in shape):
                raise ValueError(f"tensor {name} has negative sizes")
            if bits is not None and math.prod(shape) * bits != (last - first) * 8:
                raise ValueError(f"tensor {name} of shape {shape} has {last - first} bytes")
            return first, last
    raise ValueError(f"tensor {name} is not described")


def _onnx(path: Path) -> None:
    external_files(path)


def _json(path: Path) -> None:
    json.loads(path.read_bytes())


def _text(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    # Not final: the piece that was read may end within a character.
    codecs.getincrementaldecoder("utf-8")().decode(start)
    if b"\0" in start:
        raise ValueError("there are zero bytes in it")


def _sentencepiece(path: Path) -> None:
    if path.stat().st_size == 0:
        raise ValueError("the file is empty")
    numbers = set(fields(path, 1000))
    if 1 not in numbers or not numbers <= _SENTENCEPIECE:
        raise ValueError(f"fields {sorted(numbers)[:8]}, where pieces are field 1")


def _dlib(path: Path) -> None:
    """Check the first number, which says how many bytes it takes: dlib's own way of writing."""
    with path.open("rb") as file:
        first = file.read(1)
    if not first or first[0] & 0x70 or not 1 <= first[0] & 0x0F <= 8:
        raise ValueError("it does not begin with a number as dlib writes it")


_CHECKS: Final[dict[str, Callable[[Path], None]]] = {
    ".safetensors": _safetensors,
    ".onnx": _onnx,
    ".json": _json,
    ".txt": _text,
    ".model": _sentencepiece,
}
_CARRIED: Final[dict[str, Callable[[Path], None]]] = {".dat": _dlib}
"""What only installed packages may carry."""


def _is_pickle(path: Path) -> bool:
    """Tell a pickle of protocol 2 to 5, bare or in a zip as torch writes it."""
    with path.open("rb") as file:
        start = file.read(3)
    if len(start) == 3 and start[0] == 0x80 and 2 <= start[1] <= 5:
        return chr(start[2]) in _OPCODES
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith((".pkl", ".pickle")) for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _refuse_pickle(path: Path) -> NoReturn:
    raise ModelRefused(
        "this file is a pickle, which can run any code when it is loaded, so it is refused",
        expected="safetensors or ONNX",
        found=f"{path.suffix} or what a pickle begins with",
        where=str(path),
        fix="ask the model's author for safetensors or ONNX, or convert it where nothing is at stake",
    )
