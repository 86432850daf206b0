"""Which lines on screen are a label together, and whether the lines around leave them one. Pure.

A label may run over some lines: of those that go on from one, as many are taken as are a label together, since
a demanded wording may be longer than what is known of it. A line above, below or beside a label of generated
media that denies it leaves none, at whatever time both stand; one of like size must be a statement or a name of
its own, or else the label may be the middle of a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compliance.findings import Observation
from compliance.text.documents import adjacent
from compliance.text.wordings.label_alone import denies, says_no_more, stands_apart
from compliance.text.wordings.label_match import DENIED, GENERATED, LabelMatch, label_in
from compliance.types import Region

MOST_LINES = 3
"""Lines that one label may run over."""
LIKE_HEIGHT = 1.6
"""Greatest ratio of the heights of lines of one label."""
ANY_HEIGHT = 3.0
"""Greatest ratio of the heights of a label and a line that denies it; larger letters are a title's."""
SHORT = 3
"""Words up to which a line of other height denies a label; longer ones are subtitles and headlines."""
TOGETHER = 0.8
"""Share of the shorter time for which lines of one label stand together."""
BESIDE = 4.0
"""Heights of a line up to which another in its row goes on from it."""


@dataclass(frozen=True)
class Block:
    """Lines that are a label together."""

    lines: tuple[Observation, ...]
    """``screen_line`` in reading order."""
    match: LabelMatch
    """What they say."""
    runs_on: bool
    """Whether a line around may belong to the same sentence."""

    @property
    def text(self) -> str:
        """The lines, joined by blanks."""
        return said(self.lines)


def blocks(lines: Sequence[Observation]) -> list[Block]:
    """Return the labels among ``screen_line``, each once, without those that the lines around deny."""
    near = _Near(lines)
    made: list[Block] = []
    for line in sorted(lines, key=place):
        chain = list(_chain(line, near))
        sizes = range(1, len(chain) + 1)
        found = [(m, size) for size in sizes if (m := label_in(said(chain[:size]))) is not None]
        if found:
            match, size = max(found, key=lambda one: (one[0].score > DENIED, one[1]))
            block = chain[:size]
            runs_on = match.category == GENERATED and _runs_on(block, near)
            made.append(Block(tuple(block), match, runs_on))
    by_end: dict[int, list[Block]] = defaultdict(list)
    for one in made:
        by_end[id(one.lines[-1])].append(one)
    alike = (by_end[id(one.lines[-1])] for one in made)
    return [
        one
        for one, others in zip(made, alike, strict=True)
        if not _is_part(one, others) and not _denied(one, near)
    ]


def _is_part(block: Block, others: Sequence[Block]) -> bool:
    """Tell whether another block says it better: one that ends with it, or the end of it where that is surer.

    The end of a label that a line around denies is none of its own either, so that denied ones count here.
    """
    for other in others:
        one, longer = sorted((block, other), key=lambda each: len(each.lines))
        size = len(one.lines)
        ends = zip(one.lines, longer.lines[-size:], strict=True)
        if size == len(longer.lines) or not all(left is right for left, right in ends):
            continue
        better = one.match.score > DENIED >= longer.match.score
        if block is (longer if better else one):
            return True
    return False


def said(block: Sequence[Observation]) -> str:
    """Return what lines say, joined by blanks."""
    return " ".join((one.text or "").strip() for one in block)


def place(line: Observation) -> tuple[float, float, float, str]:
    """Return by what lines are put in order: time, top, left."""
    left, top = line.region.box[:2] if line.region else (0.0, 0.0)
    return (line.span.start if line.span else 0.0, round(top, 2), left, line.id)


def height(region: Region) -> float:
    """Return the height of a region, share of the frame, above 0."""
    return max(region.box[3] - region.box[1], 1e-6)


