"""What a run, or a report of one, tells of the findings of an asset."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.banks.keys import Sealer
from compliance.errors import ComplianceError, UsageError
from compliance.files import sha256_of
from compliance.findings import Finding, Observation
from compliance.pipeline.observations import from_bytes
from compliance.pipeline.quarantine import listed
from compliance.pipeline.runfiles import EVIDENCE, FINDINGS, OBSERVATIONS, VERDICT
from compliance.pipeline.runread import read_run, read_verdict
from compliance.redaction.coverable import is_below
from compliance.types import Asset

MINORS = "sexual.minors"
"""Where this is suspected no copy is made of the asset, redacted or not."""
_MOST_BYTES = 256 << 20
_SEALED = (
    "What the run observed can be read on the machine that reviewed only, so that what moves could not be "
    "followed: redact there, or review the file here."
)


@dataclass(frozen=True)
class Told:
    """What is known of one asset."""

    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...] = ()
    """Empty where they cannot be read here."""
    folder: Path | None = None
    """The run's folder."""
    note: str = ""
    """What would let more be known; empty where nothing would."""


def of_run(folder: Path, asset: Path, sealer: Sealer) -> Told:
    """Read a run's folder.

    Raises:
        UsageError: it is none, or of another asset.
    """
    past = read_run(folder)
    _check_digest(asset, past.verdict.parts.get("media"), str(folder))
    seen = _observations(folder, sealer)
    note = _SEALED if seen is None else ""
    return _allowed(Told(tuple(past.facts.findings), seen or (), folder, note))


def latest(runs: Path, asset: Path) -> Path:
    """Return the folder of the newest run of a media file.

    Raises:
        UsageError: there is none.
    """
    digest = digest_of_media(asset)
    for path in sorted(runs.glob(f"[!.]*/{VERDICT}"), reverse=True):
        if read_verdict(path.parent).parts.get("media") == digest:
            return path.parent
    raise UsageError(
        "there is no run of this file",
        expected=f"a run of the media with SHA-256 {digest}",
        where=str(runs),
        fix=f"run 'compliance review {asset}' first, or name a run with --run",
    )


def of_file(path: Path, asset: Path, sealer: Sealer, runs: Path) -> Told:
    """Read findings from a file: a run's ``findings.parquet``, a JSON report, or a JSON list of findings.

    What the run of a report observed is read from the folder that the report names, as long as that lies there
    or in ``runs`` and is of the same verdict.

    Raises:
        UsageError: it cannot be read, or is of another asset.
    """
    if path.name == FINDINGS or path.is_dir():
        return of_run(path if path.is_dir() else path.parent, asset, sealer)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES} bytes")
        content = json.loads(path.read_bytes())
        digest = digest_of_media(asset)
        review: dict[str, Any] = {}
        if isinstance(content, dict):
            reviews = content.get("reviews", [content])
            fitting = [one for one in reviews if one["verdict"]["parts"].get("media") == digest]
            if not fitting:
                raise _other(str(path), digest, "reviews of other files")
            review = fitting[-1]
            rows = review["findings"]
        else:
            rows = content
            own = Asset(name=asset.name, media_sha256=digest).id
            strange = [row for row in rows if row["asset"] != own]
            if strange:
                raise _other(str(path), own, str(strange[0]["asset"]))
        findings = tuple(
            Finding.model_validate({k: v for k, v in row.items() if k != "id"}) for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            "the findings cannot be read",
            expected="a run's findings.parquet, or what 'compliance review --format json' printed",
            found=" ".join(str(error).split())[:300],
            where=str(path),
            fix="name the run with --run",
        ) from error
    _allowed(Told(findings))
    return _with_run(findings, review, path, asset, sealer, runs)


def _with_run(
    findings: tuple[Finding, ...],
    review: dict[str, Any],
    path: Path,
    asset: Path,
    sealer: Sealer,
    runs: Path,
) -> Told:
    """Return what a report tells, with the observations of its run where that lies here."""
    for folder in _named(review, runs):
        try:
            verdict = read_verdict(folder)
        except UsageError:  # moved, or of another version
            continue
        if verdict.digest == review.get("verdict_digest"):
            run = of_run(folder, asset, sealer)  # refuses what was quarantined since
            return Told(findings, run.observations, run.folder, run.note)
    return Told(findings, note=_without_run(path, asset, runs))


def _without_run(path: Path, asset: Path, runs: Path) -> str:
    """Return what to do where nothing is known but what a file of findings says."""
    try:
        latest(runs, asset)
        better = "leave out --findings, so that the newest run of this file counts"
    except UsageError:
        better = f"run 'compliance review {shlex.quote(str(asset))}', and redact without --findings"
    return (
        f"{path.name} alone says in no frame where things are, and its run does not lie here, so that what "
        f"moves could not be followed: {better}."
    )


def _named(review: dict[str, Any], runs: Path) -> list[Path]:
    """Return where the run of a review in a report may lie: where it says, or among the runs at hand."""
    files = review.get("files")
    named = files.get("folder") if isinstance(files, dict) else None
    if not isinstance(named, str) or "\0" in named or not Path(named).name:
        return []
    return [Path(named), runs / Path(named).name]


def crops_of(told: Told, ids: list[str], sealer: Sealer) -> dict[str, bytes]:
    """Decrypt the crops of some findings, JPEG by id; those that are not to be had are left out."""
    found = {}
    for name in ids:
        path = None if told.folder is None else told.folder / EVIDENCE / f"{name}.jpg.sealed"
        if path is None or not path.is_file():
            continue
        try:
            found[name] = sealer.open(path.read_bytes(), name.encode())
        except ComplianceError:  # sealed on another machine: the whole frame is covered instead
            continue
    return found


def digest_of_media(asset: Path) -> str:
    """Return the SHA-256 of the media.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sha256_of(asset)
    except OSError as error:
        raise UsageError(
            "the asset cannot be read",
            expected="a media file that this user may read",
            found=str(error.strerror or error),
            where=str(asset),
            fix="correct the path",
        ) from error


def refuse_quarantined(home: Path, digest: str) -> None:
    """Refuse media that is quarantined, whatever the findings at hand say of it.

    Args:
        home: folder of the installation, which holds the list.
        digest: SHA-256 of the media.

    Raises:
        UsageError: it is.
    """
    if listed(home, digest):
        raise _forbidden("it is quarantined")


def _observations(folder: Path, sealer: Sealer) -> tuple[Observation, ...] | None:
    """Return what a run observed; None where that cannot be read here."""
    try:
        return tuple(from_bytes((folder / OBSERVATIONS).read_bytes(), sealer))
    except (OSError, ComplianceError):  # sealed on another machine: crops or whole frames remain
        return None


def _allowed(told: Told) -> Told:
    """Refuse an asset of which no copy may be made."""
    if any(is_below(one.category, MINORS) for one in told.findings):
        raise _forbidden(f"a finding of the category {MINORS}")
    return told


def _forbidden(found: str) -> UsageError:
    return UsageError(
        "no copy is made of this asset, redacted or not",
        expected="an asset without suspected sexual content with minors",
        found=found,
        fix="leave the file where it is and follow the restricted escalation of your organisation",
    )


def _check_digest(asset: Path, reviewed: str | None, where: str) -> None:
    digest = digest_of_media(asset)
    if digest != reviewed:
        raise _other(where, digest, str(reviewed))


def _other(where: str, expected: str, found: str) -> UsageError:
    return UsageError(
        "the findings are of another asset",
        expected=f"findings of {expected}",
        found=found,
        where=where,
        fix="review the file as it is now, and redact by that run",
    )
