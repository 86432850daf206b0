"""Everyday words that are also names are left alone, and found where the text means the person."""

import pytest

from compliance.text.names.cues import FAIR, STRONG, WEAK
from compliance.text.names.matching import NameIndex

EVERYDAY = [
    "Drake", "Pink", "Prince", "The Rock", "Will Smith", "Page", "Brown", "Rose", "Usher", "Seal", "Future",
    "Common", "May", "Rain", "Ice Cube", "Young Thug", "Bush", "Queen", "Sting", "The Edge", "Homer",
]  # fmt: skip
SURE = [
    "Rihanna",
    "Larry Page",
    "Taylor Swift",
    "Axl Rose",
    "Prince Harry",
    "Flo Rida",
    "Donald Trump",
    "Trump",
]
INDEX = NameIndex(EVERYDAY + SURE, [True] * len(EVERYDAY) + [False] * len(SURE))

BENIGN = """
a brown bear catching salmon in a river
A page of notes on a wooden desk
a drake on a pond
A drake and two ducks swimming at dawn
a prince in a castle
The prince kneels before the queen, and the queen smiles
pink flowers
Pink, purple and blue flowers in a vase
Pink smiling faces on a wall
A featuring wall with pink roses, soft light
a room featuring pink walls and a brown sofa
the rock by the sea
waves crash against the rock, slow motion
the blacksmith will smith the metal
Tomorrow he will smith a sword of steel
a blooming rose in may, macro shot
In May 2020 the streets were empty
It may rain in the future
rain running down a window at night
a seal singing opera to a crowd
a small seal singing to a crowd
the young prince smiling at the camera
the common kingfisher, and a common frog
the future is female
An usher showing people to their seats
ice cube melting in a glass
two young thugs in an alley
a bush full of berries, a brown bush
the edge of the cliff, the edge
bee sting on a hand
Homer's voyage was long
A Brown Bear In A Pink Forest, Children's Book Cover
PINK AND BROWN ROSES, THE ROCK, NO RAIN
The Prince of Persia and the Queen of Hearts
Brown University, Drake Passage, Rock Hudson Street
portrait of a brown dog
""".strip().splitlines()

MEANT = [
    ("drake rapping on stage", "Drake", WEAK),
    ("Drake rapping on stage", "Drake", FAIR),
    ("Toronto rapper Drake in a boxing ring", "Drake", STRONG),
    ("Drake, the rapper, in a kitchen", "Drake", FAIR),
    ("A photo of Drake on a boat", "Drake", FAIR),
    ("Rihanna and Drake at dinner", "Drake", STRONG),
    ("rihanna and drake at dinner", "Drake", WEAK),
    ("the Drake concert in 2019", "Drake", FAIR),
    ("a video in which Drake's house floods", "Drake", FAIR),
    ("Dr4ke on a pond", "Drake", FAIR),
    ("d.r.a.k.e on a pond", "Drake", FAIR),
    ("@drake", "Drake", WEAK),
    ("the singer Prince playing guitar", "Prince", STRONG),
    ("pop star Pink flying over the crowd", "Pink", STRONG),
    ("President Bush painting at an easel", "Bush", STRONG),
    ("will smith eating spaghetti", "Will Smith", WEAK),
    ("Will Smith slapping a snowman", "Will Smith", STRONG),
    ("a selfie with Will Smith", "Will Smith", STRONG),
    ("The Rock lifting a bus", "The Rock", FAIR),
    ("starring The Rock and a giraffe", "The Rock", STRONG),
    ("Ice Cube in the style of a cartoon", "Ice Cube", FAIR),
    ("ice cube rapping with a microphone", "Ice Cube", FAIR),
    ("in the style of Prince, purple light", "Prince", STRONG),
]


def found(text: str) -> dict[str, float]:
    names = EVERYDAY + SURE
    return {names[match.row]: match.score for match in INDEX.find(text)}


@pytest.mark.parametrize("text", BENIGN)
def test_an_everyday_word_is_nobody(text) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(("text", "name", "weight"), MEANT)
def test_what_speaks_for_the_person_makes_the_score(text, name, weight) -> None:
    score = found(text)[name]
    assert weight * 0.89 <= score <= weight


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Larry Page on stage", "Larry Page"),
        ("Axl Rose singing", "Axl Rose"),
        ("Prince Harry on stage", "Prince Harry"),
    ],
)
def test_inside_a_longer_name_an_everyday_one_is_that_name(text, name) -> None:
    assert list(found(text)) == [name]


def test_a_place_is_not_two_names_run_together() -> None:
    assert found("a beach in Florida, FLORIDA 1985") == {}
    assert found("FloRida and flo rida") == {"Flo Rida": 1.0}


def test_a_fixed_phrase_means_nobody() -> None:
    assert found("a trump card on the table") == {}
    assert found("trump eating pizza") == {"Trump": 1.0}


def test_family_name_first_needs_its_comma() -> None:
    assert found("Swift, Taylor: portrait") == {"Taylor Swift": 0.9}
    assert found("a swift taylor") == {}


def test_text_full_of_everyday_names_is_read_whole() -> None:
    text = "Drake and Rihanna, a drake, " * 2_000
    assert len(INDEX.find(text)) == 4_000
