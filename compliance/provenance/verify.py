"""Does a file still carry the approval it was given? Each link is answered apart, then the worst one counts.

An embedded manifest is not enough: boxes can be appended to a signed MP4 without breaking it. So a file whose
attestation, with the digest of all its bytes, is not at hand ends in *cannot tell*.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.provenance.attestation import (
    AttestationReading,
    SignatureState,
    attestation_path,
    read_attestation,
)
from compliance.provenance.files import sha256_of
from compliance.provenance.manifest import ManifestReading
from compliance.provenance.reader import read_manifest
from compliance.provenance.trust import Anchors, Trust
from compliance.types import Model


class Answer(enum.StrEnum):
    """What became of one link."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNKNOWN = "cannot tell"
    NOT_APPLICABLE = "not applicable"


EXIT_CODES = {Answer.FAILS: 11, Answer.UNKNOWN: 12, Answer.HOLDS: 0}
"""Exit code by the worst answer, worst first."""


class Link(Model):
    """One thing that must hold."""

    name: str
    """What is asked: ``manifest intact``, ``whole file`` …"""
    answer: Answer
    """The answer."""
    detail: str = ""
    """Why, one sentence; strings from the file are not escaped."""


class Verification(Model):
    """All that can be said of one file."""

    path: Path
    """The file."""
    sha256: str
    """Digest of all its bytes, 64 hex digits."""
    manifest: ManifestReading
    """Its manifest; ``intact`` and ``trusted`` are separate answers."""
    manifest_trust: Trust | None
    """Who stands behind the manifest's signer; None where there is no manifest."""
    attestation: AttestationReading | None
    """Its attestation, where one could be read."""
    links: tuple[Link, ...]
    """Every link, in the order in which a reader would check them."""

    @property
    def exit_code(self) -> int:
        """0 holds, 11 does not, 12 cannot tell."""
        answers = {link.answer for link in self.links}
        return next(code for answer, code in EXIT_CODES.items() if answer in answers)

    @property
    def weakest(self) -> Link | None:
        """The link that the exit code other than 0 comes from."""
        for answer in (Answer.FAILS, Answer.UNKNOWN):
            for link in self.links:
                if link.answer is answer:
                    return link
        return None


def verify_file(
    path: Path,
    attestation: Path | None,
    anchors: Anchors,
    at: datetime | None = None,
    quarantined: Callable[[str], bool] = lambda _: False,
) -> Verification:
    """Check a file against its manifest and its attestation.

    Args:
        path: the file.
        attestation: its attestation; None looks for ``<name>.attestation.dsse.json`` beside it.
        anchors: whom to believe.
        at: the present moment; None reads the clock. The C2PA library always reads its own.
        quarantined: tells by its digest whether an asset was quarantined here since it was signed.

    Raises:
        ProvenanceError: the file, or an attestation that was named, does not exist or cannot be opened.
    """
    moment = at or now()
    sha256 = sha256_of(path)
    manifest, trust = _read_manifest(path, anchors)
    given, problem = _read_attestation(path, attestation, anchors, moment)
    links = [problem] if problem else []
    if given is not None:
        links += [_signature(given), _decision(given, moment), _whole_file(given, sha256)]
    links += _manifest_links(manifest, trust, given)
    if any(map(quarantined, _digests(sha256, manifest, given))):
        links.append(
            Link(name="quarantine", answer=Answer.FAILS, detail="the asset is quarantined here")
        )
    return Verification(
        path=path,
        sha256=sha256,
        manifest=manifest,
        manifest_trust=trust,
        attestation=given,
        links=tuple(links),
    )


def _digests(sha256: str, manifest: ManifestReading, given: AttestationReading | None) -> set[str]:
    """Return the digests of the file, and of what it says that it was made from."""
    statements = [one for one in (manifest.verdict, given.statement if given else None) if one]
    return {sha256, *(one.input_sha256 for one in statements)}


def _read_manifest(path: Path, anchors: Anchors) -> tuple[ManifestReading, Trust | None]:
    """Read once per set of anchors, until one of them vouches for the signer."""
    reading = None
    for trust, pem in anchors.named():
        reading = read_manifest(path, pem)
        if reading.trusted:
            return reading, trust
        if not reading.present:
            return reading, None
    reading = reading or read_manifest(path)
    return reading, Trust.UNKNOWN if reading.present else None