class _Near:
    """Lines on screen, of which those near another one are found without looking at each."""

    def __init__(self, lines: Sequence[Observation]) -> None:
        self._lines = [one for one in lines if one.region is not None and one.span is not None]
        rows = [(one.span.start, one.span.end, *one.region.box[1::2]) for one in self._lines]  # type: ignore[union-attr]
        self._table = np.array(rows, np.float64).reshape(-1, 4)

    def to(self, line: Observation) -> list[Observation]:
        """Return the other lines of its stream at the same time, at most some lines above or below."""
        if line.region is None or line.span is None:
            return []
        far = MOST_LINES * ANY_HEIGHT * height(line.region)
        starts, ends, tops, bottoms = self._table.T
        _, top, _, bottom = line.region.box
        found = (starts <= line.span.end) & (ends >= line.span.start)
        found &= (tops <= bottom + far) & (bottoms >= top - far)
        others = (self._lines[at] for at in np.flatnonzero(found).tolist())
        stream = line.attributes.get("stream")
        return [one for one in others if one is not line and one.attributes.get("stream") == stream]


def _chain(line: Observation, near: _Near) -> Iterator[Observation]:
    """Yield the line and those that go on from it, as many as one label may have."""
    block = [line]
    yield line
    while len(block) < MOST_LINES:
        following = [one for one in _others(near.to(block[-1]), block) if _goes_on(block[-1], one)]
        if not following:
            return
        block.append(min(following, key=place))
        yield block[-1]


def _others(lines: Sequence[Observation], block: Sequence[Observation]) -> list[Observation]:
    return [one for one in lines if all(one is not other for other in block)]


def _denied(block: Block, near: _Near) -> bool:
    """Tell whether a line around denies it: *these pictures are not* / *AI-generated*."""
    first = block.lines[0]
    before = [one for one in _others(near.to(first), block.lines) if _goes_on(one, first)]
    if any(label_in(said([one, *block.lines])) is None for one in before):
        return True
    return block.match.category == GENERATED and any(
        denies(one.text or "") and (_like(line, one) or len((one.text or "").split()) <= SHORT)
        for line in block.lines
        for one in _others(near.to(line), block.lines)
        if _touches(line, one)
    )


def _runs_on(block: Sequence[Observation], near: _Near) -> bool:
    """Tell whether a line of like size around is no statement or name of its own, nor one next to that."""
    known = list(block)
    for _ in range(MOST_LINES):
        around = [
            one
            for line in known
            for one in _others(near.to(line), known)
            if _like(line, one) and _touches(line, one)
        ]
        if any(not stands_apart(one.text or "") for one in around):
            return True
        # What is made of words of labels alone may itself go on from the line before.
        going = [one for one in around if says_no_more(one.text or "", "", "")]
        known += [one for one in going if all(one is not other for other in known)]
    return False


def _like(one: Observation, other: Observation) -> bool:
    if one.region is None or other.region is None:
        return False
    low, high = sorted((height(one.region), height(other.region)))
    return high <= LIKE_HEIGHT * low


def _touches(one: Observation, other: Observation) -> bool:
    """Tell whether two lines of not too different sizes stand in one row or above each other."""
    if one.region is None or other.region is None:
        return False
    low, high = sorted((height(one.region), height(other.region)))
    if high > ANY_HEIGHT * low or not adjacent(one.region, other.region):
        return False
    gap = max(other.region.box[0] - one.region.box[2], one.region.box[0] - other.region.box[2])
    return gap <= BESIDE * high * _wide(one)


def _wide(line: Observation) -> float:
    """Return height over width of the frame: heights and widths of regions are shares of each."""
    size = line.attributes.get("size")
    return float(size[1] / size[0]) if size else 9 / 16


def _goes_on(one: Observation, after: Observation) -> bool:
    """Tell whether ``after`` is the line right below or beside ``one``, at the same time."""
    if one.region is None or after.region is None or one.span is None or after.span is None:
        return False
    low = min(height(one.region), height(after.region))
    below = after.region.box[1] > one.region.box[1] + low / 2
    right = after.region.box[0] > one.region.box[0]
    if not (below or right) or not _like(one, after) or not _touches(one, after):
        return False
    both = min(one.span.end, after.span.end) - max(one.span.start, after.span.start)
    return both >= TOGETHER * min(one.span.seconds, after.span.seconds)
