"""``compliance policy test``: run the cases of a policy and show what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from compliance.errors import UsageError
from compliance.policy.case_results import CaseResult, RuleCoverage, coverage, run_case
from compliance.policy.cases import case_files, load_cases
from compliance.policy.load import load_policy
from compliance.policy.schema import Policy
from compliance.verdicts import ExitCode


def run_cases(path: Path, *, strict: bool) -> int:
    """Run the cases beside the policy at ``path`` and return the exit code."""
    policy = load_policy(path)
    files = case_files(path)
    if not files:
        raise UsageError(
            "the policy has no cases",
            expected=f"files in {path.parent / path.stem / 'tests'}, named *.yaml",
            where=str(path),
            fix="write some as docs/policies.md shows, then run 'compliance policy test' again",
        )
    results: list[CaseResult] = []
    for file in files:
        typer.echo(f"{file}")
        for case in load_cases(file):
            results.append(run_case(policy, case))
            _show(len(results), results[-1])
    covered = coverage(policy, results)
    _show_coverage(covered)
    return _conclude(policy, results, covered, strict=strict)


def _show(number: int, result: CaseResult) -> None:
    typer.echo(f"  {'✔' if result.holds else '✖'} {number:>3} {result.case.name}")
    for difference in result.differences:
        typer.echo(f"        {difference}")


def _show_coverage(covered: Sequence[RuleCoverage]) -> None:
    width = max(len(one.rule) for one in covered)
    typer.echo("rules, with the numbers of the cases")
    for one in covered:
        sign, hit, passed = "✔" if one.hit_by else "○", _ranges(one.hit_by), _ranges(one.passed_in)
        typer.echo(f"  {sign} {one.rule:<{width}}  hit by {hit}; passed in {passed}")


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ``1–3, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs) or "none"


def _conclude(
    policy: Policy, results: Sequence[CaseResult], covered: Sequence[RuleCoverage], *, strict: bool
) -> int:
    failed = sum(not one.holds for one in results)
    never = [one.rule for one in covered if not one.hit_by]
    typer.echo(
        f"{policy.label}: {len(results)} cases, {len(results) - failed} hold, {failed} fail; "
        f"{len(covered) - len(never)} of {len(covered)} rules are hit"
    )
    if never:
        typer.echo(f"never hit: {', '.join(never)}")
    if failed:
        return ExitCode.REJECT
    return ExitCode.USAGE if never and strict else ExitCode.APPROVE
