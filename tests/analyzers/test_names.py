"""Names are found through disguises, in any script, and benign text is left alone."""

import base64
import codecs

import pytest

from compliance.analyzers.base import References
from compliance.analyzers.texts.names import NameAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import BankUse, Finding, Reference
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.text.names.matching import EXACT, LEETSPEAK, LOOKALIKE, MISREAD
from compliance.types import Region, Source, TextBatch, TimeSpan

NAMES = {
    "Eileen Collins": "collins",
    "Commander Collins": "collins",
    "Usher": "usher",
    "Cher": "cher",
    "Sia": "sia",
    "Lisa": "lisa",
    "Tom Hanks": "hanks",
    "José Álvarez": "alvarez",
    "J.K. Rowling": "rowling",
    "Conan O'Brien": "obrien",
    "Jean-Luc Picard": "picard",
    "Bill Clinton": "clinton",
    "Айлин Коллинз": "collins",
    "宮崎駿": "miyazaki",
    "فيروز": "fairuz",
    "아이유": "iu",
    "Μαρία Κάλλας": "callas",
}


def references(names: dict[str, str]) -> References:
    refs = tuple(Reference(bank="people", entry=entry) for entry in names.values())
    use = BankUse(name="people", modality="name", size=len(refs), version="0" * 64)
    return References(refs=refs, banks=(use,), texts=tuple(names))


def prompt(*texts: str, source: Source = Source.PROMPT, asset: str = "a" * 64) -> TextBatch:
    n = len(texts)
    return TextBatch((asset,) * n, texts, (source,) * n, (None,) * n, (None,) * n)


def lines(*rows: tuple[float, str], width: float = 0.2) -> TextBatch:
    n = len(rows)
    box = Region.from_box(0.1, 0.1, 0.1 + width, 0.2, 1, 1)
    spans = tuple(TimeSpan(start=time, end=time) for time, _ in rows)
    texts = tuple(text for _, text in rows)
    return TextBatch(("a" * 64,) * n, texts, (Source.OCR,) * n, spans, (box,) * n)


def review(batch: TextBatch, names: dict[str, str] = NAMES) -> list[Finding]:
    analyzer = NameAnalyzer()
    analyzer.setup("cpu", ModelStore())
    reduced = analyzer.reduce("a" * 64, analyzer.observe_texts(batch))
    return analyzer.findings("a" * 64, reduced, references(names))


class TestContract(TextContract):
    def analyzer(self) -> NameAnalyzer:
        return NameAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            prompt("Eileen Collins and Usher", "nobody at all"),
            prompt("Cher", source=Source.NEGATIVE_PROMPT, asset="b" * 64),
            lines((1.0, "TOM HANKS"), (1.0, "a second line")),
        ]

    def references(self) -> References:
        return references(NAMES)

    def provoke(self) -> None:
        self.analyzer().findings("a" * 64, [], None)


FOUND = [
    ("Portrait of Eileen Collins at work", "Eileen Collins", "collins", EXACT),
    ("EILEEN COLLINS' helmet", "EILEEN COLLINS", "collins", EXACT),
    ("Eileen Collins’s helmet", "Eileen Collins", "collins", EXACT),
    ("eileen-collins", "eileen-collins", "collins", EXACT),
    ("#MeetEileenCollinsNow", "EileenCollins", "collins", EXACT),
    ("@eileencollins2024", "eileencollins", "collins", EXACT),
    ("Eileen\nCollins", "Eileen\nCollins", "collins", EXACT),
    ("JK Rowling", "JK Rowling", "rowling", EXACT),
    ("J. K. Rowling", "J. K. Rowling", "rowling", EXACT),
    ("Conan O’Brien", "Conan O’Brien", "obrien", EXACT),
    ("Conan OBrien", "Conan OBrien", "obrien", EXACT),
    ("jean luc picard", "jean luc picard", "picard", EXACT),
    ("портрет Айлин Коллинз", "Айлин Коллинз", "collins", EXACT),
    ("宮崎駿のアニメ", "宮崎駿", "miyazaki", EXACT),
    ("غنت فيروز أمس", "فيروز", "fairuz", EXACT),
    ("아이유가 노래한다", "아이유", "iu", EXACT),
    ("η ΜΑΡΙΑ ΚΑΛΛΑΣ", None, None, None),
    ("η Μαρία Κάλλας", "Μαρία Κάλλας", "callas", EXACT),
    ("Sia on stage", "Sia", "sia", EXACT),
    ("Jose Alvarez", "Jose Alvarez", "alvarez", LOOKALIKE),
    ("Еi\u200blееn Соllins", "Еi\u200blееn Соllins", "collins", LOOKALIKE),
    ("Ëïlëën Cöllïns", "Ëïlëën Cöllïns", "collins", LOOKALIKE),
    ("𝓔𝓲𝓵𝓮𝓮𝓷 Ｃｏｌｌｉｎｓ", "𝓔𝓲𝓵𝓮𝓮𝓷 Ｃｏｌｌｉｎｓ", "collins", EXACT),
    ("ᴇɪʟᴇᴇɴ 🅲🅾🅻🅻🅸🅽🆂", "ᴇɪʟᴇᴇɴ 🅲🅾🅻🅻🅸🅽🆂", "collins", LOOKALIKE),
    ("Сhеr", "Сhеr", "cher", LOOKALIKE),
    ("31l33n C0ll1n$", "31l33n C0ll1n$", "collins", LEETSPEAK),
    ("Bi11 C1int0n", "Bi11 C1int0n", "clinton", LEETSPEAK),
    ("BiII CIinton", "BiII CIinton", "clinton", LEETSPEAK),
    ("Torn Hanks", "Torn Hanks", "hanks", LEETSPEAK),
    ("E i l e e n C o l l i n s", "E i l e e n C o l l i n s", "collins", LEETSPEAK),
    ("E.i.l.e.e.n. C.o.l.l.i.n.s", "E.i.l.e.e.n. C.o.l.l.i.n.s", "collins", LEETSPEAK),
    ("Eil-een Coll*ins", "Eil-een Coll*ins", "collins", LEETSPEAK),
    ("U.s.h.e.r", "U.s.h.e.r", "usher", LEETSPEAK),
]
NOT_FOUND = [
    "us her", "usherette", "pushers", "Meileen Collinson", "снег идет", "СНЕГ", "sia", "asia", "1154 people",
    "Eileen, whom everybody knows as Collins", "torn hankies", "the rail linesman", "Lisabon",
    "Ilsa at the bar", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "written", "entry", "score"), [f for f in FOUND if f[1]])
