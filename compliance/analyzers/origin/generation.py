"""Reads the generation record: whether somebody declares that the media is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, AssetInput, References
from compliance.errors import AnalyzerError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.provenance.source_types import says_synthetic
from compliance.types import Source

UNKNOWN = "unknown"


class GenerationAnalyzer:
    """One observation of kind ``record`` per generation record.

    Its attributes: ``host``, ``model``, ``digital_source_type`` as the record has them, and
    ``output_sha256`` and ``media_sha256``, the digests of the file that the record speaks of and of the
    file that is reviewed.
    """

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="generation",
        version="1",
        categories=("generation.synthetic",),
        sources=frozenset({Source.METADATA}),
        raw_kinds=frozenset({RawKind.COUNT}),
    )

    def setup(self, device: str, models: ModelStore) -> None:
        """There is no model to load."""

    def models(self) -> tuple[ModelUse, ...]:
        """Return nothing: no model takes part."""
        return ()

    def observe_assets(self, inputs: Sequence[AssetInput]) -> list[Observation]:
        """Return an observation of each record; an asset without one gives none."""
        return [
            Observation(
                asset=one.asset.id,
                analyzer=self.spec.name,
                kind="record",
                source=Source.METADATA,
                attributes={
                    "host": one.record.host,
                    "model": one.record.model_resolved or one.record.model,
                    "digital_source_type": one.record.digital_source_type,
                    "output_sha256": one.record.output_sha256,
                    "media_sha256": one.asset.media_sha256,
                },
            )
            for one in inputs
            if one.record is not None
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return the observations as they are."""
        return list(observations)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Say whether a record declares the media synthetic.

        Raises:
            AnalyzerError: the record is that of another file.
        """
        found = []
        for observation in observations:
            record = observation.attributes
            _check_file(record["output_sha256"], record["media_sha256"])
            note = _synthetic(record["digital_source_type"], record["host"], record["model"])
            if note:
                found.append(_finding(asset, note))
        return found

    def close(self) -> None:
        """There is nothing to free."""


def _check_file(recorded: str | None, reviewed: str | None) -> None:
    """Refuse to use a record that names another file; one for a prompt alone names none."""
    if recorded is None or reviewed is None or recorded.lower() == reviewed:
        return
    raise AnalyzerError(
        "the generation record is not that of this file",
        expected=f"a record whose output_sha256 is {reviewed}",
        found=recorded,
        fix="give the record of this file; drop output_sha256 where the file was edited since",
    )


def _synthetic(source_type: str | None, host: str, model: str) -> str:
    if says_synthetic(source_type):
        return f"the generation record declares {source_type}"
    if host != UNKNOWN or model != UNKNOWN:
        return f"the generation record names host {host} and model {model}"
    return ""


def _finding(asset: str, note: str) -> Finding:
    return Finding(
        category="generation.synthetic",
        asset=asset,
        analyzer=GenerationAnalyzer.spec.name,
        source=Source.METADATA,
        score=1.0,
        raw=1.0,
        raw_kind=RawKind.COUNT,
        evidence=Evidence(note=note),
    )
