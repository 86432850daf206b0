"""From an approval to a signed file: write, read back, prove the obligations, fsync, rename.

A *kill* at any moment leaves the old output or none; what may stay behind is a hidden folder beside it
whose name starts with ``.finalising-``. Matroska and WebM can hold no manifest: such a file is published
as it is, and the detached attestation alone speaks for it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.facts import GenerationRecord
from compliance.files import sync_folder
from compliance.provenance.approval import Approval
from compliance.provenance.c2pa import Claim, sign_manifest
from compliance.provenance.files import sha256_of
from compliance.provenance.formats import can_embed, media_type
from compliance.provenance.manifest import ManifestReading
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import Signer
from compliance.provenance.source_types import source_type_uri
from compliance.types import Model, digest_of
from compliance.verdicts import Clearance, Verdict

SOURCE_TYPE_MARK = "c2pa.digital_source_type"
"""Value of the obligation that a manifest's digital source type fulfils."""


class Finalised(Model):
    """What came of finalising one file."""

    input_sha256: str
    """Digest of the reviewed file, 64 hex digits."""
    output: Path | None = None
    """The signed file; None where its container can hold no manifest."""
    output_sha256: str | None = None
    """Digest of the signed file, 64 hex digits."""
    marks: tuple[str, ...] = ()
    """Obligations that were proved on the output by reading it back."""
    note: str = ""
    """Why there is no output."""


def can_mark(path: Path, record: GenerationRecord | None) -> tuple[str, ...]:
    """Return the obligations that finalising could fulfil for a file: input of ``Facts.marks``.

    Args:
        path: the media file.
        record: how it was generated; without one nothing is known, and nothing assumed.

    Raises:
        ProvenanceError: the file cannot be read.
    """
    known = record is not None and source_type_uri(record.digital_source_type) is not None
    return (SOURCE_TYPE_MARK,) if known and can_embed(media_type(path)) else ()


def finalise(
    verdict: Verdict,
    source: Path,
    output: Path,
    record: GenerationRecord | None,
    signer: Signer,
    *,
    clearance: Clearance | None = None,
    at: datetime | None = None,
) -> Finalised:
    """Sign the file that ``verdict`` lets through.

    Args:
        verdict: committed, enforcing, complete and approving; or flagging, with ``clearance``.
        source: the reviewed file; it is not changed.
        output: path of the signed copy; an older file there is replaced in one step.
        record: the generation record that was reviewed with it, if there was one.
        signer: who signs.
        clearance: a person's decision on exactly this verdict.
        at: the present moment; None reads the clock.

    Raises:
        ProvenanceError: the verdict does not allow it, the file or record is not the one reviewed,
            an obligation cannot be fulfilled, or signing failed. ``output`` is as it was before.
    """
    approval = Approval(verdict, at or now(), clearance)
    _check_record(verdict, record)
    _check_paths(source, output)
    owed = {obligation.value for obligation in verdict.obligations}
    _check_obligations(verdict, owed, can_mark(source, record))
    kind = media_type(source)
    with _workspace(output, source) as folder:
        private = folder / f"input{source.suffix}"
        sha256 = _copy(source, private)
        if sha256 != verdict.parts["media"]:
            raise _mismatch(source, "media", verdict.parts["media"], sha256)
        if kind is None or not can_embed(kind):
            note = "this container can hold no manifest; the attestation alone speaks for the file"
            return Finalised(input_sha256=sha256, note=note)
        claim = _claim(private, output, record)
        signed = folder / f"output{source.suffix}"
        sign_manifest(approval, private, signed, kind, claim, signer)
        marks = _prove(read_manifest(signed), approval, owed, claim, output)
        return _publish(signed, output, sha256, marks)


def _claim(source: Path, output: Path, record: GenerationRecord | None) -> Claim:
    """Say "created" only of a bare file whose record tells how; all else was "opened" here.

    A file that has, or may have, a manifest becomes a parent, so that nobody's marks are stripped.
    """
    reading = read_manifest(source)
    if not reading.examined and reading.remote_url is None:
        raise ProvenanceError(
            "a file that cannot be searched for a manifest is not signed",
            expected="a file that the C2PA library can read",
            found=", ".join((reading.note, *reading.failures)),
            where=str(output),
            fix="export the file again",
        )
    uri = source_type_uri(record.digital_source_type) if record else None
    bare = reading.present is False
    made_by = record.model_resolved or record.model if record else "unknown"
    return Claim(output.name, uri, made_by, parent=not bare or uri is None)


