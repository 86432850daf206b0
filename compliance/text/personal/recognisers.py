"""Presidio without a language model: pattern recognisers only, an allow-list of entities, no network."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.errors import AnalyzerError
from compliance.text.personal.cards import card_numbers
from compliance.text.personal.dates import dates
from compliance.text.personal.entities import (
    CARD,
    EMAIL,
    ENTITIES,
    FLOOR,
    IBAN,
    PHONE,
    Hit,
    context_of,
    score_of,
)
from compliance.text.personal.ibans import ibans
from compliance.text.personal.identity_papers import identity_papers
from compliance.text.personal.labelled import labelled_numbers
from compliance.text.personal.lean_import import without
from compliance.text.personal.phones import phone_numbers
from compliance.text.personal.plates import plates
from compliance.text.personal.spelt import WRITTEN_OUT, spelt_addresses
from compliance.text.personal.web_addresses import web_addresses

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer

WINDOW, OVERLAP = 2048, 640
"""Code points that recognisers see at once, and that two windows share. It bounds patterns whose work
grows with the square of the text; anything shorter than the overlap lies whole in some window, and the
longest thing looked for, an e-mail address, is at most 320 long (RFC 5321)."""

MOST_NUMBERS = 5000
"""Runs of digits in a text beyond which it is not examined: reading telephone and card numbers takes up to
half a millisecond for each, a prompt holds dozens, and a full screen hundreds."""

_LANGUAGE = "en"
_DIGITS = re.compile(r"\d+")
_WORTH_READING = re.compile(r"\d|@|::")
"""Nothing but web addresses and the words of documents is without any of these, and most prompts are."""
_WORTH_PATTERNS = re.compile(r"@|:|\w{16}|(?:\d\D{0,40}){4}", re.ASCII)
"""Something that one of Presidio's patterns may match: an address, a long run, or four digits at least, not far
apart; of the numbers they look for the shortest has four."""
_EMAIL = (
    r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w!#$%&'*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}"
    r"@\w[\w-]{0,62}(?:\.\w[\w-]{0,62}){1,8}\b"
)
"""Lengths of RFC 5321, so that the work stays linear, unlike with Presidio's own pattern."""
_ETHEREUM = r"\b0x[0-9a-fA-F]{40}\b"


class Recognisers:
    """All recognisers, loaded and warm; safe to call from several threads. Making one takes seconds.

    Args:
        locales: countries (ISO 3166) whose national numbers are looked for; None means all that are known.

    Raises:
        AnalyzerError: Presidio lacks a recogniser of the allow-list.
    """

    def __init__(self, locales: frozenset[str] | None = None) -> None:
        import tldextract

        with without("torch", "transformers"):
            from presidio_analyzer.pattern_recognizer import REGEX_TIMEOUT_SECONDS

            self._patterns = _recognisers()
        self._limit = float(REGEX_TIMEOUT_SECONDS)
        self._suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
        known = {entity for one in self._patterns for entity in one.supported_entities}
        missing = {name for name, one in ENTITIES.items() if not one.given} - {CARD, IBAN} - known
        if missing:
            raise AnalyzerError(
                "Presidio lacks recognisers",
                expected="one for each entity",
                found=f"none for {', '.join(sorted(missing))}",
                where="pii",
                fix="pip install 'presidio-analyzer>=2.2.366'",
            )
        self._patterns = [one for one in self._patterns if _counts(one, locales)]
        self.find("jane@example.com 4111 1111 1111 1111")

    def find(self, text: str) -> list[Hit]:
        """Return what stands in ``text``, in order of place, each (entity, span) once.

        Args:
            text: in the CASED view.

        Raises:
            AnalyzerError: a pattern ran out of time, or there are more than :data:`MOST_NUMBERS` numbers;
                the text is not examined then.
        """
        _refuse_floods(text)
        found: dict[tuple[str, int, int], float] = {}
        for begin, end in _windows(len(text)):
            for entity, start, stop, raw in self._read(text[begin:end]):
                cut = (begin > 0 and start == 0) or (end < len(text) and begin + stop == end)
                if not cut:
                    key = (entity, begin + start, begin + stop)
                    found[key] = max(raw, found.get(key, 0.0))
        hits = [_hit(text, *key, raw) for key, raw in found.items()]
        return sorted((hit for hit in hits if hit.score >= FLOOR), key=lambda hit: hit.place)

    def _read(self, window: str) -> Iterator[tuple[str, int, int, float]]:
        """Yield (entity, start, end, raw) of everything in a window, overlapping things too."""
        for start, end, score in web_addresses(window, self._is_public):
            yield "URL", start, end, score
        for start, end, score in spelt_addresses(window, self._is_public):
            yield EMAIL, start, end, score
        yield from identity_papers(window)
        if not _WORTH_READING.search(window):
            return
        for start, end, raw in card_numbers(window):
            yield CARD, start, end, raw
        for start, end, score in ibans(window):
            yield IBAN, start, end, score
        phone = ENTITIES[PHONE]
        for start, end, score in phone_numbers(window, phone.words, phone.reach):
            yield PHONE, start, end, score
        for start, end, score in dates(window):
            yield "DATE_TIME", start, end, score
        yield from labelled_numbers(window)
        for start, end, score in plates(window):
            yield "VEHICLE_PLATE", start, end, score
        yield from self._patterned(window)

    def _patterned(self, window: str) -> Iterator[tuple[str, int, int, float]]:
        """Yield what Presidio's patterns find."""
        if not _WORTH_PATTERNS.search(window):
            return
        began = time.monotonic()
        results = [
            one
            for recogniser in self._patterns
            for one in recogniser.analyze(window, recogniser.supported_entities)
        ]
        self._in_time(time.monotonic() - began, len(window))
        for one in results:
            if _within_number(window, one.start, one.end):
                continue
            if one.entity_type != EMAIL:
                yield one.entity_type, one.start, one.end, one.score
            elif self._is_public(window[one.start : one.end].rpartition("@")[2]):
                yield EMAIL, one.start, one.end, WRITTEN_OUT

    def _is_public(self, domain: str) -> bool:
        """Tell whether a domain ends in a public suffix, by the list inside the package.

        Presidio's own e-mail recogniser would fetch a newer list from the network.
        """
        return bool(self._suffixes(domain).top_domain_under_public_suffix)

    def _in_time(self, seconds: float, size: int) -> None:
        """Refuse a result that may lack something: Presidio only logs that it gave a pattern up."""
        if seconds >= self._limit:
            raise AnalyzerError(
                "looking for personal data took too long, a pattern may have been given up",
                expected=f"less than {self._limit:g} s for {size} characters",
                found=f"{seconds:.0f} s",
                where="pii",
                fix="run again on an idle machine, or set REGEX_TIMEOUT_SECONDS",
            )


