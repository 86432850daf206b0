"""Identity documents, by what is printed on them: titles, names of fields, and the machine-readable zone.

The zone of a passport or card (ICAO Doc 9303) carries check digits; a line of it whose digits agree is proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PROVED, ZONE, TITLE_AND_FIELD, FIELDS, TITLE_LINE, MENTION = 0.99, 0.85, 0.85, 0.7, 0.5, 0.15
"""Scores: check digits agree; the shape of a zone; a title with a field; three fields; a title that is a line
by itself; the word in running text, where a film may simply be about a passport."""

_TITLES = re.compile(
    r"(?<!\w)(?:passport|identity card|id card|identification card|driving licen[cs]e|driver['’]?s? licen[cs]e"
    r"|residence permit|birth certificate|social security card|national identity|personalausweis|reisepass"
    r"|führerschein|aufenthaltstitel|passeport|carte nationale d['’]identit[ée]|carte d['’]identit[ée]"
    r"|permis de conduire|titre de séjour|passaporte?|pasaporte|carta d['’]identit[àa]|patente di guida"
    r"|documento nacional de identidad|documento de identidad|permiso de conducir|licencia de conducir"
    r"|cartão de cidadão|carteira de identidade"
    r"|paspoort|identiteitskaart|rijbewijs|dowód osobisty|prawo jazdy|paszport|nüfus cüzdanı|kimlik kartı"
    r"|паспорт|удостоверение личности|护照|居民身份证|身份证|旅券|運転免許証"
    r"|여권|주민등록증|جواز سفر|بطاقة هوية)(?!\w)",
    re.IGNORECASE,
)
_FIELDS = re.compile(
    r"(?<!\w)(?:date of birth|birth date|d\.?o\.?b\.?|place of birth|date of (?:issue|expiry)"
    r"|date of expiration"
    r"|surname|given names?|nationality|issuing authority|document (?:no|number)|passport (?:no|number)"
    r"|personal (?:no|number)|authority|expires|iss|exp|geburtsdatum|geburtsort|geburtstag|staatsangehörigkeit"
    r"|gültig bis|nachname|vornamen?|date de naissance|lieu de naissance|nationalité|prénoms?"
    r"|date d['’]expiration"
    r"|fecha de nacimiento|lugar de nacimiento|apellidos?|nombres?|nacionalidad|data di nascita"
    r"|luogo di nascita"
    r"|cognome|cittadinanza|data de nascimento|nacionalidade|apelido|geboortedatum|geboorteplaats|achternaam"
    r"|nazwisko|imiona|data urodzenia|дата рождения|место рождения|фамилия"
    r"|出生|姓名|国籍|性别|氏名|生年月日)(?!\w)[.:]?",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:P[A-Z<]|[IACV][A-Z<])[A-Z]{3}[A-Z0-9<]{10,}")
_SECOND = re.compile(
    r"(?P<number>[A-Z0-9<]{9})(?P<check>[0-9O])[A-Z<]{3}(?P<born>[0-9O]{6})(?P<check_born>[0-9O])[MFX<]"
    r"(?P<ends>[0-9O]{6})(?P<check_ends>[0-9O])[A-Z0-9<]*"
)
_FIRST_OF_CARD = re.compile(
    r"[IAC][A-Z<][A-Z]{3}(?P<number>[A-Z0-9<]{9})(?P<check>[0-9O])[A-Z0-9<]*"
)
_SECOND_OF_CARD = re.compile(
    r"(?P<born>[0-9O]{6})(?P<check_born>[0-9O])[MFX<](?P<ends>[0-9O]{6})(?P<check_ends>[0-9O])[A-Z<]{3}[A-Z0-9<]*"
)
_WEIGHTS = (7, 3, 1)
LONGEST_LINE = 60
"""Characters of a line that is read as one of a zone; the longest has 44, and a few may be spaces."""


def identity_papers(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield (entity, start, end, score) of titles, fields and zones of identity documents.

    Args:
        text: in the CASED view; the lines of a frame parted by line breaks.
    """
    yield from _zones(text)
    titles, fields = list(_TITLES.finditer(text)), list(_FIELDS.finditer(text))
    kinds = {field.group().casefold().rstrip(".:") for field in fields}
    for title in titles:
        alone = _is_line(text, title.start(), title.end())
        titled = alone or _capitals(title.group())
        score = TITLE_AND_FIELD if titled and kinds else TITLE_LINE if alone else MENTION
        yield "IDENTITY_DOCUMENT", *title.span(), score
    if len(kinds) >= 3:
        yield "IDENTITY_DOCUMENT", *fields[0].span(), FIELDS


def check_digit(field: str) -> int:
    """Return the check digit of ICAO Doc 9303, part 3, over digits, capitals and ``<``."""
    values = (int(c) if c.isdigit() else 0 if c == "<" else ord(c) - 55 for c in field)
    return sum(value * _WEIGHTS[i % 3] for i, value in enumerate(values)) % 10


def _zones(text: str) -> Iterator[tuple[str, int, int, float]]:
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if 20 <= len(line.strip()) <= LONGEST_LINE:
            yield from _zone(line, start)
        start = end + 1


def _zone(line: str, start: int) -> Iterator[tuple[str, int, int, float]]:
    """Read a line as one of a zone; what reading from pixels makes of its chevrons is undone."""
    read = line.strip().replace("«", "<<").replace("‹", "<").replace("≤", "<").replace(" ", "")
    if not re.fullmatch(r"[A-Z0-9<]{20,48}", read):
        return
    end = start + len(line.rstrip())
    begin = start + len(line) - len(line.lstrip())
    proved = any(_agrees(form, read) for form in (_SECOND, _FIRST_OF_CARD, _SECOND_OF_CARD))
    if proved:
        yield "IDENTITY_DOCUMENT", begin, end, PROVED
        if _agrees(_SECOND, read):
            yield "PASSPORT", begin, min(begin + 9, end), PROVED
    elif _HEAD.fullmatch(read) and "<<" in read:
        yield "IDENTITY_DOCUMENT", begin, end, ZONE


def _agrees(form: re.Pattern[str], read: str) -> bool:
    match = form.fullmatch(read)
    if match is None:
        return False
    groups = match.groupdict()
    pairs = [("number", "check"), ("born", "check_born"), ("ends", "check_ends")]
    return all(
        check_digit(groups[field].replace("O", "0") if field != "number" else groups[field])
        == int(groups[check].replace("O", "0"))
        for field, check in pairs
        if field in groups
    )


def _is_line(text: str, start: int, end: int) -> bool:
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    line = text[before : len(text) if after < 0 else after]
    return (
        len(line.strip(" .:-")) <= end - start + 24 and len(line.split()) <= 6 and _capitals(line)
    )


def _capitals(text: str) -> bool:
    """Tell whether nothing is in small letters; scripts without case have none."""
    return text == text.upper()
