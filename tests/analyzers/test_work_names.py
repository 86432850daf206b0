"""Names of works, characters and styles are found, and everyday words are left alone."""

import json

from compliance.analyzers.base import References
from compliance.analyzers.texts.work_names import WorkNameAnalyzer
from compliance.findings import BankUse, Finding, Reference
from compliance.testing import TextContract
from compliance.text.names.matching import EXACT, LOOKALIKE, MISREAD
from compliance.types import Source, TextBatch

NAMES = {
    "Pikachu": ("pikachu", False, ""),
    "Frozen": ("frozen", True, ""),
    "Elsa": ("elsa", True, "character"),
    "Harry Potter": ("harry-potter", False, ""),
    "Harry Potter and the Goblet of Fire": ("goblet-of-fire", False, ""),
    "Wes Anderson": ("wes-anderson", False, "style"),
}


def references() -> References:
    refs = tuple(Reference(bank="works", entry=entry) for entry, _, _ in NAMES.values())
    use = BankUse(name="works", modality="term", size=len(refs), version="0" * 64)
    return References(
        refs,
        (use,),
        texts=tuple(NAMES),
        ambiguous=tuple(everyday for _, everyday, _ in NAMES.values()),
        details=tuple(json.dumps({"kind": kind} if kind else {}) for *_, kind in NAMES.values()),
    )


def texts(*given: str, source: Source = Source.PROMPT) -> TextBatch:
    n = len(given)
    return TextBatch(("a" * 64,) * n, given, (source,) * n, (None,) * n, (None,) * n)


def review(*given: str, source: Source = Source.PROMPT) -> list[Finding]:
    analyzer = WorkNameAnalyzer()
    reduced = analyzer.reduce("a" * 64, analyzer.observe_texts(texts(*given, source=source)))
    return analyzer.findings("a" * 64, reduced, references())


class TestContract(TextContract):
    def analyzer(self) -> WorkNameAnalyzer:
        return WorkNameAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            texts("Elsa from Frozen", "Pikachu and nobody else"),
            texts("in the style of Wes Anderson", source=Source.CAPTION),
        ]

    def references(self) -> References:
        return references()

    def provoke(self) -> None:
        self.analyzer().findings("a" * 64, [], None)


def test_a_character_is_found_disguised_or_not() -> None:
    found = review("two pikachus in the rain", "Рikасhu", "harry poter at school")
    assert [one.category for one in found] == ["ip.name"] * 3
    assert sorted(one.score for one in found) == [MISREAD, LOOKALIKE, EXACT]


def test_a_name_inside_a_longer_title_is_the_title() -> None:
    [only] = review("a scene from Harry Potter and the Goblet of Fire")
    assert only.reference.entry == "goblet-of-fire"


def test_a_title_that_is_a_word_counts_where_another_name_stands_beside_it() -> None:
    assert review("a frozen lake at dawn") == []
    found = {one.reference.entry: one for one in review("Elsa from Frozen in the snow")}
    assert set(found) == {"elsa", "frozen"}
    assert "speak for the work" in found["frozen"].evidence.note


def test_a_style_is_weak_where_only_the_name_stands() -> None:
    [alone] = review("Wes Anderson eating a sandwich")
    [asked] = review("a bakery, wes anderson style")
    assert alone.score < 0.6 < 0.9 < asked.score


def test_speech_and_captions_are_read_too() -> None:
    assert [one.source for one in review("pikachu is here", source=Source.SPEECH)] == [
        Source.SPEECH
    ]
