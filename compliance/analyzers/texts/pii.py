"""Personal data in texts: numbers of cards, accounts, telephones, papers and vehicles, addresses, dates, ages.

The wording of identity documents is found too.
Presidio's pattern recognisers with an allow-list of entities (:mod:`entities`), our own
rules for the rest, no language model and no network. What was found is kept redacted only. Names of people and
places are another analyzer's, which knows some languages only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.text.personal.entities import ENTITIES, NAMES
from compliance.text.personal.search import Finder, sightings
from compliance.text.personal.sighting import Sighting
from compliance.text.repeats import merge_repeats
from compliance.types import PROMPT_SOURCES, Region, Source, TextBatch, TimeSpan

TAG_DIGITS = 4
"""Hex digits of the digest by which sightings of one value are recognised. They stay in observations, which are
encrypted: an age or a date is found by trying all of them."""
SHORT = 6
"""Letters and digits below which two of them would tell too much: an age, a year, *Kim*."""


class PiiAnalyzer:
    """Finds personal data; rules only, no weights.

    All lines of one frame, and all captions of an asset, belong in one batch: a card number may run over two
    of them. Raw is the
    recogniser's own confidence; the score is ours, see :class:`compliance.text.personal.entities.Entity`.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="pii",
        version="7",
        categories=tuple(
            sorted({one.category for name, one in ENTITIES.items() if name not in NAMES})
        ),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        libraries=("presidio-analyzer", "phonenumbers"),
        batch=256,
    )

    numbers: ClassVar[bool] = True
    """Whether it looks for numbers and addresses, which run over captions; names are another matter."""

    def __init__(self) -> None:
        self._finder: Finder | None = None
        self._locales: frozenset[str] | None = None

    def limit(self, locales: frozenset[str]) -> None:
        """Look for the national numbers of these countries alone (ISO 3166); called before :meth:`setup`.

        Numbers that the words before them name are looked for as ever.
        """
        self._locales = locales

    def limits(self) -> tuple[str, ...]:
        """Return the countries that :meth:`limit` named, sorted; none where it was not called."""
        national = "pii.national_id" in self.spec.categories
        return tuple(sorted(self._locales or ())) if national else ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the recognisers; takes seconds the first time."""
        from compliance.text.personal.recognisers import recognisers

        self._finder = recognisers(self._locales)

    def models(self) -> tuple[ModelUse, ...]:
        """Return no models: these are rules."""
        return ()

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``pii`` observation for each thing found.

        Its text is redacted. Attributes: ``entity``, ``score``, ``tag`` (equal for equal values within an
        asset), ``offsets`` (in code points of the text it begins in; they end with that text where the
        thing runs over lines) and ``lines``.

        Raises:
            AnalyzerError: :meth:`setup` was not called, a pattern ran out of time, or a text holds too
                many numbers; it is not examined then.
        """
        if self._finder is None:
            raise AnalyzerError(
                "the analyzer was used before it was set up",
                expected="setup(device, models) before observe_texts(batch)",
                where=self.spec.name,
                fix="call setup('cpu', ModelStore()) first",
            )
        name = self.spec.name
        found = sightings(batch, self._finder, numbers=self.numbers)
        return [_observation(name, batch, seen) for seen in found]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same value that are at most a second apart; the surest is kept."""
        return merge_repeats(
            observations,
            key=lambda one: (one.attributes["entity"], one.attributes["tag"], one.text),
            score=lambda one: one.attributes["score"],
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each observation; references are not used.

        Equal values have one track, which is numbered and says nothing of the value.
        """
        tracks: dict[tuple[str, str], int] = {}
        for one in observations:
            tracks.setdefault((one.attributes["entity"], one.attributes["tag"]), len(tracks) + 1)
        return [
            _finding(one, tracks[one.attributes["entity"], one.attributes["tag"]])
            for one in observations
        ]

    def close(self) -> None:
        """Let go of what finds."""
        self._finder = None


def redact(value: str) -> str:
    """Return ``value`` with nothing left but its last two characters, four of a long one, none of a short one.

    Args:
        value: letters and digits of what was found.
    """
    if len(value) < SHORT:
        return "••••"
    return "•••• " + value[-4 if len(value) >= 12 else -2 :]


def _observation(analyzer: str, batch: TextBatch, seen: Sighting) -> Observation:
    rows, row = seen.place.rows, seen.place.rows[0]
    asset = batch.assets[row]
    end = seen.place.end if len(rows) == 1 else len(batch.texts[row])
    digest = hashlib.sha256(f"{asset}\0{seen.category}\0{seen.value}".encode()).hexdigest()
    return Observation(
        asset=asset,
        analyzer=analyzer,
        kind="pii",
        source=batch.sources[row],
        span=_throughout([batch.spans[one] for one in rows]),
        region=_around([batch.regions[one] for one in rows]),
        raw=round(seen.hit.raw, 4),
        raw_kind=RawKind.PROBABILITY,
        text=redact(seen.value),
        attributes={
            "entity": seen.hit.entity,
            "score": seen.hit.score,
            "tag": digest[:TAG_DIGITS],
            "offsets": [seen.place.start, end],
            "lines": len(rows),
        },
    )


def _throughout(spans: Sequence[TimeSpan | None]) -> TimeSpan | None:
    """Return the time from the first to the last: what runs over captions stands in all of them."""
    known = [span for span in spans if span is not None]
    if not known:
        return None
    return TimeSpan(start=min(one.start for one in known), end=max(one.end for one in known))


def _around(regions: Sequence[Region | None]) -> Region | None:
    """Return the region itself, or the box around several."""
    known = [region for region in regions if region is not None]
    if len(known) < 2:
        return known[0] if known else None
    lefts, tops, rights, bottoms = zip(*(region.box for region in known), strict=True)
    return Region.from_box(min(lefts), min(tops), max(rights), max(bottoms), 1, 1)


def _finding(one: Observation, track: int) -> Finding:
    if one.raw is None or one.raw_kind is None:
        raise AnalyzerError(
            "an observation carries no number",
            expected="raw and raw_kind",
            found=f"observation {one.id}",
            where=one.analyzer,
            fix="remove the stored observations and run 'compliance review' again",
        )
    rule = ENTITIES[one.attributes["entity"]]
    start, end = one.attributes["offsets"]
    lines = one.attributes["lines"]
    return Finding(
        category=rule.category,
        asset=one.asset,
        analyzer=one.analyzer,
        source=one.source,
        score=one.attributes["score"],
        raw=one.raw,
        raw_kind=one.raw_kind,
        span=one.span,
        region=one.region,
        track=f"{one.attributes['entity'].lower()}-{track}",
        evidence=Evidence(
            text=one.text,
            offsets=(start, end),
            note=f"{rule.label}, over {lines} lines" if lines > 1 else rule.label,
        ),
    )
