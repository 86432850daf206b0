"""Politics in text: parties, elections and politicians, calls to vote, false statements about elections.

Rules only: English in full, and the commonest words of nine further languages. ``sensitive-text`` looks for
political content by a trained classifier as well; both may find it.
"""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.texts.wordings import TEXTS, WordingAnalyzer
from compliance.findings import RawKind


class PoliticsAnalyzer(WordingAnalyzer):
    """Finds what is political, whoever is meant by it; satire and history count too.

    The score says how plainly the wording is political. Whether what is said of an election is false nobody
    here knows: it is a wording that false statements use.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="politics",
        version="2",
        categories=(
            "political.call_to_vote",
            "political.content",
            "political.election_misinformation",
        ),
        sources=TEXTS,
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        requires=("ocr",),
        libraries=("google-re2",),
        languages=("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ru"),
        batch=256,
    )
    files: ClassVar[tuple[str, ...]] = ("politics-en", "politics-other")
    weighs_scenes: ClassVar[bool] = False
