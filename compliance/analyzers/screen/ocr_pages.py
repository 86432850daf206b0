"""What is written on screen over time: frames with their lines, and for how long a page stands. Pure.

Analyzers of text read the lines of one frame together, since a number may run over two of them. A page that
stands unchanged is handed to them once, with its whole time; one that changes by a letter is another page, so
that whatever any frame said is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.findings import Observation
from compliance.text.repeats import ADJACENT
from compliance.types import TimeSpan

STILL = 0.02
"""Share of the frame by which the edges of a line may move on a page that stands: what OCR's boxes wander."""


@dataclass(frozen=True)
class ReadFrame:
    """One examined frame."""

    stream: int
    """Index of the video stream."""
    time: float
    """Presentation time, seconds."""
    lines: tuple[Observation, ...]
    """Its lines; those of an earlier frame where this one shows the same."""
    carried: bool
    """True where the frame was not read, since it shows what an earlier one showed."""


def frames(observations: Sequence[Observation]) -> list[ReadFrame]:
    """Return the examined frames in order of stream and time.

    Args:
        observations: ``text_line`` of frames that were read, and one ``text_frame`` for each frame without any,
            whose attribute ``same`` tells that it was not read because it repeats what its stream showed.
    """
    by_time: dict[tuple[int, float], list[Observation]] = defaultdict(list)
    for one in observations:
        if one.span is not None:
            by_time[one.attributes["stream"], one.span.start].append(one)
    made: list[ReadFrame] = []
    for (stream, time), found in sorted(by_time.items(), key=lambda item: item[0]):
        lines = tuple(sorted((one for one in found if one.kind == "text_line"), key=_place))
        carried = not lines and all(one.attributes.get("same") for one in found)
        if carried and made and made[-1].stream == stream:
            lines = made[-1].lines
        made.append(ReadFrame(stream, time, lines, carried))
    return made


def pages(read: Sequence[ReadFrame]) -> list[Observation]:
    """Return the lines of each page that stands, once, with the time for which it stands.

    Of each line the surest sighting is kept, and the largest region.
    """
    return [line for run in _runs(read) for line in _merged(run)]


def _runs(read: Sequence[ReadFrame]) -> Iterator[list[ReadFrame]]:
    run: list[ReadFrame] = []
    for frame in read:
        if run and not _stands(run[-1], frame):
            yield run
            run = []
        run.append(frame)
    if run:
        yield run


def _stands(one: ReadFrame, after: ReadFrame) -> bool:
    if one.stream != after.stream or after.time > one.time + ADJACENT:
        return False
    if one.lines is after.lines:
        return True
    return len(one.lines) == len(after.lines) and all(
        left.text == right.text and _still(left, right)
        for left, right in zip(one.lines, after.lines, strict=True)
    )


def _still(one: Observation, other: Observation) -> bool:
    if one.region is None or other.region is None:
        return one.region is other.region
    edges = zip(one.region.box, other.region.box, strict=True)
    return all(abs(left - right) <= STILL for left, right in edges)


def _merged(run: Sequence[ReadFrame]) -> Iterator[Observation]:
    span = TimeSpan(start=run[0].time, end=run[-1].time)
    distinct = [frame for frame in run if not frame.carried] or [run[0]]
    for sightings in zip(*(frame.lines for frame in distinct), strict=True):
        surest = max(sightings, key=lambda one: one.raw or 0.0)
        largest = max(sightings, key=lambda one: one.region.area_percent if one.region else 0.0)
        yield surest.but(span=span, region=largest.region)


def _place(line: Observation) -> tuple[str, float, float, str]:
    """Order lines alike in every frame that shows the same, wherever boxes wander by a pixel."""
    box = line.region.box if line.region else (0.0, 0.0, 0.0, 0.0)
    return line.text or "", round(box[1], 2), round(box[0], 2), line.id
