"""``compliance policy diff``: what changed, and which past reviews would end otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from compliance.cli.policy_store import stored_reviews
from compliance.errors import ComplianceError
from compliance.policy.diff import RuleChange, diff, flip
from compliance.policy.schema import Policy

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def show_diff(before: Policy, after: Policy) -> None:
    """Print what changed from ``before`` to ``after``."""
    found = diff(before, after)
    typer.echo(f"{before.label} → {after.label}")
    if found.empty:
        typer.echo("nothing changed")
        return
    for key in found.keys:
        typer.echo(f"~ {key}")
    for rule in found.rules:
        _show_rule(rule)
    count = {kind: sum(one.kind == kind for one in found.rules) for kind in _SIGNS}
    weaker = sum(one.effect == "weaker" for one in found.rules)
    stronger = sum(one.effect == "stronger" for one in found.rules)
    typer.echo(
        f"{count['added']} rules added, {count['removed']} removed, {count['changed']} changed; "
        f"{weaker} weaker, {stronger} stronger, {len(found.rules) - weaker - stronger} neither or both"
    )


def _show_rule(rule: RuleChange) -> None:
    effect = f" ({rule.effect})" if rule.effect else ""
    typer.echo(f"{_SIGNS[rule.kind]} rule {rule.rule}: {rule.kind}{effect}")
    for key in rule.keys:
        typer.echo(f"    {key}")


def show_flips(before: Policy, after: Policy, places: Sequence[Path]) -> bool:
    """Print which of the past reviews at ``places`` would end otherwise under ``after``, and why.

    A review that cannot be read or decided is told and counted; it never passes for one that stays.

    Returns:
        True where all of them could be decided.
    """
    count = flipped = failed = 0
    for stored in stored_reviews(places):
        count += 1
        try:
            past = stored.read()
            change = flip(before, after, past.facts, past.as_of)
        except ComplianceError as error:
            failed += 1
            typer.echo(f"? {stored.where}: {error}")
            continue
        if change is None:
            continue
        flipped += 1
        typer.echo(f"! {past.asset_name} in {stored.where}: {change.before} → {change.after}")
        for reason in change.reasons:
            typer.echo(f"    {reason}")
    typer.echo(f"{count} reviews: {flipped} would end otherwise, {failed} could not be decided")
    return failed == 0
