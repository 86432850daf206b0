"""Finds names and postal addresses in one text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from compliance.text.personal.address_towns import towns
from compliance.text.personal.entities import FLOOR, Hit
from compliance.text.personal.proper_names import proper_names
from compliance.text.personal.street_addresses import street_addresses

LONGEST, OVERLAP = 4096, 256
"""Code points that are read at once, and that two pieces share, so that the work is linear in the text."""
REACH = 160
"""Code points that the longest part of an address spans."""
NEAR, SURE, BEHIND_AN_ADDRESS = 4, 0.9, 0.6
"""A name at most so many code points behind a part of an address is a place's, with this score, unless it is
surely a person's."""


class NameFinder:
    """Rules and lists over one text; stateless."""

    def find(self, text: str) -> list[Hit]:
        """Return what stands in ``text``, in the CASED view, in order of place."""
        found: dict[tuple[str, int, int], float] = {}
        for begin in range(0, max(len(text) - OVERLAP, 1), LONGEST - OVERLAP):
            piece = text[begin : begin + LONGEST]
            last = begin + len(piece) == len(text)
            for entity, start, end, score in _read(piece):
                cut = (begin > 0 and start == 0) or (end == len(piece) and not last)
                if not cut and score >= FLOOR:
                    key = (entity, begin + start, begin + end)
                    found[key] = max(score, found.get(key, 0.0))
        hits = [Hit(*key, round(score, 2), round(score, 2)) for key, score in found.items()]
        return sorted(hits, key=lambda hit: hit.place)


def _read(text: str) -> Iterator[tuple[str, int, int, float]]:
    addresses = sorted(street_addresses(text))
    starts = [start for start, _, _ in addresses]
    for start, end, score in addresses:
        yield "ADDRESS", start, end, score
    for start, end, score in towns(text, addresses):
        yield "PLACE", start, end, score
    for entity, start, end, score in proper_names(text):
        near = addresses[bisect_left(starts, start - REACH) : bisect_left(starts, end)]
        within = any(start < stop and sure >= score - 0.3 for _, stop, sure in near)
        if within:
            continue
        behind = any(stop <= start <= stop + NEAR for _, stop, _ in near)
        if behind and entity == "PERSON" and score < SURE:
            entity, score = "PLACE", max(score, BEHIND_AN_ADDRESS)
        elif behind and entity == "PLACE":
            score = max(score, BEHIND_AN_ADDRESS)
        yield entity, start, end, score
