"""Reading the folder of a past run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from compliance.banks.keys import Sealer
from compliance.errors import UsageError
from compliance.facts import Facts
from compliance.files import write_atomically
from compliance.pipeline.runfiles import EVIDENCE, FACTS, POLICY, VERDICT
from compliance.policy.schema import Policy
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
        UsageError: it is not one, or was written by another version.
    """
    try:
        return PastRun(
            folder,
            Verdict.model_validate_json((folder / VERDICT).read_bytes()),
            Facts.model_validate_json((folder / FACTS).read_bytes()),
            Policy.model_validate_json((folder / POLICY).read_bytes()),
        )
    except (OSError, ValidationError) as error:
        raise UsageError(
            "this is not the folder of a run that can be read",
            expected=f"{VERDICT}, {FACTS} and {POLICY}",
            found=" ".join(str(error).split())[:300],
            where=str(folder),
            fix="name the folder that 'compliance review' printed after 'evidence'",
        ) from error


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
