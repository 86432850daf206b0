"""From a verdict to a signed file, or to nothing at all."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from compliance.errors import ProvenanceError
from compliance.facts import GenerationRecord
from compliance.provenance.approval import Approval
from compliance.provenance.c2pa import Claim, sign_manifest
from compliance.provenance.finalise import can_mark, finalise
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import DevelopmentSigner, Signer
from compliance.provenance.source_types import KNOWN
from compliance.provenance.statement import state
from compliance.provenance.trust import Anchors
from compliance.verdicts import Clearance, Decision, Obligation, Verdict

Make = Callable[..., Verdict]
SYNTHETIC = KNOWN["trainedAlgorithmicMedia"]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class BrokenSigner:
    """A signer with good certificates that does not return a signature of what it was given."""

    certificates: str
    answer: bytes | Exception
    algorithm: Literal["ES256"] = "ES256"
    timestamp_url: str | None = None

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", ["mp4", "mov", "avi", "png", "jpg", "gif", "webp"])
def test_an_approved_file_is_signed_marked_and_bound_to_its_verdict(
    suffix: str,
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    marking: tuple[Obligation, ...],
    signer: DevelopmentSigner,
    anchors: Anchors,
) -> None:
    verdict = verdict_of(clips[suffix], record, obligations=marking)
    output = tmp_path / f"signed.{suffix}"
    done = finalise(verdict, clips[suffix], output, record, signer)
    reading = read_manifest(output, anchors.development)
    assert (reading.intact, reading.trusted) == (True, True)
    assert reading.verdict == state(verdict)
    assert reading.verdict.digest == verdict.digest
    assert reading.digital_source_types == (SYNTHETIC,)
    assert done.marks == ("c2pa.digital_source_type",)
    assert done.output == output
    assert done.output_sha256 == hashlib.sha256(output.read_bytes()).hexdigest()
    assert done.input_sha256 == verdict.parts["media"]
    assert left_in(tmp_path) == [output.name]


def test_the_manifest_repeats_no_prompt_and_no_digest_of_one(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    verdict = verdict_of(clip)
    output = tmp_path / "signed.mp4"
    finalise(verdict, clip, output, None, signer)
    assert verdict.parts["prompt"].encode() not in output.read_bytes()


def test_without_a_record_no_source_type_is_assumed(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    output = tmp_path / "signed.mp4"
    done = finalise(verdict_of(clip), clip, output, None, signer)
    reading = read_manifest(output)
    assert reading.intact
    assert reading.all_source_types == ()
    assert done.marks == ()
    assert [one.relationship for one in reading.ingredients] == ["parentOf"]


def test_a_source_type_that_is_not_known_is_not_written(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    odd = GenerationRecord(digital_source_type="made up")
    output = tmp_path / "signed.mp4"
    finalise(verdict_of(clip, odd), clip, output, odd, signer)
    assert read_manifest(output).all_source_types == ()


def test_the_manifest_of_the_input_survives_as_its_parent(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    signer: DevelopmentSigner,
    sign_foreign: Callable[..., bytes],
) -> None:
    source = tmp_path / "theirs.png"
    source.write_bytes(sign_foreign(clips["png"], "image/png"))
    output = tmp_path / "ours.png"
    finalise(verdict_of(source, record), source, output, record, signer)
    reading = read_manifest(output)
    (parent,) = reading.ingredients
    assert (parent.relationship, parent.title, parent.intact) == ("parentOf", "theirs.png", True)
    assert parent.digital_source_types == (KNOWN["digitalCreation"],)
    assert reading.digital_source_types == (SYNTHETIC,)


def test_a_tampered_input_shows_as_a_broken_ingredient(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    anchors: Anchors,
    sign_foreign: Callable[..., bytes],
) -> None:
    signed = bytearray(sign_foreign(clips["png"], "image/png"))
    signed[signed.rindex(b"IDAT") + 100] ^= 1
    source = tmp_path / "tampered.png"
    source.write_bytes(signed)
    output = tmp_path / "signed.png"
    finalise(verdict_of(source), source, output, None, signer)
    reading = read_manifest(output, anchors.development)
    assert (reading.intact, reading.trusted) == (True, True)
    (broken,) = reading.broken_ingredients
    assert broken.failures == ("assertion.dataHash.mismatch",)


@pytest.mark.parametrize("suffix", ["webm", "mkv"])
def test_matroska_gets_no_manifest_and_says_so(
    clips: dict[str, Path], suffix: str, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    done = finalise(
        verdict_of(clips[suffix]), clips[suffix], tmp_path / f"o.{suffix}", None, signer
    )
    assert done.output is None
    assert "attestation" in done.note
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("changes", [{"decision": Decision.REJECT}, {"policy_status": "monitor"}])
def test_what_was_not_approved_is_not_signed(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    changes: dict[str, object],
) -> None:
    with pytest.raises(ProvenanceError):
        finalise(verdict_of(clip, **changes), clip, tmp_path / "o.mp4", None, signer)
    assert left_in(tmp_path) == []


def test_a_cleared_flag_is_signed_with_its_clearance(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    verdict = verdict_of(clip, decision=Decision.FLAG)
    clearance = Clearance(
        verdict_key=verdict.key,
        verdict_digest=verdict.digest,
        decision="approve",
        by="ada",
        role="brand-legal",
        reason="a drawing",
        at=verdict.as_of,
    )
    output = tmp_path / "o.mp4"
    moment = verdict.as_of + timedelta(days=1)
    finalise(verdict, clip, output, None, signer, clearance=clearance, at=moment)
    reading = read_manifest(output)
    assert reading.verdict is not None
    assert reading.verdict.decision is Decision.FLAG
    assert reading.verdict.clearance is not None


def test_another_file_than_the_reviewed_one_is_refused(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes() + b"\0")
    with pytest.raises(ProvenanceError, match="media is not the one that was reviewed"):
        finalise(verdict_of(clip), other, tmp_path / "o.mp4", None, signer)
    assert left_in(tmp_path) == ["other.mp4"]


def test_another_record_than_the_reviewed_one_is_refused(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    signer: DevelopmentSigner,
) -> None:
    other = record.model_copy(update={"digital_source_type": "digitalCapture"})
    theirs = GenerationRecord(output_sha256="0" * 64)
    for verdict, given in (
        (verdict_of(clip, record), other),
        (verdict_of(clip, record), None),
        (verdict_of(clip), record),
        (verdict_of(clip, theirs), theirs),
    ):
        with pytest.raises(ProvenanceError, match="generation record"):
            finalise(verdict, clip, tmp_path / "o.mp4", given, signer)
    assert left_in(tmp_path) == []


def test_an_obligation_that_cannot_be_fulfilled_stops_the_signing(
    clips: dict[str, Path],
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    marking: tuple[Obligation, ...],
    signer: DevelopmentSigner,
) -> None:
    silent = GenerationRecord(host="somewhere")
    unheard = (Obligation(value="watermark.invisible", rule="r"),)
    for suffix, given, owed in (
        ("mp4", silent, marking),
        ("webm", record, marking),
        ("mp4", record, unheard),
    ):
        verdict = verdict_of(clips[suffix], given, obligations=owed)
        with pytest.raises(ProvenanceError, match="obligation"):
            finalise(verdict, clips[suffix], tmp_path / "o", given, signer)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("suffix", "markable"), [("mp4", True), ("gif", True), ("webm", False)])
def test_what_can_be_marked_depends_on_container_and_record(
    clips: dict[str, Path], suffix: str, markable: bool, record: GenerationRecord
) -> None:
    assert bool(can_mark(clips[suffix], record)) is markable
    assert can_mark(clips[suffix], None) == ()
    assert can_mark(clips[suffix], GenerationRecord(digital_source_type="made up")) == ()


def test_the_container_counts_and_not_the_name(
    clips: dict[str, Path], tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    disguised = tmp_path / "clip.mp4"
    shutil.copy(clips["png"], disguised)
    finalise(verdict_of(disguised), disguised, tmp_path / "o.mp4", None, signer)
    assert read_manifest(tmp_path / "o.mp4").intact


def test_a_file_that_the_library_cannot_read_is_not_signed(
    shared_data: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    source = shared_data / "c2pa-rs/fixtures/prerelease.jpg"
    with pytest.raises(ProvenanceError, match="cannot be searched for a manifest"):
        finalise(verdict_of(source), source, tmp_path / "o.jpg", None, signer)
    assert left_in(tmp_path) == []


def test_the_reviewed_file_is_never_overwritten(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    source = tmp_path / "clip.mp4"
    shutil.copy(clip, source)
    (tmp_path / "link.mp4").symlink_to(source)
    os.link(source, tmp_path / "hard.mp4")
    for output in (source, tmp_path / "link.mp4", tmp_path / "hard.mp4"):
        with pytest.raises(ProvenanceError, match="cannot take the place"):
            finalise(verdict_of(source), source, output, None, signer)
    assert source.read_bytes() == clip.read_bytes()


@pytest.mark.parametrize(
    "answer", [RuntimeError("the vault is sealed"), b"", b"junk", b"\0" * 64, b"x" * 100_000]
)
def test_a_signer_that_fails_leaves_the_old_output(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    answer: bytes | Exception,
) -> None:
    output = tmp_path / "o.mp4"
    output.write_bytes(b"old")
    with pytest.raises(ProvenanceError, match="nothing was published") as raised:
        broken = BrokenSigner(signer.certificates, answer)
        finalise(verdict_of(clip), clip, output, None, broken)
    if isinstance(answer, Exception):
        assert "the vault is sealed" in str(raised.value)
    assert output.read_bytes() == b"old"
    assert left_in(tmp_path) == ["o.mp4"]


def test_a_key_that_is_not_that_of_the_certificate_signs_nothing(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    stranger = replace(signer, key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ProvenanceError):
        finalise(verdict_of(clip), clip, tmp_path / "o.mp4", None, stranger)
    assert left_in(tmp_path) == []


def test_a_time_stamp_service_that_fails_stops_the_signing(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    # Port 9 of loopback: nobody listens there.
    stamped = replace(signer, timestamp_url="http://127.0.0.1:9/")
    with pytest.raises(ProvenanceError, match="nothing was published"):
        finalise(verdict_of(clip), clip, tmp_path / "o.mp4", None, stamped)
    assert left_in(tmp_path) == []


def test_an_output_folder_that_is_not_there_is_a_clear_error(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    with pytest.raises(ProvenanceError, match="cannot be written") as raised:
        finalise(verdict_of(clip), clip, tmp_path / "absent" / "o.mp4", None, signer)
    assert raised.value.fix
    with pytest.raises(ProvenanceError, match="is a folder"):
        finalise(verdict_of(clip), clip, tmp_path, None, signer)


def test_an_old_output_is_replaced_in_one_step(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner
) -> None:
    output = tmp_path / "o.mp4"
    output.write_bytes(b"old")
    os.link(output, tmp_path / "reader")  # as one who has the old file open sees it
    finalise(verdict_of(clip), clip, output, None, signer)
    assert (tmp_path / "reader").read_bytes() == b"old"
    assert read_manifest(output).intact


@pytest.mark.parametrize(
    "lie", ["no manifest", "another verdict", "no source type", "one bit", "cut short"]
)
def test_an_output_that_does_not_hold_what_it_should_is_not_published(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    record: GenerationRecord,
    marking: tuple[Obligation, ...],
    signer: DevelopmentSigner,
    monkeypatch: pytest.MonkeyPatch,
    lie: str,
) -> None:
    """The library is not believed: whatever it wrote is read back."""

    def sign(
        approval: Approval, source: Path, output: Path, kind: str, claim: Claim, signer: Signer
    ) -> None:
        if lie == "another verdict":
            other = approval.verdict.model_copy(update={"passed": ("another.rule",)})
            approval = Approval(other, approval.at)
        if lie == "no source type":
            claim = replace(claim, source_type=None, parent=True)
        if lie == "no manifest":
            shutil.copy(source, output)
            return
        sign_manifest(approval, source, output, kind, claim, signer)
        if lie == "one bit":
            output.write_bytes(output.read_bytes()[:-1] + bytes([output.read_bytes()[-1] ^ 1]))
        if lie == "cut short":
            os.truncate(output, output.stat().st_size - 10)

    monkeypatch.setattr("compliance.provenance.finalise.sign_manifest", sign)
    verdict = verdict_of(clip, record, obligations=marking)
    with pytest.raises(ProvenanceError, match="does not hold what it should"):
        finalise(verdict, clip, tmp_path / "o.mp4", record, signer)
    assert left_in(tmp_path) == []


CHILD = """
    import json, sys, time
    from pathlib import Path
    from compliance.provenance.finalise import finalise
    from compliance.provenance.signers import DevelopmentSigner, development_signer
    from compliance.verdicts import Verdict

    class Slow(DevelopmentSigner):
        def sign(self, data):
            print("signing", flush=True)
            time.sleep(float(sys.argv[5]))
            return super().sign(data)

    verdict = Verdict.model_validate_json(Path(sys.argv[1]).read_bytes())
    good = development_signer(Path(sys.argv[4]))
    signer = Slow(good.certificates, good.key)
    finalise(verdict, Path(sys.argv[2]), Path(sys.argv[3]), None, signer)
    print("done", flush=True)
