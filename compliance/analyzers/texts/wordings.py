"""What analyzers of wordings have in common: claims and politics are one mechanism with other rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.text.disguise.reading import PLAIN
from compliance.text.disguise.undisguise import readings
from compliance.text.documents import Document, Place, adjacent, documents
from compliance.text.repeats import merge_repeats
from compliance.text.wordings.wording import Wording, WordingIndex
from compliance.text.wordings.wording_file import wording_rules
from compliance.types import PROMPT_SOURCES, Region, Source, TextBatch

LONGEST = 160
"""Characters of a wording that are kept as evidence."""
MOST_ALIKE = 50
"""Times that the same words of one text are looked around; what the last had beside it counts for the rest."""
Qualify = Callable[[str, Wording], tuple[float, str]]
"""What a document says beside a wording: what that adds to its score, and a note."""


class WordingAnalyzer:
    """Finds wordings by rules, in prompts, captions, speech and the lines of each frame together; no weights.

    Raw is the score of the rule itself; the score counts what stands around it, see
    :mod:`compliance.text.wordings.wording`.
    """

    spec: ClassVar[AnalyzerSpec]
    files: ClassVar[tuple[str, ...]]
    """Names of the files of rules."""
    weighs_scenes: ClassVar[bool] = True
    """A wording counts less where a prompt describes a scene or asks a question: nobody is to read it then."""

    def __init__(self) -> None:
        self._index: WordingIndex | None = None

    def setup(self, device: str, models: ModelStore) -> None:
        """Read the rules; takes half a second."""
        self._index = WordingIndex([rule for name in self.files for rule in wording_rules(name)])

    def models(self) -> tuple[ModelUse, ...]:
        """Return no models: these are rules."""
        return ()

    def qualify(self, text: str, wording: Wording) -> tuple[float, str]:
        """Return what the rest of ``text`` adds to the score, and a note; nothing unless overridden."""
        return 0.0, ""

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``wording`` observation for each wording that is found.

        Attributes: ``category``, ``kind``, ``score``, ``note`` and ``offsets`` (in code points of the text it
        begins in; they end with that text where the wording runs over lines).

        Raises:
            AnalyzerError: :meth:`setup` was not called.
        """
        if self._index is None:
            raise AnalyzerError(
                "the analyzer was used before it was set up",
                expected="setup(device, models) before observe_texts(batch)",
                where=self.spec.name,
                fix="call setup('cpu', ModelStore()) first",
            )
        return [
            one
            for document in documents(batch)
            for one in self._observe(batch, document, self._index)
        ]

    def _observe(
        self, batch: TextBatch, document: Document, index: WordingIndex
    ) -> list[Observation]:
        text = document.text
        if not text.strip():
            return []
        described = self.weighs_scenes and batch.sources[document.rows[0]] in PROMPT_SOURCES
        found: dict[tuple[str, int, int], tuple[Wording, str, Place, str]] = {}
        beside: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
        for reading in readings(text):
            for one in index.find(reading.text, described):
                start, end = reading.span(one.start, one.end)
                seen = (
                    text[start:end] if reading.how == PLAIN else reading.text[one.start : one.end]
                )
                alike = beside[one.rule.category, reading.text[one.start : one.end].casefold()]
                if len(alike) < MOST_ALIKE:
                    alike.append(self.qualify(reading.text, one))
                more, note = alike[-1]
                if reading.how != PLAIN:
                    note = "; ".join(part for part in (note, f"read through {reading.how}") if part)
                judged = Wording(
                    one.rule, start, end, round(min(one.score + more, 0.95), 2), one.around
                )
                key = (one.rule.category, *_word(text, start, end))
                if key not in found or found[key][0].score < judged.score:
                    found[key] = (judged, seen, document.place(start, end), note)
        apart = _apart(document, batch)
        return [
            _observation(self.spec.name, batch, *one)
            for one in found.values()
            if not any(one[2].line <= line < one[2].last[0] for line in apart)
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same wording that are at most a second apart; the surest is kept."""
        return merge_repeats(
            observations,
            key=lambda one: (one.attributes["category"], (one.text or "").casefold()),
            score=lambda one: one.attributes["score"],
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each observation; references are not used."""
        found = {one.id: one for one in map(_finding, observations)}
        return list(found.values())

    def close(self) -> None:
        """Let go of the rules."""
        self._index = None


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a wording stands, so that readings of one place meet: its first and last word."""
    return start, len(text[:end].rstrip())


def _apart(document: Document, batch: TextBatch) -> list[int]:
    """Return the lines of a document that the next one does not go on from: they stand elsewhere."""
    regions = [batch.regions[row] for row in document.rows]
    return [
        line for line in range(len(regions) - 1) if not adjacent(regions[line], regions[line + 1])
    ]


def _observation(
    analyzer: str, batch: TextBatch, wording: Wording, seen: str, place: Place, note: str
) -> Observation:
    row = place.rows[0]
    end = place.end if len(place.rows) == 1 else len(batch.texts[row])
    around = f"in {wording.around}" if wording.around == "advertising" else wording.around
    notes = [
        wording.rule.kind,
        note,
        f"lowered: {around}" if around in ("scene", "question") else "",
    ]
    return Observation(
        asset=batch.assets[row],
        analyzer=analyzer,
        kind="wording",
        source=batch.sources[row],
        span=batch.spans[row],
        region=around_all([batch.regions[one] for one in place.rows]),
        raw=wording.rule.score,
        raw_kind=RawKind.PROBABILITY,
        text=" ".join(seen.split())[:LONGEST],
        attributes={
            "category": wording.rule.category,
            "kind": wording.rule.kind,
            "score": wording.score,
            "note": "; ".join(one for one in notes if one),
            "offsets": [place.start, end],
        },
    )


def around_all(regions: Sequence[Region | None]) -> Region | None:
    """Return the region itself, or the box around several; None where none is known."""
    known = [region for region in regions if region is not None]
    if len(known) < 2:
        return known[0] if known else None
    lefts, tops, rights, bottoms = zip(*(region.box for region in known), strict=True)
    return Region.from_box(min(lefts), min(tops), max(rights), max(bottoms), 1, 1)


def _finding(one: Observation) -> Finding:
    start, end = one.attributes["offsets"]
    return Finding(
        category=one.attributes["category"],
        asset=one.asset,
        analyzer=one.analyzer,
        source=one.source,
        score=one.attributes["score"],
        raw=one.raw or 0.0,
        raw_kind=RawKind.PROBABILITY,
        span=one.span,
        region=one.region,
        track=f"{one.attributes['category'].split('.')[-1]}: {(one.text or '').casefold()}",
        evidence=Evidence(text=one.text, offsets=(start, end), note=one.attributes["note"]),
    )


TEXTS = PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH}
"""Sources that wordings are looked for in."""