def _read_attestation(
    path: Path, given: Path | None, anchors: Anchors, at: datetime
) -> tuple[AttestationReading | None, Link | None]:
    name = "attestation"
    place = given or attestation_path(path)
    if not place.exists():
        if given is not None:
            raise ProvenanceError(
                "the attestation does not exist", where=str(given), fix="correct the path"
            )
        return None, Link(name=name, answer=Answer.UNKNOWN, detail=f"there is no {place.name}")
    try:
        return read_attestation(place, anchors, at), None
    except ProvenanceError as error:
        return None, Link(name=name, answer=Answer.FAILS, detail=str(error))


def _signature(given: AttestationReading) -> Link:
    answer = {
        SignatureState.HOLDS: Answer.HOLDS,
        SignatureState.BROKEN: Answer.FAILS,
        SignatureState.UNKNOWN_SIGNER: Answer.UNKNOWN,
    }[given.signature]
    by = f"by {given.signer} ({given.trust})"
    detail = f"{given.reason}, {by}" if given.reason else by
    return Link(name="attestation signature", answer=answer, detail=detail)


def _decision(given: AttestationReading, at: datetime) -> Link:
    name = "decision"
    lets_through = given.statement.lets_through
    if lets_through is not given.passed:
        return Link(name=name, answer=Answer.FAILS, detail="the attestation contradicts itself")
    answer = Answer.HOLDS if lets_through else Answer.FAILS
    how = f"{given.statement.decision} by {given.statement.policy}"
    clearance = given.statement.clearance
    if clearance is None:
        return Link(name=name, answer=answer, detail=how)
    if clearance.until is not None and at > clearance.until:
        ended = f"{how}; its clearance ended at {clearance.until.isoformat()}"
        return Link(name=name, answer=Answer.FAILS, detail=ended)
    return Link(name=name, answer=answer, detail=f"{how}, cleared by {clearance.role}")


def _whole_file(given: AttestationReading, sha256: str) -> Link:
    name = "whole file"
    wanted = given.subject("output") or given.subject("input")
    if wanted is not None and wanted.sha256 == sha256:
        return Link(name=name, answer=Answer.HOLDS, detail=f"SHA-256 {sha256}")
    reviewed = given.subject("input")
    if reviewed is not None and reviewed.sha256 == sha256:
        detail = "this is the reviewed file, not its signed copy"
    else:
        detail = f"SHA-256 {sha256}, attested is {wanted.sha256 if wanted else 'nothing'}"
    return Link(name=name, answer=Answer.FAILS, detail=detail)


def _manifest_links(
    manifest: ManifestReading, trust: Trust | None, given: AttestationReading | None
) -> list[Link]:
    """A file that was attested without a signed copy needs no manifest of ours."""
    ours_expected = given is None or given.subject("output") is not None
    return [
        _intact(manifest, given, ours_expected),
        _trusted(trust, ours_expected),
        _verdict(manifest, given, ours_expected),
    ]


def _intact(manifest: ManifestReading, given: AttestationReading | None, expected: bool) -> Link:
    name = "manifest intact"
    if manifest.intact is not None:
        answer = Answer.HOLDS if manifest.intact else Answer.FAILS
        return Link(name=name, answer=answer, detail=", ".join(manifest.failures))
    if not expected:
        return Link(name=name, answer=Answer.NOT_APPLICABLE, detail="the file carries no manifest")
    # Only an attestation of a signed copy says that there was one to lose.
    lost = given is not None and manifest.present is False
    answer = Answer.FAILS if lost else Answer.UNKNOWN
    return Link(name=name, answer=answer, detail=manifest.note or "there is no manifest")


def _trusted(trust: Trust | None, expected: bool) -> Link:
    name = "manifest trusted"
    if not expected or trust is None:
        return Link(name=name, answer=Answer.NOT_APPLICABLE)
    answer = Answer.UNKNOWN if trust is Trust.UNKNOWN else Answer.HOLDS
    return Link(name=name, answer=answer, detail=f"signer: {trust}")


def _verdict(manifest: ManifestReading, given: AttestationReading | None, expected: bool) -> Link:
    name = "verdict in the manifest"
    if not expected:
        return Link(name=name, answer=Answer.NOT_APPLICABLE)
    if manifest.verdict is None:
        # Without an attestation nobody claims that this file was ever reviewed.
        answer = Answer.UNKNOWN if given is None else Answer.FAILS
        return Link(name=name, answer=answer, detail=manifest.note or "there is none")
    if given is not None and manifest.verdict != given.statement:
        return Link(name=name, answer=Answer.FAILS, detail="the attestation tells another verdict")
    if not manifest.verdict.lets_through:
        return Link(name=name, answer=Answer.FAILS, detail=f"it says {manifest.verdict.decision}")
    return Link(name=name, answer=Answer.HOLDS, detail=f"digest {manifest.verdict.digest}")
