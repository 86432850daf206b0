"""The folder of a run: verdict, findings, observations, evidence, attestation, signed copy.

It appears whole or not at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.banks.keys import Sealer
from compliance.facts import Facts
from compliance.files import folder_that_appears_whole, write_atomically
from compliance.findings import Finding, Observation
from compliance.pipeline.judge import Matched
from compliance.pipeline.observations import to_bytes
from compliance.pipeline.observed import Observed
from compliance.policy.schema import Policy
from compliance.provenance.attestation import Subject, attestation_path, write_attestation
from compliance.provenance.finalise import Finalised, finalise
from compliance.provenance.signers import Signer
from compliance.types import canonical_json
from compliance.verdicts import Clearance, Decision, Verdict

VERDICT = "verdict.json"
FACTS = "facts.json"
POLICY = "policy.json"
FINDINGS = "findings.parquet"
OBSERVATIONS = "observations.parquet"
EVIDENCE = "evidence"
ATTESTATION = "attestation.dsse.json"
QUARANTINED = "quarantined.json"
"""Lies in a run whose asset was quarantined since: nothing of it counts any more."""
REQUEST = "request.sealed"
"""What was asked for (path, texts and record, encrypted), so that a clearance can review it again."""


@dataclass(frozen=True)
class RunFiles:
    """Where the files of a run lie."""

    folder: Path
    """The run's folder."""
    attestation: Path
    """Detached attestation; every verdict has one."""
    signed: Path | None = None
    """Signed copy; only of an approved or cleared asset in a container that can carry a manifest."""
    note: str = ""
    """Why there is no signed copy of an approved or cleared asset."""
    signed_sha256: str | None = None
    """Digest of the signed copy, 64 hex digits."""


def write_run(
    folder: Path,
    verdict: Verdict,
    facts: Facts,
    policy: Policy,
    one: Observed,
    matched: Matched,
    sealer: Sealer,
    signer: Signer,
    *,
    replay: bool,
    clearance: Clearance | None = None,
    restricted: bool = False,
) -> RunFiles:
    """Write a run's folder, signing what the verdict lets through.

    Args:
        folder: the folder to make.
        verdict: the committed verdict.
        facts: what it rests on.
        policy: what decided.
        one: what was seen.
        matched: crops of what was found.
        sealer: encrypts what is personal.
        signer: signs the attestation and the copy.
        replay: True where the verdict is as of another moment than now; nothing is then signed for
            publication, for consent may have ended since.
        clearance: the decision that counts for the verdict, where it lets the asset through.
        restricted: True where the asset is quarantined: no copy, crop, text or request is then kept.

    Raises:
        UsageError: the folder cannot be written.
        ProvenanceError: signing failed; there is then no folder.
    """
    with folder_that_appears_whole(folder) as place:
        finalised = _finalise(place, verdict, one, signer, replay, clearance)
        output = None
        if finalised.output is not None and finalised.output_sha256 is not None:
            output = Subject(name=finalised.output.name, sha256=finalised.output_sha256)
        write_attestation(verdict, output, signer, place / ATTESTATION, clearance=clearance)
        if finalised.output is not None:
            shutil.copyfile(place / ATTESTATION, attestation_path(finalised.output))
        for name, document in ((VERDICT, verdict), (FACTS, facts), (POLICY, policy.effective())):
            write_atomically(place / name, canonical_json(document))
        write_atomically(place / FINDINGS, _table(facts.findings))
        observed = {} if restricted else one.observations
        if not restricted:
            write_atomically(place / REQUEST, sealer.seal(_request(one), REQUEST.encode()))
        seen = [_kept(item) for found in observed.values() for item in found]
        write_atomically(place / OBSERVATIONS, to_bytes(seen, sealer))
        (place / EVIDENCE).mkdir(mode=0o700)
        for name, image in () if restricted else matched.crops.items():
            sealed = sealer.seal(image, name.encode())
            write_atomically(place / EVIDENCE / f"{name}.jpg.sealed", sealed)
    signed = folder / finalised.output.name if finalised.output else None
    return RunFiles(folder, folder / ATTESTATION, signed, finalised.note, finalised.output_sha256)


def _kept(one: Observation) -> Observation:
    """Return what a run keeps: packed arrays and the frames that they were made of would outgrow the media."""
    return one if one.data is None else one.but(data=None, image=None)


def _request(one: Observed) -> bytes:
    asset = one.intake.asset
    record = one.intake.record
    return canonical_json(
        {
            "path": str(asset.path.absolute()) if asset.path else None,
            "prompts": [prompt.model_dump(mode="json") for prompt in asset.prompts],
            "captions": [one.model_dump(mode="json") for one in asset.captions],
            "record": record.model_dump(mode="json") if record else None,
        }
    )


def _finalise(
    place: Path,
    verdict: Verdict,
    one: Observed,
    signer: Signer,
    replay: bool,
    clearance: Clearance | None,
) -> Finalised:
    """Make the signed copy where the verdict allows one."""
    source = one.intake.asset.path
    sha256 = one.intake.asset.media_sha256
    if source is None or sha256 is None:
        return Finalised(input_sha256=next(iter(verdict.parts.values())))
    if verdict.decision is Decision.REJECT:
        return Finalised(input_sha256=sha256)
    approved = verdict.decision is Decision.APPROVE and verdict.complete
    if not approved and clearance is None:
        return Finalised(input_sha256=sha256)
    if verdict.policy_status != "enforce":
        note = f"nothing was signed: the policy's status is {verdict.policy_status}, not enforce"
        return Finalised(input_sha256=sha256, note=note)
    if replay:
        note = (
            f"nothing was signed: the verdict is as of {verdict.as_of:%Y-%m-%d %H:%M}, not of now"
        )
        return Finalised(input_sha256=sha256, note=note)
    output = place / f"{source.stem}.signed{source.suffix}"
    return finalise(verdict, source, output, one.intake.record, signer, clearance=clearance)


def _table(findings: Sequence[Finding]) -> bytes:
    """Serialise findings to Parquet, one row each."""
    import pyarrow
    import pyarrow.parquet

    text, number = pyarrow.string(), pyarrow.float64()
    columns = {
        "id": ([one.id for one in findings], text),
        "category": ([one.category for one in findings], text),
        "analyzer": ([one.analyzer for one in findings], text),
        "source": ([str(one.source) for one in findings], text),
        "score": ([one.score for one in findings], number),
        "raw": ([one.raw for one in findings], number),
        "raw_kind": ([str(one.raw_kind) for one in findings], text),
        "start": ([one.span.start if one.span else None for one in findings], number),
        "end": ([one.span.end if one.span else None for one in findings], number),
        "region": (
            [one.region.model_dump_json() if one.region else None for one in findings],
            text,
        ),
        "track": ([one.track for one in findings], text),
        "reference": ([one.reference.id if one.reference else None for one in findings], text),
        "label": ([one.reference.label if one.reference else None for one in findings], text),
        "frames": ([one.frames for one in findings], pyarrow.int32()),
        "rank": ([one.rank for one in findings], pyarrow.int32()),
        "evidence": ([one.evidence.model_dump_json() for one in findings], text),
    }
    table = pyarrow.table({name: pyarrow.array(*column) for name, column in columns.items()})
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())
