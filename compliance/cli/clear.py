"""``compliance clear``: a person's decision on a flagged verdict."""

from __future__ import annotations

import enum
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.clock import now
from compliance.errors import UsageError
from compliance.verdicts import Clearance, Decision, ExitCode, Verdict

if TYPE_CHECKING:
    from compliance.settings import Settings

_KEY = re.compile(r"[0-9a-f]{4,64}")
_SCOPES = ("territories", "channels")


class Choice(enum.StrEnum):
    """What a person decides."""

    APPROVE = "approve"
    REJECT = "reject"


def clear(
    verdict: Annotated[
        str, typer.Argument(help="Key of a verdict or its first digits, or the folder of a run.")
    ],
    decision: Annotated[Choice, typer.Option(help="What the person decides.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    role: Annotated[str, typer.Option(help="In which role; the settings list who may.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="territories=DE,FR or channels=tv; repeatable. By default the release's."
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day on which it holds, UTC."),
    ] = None,
    accept_incomplete: Annotated[
        bool, typer.Option("--accept-incomplete", help="Take on what was not examined.")
    ] = False,
    asset: Annotated[
        Path | None, typer.Option(help="Where the media lies now, if it was moved.")
    ] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Folder that run folders go into.")] = None,
) -> int:
    """Clear a flagged verdict, so that its file is signed, or reject it."""
    settings = inputs.settings()
    inputs.check_said({"--by": by, "--role": role, "--reason": reason})
    _check_role(role, settings.clearers)
    folder, seen = _find(verdict, settings, run_dir)
    limits = _limits(scope or [], seen)
    _check_clearable(seen, decision, accept_incomplete)
    _check_limits(decision, until, scope or [])
    clearance = Clearance(
        verdict_key=seen.key,
        verdict_digest=seen.digest,
        decision="approve" if decision is Choice.APPROVE else "reject",
        by=by,
        role=role,
        reason=reason,
        at=now(),
        until=datetime.combine(until.date(), time.max, UTC) if until else None,
        territories=limits["territories"],
        channels=limits["channels"],
        accepts_incomplete=accept_incomplete and not seen.complete,
    )
    return _record(clearance, seen, folder, settings, asset, run_dir)


def _record(
    clearance: Clearance,
    verdict: Verdict,
    folder: Path | None,
    settings: Settings,
    asset: Path | None,
    run_dir: Path | None,
) -> int:
    """Store the decision; where it lets the asset through, review and sign it."""
    from compliance.banks.keys import MasterKey
    from compliance.pipeline.run import Reviewer
    from compliance.pipeline.runread import find_run, read_request, read_run
    from compliance.reporters.text import clearance_line, render
    from compliance.store.engine import open_database
    from compliance.store.verdicts import VerdictStore

    if clearance.decision == "reject":  # nothing is signed, so that nothing need be looked at
        VerdictStore(open_database(settings.database_url)).add_clearance(clearance)
        typer.echo(f"{verdict.asset_name}: {clearance_line(clearance)}")
        return ExitCode.APPROVE
    past = read_run(folder or find_run(run_dir or settings.runs, verdict.key))
    sealer = MasterKey.load(settings.keys).sealer("observations")
    request = read_request(past.folder, sealer, asset)
    with Reviewer(settings, past.policy) as reviewer, bar("loading models") as progress:
        outcome = reviewer.clear(
            request, clearance, release=verdict.release, run_root=run_dir, progress=progress
        )
    typer.echo(render([outcome]), nl=False)
    return outcome.exit_code


def _find(given: str, settings: Settings, run_dir: Path | None) -> tuple[Path | None, Verdict]:
    """Return the stored verdict that was named, and its run's folder where a path was given."""
    from compliance.pipeline.runread import read_verdict
    from compliance.store.engine import open_database
    from compliance.store.verdicts import VerdictStore

    path = Path(given)
    if path.exists():
        folder = path if path.is_dir() else path.parent
        told = read_verdict(path)
        return folder, VerdictStore(open_database(settings.database_url)).get(told.key)
    if not _KEY.fullmatch(given):
        raise UsageError(
            "this names no verdict",
            expected="at least four hex digits of a verdict's key, a run's folder, or a verdict.json",
            found=given,
            fix="take the key or the folder that 'compliance review' printed",
        )
    return None, VerdictStore(open_database(settings.database_url)).find(given)


def _check_role(role: str, clearers: tuple[str, ...]) -> None:
    if role not in clearers:
        raise UsageError(
            "this role may not clear",
            expected=f"one of {', '.join(clearers)}"
            if clearers
            else "nobody: the settings list none",
            found=role,
            where="--role",
            fix="have an authorised person decide, or list the role under 'clearers' in the settings",
        )


def _check_clearable(verdict: Verdict, decision: Choice, accepts_incomplete: bool) -> None:
    """Refuse a decision on what needs none, or what none can change."""
    problem = ""
    fix = "review a revised file"
    if verdict.decision is Decision.REJECT:
        problem = "reject, which no person overrides here"
    elif verdict.decision is Decision.APPROVE:
        problem, fix = "approve", "nothing: it needs no clearance"
    elif verdict.replay:
        problem = f"a verdict as of {verdict.as_of:%Y-%m-%d %H:%M}, which lets nothing out"
        fix = "review the asset without --as-of and clear that verdict"
    elif verdict.policy_status != "enforce":
        problem, fix = f"policy status {verdict.policy_status}", "set the policy to 'enforce'"
    elif decision is Choice.APPROVE and not verdict.complete and not accepts_incomplete:
        missing = sorted({one.category for one in verdict.not_examined if not one.accepted_by})
        problem = f"an incomplete verdict; not examined: {', '.join(missing)}"
        fix = "mend what was not examined and review again, or take it on with --accept-incomplete"
    if problem:
        raise UsageError(
            "this verdict cannot be cleared",
            expected="a flag of an enforcing policy, reached as of its own moment",
            found=problem,
            where=verdict.asset_name,
            fix=fix,
        )


def _check_limits(decision: Choice, until: datetime | None, scope: list[str]) -> None:
    if decision is Choice.REJECT and (until is not None or scope):
        raise UsageError(
            "a rejection has neither scope nor end",
            fix="leave --scope and --until out; a later decision replaces it",
        )
    if until is not None and until.date() < now().date():
        raise UsageError(
            "the clearance would have ended before it began",
            expected="today or a later day",
            found=f"{until:%Y-%m-%d}",
            where="--until",
            fix="name the last day on which it shall hold",
        )


def _limits(scope: list[str], verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """Read ``--scope``; without it the clearance is for what the release asks for."""
    release = verdict.release
    limits = {"territories": release.territories, "channels": release.channels}
    given: dict[str, tuple[str, ...]] = {}
    for one in scope:
        name, _, values = one.partition("=")
        listed = tuple(value.strip() for value in values.split(",") if value.strip())
        if name not in _SCOPES or not listed or name in given:
            raise UsageError(
                "the scope cannot be read",
                expected="territories=DE,FR or channels=tv,web, each once",
                found=one,
                where="--scope",
                fix="leave it out to clear all that the release asks for",
            )
        given[name] = listed
    return limits | given