def test_a_name_is_found_where_it_stands(text, written, entry, score) -> None:
    [finding] = review(prompt(text))
    start, end = finding.evidence.offsets
    assert text[start:end] == written
    assert finding.reference.entry == entry
    assert finding.score == score


@pytest.mark.parametrize("text", NOT_FOUND)
def test_a_word_like_a_name_is_not_one(text) -> None:
    assert review(prompt(text)) == []


def test_the_note_names_the_disguise() -> None:
    [finding] = review(prompt("Еi\u200blееn Соllins, 555 01 99 99"))
    assert finding.evidence.note == "The name, disguised: 5 look-alike letters, 1 hidden character"
    assert finding.evidence.text == "Еi\u200blееn Соllins, •••"


def test_a_name_that_stands_twice_is_one_finding_that_counts_two() -> None:
    [finding] = review(prompt("Commander Collins, that is Eileen Collins, just Eileen Collins"))
    assert finding.raw == 3
    assert finding.evidence.offsets == (0, 17)


def test_a_name_inside_a_longer_one_of_its_bank_is_the_longer_one() -> None:
    [only] = review(prompt("Eileen Collins"), {"Collins": "phil", "Eileen Collins": "eileen"})
    assert (only.reference.entry, only.rank) == ("eileen", 1)


def test_a_name_inside_a_longer_one_of_another_bank_stays_behind_it() -> None:
    refs = (Reference(bank="talent", entry="collins"), Reference(bank="people", entry="eileen"))
    both = References(refs, (), texts=("Collins", "Eileen Collins"))
    analyzer = NameAnalyzer()
    seen = analyzer.observe_texts(prompt("Eileen Collins"))
    found = analyzer.findings("a" * 64, seen, both)
    assert [(one.reference.id, one.rank) for one in found] == [
        ("people/eileen", 1),
        ("talent/collins", 2),
    ]


@pytest.mark.parametrize(
    "text", ["EILEEN COLINS", "ElLEEN C0LLlNS", "EILEEN COLLIINS", "EILFEN COLLINS"]
)
def test_one_misread_letter_on_screen_is_forgiven(text) -> None:
    [finding] = review(lines((1.0, text)))
    assert finding.score == MISREAD
    assert review(prompt(text)) == []


def test_a_line_that_stays_is_one_finding_with_its_span() -> None:
    batch = lines((2.0, "Usher"), (1.0, "Usher"), (1.5, "Usher"), (9.0, "Usher"))
    spans = [(f.span.start, f.span.end) for f in review(batch)]
    assert spans == [(1.0, 2.0), (9.0, 9.0)]


def test_no_names_at_all_find_nothing_but_missing_names_are_an_error() -> None:
    assert review(prompt("Usher"), {}) == []
    with pytest.raises(AnalyzerError, match="compliance people enrol"):
        NameAnalyzer().findings("a" * 64, [], None)


def test_a_bank_that_changed_is_read_again() -> None:
    analyzer = NameAnalyzer()
    seen = analyzer.observe_texts(prompt("Usher met Cher"))
    found = [
        analyzer.findings("a" * 64, seen, references(names))
        for names in ({"Usher": "usher"}, {"Cher": "cher"})
    ]
    assert [[f.reference.entry for f in one] for one in found] == [["usher"], ["cher"]]


@pytest.mark.parametrize(
    "text",
    [
        "Eileen Collins walks along the quiet beach"[::-1],
        base64.b64encode(b"Eileen Collins walks along the quiet beach").decode(),
        codecs.encode("Eileen Collins walks along the quiet beach", "rot13"),
        "Eil een Col lins wal ks alo ng the qui et bea ch",
    ],
)
def test_a_name_in_a_text_that_is_hidden_as_a_whole_is_found(text) -> None:
    [finding] = review(prompt(text))
    assert finding.reference.entry == "collins"
    assert finding.score <= LEETSPEAK
    start, end = finding.evidence.offsets
    assert 0 <= start < end <= len(text)
    assert "disguise" in finding.evidence.note
