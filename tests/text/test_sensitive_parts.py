"""Texts are cut so that every word is read, in parts that a network can take."""

import random

from compliance.text.sensitive.sensitive_parts import MOST_CHARACTERS, SHORT, WHOLE, fitting, parts


def test_a_short_text_is_one_part() -> None:
    text = "A fox crosses the road"
    assert [text[a:b] for a, b in parts(text)] == [text]


def test_a_text_of_sentences_is_read_as_a_whole_and_by_sentence() -> None:
    text = "The sun is up. A man beats his dog! Birds sing in the trees."
    found = [text[a:b] for a, b in parts(text)]
    assert found[0] == text
    assert "A man beats his dog!" in found


def test_every_word_is_in_a_part_and_no_part_is_too_long() -> None:
    rng = random.Random(3)
    for length in (1, 5, SHORT, WHOLE, WHOLE + 1, 1000):
        words = [
            "x" * rng.choice((1, 3, 9, 2000)) + rng.choice(("", ".", "\n")) for _ in range(length)
        ]
        text = " ".join(words)
        read = [False] * len(text)
        for start, end in parts(text):
            assert end - start <= MOST_CHARACTERS
            read[start:end] = [True] * (end - start)
        assert all(seen or character.isspace() for seen, character in zip(read, text, strict=True))


def test_the_parts_of_a_long_text_grow_with_its_length_only() -> None:
    text = "lorem ipsum dolor " * 20_000
    assert len(list(parts(text))) < 6 * len(text.split()) / SHORT


def test_text_without_words_has_no_parts() -> None:
    assert list(parts(" \n\t ")) == []


def test_parts_that_a_network_cannot_take_are_halved_and_nothing_is_lost() -> None:
    text = "汉字" * 300
    found = fitting(text, list(parts(text)), lambda texts: [len(one) for one in texts], 100)
    assert all(end - start <= 100 for start, end in found)
    assert {place for start, end in found for place in range(start, end)} == set(range(len(text)))
