"""Number plates of vehicles: the formats of two dozen countries, and the words of traffic around them.

Many short codes have the shape of some country's plate, so that a plate counts where it is a line by itself,
and surely only where something near it speaks of vehicles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

IN_CONTEXT, OWN_LINE, SHARED_SHAPE = 0.85, 0.45, 0.3
"""Scores: beside a word of traffic; a line by itself in a shape that hardly anything else has; the same in a
shape of three letters and three or four digits, which model numbers and flights have too."""

_DISTINCT = {
    "GB": r"[A-HJ-PR-Y]{2}\d{2}[ -]?[A-HJ-PR-Z]{3}",
    "FR, IT": r"[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}",
    "DE": r"[A-ZÄÖÜ]{1,3}[- :·][A-Z]{1,2} ?[1-9]\d{0,3}[EH]?",
    "ES": r"\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}",
    "NL": r"[A-Z]{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-[A-Z]{2}|[A-Z]{2}-[A-Z]{2}-\d{2}|\d{2}-[A-Z]{3}-\d"
    r"|\d-[A-Z]{3}-\d{2}"
    r"|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}",
    "PT": r"[A-Z]{2}[ -]\d{2}[ -][A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}",
    "BE": r"[12]-[A-Z]{3}-\d{3}",
    "CH": r"(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)[ ·-]?\d{3,6}",
    "IE": r"\d{2,3}-[A-Z]{1,2}-\d{1,6}",
    "IN": r"[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}",
    "BR": r"[A-Z]{3}\d[A-Z]\d{2}",
    "MX": r"[A-Z]{3}-\d{2}-\d{2}|[A-Z]{3}-\d{3}-[A-Z]",
    "US-CA": r"\d[A-Z]{3}\d{3}",
    "CA-ON": r"[A-Z]{4}[ -]\d{3}",
    "UA": r"[ABCEHIKMOPTXАВЕНІКМОРСТХ]{2} ?\d{4} ?[ABCEHIKMOPTXАВЕНІКМОРСТХ]{2}",
    "RU": r"[ABEKMHOPCTYXАВЕКМНОРСТУХ] ?\d{3} ?[ABEKMHOPCTYXАВЕКМНОРСТУХ]{2} ?\d{2,3}",
    "TR": r"(?:0[1-9]|[1-7]\d|8[01]) [A-Z]{1,3} \d{2,5}",
    "CN": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}",
    "KR": r"\d{2,3}[가-힣] ?\d{4}",
    "JP": r"[一-龠ぁ-ん]{1,4} ?\d{2,3} ?[ぁ-ん] ?\d{1,2}[-・]\d{2}",
    "AR": r"[A-Z]{2} \d{3} [A-Z]{2}",
    "AU": r"\d[A-Z]{2}[ -]?\d[A-Z]{2}|[A-Z]{3}[ -]\d{2}[A-Z]",
}
_SHARED = {
    "PL": r"[A-Z]{2,3} (?=[A-Z0-9]*\d)[A-Z0-9]{5}",
    "US, SE, FI, HU, AU": r"[A-Z]{3}[ -·]?\d{3,4}",
    "US": r"\d{3}[ -]?[A-Z]{3}",
    "SE": r"[A-Z]{3} ?\d{2}[A-Z]",
    "NO, DK": r"[A-Z]{2} ?\d{2} ?\d{3}",
    "CZ": r"\d[A-Z]\d ?\d{4}",
    "RO": r"[A-Z]{1,2}[ -]\d{2,3}[ -][A-Z]{3}",
    "ZA": r"[A-Z]{2} ?\d{2} ?[A-Z]{2} ?[A-Z]{2}|[A-Z]{3} ?\d{3} ?[A-Z]{2}",
}
"""By country (ISO 3166), as their registration authorities describe them; capitals only."""

_WORDS = re.compile(
    r"(?<!\w)(?:number ?plates?|licen[cs]e ?plates?|plates?(?: number| no)?|registration|reg(?:\."
    r"|istered)?(?: no)?"
    r"|vehicles?|cars?|truck|lorry|van|taxi|motorcycle|parking|parked|kennzeichen|auto|fahrzeug\w*"
    r"|immatricul\w*"
    r"|voiture|matr[ií]cula|coche|veh[ií]culo|targa|veicolo|kenteken|bil|placa|carro|nummernschild|号码?牌"
    r"|车牌|номер)(?!\w)",
    re.IGNORECASE,
)
_REACH = 48


def _either(forms: dict[str, str]) -> str:
    return "|".join(f"(?:{form})" for form in forms.values())


_LINE = re.compile(
    rf"^[ \t]*(?:(?P<distinct>{_either(_DISTINCT)})|(?P<shared>{_either(_SHARED)}))[ \t]*$",
    re.MULTILINE,
)
_WITHIN = re.compile(rf"(?<![\w-])(?:{_either(_DISTINCT)}|{_either(_SHARED)})(?![\w-])")


def plates(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of what may be a number plate.

    Args:
        text: in the CASED view; the lines of a frame parted by line breaks.
    """
    if not any(map(str.isdigit, text)):
        return
    for match in _LINE.finditer(text):
        kind = "distinct" if match["distinct"] else "shared"
        yield *match.span(kind), OWN_LINE if kind == "distinct" else SHARED_SHAPE
    if _WORDS.search(text):
        for match in _WITHIN.finditer(text):
            start, end = match.span()
            near = (max(start - _REACH, 0), start), (end, end + _REACH // 2)
            if any(_WORDS.search(text, *window) for window in near):
                yield start, end, IN_CONTEXT
