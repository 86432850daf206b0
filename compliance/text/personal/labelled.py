"""Numbers that only the words before them give away: passports, driving licences, identity cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

NAMED, OWN_SHAPE = 0.85, 0.7
"""Scores: behind a word that names it; by a shape that is nothing else's."""

_PASSPORT = (
    r"passports?|reisepass\w*|passeport|pasaporte|passaporto|passaporte|paspoort\w*|paszport\w*|passi\w*numero"
    r"|passnummer|pasaport|паспорт\w*|护照|護照|旅券|여권"
)
_DRIVING = (
    r"driv(?:er|ers|er['’]s|ing)['’]? ?licen[cs]es?|driver['’]?s? lic|licen[cs]e number|dl (?:no|number|#)|dl#"
    r"|führerschein\w*|permis de conduire|licencia de conducir|permiso de conducir|carn[eé] de conducir"
    r"|patente"
    r"|patente di guida|rijbewijs\w*|carteira de motorista|carta de condução|cnh|prawo jazdy|körkort\w*"
    r"|førerkort\w*|kørekort\w*|ajokortti\w*|driver license"
)
_IDENTITY = (
    r"(?:national )?(?:id|identity)(?: card)? ?(?:no|number|nr|#)|identity card|personalausweis\w*"
    r"|carte (?:nationale )?d['’]identit[ée]|carta d['’]identit[àa]|documento de identidad|身份证\w*"
    r"|ssn|cpf|cnpj|social (?:security|insurance) ?(?:no|number|nr|#)?|national insurance ?(?:no|number|#)?"
    r"|curp|nhs (?:no|number)|medicare (?:no|number)|tfn|tax file number|pan (?:no|number|card)"
    r"|emirates id"
    r"|bsn|burgerservicenummer|cnp|rodné číslo|teudat zehut|tax id|steuernummer|nif|egn|jmbg|oib|pps ?n\w*"
)
_GAP = r"(?!\w)[^\d\n.;!?]{0,28}?[.:#№]?[ \t]{0,3}\n?[ \t]{0,3}"
"""What may stand between the word and its number: a few words of the same sentence, or the end of a line."""


def _behind(words: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words}){_GAP}(?<![\w-])({value})(?![\w-]|\.\d)", re.IGNORECASE)


_RULES: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("PASSPORT", _behind(_PASSPORT, r"(?=[A-Z]{0,3}\d)[A-Z0-9]{6,12}"), NAMED),
    ("DRIVING_LICENCE", _behind(_DRIVING, r"(?=[A-Z-]{0,7}\d)[A-Z0-9](?:[A-Z0-9-]| (?=\d)){4,19}"), NAMED),
    (
        "DRIVING_LICENCE",
        re.compile(r"(?<![\w-])([A-Z9]{5}\d[0156]\d(?:[0-2]\d|3[01])\d[A-Z9]{2}[A-Z0-9]{3})(?![\w-])"),
        OWN_SHAPE,
    ),
    (
        "DRIVING_LICENCE",
        re.compile(r"(?<![\w-])DL[ \t]{0,2}[:#№][ \t]{0,3}([A-Z]{1,3}\d{6,14}|\d{7,12})(?![\w-]|\.\d)"),
        OWN_SHAPE,
    ),
    ("IDENTITY_NUMBER", _behind(_IDENTITY, r"(?=[A-Z./-]{0,7}\d)[A-Z0-9](?:[A-Z0-9./-]| (?=\d)){4,21}"), NAMED),
    ("AGE", _behind(r"age|aged|alter|âge|edad|età|leeftijd|idade", r"1[01]\d|[1-9]\d?"), 0.8),
)  # fmt: skip
_AGES: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"(?<![\w.$€£/:-])(1[01]\d|[1-9]\d?)(?=[ -]?(?:years?|yrs?)[ -]?old(?!\w)|[ -]?y[./]?o\.?(?!\w)"
            r"|[ -]?(?:years? of age|jahre alt|jährige?[rns]?(?!\w)|ans(?!\w)|años de edad|anni(?!\w)"
            r"|jaar oud|anos de idade|лет(?!\w)|歳|岁|살))",
            re.IGNORECASE,
        ),
        0.75,
    ),
    (
        re.compile(
            r"(?<!\w)(?:i am|i['’]m|he is|he['’]s|she is|she['’]s|turn(?:s|ed|ing)?|is only|just turned)"
            r" (1[01]\d|[1-9]\d?)(?=[.,;!?]|\s*$|\s+(?:and|when|now|today|this|next)(?!\w))",
            re.IGNORECASE,
        ),
        0.6,
    ),
)


def labelled_numbers(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield (entity, start, end, score) of each number that the words around it name.

    Args:
        text: in the CASED view; a word and its number may stand in two lines.
    """
    for entity, rule, score in _RULES:
        for match in rule.finditer(text):
            if any(map(str.isdigit, match.group(1))):
                yield entity, *match.span(1), score
    for rule, score in _AGES:
        for match in rule.finditer(text):
            yield "AGE", *match.span(1), score