"""


def child(
    tmp_path: Path, verdict: Verdict, source: Path, output: Path, authority: Path, seconds: float
) -> list[str]:
    (tmp_path / "verdict.json").write_text(verdict.model_dump_json())
    arguments = [tmp_path / "verdict.json", source, output, authority, seconds]
    return [sys.executable, "-c", textwrap.dedent(CHILD), *map(str, arguments)]


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_kill_while_signing_leaves_the_old_output_or_none(
    clip: Path,
    tmp_path: Path,
    verdict_of: Make,
    signer: DevelopmentSigner,
    authority: Path,
    old: bytes | None,
) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "o.mp4"
    if old is not None:
        output.write_bytes(old)
    command = child(tmp_path, verdict_of(clip), clip, output, authority, 60)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "signing\n"
        process.kill()
    assert (output.read_bytes() if output.exists() else None) == old


def test_a_full_disk_leaves_nothing(
    clip: Path, tmp_path: Path, verdict_of: Make, signer: DevelopmentSigner, authority: Path
) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "o.mp4"
    # Room for the copy of the input, not for the manifest that makes the output longer.
    room = clip.stat().st_size + 4000
    command = child(tmp_path, verdict_of(clip), clip, output, authority, 0)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert done.returncode == 1
    assert "ProvenanceError" in done.stderr
    assert left_in(output.parent) == []


def test_the_statement_survives_a_round_trip_through_json(clip: Path, verdict_of: Make) -> None:
    statement = state(verdict_of(clip))
    again = type(statement).model_validate(json.loads(statement.model_dump_json()))
    assert again == statement
