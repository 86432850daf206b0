"""Lines of text followed over time: one thing however it moves, fades, grows or is misread. Pure.

A track is for what has to be known of a line as a whole: how long it stands, where, how large. What it says is
the reading that stood longest and surest; every other reading is on a page of its own
(:mod:`compliance.analyzers.screen.ocr_pages`), where the analyzers of text read it.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from compliance.analyzers.screen.ocr_pages import ReadFrame
from compliance.findings import Observation
from compliance.text.repeats import ADJACENT
from compliance.types import Region, TimeSpan

ALIKE = 0.6
"""Least share of common letters of two readings of one line at one place."""
LIKE_HEIGHT = 1.6
"""Greatest ratio of the heights of one line in two frames."""
FAR = 0.35
"""Share of the frame that the same words may travel between two examined frames: credits that scroll fast."""
COMPARED = 200
"""Letters of two readings that are compared, since the work grows with their product."""
ROWS, COLUMNS = 64, 16
"""Cells of the grid by which lines at one place are found; it decides how fast, never what."""
MOST_PLACES = 32
"""Places over time that a track keeps, evenly spread."""
MOST_READINGS = 16
"""Other readings that a track names."""

_Box = tuple[float, float, float, float]
Run = tuple[float, float, int, int, str]
"""Examined frames one after the other that read a line alike: first and last time, seconds; how many; how many
examined frames between the run before and this one do not show the line; and the reading."""


@dataclass
class _Track:
    lines: list[Observation]
    """Sightings, one for each frame that was read."""
    start: float
    end: float
    places: list[tuple[float, _Box]]
    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Sum of confidence over frames by reading, carried ones too."""
    frames: int = 0
    runs: list[Run] = field(default_factory=list)
    last: int = -1
    """Number of the examined frame that showed it last."""

    def see(self, line: Observation, frame: ReadFrame, number: int) -> None:
        self.frames += 1
        missed = number - self.last - 1 if self.runs else 0
        if self.runs and not missed and self.runs[-1][4] == line.text:
            start, _, count, before, reading = self.runs[-1]
            self.runs[-1] = (start, frame.time, count + 1, before, reading)
        else:
            self.runs.append((frame.time, frame.time, 1, missed, line.text or ""))
        self.last = number
        self.end = frame.time
        self.votes[line.text or ""] += line.raw or 0.0
        self.places.append((frame.time, _box(line)))
        if not frame.carried:
            self.lines.append(line)


def tracks(read: Sequence[ReadFrame]) -> list[Observation]:
    """Return one ``screen_line`` for each line over time, in order of time.

    Attributes: ``track``; ``stream``; ``main``, whether that is the stream of which most frames were examined,
    so that it is what people watch; ``frames`` that show it; ``seen``, each :data:`Run`; ``other`` readings;
    ``places``, lists of time, left, top, right and bottom in shares of the frame; ``moved``, how far it came
    from its first place, in shares of the frame; medians of what :mod:`compliance.analyzers.screen.ocr_ink`
    measured: ``letters``, ``contrast`` and ``slant``; ``size``, the frame's width and height in pixels.
    """
    made: list[_Track] = []
    live: list[_Track] = []
    before: ReadFrame | None = None
    for number, frame in enumerate(read):
        if before is None or before.stream != frame.stream:
            live = []
        live = [one for one in live if one.end + ADJACENT >= frame.time]
        given = _matched(live, frame)
        for line in frame.lines:
            track = given.get(line.id)
            if track is None:
                track = _Track([], frame.time, frame.time, [])
                made.append(track)
                live.append(track)
            track.see(line, frame, number)
        before = frame
    made.sort(key=lambda one: (one.lines[0].attributes["stream"], one.start, one.places[0][1]))
    counts = Counter(frame.stream for frame in read)
    main = min(counts, key=lambda stream: (-counts[stream], stream), default=0)
    return [_observation(one, f"line-{number}", main) for number, one in enumerate(made, 1)]


def _matched(live: Sequence[_Track], frame: ReadFrame) -> dict[str, _Track]:
    """Return the track that each line of a frame goes on, by the line's id; the likeliest pairs first.

    Only lines of the same words, or that share a cell of the frame, are compared: others are never alike.
    """
    boxes = [_box(line) for line in frame.lines]
    by_text: dict[str, list[int]] = defaultdict(list)
    by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, line in enumerate(frame.lines):
        by_text[line.text or ""].append(index)
        for cell in _cells(boxes[index]):
            by_cell[cell].append(index)
    pairs = []
    for number, track in enumerate(live):
        text, was = track.lines[-1].text or "", track.places[-1][1]
        near = {index for cell in _cells(was) for index in by_cell.get(cell, ())}
        for index in near.union(by_text.get(text, ())):
            likeness = _likeness(text, was, frame.lines[index].text or "", boxes[index])
            if likeness > 0:
                pairs.append((likeness, number, frame.lines[index].id))
    given: dict[str, _Track] = {}
    taken: set[int] = set()
    for _, number, line_id in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if number not in taken and line_id not in given:
            taken.add(number)
            given[line_id] = live[number]
    return given


