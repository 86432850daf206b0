"""The decision: a pure function of policy, facts and a moment. No clock, no I/O, no models.

Rules overlap and the worst decision wins. Findings and gaps are risks: more of them never makes a
decision milder. Consents, licences and waivers are mitigations: each covers the findings, or the
hit, that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from compliance.errors import AnalyzerError, UsageError
from compliance.facts import Facts
from compliance.findings import Evidence, Finding, RawKind
from compliance.policy.completeness import GAPS, examination, not_examined
from compliance.policy.conditions import applying_rules, counting
from compliance.policy.schema import Policy, Rule
from compliance.types import Model, Source
from compliance.verdicts import Decision, NotExamined, Obligation, RuleHit


class Evaluation(Model):
    """What a policy decides; the part of a verdict that depends on nothing else."""

    decision: Decision
    """The worst of the hits that are not waived and of incompleteness."""
    complete: bool
    """False where something was not examined and nobody accepted that."""
    hits: tuple[RuleHit, ...] = ()
    """Worst first; waived ones last."""
    passed: tuple[str, ...] = ()
    """Ids of rules that were examined and did not hit, sorted."""
    not_examined: tuple[NotExamined, ...] = ()
    """What was not examined, accepted or not."""
    obligations: tuple[Obligation, ...] = ()
    """What finalising must add; a waived rule obliges nothing."""


def evaluate(policy: Policy, facts: Facts, as_of: datetime) -> Evaluation:
    """Decide.

    Args:
        policy: the effective policy.
        facts: everything that is known of one asset and its release.
        as_of: the moment at which consents, licences, waivers and dates are read; with a time zone.

    Raises:
        UsageError: ``as_of`` has no time zone.
        AnalyzerError: a report is about another asset.
    """
    as_of = _moment(as_of)
    _check_assets(facts)
    findings = findings_of(facts)
    rules = applying_rules(policy, facts.release, as_of)
    hits = [
        hit
        for rule in rules
        if (hit := _hit(rule, counting(rule, findings, facts, as_of), facts, as_of))
    ]
    examinations = {rule.id: examination(rule, facts) for rule in rules}
    missing = not_examined(policy, facts, examinations)
    uncounted = {(entry.category, entry.source) for entry in missing if entry.accepted_by is None}
    hit_ids = {hit.rule for hit in hits}
    counted = [hit for hit in hits if hit.waiver is None]
    decisions = [hit.decision for hit in counted]
    if uncounted:
        decisions.append(Decision(policy.if_not_examined))
    return Evaluation(
        decision=Decision.worst(decisions),
        complete=not uncounted,
        hits=tuple(sorted(hits, key=_badness)),
        passed=tuple(
            rule_id
            for rule_id, done in examinations.items()
            if rule_id not in hit_ids and done.examined and not uncounted & done.missing.keys()
        ),
        not_examined=missing,
        obligations=_obligations(rules, counted),
    )


def findings_of(facts: Facts) -> Sequence[Finding]:
    """Return the findings that rules look at: those of the reports, and one for gaps if there are any."""
    if not facts.gaps:
        return facts.findings
    gap = Finding(
        category=GAPS,
        asset=facts.asset,
        analyzer="media",
        source=Source.METADATA,
        score=1.0,
        raw=float(len(set(facts.gaps))),
        raw_kind=RawKind.COUNT,
        evidence=Evidence(note=" ".join(sorted(set(facts.gaps)))),
    )
    return (*facts.findings, gap)


def _moment(as_of: datetime) -> datetime:
    if as_of.tzinfo is None or as_of.utcoffset() is None:
        raise UsageError(
            "the moment of the decision has no time zone",
            expected="a time with a zone, such as 2026-01-31T12:00:00Z",
            found=as_of.isoformat(),
        )
    return as_of.astimezone(UTC)


def _check_assets(facts: Facts) -> None:
    for report in facts.reports:
        strangers = {report.asset, *(finding.asset for finding in report.findings)} - {facts.asset}
        if strangers:
            raise AnalyzerError(
                "a report is about another asset",
                expected=facts.asset,
                found=", ".join(sorted(strangers)),
                where=f"analyzer {report.analyzer}",
            )


def _hit(rule: Rule, findings: list[Finding], facts: Facts, as_of: datetime) -> RuleHit | None:
    if not findings:
        return None
    waivers = [w.id for w in facts.waivers if w.covers(rule.id, facts.asset_sha256, as_of)]
    decision, note = rule.then, ""
    if rule.oblige and rule.oblige.mark not in facts.marks:
        decision = Decision.worst([decision, Decision.FLAG])
        note = (
            f"the rule asks for the mark {rule.oblige.mark}, which this container or generation "
            "record cannot carry"
        )
    elif findings[0].category == GAPS:
        note = findings[0].evidence.note
    return RuleHit(
        rule=rule.id,
        title=rule.title,
        decision=decision,
        findings=tuple(sorted(finding.id for finding in findings)),
        category=findings[0].category,
        score=findings[0].score,
        threshold=rule.when.min_score,
        note=note,
        send_to=rule.send_to,
        waiver=min(waivers, default=None),
    )


def _badness(hit: RuleHit) -> tuple[bool, int, float, str]:
    return hit.waiver is not None, -hit.decision.severity, -hit.score, hit.rule


def _obligations(rules: Sequence[Rule], hits: Sequence[RuleHit]) -> tuple[Obligation, ...]:
    hit_ids = {hit.rule for hit in hits}
    return tuple(
        Obligation(kind="mark", value=rule.oblige.mark, rule=rule.id)
        for rule in rules
        if rule.oblige and rule.id in hit_ids
    )
