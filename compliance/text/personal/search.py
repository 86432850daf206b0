"""Look for personal data in a batch of texts, and settle which of several readings holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Protocol

from compliance.text.disguise.reading import Reading
from compliance.text.disguise.undisguise import DECODED, LOOK_ALIKES, ZERO_WIDTH, readings
from compliance.text.disguise.undisguise_codes import ESCAPES
from compliance.text.disguise.undisguise_words import LEETSPEAK, SPACED
from compliance.text.documents import Document, Place, documents
from compliance.text.normalise import View, normalise
from compliance.text.personal.cues import CUES, SPELT, over_cues, spelt_out
from compliance.text.personal.entities import Hit
from compliance.text.personal.over_lines import Find, hits, placed
from compliance.text.personal.sighting import Sighting, strongest
from compliance.types import Source, TextBatch

WHOLE, STRETCH, AROUND = 4_096, 256, 384
"""Code points of a reading up to which all of it is looked at, of the stretches of a longer one that are
compared with the text, and of what is looked at beside one that differs: the longest address is 320."""
_UNDONE = DECODED | {ESCAPES, ZERO_WIDTH, LOOK_ALIKES, SPACED, LEETSPEAK}
"""Ways of reading a text that leave numbers as they are. In leetspeak, only what holds no digit is believed."""


class Finder(Protocol):
    """What finds personal data in one text: :class:`compliance.text.personal.recognisers.Recognisers`."""

    def find(self, text: str) -> list[Hit]:
        """Return what stands in ``text``, in the CASED view."""


def sightings(batch: TextBatch, finder: Finder, *, numbers: bool = True) -> Iterator[Sighting]:
    """Yield what ``finder`` finds in ``batch``, each thing once and by its strongest reading.

    Args:
        batch: the texts.
        finder: finds personal data in one text.
        numbers: whether ``finder`` looks for numbers and e-mail addresses, which may run over captions.
    """
    known: dict[str, list[Hit]] = {}

    def find(text: str) -> list[Hit]:
        if text not in known:  # The same lines stand in frame after frame.
            known[text] = finder.find(text)
        return known[text]

    alone: dict[int, list[Sighting]] = {}
    for document in documents(batch):
        first = document.rows[0]
        seen = strongest(_seen(batch, document, find))
        if batch.sources[first] in CUES and batch.spans[first] is not None:
            alone[first] = seen
        else:
            yield from seen
    over = over_cues(batch, alone, find) if numbers else []
    for seen in alone.values():
        yield from seen
    yield from over


def _seen(batch: TextBatch, document: Document, find: Find) -> Iterator[Sighting]:
    """Yield what stands in one document, by every reading of it."""
    yield from placed(batch, document, hits(document, find))
    if batch.sources[document.rows[0]] is Source.OCR:
        repaired = document.repaired()
        if repaired.text != document.text:
            yield from placed(batch, repaired, hits(repaired, find))
    if batch.sources[document.rows[0]] in CUES:
        spelt = spelt_out(document)
        if spelt is not None:
            yield from placed(batch, spelt, hits(spelt, find), SPELT)
    yield from _hidden(batch, document, find)


def _hidden(batch: TextBatch, document: Document, find: Find) -> Iterator[Sighting]:
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
