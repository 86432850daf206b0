"""Captions and transcripts: SubRip, WebVTT, SubStation, and for transcripts JSON and plain text.

Every line that somebody could see has to come out: a cue that does not parse is an error with its line, never
left out. (Parsers made for showing captions skip what they do not understand.)
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from compliance.errors import UsageError
from compliance.media.encodings import NotText, decoded
from compliance.media.markup import MOST_CUES, plain, plain_substation
from compliance.media.substation import BadLine, dialogue, is_substation
from compliance.types import Captions, Cue, Source, TimeSpan

MOST_BYTES = 8 << 20
"""Largest file: ten hours of dense captions are under 1 MiB."""

_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_BLOCK = re.compile(r"(NOTE|STYLE|REGION)(\s.*)?")


def read_captions(path: Path, source: Source) -> Captions:
    """Read a file of captions, or of what is spoken.

    Args:
        path: the file.
        source: ``CAPTION``, or ``SPEECH`` for a transcript, which may also be a JSON list of objects with
            ``start`` and ``end`` in seconds and ``text``, or plain text without times.

    Raises:
        UsageError: the file cannot be read, is too large or says nothing, or a line is no cue.
    """
    content = _bytes_of(path)
    text = _decoded(content, path)
    if source is Source.SPEECH and path.suffix.lower() == ".json":
        cues = _from_json(text, path)
    elif is_substation(text):
        cues = _from_dialogue(text, path)
    elif source is Source.SPEECH and "-->" not in text:
        cues = [Cue(text=" ".join(text.split()))]
    else:
        cues = _from_cues(text, path)
    cues = [cue for cue in cues if cue.text]
    if not cues or len(cues) > MOST_CUES:
        raise _refused(path, "text", f"{len(cues)} cues", f"1 to {MOST_CUES} cues with text")
    sha256 = hashlib.sha256(content).hexdigest()
    return Captions(source=source, sha256=sha256, cues=tuple(cues))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_file():
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        else:
            raise OSError("it is no file" if path.exists() else "it does not exist")
    except OSError as error:
        raise _refused(
            path, "file", error.strerror or str(error), "a file with captions"
        ) from error
    if len(content) > MOST_BYTES:
        raise _refused(path, "size", f"more than {MOST_BYTES} bytes", "a smaller file")
    return content


def _decoded(content: bytes, path: Path) -> str:
    try:
        return decoded(content)
    except NotText as error:
        where = f"encoding, line {error.line}"
        raise _refused(
            path, where, error.found, "UTF-8, or UTF-16 with a byte order mark"
        ) from error


def _from_dialogue(text: str, path: Path) -> list[Cue]:
    try:
        return [
            Cue(text=plain_substation(said), span=_ordered(start, end, number, path))
            for number, start, end, said in dialogue(text)
        ]
    except BadLine as error:
        raise _refused(path, f"line {error.line}", error.found, error.expected) from error


def _ordered(start: float, end: float, number: int, path: Path) -> TimeSpan:
    if start > end:
        raise _refused(path, f"line {number}", f"{start} s to {end} s", "two times in order")
    return TimeSpan(start=start, end=end)


def _from_cues(text: str, path: Path) -> list[Cue]:
    """Return the cues; what stands outside any goes with the one before it, for players differ.

    Notes, styles and cues with names are WebVTT's alone: players of SubRip show them.
    """
    cues: list[tuple[TimeSpan, list[str]]] = []
    lines = text.split("\n")
    skipping = lines[0].startswith("WEBVTT")
    webvtt = skipping and path.suffix.lower() != ".srt"
    for number, line in enumerate(lines, start=1):
        if "-->" in line:
            cues.append((_span(line, number, path), []))
            skipping = False
        elif not line.strip():
            skipping = False
        elif skipping or _is_identifier(lines, number, named=webvtt):
            continue
        elif webvtt and _BLOCK.fullmatch(line) and not lines[number - 2].strip():
            skipping = True
        elif cues:
            cues[-1][1].append(line)
        else:
            raise _refused(
                path, f"line {number}", repr(line[:80]), "a cue: 00:01.000 --> 00:02.000"
            )
    return [Cue(text=plain("\n".join(said)), span=span) for span, said in cues]


def _is_identifier(lines: list[str], number: int, *, named: bool) -> bool:
    """Tell whether line ``number`` (from 1) only numbers, or where ``named`` names, the cue on the next one."""
    alone = number == 1 or not lines[number - 2].strip()
    follows = number < len(lines) and "-->" in lines[number]
    return alone and follows and (named or lines[number - 1].strip().isdecimal())


def _span(line: str, number: int, path: Path) -> TimeSpan:
    found = _TIMING.fullmatch(line)
    if found:
        start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
        if start <= end:
            return TimeSpan(start=start, end=end)
    expected = "two times in order, such as 00:01:02.500 --> 00:01:04.000"
    raise _refused(path, f"line {number}", repr(line[:80]), expected)


def _seconds(parts: tuple[str | Any, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction) / float(10 ** len(fraction))


def _from_json(text: str, path: Path) -> list[Cue]:
    try:
        rows = json.loads(text)
        if not isinstance(rows, list):
            raise ValueError("it is no list")
        return [_row(row) for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        found = f"{type(error).__name__}: {str(error)[:200]}"
        expected = '[{"start": 1.0, "end": 2.5, "text": "…"}, …], times in seconds'
        raise _refused(path, "content", found, expected) from error


def _row(row: dict[str, Any]) -> Cue:
    span = TimeSpan(start=float(row["start"]), end=float(row["end"]))
    if not isinstance(row["text"], str):
        raise TypeError("a text that is none")
    row["text"].encode("utf-8")  # JSON can escape half a character
    return Cue(text=plain(row["text"]), span=span)


def _refused(path: Path, what: str, found: str, expected: str) -> UsageError:
    return UsageError(
        "the captions or transcript cannot be used",
        expected=expected,
        found=found,
        where=f"{path}, {what}",
        fix="export them again as SubRip or WebVTT in UTF-8",
    )
