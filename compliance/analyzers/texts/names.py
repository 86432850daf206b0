"""Names of people, brands and works in prompts and on screen, disguised or not: one mechanism."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.texts.name_findings import name_findings
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation, RawKind
from compliance.text.names.kinds import PERSON, Kind
from compliance.text.names.matching import NameIndex
from compliance.text.repeats import merge_repeats
from compliance.text.run_on import run_ons
from compliance.types import PROMPT_SOURCES, Source, TextBatch

TEXT_SOURCES = PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH}
"""Sources that names are looked for in."""
_Columns = tuple[tuple[str, ...], tuple[bool, ...], tuple[str, ...]]


class NameAnalyzer(WithoutModels):
    """Finds every name and alias of the banks of its modality at once; rules only, no weights.

    This one looks for people; brands and works are the same mechanism with another spec and kind.

    The score ranks the evidence that the name stands there, see :mod:`compliance.text.names.matching`; raw is
    the number of places in the text where it stands.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="names",
        version="6",
        categories=("likeness.name",),
        sources=TEXT_SOURCES,
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("ahocorasick-rs", "confusable-homoglyphs"),
        modality="name",
        batch=256,
    )
    kind: ClassVar[Kind] = PERSON
    """What the names name."""

    def __init__(self) -> None:
        self._built: tuple[_Columns, NameIndex] | None = None

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
                fix=f"add names with '{self.kind.command}'",
            )
        index = self._index(references)
        return [
            finding
            for one in observations
            for finding in name_findings(
                one, index, references.refs, self.spec.categories[0], self.kind
            )
        ]

    def close(self) -> None:
        """Drop the automaton."""
        self._built = None

    def _index(self, references: References) -> NameIndex:
        """Return the automaton of the names, built again only when they changed."""
        columns = (references.texts, references.ambiguous, references.details)
        if self._built is None or self._built[0] != columns:
            self._built = (columns, index_of(references, self.kind))
        return self._built[1]


def index_of(references: References, kind: Kind) -> NameIndex:
    """Return the names of ``references``, ready to be found."""
    aspects = _aspects(references.details)
    return NameIndex(references.texts, references.ambiguous, kind, aspects)


def _aspects(details: Sequence[str]) -> tuple[str, ...]:
    """Return what each row names more closely, as its details' ``kind`` says."""
    known: dict[str, str] = {}
    for one in set(details):
        kind = json.loads(one).get("kind") if one else None
        known[one] = kind if isinstance(kind, str) else ""
    return tuple(known[one] for one in details)
