"""Text in codes that a generator or a reader can undo: Base64, hexadecimal, escapes, shifted letters."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import string
import urllib.parse
from collections.abc import Callable

from compliance.text.disguise.english_letters import LIKELY, likelier, per_letter
from compliance.text.disguise.reading import LIKE_ENGLISH, Edit, Reading, by_word, edited
from compliance.text.english import is_word, known, words

BASE64, HEX, ESCAPES, ROT13, PIG_LATIN = "base64", "hex", "url-escapes", "rot13", "pig-latin"
_HEAD = 96
"""Characters that are tried before the rest of a long one is decoded."""
_SAMPLE = 2_000
"""Characters on which shifts of the alphabet are tried."""
_FEWEST = 12
"""Letters in a text below which no shift is believed."""
_BASE64 = re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{8,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}")
_BASE32 = re.compile(r"(?<!\w)[A-Z2-7]{16,}={0,6}(?!\w)")
_HEX = re.compile(r"(?<![\w\\])(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,-]?){4,}(?!\w)")
_BITS = re.compile(r"(?<!\w)(?:[01]{8}[ ,]?){3,}(?!\w)")
_CODES = re.compile(r"(?<!\w)(?:\d{2,3}[ ,]{1,2}){3,}\d{2,3}(?!\w)")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z]{2,8});")
_BACKSLASH = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2})+")
_MORSE = re.compile(r"(?<![.\w-])[.-]{1,5}(?:[ /|]{1,3}[.-]{1,5}){3,}(?![.\w-])")
_MORSE_LETTERS = dict(
    zip(
        ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
        "-..- -.-- --..".split(),
        string.ascii_lowercase,
        strict=True,
    )
)


def decoded(reading: Reading) -> Reading:
    """Return ``reading`` with every code in it that decodes to text undone."""
    for pattern, decode, how in _WAYS:
        reading = edited(reading, _undone(reading.text, pattern, decode), how)
    return reading


def coded(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, how) of each code in ``text`` that decodes to text."""
    return [
        (start, end, how)
        for pattern, decode, how in _WAYS
        for start, end, _ in _undone(text, pattern, decode)
    ]


def _undone(text: str, pattern: re.Pattern[str], decode: Callable[[str], str]) -> list[Edit]:
    edits = []
    for one in pattern.finditer(text):
        try:
            plain = decode(one[0])
        except (ValueError, binascii.Error, KeyError):
            continue
        sure = decode in _ANY_TEXT or (decode in _SURE and _is_printed(plain))
        if plain != one[0] and (sure or _is_text(plain)):
            edits.append((one.start(), one.end(), plain))
    return edits


def _is_text(plain: str) -> bool:
    """Tell whether what was decoded is text: printable, of words, in English or in another script."""
    shown = sum(c.isprintable() or c in "\r\n\t" for c in plain)
    letters = [c for c in plain if c.isalpha()]
    if shown < len(plain) or len(letters) < 3 or len(letters) * 2 < len(plain):
        return False
    foreign = sum(ord(c) > 0x24F for c in letters)
    if foreign * 2 > len(letters):
        return len(letters) > 5 and any(c.isspace() for c in plain)
    found, total = known(plain)
    if found >= 3 and found >= LIKE_ENGLISH * total:
        return True
    return total >= _FEWEST and per_letter(plain) <= LIKELY


def _is_printed(plain: str) -> bool:
    """Tell whether so much of what was decoded is letters, digits and spaces that chance did not make it."""
    usual = sum((c.isascii() and c.isalnum()) or c in " .,@-" for c in plain)
    return plain.isprintable() and usual >= max(_FEWEST, 0.9 * len(plain))


