"""Lines on screen over time: pages that stand, lines that move, grow, are misread, and frames that repeat."""

import cv2
import numpy as np
import pytest

from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.screen.ocr_ink import measured
from compliance.findings import Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Region, Source, TimeSpan


def line(time: float, text: str, left=0.1, top=0.8, *, raw=0.9, height=0.05, wide=0.3):
    return Observation(
        asset="a",
        analyzer="ocr",
        kind="text_line",
        source=Source.OCR,
        span=TimeSpan(start=time, end=time),
        region=Region.from_box(left, top, left + wide, top + height, 1, 1),
        raw=raw,
        raw_kind=RawKind.PROBABILITY,
        text=text,
        attributes={"stream": 0, "letters": 24.0, "contrast": 9.0, "slant": 0.0, "size": [1280, 720]},
    )  # fmt: skip


def nothing(time: float, *, same: bool) -> Observation:
    return line(time, "").but(
        kind="text_frame", text=None, region=None, attributes={"stream": 0, "same": same}
    )


def reduced(*given: Observation) -> tuple[list[Observation], list[Observation]]:
    made = OcrAnalyzer().reduce("a", given[::-1])
    pages = [one for one in made if one.kind == "text_line"]
    return pages, [one for one in made if one.kind == "screen_line"]


def spans(found: list[Observation]) -> list[tuple[str, float, float]]:
    return [(one.text, one.span.start, one.span.end) for one in found]


def test_a_page_that_stands_is_handed_on_once_with_its_whole_time() -> None:
    given = [line(t / 2, text, top=top) for t in range(5) for text, top in (("A", 0.1), ("B", 0.2))]
    pages, lines = reduced(*given)
    assert spans(pages) == [("A", 0.0, 2.0), ("B", 0.0, 2.0)]
    assert [one.attributes["frames"] for one in lines] == [5, 5]


def test_a_frame_that_repeats_another_carries_its_lines_on() -> None:
    pages, lines = reduced(line(0.0, "A"), nothing(0.5, same=True), nothing(1.0, same=True))
    assert spans(pages) == [("A", 0.0, 1.0)]
    assert spans(lines) == [("A", 0.0, 1.0)]


def test_a_frame_that_repeats_an_empty_one_carries_nothing_on() -> None:
    pages, _ = reduced(line(0.0, "A"), nothing(0.5, same=False), nothing(1.0, same=True))
    assert spans(pages) == [("A", 0.0, 0.0)]


def test_what_only_one_frame_says_stays_a_page_of_its_own() -> None:
    pages, lines = reduced(line(0.0, "4111 1111"), line(0.5, "4111 1I11"), line(1.0, "4111 1111"))
    assert [one.text for one in pages] == ["4111 1111", "4111 1I11", "4111 1111"]
    (one,) = lines
    assert (one.text, one.attributes["other"]) == ("4111 1111", ["4111 1I11"])
    assert (one.span.start, one.span.end) == (0.0, 1.0)


def test_the_surest_of_near_equal_readings_names_the_line() -> None:
    _, (one,) = reduced(line(0.0, "Sa1e ends", raw=0.5), line(0.5, "Sale ends", raw=0.97))
    assert one.text == "Sale ends"


def test_text_typed_letter_by_letter_is_one_line_and_every_step_is_read() -> None:
    steps = ["F", "FR", "FREE", "FREE N", "FREE NOW"]
    given = [line(i / 4, text, wide=0.04 * len(text)) for i, text in enumerate(steps)]
    given += [line(1.25 + i / 2, "FREE NOW", wide=0.32) for i in range(3)]
    pages, lines = reduced(*given)
    assert {one.text for one in pages} == set(steps)
    assert spans(lines) == [("FREE NOW", 0.0, 2.25)]


def test_scrolling_credits_keep_their_tracks() -> None:
    names = ("Ann Example", "Bob Example", "Cid Example")
    given = [
        line(t * 0.5, name, top=0.9 - 0.1 * t + 0.08 * row - 0.08 * 2)
        for t in range(6)
        for row, name in enumerate(names)
    ]
    _, lines = reduced(*given)
    assert sorted(one.text for one in lines) == sorted(names)
    assert all(one.attributes["moved"] == pytest.approx(0.5, abs=0.01) for one in lines)
    assert all(len(one.attributes["places"]) == 6 for one in lines)


