"""Labels on screen, measured: that media is generated, or that it is advertising.

Reads the lines that OCR followed over time; no network. What a label has to say, where and for how long is for
a policy: the finding carries its wording, region and span, and a note with all that was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.screen.legibility import is_still, worst_ratio
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.text.documents import adjacent
from compliance.text.repeats import ADJACENT
from compliance.text.wordings.label_match import LabelMatch, label_in, squashed
from compliance.types import Region, Source, TimeSpan

MOST_LINES = 3
"""Lines that one label may run over."""
LIKE_HEIGHT = 1.6
"""Greatest ratio of the heights of lines of one label."""
TOGETHER = 0.8
"""Share of the shorter time for which lines of one label stand together."""
OPENING = 1.0
"""Seconds at the start that count as the opening."""
HIDDEN = 0.4
"""Score at most of a label that nobody can read, or that is not in the stream that people watch."""
ILLEGIBLE = 0.5
"""Ratio of measured to just enough, see :mod:`legibility`, below which nobody can."""
SAFE_TITLE = 0.05
"""Margin on each side of the area that is safe for titles: 90 % of width and height, SMPTE ST 2046-1."""


class LabelAnalyzer(WithoutModels):
    """Finds labels among the lines on screen.

    The score says how plainly the line is a label, see :mod:`compliance.text.wordings.label_match`, and at most
    ``HIDDEN`` where it is too small, too faint or too short to be read, or in a stream beside; raw is the share
    of its letters that are as they should be. A finding's track is its whole wording, small and on one line.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="labels",
        version="2",
        categories=("disclosure.advertising", "disclosure.label"),
        sources=frozenset({Source.OCR}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        reads=("ocr",),
    )

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return nothing: it makes no observations of its own."""
        return []

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each label and unbroken time for which it stands.

        Args:
            asset: id of the asset.
            observations: among them ``screen_line``, as :mod:`ocr_tracks` makes them.
            references: not used.
        """
        lines = [one for one in observations if one.kind == "screen_line" and one.text]
        sightings = [one for one in observations if one.kind == "text_line" and one.text]
        still = is_still(observations)
        found = {}
        for block in _blocks(lines):
            match = label_in(_said(block))
            if match is not None:
                seen = [_as_read(one, sightings, block) for one in block]
                finding = _finding(seen, match, still)
                found[finding.id] = finding
        return sorted(found.values(), key=lambda one: (one.span.start if one.span else 0.0, one.id))

    def close(self) -> None:
        """Nothing outlives the object."""


def _blocks(lines: Sequence[Observation]) -> list[list[Observation]]:
    """Return the lines that are a label, each with the lines that it runs over.

    A label takes the lines right below it and right above it along, since a demanded wording may be longer than
    what is known of it; lines that are none may be one together.
    """
    near = _Near(lines)
    blocks: list[list[Observation]] = []
    for line in sorted(lines, key=_place):
        block = [line]
        for _ in range(MOST_LINES - 1):
            last = block[-1]
            following = [
                one for one in near.to(last) if _is_new(one, block) and _goes_on(last, one)
            ]
            if not following:
                break
            block.append(min(following, key=_place))
        said = any(label_in(_said(block[:size])) for size in range(1, len(block) + 1))
        if said and not _denied(block, near):
            blocks.append(block)
    keys = [tuple(id(one) for one in block) for block in blocks]
    parts = {
        key[at:] for key in keys for at in range(1, len(key))
    }  # of a longer block that ends with them
    return [block for key, block in zip(keys, blocks, strict=True) if key not in parts]


class _Near:
    """Lines on screen, of which those near another one are found without looking at each."""

    def __init__(self, lines: Sequence[Observation]) -> None:
        self._lines = [one for one in lines if one.region is not None and one.span is not None]
        rows = [(one.span.start, one.span.end, *one.region.box[1::2]) for one in self._lines]  # type: ignore[union-attr]
        self._table = np.array(rows, np.float64).reshape(-1, 4)

    def to(self, line: Observation) -> list[Observation]:
        """Return the lines that stand at the same time and at most some lines above or below."""
        if line.region is None or line.span is None:
            return []
        far = MOST_LINES * LIKE_HEIGHT * _height(line.region)
        starts, ends, tops, bottoms = self._table.T
        _, top, _, bottom = line.region.box
        found = (starts <= line.span.end) & (ends >= line.span.start)
        found &= (tops <= bottom + far) & (bottoms >= top - far)
        return [self._lines[at] for at in np.flatnonzero(found).tolist()]


def _is_new(one: Observation, block: Sequence[Observation]) -> bool:
    return all(one is not other for other in block)


def _as_read(
    line: Observation, sightings: Sequence[Observation], block: Sequence[Observation]
) -> Observation:
    """Return a line with the longest time for which it says the label: a line over time may change its words.

    Args:
        line: a ``screen_line`` of the block, whose text is the reading that stood longest.
        sightings: ``text_line`` of each page, with their own times.
        block: the lines that are the label together.
    """
    readings = {*line.attributes.get("other", ())}
    says = {one for one in readings if label_in(_said(_with(block, line, one))) is not None}
    if line.span is None or says == readings:
        return line
    times = [
        one.span
        for one in sightings
        if one.span is not None
        and one.text in {line.text, *says}
        and one.attributes.get("stream") == line.attributes.get("stream")
        and one.span.start <= line.span.end
        and one.span.end >= line.span.start
    ]
    stretches: list[TimeSpan] = []
    for one in sorted(times, key=lambda span: (span.start, span.end)):
        last = stretches[-1] if stretches else None
        if last is not None and one.start <= last.end + ADJACENT:
            stretches[-1] = TimeSpan(start=last.start, end=max(last.end, one.end))
        else:
            stretches.append(one)
    moment = TimeSpan(start=line.span.start, end=line.span.start)
    return line.but(span=max(stretches, key=lambda span: span.seconds, default=moment))


