"""Everyday words that are also brands are left alone, and found where the text means the brand."""

import pytest

from compliance.text.names.brand_cues import FAINT
from compliance.text.names.cues import FAIR, STRONG, WEAK
from compliance.text.names.kinds import BRAND
from compliance.text.names.matching import NameIndex

EVERYDAY = ["Apple", "Shell", "Gap", "Puma", "Target", "Mini", "Orange", "Dove", "Amazon", "Sprite"]
SURE = [
    "Coca-Cola",
    "adidas",
    "Heineken",
    "Starbucks",
    "McDonald's",
    "FedEx",
    "BMW",
    "HP",
    "DHL",
    "UPS",
    "Red Bull",
    "Glock",
    "SpaceX",
    "T-Bank",
    "Glock",
    "SpaceX",
    "T-Bank",
]
NAMES = [*EVERYDAY, *SURE]
INDEX = NameIndex(NAMES, [True] * len(EVERYDAY) + [False] * len(SURE), BRAND)

BENIGN = """
an apple on a shell
Apple pie cooling on a windowsill
Apple trees in bloom. Up close. Shell of a snail.
a gap between two buildings
a puma walking through tall grass
Target practice at a summer camp
a mini cactus in a small pot
an orange shirt on a line
orange shoes and an orange car
a dove flying over a church
he pushes ups and downs away
a woman who shell-shocked us
""".strip().splitlines()


@pytest.mark.parametrize("text", BENIGN)
def test_a_word_with_its_ordinary_meaning_names_no_brand(text: str) -> None:
    assert INDEX.find(text) == []


NAMED = [
    ("a pair of Puma sneakers", "Puma", STRONG),
    ("footballer wearing a puma jersey", "Puma", WEAK),
    ("glowing apple logo on glass", "Apple", FAIR),
    ("unboxing an Apple laptop", "Apple", STRONG),
    ("an old Shell gas station on route 66", "Shell", STRONG),
    ("a girl in a Gap hoodie", "Gap", STRONG),
    ("a Dove® soap", "Dove", STRONG),
    ("a commercial for Target", "Target", FAIR),
    ("a bottle of Sprite in ice", "Sprite", FAIR),
    ("an Amazon billboard", "Amazon", FAIR),
    ("a Mini 1300 in London", "Mini", STRONG),
]


@pytest.mark.parametrize(("text", "name", "least"), NAMED)
def test_the_words_around_it_say_that_the_brand_is_meant(
    text: str, name: str, least: float
) -> None:
    scores = [match.score for match in INDEX.find(text) if NAMES[match.row] == name]
    assert scores and max(scores) >= least


@pytest.mark.parametrize(
    ("line", "score"),
    [
        ("TARGET", WEAK),
        ("Sprite", WEAK),
        ("SHELL®", STRONG),
        ("apple", FAINT),
        ("TARGET PRACTICE", None),
    ],
)
def test_a_word_that_has_its_line_on_screen_to_itself_is_likely_a_mark(
    line: str, score: float | None
) -> None:
    found = [match.score for match in INDEX.find(line, misread=True)]
    assert found == ([] if score is None else [score])


def test_a_word_alone_that_was_typed_is_no_mark() -> None:
    assert INDEX.find("TARGET") == []


WORDMARKS = [
    ("Cοca-Cola", "Coca-Cola"), ("C0CA COLA", "Coca-Cola"), ("CocaCola", "Coca-Cola"), ("adıdas", "adidas"),
    ("HEINEKEN", "Heineken"), ("HEINEKFN", "Heineken"), ("Sta rbucks", "Starbucks"), ("Fed Ex", "FedEx"),
    ("FEDEX.", "FedEx"), ("McDonalds", "McDonald's"), ("MCDONALO'S", "McDonald's"), ("REDBULL", "Red Bull"),
    ("adida", "adidas"), ("BMW", "BMW"), ("bmw", "BMW"), ("DHL", "DHL"), ("HP", "HP"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "name"), WORDMARKS)
def test_a_wordmark_is_found_as_it_is_read_from_pixels(line: str, name: str) -> None:
    assert name in {NAMES[match.row] for match in INDEX.find(line, misread=True)}


@pytest.mark.parametrize(
    "line",
    [
        "star bucks and deer",
        "fed exactly once",
        "coca leaves",
        "the heinous one",
        "ups and downs",
        "donald",
        "redbud",
        "A BLUE CLOCK",
        "SPACE STATION",
        "thank you",
    ],
)
def test_a_line_like_a_wordmark_is_none(line: str) -> None:
    assert INDEX.find(line, misread=True) == []
