"""Names of works, characters, franchises and artists' styles in prompts, on screen and in speech."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.names import TEXT_SOURCES, NameAnalyzer
from compliance.findings import RawKind
from compliance.text.names.kinds import WORK, Kind


class WorkNameAnalyzer(NameAnalyzer):
    """Finds names of works; an artist's or studio's name is weak unless its style is asked for."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="work-names",
        version="3",
        categories=("ip.name",),
        sources=TEXT_SOURCES,
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("ahocorasick-rs", "confusable-homoglyphs"),
        modality="term",
        batch=256,
    )
    kind: ClassVar[Kind] = WORK
