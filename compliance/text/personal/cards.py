"""Payment card numbers: digits however they are grouped, an issuer's prefix and a check digit."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

_RUN = re.compile(r"\d(?:[\s.\-‐‑–—_/*·]{0,3}\d){11,}")
"""Twelve digits or more with at most three separators between two of them."""
_GROUP = re.compile(r"\d+")

_ISSUERS: tuple[tuple[int, int, int, frozenset[int]], ...] = (
    (4, 4, 1, frozenset({13, 16, 19})),
    (51, 55, 2, frozenset({16})),
    (2221, 2720, 4, frozenset({16})),
    (34, 34, 2, frozenset({15})),
    (37, 37, 2, frozenset({15})),
    (35, 35, 2, frozenset(range(16, 20))),
    (300, 305, 3, frozenset(range(14, 20))),
    (36, 36, 2, frozenset(range(14, 20))),
    (38, 39, 2, frozenset(range(14, 20))),
    (6011, 6011, 4, frozenset(range(16, 20))),
    (644, 659, 3, frozenset(range(16, 20))),
    (62, 62, 2, frozenset(range(16, 20))),
    (1800, 1800, 4, frozenset({15})),
    (2131, 2131, 4, frozenset({15})),
    (50, 50, 2, frozenset(range(12, 20))),
    (56, 58, 2, frozenset(range(12, 20))),
    (63, 63, 2, frozenset(range(12, 20))),
    (67, 67, 2, frozenset(range(12, 20))),
    (2200, 2204, 4, frozenset(range(16, 20))),
)
"""(first prefix, last prefix, digits of the prefix, lengths): issuer ranges of Visa, Mastercard, American
Express, JCB, Diners, Discover, UnionPay, Maestro and Mir, some wider than the schemes publish them: of JCB
every prefix of 35, not 3528 to 3589 alone. The check digit has to hold as well."""


SHORTEST = 12
"""Digits of the shortest card numbers, Maestro's."""
ISSUED, UNISSUED = 1.0, 0.5
"""Raw scores: an issuer's prefix and length with the right check digit; the check digit alone, which one number
in ten has, so that only words beside it make it a card."""


def card_numbers(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, raw) of each card number in ``text``.

    A number is made of whole groups of digits, so that ``4111 1111 1111 1111 12/27`` gives the first four
    groups. Where several choices of groups pass, all are given.
    """
    for run in _RUN.finditer(text):
        groups = [(m.start() + run.start(), m.group()) for m in _GROUP.finditer(run.group())]
        for first, (start, _) in enumerate(groups):
            digits = ""
            for begin, group in itertools.islice(groups, first, None):
                digits += group
                if len(digits) > 19:
                    break
                if len(digits) >= SHORTEST and has_check_digit(digits):
                    raw = ISSUED if is_card(digits) else UNISSUED
                    yield start, begin + len(group), raw


def is_card(digits: str) -> bool:
    """Tell whether ``digits`` have an issuer's prefix and length and the right check digit."""
    issued = any(
        len(digits) in lengths and first <= int(digits[:size]) <= last
        for first, last, size, lengths in _ISSUERS
    )
    return issued and has_check_digit(digits)


def has_check_digit(digits: str) -> bool:
    """Tell whether the check digit of ISO/IEC 7812-1, annex B, is right, and not all digits are one."""
    if len(set(digits)) < 2:
        return False
    doubled = [
        int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0
