"""Reads the C2PA manifest of a file, network off, its ingredients included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, AssetInput, References
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.provenance.manifest import ManifestReading
from compliance.provenance.source_types import says_synthetic
from compliance.types import Source


class ProvenanceAnalyzer:
    """One observation of kind ``manifest`` per file: a :class:`ManifestReading` in its attributes."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="provenance",
        version="1",
        categories=(
            "provenance.manifest",
            "provenance.tampered",
            "provenance.ingredient",
            "provenance.untrusted",
            "generation.synthetic",
        ),
        sources=frozenset({Source.METADATA}),
        raw_kinds=frozenset({RawKind.COUNT}),
    )

    def __init__(self, anchors: str | None = None) -> None:
        """Take the certificates (PEM) that make a signer trusted; None trusts nobody."""
        self._anchors = anchors

    def setup(self, device: str, models: ModelStore) -> None:
        """There is no model to load."""

    def models(self) -> tuple[ModelUse, ...]:
        """Return nothing: no model takes part."""
        return ()

    def observe_assets(self, inputs: Sequence[AssetInput]) -> list[Observation]:
        """Read each file's manifest; a prompt alone gives no observation.

        Raises:
            ProvenanceError: a file cannot be opened.
        """
        from compliance.provenance.reader import read_manifest

        return [
            Observation(
                asset=one.asset.id,
                analyzer=self.spec.name,
                kind="manifest",
                source=Source.METADATA,
                attributes=read_manifest(one.path, self._anchors).model_dump(mode="json"),
            )
            for one in inputs
            if one.path is not None
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return the observations as they are."""
        return list(observations)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Say what the manifest means.

        Raises:
            AnalyzerError: the file could not be searched for a manifest, or names one that lies
                elsewhere, so that nothing may be concluded.
        """
        found: list[Finding] = []
        for observation in observations:
            reading = ManifestReading.model_validate(observation.attributes)
            if not reading.examined:
                raise AnalyzerError(
                    "the provenance of the file could not be examined",
                    expected="a file that can be searched for a C2PA manifest with the network off",
                    found=", ".join((reading.note, *reading.failures)),
                    fix="embed the manifest, or export the file again",
                )
            found += _conclude(asset, reading)
        return found

    def close(self) -> None:
        """There is nothing to free."""


def _conclude(asset: str, reading: ManifestReading) -> list[Finding]:
    found = []
    if reading.present:
        if reading.intact:
            found.append(_finding(asset, "provenance.manifest", _signer(reading)))
        else:
            note = f"{', '.join(reading.failures)} {reading.note}".strip()
            found.append(_finding(asset, "provenance.tampered", note))
        if not reading.trusted:
            found.append(_finding(asset, "provenance.untrusted", _signer(reading)))
    broken = reading.broken_ingredients
    if broken:
        parts = (f"{one.title or 'untitled'}: {', '.join(one.failures)}" for one in broken[:5])
        found.append(_finding(asset, "provenance.ingredient", "; ".join(parts), len(broken)))
    synthetic = [uri for uri in reading.all_source_types if says_synthetic(uri)]
    if synthetic:
        note = "declared by its manifest: " + ", ".join(synthetic[:5])
        found.append(_finding(asset, "generation.synthetic", note))
    return found


def _signer(reading: ManifestReading) -> str:
    by = ", ".join(filter(None, (reading.signer, reading.issuer))) or "an unnamed signer"
    return f"signed by {by}; made by {reading.claim_generator or 'unnamed software'}"


def _finding(asset: str, category: str, note: str, count: int = 1) -> Finding:
    return Finding(
        category=category,
        asset=asset,
        analyzer=ProvenanceAnalyzer.spec.name,
        source=Source.METADATA,
        score=1.0,
        raw=float(count),
        raw_kind=RawKind.COUNT,
        evidence=Evidence(note=note),
    )
