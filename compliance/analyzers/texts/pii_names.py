"""Names of people, places and organisations, and postal addresses, in English text: lists and rules."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.findings import RawKind
from compliance.model_store import ModelStore
from compliance.types import PROMPT_SOURCES, Source

CATEGORIES = ("pii.address", "pii.organization", "pii.person", "pii.place")


class PiiNameAnalyzer(PiiAnalyzer):
    """Finds names of anybody; names that are in a bank are the business of ``names``.

    Its scores are points for what speaks for a name (:mod:`proper_names`), raw and score alike.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="pii-names",
        version="6",
        categories=CATEGORIES,
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        languages=("en",),
        batch=256,
    )

    numbers: ClassVar[bool] = False

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the lists."""
        from compliance.text.personal.name_finder import NameFinder

        self._finder = NameFinder()
