"""Text that was disguised so that filters do not read it: in prompts, on screen, in captions and speech."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.text.disguise.disguise_signs import Sign, signs
from compliance.text.repeats import merge_repeats
from compliance.types import PROMPT_SOURCES, Source, TextBatch

SCORE_FLOOR = 0.3
"""Signs below are not kept: one word of them is in much honest text."""
MISREAD = 0.4
"""What is left of the score of signs on screen that OCR makes itself, or titles that are set wide."""
_MADE_BY_OCR = frozenset(
    {
        "letters for digits and signs",
        "letters set apart",
        "parts of words set apart",
        "look-alikes inside words",
        "words of look-alikes",
        "styled letters",
    }
)


class DisguiseAnalyzer(WithoutModels):
    """Finds disguised text; rules only, no weights, every language.

    The score of each sign stands in :mod:`disguise_signs`; raw counts the places or words.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="disguises",
        version="2",
        categories=("evasion.disguise",),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("confusable-homoglyphs",),
        batch=256,
    )

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``disguise`` observation for each text with a sign above the floor.

        Attributes: ``kinds`` of the signs, the surest first, its ``score`` and ``offsets`` in code points. The
        text is kept as it was.
        """
        known: dict[tuple[str, bool], list[Sign]] = {}
        found = []
        for row, (text, source) in enumerate(zip(batch.texts, batch.sources, strict=True)):
            key = (text, source is Source.OCR)
            if key not in known:
                known[key] = _kept(text, on_screen=key[1])
            if known[key]:
                found.append(_observation(batch, row, known[key]))
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same text that are at most a second apart."""
        return merge_repeats(observations, key=lambda one: one.text)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each text that was disguised; references are not used."""
        return [
            Finding(
                category="evasion.disguise",
                asset=asset,
                analyzer=self.spec.name,
                source=one.source,
                score=one.attributes["score"],
                raw=one.raw or 0.0,
                raw_kind=RawKind.COUNT,
                span=one.span,
                region=one.region,
                evidence=Evidence(
                    offsets=tuple(one.attributes["offsets"]),
                    note=", ".join(one.attributes["kinds"]),
                ),
            )
            for one in observations
        ]

    def close(self) -> None:
        """Nothing outlives the object."""


def _kept(text: str, *, on_screen: bool) -> list[Sign]:
    """Return the signs above the floor, the surest first."""
    found = [
        one._replace(score=round(one.score * MISREAD, 4))
        if on_screen and one.kind in _MADE_BY_OCR
        else one
        for one in signs(text)
    ]
    return sorted((one for one in found if one.score >= SCORE_FLOOR), key=lambda one: -one.score)


def _observation(batch: TextBatch, row: int, kept: Sequence[Sign]) -> Observation:
    best = kept[0]
    return Observation(
        asset=batch.assets[row],
        analyzer=DisguiseAnalyzer.spec.name,
        kind="disguise",
        source=batch.sources[row],
        span=batch.spans[row],
        region=batch.regions[row],
        raw=float(best.places),
        raw_kind=RawKind.COUNT,
        text=batch.texts[row],
        attributes={
            "score": best.score,
            "offsets": [best.start, best.end],
            "kinds": list(dict.fromkeys(one.kind for one in kept)),
        },
    )
