"""Symbols of hate groups as texts name them: signs, gestures, dress, codes and flags.

Rules only: English in full, and the commonest words of six further languages. What a picture shows is for
``sensitive-zero-shot``; a prompt that asks for such a sign is found here.
"""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.wordings import TEXTS, WordingAnalyzer
from compliance.findings import RawKind


class HateSymbolAnalyzer(WordingAnalyzer):
    """Finds what is named, in history and satire too; signs in religion are left alone unless they are shown.

    The score says how plainly a text names such a sign.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="hate-symbols",
        version="1",
        categories=("hate.symbols",),
        sources=TEXTS,
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        libraries=("google-re2",),
        languages=("en", "de", "fr", "es", "it", "pt", "nl"),
        batch=256,
    )
    files: ClassVar[tuple[str, ...]] = ("hate-symbols",)
    weighs_scenes: ClassVar[bool] = False
