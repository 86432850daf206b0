"""``compliance policy``: check, try, compare, explain and show policies."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from compliance.cli import inputs
from compliance.cli.policy_store import bank_names
from compliance.clock import now
from compliance.verdicts import ExitCode

app = typer.Typer(help="Check, try, compare and explain policies.", no_args_is_help=True)
PolicyPath = Annotated[
    Path | None, typer.Argument(help="Policy; by default the shipped starter.yaml.")
]


@app.command("lint")
def lint(
    path: PolicyPath = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(help="Moment that dates are compared with, UTC; by default now."),
    ] = None,
) -> int:
    """Check a policy: errors, rules that never apply or add nothing, what it weakens."""
    from compliance.plugins import analyzer_specs
    from compliance.policy.lint import lint as lint_policy
    from compliance.policy.load import read_policy

    loaded = read_policy(path or inputs.starter())
    policy = loaded.policy
    diagnostics = lint_policy(
        policy,
        list(analyzer_specs().values()),
        bank_names(inputs.settings()),
        loaded,
        as_of.replace(tzinfo=UTC) if as_of else now(),
    )
    for diagnostic in diagnostics:
        typer.echo(str(diagnostic))
    count = Counter(diagnostic.severity for diagnostic in diagnostics)
    typer.echo(
        f"{policy.label}: {len(policy.rules)} rules, {count['error']} errors, "
        f"{count['warning']} warnings, {count['note']} notes, digest {policy.digest}"
    )
    return ExitCode.USAGE if count["error"] else ExitCode.APPROVE


@app.command("show")
def show(path: PolicyPath = None) -> int:
    """Print the effective policy, defaults filled in, and its digest."""
    from compliance.policy.show import effective_yaml

    policy = inputs.policy_at(path)
    typer.echo(effective_yaml(policy), nl=False)
    typer.echo(f"# digest {policy.digest}")
    return ExitCode.APPROVE


@app.command("test")
def test(
    path: PolicyPath = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 2 where no case hits some rule.")
    ] = False,
) -> int:
    """Run the cases in the folder beside the policy: do its rules decide as intended?"""
    from compliance.cli.policy_cases import run_cases

    return run_cases(path or inputs.starter(), strict=strict)
