"""Postal addresses in Latin letters: streets with numbers, flats, post office boxes and postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliance.text.english import is_word
from compliance.text.personal.gazetteer import folded

STREET, FLAT, IN_CONTEXT, STREET_ALONE, NUMBERS_AROUND, POSTCODE = 0.85, 0.75, 0.65, 0.5, 0.4, 0.7
"""Scores: a street with a number; a flat or box with a number; a number and words behind *lives at* and its
like; a street without a number; words between two numbers, as houses are written in some countries; a number of
four to six digits behind one of these."""
REACH = 100
"""Code points behind a street in which a number is its postcode."""

_NUMBER = r"(?:\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?,?[ \t]+){0,2}"
_WORD = r"[^\W\d_][\w'’.-]*"
_REST = r"[\w'’.-]*"
_TYPES = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|place|pl|square|sq|boulevard|blvd|way"
    r"|terrace|tce"
    r"|crescent|cres|close|parade|highway|hwy|grove|row|walk|gardens|mews|quay|esplanade|circle|cir|parkway"
    r"|pkwy"
    r"|trail|alley|plaza|rise|turnpike|motorway|promenade|wharf|heights|vale|hill|green|loop|run|crossing)"
)
_ENGLISH = re.compile(
    rf"(?<![\w.])(?P<number>\d{{1,5}}[A-Za-z]?,?[ \t]+(?:\d{{1,5}},?[ \t]+)?)"
    rf"(?P<name>(?:[NSEW]\.?[ \t]+)?(?:{_WORD}[ \t]+){{1,4}}?){_TYPES}\b\.?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![\w.])(?:[A-ZÀ-Ý][\w'’-]+[ \t]+){1,3}(?:Street|Road|Avenue|Lane|Drive|Boulevard|Crescent|Highway"
    r"|St\b\.?|Rd\b\.?"
    r"|Ave\b\.?)(?!\w)"
)
_GERMANIC_TYPES = (
    r"straße|strasse|str\.|gasse|weg|platz|allee|gürtel|ufer|damm|steig|stieg|straat|laan|plein|kade|gracht"
    r"|dijk|singel|dreef|steenweg|vägen|väg|gatan|gränd|stigen|veien|vegen|gata|vej|vejen|gade|stræde|katu"
    r"|polku|kuja|vegur|stígur|braut|utca|útja|rkp|körút|tér|ulice|třída|náměstí|caddesi|sokak|sokağı|cesta"
    r"|ulica|trg"
)
_GERMANIC_ENDS = r"tie|gate|allé|út"
"""Those that are ends of many other words: only a longer word is a street by them."""
_GERMANIC = re.compile(
    rf"(?<![\w.])(?:(?:\d{{1,5}}[A-Za-z]?[ \t]+){{1,2}}(?:{_WORD}[ \t]+){{0,3}}?"
    r"|(?:[A-ZÀ-ÝŐŰ][\w'’.-]*[ \t]+){0,2}?)"
    rf"(?i:[\w.-]{{0,40}}(?:{_GERMANIC_TYPES})|[\w.-]{{4,40}}(?:{_GERMANIC_ENDS}))"
    r"\.?[ \t]+\d{1,4}[A-Za-z]?\b\.?"
)
_GERMANIC_END = re.compile(rf"(?:{_GERMANIC_TYPES}|{_GERMANIC_ENDS})\.?\Z", re.IGNORECASE)
_HOUSE = re.compile(r"(?<=[ \t])\d")
LONGEST_TYPE = 10
"""Code points of the longest of these, with a full stop."""
_ROMANCE = re.compile(
    rf"(?<![\w.]){_NUMBER}(?:rue|avenue|boulevard|chemin|impasse|allée|quai|via|viale|piazza|corso|vicolo"
    rf"|contrada"
    r"|strada|calle|c/|avenida|avda\.?|paseo|carrer|camino|carretera|rua|travessa|praça|alameda|ul\.|ulica"
    r"|al\.|os\.|aleja"
    r"|plac|ulitsa|calea|bulevardul)[ \t]+(?:(?:de|des|du|la|le|les|della|delle|dei|del|di|da|das|dos|do"
    r"|san|los|las)[ \t]+"
    rf"|[dl]['’])*(?P<own>{_WORD}(?:[ \t]+{_WORD}){{0,2}}?)(?:,?[ \t]+(?P<house>\d{{1,5}}[A-Za-z]?)\b"
    rf"|(?=[,\n.;]|$))",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"(?<![\w.])(?:(?:apt|apartment|suite|ste|unit|flat)\.?[ \t]*#?\d{1,5}[A-Za-z]?"
    r"|p\.?[ \t]?o\.?[ \t]?box[ \t]+\d{1,6}"
    r"|postfach \d{1,6}|bp \d{1,5})(?!\w)",
    re.IGNORECASE,
)
_AROUND = re.compile(
    rf"(?<![\w.,:/-])(?:\d{{1,4}}[ \t]+){{1,2}}(?P<name>{_WORD}(?:[ \t]+{_WORD}){{0,3}})"
    r"[ \t]+\d{1,5}[A-Za-z]?(?![\w:/%]|[.,]\d)"
)
_CONTEXT = re.compile(
    r"(?<!\w)(?:address(?:es)?(?:[ \t]+(?:is|to|as|with))?|(?:lives?|lived|living|stays?|resides?"
    r"|residing)[ \t]+(?:at|on|in)"
    r"|located[ \t]+(?:at|on)|(?:is|was|are)[ \t]+(?:at|on)|return(?:ed)?[ \t]+(?:it[ \t]+)?to"
    r"|mov(?:e|ed|ing)[ \t]+(?:to|from)|deliver(?:ed|y)?[ \t]+to|ship(?:ped|ping)?(?:[ \t]+(?:it|them"
    r"|this))?[ \t]+to"
    r"|send[ \t]+(?:it[ \t]+)?to"
    r"|here[ \t]+they[ \t]+are|it[ \t]+is|corner[ \t]+of|meet[ \t]+(?:me[ \t]+)?at)[ \t]*[:,]?\s+",
    re.IGNORECASE,
)
_PLACED = re.compile(
    rf"\d{{1,5}}[A-Za-z]?(?:[ \t]+\d{{1,5}})?[ \t]+{_WORD}(?:[ \t]+(?:{_WORD}|\d{{1,5}}\b)){{0,4}}"
    rf"|[A-ZÀ-ÝŠŽČŘĽŁØÅÆÖÜÞŐŰ]{_REST}(?:[ \t]+[A-ZÀ-ÝŠŽČŘĽŁ]{_REST}){{0,3}},?[ \t]+\d{{1,4}}[A-Za-z]?"
    rf"(?:/\d{{1,4}})?(?!\w)"
)
_LISTED = re.compile(
    rf"(?<=, )[A-ZÀ-ÝŠŽČŘĽŁØÅÆÖÜÞŐŰ]{_REST}"
    rf"(?:[ \t]+[A-ZÀ-ÝŠŽČŘĽŁ]{_REST}){{0,3}},?[ \t]+\d{{1,4}}[A-Za-z]?(?=,|$|\n)"
)
CONTEXT_REACH = 40
"""Code points before a street in which an address is announced."""
_ANNOUNCED = re.compile(
    r"(?:\baddress(?:es)?(?:[ \t]+(?:is|as|to|at|with))?|\b(?:lives?|lived|living|resides?)[ \t]+at"
    r"|\b(?:ship|send|sent|deliver|mail|bill)(?:ed|s|ing)?(?:[ \t]+(?:it|them|this|everything|mail))?[ \t]+to)"
    r"[ \t]*:?\s+$"
)
_GOES_ON = re.compile(
    r",?[ \t]+(?:apt|apartment|suite|ste|unit|flat)\.?[ \t]*#?\d"
    r"|[ \t]*[,\n]\s*[^\d\n,]{3,40}[,\n]\s*(?:[A-Z]{2}[ ,]+\d{5}(?!\d)|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)",
    re.IGNORECASE,
)
"""What follows a street in an address: a unit, or a town with the postcode of a state or the United Kingdom."""
_NO_STREET = frozenset(
    "a across against along an and around at by down from in into is of on onto out over past the their to up "
    "with".split()
)
_POSTCODE = re.compile(r"(?<![\w.,-])\d{4,6}(?:-\d{4})?(?![\w-]|[.,]\d)")
_BRITISH = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
_AMERICAN = re.compile(r"(?<!\w)[A-Z]{2},? (\d{5}(?:-\d{4})?)(?!\w)")
_LABELLED = re.compile(
    r"(?<!\w)(?:zip(?:[ \t]?code)?|post(?:al|code)(?:[ \t]code)?|plz|código postal"
    r"|code postal)\b\W{0,4}(?:is\W{1,2})?"
    r"([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{3,6}(?:-\d{3,4})?)(?!\w)",
    re.IGNORECASE,
)


def street_addresses(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of parts of postal addresses in ``text``, in the CASED view; some overlap."""
    if not any(map(str.isdigit, text)):
        yield from ((*one.span(), STREET_ALONE) for one in _NAMED.finditer(text))
        return
    found = list(_streets(text))
    yield from found
    for start, end, _ in found:
        if end > start:
            for code in _POSTCODE.finditer(text, end, min(end + REACH, len(text))):
                yield *code.span(), POSTCODE
    yield from ((*one.span(1), 0.9) for one in _LABELLED.finditer(text))
    yield from ((*one.span(), 0.6) for one in _BRITISH.finditer(text))
    yield from ((*one.span(1), POSTCODE) for one in _AMERICAN.finditer(text))


