"""Advertising claims in text: health, money, superlatives, guarantees, free offers, comparisons, environment.

Rules only: English in full, and the commonest wordings of five other languages. A claim is found whether it is
true or not; what stands beside it as proof or disclaimer is noted.
"""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.wordings import TEXTS, WordingAnalyzer
from compliance.findings import RawKind
from compliance.text.wordings.claim_qualifiers import qualifiers
from compliance.text.wordings.wording import Wording


class ClaimsAnalyzer(WordingAnalyzer):
    """Finds claims that advertising law asks proof for.

    The score says how plainly the wording is a claim: 0.5 likely, 0.9 plain. ``compliance/text/wordings`` holds
    the rules with their scores.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="claims",
        version="2",
        categories=(
            "claims.comparative",
            "claims.environmental",
            "claims.finance",
            "claims.free",
            "claims.guarantee",
            "claims.health",
            "claims.superlative",
        ),
        sources=TEXTS,
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        libraries=("google-re2",),
        languages=("en", "de", "fr", "es", "it", "pt"),
        batch=256,
    )
    files: ClassVar[tuple[str, ...]] = (
        "claims-en",
        "claims-de",
        "claims-fr",
        "claims-es",
        "claims-it",
        "claims-pt",
    )

    def qualify(self, text: str, wording: Wording) -> tuple[float, str]:
        """Return what makes the claim stronger, and a note of that and of disclaimers and sources beside it."""
        return qualifiers(text, wording.start, wording.end)
