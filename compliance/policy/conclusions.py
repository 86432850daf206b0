"""Whether a rule hits: from the findings that count to a conclusion. Pure.

Most rules hit where anything counts. Those that look for what ought to be there hit where nothing does,
whether or not it was looked for: what was not examined is said apart, and never counts as found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compliance.findings import Finding
from compliance.policy.conditions import (
    Situation,
    counting,
    declarations,
    names_of,
)
from compliance.policy.expressions import ExpressionError, holds
from compliance.policy.schema import Rule
from compliance.taxonomy import TAXONOMY


@dataclass(frozen=True)
class Conclusion:
    """What came of one rule in one situation."""

    hit: bool
    """True where the rule applies its decision."""
    findings: tuple[Finding, ...] = ()
    """The findings behind it, worst first; none where it hits because something is absent."""
    note: str = ""
    """What it concluded, where findings do not say it."""
    failed: str = ""
    """Why the rule could not be evaluated; empty where it could."""


def conclude(rule: Rule, situation: Situation) -> Conclusion:
    """Return what ``rule`` concludes."""
    findings = tuple(counting(rule, situation))
    special = _special(rule)
    return special(rule, situation, findings) if special else Conclusion(bool(findings), findings)


_Concluder = Callable[[Rule, Situation, tuple[Finding, ...]], Conclusion]


def _special(rule: Rule) -> _Concluder | None:
    if rule.expr is not None:
        return _expression
    if rule.declared == "missing":
        return _declared_but_missing
    return _label_missing if rule.label else None


def _expression(rule: Rule, situation: Situation, findings: tuple[Finding, ...]) -> Conclusion:
    if not findings:
        return Conclusion(False)
    try:
        hit = holds(rule.expr or "", findings)
    except ExpressionError as error:
        return Conclusion(False, failed=str(error))
    return Conclusion(hit, findings if hit else ())


def _declared_but_missing(
    rule: Rule, situation: Situation, findings: tuple[Finding, ...]
) -> Conclusion:
    leaves = {leaf.path for path in rule.find for leaf in TAXONOMY.below(path)}
    wanted = {(_branch(p), name) for p in leaves for name in declarations(p, situation.release)}
    # a person is not found where a brand of that name is
    found = {(_branch(one.category), name) for one in findings for name in names_of(one)}
    missing = sorted({name for _, name in wanted - found})
    return Conclusion(bool(missing), note=f"declared but not found: {', '.join(missing)}")


def _branch(category: str) -> str:
    return category.split(".")[0]


def _label_missing(rule: Rule, situation: Situation, findings: tuple[Finding, ...]) -> Conclusion:
    return Conclusion(not findings, note=f"not found: {', '.join(rule.find)}")
