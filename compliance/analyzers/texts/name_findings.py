"""From places where names stand in a text to findings, with what a reviewer is shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from compliance.findings import Evidence, Finding, Observation, RawKind, Reference
from compliance.text.disguise.reading import PLAIN, Reading, edited
from compliance.text.disguise.undisguise import readings
from compliance.text.disguise.undisguise_words import SPACED, in_pieces
from compliance.text.names.kinds import Kind
from compliance.text.names.matching import (
    EXACT,
    LEETSPEAK,
    LOOKALIKE,
    NameIndex,
    NameMatch,
    disguises,
)
from compliance.text.run_on import crosses
from compliance.types import Source

EXCERPT = 24
"""Code points of context that an excerpt shows on either side of a name."""
LONGEST_EXCERPT = 120
"""Code points of a name that an excerpt shows: hidden characters can make it as long as they like."""
_PRIVATE = re.compile(r"\S*@\S*|\d[\d\s().-]{4,}\d")
"""What an excerpt hides around the name: anything like an address or a number."""


def name_findings(
    one: Observation, index: NameIndex, refs: Sequence[Reference], category: str, kind: Kind
) -> list[Finding]:
    """Return one finding for each reference whose name stands in a text, or in what may be read out of it.

    Args:
        one: the text.
        index: the names, one for each row of ``refs``.
        refs: who or what each name belongs to.
        category: of the findings.
        kind: what the names name.
    """
    text = one.text or ""
    places: dict[Reference, list[NameMatch]] = defaultdict(list)
    read: dict[NameMatch, str] = {}
    for match, how in _matches(text, index, refs, misread=one.source is Source.OCR):
        if crosses(one, match.start, match.end):
            places[refs[match.row]].append(match)
            read[match] = how
    best = {ref: max(found, key=_strength) for ref, found in places.items()}
    ranked = sorted(best.items(), key=lambda pair: (_strength(pair[1]), pair[0].id), reverse=True)
    return [
        Finding(
            category=category,
            asset=one.asset,
            analyzer=one.analyzer,
            source=one.source,
            score=match.score,
            raw=float(_apart(places[ref])),
            raw_kind=RawKind.COUNT,
            span=one.span,
            region=one.region,
            reference=ref,
            rank=1 + sum(_overlap(match, better) for _, better in ranked[:place]),
            evidence=Evidence(
                text=_excerpt(text, match.start, match.end),
                offsets=(match.start, match.end),
                note=_note(text, match, read[match], kind.meant),
            ),
        )
        for place, (ref, match) in enumerate(ranked)
    ]


def _matches(
    text: str, index: NameIndex, refs: Sequence[Reference], *, misread: bool
) -> Iterator[tuple[NameMatch, str]]:
    """Yield where names stand, and how the text was read: as it is, or by undoing what hides all of it.

    What one reading says is not said again by the next, unless more surely. No name that stands in another
    reading only is surer than one in leetspeak.
    """
    known: dict[Reference, float] = {}
    for reading in _readings(text, index):
        plain = reading.how == PLAIN
        found = _longest(index.find(reading.text, misread=misread and plain), refs)
        for match in found:
            if plain:
                yield match, PLAIN
            elif (score := min(match.score, LEETSPEAK)) > known.get(refs[match.row], 0.0):
                start, end = reading.span(match.start, match.end)
                yield replace(match, start=start, end=end, score=score), reading.how
        for match in found:
            known[refs[match.row]] = max(match.score, known.get(refs[match.row], 0.0))


def _readings(text: str, index: NameIndex) -> list[Reading]:
    """Return the readings of a text, and one in which names are whole that blanks part."""
    found = list(readings(text))
    mended = next((one for one in found if one.how == SPACED), found[0])
    joined = edited(mended, index.pieces(mended.text, cut=in_pieces(text)), SPACED)
    return found if joined is mended else [*found, joined]


def _longest(matches: Sequence[NameMatch], refs: Sequence[Reference]) -> list[NameMatch]:
    """Leave out names inside a longer one of their bank that is found as surely: *Page* in *Larry Page*.

    Another bank's stays: what stands there may be the only name that it knows the person by.
    """
    kept = []
    reach: dict[str, dict[float, int]] = defaultdict(dict)
    spans: dict[str, tuple[int, int]] = {}
    for match in sorted(matches, key=lambda one: (one.start, -one.end, -one.score)):
        bank, span = refs[match.row].bank, (match.start, match.end)
        reached = reach[bank]
        covered = any(end >= match.end for score, end in reached.items() if score >= match.score)
        if not covered or spans[bank] == span:
            kept.append(match)
            spans[bank] = span
        reached[match.score] = max(reached.get(match.score, -1), match.end)
    return kept


def _strength(match: NameMatch) -> tuple[float, int, int]:
    """Order matches of one reference: surer, then longer, then earlier is better."""
    return match.score, match.end - match.start, -match.start


def _overlap(left: NameMatch, right: NameMatch) -> bool:
    return left.start < right.end and right.start < left.end


def _apart(matches: Sequence[NameMatch]) -> int:
    """Count the places that matches of one reference cover, nested aliases once."""
    count, reach = 0, -1
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        count += match.start >= reach
        reach = max(reach, match.end)
    return count


def _excerpt(text: str, start: int, end: int) -> str:
    before, after = text[max(start - EXCERPT, 0) : start], text[end : end + EXCERPT]
    name = text[start:end]
    if len(name) > LONGEST_EXCERPT:
        name = name[:LONGEST_EXCERPT] + "…"
    head, tail = "…" * (start > EXCERPT), "…" * (end + EXCERPT < len(text))
    return head + _PRIVATE.sub("•••", before) + name + _PRIVATE.sub("•••", after) + tail


def _note(text: str, match: NameMatch, read: str, meant: str) -> str:
    if read != PLAIN:
        return f"The name, in a text that was read through a disguise: {read}"
    if match.judged:
        return f"A name that is an everyday word too; the words around it speak for {meant}"
    if match.score not in (EXACT, LOOKALIKE, LEETSPEAK):
        return "The name but for what reading from pixels may have got wrong"
    how = disguises(text[match.start : match.end])
    if match.score == LEETSPEAK and not how:
        how = "letters broken apart or drawn by others"
    return f"The name, disguised: {how}" if how and match.score < 1 else "The name as enrolled"
