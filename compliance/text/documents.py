"""Texts as recognisers read them: a prompt alone, the lines of one frame together."""

from __future__ import annotations

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from compliance.text.normalise import Normalised, View, normalise
from compliance.types import Region, Source, TextBatch

ROW_GAP = 1.5
"""Heights of a line that may lie between it and the next line of one paragraph."""

_MISREAD_DIGITS = re.compile(r"(?<![A-Za-z])[0-9OoIl|](?:[ .\-]?[0-9OoIl|]){6,}(?![A-Za-z])")
_AS_DIGITS = str.maketrans("OoIl|", "00111")
_LETTER_THEN_NUMBER = re.compile(r"(?<=[A-Za-z])(?=\+?\d{3})|(?<=\d{3})(?=[A-Za-z]{2})")


@dataclass(frozen=True)
class Place:
    """Where something stands in a document, and in the texts of a batch."""

    line: int
    """Index in the document of the first line that it touches."""
    rows: tuple[int, ...]
    """Rows of the batch that it touches; several where it runs over the ends of lines."""
    start: int
    """First code point in the original text of the first row."""
    end: int
    """Just behind the last code point in the original text of the last row."""

    @property
    def first(self) -> tuple[int, int]:
        """Line of the document and code point at which it starts."""
        return self.line, self.start

    @property
    def last(self) -> tuple[int, int]:
        """Line of the document and code point just behind which it ends."""
        return self.line + len(self.rows) - 1, self.end

    def overlaps(self, other: Place) -> bool:
        """Tell whether two places of one document share a character, or a line break."""
        return self.first < other.last and other.first < self.last

    def covers(self, other: Place) -> bool:
        """Tell whether all of ``other`` lies within."""
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True)
class Document:
    """Lines joined by line breaks, in the CASED view, with the way back."""

    rows: tuple[int, ...]
    """Row of the batch of each line."""
    lines: tuple[Normalised, ...]
    """Each line."""

    @property
    def text(self) -> str:
        """The lines, joined."""
        return "\n".join(line.text for line in self.lines)

    def place(self, start: int, end: int) -> Place:
        """Return where the span [start, end) of :attr:`text` stands; its ends are no line breaks."""
        lengths = [len(line.text) + 1 for line in self.lines]
        begins = [0, *itertools.accumulate(lengths)]
        first = bisect.bisect_right(begins, start) - 1
        last = bisect.bisect_right(begins, end - 1) - 1
        return Place(
            line=first,
            rows=self.rows[first : last + 1],
            start=self.lines[first].offsets[start - begins[first]],
            end=self.lines[last].ends[end - 1 - begins[last]],
        )

    def repaired(self) -> Document:
        """Return the document with what reading from pixels does to numbers undone."""
        return Document(self.rows, tuple(_repaired(line) for line in self.lines))


def documents(batch: TextBatch) -> Iterator[Document]:
    """Yield each text of ``batch`` by itself, but lines of one frame together in reading order."""
    frames: dict[tuple[str, float], list[int]] = defaultdict(list)
    for row, (source, span) in enumerate(zip(batch.sources, batch.spans, strict=True)):
        if source is Source.OCR and span is not None:
            frames[(batch.assets[row], span.start)].append(row)
        else:
            yield _document(batch, [row])
    for rows in frames.values():
        yield _document(batch, _in_reading_order(rows, batch.regions))


def adjacent(left: Region | None, right: Region | None) -> bool:
    """Tell whether text may run on from ``left`` into ``right``: same row, or the line below."""
    if left is None or right is None:
        return left is right
    left_0, top_0, right_0, bottom_0 = left.box
    left_1, top_1, right_1, bottom_1 = right.box
    height = max(bottom_0 - top_0, bottom_1 - top_1)
    beside = min(bottom_0, bottom_1) - max(top_0, top_1)
    above = min(right_0, right_1) - max(left_0, left_1)
    return beside > height / 2 or (above > 0 and top_1 - bottom_0 <= ROW_GAP * height)


def _document(batch: TextBatch, rows: Sequence[int]) -> Document:
    return Document(tuple(rows), tuple(normalise(batch.texts[row], View.CASED) for row in rows))


def _in_reading_order(rows: list[int], regions: Sequence[Region | None]) -> list[int]:
    """Order lines from top to bottom, those in one row from left to right."""
    boxes = {row: region.box for row in rows if (region := regions[row]) is not None}
    ordered: list[int] = [row for row in rows if row not in boxes]
    waiting = sorted(boxes, key=lambda row: (boxes[row][1], boxes[row][0]))
    while waiting:
        _, top, _, bottom = boxes[waiting[0]]
        # A line at the edge of the frame may be cut to no height: it is in its own row, too.
        beside = [row for row in waiting if boxes[row][1] <= (top + bottom) / 2]
        ordered += sorted(beside, key=lambda row: boxes[row][0])
        waiting = [row for row in waiting if row not in beside]
    return ordered


def _repaired(line: Normalised) -> Normalised:
    """Read letters within numbers as digits, and part numbers from words that they were run into."""
    text = _MISREAD_DIGITS.sub(_mostly_digits, line.text)
    cuts = [match.start() for match in _LETTER_THEN_NUMBER.finditer(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    return Normalised(
        " ".join(pieces),
        _with_gaps(line.offsets, cuts, lambda i: i),
        _with_gaps(line.ends, cuts, lambda i: i - 1),
    )


def _mostly_digits(match: re.Match[str]) -> str:
    """Read a run as digits where a third of it is: no word is, and few numbers are misread further."""
    run = match.group()
    return run.translate(_AS_DIGITS) if 3 * sum(map(str.isdigit, run)) >= len(run) else run


def _with_gaps(column: Sequence[int], cuts: list[int], source: Callable[[int], int]) -> list[int]:
    """Repeat a value of ``column`` at each cut, for the space that stands there now."""
    widened = list(column)
    for cut in reversed(cuts):
        widened.insert(cut, column[source(cut)])
    return widened
