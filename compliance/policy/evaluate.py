"""The decision: a pure function of policy, facts and a moment. No clock, no I/O, no models.

Rules overlap and the worst decision wins. Findings and gaps are risks: more of them never makes a
decision milder. Consents, licences, declarations and waivers are mitigations: each covers the findings, or
the hit, that it names. Each place of the release is decided apart, and the worst place decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from compliance.errors import AnalyzerError, UsageError
from compliance.facts import Facts
from compliance.findings import Evidence, Finding, RawKind
from compliance.policy.completeness import GAPS, examination, not_examined
from compliance.policy.conclusions import Conclusion, conclude
from compliance.policy.conditions import Situation, applies
from compliance.policy.labels import owed
from compliance.policy.matrix import (
    badness,
    cells_of,
    merged_gaps,
    merged_hits,
    merged_obligations,
)
from compliance.policy.reliance import merged_uses, relied_on
from compliance.policy.schema import Policy, Rule
from compliance.types import Model, Source
from compliance.verdicts import (
    Cell,
    ConsentUse,
    Decision,
    LicenceUse,
    NotExamined,
    Obligation,
    RuleHit,
)


class Evaluation(Model):
    """What a policy decides; the part of a verdict that depends on nothing else."""

    decision: Decision
    """The worst of the hits that count and of incompleteness."""
    complete: bool
    """False where something was not examined and nobody accepted that."""
    hits: tuple[RuleHit, ...] = ()
    """Worst first; waived ones after those that count, monitored ones last."""
    passed: tuple[str, ...] = ()
    """Ids of rules that were examined and did not hit, sorted."""
    not_examined: tuple[NotExamined, ...] = ()
    """What was not examined, accepted or not."""
    obligations: tuple[Obligation, ...] = ()
    """What finalising must add; a waived or monitored rule obliges nothing."""
    cells: tuple[Cell, ...] = ()
    """One entry for each place of the release."""
    consents: tuple[ConsentUse, ...] = ()
    """Consents that excused at least one finding, sorted by grant."""
    licences: tuple[LicenceUse, ...] = ()
    """Licences that excused at least one finding, sorted by grant."""


def evaluate(policy: Policy, facts: Facts, as_of: datetime) -> Evaluation:
    """Decide.

    Args:
        policy: the effective policy.
        facts: everything that is known of one asset and its release.
        as_of: the moment at which consents, licences, waivers and dates are read; with a time zone.

    Raises:
        UsageError: ``as_of`` has no time zone, or the release names too many places.
        AnalyzerError: a report is about another asset.
    """
    parts = [_decide(policy, situation) for situation in situations(facts, as_of)]
    if len(parts) == 1:
        return parts[0]
    hits = merged_hits(hit for part in parts for hit in part.hits)
    missing = merged_gaps(entry for part in parts for entry in part.not_examined)
    unpassed = {hit.rule for hit in hits} | {
        rule
        for entry in missing
        if entry.accepted_by is None and entry.source != "asset"  # that is about no rule
        for rule in entry.rules
    }
    return Evaluation(
        decision=Decision.worst([part.decision for part in parts]),
        complete=all(part.complete for part in parts),
        hits=hits,
        passed=tuple(sorted({rule for part in parts for rule in part.passed} - unpassed)),
        not_examined=missing,
        obligations=merged_obligations(one for part in parts for one in part.obligations),
        cells=tuple(cell for part in parts for cell in part.cells),
        consents=merged_uses(one for part in parts for one in part.consents),
        licences=merged_uses(one for part in parts for one in part.licences),
    )


def situations(facts: Facts, as_of: datetime) -> list[Situation]:
    """Return what the rules are held against: one situation for each place of the release.

    Raises:
        UsageError, AnalyzerError: as :func:`evaluate`.
    """
    as_of = moment(as_of)
    check_assets(facts)
    findings = tuple(findings_of(facts))
    return [
        Situation(facts.model_copy(update={"release": cell}), findings, as_of)
        for cell in cells_of(facts.release)
    ]


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


def moment(as_of: datetime) -> datetime:
    """Return ``as_of`` in UTC; raises UsageError where it has no time zone."""
    if as_of.tzinfo is None or as_of.utcoffset() is None:
        raise UsageError(
            "the moment of the decision has no time zone",
            expected="a time with a zone, such as 2026-01-31T12:00:00Z",
            found=as_of.isoformat(),
        )
    return as_of.astimezone(UTC)


def check_assets(facts: Facts) -> None:
    """Raise AnalyzerError where a report is about another asset."""
    for report in facts.reports:
        strangers = {report.asset, *(finding.asset for finding in report.findings)} - {facts.asset}
        if strangers:
            raise AnalyzerError(
                "a report is about another asset",
                expected=facts.asset,
                found=", ".join(sorted(strangers)),
                where=f"analyzer {report.analyzer}",
            )


def _decide(policy: Policy, situation: Situation) -> Evaluation:
    """Decide for one place."""
    rules = sorted(
        (rule for rule in policy.rules if applies(rule, situation)), key=lambda rule: rule.id
    )
    conclusions = {rule.id: conclude(rule, situation) for rule in rules}
    hits = [
        _hit(rule, conclusions[rule.id], situation) for rule in rules if conclusions[rule.id].hit
    ]
    examinations = {rule.id: examination(rule, situation.facts) for rule in rules}
    failed = {
        rule.id: conclusions[rule.id].failed
        for rule in rules
        if conclusions[rule.id].failed and rule.demands_evidence
    }
    missing = not_examined(policy, situation.facts, examinations, failed)
    uncounted = {(entry.category, entry.source) for entry in missing if entry.accepted_by is None}
    hit_ids = {hit.rule for hit in hits}
    counted = [hit for hit in hits if hit.counts]
    decisions = [hit.decision for hit in counted]
    # an expression that more findings make too costly would else be milder than before
    decisions += [rule.then for rule in rules if rule.id in failed]
    if uncounted:
        decisions.append(Decision(policy.if_not_examined))
    obligations = _obligations(rules, counted, situation.facts)
    decision = Decision.worst(decisions)
    consents, licences = relied_on(rules, situation)
    return Evaluation(
        decision=decision,
        complete=not uncounted,
        hits=tuple(sorted(hits, key=badness)),
        passed=tuple(
            rule_id
            for rule_id, done in examinations.items()
            if rule_id not in hit_ids | failed.keys()
            and done.examined
            and not uncounted & done.missing.keys()
        ),
        not_examined=missing,
        obligations=obligations,
        cells=(_cell(situation, decision, not uncounted, counted, obligations),),
        consents=consents,
        licences=licences,
    )


def _cell(
    situation: Situation,
    decision: Decision,
    complete: bool,
    hits: Sequence[RuleHit],
    obligations: Sequence[Obligation],
) -> Cell:
    release = situation.release
    return Cell(
        territory=next(iter(release.territories), None),
        channel=next(iter(release.channels), None),
        audience=next(iter(release.audience), None),
        decision=decision,
        complete=complete,
        hits=tuple(sorted(hit.rule for hit in hits)),
        obligations=tuple(sorted({f"{one.kind} {one.value}" for one in obligations})),
    )


def _hit(rule: Rule, conclusion: Conclusion, situation: Situation) -> RuleHit:
    facts, findings = situation.facts, conclusion.findings
    waivers = [
        waiver.id
        for waiver in facts.waivers
        if waiver.covers(rule.id, facts.asset_sha256, situation.as_of)
    ]
    decision, note = rule.then, conclusion.note
    duties = owed(rule, facts)
    beyond = beyond_means(duties, facts.marks)
    if beyond:
        decision = Decision.worst([decision, Decision.FLAG])
        said = " and ".join(f"the {kind} {value}" for kind, value in beyond)
        note = f"the rule asks for {said}, which this container or generation record cannot carry"
    elif rule.oblige and len(duties) < len(rule.oblige.duties):
        note = f"the label {rule.oblige.label} is in the picture"
    elif findings and findings[0].category == GAPS:
        note = findings[0].evidence.note
    return RuleHit(
        rule=rule.id,
        title=rule.title,
        decision=decision,
        findings=tuple(sorted(finding.id for finding in findings)),
        category=findings[0].category if findings else rule.find[0],
        score=findings[0].score if findings else 1.0,
        threshold=rule.when.min_score,
        note=note,
        send_to=rule.send_to,
        waiver=min(waivers, default=None),
        monitored=rule.status == "monitor",
    )


def beyond_means(duties: Sequence[tuple[str, str]], marks: Sequence[str]) -> list[tuple[str, str]]:
    """Return the ``duties`` of a rule that finalising cannot fulfil: then the hit is a flag at least.

    Finalising says what it can by the mark, or by the kind of the duty.
    """
    return [duty for duty in duties if (duty[1] if duty[0] == "mark" else duty[0]) not in marks]


def _obligations(
    rules: Sequence[Rule], hits: Sequence[RuleHit], facts: Facts
) -> tuple[Obligation, ...]:
    hit_ids = {hit.rule for hit in hits}
    return tuple(
        Obligation(kind=kind, value=value, rule=rule.id)
        for rule in rules
        if rule.oblige and rule.id in hit_ids
        for kind, value in owed(rule, facts)
    )