def _streets(text: str) -> Iterator[tuple[int, int, float]]:
    for one in _ENGLISH.finditer(text):
        if _is_name(one["name"]):
            yield *one.span(), STREET
        elif _in_address(text, one):
            yield *one.span(), IN_CONTEXT
    for begin, stop in _germanic_lines(text):
        yield from ((*one.span(), STREET) for one in _GERMANIC.finditer(text, begin, stop))
    for one in _ROMANCE.finditer(text):
        if one["own"][0].isupper() or one["house"]:
            yield *one.span(), STREET if one["house"] or one.group()[0].isdigit() else STREET_ALONE
    for one in _NAMED.finditer(text):
        yield *one.span(), STREET_ALONE
    for one in _FLAT.finditer(text):
        yield *one.span(), FLAT
    for one in _AROUND.finditer(text):
        if _is_name(one["name"]):
            yield *one.span(), NUMBERS_AROUND
    for one in _LISTED.finditer(text):
        yield *one.span(), STREET_ALONE
    for context in _CONTEXT.finditer(text):
        placed = _PLACED.match(text, context.end())
        if placed and _is_name(re.sub(r"[\d ]+", " ", placed.group()).strip() or "the"):
            yield *placed.span(), IN_CONTEXT


def _in_address(text: str, street: re.Match[str]) -> bool:
    """Tell whether a street of everyday words is one: an address is announced, or goes on behind it."""
    if not _NO_STREET.isdisjoint(street["name"].lower().split()):
        return False
    before = text[max(street.start() - CONTEXT_REACH, 0) : street.start()].lower()
    return bool(_ANNOUNCED.search(before) or _GOES_ON.match(text, street.end()))


def _germanic_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the lines in which a number stands behind a word for a street.

    The pattern tries every letter of a text as the first of a street; few texts have any.
    """
    done = 0
    for house in _HOUSE.finditer(text):
        stop = house.start()
        if stop < done:
            continue
        begin = max(text.rfind("\n", done, stop) + 1, done)
        while stop > begin and text[stop - 1] in " \t":
            stop -= 1
        if _GERMANIC_END.search(text, max(stop - LONGEST_TYPE, begin), stop):
            end = text.find("\n", stop)
            done = len(text) if end < 0 else end + 1
            yield begin, done


def _is_name(words: str) -> bool:
    """Tell whether words may name a street: in capitals, or unknown; *2 women walk down the street* are not."""
    parts = words.split()
    capitals = sum(part[0].isupper() for part in parts if part[0].isalpha())
    if capitals:
        return capitals * 2 >= len(parts)
    return any(len(part) > 2 and not is_word(folded(part.strip(".'’"))) for part in parts)
