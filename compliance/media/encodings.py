"""From the bytes of a text file to text, or to a refusal that says which encoding it probably is. Pure.

Guessing would pass what was guessed wrongly: bytes of one encoding read as another are text too, only not what
a viewer sees. So nothing but UTF-8, and UTF-16 with a byte order mark, is read.
"""

from __future__ import annotations

import codecs
import re

_GUESSES = ("shift_jis", "euc_jp", "gb18030", "euc_kr", "cp1251", "cp1252")
"""Encodings that are named in a refusal, strictest first; ``cp1252`` takes nearly anything."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""What no text holds, but bytes of another encoding do: NUL of UTF-16, ESC of ISO-2022, and the controls from
U+0080 on that Windows-1252 leaves behind."""


class NotText(Exception):
    """The bytes are no text in an encoding that is read."""

    def __init__(self, line: int, found: str) -> None:
        """Say where, counted in lines from 1, and what."""
        super().__init__(found)
        self.line = line
        self.found = found


def decoded(content: bytes) -> str:
    """Return the text of a file, with line feeds at the ends of lines.

    Args:
        content: UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises:
        NotText: it is another encoding, or holds what no text does.
    """
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotText(line, f"byte {error.start} is neither; {_guess(content)}") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    wrong = _CONTROLS.search(text)
    if wrong:
        line = text.count("\n", 0, wrong.start()) + 1
        what = f"the control character U+{ord(wrong[0]):04X}; {_guess(content)}"
        raise NotText(line, what)
    return text


def _guess(content: bytes) -> str:
    """Return which encoding the bytes probably are."""
    head = content[:4096]
    for name, zeros in (("UTF-16LE", head[1::2]), ("UTF-16BE", head[0::2])):
        if len(head) > 3 and zeros.count(0) > len(zeros) / 3:
            return f"it may be {name} without a byte order mark"
    if b"\x1b$" in head or b"\x1b(" in head:
        return "it may be ISO-2022-JP"
    for name in _GUESSES:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text) and _likely(name, text):
            return f"it may be {name.upper().replace('_', '-')}"
    return "it is no encoding that is known here"


def _likely(name: str, text: str) -> bool:
    """Tell whether the letters beyond ASCII are those of the encoding's languages, mostly."""
    ranges = {
        "shift_jis": "[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e]",
        "euc_jp": "[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e]",
        "gb18030": "[\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e]",
        "euc_kr": "[\uac00-\ud7a3]",
        "cp1251": "[\u0410-\u044f\u0401\u0451]",
        "cp1252": "[\u00a0-\u00ff\u2010-\u203a\u20ac\u2122\u0152\u0153\u0160\u0161]",
    }
    beyond = [letter for letter in text if ord(letter) > 127]
    mine = re.findall(ranges[name], text)
    # Cyrillic words are runs of such letters; those of Western Europe stand alone among ASCII.
    runs = re.search(ranges[name] + "{3}", text) is not None
    return len(mine) > 0.7 * len(beyond) and (runs or name == "cp1252")
