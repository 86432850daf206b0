"""Towns in postal addresses, by their position: street, unit, town, region or postcode, country.

What stands in the town's position is a town in small letters, too, and of whatever name; commas and ends of
lines part an address. Measured on ``tests/text/places_in_addresses.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compliance.text.english import is_word
from compliance.text.personal.gazetteer import folded, places

TOWN = 0.65
"""Score of what stands where the town of an address does."""
LEAST = 0.5
"""Score of a part of an address from which a town may follow it."""
MOST = 5
"""Parts behind a street that are looked at: unit, postcode, town, region, country."""
_NAME = r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]+)*"
_SEPARATOR = re.compile(r"\.?[ \t]*(?:[,;][ \t]*\n?|\n)[\s,]*")
_UNIT = re.compile(
    r"(?:[ \t]+|,[ \t]*)?(?:apt|apartment|suite|ste|unit|flat|floor|room|no)\.?[ \t]*#?\d{1,5}[a-z]?(?!\w)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:[A-Za-z]{2,3}[ ,]+)?\d{3,6}(?:-\d{2,4})?(?!\w)|[A-Za-z]{1,2}\d[A-Za-z\d]? \d[A-Za-z]{2}(?!\w)"
    r"|(?:[A-Za-z]{2}|[A-Z]{3}|nan)(?=[ \t]*(?:[,\n]|$))"
)
"""A postcode, with or without the letters of a state, or these alone."""
_TOWN = re.compile(
    rf"(?P<before>(?:\d{{4,6}}|\d{{2,3}}[- ]\d{{2,3}})[ \t]+)?(?P<town>{_NAME}(?:[ \t]+{_NAME}){{0,2}}?)"
    r"(?:[ \t]+(?:[A-Z]{2,3}|[a-z]{2}(?=[ \t]+\d)))?(?P<behind>[ \t]+\d{3,6}(?:-\d{2,4})?)?"
    r"(?=[ \t]*(?:[,;\n]|$|\.(?:\s|$)))"
)
_NO_TOWN = frozenset(
    "a an and at attn but by call care dear for from in is it mr mrs ms nan no of on or please the then to we "
    "with you".split()
)
"""Words of which none stands in the name of a town."""


def towns(text: str, streets: Sequence[tuple[int, int, float]]) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of the town behind each street, and of a region in capitals behind that.

    Args:
        text: in the CASED view.
        streets: (start, end, score) of parts of addresses in it.
    """
    for start, end, score in streets:
        written = text[start:end]
        house = any(map(str.isdigit, written)) and not _CODE.fullmatch(written)
        unit = _UNIT.fullmatch(written)
        if score >= LEAST and house and not unit:
            yield from _behind(text, end)


def _behind(text: str, at: int) -> Iterator[tuple[int, int, float]]:
    town = False
    for _ in range(MOST):
        unit = _UNIT.match(text, at)
        at = unit.end() if unit else at
        parted = _SEPARATOR.match(text, at)
        if parted is None:
            return
        at = parted.end()
        unit, code = _UNIT.match(text, at), _CODE.match(text, at)
        one = _TOWN.match(text, at)
        if unit:
            at = unit.end()
        elif one and not (code and code.end() >= one.end()):
            if not _is_town(text, one, town):
                return
            yield *one.span("town"), TOWN
            if town:
                return
            town, at = True, one.end()
        elif code:
            at = code.end()
        else:
            return


def _is_town(text: str, one: re.Match[str], region: bool) -> bool:
    """Tell whether a part of an address names a town: with words that are no English, or beside a postcode."""
    names = one["town"].split()
    words = [folded(name) for name in names]
    if not _NO_TOWN.isdisjoint(words) or max(map(len, words)) < 3:
        return False
    strange = any(len(word) > 2 and not is_word(word) for word in words)
    if region:
        return strange and all(name[0].isupper() for name in names)
    parted = _SEPARATOR.match(text, one.end())
    coded = bool(one["before"] or one["behind"]) or (
        parted is not None and _is_postcode(_CODE.match(text, parted.end()))
    )
    return strange or coded or tuple(words) in places()


def _is_postcode(code: re.Match[str] | None) -> bool:
    return code is not None and any(map(str.isdigit, code[0]))
