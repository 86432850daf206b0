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

INTERNATIONAL, NATIONAL_IN_CONTEXT, NATIONAL, WITH_EXTENSION = 0.95, 0.92, 0.8, 0.75
UNASSIGNED_IN_CONTEXT, GROUPED, BARE = 0.6, 0.55, 0.3
"""Scores: valid with a country code; valid in a region and called a telephone number; valid and grouped;
with an extension; not valid anywhere but called a telephone number; not valid, but grouped or begun as
telephone numbers are and little else is; valid somewhere, but one block of digits, or grouped like thousands.
See ``benchmarks/pii.py`` for how they separate numbers from benign ones."""

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of scripts that put no space before a number."""
_NUMBER = re.compile(
    rf"(?<![^\W{_UNSPACED}])(?<![.$€£#])(?:\+|00)?\(?\d(?:[ ().\-/]{{0,3}}\d){{6,16}}"
    rf"(?:(?: ?x| ?ext\.? ?)\d{{1,5}})?(?![^\W{_UNSPACED}]|\.\d)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"1[3-9]\d([ \-]?)\d{4}\1\d{4}")
"""A Chinese mobile number in national format (MIIT's numbering plan: eleven digits from 13 to 19)."""
_EXTENDED = re.compile(r"\d ?(?:x|ext\.? ?)\d{1,5}$", re.IGNORECASE)
_ABROAD = re.compile(r"(?:\+|00)[1-9][ ().\-/\d]{8,24}$")
_SHAPES = re.compile(
    r"(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}([-. ]))\d{3}[-. ]\d{4}"
    r"|\(0?\d{1,4}\) ?\d{2,4}(?:[ -]?\d{2,4}){1,3}|0\d{1,4}[ /-]\d{2,4}(?:[ -]\d{2,4}){1,3}"
    r"|0\d(?:[ .]\d\d){4}|0\d{1,4}[-/ ]\d{5,8}"
)
"""Ways of grouping: North America's; an area code in brackets; a trunk prefix and groups; pairs, as in
France."""
MOST_DIGITS = 15
"""Digits of the longest telephone number (ITU-T E.164)."""
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
        start, end = found.span()
        before = named.search(text, max(start - reach, 0), start)
        score = _unassigned(found.group(), bool(before or named.match(text, end + 1)))
        if score and not _DATE.search(found.group()):
            yield start, end, score


def _unassigned(written: str, context: bool) -> float:
    """Return the score of a number that no numbering plan need know; 0 for none."""
    digits = sum(map(str.isdigit, written))
    if _EXTENDED.search(written):
        return WITH_EXTENSION
    if digits > MOST_DIGITS:
        return 0.0
    if context:
        return NATIONAL_IN_CONTEXT if _CHINESE.fullmatch(written) else UNASSIGNED_IN_CONTEXT
    if written.startswith("+") and _ABROAD.match(written):
        return NATIONAL
    return GROUPED if _ABROAD.match(written) or _SHAPES.fullmatch(written) else 0.0


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
