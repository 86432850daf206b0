"""Words that say that a person is under 18 are found, ages from 18 and everyday phrases are not."""

import pytest

from compliance.text.sensitive.minors import says_minor


@pytest.mark.parametrize(
    "text",
    [
        "a 15 year old girl",
        "a 15-year-old",
        "twelve-year-old twins",
        "girl, 14, smiling",
        "she is 16.",
        "aged 9",
        "a 12 yo",
        "SCHOOLGIRLS on a bus",
        "a teen idol",
        "a young blonde girl",
        "an underage boy",
        "kids in a pool",
        "a minor",
    ],
)
def test_a_person_under_18_is_noticed(text: str) -> None:
    assert says_minor(text)


@pytest.mark.parametrize(
    "text",
    [
        "an 18 year old woman",
        "a young woman of 22",
        "a girl in a bikini",
        "her boyfriend",
        "two years ago",
        "10 years of experience",
        "a melody in a minor key",
        "no kidding",
        "handled with kid gloves",
        "he is 2 metres tall",
        "kidney beans",
        "",
    ],
)
def test_adults_and_everyday_phrases_are_not(text: str) -> None:
    assert says_minor(text) is None