@functools.cache
def recognisers(locales: frozenset[str] | None = None) -> Recognisers:
    """Return the recognisers for these countries, made once in a process."""
    return Recognisers(locales)


def _counts(one: PatternRecognizer, locales: frozenset[str] | None) -> bool:
    """Tell whether a recogniser is for what is looked for in these countries."""
    homes = {ENTITIES[name].locale for name in one.supported_entities if name in ENTITIES}
    return locales is None or homes <= {"", *locales}


def _refuse_floods(text: str) -> None:
    numbers = sum(1 for _ in _DIGITS.finditer(text))
    if numbers > MOST_NUMBERS:
        raise AnalyzerError(
            "a text holds too many numbers to look for personal data among them, it is not examined",
            expected=f"at most {MOST_NUMBERS} runs of digits",
            found=f"{numbers} in {len(text)} characters",
            where="pii",
            fix="shorten the prompt, or have a person read it",
        )


def _hit(text: str, entity: str, start: int, end: int, raw: float) -> Hit:
    named = context_of(ENTITIES[entity], text, start, end)
    return Hit(entity, start, end, score_of(entity, text[start:end], raw, named), raw)


def _within_number(text: str, start: int, end: int) -> bool:
    """Tell whether [start, end) is cut out of a longer run of digits, as some patterns allow."""
    before = start > 0 and text[start - 1 : start + 1].isdigit()
    return before or (end < len(text) and text[end - 1 : end + 1].isdigit())


def _windows(length: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, max(length - OVERLAP, 1), WINDOW - OVERLAP):
        yield begin, min(begin + WINDOW, length)


def _recognisers() -> list[PatternRecognizer]:
    from presidio_analyzer import Pattern, PatternRecognizer
    from presidio_analyzer import predefined_recognizers as predefined

    kinds = (
        predefined.CryptoRecognizer,
        predefined.IpRecognizer,
        predefined.UsSsnRecognizer,
        predefined.UsItinRecognizer,
        predefined.CaSinRecognizer,
        predefined.UkNinoRecognizer,
        predefined.EsNifRecognizer,
        predefined.EsNieRecognizer,
        predefined.ItFiscalCodeRecognizer,
        predefined.PlPeselRecognizer,
        predefined.SePersonnummerRecognizer,
        predefined.FiPersonalIdentityCodeRecognizer,
        predefined.DeTaxIdRecognizer,
        predefined.InAadhaarRecognizer,
        predefined.KrRrnRecognizer,
        predefined.SgFinRecognizer,
    )
    return [
        PatternRecognizer(EMAIL, name="e-mail", patterns=[Pattern("address", _EMAIL, 0.5)]),
        PatternRecognizer(
            "ETHEREUM_ADDRESS", name="ethereum", patterns=[Pattern("address", _ETHEREUM, 0.5)]
        ),
        *(kind(supported_language=_LANGUAGE) for kind in kinds),
    ]
