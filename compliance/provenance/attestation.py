"""The detached statement of a verdict: an in-toto Statement in a DSSE envelope.

The predicate is a SLSA Verification Summary (v1), so that gates which know nothing of us can read ``PASSED``
or ``FAILED``; the whole verdict stands in it under the key ``compliance.verdict.v1``, as the
parsing rules of in-toto let a producer add fields. Subjects are the reviewed file and, once there is
one, the signed file, told apart by their annotation ``role``.
"""

from __future__ import annotations

import enum
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.files import write_atomically
from compliance.provenance.approval import Approval, check_clearance
from compliance.provenance.files import opened
from compliance.provenance.signers import Signer
from compliance.provenance.statement import STATEMENT_TYPE, VerdictStatement, state
from compliance.provenance.trust import Anchors, Trust, judge, parse_chain
from compliance.types import Model, canonical_json
from compliance.verdicts import Clearance, Verdict

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope

    # The library does not list what it exports; hence what is ignored here and below.
    from securesystemslib.signer import Signature  # type: ignore[attr-defined]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"
SUFFIX = ".attestation.dsse.json"
MAX_BYTES = 16 << 20
"""Largest attestation that is read; one of a thousand rules has some 200 kB."""

_STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
_CHAIN = "certificates"  # field beside "sig" and "keyid"; DSSE readers skip what they do not know


class Subject(Model):
    """A file that an attestation speaks of."""

    name: str
    """Its file name, without a folder."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Digest of all its bytes, 64 hex digits."""
    role: Literal["input", "output"] = "output"
    """``input`` is what was reviewed, ``output`` is its signed copy."""


class SignatureState(enum.StrEnum):
    """What became of the signature."""

    HOLDS = "holds"
    """It is that of the certificate, and the certificate leads to an anchor."""
    BROKEN = "broken"
    """The content is not what was signed."""
    UNKNOWN_SIGNER = "unknown signer"
    """The content is what somebody signed whom no anchor vouches for, or no longer."""


class AttestationReading(Model):
    """What an attestation says, and how far that can be believed."""

    statement: VerdictStatement
    """The verdict."""
    subjects: tuple[Subject, ...]
    """The files that it speaks of."""
    passed: bool
    """Whether it says ``PASSED``."""
    verified_at: AwareDatetime
    """When it was signed, by the signer's clock."""
    signature: SignatureState
    """Whether all of the above was signed by somebody who is trusted."""
    trust: Trust
    """Who stands behind the signer."""
    signer: str
    """Subject of the signer's certificate."""
    reason: str = ""
    """Why the signature does not hold; empty otherwise."""

    def subject(self, role: Literal["input", "output"]) -> Subject | None:
        """Return the subject of that role, or None."""
        return next((one for one in self.subjects if one.role == role), None)


def attestation_path(file: Path) -> Path:
    """Return where the attestation of a published file lies: beside it."""
    return file.with_name(file.name + SUFFIX)


def write_attestation(
    verdict: Verdict,
    output: Subject | None,
    signer: Signer,
    path: Path,
    *,
    clearance: Clearance | None = None,
    at: datetime | None = None,
) -> None:
    """Sign a statement of ``verdict``, whatever it decided, and write it in one step.

    Args:
        verdict: the committed verdict.
        output: the signed copy; None where there is none, as for every flag and reject.
        signer: who signs.
        path: where to write.
        clearance: a person's decision on exactly this verdict.
        at: the present moment; None reads the clock.

    Raises:
        ProvenanceError: ``output`` or ``clearance`` is given for a verdict that lets nothing be signed, or
            the signer fails.
        UsageError: the folder cannot be written to.
    """
    from securesystemslib.dsse import Envelope

    moment = at or now()
    if output is not None:
        Approval(verdict, moment, clearance)
    elif clearance is not None:  # of a prompt alone, or in a container without manifests
        check_clearance(verdict, clearance, moment)
    payload = _statement(verdict, state(verdict, clearance), output, moment)
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    signature = _sign(envelope, signer)
    envelope.signatures[signature.keyid] = signature
    write_atomically(path, canonical_json(envelope.to_dict()))


def read_attestation(
    path: Path, anchors: Anchors, at: datetime | None = None
) -> AttestationReading:
    """Read an attestation and check its signature.

    Args:
        path: the file.
        anchors: whom to believe.
        at: moment at which the certificates must be valid; None reads the clock.

    Raises:
        ProvenanceError: it cannot be read, or is no attestation of a verdict.
    """
    envelope, signature = _envelope(path)
    try:
        chain = parse_chain(str(signature.unrecognized_fields.get(_CHAIN, "")))
    except ProvenanceError as error:
        raise _malformed(path, str(error)) from error
    judged = judge(chain, anchors, at or now())
    if not _holds(envelope, signature, chain[0].public_key()):
        result, reason = SignatureState.BROKEN, "the content is not what was signed"
    elif judged.trust is Trust.UNKNOWN:
        result, reason = SignatureState.UNKNOWN_SIGNER, judged.reason
    else:
        result, reason = SignatureState.HOLDS, ""
    return _parse(path, envelope, result, judged.trust, judged.signer, reason)


