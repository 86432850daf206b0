"""Labels on screen are found as OCR reads them, measured over time; what says the contrary is no label."""

import cv2
import numpy as np
import pytest

from compliance.analyzers.screen.labels import LabelAnalyzer
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.findings import Finding, Observation
from compliance.model_store import ModelStore
from compliance.text.wordings.label_match import label_in
from compliance.types import FrameBatch, Region, Source, TimeSpan

BOX = (0.05, 0.9, 0.3, 0.94)


def line(
    text: str, box: tuple[float, ...] = BOX, start: float = 0.0, end: float = 5.0, **changes: object
) -> Observation:
    seen = [[start, end, 11, 0, text]]
    look = {"stream": 0, "frames": 11, "contrast": 8.5, "size": [1280, 720], "seen": seen}
    return Observation(
        asset="a",
        analyzer="ocr",
        kind="screen_line",
        source=Source.OCR,
        span=TimeSpan(start=start, end=end),
        region=Region.from_box(*box, 1, 1),
        raw=0.9,
        text=text,
        attributes=look | changes,
    )


def labels(*lines: Observation) -> list[Finding]:
    return LabelAnalyzer().findings("a", lines, None)


@pytest.mark.parametrize(
    "text",
    [
        "AI-generated", "Made with AI", "AI生成", "本视频由AI生成", "Generado con IA", "KI-generiert",
        "Contenu généré par IA", "This video was created using artificial intelligence", "Synthetic media",
        "Digitally altered", "Simulated images", "Generato con IA", "Создано с помощью ИИ",
        "Al-generated", "Made with Al", "AIgenerated", "artificia1ly generatcd", "Al-generatcd",
    ],
)  # fmt: skip
def test_labels_of_generated_media_are_found_however_they_are_read(text: str) -> None:
    match = label_in(text)
    assert match is not None and match.category == "disclosure.label" and match.score >= 0.6


@pytest.mark.parametrize(
    "text",
    [
        "#ad",
        "Werbung",
        "Anzeige",
        "Sponsored",
        "Paid partnership with Acme",
        "Advertisement",
        "Publicité",
    ],
)
def test_labels_of_advertising_are_of_their_own_category(text: str) -> None:
    match = label_in(text)
    assert match is not None and match.category == "disclosure.advertising"


@pytest.mark.parametrize(
    "text",
    [
        "No AI-generated content", "Not made with AI", "Ohne KI erzeugt", "made with air", "SAIL", "sad man",
        "email us", "adidas", "Made without AI", "AI-powered washing", "the first aid kit", "trading",
    ],
)  # fmt: skip
def test_what_is_no_label_is_none(text: str) -> None:
    assert label_in(text) is None


def test_a_question_and_a_mention_in_prose_score_low() -> None:
    prose = (
        "The mayor spoke about AI-generated pictures in schools on Tuesday evening in the town hall"
    )
    for text in ("Is this AI-generated?", prose):
        match = label_in(text)
        assert match is None or match.score < 0.5


def test_a_label_is_measured() -> None:
    [one] = labels(line("AI-generated", end=4.5), line("Summer in the hills", (0.3, 0.4, 0.7, 0.5)))
    assert (one.category, one.track, one.frames) == ("disclosure.label", "ai-generated", 11)
    assert one.span == TimeSpan(start=0.0, end=4.5)
    note = one.evidence.note
    for said in ("lower left corner", "29 px", "8.5:1", "4.5 s", "from the opening", "title-safe"):
        assert said in note


def test_a_label_over_two_lines_is_one_and_lasts_while_both_stand() -> None:
    first = line("This advertisement contains", (0.1, 0.8, 0.5, 0.84), 0.0, 6.0)
    second = line("an AI-generated performer", (0.1, 0.85, 0.5, 0.89), 0.5, 6.5)
    [one] = labels(first, second)
    assert one.track == "this advertisement contains an ai-generated performer"
    assert one.span == TimeSpan(start=0.5, end=6.0)


def test_a_line_before_may_deny_it() -> None:
    first = line("These pictures are not", (0.1, 0.8, 0.5, 0.84))
    assert labels(first, line("AI-generated", (0.1, 0.85, 0.5, 0.89))) == []


