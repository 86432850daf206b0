"""Telephone numbers: what numbering plans allow, and what the words around a number say."""

from __future__ import annotations

import re
from collections.abc import Iterator

REGIONS = (
    "US", "GB", "IE", "DE", "AT", "CH", "FR", "BE", "NL", "ES", "PT", "IT", "GR", "PL", "SE", "AU",
    "NZ", "IN", "JP", "KR", "BR", "MX",
)  # fmt: skip
"""Regions whose national format is recognised; numbers in international format are recognised of all.
Left out are those with dense plans of eight digits or fewer without a prefix (DK, NO, SG, HK …), where
almost any number is somebody's."""

INTERNATIONAL, NATIONAL_IN_CONTEXT, NATIONAL, UNASSIGNED_IN_CONTEXT, BARE = (
    0.95,
    0.92,
    0.8,
    0.6,
    0.3,
)
"""Scores: valid with a country code; valid in a region and called a telephone number; valid and grouped;
not valid anywhere but called a telephone number; valid somewhere, but one block of digits, or grouped like
thousands. See ``benchmarks/pii.py`` for how they separate numbers from benign ones."""

_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-/]{0,3}\d){6,14}(?:\s?x\d{1,5})?(?!\w)")
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .])\d{3})(?:\1\d{3})+")


def phone_numbers(
    text: str, named: re.Pattern[str], reach: int
) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of each telephone number in ``text``; overlapping ones too.

    Args:
        text: normalised text, digits as 0-9.
        named: words that call a number a telephone number.
        reach: code points before a number in which such a word counts.
    """
    from phonenumbers import Leniency, PhoneNumberMatcher

    if not _NUMBER.search(text):
        return
    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            context = bool(named.search(text, max(match.start - reach, 0), match.start))
            yield match.start, match.end, _score(match.raw_string, region, context)
    for found in _NUMBER.finditer(text):
        if named.search(text, max(found.start() - reach, 0), found.start()):
            if not _DATE.search(found.group()):
                yield *found.span(), UNASSIGNED_IN_CONTEXT


def _score(written: str, region: str, context: bool) -> float:
    from phonenumbers import Leniency, PhoneNumberMatcher

    if written.startswith("+"):
        return INTERNATIONAL
    if context:
        return NATIONAL_IN_CONTEXT
    if written.isdigit() or _THOUSANDS.fullmatch(written):
        return BARE
    grouped = PhoneNumberMatcher(written, region, leniency=Leniency.EXACT_GROUPING).has_next()
    return NATIONAL if grouped else BARE
