"""What is read for sensitive content together: a prompt, the lines of one frame, captions of some seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.text.documents import documents
from compliance.types import Region, Source, TextBatch, TimeSpan

WINDOW = 20.0
"""Seconds of captions or speech that are read together beside each cue: what is said in them is one thought."""
_TIMED = (Source.CAPTION, Source.SPEECH)


@dataclass(frozen=True)
class Joined:
    """Rows of a batch that are read as one text."""

    rows: tuple[int, ...]
    """Rows of the batch, in reading order."""
    text: str
    """Their texts, joined by spaces."""
    span: TimeSpan | None
    """When, from the first of them to the last."""
    region: Region | None
    """The box around them."""


def joined(batch: TextBatch) -> Iterator[Joined]:
    """Yield each text of ``batch`` by itself, the lines of each frame together, and cues within :data:`WINDOW`.

    Windows of cues overlap by half. Each row is yielded by itself, so that nothing depends on what stands
    beside it.
    """
    for row in range(len(batch)):
        yield _joined(batch, (row,))
    for document in documents(batch):
        if len(document.rows) > 1:
            yield _joined(batch, document.rows)
    timed: dict[tuple[str, Source], list[int]] = defaultdict(list)
    for row, (asset, source) in enumerate(zip(batch.assets, batch.sources, strict=True)):
        if source in _TIMED and batch.spans[row] is not None:
            timed[(asset, source)].append(row)
    for rows in timed.values():
        yield from (_joined(batch, window) for window in _windows(batch, rows))


def _windows(batch: TextBatch, rows: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield runs of two cues or more that begin within a window; windows overlap by half."""
    starts = {row: span.start for row in rows if (span := batch.spans[row]) is not None}
    ordered = sorted(rows, key=lambda row: (starts[row], row))
    first, done = 0, -1
    while first < len(ordered):
        begin = starts[ordered[first]]
        last = first
        while last < len(ordered) and starts[ordered[last]] < begin + WINDOW:
            last += 1
        if last - first > 1 and last > done:
            yield tuple(ordered[first:last])
            done = last
        following = first + 1
        while following < len(ordered) and starts[ordered[following]] < begin + WINDOW / 2:
            following += 1
        first = following


def _joined(batch: TextBatch, rows: tuple[int, ...]) -> Joined:
    spans = [span for row in rows if (span := batch.spans[row]) is not None]
    boxes = [region.box for row in rows if (region := batch.regions[row]) is not None]
    region = batch.regions[rows[0]]
    if len(boxes) > 1:
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        region = Region.from_box(min(lefts), min(tops), max(rights), max(bottoms), 1, 1)
    return Joined(
        rows=rows,
        text=" ".join(batch.texts[row] for row in rows),
        span=TimeSpan(start=min(s.start for s in spans), end=max(s.end for s in spans))
        if spans
        else None,
        region=region,
    )
