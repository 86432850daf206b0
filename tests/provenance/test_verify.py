"""Attestations, and what becomes of a signed file that somebody touches."""

import base64
import json
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.vsa.v1.vsa_pb2 import VerificationSummary

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.facts import GenerationRecord
from compliance.provenance.attestation import (
    AttestationReading,
    SignatureState,
    Subject,
    attestation_path,
    read_attestation,
    write_attestation,
)
from compliance.provenance.finalise import finalise
from compliance.provenance.signers import DevelopmentSigner, development_root, development_signer
from compliance.provenance.trust import Anchors, Trust
from compliance.provenance.verify import Answer, Verification, verify_file
from compliance.verdicts import Clearance, Decision, Verdict

Make = Callable[..., Verdict]


@dataclass(frozen=True)
class Published:
    """A signed copy with its attestation beside it."""

    verdict: Verdict
    path: Path


@pytest.fixture
def published(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    signer: DevelopmentSigner,
) -> Published:
    return publish(clips["mp4"], tmp_path / "spot.mp4", verdict_of, record, signer)


def publish(
    source: Path, path: Path, verdict_of: Make, record: GenerationRecord, signer: DevelopmentSigner
) -> Published:
    verdict = verdict_of(source, record)
    done = finalise(verdict, source, path, record, signer)
    assert done.output_sha256 is not None
    output = Subject(name=path.name, sha256=done.output_sha256)
    write_attestation(verdict, output, signer, attestation_path(path))
    return Published(verdict, path)


def answers(checked: Verification) -> dict[str, Answer]:
    return {link.name: link.answer for link in checked.links}


def reading_of(path: Path, anchors: Anchors) -> AttestationReading:
    return read_attestation(attestation_path(path), anchors)


def test_a_signed_file_with_its_attestation_holds_link_by_link(
    published: Published, anchors: Anchors
) -> None:
    checked = verify_file(published.path, None, anchors)
    assert set(answers(checked).values()) == {Answer.HOLDS}
    assert (checked.exit_code, checked.weakest) == (0, None)
    assert checked.manifest_trust is Trust.DEVELOPMENT
    assert checked.attestation is not None
    assert checked.attestation.statement.digest == published.verdict.digest


def test_a_file_of_the_organisations_own_signer_is_trusted_as_such(
    published: Published, anchors: Anchors
) -> None:
    checked = verify_file(published.path, None, Anchors(trust_list=anchors.development))
    assert (checked.exit_code, checked.manifest_trust) == (0, Trust.TRUST_LIST)


def test_intact_and_trusted_are_separate_answers(published: Published) -> None:
    checked = verify_file(published.path, None, Anchors())
    assert checked.exit_code == 12
    assert answers(checked)["manifest intact"] is Answer.HOLDS
    assert answers(checked)["manifest trusted"] is Answer.UNKNOWN
    assert answers(checked)["attestation signature"] is Answer.UNKNOWN


def test_a_file_and_attestation_of_another_authority_prove_nothing(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    anchors: Anchors,
) -> None:
    forger = development_signer(tmp_path / "forger")
    forged = publish(clip, tmp_path / "forged.mp4", verdict_of, record, forger)
    assert verify_file(forged.path, None, anchors).exit_code == 12
    assert (
        verify_file(
            forged.path, None, Anchors(development=development_root(tmp_path / "forger"))
        ).exit_code
        == 0
    )


def boxes(content: bytes) -> dict[str, tuple[int, int]]:
    """Offsets of the bodies of the top-level boxes of an MP4."""
    found, offset = {}, 0
    while offset < len(content):
        size, kind = struct.unpack_from(">I4s", content, offset)
        found[kind.decode("latin-1")] = (offset + 8, offset + size)
        offset += size
    return found


