"""Messages between the decoder process and its reader, over a socket that keeps their bounds.

The decoder may have been taken over by the file it decodes, so the reader checks every message before it
uses any of it. Decoder to reader: one JSON object with a ``type``. Reader to decoder: the number of a slot
that is free again, four bytes.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

from compliance.errors import MediaError
from compliance.media.audio_parts import MOST_CHANNELS
from compliance.media.markup import LONGEST
from compliance.media.reasons import Reason

MAX_MESSAGE = 1 << 16
"""Longest message, bytes."""
MAX_GAPS = 32
"""Most gaps that a decoder may report."""
MAX_TEXT = 600
"""Longest text of a gap, code points."""
ANIMATED = frozenset({"gif", "png", "webp"})
"""Formats of pictures that may be animated, and whose light is then measured as viewers repeat them."""
REPLAY_FRAMES = 1_000
"""Frames of an animated picture that are measured once more, at most; it shows a hundred a second."""
MOST_ROWS = 256
"""Most frames that one message may measure, and most silences of a stream."""
MOST_LIGHT = 321.0
"""Largest number of a measure of light."""
MOST_LEVEL = 1000.0
"""Largest level of sound either way, dB."""
NOTHING: dict[str, Any] = {
    "decoded": [],
    "shots": 0,
    "seconds": 0.0,
    "closed_captions": False,
    "silent_subtitles": False,
}
"""What the last message says where nothing was decoded."""
_SLOT = struct.Struct("<I")


class BrokenProtocol(MediaError):
    """The other side sent something that the protocol does not allow; the message says what."""


@dataclass(frozen=True)
class FrameMessage:
    """A frame that lies in a slot."""

    slot: int
    width: int
    height: int
    time: float
    stream: int
    index: int
    reason: Reason
    difference: int


@dataclass(frozen=True)
class SoundMessage:
    """A piece of sound that lies in a slot: float32 (channels, count)."""

    slot: int
    channels: int
    count: int
    time: float
    stream: int


def pack(message: dict[str, Any]) -> bytes:
    """Serialise a message of the decoder."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()


def unpack(data: bytes) -> dict[str, Any]:
    """Parse a message of the decoder.

    Raises:
        BrokenProtocol: it is not a JSON object with a ``type``, or holds NaN or infinity.
    """
    try:
        message = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BrokenProtocol(f"a message that is not JSON ({type(error).__name__})") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BrokenProtocol("a message without a type")
    return message


def frame_of(message: dict[str, Any], slots: int, slot_bytes: int) -> FrameMessage:
    """Check a message of type ``frame``.

    Raises:
        BrokenProtocol: a field is missing, of another type or out of range.
    """
    width = integer(message, "width", 1, 1 << 24)
    height = integer(message, "height", 1, 1 << 24)
    if width * height * 3 > slot_bytes:
        raise BrokenProtocol(f"a frame of {width} × {height}, more than a slot holds")
    try:
        reason = Reason(str(message.get("reason")))
    except ValueError as error:
        raise BrokenProtocol("a frame with an unknown reason") from error
    return FrameMessage(
        slot=integer(message, "slot", 0, slots - 1),
        width=width,
        height=height,
        time=seconds(message, "time"),
        stream=integer(message, "stream", 0, 1 << 16),
        index=integer(message, "index", 0, 1 << 48),
        reason=reason,
        difference=integer(message, "difference", 0, 255),
    )


