"""What runs over from one caption, or stretch of speech, into the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from compliance.errors import AnalyzerError
from compliance.text.documents import Document
from compliance.text.normalise import Normalised, View, normalise
from compliance.text.personal.cards import SHORTEST
from compliance.text.personal.entities import CARD, IBAN
from compliance.text.personal.over_lines import Find, hits, placed
from compliance.text.personal.sighting import Sighting, strongest
from compliance.text.personal.spelt import digits_of
from compliance.text.run_on import continued
from compliance.types import Source, TextBatch, TimeSpan

CUES = frozenset({Source.CAPTION, Source.SPEECH})
"""Sources whose texts run on in time."""
LONGEST = 20
"""Cues that a number may take: a card number read aloud word by word has up to 19."""
REACH = 160
"""Code points of a cue that are looked at beside the next one."""
MOST = 20_000
"""Pairs and chains of cues that are looked at: each costs as much as a cue, and an hour has some thousand
cues, of which few hold numbers."""
SPELT = frozenset({CARD, IBAN})
"""Entities that are believed in numbers that are spelt out: those with a check digit."""
_WORTH = re.compile(
    r"\d|@|(?<!\w)(?:zero|one|two|three|four|five|six|seven|eight|nine|oh|o)(?!\w)", re.IGNORECASE
)
_PIECE = re.compile(
    r"[\W\d_]+|\W*(?:[A-Z\d]{1,5}|(?i:zero|one|two|three|four|five|six|seven|eight|nine|oh|o|double|triple|treble))\W*"
)
"""A word that may be all of a piece of a number."""
_ENDED = re.compile(r"[.!?。！？]\s*\Z")


def spelt_out(document: Document) -> Document | None:
    """Return ``document`` with words for digits as digits; None where no card number comes of it."""
    lines = tuple(map(digits_of, document.lines))
    count = sum(sum(map(str.isdigit, line.text)) for line in lines)
    if count < SHORTEST or all(
        new.text == old.text for new, old in zip(lines, document.lines, strict=True)
    ):
        return None
    return Document(document.rows, lines)


def over_cues(batch: TextBatch, alone: dict[int, list[Sighting]], find: Find) -> list[Sighting]:
    """Return what is found in cues only when they are read together, and drop its pieces from ``alone``.

    That is what begins in one and ends in another, and numbers that only the words of the cue before name.

    Args:
        batch: the texts.
        alone: what each row with a time holds by itself; what turns out to be a piece is removed.
        find: finds personal data in one text.

    Raises:
        AnalyzerError: there are more than :data:`MOST` cues with numbers that may run on.
    """
    found: list[Sighting] = []
    for tried, rows in enumerate(_worth_reading(batch)):
        if tried >= MOST:
            raise AnalyzerError(
                "captions hold too many numbers that may run on, they are not examined",
                expected=f"at most {MOST} pairs of captions with numbers",
                where="pii",
                fix="remove the captions that are no text, or have a person read them",
            )
        document = _document(batch, rows)
        ended = bool(_ENDED.search(batch.texts[rows[0]]))
        news = [one for one in _seen(batch, document, find) if _is_news(one, ended)]
        if not news:
            continue
        known = [
            (row, one, replace(one, place=replace(one.place, line=line)))
            for line, row in enumerate(rows)
            for one in alone[row]
        ]
        kept = {id(one) for one in strongest([*(here for _, _, here in known), *news])}
        found += [one for one in news if id(one) in kept]
        for row, one, here in known:
            if id(here) not in kept:
                alone[row].remove(one)
    return found


def _is_news(one: Sighting, ended: bool) -> bool:
    """Tell whether something begins in the first cue and runs on, or stands in the second of one sentence."""
    if one.place.line == 0:
        return len(one.place.rows) > 1
    return one.place.line == 1 and len(one.place.rows) == 1 and not ended


def _seen(batch: TextBatch, document: Document, find: Find) -> Iterator[Sighting]:
    yield from placed(batch, document, hits(document, find))
    spelt = spelt_out(document)
    if spelt is not None:
        yield from placed(batch, spelt, hits(spelt, find), SPELT)


def _worth_reading(batch: TextBatch) -> Iterator[tuple[int, ...]]:
    """Yield rows that may continue one another and hold pieces of numbers or addresses."""
    timed: dict[tuple[str, Source], list[tuple[TimeSpan, int]]] = defaultdict(list)
    for row, (source, span) in enumerate(zip(batch.sources, batch.spans, strict=True)):
        if source in CUES and span is not None:
            timed[(batch.assets[row], source)].append((span, row))
    for cues in timed.values():
        cues.sort(key=lambda cue: (cue[0].start, cue[0].end, cue[1]))
        texts = [(span, batch.texts[row]) for span, row in cues]
        worth = [bool(_WORTH.search(text[:REACH])) for _, text in texts]
        mail = ["@" in text[-REACH:] for _, text in texts]
        for chain in continued(texts, LONGEST):
            if worth[chain[1]] or mail[chain[0]]:
                yield tuple(cues[at][1] for at in _unbroken(chain, texts))


def _unbroken(chain: tuple[int, ...], texts: Sequence[tuple[TimeSpan, str]]) -> tuple[int, ...]:
    """Return as much of a chain as one number may take: nothing but pieces stands between its ends."""
    for place, at in enumerate(chain[1:], start=2):
        words = texts[at][1].split()
        if len(words) > 1 and not all(map(_PIECE.fullmatch, words)):
            return chain[:place]
    return chain


def _document(batch: TextBatch, rows: tuple[int, ...]) -> Document:
    """Return the end of the first row and the beginnings of those behind it as lines."""
    lines = [normalise(batch.texts[row], View.CASED) for row in rows]
    return Document(
        rows, (_cut(lines[0], -REACH, None), *(_cut(line, 0, REACH) for line in lines[1:]))
    )


def _cut(line: Normalised, start: int, end: int | None) -> Normalised:
    part = slice(start, end)
    if len(line.text) <= REACH:
        return line
    return Normalised(line.text[part], line.offsets[part], line.ends[part])
