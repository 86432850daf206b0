"""Lines are followed by an index of places and words just as by comparing each with each."""

from difflib import SequenceMatcher
from random import Random

import pytest

from compliance.analyzers.screen import ocr_tracks
from compliance.analyzers.screen.ocr_pages import ReadFrame, frames
from compliance.findings import Observation, RawKind
from compliance.types import Region, Source, TimeSpan

WORDS = (
    "sale",
    "sale now",
    "sale n0w",
    "s",
    "made by hand",
    "rnade by hand",
    "1234567890",
    "A",
    "",
)


def each_with_each(live: list, frame: ReadFrame) -> dict:
    """Match as it is defined: all tracks against all lines."""
    pairs = []
    for number, track in enumerate(live):
        for line in frame.lines:
            before = (track.lines[-1].text or "", track.places[-1][1])
            likeness = alike(*before, line.text or "", line.region.box)
            if likeness > 0:
                pairs.append((-likeness, number, line.id))
    given, taken = {}, set()
    for _, number, name in sorted(pairs):
        if number not in taken and name not in given:
            taken.add(number)
            given[name] = live[number]
    return given


def alike(before: str, was: tuple, after: str, now: tuple) -> float:
    low, high = sorted((was[3] - was[1], now[3] - now[1]))
    away = max(abs(was[0] + was[2] - now[0] - now[2]), abs(was[1] + was[3] - now[1] - now[3])) / 2
    if high > 1.6 * low:
        return 0.0
    if before == after:
        return 2 - away if away <= 0.35 else 0.0
    rows = min(was[3], now[3]) - max(was[1], now[1]) >= low / 2
    if not rows or min(was[2], now[2]) <= max(was[0], now[0]):
        return 0.0
    shorter, longer = sorted((before[:200], after[:200]), key=len)
    if longer.startswith(shorter) and abs(was[0] - now[0]) < high:
        return 1 - away
    ratio = SequenceMatcher(None, before[:200], after[:200], autojunk=False).ratio()
    return ratio - away if ratio >= 0.6 else 0.0


def scene(random: Random) -> list[Observation]:
    """Lines that stand, move, change, overlap, reach beyond the frame and have no height."""
    things = [
        [random.choice(WORDS), random.uniform(-0.1, 0.9), random.uniform(-0.1, 1)]
        for _ in range(random.randint(8, 25))
    ]
    made = []
    for step in range(6):
        for thing in things:
            thing[1] += random.choice((0, 0, 0.01, -0.1))
            thing[2] += random.choice((0, 0, 0.015625, -0.3))
            thing[0] = random.choice((thing[0],) * 6 + WORDS)
            if random.random() < 0.8:
                size = (random.choice((0.05, 0.3, 1)), random.choice((0, 0.015625, 0.04, 0.1, 0.7)))
                made.append(line(step / 2, thing[0], thing[1], thing[2], size, random))
    return made


def line(
    time: float, text: str, left: float, top: float, size: tuple[float, float], random: Random
) -> Observation:
    return Observation(
        asset="a",
        analyzer="ocr",
        kind="text_line",
        source=Source.OCR,
        span=TimeSpan(start=time, end=time),
        region=Region.from_box(left, top, left + size[0], top + size[1], 1, 1),
        raw=random.choice((0.6, 0.9)),
        raw_kind=RawKind.PROBABILITY,
        text=text,
        attributes={"stream": 0},
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_index_finds_the_same_tracks(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    read = frames(scene(Random(seed)))
    found = ocr_tracks.tracks(read)
    monkeypatch.setattr(ocr_tracks, "_matched", each_with_each)
    assert found == ocr_tracks.tracks(read)
    assert any(one.attributes["frames"] > 1 for one in found)


def test_lines_in_other_places_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared, likeness, random = [0], ocr_tracks._likeness, Random(1)

    def counted(*given: object) -> float:
        compared[0] += 1
        return likeness(*given)

    monkeypatch.setattr(ocr_tracks, "_likeness", counted)
    size = (0.2, 0.015)
    given = [
        line(step / 2, f"{row} {column} {step}", column / 4, row / 50, size, random)
        for step in range(5)
        for row in range(50)
        for column in range(4)
    ]
    ocr_tracks.tracks(frames(given))
    assert compared[0] < 10 * len(given)
