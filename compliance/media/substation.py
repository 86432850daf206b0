"""Captions in the format of SubStation Alpha (.ass, .ssa): dialogue with times, styles left aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TIME = re.compile(r"(\d{1,4}):([0-5]?\d):([0-5]?\d)[.:](\d{1,3})")
_COMMENT = re.compile(r"(comment|picture|sound|movie|command)\s*:", re.IGNORECASE)
"""Events that players do not show as text; a picture would be a file of its own, which nobody has."""
DRAWING = re.compile(r"\{[^{}]*\\p[1-9]\d*[^{}]*\}[^{}]*")
"""Commands that draw a shape in place of text. Letters can be drawn that way."""
_HEADER = re.compile(r"\s*\[script info\]", re.IGNORECASE)
_DEFAULT = ("start", "end", "text")


class BadLine(Exception):
    """A line that is none of the format."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        """Say where, counted in lines from 1, and what."""
        super().__init__(found)
        self.line, self.found, self.expected = line, found, expected


def is_substation(text: str) -> bool:
    """Tell whether a file begins as this format does."""
    return _HEADER.match(text) is not None


def dialogue(text: str) -> Iterator[tuple[int, float, float, str]]:
    """Yield line, first and last moment in seconds, and marked-up text of what is shown.

    Raises:
        BadLine: an event has broken times or too few fields, draws shapes, or is of a kind that is not known.
    """
    section = ""
    fields: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("[") and bare.endswith("]"):
            section = bare[1:-1].strip().lower()
        elif section != "events" and bare.lower().startswith("dialogue:"):
            raise BadLine(number, repr(bare[:80]), "Dialogue below [Events] alone")
        elif section != "events" or not bare or bare.startswith(";") or _COMMENT.match(bare):
            continue
        elif bare.lower().startswith("format:"):
            fields = [one.strip().lower() for one in bare.partition(":")[2].split(",")]
            if fields[-1] != "text" or not {"start", "end"} <= set(fields):
                raise BadLine(number, repr(bare[:80]), "a Format with Start, End and Text, last")
        elif bare.lower().startswith("dialogue:") and fields:
            yield (number, *_event(number, bare, fields))
        else:
            raise BadLine(number, repr(bare[:80]), "Format, then Dialogue or Comment, in [Events]")


def _event(number: int, line: str, fields: list[str]) -> tuple[float, float, str]:
    values = line.partition(":")[2].split(",", len(fields) - 1)
    if len(values) != len(fields):
        raise BadLine(number, repr(line[:80]), f"{len(fields)} fields, as the Format says")
    row = dict(zip(fields, values, strict=True))
    if DRAWING.search(row["text"]):
        raise BadLine(number, "drawing commands, which are not read", "text alone")
    return _seconds(number, row["start"]), _seconds(number, row["end"]), row["text"]


def _seconds(number: int, value: str) -> float:
    found = _TIME.fullmatch(value.strip())
    if found is None:
        raise BadLine(number, repr(value[:40]), "a time such as 0:01:02.50")
    hours, minutes, seconds, fraction = found.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction) / float(10 ** len(fraction))
