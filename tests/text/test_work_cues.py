"""Everyday words that are also titles are left alone, and found where the text means the work."""

import pytest

from compliance.text.names.cues import FAIR, STRONG, WEAK
from compliance.text.names.kinds import WORK
from compliance.text.names.matching import NameIndex

TITLES = [
    "Frozen",
    "Cars",
    "Up",
    "It",
    "Brave",
    "Twilight",
    "Halo",
    "House",
    "Manhattan",
    "2012",
    "Us",
    "Saw",
]
CHARACTERS = ["Elsa", "Woody", "Buzz", "Link", "Stitch", "Joker", "Thor"]
STYLES = ["Wes Anderson", "Greg Rutkowski", "Studio Ghibli", "Pixar"]
SURE = [
    "Star Wars",
    "Toy Story",
    "Pikachu",
    "Minecraft",
    "Kim Possible",
    "S.H.I.E.L.D.",
    "Optimus Prime",
]
NAMES = [*TITLES, *CHARACTERS, *STYLES, *SURE]
EVERYDAY = [*[True] * (len(TITLES) + len(CHARACTERS)), *[False] * (len(STYLES) + len(SURE))]
ASPECTS = [
    *[""] * len(TITLES),
    *["character"] * len(CHARACTERS),
    *["style"] * len(STYLES),
    *[""] * len(SURE),
]
INDEX = NameIndex(NAMES, EVERYDAY, WORK, ASPECTS)

BENIGN = """
a frozen lake at dawn
Frozen peas pouring into a pan
cars on a highway at night
A Night In The City: Cars, Lights And Rain
up in the sky
it is raining on a tin roof
Brave soldiers march through the mud
a brave knight in the rain
twilight over the mountains
a halo of light around her hair
a cartoon house with red roof
the Sydney Opera House at night
a street in Manhattan
What happened in 2012?
not let into the US
a saw cutting through a plank
a woody hillside in autumn
a buzz of bees around a hive
a link of a steel chain
stitching a leather bag
a warrior with sword and shield
mission impossible for a snail
red and/or blue birds
an atlas on a table
elsa
""".strip().splitlines()


@pytest.mark.parametrize("text", BENIGN)
def test_a_word_with_its_ordinary_meaning_names_no_work(text: str) -> None:
    assert INDEX.find(text) == []


NAMED = [
    ("the flying house from the movie Up above the clouds", "Up", FAIR),
    ("a scene from the movie up", "Up", WEAK),
    ("Disney's Frozen on ice", "Frozen", STRONG),
    ("a poster of “Frozen”", "Frozen", FAIR),
    ("a frozen fan art contest", "Frozen", WEAK),
    ("snow castle from Frozen 2", "Frozen", STRONG),
    ("fan art of Twilight", "Twilight", FAIR),
    ("a Spartan in the video game Halo", "Halo", STRONG),
    ("Elsa from Frozen building a castle", "Elsa", FAIR),
    ("Elsa from Frozen building a castle", "Frozen", FAIR),
    ("Woody and Buzz, Pixar", "Buzz", STRONG),
    ("a creeper and Link from Minecraft", "Link", FAIR),
    ("Thor from Marvel calling lightning", "Thor", FAIR),
    ("the Joker dancing on stairs", "Joker", WEAK),
    ("a hotel lobby in the style of Wes Anderson", "Wes Anderson", STRONG),
    ("a pixar-style portrait", "Pixar", STRONG),
    ("wizard, greg rutkowski, artstation", "Greg Rutkowski", FAIR),
    ("Wes Anderson eating a sandwich", "Wes Anderson", WEAK),
]


@pytest.mark.parametrize(("text", "name", "least"), NAMED)
def test_the_words_around_it_say_that_the_work_is_meant(text: str, name: str, least: float) -> None:
    scores = [match.score for match in INDEX.find(text) if NAMES[match.row] == name]
    assert scores and max(scores) >= least


def test_more_evidence_scores_higher() -> None:
    texts = ("Wes Anderson on a bench", "a painting, Wes Anderson", "in the style of Wes Anderson")
    scores = [INDEX.find(text)[0].score for text in texts]
    assert scores == sorted(set(scores))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("two pikachus in a band", "Pikachu"),
        ("starwars birthday cake", "Star Wars"),
        ("toy story 3 bedroom", "Toy Story"),
        ("P1kachu in the rain", "Pikachu"),
        ("Optimus Pryme in the snow", "Optimus Prime"),
        ("agents of SHIELD", "S.H.I.E.L.D."),
    ],
)
def test_plurals_joined_words_numbers_and_slips_are_the_name_too(text: str, name: str) -> None:
    assert name in {NAMES[match.row] for match in INDEX.find(text)}