def test_lines_that_stand_apart_are_no_label_together() -> None:
    assert labels(line("Made with", (0.1, 0.1, 0.3, 0.14)), line("AI", (0.1, 0.8, 0.2, 0.84))) != []
    [one] = labels(line("Made with", (0.1, 0.1, 0.3, 0.14)), line("AI", (0.1, 0.8, 0.2, 0.84)))
    assert one.track == "ai"


def test_two_times_of_a_label_are_two_findings() -> None:
    assert (
        len(labels(line("AI-generated", end=2.0), line("AI-generated", start=8.0, end=10.0))) == 2
    )


@pytest.fixture(scope="module")
def ocr() -> OcrAnalyzer:
    made = OcrAnalyzer()
    made.setup("cpu", ModelStore())
    return made


def drawn(
    text: str, ink: tuple[int, ...] = (255, 255, 255), box: tuple[int, ...] | None = None
) -> np.ndarray:
    frame = np.full((720, 1280, 3), 40, np.uint8)
    if box:
        frame[:] = 150
        cv2.rectangle(frame, (45, 620), (360, 680), box, -1)
    cv2.putText(frame, text, (60, 660), cv2.FONT_HERSHEY_SIMPLEX, 1.2, ink, 3)
    return frame


def read(ocr: OcrAnalyzer, *frames: np.ndarray, same: tuple[int, ...] = ()) -> list[Finding]:
    count = len(frames)
    repeats = tuple(at in same for at in range(count))
    batch = FrameBatch(("a",) * count, np.arange(count) / 2, frames, duplicates=repeats)
    return LabelAnalyzer().findings("a", ocr.reduce("a", ocr.observe_frames(batch)), None)


def test_pixels_become_a_measured_label(ocr: OcrAnalyzer) -> None:
    """Through OCR itself: five frames of a picture with a label in a corner."""
    frame = drawn("AI-generated")
    [one] = read(ocr, *(frame,) * 5, same=(1, 2, 3, 4))
    assert one.category == "disclosure.label" and one.score == 0.9
    assert one.span == TimeSpan(start=0.0, end=2.0)
    assert "lower left corner" in one.evidence.note


def test_a_label_that_is_gone_for_one_examined_frame_stands_twice(ocr: OcrAnalyzer) -> None:
    """Frames that repeat the one without it do not show it either."""
    shown, gone = drawn("AI-generated"), drawn("")
    found = read(ocr, *(shown,) * 4, gone, gone, *(shown,) * 4, same=(1, 2, 3, 5, 7, 8, 9))
    assert [(one.span.start, one.span.end) for one in found if one.span] == [(0.0, 1.5), (3.0, 4.5)]


def test_letters_as_dark_as_their_box_are_read_by_nobody(ocr: OcrAnalyzer) -> None:
    """OCR reads them; what is around the box does not make them plain."""
    [one] = read(ocr, *(drawn("AI-generated", (20, 20, 75), (0, 0, 60)),) * 5, same=(1, 2, 3, 4))
    assert one.score < 0.5 and "hardly anybody" in one.evidence.note


@pytest.mark.parametrize(
    "text",
    [
        "AI-generated content was not used",
        "AI-generated: none of it",
        "Nothing that you are about to see in this film was ever AI-generated",
        "AI-generated pictures are prohibited",
        "Stop AI-generated art",
        "Is this AI-generated",
        "Visit AI-generated.com",
    ],
)
def test_what_denies_the_label_around_it_leaves_none_that_counts(text: str) -> None:
    match = label_in(text)
    assert match is None or match.score < 0.5


@pytest.mark.parametrize(
    "text", ["AI-generated, not real footage", "AI-generated. Does not depict real events"]
)
def test_what_says_the_same_the_other_way_round_takes_nothing_back(text: str) -> None:
    match = label_in(text)
    assert match is not None and match.score >= 0.5


def times(*lines: Observation) -> list[tuple[float, float, int]]:
    found = labels(*lines)
    return [(one.span.start, one.span.end, one.frames) for one in found if one.span]


def test_a_label_lasts_only_while_the_line_says_it() -> None:
    seen = [
        [0.0, 1.5, 4, 0, "AI-generated"],
        [2.0, 3.5, 4, 0, "Not AI-generated"],
        [4.0, 5.0, 3, 0, "AI-generated"],
    ]
    assert times(line("AI-generated", seen=seen)) == [(0.0, 1.5, 4), (4.0, 5.0, 3)]


