"""Doubts about rules that other rules, or the policy that is extended, make look otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from compliance.policy.diff import rule_keys
from compliance.policy.directions import WORDING, covers, same_but_score, same_conditions, weight_of
from compliance.policy.schema import Policy, Rule

Doubt = tuple[Literal["error", "warning", "note"], tuple[str | int, ...], str, str]
"""Severity, path, message, hint."""


def overlaps(policy: Policy) -> Iterator[Doubt]:
    """Yield rules that never decide, for another one counts all that they count and decides as hard."""
    for index, rule in enumerate(policy.rules):
        others = [other for other in policy.rules if other is not rule and _above(other, rule)]
        # of two rules that say the same, the later one is named
        twins = set(map(id, policy.rules[:index]))
        others = [one for one in others if id(one) in twins or not _above(rule, one)]
        if others:
            other = min(others, key=lambda one: (not same_conditions(one, rule), one.id))
            message, hint = _said(rule, other)
            yield "warning", ("rules", index), message, hint


def _above(other: Rule, rule: Rule) -> bool:
    """Tell whether ``rule`` adds nothing to ``other``: no decision, obligation or addressee."""
    return (
        other.then.severity >= rule.then.severity
        and rule.oblige in (None, other.oblige)
        and rule.send_to in (None, other.send_to)
        and covers(other, rule)
    )


def _said(rule: Rule, other: Rule) -> tuple[str, str]:
    hint = "delete it, or change its conditions"
    if same_conditions(rule, other):
        return f"rule {rule.id} adds nothing: {other.id} has the same conditions", hint
    if same_but_score(rule, other):
        bound = other.when.min_score or 0.0
        return (
            f"rule {rule.id} never decides: {other.id} counts the same from min_score {bound:g} on, "
            f"and its decision is {other.then}",
            "swap the two thresholds, or delete it",
        )
    return f"rule {rule.id} adds nothing: {other.id} counts all that it counts", hint


def weakened(policy: Policy, base: Policy) -> Iterator[Doubt]:
    """Yield the overrides that make a rule of ``base`` milder, or that may."""
    for index, override in enumerate(policy.overrides):
        before, after = base.rule(override.rule), policy.rule(override.rule)
        if before is None or not weight_of(before):
            continue
        hint = f"{override.owner} answers for it: {override.reason}"
        if after is None:
            message = f"the override removes rule {override.rule} of {base.label}"
            yield "warning", ("override", index), message, hint
            continue
        changes = [one for one in rule_keys(before, after) if one.key not in WORDING]
        for change in changes:
            if change.effect != "stronger":
                verb = "weakens" if change.effect else "may weaken"
                message = f"the override {verb} rule {override.rule} of {base.label}: {change}"
                yield "warning", ("override", index), message.removesuffix(" (weaker)"), hint