def _check_record(verdict: Verdict, record: GenerationRecord | None) -> None:
    reviewed = verdict.parts.get("record")
    given = digest_of(record) if record else None
    if given != reviewed:
        raise _mismatch(Path(verdict.asset_name), "generation record", str(reviewed), str(given))
    if record and record.output_sha256 not in {None, verdict.parts["media"]}:
        found = f"the record of {record.output_sha256}"
        where = Path(verdict.asset_name)
        raise _mismatch(where, "generation record", f"that of {verdict.parts['media']}", found)


def _check_paths(source: Path, output: Path) -> None:
    if output.exists() and os.path.samefile(source, output):
        raise ProvenanceError(
            "the signed copy cannot take the place of the reviewed file",
            expected="an output path of its own",
            where=str(output),
            fix="name another output file",
        )
    if output.is_dir():
        raise ProvenanceError(
            "the output is a folder", expected="a path for a file", where=str(output)
        )


def _check_obligations(verdict: Verdict, owed: set[str], possible: tuple[str, ...]) -> None:
    missing = sorted(owed - set(possible))
    if missing:
        raise ProvenanceError(
            "an obligation of the verdict cannot be fulfilled for this file",
            expected=", ".join(missing),
            found=", ".join(possible) or "nothing that can be added",
            where=verdict.asset_name,
            fix=_mend(missing),
        )


def _mend(missing: list[str]) -> str:
    """Say what fulfils an obligation that finalising cannot."""
    if all(one.startswith("c2pa.") for one in missing):
        return (
            "give a generation record with digital_source_type, and a container that can be signed"
        )
    return (
        "add the label or watermark to the media yourself, review the new file, and have the rule waived "
        "for it: compliance waive FILE --rule RULE"
    )


@contextmanager
def _workspace(output: Path, source: Path) -> Iterator[Path]:
    """Yield a private folder beside the output, on the same file system; gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(dir=output.parent, prefix=".finalising-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise ProvenanceError(
            "the signed file cannot be written",
            expected="a readable input, and an output folder that can be written to with room left",
            found=str(error.strerror or error),
            where=f"{source} → {output}",
            fix="name another output folder",
        ) from error


def _copy(source: Path, target: Path) -> str:
    """Copy and hash in one pass, so that what is signed cannot change after it was compared."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as write:
        while block := read.read(1 << 20):
            digest.update(block)
            write.write(block)
    return digest.hexdigest()


def _prove(
    reading: ManifestReading, approval: Approval, owed: set[str], claim: Claim, output: Path
) -> tuple[str, ...]:
    """Look at what lies on the disk, whatever the library said while signing; return the marks there."""
    claimed = {SOURCE_TYPE_MARK} if claim.source_type is not None else set()
    there = {SOURCE_TYPE_MARK} if claim.source_type in reading.digital_source_types else set()
    problems = []
    if not reading.intact:
        problems.append(f"manifest not intact ({', '.join(reading.failures)})")
    if reading.verdict != approval.statement:
        problems.append(f"verdict assertion differs {reading.note}")
    if missing := sorted((owed | claimed) - there):
        problems.append(f"missing: {', '.join(missing)}")
    if problems:
        raise ProvenanceError(
            "the signed file does not hold what it should, and was not published",
            expected="an intact manifest with this verdict and every mark that is owed",
            found="; ".join(problems),
            where=str(output),
            fix="check the signer's key and certificates",
        )
    return tuple(sorted(there & owed))


def _publish(signed: Path, output: Path, input_sha256: str, marks: tuple[str, ...]) -> Finalised:
    output_sha256 = sha256_of(signed)
    with signed.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(signed, output)
    sync_folder(output.parent)
    return Finalised(
        input_sha256=input_sha256, output=output, output_sha256=output_sha256, marks=marks
    )


def _mismatch(where: Path, what: str, expected: str, found: str) -> ProvenanceError:
    return ProvenanceError(
        f"the {what} is not the one that was reviewed",
        expected=expected,
        found=found,
        where=str(where),
        fix="review the file as it is now",
    )
