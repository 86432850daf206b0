"""Copies of registered images and videos in frames, exact or edited, with the segments of clip and work.

Compares only: what it reads are the hashes and the local features of frames. How sure a copy is follows from
how many frames agree, in how many bits their hashes differ, how many features agree on one map and how well
the pixels correlate there (:mod:`compliance.analyzers.works.copy_search`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.works.copy_evidence import look_shown, note_of, region_of, side_by_side
from compliance.analyzers.works.copy_format import MAKER, unpack
from compliance.analyzers.works.copy_hashes import Look
from compliance.analyzers.works.copy_index import CopyIndex
from compliance.analyzers.works.copy_looks import looks_of
from compliance.analyzers.works.copy_search import Copy, copies
from compliance.findings import Evidence, Finding, Observation, RawKind, Reference
from compliance.types import Source, TimeSpan


class CopyAnalyzer(WithoutModels):
    """Finds segments of works by PDQ hashes of frames, and by local features where hashes differ."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="copies",
        version="2",
        categories=("ip.copy",),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.HAMMING, RawKind.INLIERS}),
        requires=("frame-hashes", "local-features"),
        reads=("frame-hashes", "local-features"),
        modality="work",
        prints=MAKER,
        libraries=("opencv-python-headless", "numpy"),
    )

    def __init__(self) -> None:
        self._indexed: tuple[References, CopyIndex] | None = None
        self._found: dict[str, tuple[Copy, Look]] = {}

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return nothing: it makes no observations of its own."""
        return []

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one ``ip.copy`` for each segment of each work; files of one work count together.

        ``raw`` is the distance in bits of the frame that agrees most, or the features that agree; ``region`` is
        where the copy lies, ``evidence.reference_span`` when in the work, absent where that is a picture.

        Raises:
            BankError: a print is damaged, or of another maker.
        """
        self._found = {}
        if references is None or not len(references):
            return []
        index = self._index(references)
        found: list[Finding] = []
        for looks in looks_of(observations):
            kept: list[tuple[Reference, Copy]] = []
            for one in copies(looks, index):
                reference = references.refs[one.number]
                if any(ref == reference and _covers(other, one) for ref, other in kept):
                    continue
                kept.append((reference, one))
                finding = _finding(asset, reference, one, looks, index)
                shown = look_shown(one, looks, index.prints[one.number])
                self._found[finding.id] = one, looks[shown]
                found.append(finding)
        return found

    def crops(
        self,
        findings: Sequence[Finding],
        observations: Sequence[Observation],
        references: References | None,
    ) -> dict[str, bytes]:
        """Return for each finding a JPEG: the clip's frame, the copy outlined, beside the work's."""
        pictures: dict[str, bytes] = {}
        if references is None or not findings:
            return pictures
        if any(one.id not in self._found for one in findings):
            self.findings(findings[0].asset, observations, references)
        index = self._index(references)
        for finding in findings:
            if finding.id not in self._found:
                continue
            copy, look = self._found[finding.id]
            picture = side_by_side(finding, copy, look, index.prints[copy.number])
            if picture is not None:
                pictures[finding.id] = picture
        return pictures

    def close(self) -> None:
        """Forget the index and what was found."""
        self._indexed = None
        self._found = {}

    def _index(self, references: References) -> CopyIndex:
        """Return the index of ``references``, made once for as long as they stay the same."""
        if self._indexed is None or self._indexed[0] is not references:
            self._indexed = references, CopyIndex([unpack(one) for one in references.prints])
        return self._indexed[1]


def _covers(other: Copy, one: Copy) -> bool:
    """Tell whether a surer copy from the same work explains most of ``one``'s time."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared >= 0 and shared >= 0.5 * (one.end - one.start)


def _finding(
    asset: str, reference: Reference, one: Copy, looks: list[Look], index: CopyIndex
) -> Finding:
    moving = index.prints[one.number].seconds > 0
    work = TimeSpan(
        start=round(one.reference_start, 3),
        end=round(max(one.reference_start, one.reference_end), 3),
    )
    return Finding(
        category="ip.copy",
        asset=asset,
        analyzer=CopyAnalyzer.spec.name,
        source=Source.FRAME,
        score=one.score,
        raw=one.raw,
        raw_kind=one.raw_kind,
        span=TimeSpan(start=round(one.start, 3), end=round(one.end, 3)),
        region=region_of(one, looks[one.match.look] if one.match else looks[one.best]),
        frames=max(len(one.looks), 1),
        reference=reference,
        evidence=Evidence(note=note_of(one, moving), reference_span=work if moving else None),
    )
