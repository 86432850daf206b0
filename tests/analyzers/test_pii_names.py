"""Names and postal addresses are found by lists, form and context, and everyday prompts hold few of them."""

import json
import time

import pytest

from compliance.analyzers.texts.pii_names import PiiNameAnalyzer
from compliance.errors import AnalyzerError
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.types import Source, TextBatch

ASSET = "a" * 64


@pytest.fixture(scope="module")
def names() -> PiiNameAnalyzer:
    analyzer = PiiNameAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def prompt(*texts: str) -> TextBatch:
    n = len(texts)
    return TextBatch((ASSET,) * n, texts, (Source.PROMPT,) * n, (None,) * n, (None,) * n)


def sure(names: PiiNameAnalyzer, text: str, least: float = 0.5) -> list[tuple[str, str]]:
    observed = names.observe_texts(prompt(text))
    return [
        (one.category.removeprefix("pii."), text[slice(*one.evidence.offsets)])
        for one in names.findings(ASSET, names.reduce(ASSET, observed), None)
        if one.score >= least
    ]


class TestContract(TextContract):
    def analyzer(self) -> PiiNameAnalyzer:
        return PiiNameAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            prompt("a letter from Dr. Ingeborg Halvorsen to Acme Widgets Ltd in Oslo"),
            prompt("she lives at 12 Elm Street, Springfield"),
            prompt("nothing here"),
        ]


FOUND = [
    ("My name is Wiremu Tauranga.", [("person", "Wiremu Tauranga")]),
    ("we asked Siobhán O'Reilly about it", [("person", "Siobhán O'Reilly")]),
    ("a portrait of a girl named Anna", [("person", "Anna")]),
    ("the letter was signed by Dr. Okonkwo", [("person", "Dr."), ("person", "Okonkwo")]),
    ("a train leaves for the coast from Antwerp", [("place", "Antwerp")]),
    ("they moved to Blorenge last year", [("place", "Blorenge")]),
    ("a street market in New York City at night", [("place", "New York City")]),
    ("she works for Brightwater", [("organization", "Brightwater")]),
    ("an invoice of Halloran Logistics GmbH", [("organization", "Halloran Logistics GmbH")]),
    ("he lives at 221 Baker Street", [("address", "221 Baker Street")]),
    ("send it to Lindenstraße 17", [("address", "Lindenstraße 17")]),
    ("the shop is at 48 rue des Lilas", [("address", "48 rue des Lilas")]),
    ("ZIP: 43672", [("address", "43672")]),
    ("a dancer in a Brazilian carnival", [("place", "Brazilian")]),
    ("the dog of elena sukhorukova barks", [("person", "elena sukhorukova")]),
]  # fmt: skip
NOTHING = [
    "a cat sleeps on a windowsill in the rain",
    "Two women walk down the street with 3 dogs",
    "cinematic shot, 35mm, golden hour, ultra realistic",
    "A Dramatic Sunset Over The Ocean With Flying Birds",
    "MAKE IT LOUD AND BRIGHT",
    "Please rose to the occasion, will you?",
    "Monday morning in March, the April rain begins",
    "write to jane.miller@example.com",
    "Roads wind through hills. Clouds drift. Nobody speaks.",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_names_and_addresses_are_found_with_their_spans(text, expected, names) -> None:
    assert sure(names, text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_everyday_prompts_hold_no_names(text, names) -> None:
    assert sure(names, text) == []


def test_the_words_around_a_name_decide_between_person_and_place(names) -> None:
    assert sure(names, "Florence said hello") == [("person", "Florence")]
    assert sure(names, "a hotel in Florence") == [("place", "Florence")]


def test_a_name_in_the_text_of_an_address_is_not_a_person(names) -> None:
    assert sure(names, "meet at 5 Nelson Mandela Drive") == [("address", "5 Nelson Mandela Drive")]


def test_a_name_alone_scores_lower_than_one_that_is_said_to_be_a_name(names) -> None:
    (alone,) = names.observe_texts(prompt("the dog of Anna barks"))
    (named,) = names.observe_texts(prompt("my name is Anna"))
    assert 0.5 <= alone.attributes["score"] < 0.8 < named.attributes["score"]


def test_no_name_is_kept_in_the_clear(names) -> None:
    observed = names.observe_texts(prompt("call me Ingeborg Halvorsen of 12 Elm Street"))
    findings = names.findings(ASSET, observed, None)
    stored = json.dumps([one.model_dump(mode="json") for one in findings]) + repr(observed)
    assert findings
    for secret in ("Ingeborg", "INGEBORG", "Halvorsen", "HALVORSEN", "Elm", "ELM"):
        assert secret not in stored


@pytest.mark.parametrize("piece", ["Anna ", "12 Elm ", "\x01\x02", "x", "a\n", "a@b.co ", "St. "])
def test_long_texts_are_read_in_linear_time(piece, names) -> None:
    def seconds(size: int) -> float:
        began = time.process_time()
        names.observe_texts(prompt((piece * size)[:size]))
        return time.process_time() - began

    quarter = min(seconds(25_000) for _ in range(2))
    assert seconds(100_000) < 12 * max(quarter, 0.05)


def test_a_megabyte_of_one_word_is_read(names) -> None:
    assert names.observe_texts(prompt("x" * 1_000_000)) == []


def test_it_refuses_to_read_before_it_is_set_up() -> None:
    with pytest.raises(AnalyzerError, match="set up"):
        PiiNameAnalyzer().observe_texts(prompt("Anna"))
