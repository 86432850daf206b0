"""Excerpts of findings show no personal numbers."""

import pytest

from compliance.text.personal.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Card 4111 1111 1111 1111", "Card •••• 11"),
        ("Call +1 (212) 555-0143 now", "Call •••• 43 now"),
        ("write to ann.example@mail.org today", "write to •••• today"),
        ("in 30 days, 12 of 24", "in 30 days, 12 of 24"),
        ("no number", "no number"),
    ],
)
def test_long_numbers_and_addresses_are_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown
