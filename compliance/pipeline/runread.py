"""Reading the folder of a past run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from compliance.banks.keys import Sealer
from compliance.errors import UsageError
from compliance.facts import Facts, GenerationRecord
from compliance.files import write_atomically
from compliance.pipeline.intake import Request
from compliance.pipeline.runfiles import EVIDENCE, FACTS, POLICY, QUARANTINED, REQUEST, VERDICT
from compliance.policy.schema import Policy
from compliance.types import Captions, Prompt
from compliance.verdicts import Verdict


@dataclass(frozen=True)
class PastRun:
    """A run as its folder tells it."""

    folder: Path
    """Its folder."""
    verdict: Verdict
    """What was decided."""
    facts: Facts
    """On what."""
    policy: Policy
    """By what."""


def latest_run(runs: Path, rule: str) -> PastRun:
    """Return the newest run in which ``rule`` hit, or the newest of all where it hit in none.

    Raises:
        UsageError: there is none.
    """
    found = sorted(path.parent for path in runs.glob(f"[!.]*/{VERDICT}"))
    if not found:
        raise UsageError(
            "there is no run yet",
            expected="a folder with a verdict.json",
            where=str(runs),
            fix="run 'compliance review ASSET' first, or name a run with --run",
        )
    for folder in reversed(found):
        verdict = Verdict.model_validate_json((folder / VERDICT).read_bytes())
        if any(hit.rule == rule for hit in verdict.hits):
            return read_run(folder)
    return read_run(found[-1])


def read_run(folder: Path) -> PastRun:
    """Read a run's folder.

    Raises:
        UsageError: it is not one, was written by another version, or its asset was quarantined since.
    """
    if (folder / QUARANTINED).exists():
        raise UsageError(
            "the asset of this run is quarantined, and nothing that was decided about it counts any more",
            expected="a run on an asset without suspected sexual content with minors",
            found=QUARANTINED,
            where=str(folder),
            fix="leave it where it is and follow the restricted escalation of your organisation",
        )
    try:
        return PastRun(
            folder,
            Verdict.model_validate_json((folder / VERDICT).read_bytes()),
            Facts.model_validate_json((folder / FACTS).read_bytes()),
            Policy.model_validate_json((folder / POLICY).read_bytes()),
        )
    except (OSError, ValidationError) as error:
        raise _unreadable(folder, f"{VERDICT}, {FACTS} and {POLICY}", error) from error


def find_run(runs: Path, key: str) -> Path:
    """Return the newest run folder in ``runs`` of the verdict with this key.

    Raises:
        UsageError: there is none.
    """
    for folder in sorted(runs.glob(f"[!.]*-{key[:10]}"), reverse=True):
        if read_verdict(folder).key == key:
            return folder
    raise UsageError(
        "there is no run folder of this verdict",
        expected=f"a folder whose name ends with {key[:10]}",
        where=str(runs),
        fix="review the asset again, or name the folder that 'compliance review' printed",
    )


def read_verdict(path: Path) -> Verdict:
    """Read the verdict of a run's folder, or a ``verdict.json`` itself.

    Raises:
        UsageError: there is none, or it was written by another version.
    """
    file = path / VERDICT if path.is_dir() else path
    try:
        return Verdict.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise _unreadable(path, VERDICT, error) from error


def read_request(folder: Path, sealer: Sealer, asset: Path | None = None) -> Request:
    """Read what was asked for in a run.

    Args:
        folder: the run's folder.
        sealer: decrypts it.
        asset: where the media lies now; None means where it lay then.

    Raises:
        UsageError: it is not there, or cannot be decrypted on this machine.
    """
    try:
        told = json.loads(sealer.open((folder / REQUEST).read_bytes(), REQUEST.encode()))
        path = Path(told["path"]) if told["path"] else None
        record = told["record"] and GenerationRecord.model_validate_json(json.dumps(told["record"]))
        prompts = tuple(Prompt.model_validate(one) for one in told["prompts"])
        captions = tuple(Captions.model_validate(one) for one in told["captions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, REQUEST, error) from error
    return Request(path if path is None else asset or path, prompts, record, captions)


def reveal_evidence(run: PastRun, findings: Iterable[str], target: Path, sealer: Sealer) -> int:
    """Decrypt the crops of ``findings`` into ``target`` as JPEG; return how many there were."""
    count = 0
    for name in sorted(set(findings)):
        sealed = run.folder / EVIDENCE / f"{name}.jpg.sealed"
        if sealed.is_file():
            image = sealer.open(sealed.read_bytes(), name.encode())
            write_atomically(target / f"{name}.jpg", image)
            count += 1
    return count


def _unreadable(where: Path, expected: str, error: Exception) -> UsageError:
    return UsageError(
        "this is not the folder of a run that can be read",
        expected=expected,
        found=" ".join(str(error).split())[:300],
        where=str(where),
        fix="name the folder that 'compliance review' printed after 'evidence'",
    )
