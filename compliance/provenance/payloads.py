"""What in manifests may show a picture, so that it must not travel along with a redacted copy. Pure.

Every embedded file counts, whatever it says of itself, and every text that is long or encoded: thumbnails,
icons, files that ingredients were made from, previews in assertions of others. So does what is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.errors import ProvenanceError

MOST = 2000
"""Longest text that shows no picture, characters."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{200}")
"""Base64 or hex, as no text of words has it."""
_EMBEDDED = "<omitted>"
"""What the library gives for the content of an embedded file."""
_STAY = ("c2pa.actions", "c2pa.ingredient", "c2pa.hash.", "c2pa.icon")
"""Assertions that cannot be taken out: the standard forbids it, or the manifest is then called broken."""
_SEALS = (
    "c2pa.hash.",
    "c2pa.soft-binding",
    "c2pa.time-stamp",
    "c2pa.certificate-status",
    "cawg.identity",
)
"""Assertions that are digests and signatures, which are encoded and show nothing."""
_DATA_BOXES = "c2pa.databoxes"
_PARTS = {"claim", "assertion_store", "signature"}
_CONTENT = {b"jumd", b"cbor", b"json", b"free", b"c2sh"}
"""JUMBF boxes without an embedded file: descriptions, CBOR, JSON, room, salt (C2PA 2.2, 11.1)."""
_DEEPEST = 32


def payloads(manifests: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Return what may show a picture.

    Args:
        manifests: by label, as the library's detailed report has them.

    Returns:
        Addresses of the assertions that can be taken out, and whether anything else may show one.
    """
    found: list[str] = []
    stuck = False
    for label, manifest in manifests.items():
        others = {name: part for name, part in manifest.items() if name != "assertion_store"}
        stuck |= bool(set(manifest) - _PARTS) or not _is_plain(others)
        for name, content in manifest.get("assertion_store", {}).items():
            stuck |= _names_data_boxes(content)
            if name.startswith(_SEALS) and not isinstance(content, str):
                continue
            if _is_plain(content):
                continue
            if name.startswith(_STAY):
                stuck = True
            else:
                found.append(f"self#jumbf=/c2pa/{label}/c2pa.assertions/{name}")
    return tuple(found), stuck


def has_files(store: bytes) -> bool:
    """Tell whether a manifest store, JUMBF, holds any embedded file or anything else that is not known.

    Raises:
        ProvenanceError: it is no JUMBF.
    """
    return any(kind not in _CONTENT for kind in _kinds(store, 0))


def _kinds(data: bytes, depth: int) -> Iterator[bytes]:
    """Return the types of all boxes that hold no boxes; boxes of data boxes are of type ``c2pa.databoxes``."""
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size < 8 or at + size > len(data) or depth > _DEEPEST:
            raise ProvenanceError(
                "the manifest of the copy cannot be looked through for pictures",
                expected="boxes of JUMBF within one another",
                found=f"a box of {size} bytes at {at} of {len(data)}",
                fix="export the original again without Content Credentials, review that, and redact it",
            )
        inside = data[at + 8 : at + size]
        if kind == b"jumb":
            yield from _kinds(inside, depth + 1)
        else:
            named = kind == b"jumd" and _DATA_BOXES.encode() in inside
            yield _DATA_BOXES.encode() if named else kind
        at += size


def _is_plain(content: Any) -> bool:
    """Tell whether no text in ``content`` is long, encoded or stands for an embedded file."""
    if isinstance(content, str):
        joined = "".join(content.split())
        embedded = content.startswith(_EMBEDDED)
        return len(content) <= MOST and not embedded and not _ENCODED.search(joined)
    if isinstance(content, Mapping):
        return all(_is_plain(key) and _is_plain(value) for key, value in content.items())
    if isinstance(content, list):
        numbers = sum(isinstance(one, int | float) for one in content)
        return numbers < MOST and all(map(_is_plain, content))
    return True


def _names_data_boxes(content: Any) -> bool:
    if isinstance(content, Mapping):
        return any(_names_data_boxes(one) for one in content.values())
    if isinstance(content, list):
        return any(map(_names_data_boxes, content))
    return isinstance(content, str) and _DATA_BOXES in content
