"""Personal data over two captions or lines, or read aloud, is found once and with its whole time."""

import pytest

from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import Finding
from compliance.model_store import ModelStore
from compliance.text.personal import cues
from compliance.types import Region, Source, TextBatch, TimeSpan

ASSET = "a" * 64


@pytest.fixture(scope="module")
def pii() -> PiiAnalyzer:
    analyzer = PiiAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def review(
    pii: PiiAnalyzer, texts: tuple[str, ...], source: Source, gap: float = 0
) -> list[Finding]:
    """Return findings of 0.5 and more in texts of one second each, or in lines of one page."""
    count = len(texts)
    page = source is Source.OCR
    starts = [0.0 if page else row * (1 + gap) for row in range(count)]
    regions = tuple(
        Region.from_box(10, 5 + 5 * row, 60, 9 + 5 * row, 100, 100) if page else None
        for row in range(count)
    )
    spans = tuple(TimeSpan(start=start, end=start + 1) for start in starts)
    batch = TextBatch((ASSET,) * count, texts, (source,) * count, spans, regions)
    found = pii.findings(ASSET, pii.reduce(ASSET, pii.observe_texts(batch)), None)
    return [one for one in found if one.score >= 0.5]


SPLIT = [
    (("My card is 4111 1111", "1111 1111 thanks"), "pii.payment_card"),
    (("My card is 4111 1111 ...", "... 1111 1111"), "pii.payment_card"),
    (("4111", "1111", "1111", "1111"), "pii.payment_card"),
    (("write to anna.b@", "example.org"), "pii.email"),
    (("write to anna.b@example.", "org, please"), "pii.email"),
    (("write to anna.b@example", ".org"), "pii.email"),
    (("anna.b@", "example", ".org"), "pii.email"),
    (("IBAN DE89 3704 0044", "0532 0130 00"), "pii.bank_account"),
    (("GB29", "NWBK 6016 1331 9268 19"), "pii.bank_account"),
    (("Call 212 555", "0187 now"), "pii.phone"),
    (("+49 30", "123456"), "pii.phone"),
]  # fmt: skip


@pytest.mark.parametrize("source", [Source.CAPTION, Source.SPEECH, Source.OCR])
@pytest.mark.parametrize(("texts", "category"), SPLIT)
def test_what_runs_over_cues_and_lines_is_found_once(texts, category, source, pii) -> None:
    found = [one for one in review(pii, texts, source) if one.category != "pii.url"]
    assert [one.category for one in found] == [category]
    assert found[0].span == TimeSpan(start=0, end=1 if source is Source.OCR else len(texts))
    assert f"over {len(texts)} lines" in found[0].evidence.note


def test_a_number_over_two_lines_of_one_caption_is_found(pii) -> None:
    [one] = review(pii, ("Call 212 555\n0187 now",), Source.CAPTION)
    assert one.category == "pii.phone"


READ_ALOUD = [
    ("four one one one, one one one one, one one one one, one one one one",),
    ("It is four triple one, double one double one,", "one one one one, one one one one."),
    tuple("four one one one one one one one one one one one one one one one".split()),
    ("4111, 1111, 1111, 1111",),
]


@pytest.mark.parametrize("source", [Source.CAPTION, Source.SPEECH])
@pytest.mark.parametrize("texts", READ_ALOUD)
def test_a_card_that_is_read_aloud_is_found(texts, source, pii) -> None:
    assert [one.category for one in review(pii, texts, source)] == ["pii.payment_card"]


@pytest.mark.parametrize(
    "texts",
    [
        ("four one one one, one one one one, one one one one, one one one two",),
        ("one two three four five six seven eight nine", "ten one two three four five six"),
        ("I called her.", "1234567 people came"),
        ("by Anna", "@anna.me"),
        ("It was 21 to 14", "and 17 to 10"),
        ("He lived 1911", "1987 1994 2001"),
        tuple(map(str, range(1, 60))),
        tuple(f"{number}%" for number in range(100, 0, -5)),
    ],
)
def test_counting_scores_and_accounts_run_into_nothing(texts, pii) -> None:
    found = [*review(pii, texts, Source.CAPTION), *review(pii, texts, Source.SPEECH)]
    assert [one.category for one in found if one.category != "pii.url"] == []


@pytest.mark.parametrize(
    "texts",
    [
        ("My card is 4111 1111 1111 1111", "1111 thanks"),
        ("write to anna.b@example.org", "or not"),
        ("Call 212-555-0187", "12 rooms are left"),
    ],
)
def test_what_one_cue_holds_is_not_found_again_with_the_next(texts, pii) -> None:
    [one] = review(pii, texts, Source.CAPTION)
    assert one.span == TimeSpan(start=0, end=1)


def test_the_words_of_the_cue_before_name_a_number(pii) -> None:
    [one] = review(pii, ("My passport number is", "C01X00T47"), Source.SPEECH)
    assert (one.category, one.span) == ("pii.passport", TimeSpan(start=1, end=2))
    assert not review(pii, ("I lost my passport.", "C01X00T47"), Source.SPEECH)


def test_cues_far_apart_make_no_number_together(pii) -> None:
    assert not review(pii, ("4111 1111", "1111 1111"), Source.CAPTION, gap=5.0)


def test_too_many_numbers_in_captions_are_refused_and_not_passed(pii, monkeypatch) -> None:
    monkeypatch.setattr(cues, "MOST", 5)
    with pytest.raises(AnalyzerError, match="too many numbers"):
        review(pii, tuple(f"room {n}" for n in range(20)), Source.CAPTION)