def test_a_label_ends_where_an_examined_frame_does_not_show_it() -> None:
    seen = [[0.0, 2.0, 5, 0, "AI-generated"], [2.4, 5.0, 6, 1, "AI-generated"]]
    assert times(line("AI-generated", seen=seen)) == [(0.0, 2.0, 5), (2.4, 5.0, 6)]


def test_a_letter_misread_for_a_moment_ends_nothing() -> None:
    seen = [
        [0.0, 2.0, 5, 0, "AI-generated"],
        [2.5, 2.5, 1, 0, "Al-generatcd"],
        [3.0, 5.0, 5, 0, "AI-generated"],
    ]
    assert times(line("AI-generated", seen=seen)) == [(0.0, 5.0, 11)]


def test_lines_of_one_label_last_while_examined_frames_show_all() -> None:
    first, second = "This advertisement contains", "an AI-generated performer"
    seen = [[0.0, 2.0, 5, 0, first], [3.0, 5.0, 5, 1, first]]
    above = line(first, (0.1, 0.8, 0.5, 0.84), seen=seen)
    assert times(above, line(second, (0.1, 0.85, 0.5, 0.89))) == [(0.0, 2.0, 5), (3.0, 5.0, 5)]


def test_a_label_that_flickers_stands_no_longer_than_a_frame() -> None:
    seen = [[at / 5, at / 5, 1, min(at, 1), "AI-generated"] for at in range(300)]
    found = labels(line("AI-generated", end=60.0, seen=seen), line("Acme", (0.4, 0.1, 0.6, 0.2)))
    assert 0 < len(found) <= 16 and all(one.score < 0.5 for one in found)


@pytest.mark.parametrize(
    ("other", "box"),
    [
        ("Channel Nine News", (0.05, 0.85, 0.35, 0.89)),
        ("ACME TV", (0.05, 0.945, 0.2, 0.985)),
        ("Everybody hates what comes next", (0.3, 0.3, 0.8, 0.34)),
        ("What a day", (0.05, 0.72, 0.9, 0.9)),
        ("subscribe now", (0.7, 0.9, 0.9, 0.94)),
    ],
    ids=["above", "below", "far away", "a title", "at the other end of the row"],
)
def test_another_line_leaves_a_label_what_it_is(other: str, box: tuple[float, ...]) -> None:
    found = labels(line("AI-generated"), line(other, box))
    assert [one.score for one in found] == [0.9]
    assert found[0].track == "ai-generated"


@pytest.mark.parametrize(
    ("other", "box"),
    [
        ("Everybody hates", (0.05, 0.85, 0.3, 0.89)),
        ("is what this is not", (0.05, 0.945, 0.3, 0.985)),
        ("NOT", (0.05, 0.82, 0.2, 0.89)),
        ("Not", (0.01, 0.9, 0.045, 0.94)),
        ("0 %", (0.01, 0.9, 0.045, 0.94)),
        ("fakes are everywhere", (0.31, 0.9, 0.6, 0.94)),
        ("我们反对", (0.05, 0.85, 0.3, 0.89)),
    ],
)
def test_a_line_beside_that_denies_or_goes_on_leaves_none_that_counts(
    other: str, box: tuple[float, ...]
) -> None:
    for end in (5.0, 0.5):
        found = labels(line("AI-generated"), line(other, box, end=end))
        assert all(one.score < 0.5 for one in found)


def test_a_denial_over_three_lines_leaves_no_part_of_it_a_label() -> None:
    said = ("None of the pictures", "in this film are", "AI-generated")
    tops = (0.8, 0.85, 0.9)
    found = labels(
        *(line(text, (0.1, top, 0.5, top + 0.04)) for text, top in zip(said, tops, strict=True))
    )
    assert all(one.score < 0.5 for one in found)


@pytest.mark.parametrize(
    "changes",
    [{"contrast": 1.2}, {"letters": 6.0}, {"end": 0.04}, {"stream": 1, "main": False}],
    ids=["faint", "tiny", "one frame", "another stream"],
)
def test_a_label_that_nobody_sees_scores_low(changes: dict) -> None:
    other = line("Summer in the hills", (0.3, 0.4, 0.7, 0.5))
    [one] = labels(line("AI-generated", **changes), other)
    assert one.score < 0.5 and "hardly anybody" in one.evidence.note


def test_a_still_is_seen_for_as_long_as_one_likes() -> None:
    [one] = labels(line("AI-generated", end=0.0))
    assert one.score == 0.9
