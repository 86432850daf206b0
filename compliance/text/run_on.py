"""What runs on from one text into the next: a name may be split between captions, or lines on screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.findings import Observation
from compliance.text.documents import ROW_GAP, adjacent
from compliance.types import Region, Source, TimeSpan

PAUSE = 2.0
"""Seconds between two captions up to which a name may run on; sentences seldom pause longer."""
NEXT = 8
"""Captions that are tried as the next one: several languages at once stand between each other in time."""
SHORT = 20
"""Code points of a caption that a name may run through: captions word by word are hardly longer."""
CHAIN = 5
"""Captions or lines, one short one after the other, that a name may take."""
LINES = 200
"""Lines on screen that are tried as the next one; a dense page has fewer."""
BRANCHES, STACKS = 2, 6
"""Lines that are tried below each of a stack such as *THE / LONG / NIGHT*, and stacks of one first line."""
LAST = "last seam"
"""Attribute of a stack: a name has to reach behind this code point, too; what ends before is found without."""
SEAM = "seam"
"""Attribute: a name that begins before this code point and ends behind it runs over from the first text."""

_MARKS = " \t\u2026\u2013\u2014~*#\u266a\u266b\u266c\u200b\u200e\u200f"
"""What stands at the ends of captions that run on, besides dots and hyphens, and is not spoken."""

Cue = tuple[TimeSpan, str]
"""Time and text of a caption or a stretch of speech."""
_Timed = tuple[TimeSpan, Observation]
_Box = tuple[float, float, float, float]


def run_ons(observations: Sequence[Observation]) -> list[Observation]:
    """Return the captions, stretches of speech or lines on screen that may continue each other, joined.

    Captions continue the one before; where both are shown at once, each may be the first. Captions of a
    word or two are joined to several. A line continues the line before it in its paragraph.

    Args:
        observations: texts of one asset; those without a time, or of other sources, are left out.

    Returns:
        One observation for each pair or chain, its text and span those of all; ``seam`` tells where the
        first ends.
    """
    timed = [(one.span, one) for one in observations if one.span and one.text]
    timed.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[1].id))
    found: list[Observation] = []
    for source in (Source.CAPTION, Source.SPEECH):
        found += _captions([pair for pair in timed if pair[1].source is source])
    return found + list(_lines([pair for pair in timed if pair[1].source is Source.OCR]))


def crosses(one: Observation, start: int, end: int) -> bool:
    """Tell whether the code points [start, end) are news: in a pair, only what reaches over the seam is."""
    seam = one.attributes.get(SEAM)
    return seam is None or start < seam <= one.attributes.get(LAST, seam) < end - 1


def continued(cues: Sequence[Cue], longest: int = CHAIN) -> Iterator[tuple[int, ...]]:
    """Yield the captions that may continue one another: the first, the next, and short ones behind it.

    Args:
        cues: time and text of each, in order of time.
        longest: captions of a chain.

    Yields:
        Indices in ``cues`` in the order in which they are read, two or more.
    """
    for place, (span, _) in enumerate(cues):
        chained = False
        for at in range(place + 1, min(place + 1 + NEXT, len(cues))):
            after = cues[at][0]
            if after.start > span.end + PAUSE:
                break
            if after.start < span.end or after.start == span.start:
                yield place, at
                yield at, place
            elif chained:
                yield place, at
            else:
                yield place, *_chain(cues, at, longest - 1)
                chained = True


def _captions(timed: Sequence[_Timed]) -> Iterator[Observation]:
    for rows in continued([(span, one.text or "") for span, one in timed]):
        yield _joined([timed[row] for row in rows])


def _chain(cues: Sequence[Cue], at: int, longest: int) -> list[int]:
    """Return the caption at ``at`` and, as long as they are short, those that follow it in time."""
    chain = [at]
    for following in range(at + 1, min(at + 1 + NEXT + longest, len(cues))):
        last, text = cues[chain[-1]]
        if len(chain) == longest or len(text) > SHORT:
            break
        if last.end <= cues[following][0].start <= last.end + PAUSE:
            chain.append(following)
    return chain


def _lines(timed: Sequence[_Timed]) -> Iterator[Observation]:
    below: dict[str, list[_Timed]] = {}
    for upper, lower in _pairs(timed):
        yield _joined([upper, lower])
        below.setdefault(upper[1].id, []).append(lower)
    for first in timed:
        tried = 0
        waiting = [[first]]
        while waiting and tried < STACKS:
            column = waiting.pop()
            if len(column) > 2:
                tried += 1
                yield _joined(column, whole=True)
            short = len(column) == 1 or len(column[-1][1].text or "") <= SHORT
            if short and len(column) < CHAIN:
                known = {one.id for _, one in column}
                waiting += [
                    [*column, lower]
                    for lower in below.get(column[-1][1].id, [])[:BRANCHES]
                    if lower[1].id not in known
                ]


def _pairs(timed: Sequence[_Timed]) -> Iterator[tuple[_Timed, _Timed]]:
    """Yield the lines that may follow one another in a paragraph, in the order in which they are read."""
    boxes = [one.region.box if one.region else None for _, one in timed]
    for place, (span, one) in enumerate(timed):
        for at in range(place + 1, min(place + 1 + LINES, len(timed))):
            after, other = timed[at]
            if after.start > span.end:
                break
            if not _near(boxes[place], boxes[at]):
                continue
            lines = sorted([(span, one), (after, other)], key=lambda line: _corner(line[1]))
            regions = [line.region for _, line in lines]
            if _beside(*regions):
                lines.sort(key=lambda line: _corner(line[1])[::-1])
            if adjacent(*regions):
                yield lines[0], lines[1]


def _near(one: _Box | None, other: _Box | None) -> bool:
    """Tell quickly whether no more lies between two lines than in a paragraph."""
    if one is None or other is None:
        return False
    height = max(one[3] - one[1], other[3] - other[1])
    return max(one[1], other[1]) - min(one[3], other[3]) <= ROW_GAP * height


def _corner(line: Observation) -> tuple[float, float]:
    """Return the top and the left of a line."""
    return (line.region.box[1], line.region.box[0]) if line.region else (0.0, 0.0)


def _beside(upper: Region | None, lower: Region | None) -> bool:
    """Tell whether two lines stand in one row."""
    return bool(upper and lower and lower.box[1] < (upper.box[1] + upper.box[3]) / 2)


def _joined(parts: Sequence[_Timed], whole: bool = False) -> Observation:
    """Return texts as one: without the dots of a sentence that goes on, or the hyphen of a divided word.

    With ``whole`` a name has to take all of them.
    """
    _, first = parts[0]
    text, seam, last = "", 0, 0
    for _, one in parts:
        more = (one.text or "").lstrip(_MARKS + ".->") if text else one.text or ""
        head = text.rstrip(_MARKS + ".-")
        dropped = text[len(head) :]
        divided = dropped == "-"
        kept = text if dropped == "." else head
        text = f"{kept}{'' if divided or not kept else ' '}{more}"
        last = len(kept) - divided
        seam = seam or last * (one is not first)
    spans = [span for span, _ in parts]
    span = TimeSpan(start=min(one.start for one in spans), end=max(one.end for one in spans))
    seams = {SEAM: seam, LAST: last} if whole else {SEAM: seam}
    return first.but(text=text, span=span, attributes={**first.attributes, **seams})
