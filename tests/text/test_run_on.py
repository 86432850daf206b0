"""A name that is split between captions or lines is found, however it is split."""

import pytest

from compliance.analyzers.base import References
from compliance.analyzers.texts.names import NameAnalyzer
from compliance.findings import Finding, Reference
from compliance.types import Region, Source, TextBatch, TimeSpan

NAME = "Wilhelmina Quistgaard"
LONG = "Wilhelmina Maria von Quistgaard"
ASSET = "a" * 64


def found(
    *said: tuple[float, float, str], name: str = NAME, regions: tuple[Region, ...] = ()
) -> list[Finding]:
    """Look for ``name`` in captions, or with ``regions`` in lines on screen."""
    analyzer, count = NameAnalyzer(), len(said)
    batch = TextBatch(
        assets=(ASSET,) * count,
        texts=tuple(text for _, _, text in said),
        sources=(Source.OCR if regions else Source.CAPTION,) * count,
        spans=tuple(TimeSpan(start=start, end=end) for start, end, _ in said),
        regions=regions or (None,) * count,
    )
    person = References((Reference(bank="talent", entry="q", label=name),), (), texts=(name,))
    return analyzer.findings(ASSET, analyzer.reduce(ASSET, analyzer.observe_texts(batch)), person)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Here is Wilhelmina", "Quistgaard!"),
        ("Here is Wilhelmina ...", "... Quistgaard!"),
        ("Here is Wilhelmina\u2026", "\u2026 Quistgaard!"),
        ("\u266a Wilhelmina \u266a", "\u266a Quistgaard \u266a"),
        ("Here is Wilhelmina -", "- Quistgaard!"),
        ("Here is Wilhelmina Quist-", "gaard!"),
    ],
)
def test_a_name_is_found_once_whatever_stands_at_the_seam(first: str, second: str) -> None:
    (one,) = found((0, 1, first), (1, 2, second))
    assert one.span == TimeSpan(start=0, end=2)


def test_a_sentence_that_ends_is_not_joined_to_the_next() -> None:
    assert not found((0, 1, "Here is Wilhelmina."), (1, 2, "Quist gaards are birds."))


@pytest.mark.parametrize("start", [0.0, 0.1])
@pytest.mark.parametrize(
    "halves", [("Here is Wilhelmina", "Quistgaard"), ("Wilhelmina", "Quistgaard!")]
)
def test_halves_that_are_shown_at_once_are_joined_in_either_order(
    start: float, halves: tuple[str, str]
) -> None:
    assert found((start, 3, halves[0]), (0, 3, halves[1]))
    assert found((0, 3, halves[0]), (start, 3, halves[1]))


def test_a_name_word_by_word_is_found_once() -> None:
    words = f"here is {LONG} who sings".split()
    (one,) = found(*((i / 5, (i + 1) / 5, word) for i, word in enumerate(words)), name=LONG)
    assert one.span is not None and one.span.start == pytest.approx(0.4)


def test_captions_in_between_do_not_part_a_name() -> None:
    filler = [(0.1 + i / 10, 3, f"filler {i}") for i in range(5)]
    assert found((0, 3, "Here is Wilhelmina"), *filler, (1, 3, "Quistgaard"))


def line(left: float, top: float) -> Region:
    right, bottom = left + 0.3, top + 0.1
    return Region(points=((left, top), (right, top), (right, bottom), (left, bottom)))


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (line(0.3, 0.3), line(0.35, 0.42), True),
        (line(0.35, 0.42), line(0.3, 0.3), False),  # the family name stands above
        (line(0.1, 0.5), line(0.6, 0.48), True),
        (line(0.6, 0.48), line(0.1, 0.5), False),
        (line(0.3, 0.1), line(0.35, 0.8), False),
        (line(0.0, 0.3), line(0.6, 0.42), False),
    ],
)
def test_a_name_over_two_lines_on_screen_is_found_where_they_follow_each_other(
    first: Region, second: Region, joined: bool
) -> None:
    regions = (first, second)
    assert bool(found((0, 1, "WILHELMINA"), (0, 1, "QUISTGAARD"), regions=regions)) is joined
    assert not found((0, 1, "WILHELMINA"), (2, 3, "QUISTGAARD"), regions=regions)


def test_a_name_stacked_in_several_lines_is_found_once() -> None:
    rows = [Region.from_box(10, 10 + 12 * n, 60, 20 + 12 * n, 100, 100) for n in range(4)]
    lines = [(0.0, 1.0, text) for text in ("Wilhelmina", "Maria von", "Quistgaard", "in person")]
    (one,) = found(*lines, name=LONG, regions=tuple(rows))
    assert one.span == TimeSpan(start=0, end=1)
    (one,) = found(lines[0], lines[2], lines[3], regions=(rows[0], rows[1], rows[2]))
    assert one.evidence and one.evidence.offsets == (0, len(NAME))
