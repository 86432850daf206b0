"""Look for personal data in a batch of texts, and settle which of several readings holds."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from compliance.text.disguise.reading import Reading
from compliance.text.disguise.undisguise import DECODED, LOOK_ALIKES, ZERO_WIDTH, readings
from compliance.text.disguise.undisguise_codes import ESCAPES
from compliance.text.disguise.undisguise_words import LEETSPEAK, SPACED
from compliance.text.documents import Document, Place, adjacent, documents
from compliance.text.normalise import View, normalise
from compliance.text.personal.entities import CARD, ENTITIES, IBAN, Hit
from compliance.types import Source, TextBatch

MAY_CROSS_LINES = frozenset({CARD, IBAN})
"""Entities with a check digit: only they are believed where they run over the end of a line."""
CROSSING = 0.85
"""Greatest score of something that runs over the end of a line."""
CONFIRMED = 0.9
"""Score from which something is not also taken for what overlaps it in another category."""
STRONGER = 0.2
"""Difference of scores from which something is not also taken for what it covers whole: a date within a
telephone number is none, and the number behind *driving licence* is no telephone's."""
WHOLE, STRETCH, AROUND = 4_096, 256, 384
"""Code points of a reading up to which all of it is looked at, of the stretches of a longer one that are
compared with the text, and of what is looked at beside one that differs: the longest address is 320."""
_UNDONE = DECODED | {ESCAPES, ZERO_WIDTH, LOOK_ALIKES, SPACED, LEETSPEAK}
"""Ways of reading a text that leave numbers as they are. In leetspeak, only what holds no digit is believed."""


class Finder(Protocol):
    """What finds personal data in one text: :class:`compliance.text.personal.recognisers.Recognisers`."""

    def find(self, text: str) -> list[Hit]:
        """Return what stands in ``text``, in the CASED view."""


@dataclass(frozen=True)
class Sighting:
    """One piece of personal data, and where it stands in a batch."""

    hit: Hit
    """What it is."""
    place: Place
    """Where it stands."""
    value: str
    """Its letters and digits, upper case: personal data, not to be stored."""

    @property
    def category(self) -> str:
        """Path in the taxonomy."""
        return ENTITIES[self.hit.entity].category


def sightings(batch: TextBatch, finder: Finder) -> Iterator[Sighting]:
    """Yield what ``finder`` finds in ``batch``, each thing once and by its strongest reading."""
    known: dict[str, list[Hit]] = {}

    def find(text: str) -> list[Hit]:
        if text not in known:  # The same lines stand in frame after frame.
            known[text] = finder.find(text)
        return known[text]

    for document in documents(batch):
        readings = [document]
        if batch.sources[document.rows[0]] is Source.OCR:
            repaired = document.repaired()
            readings += [repaired] if repaired.text != document.text else []
        seen = [
            sighting
            for reading in readings
            for hits, text in _hits(reading, find)
            for sighting in _placed(batch, reading, hits, text)
        ]
        seen += _hidden(batch, document, find)
        yield from _strongest(seen)


def _hidden(
    batch: TextBatch, document: Document, find: Callable[[str], list[Hit]]
) -> Iterator[Sighting]:
    """Yield what stands in texts that run backwards, are in code or disguised otherwise."""
    for line, row in enumerate(document.rows):
        seen: list[Reading] = []
        for reading in readings(batch.texts[row]):
            if reading.how not in _UNDONE:
                continue
            stretches = _changed(reading, batch.texts[row], seen)
            if reading.how != LEETSPEAK:  # Of that not all is believed.
                seen.append(reading)
            for begin, stop in stretches:
                cased = normalise(reading.text[begin:stop], View.CASED)
                for hit in find(cased.text):
                    if reading.how == LEETSPEAK and _has_digit(cased.text[hit.start : hit.end]):
                        continue
                    inside, behind = cased.span(hit.start, hit.end)
                    cut = (begin and not inside) or (begin + behind == stop < len(reading.text))
                    if cut:
                        continue
                    start, end = reading.span(begin + inside, begin + behind)
                    value = "".join(filter(str.isalnum, cased.text[hit.start : hit.end])).upper()
                    yield Sighting(hit, Place(line, (row,), start, end), value)


def _changed(reading: Reading, text: str, seen: Sequence[Reading]) -> list[tuple[int, int]]:
    """Return the stretches of a reading that stand neither in ``text``, but for case, nor in one of ``seen``.

    They come with what stands around them. Of a short reading all is looked at. Of a long one the rest was
    looked at already.
    """
    n = len(reading.text)
    if n <= WHOLE:
        return [(0, n)]
    found: list[tuple[int, int]] = []
    for begin in range(0, n, STRETCH):
        stop = min(begin + STRETCH, n)
        if _was_seen(reading, begin, stop, text, seen):
            continue
        start = max(begin - AROUND, 0)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, min(stop + AROUND, n)))
    return found


def _was_seen(reading: Reading, begin: int, stop: int, text: str, seen: Sequence[Reading]) -> bool:
    """Tell whether [begin, stop) of a reading stands in its place in ``text`` or another reading."""
    written = reading.text[begin:stop]
    first, last = reading.offsets[begin], reading.ends[stop - 1]
    if last - first == stop - begin and text[first:last].lower() == written.lower():
        return True
    return any(
        other.text[bisect_left(other.offsets, first) : bisect_right(other.ends, last)] == written
        for other in seen
    )


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _hits(document: Document, find: Callable[[str], list[Hit]]) -> Iterator[tuple[list[Hit], str]]:
    """Yield hits of the lines apart, then of those run together."""
    text = document.text
    yield find(text), text
    if len(document.lines) > 1 and any(one.isdigit() for one in text):
        joined = text.replace("\n", " ")
        yield [hit for hit in find(joined) if "\n" in text[hit.start : hit.end]], text


def _placed(
    batch: TextBatch, document: Document, hits: Iterable[Hit], text: str
) -> Iterator[Sighting]:
    for hit in hits:
        written = text[hit.start : hit.end]
        place = document.place(hit.start, hit.end)
        if len(place.rows) > 1:
            pairs = itertools.pairwise(batch.regions[row] for row in place.rows)
            if hit.entity not in MAY_CROSS_LINES or not all(itertools.starmap(adjacent, pairs)):
                continue
            hit = replace(hit, score=min(hit.score, CROSSING))
        yield Sighting(hit, place, "".join(filter(str.isalnum, written)).upper())


def _strongest(seen: Iterable[Sighting]) -> list[Sighting]:
    """Drop readings that overlap a stronger one of their category, or one that is confirmed."""
    kept: list[Sighting] = []
    for chain in _chains(seen):
        strongest: list[Sighting] = []
        for one in sorted(chain, key=lambda one: (-one.hit.score, -len(one.value), one.hit.place)):
            beaten = any(
                one.place.overlaps(other.place)
                and (
                    other.category == one.category
                    or other.hit.score >= CONFIRMED
                    or (
                        other.hit.score >= one.hit.score + STRONGER
                        and other.place.covers(one.place)
                    )
                )
                for other in strongest
            )
            if not beaten:
                strongest.append(one)
        kept += strongest
    return sorted(kept, key=lambda one: (one.place.rows, one.place.start, one.category))


def _chains(seen: Iterable[Sighting]) -> list[list[Sighting]]:
    """Part readings into chains of which none overlaps another, so that few need be compared."""
    chains: list[list[Sighting]] = []
    reach = (-1, -1)
    for one in sorted(seen, key=lambda one: one.place.first):
        if one.place.first >= reach:
            chains.append([])
        chains[-1].append(one)
        reach = max(reach, one.place.last)
    return chains
