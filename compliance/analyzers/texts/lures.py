"""Lures and jailbreaks: what is described so that it need not be named, and orders to drop the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.text.disguise.reading import Reading
from compliance.text.disguise.undisguise import readings
from compliance.text.repeats import merge_repeats
from compliance.text.wordings.lure_phrases import JAILBREAK, LURE, phrases
from compliance.text.wordings.lure_referents import descriptions
from compliance.types import PROMPT_SOURCES, Source, TextBatch

SCORE_FLOOR = 0.3
"""Two cues of a description, which much harmless text has, are kept; nothing below."""
MOST = 3
"""Referents that are named of one text."""
_MORE = 0.5
"""What each further wording of a jailbreak takes of the doubt that the surest leaves."""


class LureAnalyzer(WithoutModels):
    """Finds English descriptions of protected characters, works, brands and people, and English jailbreaks.

    They are looked for in every reading of a text, so that a disguise does not hide them. The score is that of
    :mod:`lure_referents` and :mod:`lure_phrases`; raw counts cues or wordings.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="lures",
        version="2",
        categories=(JAILBREAK, LURE),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("confusable-homoglyphs",),
        languages=("en",),
        batch=256,
    )

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``lure`` observation for each text and what was found in it.

        Attributes: ``category``, ``score``, ``offsets`` in code points of the text, and ``note``.
        """
        known: dict[str, list[dict[str, Any]]] = {}
        found = []
        for row, text in enumerate(batch.texts):
            if text not in known:
                known[text] = _found(text)
            found += [
                Observation(
                    asset=batch.assets[row],
                    analyzer=self.spec.name,
                    kind="lure",
                    source=batch.sources[row],
                    span=batch.spans[row],
                    region=batch.regions[row],
                    raw=float(one["count"]),
                    raw_kind=RawKind.COUNT,
                    text=text,
                    attributes={key: value for key, value in one.items() if key != "count"},
                )
                for one in known[text]
            ]
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same text and meaning that are at most a second apart."""
        return merge_repeats(
            observations,
            key=lambda one: (one.text, one.attributes["category"], one.attributes["note"]),
            score=lambda one: one.attributes["score"],
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each observation; references are not used."""
        return [
            Finding(
                category=one.attributes["category"],
                asset=asset,
                analyzer=self.spec.name,
                source=one.source,
                score=one.attributes["score"],
                raw=one.raw or 0.0,
                raw_kind=RawKind.COUNT,
                span=one.span,
                region=one.region,
                evidence=Evidence(
                    offsets=tuple(one.attributes["offsets"]), note=one.attributes["note"]
                ),
            )
            for one in observations
        ]

    def close(self) -> None:
        """Nothing outlives the object."""


def _found(text: str) -> list[dict[str, Any]]:
    """Return what stands in any reading of ``text``: the surest of each meaning."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for reading in readings(text):
        for one in [*_wordings(reading), *_described(reading)]:
            key = (one["category"], one["note"])
            if one["score"] >= SCORE_FLOOR and (
                key not in best or one["score"] > best[key]["score"]
            ):
                best[key] = one
    return sorted(best.values(), key=lambda one: (-one["score"], one["category"], one["note"]))


def _wordings(reading: Reading) -> list[dict[str, Any]]:
    found = phrases(reading.text)
    entries = []
    for category in (JAILBREAK, LURE):
        mine = [one for one in found if one.category == category]
        if not mine:
            continue
        doubt = 1 - mine[0].score
        for other in {
            one.score for one in mine[1:] if one.start >= mine[0].end or one.end <= mine[0].start
        }:
            doubt *= 1 - _MORE * other
        entries.append(
            {
                "category": category,
                "score": round(1 - doubt, 4),
                "offsets": list(reading.span(mine[0].start, mine[0].end)),
                "note": "tells the generator to drop its rules"
                if category == JAILBREAK
                else "asks for somebody or something without the name",
                "count": len(mine),
            }
        )
    return entries


def _described(reading: Reading) -> list[dict[str, Any]]:
    pointing = max(
        (one.score for one in phrases(reading.text) if one.category == LURE), default=0.0
    )
    return [
        {
            "category": LURE,
            "score": round(1 - (1 - one.score) * (1 - _MORE * pointing), 4),
            "offsets": list(reading.span(one.start, one.end)),
            "note": f"describes {one.name}",
            "count": one.cues,
        }
        for one in descriptions(reading.text)[:MOST]
    ]