def sound_of(message: dict[str, Any], slots: int, slot_bytes: int) -> SoundMessage:
    """Check a message of type ``sound``.

    Raises:
        BrokenProtocol: a field is missing, of another type or out of range.
    """
    channels = integer(message, "channels", 1, MOST_CHANNELS)
    return SoundMessage(
        slot=integer(message, "slot", 0, slots - 1),
        channels=channels,
        count=integer(message, "count", 1, slot_bytes // (4 * channels)),
        time=seconds(message, "time"),
        stream=integer(message, "stream", 0, 1 << 16),
    )


def said_of(message: dict[str, Any]) -> tuple[str, float, float]:
    """Check a message of type ``said``: a text, and its first and last moment in seconds.

    Raises:
        BrokenProtocol: a field is missing, of another type or out of range.
    """
    text = message.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        raise BrokenProtocol("a subtitle that is no short text")
    if any("\ud800" <= sign <= "\udfff" for sign in text):  # JSON lets half a character through
        raise BrokenProtocol("a subtitle that holds half a character")
    start, end = seconds(message, "start"), seconds(message, "end")
    if start > end:
        raise BrokenProtocol("a subtitle that ends before it starts")
    return text, start, end


@dataclass(frozen=True)
class LightMessage:
    """What was measured of consecutive frames of one stream."""

    stream: int
    why: str
    """Empty, or why the numbers do not count: ``hdr``."""
    rows: list[list[float]]
    """Time and measures of each frame."""


def light_of(message: dict[str, Any], columns: int) -> LightMessage:
    """Check a message of type ``light``, with ``columns`` numbers after the time of each frame.

    Raises:
        BrokenProtocol: a field is missing, of another type or out of range.
    """
    rows, why = message.get("rows"), message.get("why")
    if why not in ("", "hdr"):
        raise BrokenProtocol("light with an unknown reason")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        raise BrokenProtocol("light without a short list of rows")
    for row in rows:
        if not isinstance(row, list) or len(row) != columns + 1:
            raise BrokenProtocol("light of another shape")
        if not all(_is_number(value) and 0 <= value <= 1e9 for value in row):
            raise BrokenProtocol("light that is no number")
        if max(row[1:], default=0) > MOST_LIGHT:
            raise BrokenProtocol("light beyond its range")
    return LightMessage(integer(message, "stream", 0, 1 << 16), why, rows)


def loudness_of(message: dict[str, Any]) -> dict[str, Any]:
    """Check a message of type ``loudness``; return its fields.

    Raises:
        BrokenProtocol: a field is missing, of another type or out of range.
    """
    checked: dict[str, Any] = {
        "stream": integer(message, "stream", 0, 1 << 16),
        "channels": integer(message, "channels", 0, 1 << 10),
        "seconds": seconds(message, "seconds"),
    }
    for name in ("integrated", "range", "true_peak", "momentary", "short_term"):
        value = message.get(name)
        if value is not None and not (_is_number(value) and abs(value) <= MOST_LEVEL):
            raise BrokenProtocol(f"{name} that is no level")
        checked[name] = None if value is None else float(value)
    (checked["unmeasured"],) = texts({"unmeasured": [message.get("unmeasured")]}, "unmeasured")
    silences, dead = message.get("silences"), message.get("dead")
    if not isinstance(silences, list) or len(silences) > MOST_ROWS:
        raise BrokenProtocol("silences that are no short list")
    for span in silences:
        if not isinstance(span, list) or len(span) != 2 or not all(_is_number(n) for n in span):
            raise BrokenProtocol("a silence that is no span")
        if not 0 <= span[0] <= span[1] <= 1e9:
            raise BrokenProtocol("a silence that is no span")
    if not isinstance(dead, list) or len(dead) > checked["channels"]:
        raise BrokenProtocol("dead channels that are no short list")
    if not all(type(n) is int and 0 <= n < checked["channels"] for n in dead):
        raise BrokenProtocol("dead channels that are none")
    return checked | {"silences": silences, "dead": dead}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def integer(message: dict[str, Any], name: str, low: int, high: int) -> int:
    """Return an integer field in ``low``…``high``; raise :class:`BrokenProtocol` otherwise."""
    value = message.get(name)
    if type(value) is not int or not low <= value <= high:
        raise BrokenProtocol(f"{name} that is no integer in {low}…{high}")
    return value


def flag(message: dict[str, Any], name: str) -> bool:
    """Return a field that is true or false; raise :class:`BrokenProtocol` otherwise."""
    value = message.get(name)
    if not isinstance(value, bool):
        raise BrokenProtocol(f"{name} that is neither true nor false")
    return value


def seconds(message: dict[str, Any], name: str) -> float:
    """Return a field with a time of 0…1e9 seconds; raise :class:`BrokenProtocol` otherwise."""
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BrokenProtocol(f"{name} that is no time")
    if not math.isfinite(value) or not 0 <= value <= 1e9:
        raise BrokenProtocol(f"{name} that is no time")
    return float(value)


def texts(message: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return a field with texts, printable and of bounded length; raise :class:`BrokenProtocol` otherwise."""
    value = message.get(name)
    if not isinstance(value, list) or len(value) > MAX_GAPS:
        raise BrokenProtocol(f"{name} that is no short list")
    if not all(isinstance(text, str) and len(text) <= MAX_TEXT for text in value):
        raise BrokenProtocol(f"{name} with something other than short texts")
    return tuple("".join(c if c.isprintable() else " " for c in text) for text in value)


def counts(message: dict[str, Any], name: str) -> dict[int, int]:
    """Return a field ``[[stream, count], …]``; raise :class:`BrokenProtocol` otherwise."""
    value = message.get(name)
    if not isinstance(value, list) or len(value) > 64:
        raise BrokenProtocol(f"{name} that is no short list")
    for pair in value:
        good = isinstance(pair, list) and len(pair) == 2
        if not good or not all(type(n) is int and 0 <= n < 1 << 48 for n in pair):
            raise BrokenProtocol(f"{name} with something other than pairs of counts")
    return {stream: count for stream, count in value}


def pack_slot(slot: int) -> bytes:
    """Serialise the reader's message that ``slot`` is free."""
    return _SLOT.pack(slot)


def unpack_slots(data: bytes) -> list[int]:
    """Parse one or more of the reader's messages."""
    return [slot for (slot,) in _SLOT.iter_unpack(data)]


def _refuse(constant: str) -> None:
    raise ValueError(constant)
