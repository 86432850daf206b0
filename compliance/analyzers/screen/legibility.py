"""Legibility of supers: size, contrast and hold time of text that was put over the picture.

A measure is compared with what reading comfortably takes, as a ratio: 1 is just enough, 0.5 is half of it. The
score says how likely a viewer cannot read the line, by its worst ratio: 1 at half of what it takes, 0.5 where
that is just enough, 0 from half more on; times how likely it is a super at all. Text that belongs to the scene,
such as a shop sign, is slanted, moves with the camera, or passes; nobody need read it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import Source

LETTERS = 0.025
"""Height of capitals that is just enough, share of the frame's shorter side: 18 pixels of 720. Our convention;
television guidelines for subtitles ask for more (Tiresias: 24 lines of 576 for a capital V)."""
CONTRAST, CONTRAST_LARGE = 4.5, 3.0
"""Contrast that is just enough, WCAG 2.2, success criterion 1.4.3; the second for large letters."""
LARGE = 0.033
"""Share of the frame's shorter side from which letters are large: WCAG's 24 CSS pixels of a screen of 720."""
PER_WORD, TO_NOTICE = 0.2, 1.0
"""Seconds that reading takes for each word, and to notice that there is something to read. Our convention: five
words a second is fast for silent reading, so that what is held shorter is not read."""
LETTERS_PER_WORD = 6
"""Letters that count as a word in scripts without spaces, and within words of more than twice as many."""
EDGE = 0.15
"""Seconds to which the moment is known at which a large text appears or goes (the sampling plan's)."""
RATIOS, SCORES = (0.5, 1.0, 1.5), (1.0, 0.5, 0.0)
"""From ratio to score, joined by straight lines."""
SCORE_FLOOR = 0.05
"""Least score that is kept."""

STRAIGHT = 2.0
"""Degrees up to which a line lies along the frame's edge, as boxes wander."""
STILL = 0.03
"""Share of the frame up to which a line stands, as boxes wander."""
SCENE = 0.4
"""Factor for each sign that text belongs to the scene."""
MIDDLE = 0.7
"""Factor where a line stands neither in the lower third nor in the upper sixth, where supers mostly are."""

_NO_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_WORD = re.compile(r"\w+(?:['’.,:-]\w+)*")


class LegibilityAnalyzer(WithoutModels):
    """Measures what OCR read; rules only, no weights.

    Raw is the worst of the three ratios, of measured to just enough. Text that OCR cannot read at all is no
    finding: nothing tells it from a pattern.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="legibility",
        version="1",
        categories=("accessibility.legibility",),
        sources=frozenset({Source.OCR}),
        raw_kinds=frozenset({RawKind.LEVEL}),
        requires=("ocr",),
        reads=("ocr",),
    )

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return what was given; it has none of its own."""
        return list(observations)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each ``screen_line`` that scores above the floor."""
        lines = [one for one in observations if one.kind == "screen_line" and one.span]
        still = is_still(observations)
        lines.sort(key=_start)
        found = []
        for line in lines:
            first = bisect.bisect_left(lines, _start(line) - 2 * EDGE, key=_start)
            last = bisect.bisect_right(lines, _start(line) + 2 * EDGE, key=_start)
            ratios = _ratios(line, lines[first:last], still)
            super_ = _is_super(line, still)
            worst = min(ratios.values()) if ratios else RATIOS[-1]
            score = round(float(np.interp(worst, RATIOS, SCORES)) * super_, 4)
            if score >= SCORE_FLOOR:
                found.append(self._finding(line, ratios, worst, score, super_))
        return found

    def close(self) -> None:
        """Nothing outlives the object."""

    def _finding(
        self, line: Observation, ratios: dict[str, float], worst: float, score: float, super_: float
    ) -> Finding:
        least = min(ratios, key=lambda name: ratios[name])
        return Finding(
            category=self.spec.categories[0],
            asset=line.asset,
            analyzer=self.spec.name,
            source=Source.OCR,
            score=score,
            raw=round(worst, 3),
            raw_kind=RawKind.LEVEL,
            span=line.span,
            region=line.region,
            frames=line.attributes["frames"],
            track=line.attributes["track"],
            evidence=Evidence(note=_note(line, least, super_)),
        )


def worst_ratio(line: Observation, lines: Sequence[Observation], still: bool) -> float:
    """Return the worst ratio of measured to just enough of a ``screen_line``; 1 where nothing was measured.

    Args:
        line: what is looked at.
        lines: those that are read together with it if they come and go with it.
        still: the asset is one picture, so that nothing is held too short.
    """
    return min(_ratios(line, lines, still).values(), default=1.0)


def is_still(observations: Sequence[Observation]) -> bool:
    """Tell whether all that was seen was seen at one moment."""
    moments = {one.span.start for one in observations if one.span}
    return len(moments | {one.span.end for one in observations if one.span}) < 2


def reading_seconds(words: int) -> float:
    """Return how long reading so many words takes, seconds."""
    return TO_NOTICE + PER_WORD * words


def count_words(text: str) -> int:
    """Count words; in scripts without spaces, and of runs without any, every six letters are one."""
    count = 0
    for word in _WORD.findall(text):
        long = _NO_SPACES.search(word) or len(word) > 2 * LETTERS_PER_WORD
        count += -(-len(word) // LETTERS_PER_WORD) if long else 1
    return count


def _ratios(line: Observation, lines: Sequence[Observation], still: bool) -> dict[str, float]:
    """Return measured to just enough, for what was measured."""
    look = line.attributes
    ratios = {}
    share = _share(line)
    if share is not None:
        ratios["size"] = share / LETTERS
    if look.get("contrast") is not None:
        enough = CONTRAST_LARGE if share is not None and share >= LARGE else CONTRAST
        # A ratio of 1 is no contrast at all, so that what is above it counts.
        ratios["contrast"] = (look["contrast"] - 1) / (enough - 1)
    if not still and line.span is not None:
        ratios["hold time"] = (line.span.seconds + 2 * EDGE) / reading_seconds(_words(line, lines))
    return ratios


def _share(line: Observation) -> float | None:
    """Return the height of capitals as a share of the frame's shorter side."""
    letters, size = line.attributes.get("letters"), line.attributes.get("size")
    return float(letters) / min(size) if letters is not None and size else None


def _words(line: Observation, lines: Sequence[Observation]) -> int:
    """Count the words of a line and of those that come and go with it: they are read together."""
    return sum(
        count_words(other.text or "") for other in lines if other is line or _together(line, other)
    )


def _start(line: Observation) -> float:
    return line.span.start if line.span is not None else 0.0


def _together(line: Observation, other: Observation) -> bool:
    if line.span is None or other.span is None:
        return False
    return (
        abs(line.span.start - other.span.start) <= 2 * EDGE
        and abs(line.span.end - other.span.end) <= 2 * EDGE
        and line.attributes["stream"] == other.attributes["stream"]
        and _is_super(other, False) >= MIDDLE
    )


def _is_super(line: Observation, still: bool) -> float:
    """Return how likely a line was put over the picture and is no part of the scene, 0…1."""
    look = line.attributes
    factor = 1.0
    if min(look.get("slant") or 0.0, 90 - (look.get("slant") or 0.0)) > STRAIGHT:
        factor *= SCENE
    if look["moved"] > STILL and not _scrolls(look["places"]):
        factor *= SCENE
    if look["frames"] < 2 and not still:
        factor *= SCENE
    if line.region is not None:
        _, top, _, bottom = line.region.box
        if bottom < 2 / 3 and top > 1 / 6:
            factor *= MIDDLE
    return factor


def _scrolls(places: Sequence[Sequence[float]]) -> bool:
    """Tell whether a line moves along one edge of the frame at an even pace, as credits do."""
    if len(places) < 3:
        return False
    table = np.array(places)
    times = table[:, 0] - table[0, 0]
    for along, across in ((2, 1), (1, 2)):
        if np.ptp(table[:, across]) <= STILL and times[-1] > 0:
            pace = np.polyfit(times, table[:, along], 1)
            if np.abs(np.polyval(pace, times) - table[:, along]).max() <= STILL:
                return True
    return False


def _note(line: Observation, least: str, super_: float) -> str:
    look = line.attributes
    said = []
    share = _share(line)
    if share is not None:
        said.append(
            f"capitals of {look['letters']:.0f} px, {100 * share:.1f} % of the shorter side"
        )
    if look.get("contrast") is not None:
        said.append(f"contrast {look['contrast']:.1f}:1")
    if line.span is not None:
        said.append(f"stands {line.span.seconds:.1f} s for {count_words(line.text or '')} words")
    scene = "" if super_ >= MIDDLE else "; it may belong to the scene"
    return f"Worst is its {least}: {', '.join(said)}{scene}"
