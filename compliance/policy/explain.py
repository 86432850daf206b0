"""Why a rule decided as it did: a tree of lines, made by the very checks that decide. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from compliance.errors import UsageError
from compliance.facts import Facts
from compliance.findings import Finding
from compliance.policy.completeness import EVERYTHING, examination
from compliance.policy.conclusions import conclude
from compliance.policy.conditions import (
    Check,
    Situation,
    applies,
    applies_checks,
    finding_checks,
    rule_findings,
)
from compliance.policy.diagnostics import did_you_mean, quoted
from compliance.policy.evaluate import Evaluation, evaluate, situations
from compliance.policy.schema import Policy, Rule
from compliance.types import TimeSpan
from compliance.verdicts import Decision

SHOWN = 20
"""Findings that are spelt out; the rest is counted."""


def explain(policy: Policy, rule_id: str, facts: Facts, as_of: datetime) -> list[str]:
    """Return what ``rule_id`` asked for and what it saw, one line each, as a tree.

    Args:
        policy: the policy that decided.
        rule_id: the rule.
        facts: what it was evaluated against.
        as_of: the moment of the decision, with a time zone.

    Raises:
        UsageError: the policy has no such rule.
    """
    result = evaluate(policy, facts, as_of)
    rule = _rule(policy, rule_id)
    lines = _said(policy, rule)
    situation = _telling(rule, situations(facts, as_of))
    if len(result.cells) > 1:
        cell = situation.release
        place = [*cell.territories[:1], *cell.channels[:1], *cell.audience[:1]]
        lines.append(f"├─ shown for {' × '.join(place)}, one of {len(result.cells)} places")
    checks = list(applies_checks(rule, situation))
    if checks:
        lines += ["├─ release", *(f"│  ├─ {_line(check)}" for check in checks)]
    if not all(check.met for check in checks):
        return [*lines, "└─ the rule is not about this release"]
    lines += _examined(rule, facts)
    lines += _findings(rule, situation)
    return [*lines, f"└─ {_outcome(rule, result)}"]


def describe(policy: Policy, rule_id: str) -> list[str]:
    """Return what ``rule_id`` says, without any facts; raises as :func:`explain`."""
    rule = _rule(policy, rule_id)
    asked = {"counts where": _conditions(rule), "applies to": _releases(rule)}
    said = {key: "; ".join(words) for key, words in asked.items()}
    lines = _said(policy, rule) + [f"├─ {key}: {words}" for key, words in said.items() if words]
    return [*lines[:-1], lines[-1].replace("├─", "└─", 1)]


def _said(policy: Policy, rule: Rule) -> list[str]:
    lines = [f"{rule.id}: {rule.title} → {rule.then}  ({policy.label})"]
    said = {"why": rule.why, "owner": rule.owner or policy.owner, "severity": rule.severity}
    said["finds"] = ", ".join(rule.find)
    said["hits where"] = _conclusion(rule)
    said["obliges"] = ", ".join(f"{k} {v}" for k, v in rule.oblige.duties) if rule.oblige else None
    said["status"] = "monitor: it decides nothing" if rule.status == "monitor" else None
    said["goes to"] = rule.send_to
    return lines + [f"├─ {key}: {value}" for key, value in said.items() if value]


def explain_all(policy: Policy, facts: Facts, as_of: datetime) -> list[str]:
    """Return what every rule asked for and what it saw: those that hit first, as :func:`explain` does."""
    result = evaluate(policy, facts, as_of)
    hit = [hit.rule for hit in result.hits]
    others = sorted(rule.id for rule in policy.rules if rule.id not in hit)
    trees = [explain(policy, rule, facts, as_of) for rule in (*hit, *others)]
    head = f"{policy.label} decides {result.decision}{'' if result.complete else ', incomplete'}"
    return [head, *(line for tree in trees for line in ("", *tree))]


def describe_all(policy: Policy) -> list[str]:
    """Return what every rule says, without any facts, in the order of the policy."""
    return [line for rule in policy.rules for line in ("", *describe(policy, rule.id))][1:]


def _conditions(rule: Rule) -> Iterator[str]:
    """Yield what a finding must be to count, in words."""
    referred = (
        ("in", rule.in_), ("not in", rule.not_in), ("not", rule.except_), ("only", rule.only)
    )  # fmt: skip
    for name, values in referred:
        if values:
            yield f"{name} {', '.join(values)}"
    for name, bound in rule.when.model_dump(exclude_none=True).items():
        sign = "<" if name.startswith("before") else "≥"
        yield f"{name} {sign} {bound:g}"
    if rule.declared == "undeclared":
        yield "the release does not declare it"
    said = [f"{key} {value}" for key, value in rule.unless.model_dump(exclude_none=True).items()]
    if said:
        yield f"unless {' or '.join(said)}"


def _releases(rule: Rule) -> Iterator[str]:
    """Yield what a release must be for the rule to be about it, in words."""
    for name, values in rule.applies.model_dump(mode="json", by_alias=True).items():
        if values:
            yield f"{name} {', '.join(values) if isinstance(values, list) else values}"


def _conclusion(rule: Rule) -> str | None:
    """Say what makes the rule hit, where that is not simply a finding that counts."""
    if rule.unknown:
        return "somebody is seen or heard whom no match identifies"
    if rule.declared == "missing":
        return "the release declares somebody or something that is not found"
    if rule.label:
        return "nothing of it is found"
    return f"of what counts, {rule.expr}" if rule.expr else None


def _rule(policy: Policy, rule_id: str) -> Rule:
    rule = policy.rule(rule_id)
    if rule is None:
        ids = [rule.id for rule in policy.rules]
        raise UsageError(
            f"{policy.label} has no rule {quoted(rule_id)}",
            expected=did_you_mean(rule_id, ids) or f"one of {', '.join(sorted(ids))}",
            fix="run 'compliance policy explain --all' to see all of them",
        )
    return rule


def _line(check: Check) -> str:
    return f"{'✔' if check.met else '✖'} {check.name} {check.wanted}: {check.saw}"


def _examined(rule: Rule, facts: Facts) -> list[str]:
    done = examination(rule, facts)
    lines = [f"│  ├─ ✔ {category} in {source}" for category, source in sorted(done.examined)]
    lines += [
        f"│  ├─ ○ {category} in {source}: {reason}"
        for (category, source), reason in sorted(done.missing.items())
    ]
    return ["├─ examined", *lines] if lines else []


def _telling(rule: Rule, places: Sequence[Situation]) -> Situation:
    """Return the place that shows most of a rule: where it hits, else where it applies."""
    hit = (one for one in places if applies(rule, one) and conclude(rule, one).hit)
    about = (one for one in places if applies(rule, one))
    return next(hit, None) or next(about, None) or places[0]


def _findings(rule: Rule, situation: Situation) -> list[str]:
    related = sorted(
        rule_findings(rule, situation.findings), key=lambda finding: (-finding.score, finding.id)
    )
    if not related:
        return ["├─ no finding in its categories"]
    lines = [f"├─ findings in its categories: {len(related)}"]
    for finding in related[:SHOWN]:
        checks = list(finding_checks(rule, finding, situation))
        verb = "counts" if all(check.met for check in checks) else "does not count"
        lines.append(f"│  ├─ {finding.id} {_place(finding)}: {verb}")
        lines += [f"│  │  ├─ {_line(check)}" for check in checks]
    if len(related) > SHOWN:
        lines.append(f"│  ├─ and {len(related) - SHOWN} more")
    return lines


def _place(finding: Finding) -> str:
    return f"in {finding.source}" + (f" {_times(finding.span)}" if finding.span else "")


def _times(span: TimeSpan) -> str:
    return f"at {span.start:.2f}–{span.end:.2f} s"


def _outcome(rule: Rule, result: Evaluation) -> str:
    hit = next((hit for hit in result.hits if hit.rule == rule.id), None)
    if hit is None:
        return _silence(rule, result)
    count = len(hit.findings)
    by = f"{count} finding{'s' if count > 1 else ''}" if count else "what is not there"
    text = f"{'would be ' if hit.monitored else ''}{hit.decision} by {by}"
    if rule.when.min_count:
        text += f", {rule.when.min_count} needed"
    if hit.note:
        text += f"; {hit.note}"
    if hit.waiver:
        text += f"; waived by {hit.waiver}, so it does not count"
    elif rule.oblige and hit.decision is Decision.APPROVE:
        text += "; what it obliges is an obligation"
    return text


def _silence(rule: Rule, result: Evaluation) -> str:
    """Say why a rule without a hit has none."""
    if rule.id in result.passed:
        return "passed: examined, and nothing counts"
    entries = [one for one in result.not_examined if rule.id in one.rules]
    missing = sorted({one.category for one in entries} - {EVERYTHING})
    if missing:
        return f"nothing counts, but not everything was examined: {', '.join(missing)}"
    return "nothing counts, and the asset has nothing that the rule needs examined"
