"""What English costs in bits tells it from text backwards, shifted or in other languages, names or not."""

import codecs

import pytest

from compliance.text.disguise.english_letters import LIKELY, cost, likelier, part, per_letter

ENGLISH = [
    "a masked gunman stabs a young woman in the kitchen",
    "Kowalczyk and Zendaya walk through Wroclaw at night",
    "low angle, bokeh, chiaroscuro, volumetric fog",
]
OTHERS = [
    "Ein Mann geht mit seinem Hund durch den verschneiten Wald",
    "Une femme marche dans la rue avec son chien",
    "Nainen kävelee kadulla koiran kanssa ja katsoo taivasta",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_costs_less_than_the_same_backwards_or_shifted(text) -> None:
    assert per_letter(text) <= LIKELY
    for other in (text[::-1], codecs.encode(text, "rot13")):
        assert likelier(other, text)
        assert not likelier(text, other)


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages_are_not_likelier_backwards_or_shifted(text) -> None:
    assert per_letter(text) > max(map(per_letter, ENGLISH))
    assert not likelier(text, text[::-1])
    assert not likelier(text, codecs.encode(text, "rot13"))


def test_a_known_word_costs_less_than_one_that_only_sounds_like_it() -> None:
    assert cost("the") < cost("gun") < cost("kitchen") < cost("kitchel") < cost("nehctik")


def test_joined_letters_are_parted_into_words_unknown_ones_too() -> None:
    assert part("themaskedgunmanstabsher") == ["the", "masked", "gunman", "stabs", "her"]
    assert "".join(part("wroclawinthesnow")) == "wroclawinthesnow"
    assert part("wroclawinthesnow")[-1] == "snow"
    assert part("") == []
