"""Names of brands in prompts, captions and speech, and their wordmarks on screen."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.names import TEXT_SOURCES, NameAnalyzer
from compliance.findings import RawKind
from compliance.text.names.kinds import BRAND, Kind


class BrandNameAnalyzer(NameAnalyzer):
    """Finds names and words of brands; on screen, wordmarks as drawn letters are read."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="brand-names",
        version="3",
        categories=("brand.name",),
        sources=TEXT_SOURCES,
        raw_kinds=frozenset({RawKind.COUNT}),
        requires=("ocr",),
        libraries=("ahocorasick-rs", "confusable-homoglyphs"),
        modality="word",
        batch=256,
    )
    kind: ClassVar[Kind] = BRAND
