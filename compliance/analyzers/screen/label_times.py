"""For how long a label stands: no longer than examined frames show it without a break. Pure.

A line over time goes on through frames on which it was not read. A label does not: where an examined frame
between two that show it does not, or reads something else in its place, it ends and begins anew. Frames that
were not read, since they repeat one that was, show what that one shows. No frame is bridged: of 284 examined
frames of busy moving pictures with a steady label (24 px capitals, 720p, H.264 at CRF 28; on a box, a half
transparent box, or outlined) OCR missed none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.analyzers.screen.label_lines import Block, said
from compliance.findings import Observation
from compliance.text.wordings.label_match import label_in

MOST_STRETCHES = 16
"""Times of one label that are kept, the longest: one that flickers is seen in none of them for long."""


@dataclass(frozen=True)
class Stretch:
    """A time for which a label stands."""

    start: float
    """Time of the first frame that shows it, seconds."""
    end: float
    """Time of the last one."""
    frames: int
    """Examined frames that show it."""


def stretches(block: Block, hidden: float) -> list[Stretch]:
    """Return the times for which all lines of a label stand at once, in order: a half of one says half.

    Args:
        block: its lines have ``seen``, as :mod:`compliance.analyzers.screen.ocr_tracks` makes it.
        hidden: score up to which a text is not clearly a label; a reading must be no worse than the whole.
    """
    together: list[Stretch] | None = None
    for line in block.lines:
        times = _times(line, block, hidden)
        together = times if together is None else _both(together, times)
    longest = sorted(together or (), key=lambda one: (one.start - one.end, one.start))
    return sorted(longest[:MOST_STRETCHES], key=lambda one: one.start)


def _times(line: Observation, block: Block, hidden: float) -> list[Stretch]:
    """Return the times for which a line says its part of the label."""
    found: list[Stretch] = []
    broken = True
    for start, end, frames, missed, reading in line.attributes["seen"]:
        if not _says(line, block, reading, hidden):
            broken = True
        elif broken or missed:
            found.append(Stretch(start, end, frames))
            broken = False
        else:
            found[-1] = Stretch(found[-1].start, end, found[-1].frames + frames)
    return found


def _says(line: Observation, block: Block, reading: str, hidden: float) -> bool:
    """Tell whether the label is one, and as clearly, with another reading of a line."""
    if reading == line.text:
        return True
    match = label_in(said([one.but(text=reading) if one is line else one for one in block.lines]))
    if match is None or match.category != block.match.category:
        return False
    return match.score > hidden or block.match.score <= hidden


def _both(left: Sequence[Stretch], right: Sequence[Stretch]) -> list[Stretch]:
    """Return the times that two lists, each in order, share."""
    found: list[Stretch] = []
    first = second = 0
    while first < len(left) and second < len(right):
        one, other = left[first], right[second]
        start, end = max(one.start, other.start), min(one.end, other.end)
        if start <= end:
            found.append(Stretch(start, end, min(one.frames, other.frames)))
        if one.end <= other.end:
            first += 1
        else:
            second += 1
    return found
