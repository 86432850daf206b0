"""Supers that are too small, too faint or too short score high; clear ones and signs in the scene do not."""

import cv2
import numpy as np
import pytest

from compliance.analyzers.screen.legibility import LegibilityAnalyzer, count_words
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Region, Source, TimeSpan

TERMS = "Terms apply, see our site for the whole offer"


def line(text=TERMS, start=1.0, end=6.0, *, top=0.85, **changes) -> Observation:
    look = {
        "track": f"line-{text[:8]}-{top}",
        "stream": 0,
        "frames": 10,
        "other": [],
        "places": [[start, 0.1, top, 0.9, top + 0.05], [end, 0.1, top, 0.9, top + 0.05]],
        "moved": 0.0,
        "letters": 30.0,
        "contrast": 12.0,
        "slant": 0.0,
        "size": [1280, 720],
    }
    return Observation(
        asset="a",
        analyzer="ocr",
        kind="screen_line",
        source=Source.OCR,
        span=TimeSpan(start=start, end=end),
        region=Region.from_box(0.1, top, 0.9, top + 0.05, 1, 1),
        raw=0.9,
        text=text,
        attributes=look | changes,
    )


def score(*lines: Observation) -> float:
    found = LegibilityAnalyzer().findings("a", lines, None)
    mine = [one.score for one in found if one.track == lines[0].attributes["track"]]
    return mine[0] if mine else 0.0


def test_a_clear_super_is_no_finding() -> None:
    assert score(line()) == 0.0


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"letters": 9.0}, "size"), ({"contrast": 1.6}, "contrast"), ({"end": 1.5}, "hold time")],
)
def test_each_lack_scores_high_and_is_named(changes, word: str) -> None:
    (finding,) = LegibilityAnalyzer().findings("a", [line(**changes)], None)
    assert finding.score > 0.85 and word in finding.evidence.note
    assert finding.raw < 0.65


@pytest.mark.parametrize(
    ("name", "values"),
    [("letters", (36, 20, 18, 14, 9)), ("contrast", (12, 5, 4.5, 3, 1.5)), ("end", (8, 4, 3.5, 2.5, 2))],
)  # fmt: skip
def test_less_never_scores_lower(name: str, values) -> None:
    scores = [score(line(**{name: value})) for value in values]
    assert scores == sorted(scores) and scores[0] < 0.1 < 0.5 < scores[-1]


def test_lines_that_come_and_go_together_are_read_together() -> None:
    block = [line(f"{TERMS} {n}", 1.0, 4.5, top=0.7 + n / 20) for n in range(5)]
    assert score(block[0]) < 0.3 < 0.9 < score(*block)


def test_a_sign_in_the_scene_scores_lower_than_a_super() -> None:
    small = {"letters": 9.0}
    sign = line(top=0.4, slant=9.0, moved=0.2, **small)
    assert score(sign) < 0.2 < 0.9 < score(line(**small))


def test_credits_that_scroll_are_supers() -> None:
    places = [[t, 0.1, 0.9 - t / 10, 0.9, 0.95 - t / 10] for t in range(6)]
    assert score(line(letters=8.0, moved=0.5, places=places)) > 0.9


def test_a_still_has_no_hold_time() -> None:
    assert score(line(start=0.0, end=0.0, frames=1)) == 0.0
    assert score(line(start=0.0, end=0.0, frames=1, letters=8.0)) > 0.9


@pytest.mark.parametrize(
    ("text", "words"), [("one two three", 3), ("", 0), ("字" * 12, 2), ("x" * 60, 10), ("don't, e.g.", 2)]
)  # fmt: skip
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


def test_drawn_supers_are_told_apart_by_what_is_read_from_pixels() -> None:
    ocr = OcrAnalyzer()
    ocr.setup("cpu", ModelStore())
    y, x = np.mgrid[:720, :1280]
    scene = (110 + 40 * np.sin(x / 90) + 30 * np.sin(y / 70))[..., None].repeat(3, 2)
    frame = scene.astype(np.uint8)
    font = cv2.FONT_HERSHEY_SIMPLEX
    frame[600:700] = 20
    cv2.putText(frame, "Offer ends on Monday", (60, 655), font, 1.4, (250,) * 3, 3, cv2.LINE_AA)
    cv2.putText(frame, "Not sold in all states", (700, 690), font, 0.5, (250,) * 3, 1, cv2.LINE_AA)
    cv2.putText(frame, "Simulated image", (900, 640), font, 1.2, (60,) * 3, 2, cv2.LINE_AA)
    times = np.arange(0, 5, 0.5)
    again = (False, *(True,) * (len(times) - 1))
    seen = ocr.observe_frames(FrameBatch(("a",) * 10, times, (frame,) * 10, duplicates=again))
    found = {
        one.track: one for one in LegibilityAnalyzer().findings("a", ocr.reduce("a", seen), None)
    }
    tracks = {
        one.text: one.attributes["track"]
        for one in ocr.reduce("a", seen)
        if one.kind == "screen_line"
    }
    assert tracks["Offer ends on Monday"] not in found
    assert found[tracks["Not sold in all states"]].score > 0.6
    assert found[tracks["Simulated image"]].score > 0.8
    assert "contrast" in found[tracks["Simulated image"]].evidence.note
