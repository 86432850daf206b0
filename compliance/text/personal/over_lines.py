"""What stands in lines that are read together, and may run over their ends."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from compliance.text.documents import Document, adjacent
from compliance.text.personal.entities import CARD, EMAIL, ENTITIES, IBAN, PHONE, Hit, context_of
from compliance.text.personal.phones import NATIONAL
from compliance.text.personal.sighting import Sighting
from compliance.types import Source, TextBatch

Find = Callable[[str], list[Hit]]
"""Finds personal data in one text, in the CASED view."""
MAY_CROSS_LINES = frozenset({CARD, IBAN, EMAIL, PHONE})
"""Entities that are believed where they run over the end of a line: those with a check digit or a public
suffix, and telephone numbers with a country code or a word that names them."""
CROSSING = 0.85
"""Greatest score of something that runs over the end of a line."""
LESS = 0.05
"""What a telephone number loses over the end of a line: the number in one of the lines is likelier."""
PIECES = 4
"""Lines that an e-mail address may take."""
_MARKS = " \t\r\u2026\u2013\u2014~*#\u266a\u266b\u266c>.,;-"
"""What is no part of a number at the end of a line, or at the beginning of the next."""
_BLANKS = " \t\r\u2026\u266a\u266b\u266c"
_WHOLE = re.compile(r"@\w[\w-]*(?:\.[\w-]+)*\.[A-Za-z]{2,}\Z")
_POSSIBLE = re.compile(r"[^\s@]@\w[\w-]*\.\w")
"""An address that is whole, and what one holds at least: most lines are told by these, which cost little."""
_LAST, _FIRST = re.compile(r"\S{1,64}\Z"), re.compile(r"\S{1,255}")


def hits(document: Document, find: Find) -> Iterator[Hit]:
    """Yield hits of the lines apart, then those that run over their ends; places are of ``document.text``."""
    text = document.text
    yield from find(text)
    if "\n" not in text:
        return
    if any(map(str.isdigit, text)):
        joined, where = _run_together(text)
        for hit in find(joined):
            start, end = where[hit.start], where[hit.end - 1] + 1
            if "\n" in text[start:end] and hit.entity != EMAIL:
                score = min(hit.score, CROSSING) - LESS * (hit.entity == PHONE)
                named = context_of(ENTITIES[hit.entity], joined, hit.start, hit.end)
                sure = named or joined[hit.start] == "+" or hit.score == NATIONAL
                if sure or hit.entity != PHONE:
                    yield replace(hit, start=start, end=end, score=score)
    if "@" in text:
        yield from _mail(text, find)


def placed(
    batch: TextBatch,
    document: Document,
    found: Iterable[Hit],
    entities: frozenset[str] | None = None,
) -> Iterator[Sighting]:
    """Yield hits with their places in ``batch``; without those over ends of lines that are not believed.

    Args:
        batch: the texts.
        document: what the hits stand in.
        found: hits.
        entities: those that count; None for all.
    """
    text = document.text
    for hit in found:
        if entities is not None and hit.entity not in entities:
            continue
        written = text[hit.start : hit.end]
        place = document.place(hit.start, hit.end)
        if len(place.rows) > 1:
            pairs = itertools.pairwise(batch.regions[row] for row in place.rows)
            if (
                _counts(written)
                or hit.entity not in MAY_CROSS_LINES
                or not all(itertools.starmap(adjacent, pairs))
            ):
                continue
            counted = batch.sources[place.rows[0]] is Source.OCR or len(place.rows) > 2
            if hit.entity == PHONE and counted and not _named(text, hit):
                continue
            hit = replace(hit, score=min(hit.score, CROSSING))
        yield Sighting(hit, place, "".join(filter(str.isalnum, written)).upper())


def _counts(written: str) -> bool:
    """Tell whether three lines or more count up or down, as a clock or a percentage does."""
    numbers = ["".join(filter(str.isdigit, line)) for line in written.split("\n")]
    if len(numbers) < 3 or not all(numbers):
        return False
    steps = {int(after) - int(before) for before, after in itertools.pairwise(numbers)}
    return len(steps) == 1 and steps != {0}


def _named(text: str, hit: Hit) -> bool:
    """Tell whether a number is surely a telephone's: tables on screen and numbers counted look like some."""
    return text[hit.start] == "+" or context_of(ENTITIES[PHONE], text, hit.start, hit.end)


def _run_together(text: str) -> tuple[str, list[int]]:
    """Return lines joined by one space, without what stands at their ends, and where each character stood."""
    joined: list[str] = []
    where: list[int] = []
    begin = 0
    for line in text.split("\n"):
        core = line.strip(_MARKS)
        start = begin + (len(line) - len(line.lstrip(_MARKS)) if core else 0)
        if core:
            if joined:
                joined.append(" ")
                where.append(where[-1] + 1)
            joined.append(core)
            where.extend(range(start, start + len(core)))
        begin += len(line) + 1
    return "".join(joined), where


def _mail(text: str, find: Find) -> Iterator[Hit]:
    """Yield e-mail addresses of which the end of each line holds a piece."""
    lines: list[tuple[int, str]] = []
    begin = 0
    for line in text.split("\n"):
        lines.append((begin + len(line) - len(line.lstrip(_BLANKS)), line.strip(_BLANKS)))
        begin += len(line) + 1
    for place, (start, line) in enumerate(lines):
        tail = _LAST.search(line)
        if tail:
            yield from _glued((start + tail.start(), tail[0]), lines[place + 1 :], find)


def _glued(tail: tuple[int, str], below: list[tuple[int, str]], find: Find) -> Iterator[Hit]:
    """Yield addresses that begin in ``tail`` and run into the words that the lines below begin with."""
    start, written = tail
    where = list(range(start, start + len(written)))
    word, whole = written.isalpha(), bool(_WHOLE.search(written))
    for begin, line in below[: PIECES - 1]:
        head = _FIRST.match(line)
        if head is None or (whole and head[0][0] != ".") or (word and head[0][0] == "@"):
            return  # *by Anna* above *@anna.me* names somebody's account
        before = len(where)
        written += head[0]
        where += range(begin, begin + len(head[0]))
        for hit in find(written) if _POSSIBLE.search(written) else ():
            if hit.entity == EMAIL and hit.start < len(tail[1]) and hit.end > before:
                score = min(hit.score, CROSSING)
                end = where[hit.end - 1] + 1
                yield replace(hit, start=where[hit.start], end=end, score=score)
        if head[0] != line:
            return