def test_every_change_of_a_byte_is_caught_and_of_media_by_the_manifest_too(
    published: Published, anchors: Anchors
) -> None:
    content = published.path.read_bytes()
    found = boxes(content)
    assert {"mdat", "moov", "uuid"} <= set(found)
    for kind, (start, end) in found.items():
        for offset in range(start, end, max((end - start) // 6, 1)):
            changed = bytearray(content)
            changed[offset] ^= 0xFF
            published.path.write_bytes(changed)
            checked = verify_file(published.path, None, anchors)
            assert checked.exit_code == 11, (kind, offset)
            assert answers(checked)["whole file"] is Answer.FAILS
            if kind in {"mdat", "moov"}:
                assert checked.manifest.intact is False, (kind, offset)


def test_an_appended_box_that_the_manifest_misses_is_caught_by_the_digest(
    published: Published, anchors: Anchors
) -> None:
    with published.path.open("ab") as file:
        file.write(struct.pack(">I4s", 15, b"free") + b"payload")
    checked = verify_file(published.path, None, anchors)
    assert checked.manifest.intact is True
    assert (checked.exit_code, checked.weakest and checked.weakest.name) == (11, "whole file")


def test_a_manifest_alone_cannot_tell(published: Published, anchors: Anchors) -> None:
    attestation_path(published.path).unlink()
    checked = verify_file(published.path, None, anchors)
    assert (checked.exit_code, checked.weakest and checked.weakest.name) == (12, "attestation")
    assert checked.manifest.verdict is not None


def test_a_file_about_which_nothing_is_known_cannot_be_told(clip: Path, anchors: Anchors) -> None:
    assert verify_file(clip, None, anchors).exit_code == 12


def test_the_reviewed_file_does_not_pass_for_its_signed_copy(
    published: Published, clip: Path, anchors: Anchors
) -> None:
    checked = verify_file(clip, attestation_path(published.path), anchors)
    assert checked.exit_code == 11
    assert "not its signed copy" in next(
        link.detail for link in checked.links if link.name == "whole file"
    )


def test_an_attestation_of_another_file_does_not_hold(
    published: Published,
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    signer: DevelopmentSigner,
    anchors: Anchors,
) -> None:
    other = publish(clips["mov"], tmp_path / "other.mov", verdict_of, record, signer)
    checked = verify_file(published.path, attestation_path(other.path), anchors)
    assert checked.exit_code == 11
    assert answers(checked)["verdict in the manifest"] is Answer.FAILS


@pytest.mark.parametrize("decision", [Decision.FLAG, Decision.REJECT])
def test_a_flagged_or_rejected_file_has_an_attestation_that_says_so(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    anchors: Anchors,
    decision: Decision,
) -> None:
    file = tmp_path / "clip.mp4"
    shutil.copy(clip, file)
    verdict = verdict_of(file, decision=decision)
    write_attestation(verdict, None, signer, attestation_path(file))
    reading = reading_of(file, anchors)
    assert (reading.signature, reading.passed) == (SignatureState.HOLDS, False)
    assert reading.statement.decision is decision
    checked = verify_file(file, None, anchors)
    assert (checked.exit_code, checked.weakest and checked.weakest.name) == (11, "decision")


def test_an_approved_file_that_can_hold_no_manifest_holds_by_its_attestation(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    anchors: Anchors,
) -> None:
    file = tmp_path / "clip.webm"
    shutil.copy(clips["webm"], file)
    write_attestation(verdict_of(file), None, signer, attestation_path(file))
    assert verify_file(file, None, anchors).exit_code == 0
    file.write_bytes(file.read_bytes() + b"\0")
    assert verify_file(file, None, anchors).exit_code == 11


def test_a_cleared_file_holds_until_its_clearance_ends(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    anchors: Anchors,
) -> None:
    moment = now()
    file = tmp_path / "clip.webm"
    shutil.copy(clips["webm"], file)
    verdict = verdict_of(file, decision=Decision.FLAG)
    clearance = Clearance(
        verdict_key=verdict.key,
        verdict_digest=verdict.digest,
        decision="approve",
        by="ada",
        role="brand-legal",
        reason="a drawing",
        at=moment,
        until=moment + timedelta(days=7),
    )
    write_attestation(verdict, None, signer, attestation_path(file), clearance=clearance, at=moment)
    assert verify_file(file, None, anchors, moment).exit_code == 0
    late = verify_file(file, None, anchors, moment + timedelta(days=8))
    assert (late.exit_code, late.weakest and late.weakest.name) == (11, "decision")


def test_only_what_was_approved_may_name_an_output(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    output = Subject(name="o.mp4", sha256="0" * 64)
    with pytest.raises(ProvenanceError):
        verdict = verdict_of(clip, decision=Decision.REJECT)
        write_attestation(verdict, output, signer, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_other_tools_read_the_attestation_as_a_verification_summary(
    published: Published, anchors: Anchors
) -> None:
    envelope = json.loads(attestation_path(published.path).read_bytes())
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/verification_summary/v1"
    predicate = statement["predicate"]
    # A list in the specification; one string in the library's schema.
    assert predicate.pop("verifiedLevels") == ["COMPLIANCE_APPROVED"]
    summary = ParseDict(predicate, VerificationSummary(), ignore_unknown_fields=True)
    assert summary.verification_result == "PASSED"
    assert summary.policy.digest["sha256"] == published.verdict.policy_digest
    assert [one["annotations"]["role"] for one in statement["subject"]] == ["input", "output"]


def test_a_changed_statement_breaks_the_signature(published: Published, anchors: Anchors) -> None:
    place = attestation_path(published.path)
    envelope = json.loads(place.read_bytes())
    payload = base64.b64decode(envelope["payload"]).replace(
        b"likeness.no-consent", b"likeness.xx-consent"
    )
    envelope["payload"] = base64.b64encode(payload).decode()
    place.write_text(json.dumps(envelope))
    assert reading_of(published.path, anchors).signature is SignatureState.BROKEN
    assert verify_file(published.path, None, anchors).exit_code == 11


def test_an_attestation_cannot_be_told_once_its_certificate_expired(
    published: Published, anchors: Anchors
) -> None:
    later = now() + timedelta(days=400)
    reading = read_attestation(attestation_path(published.path), anchors, later)
    assert reading.signature is SignatureState.UNKNOWN_SIGNER
    assert "valid until" in reading.reason
    assert verify_file(published.path, None, anchors, later).exit_code == 12


def damage(envelope: dict[str, object], how: str) -> bytes:
    match how:
        case "no signature":
            envelope["signatures"] = []
        case "two signatures":
            envelope["signatures"] = [*envelope["signatures"], {"keyid": "b", "sig": "AAAA"}]
        case "no certificate":
            envelope["signatures"] = [
                {key: value for key, value in one.items() if key != "certificates"}
                for one in envelope["signatures"]
            ]
        case "another payload type":
            envelope["payloadType"] = "text/plain"
        case "not base64":
            envelope["payload"] = "%"
        case "empty payload":
            envelope["payload"] = ""
        case "cut":
            return json.dumps(envelope).encode()[:-20]
        case "deep":
            return b"[" * 100_000
        case "list":
            return b"[]"
    return json.dumps(envelope).encode()


@pytest.mark.parametrize(
    "how",
    [
        "no signature",
        "two signatures",
        "no certificate",
        "another payload type",
        "not base64",
        "empty payload",
        "cut",
        "deep",
        "list",
    ],
)
def test_a_damaged_attestation_does_not_hold_and_raises_one_clear_error(
    published: Published, anchors: Anchors, how: str
) -> None:
    place = attestation_path(published.path)
    place.write_bytes(damage(json.loads(place.read_bytes()), how))
    with pytest.raises(ProvenanceError, match="no attestation of a verdict"):
        reading_of(published.path, anchors)
    assert verify_file(published.path, None, anchors).exit_code == 11


def test_an_attestation_that_was_named_must_be_there(
    published: Published, anchors: Anchors
) -> None:
    with pytest.raises(ProvenanceError, match="does not exist"):
        verify_file(published.path, published.path.with_name("absent.json"), anchors)
    with pytest.raises(ProvenanceError, match="cannot be read"):
        verify_file(published.path.with_name("absent.mp4"), None, anchors)


def test_a_signer_with_another_key_than_its_certificate_writes_no_attestation(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    stranger = replace(signer, key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ProvenanceError, match="none was written"):
        write_attestation(verdict_of(clip), None, stranger, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []
