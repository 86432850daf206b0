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
    from compliance.waivers import doubts, load_waivers

    loaded = read_policy(path or inputs.starter())
    policy = loaded.policy
    diagnostics = lint_policy(
        policy,
        list(analyzer_specs().values()),
        bank_names(inputs.settings()),
        loaded,
        as_of.replace(tzinfo=UTC) if as_of else now(),
    )
    day = (as_of or now()).date()
    rules = [rule.id for rule in policy.rules]
    diagnostics += doubts(load_waivers(inputs.settings().waivers), policy.label, rules, day)
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


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="Policy as it is.")],
    after: Annotated[Path, typer.Argument(help="Policy as it would be.")],
    on: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of runs, or of one, or a file of 'policy facts'; may be given several times: "
            "which of these reviews would end otherwise?"
        ),
    ] = None,
) -> int:
    """Compare two policies key by key; with --on, decide past reviews by both, without the media.

    Exit code 2 where one of them could not be decided.
    """
    from compliance.cli.policy_diff import show_diff, show_flips

    old, new = inputs.policy_at(before), inputs.policy_at(after)
    show_diff(old, new)
    decided = show_flips(old, new, on) if on else True
    return ExitCode.APPROVE if decided else ExitCode.USAGE


@app.command("facts")
def facts(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, or of one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Parquet file to write.")],
) -> int:
    """Write what past decisions rest on to one Parquet file, for 'policy diff --on' and for queries."""
    from compliance.cli.policy_archive import write_reviews
    from compliance.cli.policy_store import run_folders

    folders = [folder for place in runs for folder in run_folders(place)]
    write_reviews(folders, output)
    typer.echo(f"wrote {len(folders)} reviews to {output}")
    return ExitCode.APPROVE


@app.command("explain")
def explain(
    rule: Annotated[str | None, typer.Argument(help="Id of a rule.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every rule.")] = False,
    run: Annotated[
        Path | None, typer.Option(help="Folder of a run: show the value that each condition saw.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Policy; by default the one that decided the run, else starter.yaml."),
    ] = None,
) -> int:
    """Say what rules ask for and, with --run, what they saw: each condition with its value."""
    from compliance.cli.policy_explain import explained

    typer.echo("\n".join(explained(rule, everything=everything, run=run, policy=policy)))
    return ExitCode.APPROVE
