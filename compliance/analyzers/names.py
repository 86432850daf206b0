"""Names of enrolled people in prompts and on screen, disguised or not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.errors import AnalyzerError
from compliance.findings import (
    Evidence,
    Finding,
    ModelUse,
    Observation,
    RawKind,
    Reference,
)
from compliance.model_store import ModelStore
from compliance.text.matching import (
    EXACT,
    LEETSPEAK,
    LOOKALIKE,
    MISREAD,
    NameIndex,
    NameMatch,
    disguises,
)
from compliance.text.repeats import merge_repeats
from compliance.text.run_on import crosses, run_ons
from compliance.types import PROMPT_SOURCES, Source, TextBatch

EXCERPT = 24
"""Code points of context that an excerpt shows on either side of a name."""
LONGEST_EXCERPT = 120
"""Code points of a name that an excerpt shows: hidden characters can make it as long as they like."""
_PRIVATE = re.compile(r"\S*@\S*|\d[\d\s().-]{4,}\d")
"""What an excerpt hides around the name: anything like an address or a number."""


class NameAnalyzer:
    """Finds every name and alias of the people banks at once; rules only, no weights.

    The score ranks the evidence that the name stands there, see :mod:`compliance.text.matching`; raw is
    the number of places in the text where it stands.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="names",
        version="4",
        categories=("likeness.name",),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("ahocorasick-rs", "confusable-homoglyphs"),
        modality="name",
        batch=256,
    )

    def __init__(self) -> None:
        self._built: tuple[tuple[tuple[str, ...], tuple[bool, ...]], NameIndex] | None = None

    def setup(self, device: str, models: ModelStore) -> None:
        """Load nothing: the automaton is built from the bank when it is first seen."""

    def models(self) -> tuple[ModelUse, ...]:
        """Return no models: these are rules."""
        return ()

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``text`` observation for each text, as it was."""
        columns = zip(
            batch.assets, batch.texts, batch.sources, batch.spans, batch.regions, strict=True
        )
        return [
            Observation(
                asset=asset,
                analyzer=self.spec.name,
                kind="text",
                source=source,
                span=span,
                region=region,
                text=text,
            )
            for asset, text, source, span, region in columns
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge equal texts that are seen again within a second; add those that run on into the next."""
        merged = merge_repeats(observations, key=lambda one: one.text)
        return merged + run_ons(merged)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each text and reference whose name stands in it.

        Args:
            asset: id of the asset.
            observations: what :meth:`reduce` returned for it.
            references: names and aliases as ``texts``, each row with its reference.

        Raises:
            AnalyzerError: references are missing or carry no names.
        """
        if references is None or len(references.texts) != len(references.refs):
            raise AnalyzerError(
                "names were to be matched without names",
                expected="references with one text for each row",
                found="none" if references is None else f"{len(references.texts)} texts",
                where=f"asset {asset[:12]}",
                fix="enrol people with 'compliance people enrol'",
            )
        index = self._index(references.texts, references.ambiguous)
        return [
            finding for one in observations for finding in _findings(one, index, references.refs)
        ]

    def close(self) -> None:
        """Drop the automaton."""
        self._built = None

    def _index(self, names: tuple[str, ...], everyday: tuple[bool, ...]) -> NameIndex:
        """Return the automaton of ``names``, built again only when they changed."""
        built = self._built
        if built is None or built[0] != (names, everyday):
            built = ((names, everyday), NameIndex(names, everyday))
            self._built = built
        return built[1]


def _findings(one: Observation, index: NameIndex, refs: Sequence[Reference]) -> list[Finding]:
    text = one.text or ""
    places: dict[Reference, list[NameMatch]] = defaultdict(list)
    for match in _longest(index.find(text, misread=one.source is Source.OCR), refs):
        if crosses(one, match.start, match.end):
            places[refs[match.row]].append(match)
    best = {ref: max(found, key=_strength) for ref, found in places.items()}
    ranked = sorted(best.items(), key=lambda pair: (_strength(pair[1]), pair[0].id), reverse=True)
    return [
        Finding(
            category="likeness.name",
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
                note=_note(text, match),
            ),
        )
        for place, (ref, match) in enumerate(ranked)
    ]


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


def _note(text: str, match: NameMatch) -> str:
    if match.score not in (EXACT, LOOKALIKE, LEETSPEAK, MISREAD):
        return "A name that is an everyday word too; the words around it speak for the person"
    if match.score == MISREAD:
        return "The name but for what reading from pixels may have got wrong"
    how = disguises(text[match.start : match.end])
    if match.score == LEETSPEAK and not how:
        how = "letters broken apart or drawn by others"
    return f"The name, disguised: {how}" if how and match.score < 1 else "The name as enrolled"