def _base64(text: str) -> str:
    bare = re.sub(r"[\r\n]", "", text).rstrip("=").replace("-", "+").replace("_", "/")
    head = bare[:_HEAD]
    if len(bare) % 4 == 1 or not _looks_printable(_padded64(head[: len(head) // 4 * 4])):
        raise ValueError("not text")
    once = _padded64(bare).decode("utf-8")
    if _BASE64.fullmatch(once):
        try:
            return _base64(once)  # coded twice
        except (ValueError, binascii.Error):
            return once
    return once


def _padded64(bare: str) -> bytes:
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _looks_printable(head: bytes) -> bool:
    return all(byte >= 0x20 or byte in b"\r\n\t" for byte in head)


def _base32(text: str) -> str:
    bare = text.rstrip("=")
    return base64.b32decode(bare + "=" * (-len(bare) % 8)).decode("utf-8")


def _hex(text: str) -> str:
    digits = re.sub(r"\\x|0x|[ :,-]", "", text)
    return bytes.fromhex(digits).decode("utf-8")


def _bits(text: str) -> str:
    return bytes(int(one, 2) for one in re.findall("[01]{8}", text)).decode("utf-8")


def _numbers(text: str) -> str:
    points = [int(one) for one in re.findall(r"\d+", text)]
    if not all(32 <= one < 127 for one in points):
        raise ValueError("not ASCII")
    return "".join(map(chr, points))


def _morse(text: str) -> str:
    parts = re.split(r"( +|[/|])", text.replace(" / ", "/").replace("   ", "/"))
    return "".join(
        " " if one in "/|" else _MORSE_LETTERS[one] for one in parts if one and not one.isspace()
    )


def _backslash(text: str) -> str:
    return re.sub(
        r"\\[ux]([0-9A-Fa-f]+)", lambda one: chr(int(one[1], 16)).replace("\x00", ""), text
    )


_ANY_TEXT: frozenset[Callable[[str], str]] = frozenset(
    {urllib.parse.unquote, html.unescape, _backslash}
)
"""What undoes single characters, which are no text by themselves."""
_SURE: frozenset[Callable[[str], str]] = frozenset({_base64, _base32})
"""What gives printable text for nothing but text: of random bytes a third are printable."""
_WAYS: tuple[tuple[re.Pattern[str], Callable[[str], str], str], ...] = (
    (_PERCENT, urllib.parse.unquote, ESCAPES),
    (_ENTITY, html.unescape, ESCAPES),
    (_BACKSLASH, _backslash, ESCAPES),
    (_BITS, _bits, HEX),
    (_HEX, _hex, HEX),
    (_CODES, _numbers, HEX),
    (_BASE32, _base32, BASE64),
    (_BASE64, _base64, BASE64),
    (_MORSE, _morse, "morse"),
)


def shifted(reading: Reading) -> Reading:
    """Return the text with its letters shifted back, or out of pig latin, if that looks like English."""
    text = reading.text
    sample = text[:_SAMPLE]
    total = known(sample)[1]
    if total >= _FEWEST and len(words(sample)) > 2 and per_letter(sample) > LIKELY:
        by = min(range(1, 26), key=lambda by: per_letter(sample.translate(_shift(by))))
        for table in (_shift(by), _MIRROR):
            if likelier(sample, sample.translate(table)):
                return Reading(text.translate(table), ROT13, reading.offsets, reading.ends)
    rotated = by_word(reading, lambda word: codecs.encode(word, "rot13"), ROT13)
    return rotated if rotated is not reading else by_word(reading, _from_pig_latin, PIG_LATIN, 12)


def _shift(by: int) -> dict[int, int]:
    low, up = string.ascii_lowercase, string.ascii_uppercase
    return str.maketrans(low + up, low[by:] + low[:by] + up[by:] + up[:by])


_MIRROR = str.maketrans(
    string.ascii_letters, string.ascii_lowercase[::-1] + string.ascii_uppercase[::-1]
)


def _from_pig_latin(word: str) -> str:
    """Return ``illkay`` as *kill* and ``appleway`` as *apple*; any other word as it is."""
    if word.endswith(("way", "yay")) and is_word(word[:-3]):
        return word[:-3]
    stem = word.removesuffix("ay")
    if stem == word or is_word(stem):
        return stem
    turns = (stem[-n:] + stem[:-n] for n in range(1, min(4, len(stem))))
    return next((turned for turned in turns if is_word(turned)), word)
