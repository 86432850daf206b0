"""International bank account numbers: the country's length and the check digits of ISO 13616.

With wrong check digits one counts behind the word *IBAN* alone, and less: a digit may be misread or changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FO FI GL NL SD FK", "19": "MK SI", "20": "AT BA EE KZ XK LT LU MN",
        "21": "HR LV LI CH", "22": "BH BG CR GE DE IE ME RS GB VA", "23": "GI IQ IL AE SO OM TL",
        "24": "AD CZ MD PK RO SA SK ES SE TN VG", "25": "PT ST LY", "26": "IS TR",
        "27": "FR GR IT MR MC SM BI DJ", "28": "AL AZ BY CY DO SV GT HU LB PL NI", "29": "BR EG PS QA UA",
        "30": "JO KW MU YE", "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Characters by country, as SWIFT's registry of IBANs gives them."""
CHECKED, NAMED, WRONG = 0.98, 0.99, 0.6
"""Scores: right check digits; behind the word as well; behind the word, with wrong check digits."""
_IBAN = re.compile(r"(?<!\w)iban(?!\w)", re.IGNORECASE)
_REACH = 40
"""Code points before a number in which the word counts."""
_START = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[ -]?\d[ -]?\d")
_CHARACTER = re.compile(r"[ \-.]{0,2}([A-Za-z0-9])")


def ibans(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of each IBAN in ``text``, in groups or not, in any case."""
    for match in _START.finditer(text):
        length = _LENGTHS.get(match.group(1).upper(), 0)
        end, characters = match.start(), ""
        while len(characters) < length:
            one = _CHARACTER.match(text, end)
            if one is None:
                break
            characters += one.group(1)
            end = one.end()
        ends = end >= len(text) or not (text[end].isascii() and text[end].isalnum())
        if not (length and len(characters) == length and ends):
            continue
        named = _IBAN.search(text, max(match.start() - _REACH, 0), match.start())
        if is_iban(characters):
            yield match.start(), end, NAMED if named else CHECKED
        elif named:
            yield match.start(), end, WRONG


def is_iban(characters: str) -> bool:
    """Tell whether the check digits are right (remainder 1 by 97, ISO 7064)."""
    turned = characters[4:] + characters[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1
