"""Dates: in figures, and with the names of months in the languages of the bundled tier."""

from __future__ import annotations

import re
from collections.abc import Iterator

WRITTEN, IN_FIGURES, DAY_ONLY, PARTIAL, CLOCK = 0.9, 0.85, 0.6, 0.35, 0.3
"""Scores: with a month's name and a year; in figures with a year; with a month's name but no year; in figures
without a year, or a month and a year; a time of day alone, which is as often a time code."""

_MONTHS = (
    "jan(?:uar[yi]?|vier|eiro|uari|uar)?|feb(?:ruar[yi]?|br(?:aio|ero))?|f[ée]vr(?:ier)?|fevereiro|febrero"
    "|mar(?:ch|zo|s|t|ço)?|m[äa]rz|maart|mrt|apr(?:il[e]?)?|avril|abr(?:il)?|may|mai[o]?|mayo|mei|maj|mag(?:gio)?"
    "|jun[ei]?|juni|juin|junio|junho|giugno|jul[yi]?|juillet|julio|julho|luglio|aug(?:ust(?:us|i)?)?|août"
    "|ago(?:sto)?|sep(?:t(?:ember|embre|iembre)?)?|setembro|settembre|o[ck]t(?:ober|obre|ubre)?|outubro|ottobre"
    "|nov(?:ember|embre|iembre|embro)?|de[czs](?:ember|embre|iembre|embro)?|dic(?:embre|iembre)?|d[ée]c(?:embre)?"
)
_WEEKDAYS = (
    "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag"
    "|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_YEAR = r"(?:1[6-9]|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TIME = (
    r"(?:[T ,]{1,2}(?:at )?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,6})?(?: ?[ap]\.?m\.?)?"
    r"(?: ?(?:Z|UTC|GMT)|[+-]\d\d:?\d\d)?)?"
)
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|\.)?"
_OF = r"(?: of| de| del|,)?"

_FORMS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(rf"(?<![\w./:-])(?:{form})(?![\w/]|[.:-]\d)", re.IGNORECASE), score)
    for form, score in (
        (
            rf"(?:(?:{_WEEKDAYS})\.?,? (?:the )?)?{_DAY}{_ORDINAL}{_OF}[ -](?:{_MONTHS})\.?{_OF},?[ -]"
            rf"{_YEAR}{_TIME}"
            rf"|(?:(?:{_WEEKDAYS})\.?,? )?(?:{_MONTHS})\.? (?:the )?{_DAY}{_ORDINAL},? {_YEAR}{_TIME}",
            WRITTEN,
        ),
        (
            rf"{_YEAR}-(?:0?[1-9]|1[0-2])-{_DAY}{_TIME}|{_YEAR}([./])(?:0?[1-9]|1[0-2])\1{_DAY}{_TIME}"
            rf"|{_DAY}([./-])(?:0?[1-9]|1[0-2])\2{_YEAR}{_TIME}|(?:0?[1-9]|1[0-2])([/-]){_DAY}\3{_YEAR}{_TIME}"
            rf"|{_YEAR}年(?:1[0-2]|0?[1-9])月{_DAY}日",
            IN_FIGURES,
        ),
        (
            rf"(?:(?:{_WEEKDAYS}),? )?{_DAY}{_ORDINAL}(?: of| de)? (?:{_MONTHS})"
            rf"|(?:{_MONTHS})\.? {_DAY}{_ORDINAL}|(?:{_MONTHS})\.?,? {_YEAR}",
            DAY_ONLY,
        ),
        (rf"{_DAY}([./])(?:0?[1-9]|1[0-2])\1\d\d|(?:0?[1-9]|1[0-2])/{_DAY}/\d\d", 0.55),
        (r"(?:[01]?\d|2[0-3]):[0-5]\d(?: ?[ap]\.?m\.?)?", CLOCK),
        (_YEAR, PARTIAL),
    )
)


def dates(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of each date in ``text``, in the CASED view; overlapping readings too."""
    if not any(map(str.isdigit, text)):
        return
    for form, score in _FORMS:
        for match in form.finditer(text):
            yield *match.span(), score