def _statement(
    verdict: Verdict, statement: VerdictStatement, output: Subject | None, at: datetime
) -> bytes:
    from google.protobuf.json_format import MessageToDict
    from in_toto_attestation.v1.statement import Statement

    given = Subject(name=verdict.asset_name, sha256=statement.input_sha256, role="input")
    subjects = [given] if output is None else [given, output]
    passed = statement.lets_through
    level = "COMPLIANCE_CLEARED" if statement.clearance else "COMPLIANCE_APPROVED"
    predicate = {
        "verifier": {"id": "compliance:reviewer"},
        "timeVerified": at.isoformat(),
        "resourceUri": f"sha256:{statement.input_sha256}",
        "policy": {
            "uri": f"compliance:policy/{verdict.policy}",
            "digest": {"sha256": verdict.policy_digest},
        },
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [level] if passed else ["FAILED"],
        STATEMENT_TYPE: statement.model_dump(mode="json"),
    }
    described = [_describe(subject) for subject in subjects]
    message = Statement(described, PREDICATE_TYPE, predicate)
    message.validate()
    return canonical_json(MessageToDict(message.pb))


def _describe(subject: Subject) -> Any:
    from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor

    digest = {"sha256": subject.sha256}
    return ResourceDescriptor(
        name=subject.name, digest=digest, annotations={"role": subject.role}
    ).pb


def _sign(envelope: Envelope, signer: Signer) -> Signature:
    from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]

    leaf = parse_chain(signer.certificates)[0].public_key()
    try:
        signed = signer.sign(envelope.pae())
        key_id = SSlibKey.from_crypto(leaf).keyid
        signature = Signature(key_id, signed.hex(), {_CHAIN: signer.certificates})
    except Exception as error:
        raise _signer_failed(f"{type(error).__name__}: {error}") from error
    if not _holds(envelope, signature, leaf):
        raise _signer_failed("a signature that does not verify")
    return signature


def _holds(envelope: Envelope, signature: Signature, key: Any) -> bool:
    from securesystemslib.exceptions import UnverifiedSignatureError
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

    try:
        SSlibKey.from_crypto(key).verify_signature(signature, envelope.pae())
    except UnverifiedSignatureError:
        return False
    return True


def _envelope(path: Path) -> tuple[Envelope, Signature]:
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import Error

    try:
        with opened(path) as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _malformed(path, f"more than {MAX_BYTES} bytes")
        envelope = Envelope.from_dict(json.loads(content))
        (signature,) = envelope.signatures.values()
    except (Error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _malformed(path, f"{type(error).__name__}: {error}") from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise _malformed(path, f"payload type {envelope.payload_type!r}")
    return envelope, signature


def _parse(
    path: Path, envelope: Envelope, result: SignatureState, trust: Trust, signer: str, reason: str
) -> AttestationReading:
    try:
        body = json.loads(envelope.payload)
        kinds = (body["_type"], body["predicateType"])
        if kinds != (_STATEMENT_TYPE, PREDICATE_TYPE):
            raise _malformed(path, f"a statement of type {kinds}")
        predicate = body["predicate"]
        return AttestationReading(
            statement=VerdictStatement.model_validate_json(json.dumps(predicate[STATEMENT_TYPE])),
            subjects=tuple(_subject(one) for one in body["subject"]),
            passed=predicate["verificationResult"] == "PASSED",
            verified_at=TypeAdapter(AwareDatetime).validate_python(predicate["timeVerified"]),
            signature=result,
            trust=trust,
            signer=signer,
            reason=reason,
        )
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _malformed(path, f"{type(error).__name__}: {error}") from error


def _subject(body: Any) -> Subject:
    return Subject(
        name=body["name"], sha256=body["digest"]["sha256"], role=body["annotations"]["role"]
    )


def _malformed(path: Path, found: str) -> ProvenanceError:
    return ProvenanceError(
        "this is no attestation of a verdict",
        expected="a DSSE envelope with one signature over an in-toto statement of a verdict",
        found=found[:500],
        where=str(path),
        fix="take the attestation from the folder of the run again",
    )


def _signer_failed(found: str) -> ProvenanceError:
    return ProvenanceError(
        "the attestation could not be signed, and none was written",
        expected="a signer that returns a signature by the key of its certificate",
        found=found,
        fix="check the signer's key and certificates",
    )
