"""A text without words is said to be one; a text with words is not, whatever stands around them."""

import pytest

from compliance.text.wordless import wordless


@pytest.mark.parametrize(
    "text", ["\x01\x02\x07", "\x01\x02\x07\x1b[31m\x1b[0m", "\u200b\u200d\ufeff", "\x7f \x80\n\x01"]
)
def test_what_nobody_sees_is_said(text) -> None:
    assert "nobody sees" in wordless(text)


@pytest.mark.parametrize("text", ["🍆💦🍑👅", "🔞", "🍑 !!"])
def test_pictures_that_stand_for_sex_are_said(text) -> None:
    assert "sex" in wordless(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "a peach 🍑",
        "👩‍🚀🚀",
        "🎉",
        "…",
        "-",
        "♪ ♪",
        "12:30",
        "\x1b[31mred\x1b[0m",
        "一个女人",
        "\x01cat",
    ],
)
def test_words_numbers_and_marks_are_nothing_to_be_said(text) -> None:
    assert wordless(text) == ""
