"""What counts as personal data, and how sure a rule makes us. No heavy imports."""

from __future__ import annotations

import re
from dataclasses import dataclass

FLOOR = 0.1
"""Least score that is kept."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
CARD, EMAIL, IBAN, PHONE = "CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER"


def _words(*words: str) -> re.Pattern[str]:
    """Return a pattern of whole words; those of scripts that put no spaces between words count anywhere."""
    parted = [word for word in words if not _UNSPACED.match(word)]
    others = [word for word in words if _UNSPACED.match(word)]
    return re.compile("|".join([rf"(?<!\w)(?:{'|'.join(parted)})(?!\w)", *others]), re.IGNORECASE)


@dataclass(frozen=True)
class Entity:
    """How one kind of personal data is scored.

    The scores rank evidence; they are rules, not fitted probabilities. ``benchmarks/pii.py`` measured on
    2026-11-21, at 0.5 and above, for all but names and postal addresses: 34 of 34 labelled values found and
    3 beside them, two ages and a date that nobody had labelled (presidio-research's 100 sentences); nothing
    found in 3,524 benign prompts (PartiPrompts, VBench). The data is small, and was seen while the rules
    were written; near misses are in ``tests/analyzers/test_pii.py``.
    """

    category: str
    """Path in the taxonomy."""
    label: str
    """What a person calls it."""
    checked: float
    """Score where a check digit, a checksum or a public suffix confirms it."""
    shaped: float
    """Score where only its shape fits."""
    words: re.Pattern[str]
    """Words that name it."""
    named: float
    """Score where such a word stands near."""
    reach: int = 40
    """Code points before it in which a word counts."""
    locale: str = ""
    """Country (ISO 3166) whose numbers these are; empty: the world's."""
    given: bool = False
    """True where our own rules give the score themselves."""


def _own(category: str, label: str) -> Entity:
    """Return an entity whose score our own rules give."""
    return Entity(category, label, 0.0, 0.0, _words("(?!)"), 0.0, given=True)


_NATIONAL = "pii.national_id"
ENTITIES = {
    CARD: Entity(
        "pii.payment_card",
        "payment card number",
        0.97,
        0.0,
        _words(
            "card", "credit", "debit", "visa", "master ?card", "amex", "karte", "carte", "tarjeta"
        ),
        0.99,
    ),
    IBAN: _own("pii.bank_account", "IBAN"),
    EMAIL: _own("pii.email", "e-mail address"),
    PHONE: Entity(
        "pii.phone",
        "telephone number",
        0.0,
        0.0,
        _words(
            "call(?: (?:me|us|now|today))?(?: (?:at|on))?",
            "(?:tele)?phone",
            "tel",
            "telefon",
            "tel[eé]fono",
            "t[eé]l[eé]phone",
            "mobile",
            "m[oó]vil",
            "cell(?:phone)?",
            "handy",
            "fax",
            "whats ?app",
            "dial",
            "hotline",
            "sms",
            "ring",
            "contact",
            "celular",
            "call(?:ed|ing)?",
            "(?:my|your|his|her|our|their|new|old|this) number",
            "desk",
            "office",
            "reach(?:ed)?(?: (?:me|us|out))?",
            "text(?: (?:me|us))?",
            "home",
            "work",
            "direct",
            "ph",
            "mob",
            "portable",
            "тел",
            "телефон",
            "電話",
            "电话",
            "手机",
            "手機",
            "微信",
            "热线",
            "熱線",
            "致电",
            "致電",
            "拨打",
            "联系",
            "聯絡",
            "聯繫",
            "携帯",
            "전화",
            "휴대폰",
        ),
        0.0,
        given=True,
    ),
    "IP_ADDRESS": Entity(
        "pii.ip_address",
        "IP address",
        0.7,
        0.7,
        _words("ip", "ipv[46]", "address", "server", "host"),
        0.95,
    ),
    "CRYPTO": Entity(
        "pii.crypto_wallet", "Bitcoin address", 0.98, 0.0, _words("btc", "bitcoin"), 0.99
    ),
    "ETHEREUM_ADDRESS": Entity(
        "pii.crypto_wallet", "Ethereum address", 0.9, 0.9, _words("eth", "ethereum", "wallet"), 0.98
    ),
    "US_SSN": Entity(
        _NATIONAL,
        "US social security number",
        0.0,
        0.75,
        _words("ssn", "social security", "social"),
        0.95,
        locale="US",
    ),
    "US_ITIN": Entity(
        _NATIONAL,
        "US taxpayer number",
        0.0,
        0.6,
        _words("itin", "tax(?:payer)?(?: id)?"),
        0.95,
        locale="US",
    ),
    "CA_SIN": Entity(
        _NATIONAL,
        "Canadian social insurance number",
        0.0,
        0.2,
        _words("sin", "social insurance", "nas"),
        0.9,
        locale="CA",
    ),
    "UK_NINO": Entity(
        _NATIONAL,
        "UK national insurance number",
        0.0,
        0.8,
        _words("nino", "national insurance", "ni number"),
        0.95,
        locale="GB",
    ),
    "ES_NIF": Entity(
        _NATIONAL, "Spanish NIF", 0.85, 0.0, _words("dni", "nif", "identidad"), 0.97, locale="ES"
    ),
    "ES_NIE": Entity(
        _NATIONAL, "Spanish NIE", 0.85, 0.0, _words("nie", "extranjero"), 0.97, locale="ES"
    ),
    "IT_FISCAL_CODE": Entity(
        _NATIONAL,
        "Italian fiscal code",
        0.97,
        0.4,
        _words("codice fiscale", "cf"),
        0.97,
        locale="IT",
    ),
    "PL_PESEL": Entity(_NATIONAL, "Polish PESEL", 0.6, 0.0, _words("pesel"), 0.97, locale="PL"),
    "SE_PERSONNUMMER": Entity(
        _NATIONAL, "Swedish personnummer", 0.6, 0.0, _words("personnummer"), 0.97, locale="SE"
    ),
    "FI_PERSONAL_IDENTITY_CODE": Entity(
        _NATIONAL,
        "Finnish identity code",
        0.95,
        0.0,
        _words("henkilötunnus", "hetu"),
        0.98,
        locale="FI",
    ),
    "DE_TAX_ID": Entity(
        _NATIONAL, "German tax number", 0.4, 0.0, _words("steuer\\S*", "idnr"), 0.95, locale="DE"
    ),
    "IN_AADHAAR": Entity(
        _NATIONAL,
        "Indian Aadhaar number",
        0.6,
        0.0,
        _words("aadhaar", "aadhar", "uidai"),
        0.97,
        locale="IN",
    ),
    "KR_RRN": Entity(
        _NATIONAL,
        "Korean resident number",
        0.9,
        0.4,
        _words("rrn", "resident registration", "주민등록번호"),
        0.95,
        locale="KR",
    ),
    "SG_NRIC_FIN": Entity(
        _NATIONAL, "Singapore NRIC", 0.0, 0.4, _words("nric", "fin"), 0.95, locale="SG"
    ),
    "URL": _own("pii.url", "web address"),
    "DATE_TIME": _own("pii.date", "date or time"),
    "AGE": _own("pii.age", "age"),
    "PASSPORT": _own("pii.passport", "passport number"),
    "DRIVING_LICENCE": _own("pii.driving_licence", "driving licence number"),
    "IDENTITY_NUMBER": _own(_NATIONAL, "identity number, by the words before it"),
    "VEHICLE_PLATE": _own("pii.vehicle_plate", "number plate of a vehicle"),
    "IDENTITY_DOCUMENT": _own("pii.document", "identity document, by its wording"),
    "PERSON": _own("pii.person", "name of a person"),
    "TITLE": _own("pii.person", "form of address before a name"),
    "PLACE": _own("pii.place", "name of a place"),
    "NATIONALITY": _own("pii.place", "nationality or faith"),
    "ORGANIZATION": _own("pii.organization", "name of an organisation"),
    "ADDRESS": _own("pii.address", "part of a postal address"),
}
"""Entities that are looked for, and no others. National numbers are those with a check digit, or with a shape
of letters and digits that is theirs alone, or (US_SSN, US_ITIN, CA_SIN) that need their shape or a word beside
them. Passports, driving licences and further national numbers (UK NHS: any US telephone number may pass) count
by the words before them alone. Left out as too weak: US bank accounts."""
NAMES = frozenset({"PERSON", "TITLE", "PLACE", "NATIONALITY", "ORGANIZATION", "ADDRESS"})
"""Entities that are found by lists and words, which know some languages only; the others are found in all."""
LOCALES = frozenset(one.locale for one in ENTITIES.values() if one.locale)
"""Countries whose national numbers are known by their own rules."""

_LOOKS_LIKE_A_VERSION = re.compile(r"(?:[0-9]|[12][0-9])(?:\.(?:[0-9]|[12][0-9])){3}")


@dataclass(frozen=True)
class Hit:
    """One piece of personal data in a text."""

    entity: str
    """Key of :data:`ENTITIES`."""
    start: int
    """First code point."""
    end: int
    """Just behind the last code point."""
    score: float
    """0…1, see :class:`Entity`."""
    raw: float
    """Score as the recogniser gave it, 0…1."""

    @property
    def place(self) -> tuple[int, int, str]:
        """What hits are put in order by."""
        return self.start, self.end, self.entity


def context_of(entity: Entity, text: str, start: int, end: int) -> bool:
    """Tell whether a word that names ``entity`` stands just before [start, end), or close behind it."""
    return bool(
        entity.words.search(text, max(start - entity.reach, 0), start)
        or entity.words.search(text, end, end + entity.reach // 2)
    )


def score_of(entity: str, written: str, raw: float, named: bool) -> float:
    """Return the score of what a recogniser found.

    Args:
        entity: key of :data:`ENTITIES`.
        written: what stands there.
        raw: the recogniser's own score: 1.0 where a check confirmed it, under 0.3 where its shape is weak.
        named: whether a word that names it stands near.
    """
    rule = ENTITIES[entity]
    if rule.given:
        return raw
    if named:
        return rule.named
    if raw == 1.0:
        return rule.checked
    if entity == "IP_ADDRESS" and _LOOKS_LIKE_A_VERSION.fullmatch(written):
        return 0.3
    return rule.shaped if raw >= 0.3 else 0.0