def _with(block: Sequence[Observation], line: Observation, reading: str) -> list[Observation]:
    return [one.but(text=reading) if one is line else one for one in block]


def _denied(block: list[Observation], near: _Near) -> bool:
    """Tell whether the line before says that it is not so: *these pictures are not* / *AI-generated*."""
    if label_in(_said(block)) is None:
        return True
    first = block[0]
    before = [one for one in near.to(first) if _is_new(one, block) and _goes_on(one, first)]
    return any(label_in(_said([one, *block])) is None for one in before)


def _goes_on(one: Observation, after: Observation) -> bool:
    """Tell whether ``after`` is the line right below or beside ``one``, at the same time."""
    if one.region is None or after.region is None or one.span is None or after.span is None:
        return False
    if one.attributes.get("stream") != after.attributes.get("stream"):
        return False
    low, high = sorted((_height(one.region), _height(after.region)))
    left, top = one.region.box[:2]
    below = after.region.box[1] > top + low / 2 or after.region.box[0] > left
    if high > LIKE_HEIGHT * low or not below or not adjacent(one.region, after.region):
        return False
    both = min(one.span.end, after.span.end) - max(one.span.start, after.span.start)
    return both >= TOGETHER * min(one.span.seconds, after.span.seconds)


def _said(block: Sequence[Observation]) -> str:
    return " ".join((one.text or "").strip() for one in block)


def _place(line: Observation) -> tuple[float, float, float, str]:
    left, top = line.region.box[:2] if line.region else (0.0, 0.0)
    return (line.span.start if line.span else 0.0, round(top, 2), left, line.id)


def _height(region: Region) -> float:
    return max(region.box[3] - region.box[1], 1e-6)


def _finding(block: Sequence[Observation], match: LabelMatch, still: bool) -> Finding:
    text = _said(block)
    spans = [one.span for one in block if one.span is not None]
    span = None
    if spans:  # all lines at once: a label of which half is gone says half
        start, end = max(one.start for one in spans), min(one.end for one in spans)
        span = TimeSpan(start=start, end=max(start, end))
    legible = min(worst_ratio(one, [one], still) for one in block) >= ILLEGIBLE
    shown = legible and all(one.attributes.get("main", True) for one in block)
    regions = [one.region for one in block if one.region is not None]
    region = regions[0] if len(regions) == 1 else None
    if len(regions) > 1:
        boxes = list(zip(*(one.box for one in regions), strict=True))
        region = Region.from_box(min(boxes[0]), min(boxes[1]), max(boxes[2]), max(boxes[3]), 1, 1)
    return Finding(
        category=match.category,
        asset=block[0].asset,
        analyzer=LabelAnalyzer.spec.name,
        source=Source.OCR,
        score=match.score if shown else min(match.score, HIDDEN),
        raw=match.likeness,
        raw_kind=RawKind.PROBABILITY,
        span=span,
        region=region,
        frames=min(int(one.attributes.get("frames", 1)) for one in block),
        track=" ".join(text.casefold().split())[:200],
        evidence=Evidence(
            text=text[:200],
            offsets=(match.start, match.end),
            note=_note(block, match, span, region) + ("" if shown else "; hardly anybody sees it"),
        ),
    )


def _note(
    block: Sequence[Observation], match: LabelMatch, span: TimeSpan | None, region: Region | None
) -> str:
    """Say what was measured: place, size, contrast, time."""
    said = [f"reads as “{match.wording}”"]
    if squashed(match.wording)[0] not in squashed(_said(block))[0]:
        said.append(f"{match.likeness:.0%} of its letters as they should be")
    if region is not None:
        height = min(_height(one.region) for one in block if one.region is not None)
        size = block[0].attributes.get("size")
        pixels = f" ({height * size[1]:.0f} px)" if size else ""
        said.append(f"{_where(region)}, lines {height:.1%} of the frame high{pixels}")
        left, top, right, bottom = region.box
        inside = min(left, top, 1 - right, 1 - bottom) >= SAFE_TITLE
        said.append("inside the title-safe area" if inside else "not wholly in the title-safe area")
    contrasts = [c for one in block if (c := one.attributes.get("contrast")) is not None]
    if contrasts:
        said.append(f"contrast {min(contrasts):.1f}:1")
    if span is not None:
        opening = ", from the opening" if span.start < OPENING else ""
        said.append(f"seen for {span.seconds:.1f} s{opening}")
    return "; ".join(said)


def _where(region: Region) -> str:
    left, top, right, bottom = region.box
    across, down = (left + right) / 2, (top + bottom) / 2
    row = "upper" if down < 1 / 3 else "lower" if down > 2 / 3 else ""
    column = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    if row and column:
        return f"{row} {column} corner"
    if row or column:
        return f"{row or column} edge"
    return "centre"
