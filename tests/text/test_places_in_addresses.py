"""Towns are found where an address has them, and nationalities where somebody has one."""

import re
from pathlib import Path

import pytest

from compliance.text.personal.name_finder import NameFinder
from compliance.text.personal.search import WHOLE, sightings
from compliance.text.personal.street_addresses import street_addresses
from compliance.types import Source, TextBatch

_MARK = re.compile(r"\{L:([^}]+)\}")
_LINES = Path(__file__).with_name("places_in_addresses.txt").read_text("utf-8").splitlines()
READ = [line for line in _LINES if line[0] not in "#?"]


def found(text: str, category: str = "pii.place") -> list[tuple[int, int]]:
    batch = TextBatch(("a",), (text,), (Source.PROMPT,), (None,), (None,))
    return [
        (one.place.start, one.place.end)
        for one in sightings(batch, NameFinder())
        if one.hit.score >= 0.5 and one.category == category
    ]


def written(text: str, category: str = "pii.place") -> list[str]:
    return [text[start:end] for start, end in found(text, category)]


def marked(line: str) -> tuple[str, list[tuple[int, int]]]:
    text, places, done = "", [], 0
    line = line.replace("\\n", "\n")
    for mark in _MARK.finditer(line):
        text += line[done : mark.start()]
        places.append((len(text), len(text) + len(mark[1])))
        text += mark[1]
        done = mark.end()
    return text + line[done:], places


@pytest.mark.parametrize("line", READ)
def test_places_are_found_where_a_text_has_them_and_nowhere_else(line) -> None:
    text, places = marked(line)
    seen = found(text)
    assert [one for one in places if not any(_overlap(one, other) for other in seen)] == []
    assert [one for one in seen if not any(_overlap(one, other) for other in places)] == []


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def test_most_of_the_table_is_read() -> None:
    assert len(READ) >= 9 * sum(line[0] != "#" for line in _LINES) / 10


def test_a_town_is_found_whole_without_the_state_behind_it() -> None:
    assert written("12 Elm Street, Wodonga VIC 3690") == ["Wodonga"]
    assert written("kossuth utca 6\nkędzierzyn-koźle\n25033") == ["kędzierzyn-koźle"]


def test_everyday_words_are_a_town_only_beside_a_postcode() -> None:
    assert written("8 saltmarket street, warm light, candles") == []
    assert written("8 saltmarket street, sandwich, ct13 9ad") == ["sandwich"]


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("his address is 33 mill lane", "33 mill lane"),
        ("9 copper mill drive, suite 210", "9 copper mill drive"),
        ("301 vine street\nfort bragg\nca 95437", "301 vine street"),
    ],
)
def test_a_street_of_everyday_words_is_one_where_an_address_is_announced_or_goes_on(
    text, street
) -> None:
    assert street in [text[start:end] for start, end, _ in street_addresses(text)]


def test_people_who_walk_down_a_street_are_no_address() -> None:
    assert written("2 women walk down the street, apt 5", "pii.address") == ["apt 5"]


@pytest.mark.parametrize("text", ["Mobile: 041 412 293", "Mobile no. +44 20 7946 0000"])
def test_a_word_for_a_telephone_before_its_number_is_no_town(text) -> None:
    assert written(text) == []
    assert written("a river boat in Mobile, Alabama") == ["Mobile", "Alabama"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("an American film", []),
        ("an American film director", ["American"]),
        ("he speaks German", []),
        ("he is German", ["German"]),
        ("they teach Italian students", ["Italian"]),
        ("a French action-comedy film", []),
        ("the Italian in the restaurant", ["Italian"]),
        ("an American eats food at home", ["American"]),
        ("the sudanese government left", ["sudanese"]),
        ("he will polish the car", []),
    ],
)
def test_a_nationality_is_found_where_it_is_said_of_somebody(text, said) -> None:
    assert written(text) == said


def test_what_only_a_later_reading_of_a_long_text_shows_is_found_in_it() -> None:
    plain = "the quiet river runs past the old mill and the boats wait for the tide. "
    accents = plain.translate(str.maketrans("aeiou", "áéíöü"))
    filler = accents * (3 * WHOLE // len(accents))
    text = filler + "my n a m e is Ing\u0435borg H a l v o r s e n and I am here. " + filler
    assert any("Ing" in name for name in written(text, "pii.person"))
