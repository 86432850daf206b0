"""Labels on screen, measured: that media is generated, or that it is advertising.

Reads the lines that OCR followed over time; no network. What a label has to say, where and for how long is for
a policy: the finding carries its wording, region and span, and a note with all that was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.screen.label_lines import Block, blocks, height
from compliance.analyzers.screen.label_times import Stretch, stretches
from compliance.analyzers.screen.legibility import is_still, worst_ratio
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.text.wordings.label_match import squashed
from compliance.types import Region, Source, TimeSpan

OPENING = 1.0
"""Seconds at the start that count as the opening."""
HIDDEN = 0.4
"""Score at most of a label that nobody can read, that is not in the stream that people watch, or that may be
the middle of a sentence."""
ILLEGIBLE = 0.5
"""Ratio of measured to just enough, see :mod:`legibility`, below which nobody can."""
SAFE_TITLE = 0.05
"""Margin on each side of the area that is safe for titles: 90 % of width and height, SMPTE ST 2046-1."""


class LabelAnalyzer(WithoutModels):
    """Finds labels among the lines on screen.

    The score says how plainly the line is a label, see :mod:`compliance.text.wordings.label_match`, and at most
    ``HIDDEN`` where it is too small, too faint or too short to be read, in a stream beside, or where a line
    around it may belong to the same sentence. Raw is the share of its letters that are as they should be. A
    finding's track is its whole wording, small and on one line.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="labels",
        version="3",
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
        """Return one finding for each label and time for which examined frames show it without a break.

        Args:
            asset: id of the asset.
            observations: among them ``screen_line``, as :mod:`ocr_tracks` makes them.
            references: not used.
        """
        lines = [one for one in observations if one.kind == "screen_line" and one.text]
        still = is_still(observations)
        found = [
            _finding(block, stretch, still)
            for block in blocks(lines)
            for stretch in stretches(block, HIDDEN)
        ]
        one_each = {one.id: one for one in found}.values()
        return sorted(one_each, key=lambda one: (one.span.start if one.span else 0.0, one.id))

    def close(self) -> None:
        """Nothing outlives the object."""


def _finding(block: Block, stretch: Stretch, still: bool) -> Finding:
    span = TimeSpan(start=stretch.start, end=stretch.end)
    lines = [one.but(span=span) for one in block.lines]
    legible = min(worst_ratio(one, [one], still) for one in lines) >= ILLEGIBLE
    shown = legible and all(one.attributes.get("main", True) for one in lines)
    regions = [one.region for one in lines if one.region is not None]
    region = regions[0] if len(regions) == 1 else None
    if len(regions) > 1:
        boxes = list(zip(*(one.box for one in regions), strict=True))
        region = Region.from_box(min(boxes[0]), min(boxes[1]), max(boxes[2]), max(boxes[3]), 1, 1)
    match = block.match
    doubts = [HIDDEN] * (block.runs_on or not shown)
    return Finding(
        category=match.category,
        asset=lines[0].asset,
        analyzer=LabelAnalyzer.spec.name,
        source=Source.OCR,
        score=min([match.score, *doubts]),
        raw=match.likeness,
        raw_kind=RawKind.PROBABILITY,
        span=span,
        region=region,
        frames=stretch.frames,
        track=" ".join(block.text.casefold().split())[:200],
        evidence=Evidence(
            text=block.text[:200],
            offsets=(match.start, match.end),
            note=_note(lines, block, span, region) + ("" if shown else "; hardly anybody sees it"),
        ),
    )


def _note(lines: Sequence[Observation], block: Block, span: TimeSpan, region: Region | None) -> str:
    """Say what was measured: place, size, contrast, time."""
    match = block.match
    said = [f"reads as “{match.wording}”"]
    if squashed(match.wording)[0] not in squashed(block.text)[0]:
        said.append(f"{match.likeness:.0%} of its letters as they should be")
    if match.score <= HIDDEN:
        said.append("the line says more than a label does")
    if block.runs_on:
        said.append("a line beside it may belong to the same sentence")
    if region is not None:
        least = min(height(one.region) for one in lines if one.region is not None)
        size = lines[0].attributes.get("size")
        pixels = f" ({least * size[1]:.0f} px)" if size else ""
        said.append(f"{_where(region)}, lines {least:.1%} of the frame high{pixels}")
        left, top, right, bottom = region.box
        inside = min(left, top, 1 - right, 1 - bottom) >= SAFE_TITLE
        said.append("inside the title-safe area" if inside else "not wholly in the title-safe area")
    contrasts = [c for one in lines if (c := one.attributes.get("contrast")) is not None]
    if contrasts:
        said.append(f"contrast {min(contrasts):.1f}:1")
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
