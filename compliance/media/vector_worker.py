"""The process that draws vector files: ``python -m compliance.media.vector_worker``, contained as decoders are.

It reads one file after the other from its standard input (length as 4 bytes, little endian, then the bytes) and
answers each on its standard output: a status byte, width and height, the length of what follows, and that:
RGBA bytes, or one sentence why nothing was drawn.
"""

from __future__ import annotations

import io
import os
import re
import struct
import xml.etree.ElementTree as ElementTree

import resvg_py
from PIL import Image

from compliance.media.containment import contain

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 60
DRAWN, REFUSED = 0, 1
HEAD = struct.Struct("<BIII")
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FOREIGN = frozenset({"script", "foreignObject", "iframe", "animate", "set"})
_URL = re.compile(r"url\(\s*['\"]?(?!#)|@import|@font-face", re.IGNORECASE)


class Refused(Exception):
    """The file is not drawn; the text says why."""


def draw(content: bytes, side: int) -> tuple[int, int, bytes]:
    """Draw one file as large as fits a square.

    Args:
        content: the SVG, UTF-8.
        side: of the square, pixels.

    Returns:
        Width, height, and RGBA bytes.

    Raises:
        Refused: it is no SVG, or holds what a mark does not need: declarations, references to elsewhere,
            scripts, text that needs fonts.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8") from error
    if _DECLARATION.search(text):
        raise Refused("it declares entities or a document type, which a mark does not need")
    try:
        _check(ElementTree.fromstring(text))
    except ElementTree.ParseError as error:
        raise Refused(f"it is no well-formed XML: {error}") from error
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=text, width=side, height=side, skip_system_fonts=True
        )
    except ValueError as error:
        raise Refused(f"it cannot be drawn: {str(error).splitlines()[0]}") from error
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    return picture.width, picture.height, picture.tobytes()


def _check(root: ElementTree.Element) -> None:
    if root.tag.rpartition("}")[2] != "svg":
        raise Refused("its root is no <svg>")
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag in _FOREIGN:
            raise Refused(f"it holds <{tag}>, which a mark does not need")
        if tag == "text":
            raise Refused("it holds text that is drawn with fonts: convert the text to outlines")
        if tag == "style" and _URL.search(element.text or ""):
            raise Refused("it refers to something outside itself")
        for name, value in element.attrib.items():
            link = name.rpartition("}")[2] in ("href", "src") and not value.startswith("#")
            if link or _URL.search(value):
                raise Refused("it refers to something outside itself")


def _read(count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(0, count - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def main() -> None:
    """Serve until the input ends."""
    draw(b'<svg xmlns="http://www.w3.org/2000/svg"/>', 8)  # so that everything is loaded
    contain(MEMORY_BYTES, CPU_SECONDS)
    while len(head := _read(8)) == 8:
        count, side = struct.unpack("<II", head)
        content = _read(count)
        try:
            width, height, drawn = draw(content, side)
            _write(HEAD.pack(DRAWN, width, height, len(drawn)) + drawn)
        except Refused as error:
            why = str(error).encode("utf-8", "replace")
            _write(HEAD.pack(REFUSED, 0, 0, len(why)) + why)


if __name__ == "__main__":
    main()