def _cells(box: _Box) -> Iterator[tuple[int, int]]:
    """Return the cells of a grid over the frame that a box touches, those outside at the border."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
    for row in range(int(top * ROWS), int(bottom * ROWS) + 1):
        for column in range(int(left * COLUMNS), int(right * COLUMNS) + 1):
            yield row, column


def _likeness(before: str, was: _Box, after: str, now: _Box) -> float:
    """Return how surely a line is the one that was last seen at a place, 0…2; 0 where it is another."""
    heights = sorted((was[3] - was[1], now[3] - now[1]))
    if heights[1] > LIKE_HEIGHT * heights[0]:
        return 0.0
    away = max(abs(was[0] + was[2] - now[0] - now[2]), abs(was[1] + was[3] - now[1] - now[3])) / 2
    if before == after:
        return 2.0 - away if away <= FAR else 0.0
    if min(was[3], now[3]) - max(was[1], now[1]) < heights[0] / 2:
        return 0.0  # not in one row
    if min(was[2], now[2]) <= max(was[0], now[0]):
        return 0.0
    before, after = before[:COMPARED], after[:COMPARED]
    shorter, longer = sorted((before, after), key=len)
    if longer.startswith(shorter) and abs(was[0] - now[0]) < heights[1]:
        return 1.0 - away  # typed letter by letter, or wiped away
    compared = SequenceMatcher(None, before, after, autojunk=False)
    if compared.real_quick_ratio() < ALIKE or compared.quick_ratio() < ALIKE:
        return 0.0  # the ratio is no greater than either
    ratio = compared.ratio()
    return ratio - away if ratio >= ALIKE else 0.0


def _observation(track: _Track, name: str, main: int) -> Observation:
    votes = track.votes
    text = max(votes, key=lambda reading: (votes[reading], len(reading), reading))
    mine = [line for line in track.lines if line.text == text]
    surest = max(mine, key=lambda one: (one.raw or 0.0, one.id))
    other = sorted((one for one in votes if one != text), key=lambda one: (-votes[one], one))
    largest = max(
        (line.region for line in track.lines if line.region is not None),
        key=lambda region: region.area_percent,
        default=None,
    )
    return surest.but(
        kind="screen_line",
        span=TimeSpan(start=track.start, end=track.end),
        region=largest,
        attributes={
            "track": name,
            "stream": surest.attributes["stream"],
            "main": surest.attributes["stream"] == main,
            "frames": track.frames,
            "other": other[:MOST_READINGS],
            "places": [
                [round(time, 3), *(round(edge, 4) for edge in box)]
                for time, box in _spread(track.places)
            ],
            "seen": [list(run) for run in track.runs],
            "moved": round(_moved([box for _, box in track.places]), 4),
            "letters": _median(track.lines, "letters"),
            "contrast": _median(track.lines, "contrast"),
            "slant": _median(track.lines, "slant"),
            "size": surest.attributes.get("size"),
        },
    )


def _median(lines: Sequence[Observation], name: str) -> float | None:
    values = [line.attributes[name] for line in lines if name in line.attributes]
    return round(statistics.median(values), 3) if values else None


def _spread(places: Sequence[tuple[float, _Box]]) -> list[tuple[float, _Box]]:
    if len(places) <= MOST_PLACES:
        return list(places)
    last = len(places) - 1
    return [places[round(at * last / (MOST_PLACES - 1))] for at in range(MOST_PLACES)]


def _moved(boxes: Sequence[_Box]) -> float:
    """Return the farthest that an edge came from where the line was first, sides apart: text may grow."""
    across = [min(abs(box[0] - boxes[0][0]), abs(box[2] - boxes[0][2])) for box in boxes]
    down = [min(abs(box[1] - boxes[0][1]), abs(box[3] - boxes[0][3])) for box in boxes]
    return max(*across, *down)


def _box(line: Observation) -> _Box:
    return (line.region or Region.from_box(0, 0, 1, 1, 1, 1)).box