def test_the_same_words_at_two_places_are_two_lines() -> None:
    _, lines = reduced(*(line(t, "SALE", left=x) for t in (0.0, 0.5) for x in (0.05, 0.6)))
    assert len(lines) == 2 and {one.attributes["frames"] for one in lines} == {2}


def test_the_same_words_after_a_pause_are_another_line() -> None:
    _, lines = reduced(line(0.0, "SALE"), line(3.0, "SALE"))
    assert spans(lines) == [("SALE", 0.0, 0.0), ("SALE", 3.0, 3.0)]


def test_two_streams_are_never_joined() -> None:
    other = line(0.5, "SALE")
    other = other.but(attributes={**other.attributes, "stream": 1})
    _, lines = reduced(line(0.0, "SALE"), other)
    assert len(lines) == 2


def drawn(text: str, ink: int, ground: int, scale: float = 1.0) -> np.ndarray:
    picture = np.full((720, 1280, 3), ground, np.uint8)
    place = (100, 400)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (ink,) * 3, 3, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"), [(255, 0, 21.0), (0, 255, 21.0), (118, 255, 4.6), (200, 220, 1.2)]
)
def test_contrast_is_that_of_the_web_guidelines(ink: int, ground: int, ratio: float) -> None:
    crop = drawn("Handgloves", ink, ground, 1.5)[350:420, 95:380]
    assert measured(np.ascontiguousarray(crop)).contrast == pytest.approx(ratio, rel=0.08)


def test_letters_are_measured_from_foot_to_head() -> None:
    crop = drawn("Handgloves", 255, 0, 1.5)[340:430, 95:380]
    assert measured(np.ascontiguousarray(crop)).letters == pytest.approx(21 * 1.5, abs=5)


@pytest.fixture(scope="module")
def ocr() -> OcrAnalyzer:
    analyzer = OcrAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def test_only_distinct_frames_are_read_and_a_refresh_every_ten_seconds(ocr, monkeypatch) -> None:
    read = []
    detect = ocr._detect
    monkeypatch.setattr(ocr, "_detect", lambda frames: read.append(len(frames)) or detect(frames))
    picture = drawn("Offer ends on Monday", 250, 40)
    times = np.arange(0.0, 12.0, 0.5)
    again = (False, *(True,) * (len(times) - 1))
    seen = ocr.observe_frames(
        FrameBatch(("a",) * len(times), times, (picture,) * len(times), duplicates=again)
    )
    assert sum(read) == 2  # the first, and the one at ten seconds
    pages, lines = (
        [one for one in ocr.reduce("a", seen) if one.kind == kind]
        for kind in ("text_line", "screen_line")
    )
    assert spans(pages) == [("Offer ends on Monday", 0.0, 11.5)] == spans(lines)
    assert lines[0].attributes["contrast"] == pytest.approx(14.0, rel=0.15)


def test_a_batch_of_nothing_but_repeats_runs_no_network(ocr, monkeypatch) -> None:
    monkeypatch.setattr(ocr._detector, "run", None)
    picture = drawn("x", 255, 0)
    (seen,) = ocr.observe_frames(
        FrameBatch(("a",), np.array([1.0]), (picture,), duplicates=(True,))
    )
    assert seen.attributes["same"] is True


def test_a_line_keeps_on_which_examined_frames_it_was_read() -> None:
    """Frames that repeat one without it do not show it either; those that repeat one with it do."""
    _, (one,) = reduced(
        line(0.0, "Sale ends"),
        nothing(0.2, same=True),
        nothing(0.4, same=False),
        nothing(0.6, same=True),
        line(0.8, "Sale ends"),
        line(1.0, "Sa1e ends"),
    )
    assert one.attributes["seen"] == [
        [0.0, 0.2, 2, 0, "Sale ends"],
        [0.8, 0.8, 1, 2, "Sale ends"],
        [1.0, 1.0, 1, 0, "Sa1e ends"],
    ]


def test_light_is_of_letters_against_the_box_they_stand_on() -> None:
    crop = np.full((46, 240, 3), 150, np.uint8)
    cv2.rectangle(crop, (8, 3), (232, 42), (60, 0, 0), -1)
    cv2.putText(crop, "AI-generated", (16, 33), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (75, 20, 20), 2)
    assert measured(crop).contrast < 1.5
