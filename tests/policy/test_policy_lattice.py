"""More risk never makes a decision milder; order and duplicates do not matter (threat check 11)."""

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_examples import NOW
from policy_worlds import (
    DIFFERENTIAL_CASES,
    LATTICE_CASES,
    TABLE_CASES,
    findings,
    policies,
    worlds,
)

from compliance.facts import Facts, Release
from compliance.findings import AnalyzerReport, BankUse, Coverage, Finding, ModelUse, Status
from compliance.policy import expressions
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.schema import Policy, Rule
from compliance.types import Region, Source, TimeSpan
from compliance.verdicts import Decision

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
QUICK = settings(
    max_examples=LATTICE_CASES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=SLOW,
)
LONG = settings(max_examples=100_000, deadline=None, database=None, suppress_health_check=SLOW)
WILD = ModelUse(id="w", sha256="s", licence="MIT", commercial_use="yes", calibrated=False)

Worsen = Callable[[Facts, Any], Facts]


def in_report(change: Callable[[AnalyzerReport, Any], dict[str, Any]]) -> Worsen:
    """Change one report, where there is one."""

    def worsen(facts: Facts, data: Any) -> Facts:
        if not facts.reports:
            return facts
        index = data.draw(st.integers(0, len(facts.reports) - 1))
        reports = list(facts.reports)
        reports[index] = reports[index].model_copy(update=change(reports[index], data))
        return facts.model_copy(update={"reports": tuple(reports)})

    return worsen


def in_finding(change: Callable[[Finding, Any], dict[str, Any]]) -> Worsen:
    """Change one finding of one report, where there is one."""

    def in_findings(report: AnalyzerReport, data: Any) -> dict[str, Any]:
        if not report.findings:
            return {}
        index = data.draw(st.integers(0, len(report.findings) - 1))
        found = list(report.findings)
        # a number of its own keeps it from becoming a duplicate of its neighbour
        update = {"raw": 5000.0 + index, **change(found[index], data)}
        found[index] = found[index].model_copy(update=update)
        return {"findings": tuple(found)}

    return in_report(in_findings)


def without(name: str) -> Worsen:
    """Take away the first of the mitigations ``name``."""
    return lambda facts, data: facts.model_copy(update={name: getattr(facts, name)[1:]})


def empty_banks(report: AnalyzerReport, data: Any) -> dict[str, Any]:
    empty = [BankUse(**{**bank.model_dump(), "size": 0}) for bank in report.banks]
    return {"banks": tuple(empty)}


def longer(finding: Finding, data: Any) -> dict[str, Any]:
    span = finding.span and TimeSpan(start=finding.span.start, end=finding.span.end + 5)
    return {"span": span}


def named(change: Callable[[Release], dict[str, Any]]) -> Worsen:
    """Change the release."""
    return lambda facts, data: facts.model_copy(
        update={"release": facts.release.model_copy(update=change(facts.release))}
    )


RISKS: dict[str, Worsen] = {
    "a further finding": in_report(
        lambda report, data: {"findings": (*report.findings, data.draw(findings()))}
    ),
    "a higher score": in_finding(lambda one, data: {"score": min(1.0, one.score + 0.25)}),
    "a longer span": in_finding(longer),
    "an unknown span": in_finding(lambda one, data: {"span": None}),
    "a larger region": in_finding(
        lambda one, data: {"region": Region(points=((0, 0), (1, 0), (1, 1), (0, 1)))}
    ),
    "an unknown region": in_finding(lambda one, data: {"region": None}),
    "a gap": lambda facts, data: facts.model_copy(update={"gaps": (*facts.gaps, "new")}),
    "a failure": in_report(lambda report, data: {"status": Status.FAILED}),
    "a skipped analyzer": in_report(lambda report, data: {"status": Status.SKIPPED}),
    "lost coverage": in_report(lambda report, data: {"coverage": Coverage(complete=False)}),
    "an uncalibrated model": in_report(lambda report, data: {"models": (*report.models, WILD)}),
    "emptied banks": in_report(empty_banks),
    "an answer less": in_report(lambda report, data: {"examines": report.examines[1:]}),
    "more frames": in_finding(lambda one, data: {"frames": (one.frames or 5) + 5}),
    "uncounted frames": in_finding(lambda one, data: {"frames": None}),
    "an earlier start": in_finding(
        lambda one, data: {"span": one.span and TimeSpan(start=0, end=one.span.end)}
    ),
    "a further territory": named(
        lambda one: {"territories": one.territories and (*one.territories, "FR")}
    ),
    "everywhere": named(lambda one: {"territories": (), "channels": (), "audience": ()}),
    "an unknown provider": lambda facts, data: facts.model_copy(update={"providers": ()}),
    "a declared person less": named(lambda one: {"people": one.people[1:]}),
    "a declared brand less": named(lambda one: {"brands": one.brands[1:]}),
    "a consent less": without("consents"),
    "a licence less": without("licences"),
    "a waiver less": without("waivers"),
    "a mark less": without("marks"),
    "a report less": without("reports"),
}


WIDER = ("a further territory", "everywhere", "an unknown provider")
"""Risks that make rules apply which did not."""


def no_milder(before: Evaluation, after: Evaluation) -> None:
    assert after.decision.severity >= before.decision.severity
    assert before.complete or not after.complete


def mitigates(rule: Rule, name: str) -> bool:
    """Tell whether ``name`` may be a mitigation for ``rule``, as the language says.

    Where something ought to be there, finding it is the mitigation; so is a match that says whose an
    unknown face is; and a declaration is a claim that ``declared: missing`` holds the release to.
    """
    about_findings = name.startswith(
        ("a further finding", "a higher", "a longer", "a larger", "more")
    )
    about_findings |= name.startswith(
        ("an unknown span", "an unknown reg", "uncounted", "an earlier")
    )
    if rule.oblige and rule.oblige.label and (about_findings or name == "a report less"):
        return True  # what was found may be the label that is asked for
    if rule.label or rule.declared == "missing":
        return about_findings or name.startswith("a declared")
    return bool(rule.unknown) and about_findings


def _wild(report: AnalyzerReport) -> bool:
    return any(not model.calibrated for model in report.models)


def check_risk(name: str, policy: Policy, facts: Facts, data: Any) -> None:
    rules = [rule for rule in policy.rules if not mitigates(rule, name)]
    if not rules:
        return
    policy = policy.model_copy(update={"rules": tuple(rules)})
    if name in (
        "a report less",
        "an answer less",
    ):  # one that failed hinders the others, so that it does not go unseen
        sound = [one for one in facts.reports if one.status is Status.COMPLETED]
        whole = [one for one in sound if one.coverage.complete and not _wild(one)]
        facts = facts.model_copy(update={"reports": tuple(whole)})
    worse = RISKS[name](facts, data)
    if name == "a report less":  # what it did not see is gone, but what it found must stay
        lost = tuple(facts.reports[0].findings) if facts.reports else ()
        if lost and not worse.reports:
            return
        if lost:
            last = worse.reports[-1]
            kept = last.model_copy(update={"findings": last.findings + lost})
            worse = worse.model_copy(update={"reports": (*worse.reports[:-1], kept)})
    before, after = evaluate(policy, facts, NOW), evaluate(policy, worse, NOW)
    if name in WIDER and ("*", "asset") in {(g.category, g.source) for g in before.not_examined}:
        # no rule was about the place, which is never approved; in a wider release, some rule may be
        assert after.decision.severity >= max(
            [h.decision.severity for h in before.hits if h.counts], default=0
        )
    else:
        no_milder(before, after)


def test_more_than_ten_thousand_cases_are_generated() -> None:
    assert DIFFERENTIAL_CASES + TABLE_CASES + LATTICE_CASES * len(RISKS) >= 10_000


@pytest.mark.parametrize("name", RISKS)
@QUICK
@given(policies(), worlds(), st.data())
def test_more_risk_is_never_milder(
    name: str, policy: Policy, facts: Facts, data: st.DataObject
) -> None:
    check_risk(name, policy, facts, data)


@pytest.mark.long
@LONG
@given(st.sampled_from(sorted(RISKS)), policies(), worlds(), st.data())
def test_more_risk_is_never_milder_in_100_000_cases(
    name: str, policy: Policy, facts: Facts, data: st.DataObject
) -> None:
    check_risk(name, policy, facts, data)


@QUICK
@given(policies(), worlds(), st.data())
def test_a_further_unknown_face_is_never_milder(
    policy: Policy, facts: Facts, data: st.DataObject
) -> None:
    """For rules on unknown faces, a presence is the risk; a match may say whose it is."""
    rules = tuple(rule for rule in policy.rules if rule.unknown)
    if not rules or not facts.reports:
        return
    face = data.draw(findings()).model_copy(
        update={"category": "presence.face", "source": Source.FRAME, "reference": None}
    )
    more = facts.reports[0].model_copy(update={"findings": (*facts.reports[0].findings, face)})
    worse = facts.model_copy(update={"reports": (more, *facts.reports[1:])})
    policy = policy.model_copy(update={"rules": rules})
    no_milder(evaluate(policy, facts, NOW), evaluate(policy, worse, NOW))


@QUICK
@given(policies(), worlds())
def test_one_person_s_consent_clears_the_findings_of_nobody_else(
    policy: Policy, facts: Facts
) -> None:
    plain = tuple(rule for rule in policy.rules if not rule.expr and not rule.unknown)
    if not plain or not facts.consents:
        return
    policy = policy.model_copy(update={"rules": plain})
    without_it = facts.model_copy(update={"consents": facts.consents[1:]})
    person = facts.consents[0].person.id
    by_id = {one.id: one for one in facts.findings}
    after = {hit.rule: set(hit.findings) for hit in evaluate(policy, facts, NOW).hits}
    for hit in evaluate(policy, without_it, NOW).hits:
        cleared = [by_id[one] for one in set(hit.findings) - after.get(hit.rule, set())]
        few = policy.rule(hit.rule).when.min_count  # too few left clear the rest of a rule
        assert few or all(one.reference and one.reference.id == person for one in cleared)


@QUICK
@given(policies(), worlds())
def test_rules_that_monitor_never_change_decision_completeness_or_obligations(
    policy: Policy, facts: Facts
) -> None:
    watched = tuple(
        rule.model_copy(update={"id": f"m-{rule.id}", "status": "monitor"}) for rule in policy.rules
    )
    both = policy.model_copy(update={"rules": (*policy.rules, *watched)})
    before, after = evaluate(policy, facts, NOW), evaluate(both, facts, NOW)
    assert (after.decision, after.complete) == (before.decision, before.complete)
    assert (after.obligations, after.passed) == (before.obligations, before.passed)
    assert [one.decision for one in after.cells] == [one.decision for one in before.cells]
    assert not any(hit.counts for hit in after.hits if hit.rule.startswith("m-"))


def test_a_failing_expression_is_never_milder_and_never_complete() -> None:
    """A policy of rules that reject by an expression, which holds and then cannot be evaluated."""
    rejected = Counter[bool]()

    @QUICK
    @given(policies(), worlds())
    def run(policy: Policy, facts: Facts) -> None:
        asked = Rule(
            id="r", title="T", find=policy.rules[0].find, unless=policy.rules[0].unless,
            applies=policy.rules[0].applies, expr="findings.exists(f, f.score >= 0)", then=Decision.REJECT,
        )  # fmt: skip
        rules = tuple(
            asked.model_copy(update={"id": one.id, "find": one.find}) for one in policy.rules
        )
        sole = policy.model_copy(update={"rules": rules, "if_not_examined": "flag"})
        before = evaluate(sole, facts, NOW)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(expressions, "MOST_STEPS", 0)
            after = evaluate(sole, facts, NOW)
        no_milder(before, after)
        hits = {hit.rule for hit in before.hits if not hit.monitored}
        assert not hits or not after.complete
        assert not hits & set(after.passed)
        rejected[before.decision is Decision.REJECT] += 1

    run()
    assert rejected[True] >= 10  # else nothing could have become milder


STRICTER: dict[str, dict[str, Any]] = {
    "no exceptions": {"except_": ()},
    "no bounds": {"when": {}},
    "no mitigations": {"unless": {}},
}


@pytest.mark.parametrize("name", [*STRICTER, "reject"])
@QUICK
@given(policies(), worlds())
def test_a_stricter_rule_is_never_milder(name: str, policy: Policy, facts: Facts) -> None:
    first = policy.rules[0]
    if first.label or first.declared == "missing":
        return  # fewer bounds let more count as found
    if first.unknown and name != "reject":
        return  # a bound says from which score a match tells who it is
    if name == "reject":
        stricter = {"then": Decision.REJECT if first.then is Decision.FLAG else first.then}
    else:
        fields = type(first).model_fields
        stricter = {
            key: value if value == () else fields[key].default
            for key, value in STRICTER[name].items()
        }
    rules = (first.model_copy(update=stricter), *policy.rules[1:])
    no_milder(
        evaluate(policy, facts, NOW),
        evaluate(policy.model_copy(update={"rules": rules}), facts, NOW),
    )


@QUICK
@given(policies(), worlds(), st.randoms(use_true_random=False))
def test_order_and_duplicates_never_matter(policy: Policy, facts: Facts, random: Any) -> None:
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        twice = [*values, *random.sample(values, len(values) // 2)]
        random.shuffle(twice)
        return tuple(twice)

    reports = tuple(
        one.model_copy(
            update={
                "findings": shuffled(one.findings),
                "examines": shuffled(one.examines),
                "banks": shuffled(one.banks),
            }
        )
        for one in facts.reports
    )
    names = ("applicable", "gaps", "consents", "licences", "waivers", "marks", "providers")
    mixed = {name: shuffled(getattr(facts, name)) for name in names}
    other = facts.model_copy(update={"reports": shuffled(reports), **mixed})
    rules = policy.model_copy(
        update={"rules": tuple(random.sample(policy.rules, len(policy.rules)))}
    )
    assert evaluate(rules, other, NOW) == evaluate(policy, facts, NOW)


@QUICK
@given(policies(), worlds())
def test_a_copy_of_a_rule_changes_nothing_but_its_own_mention(policy: Policy, facts: Facts) -> None:
    copy = policy.rules[0].model_copy(update={"id": "copy"})
    both = policy.model_copy(update={"rules": (*policy.rules, copy)})
    unwaived = facts.model_copy(update={"waivers": ()})  # a waiver names one rule, not its copy
    before, after = evaluate(policy, unwaived, NOW), evaluate(both, unwaived, NOW)
    assert (before.decision, before.complete) == (after.decision, after.complete)


@QUICK
@given(policies(), worlds())
def test_without_a_sound_report_nothing_is_approved(policy: Policy, facts: Facts) -> None:
    failed = tuple(one.model_copy(update={"status": Status.FAILED}) for one in facts.reports)
    for reports in ((), failed):
        result = evaluate(policy, facts.model_copy(update={"reports": reports}), NOW)
        assert result.decision is not Decision.APPROVE
        assert not result.complete


@QUICK
@given(policies(), worlds())
def test_the_parts_of_an_evaluation_fit_together(policy: Policy, facts: Facts) -> None:
    result = evaluate(policy, facts, NOW)
    hit_ids = [hit.rule for hit in result.hits]
    assert not set(hit_ids) & set(result.passed)
    assert len(hit_ids) == len(set(hit_ids))
    counted = [hit for hit in result.hits if hit.counts]
    severities = [hit.decision.severity for hit in counted]
    assert severities == sorted(severities, reverse=True)
    assert result.hits == (*counted, *(hit for hit in result.hits if not hit.counts))
    assert result.complete == all(entry.accepted_by for entry in result.not_examined)
    assert {one.rule for one in result.obligations} <= {hit.rule for hit in counted}
    assert result.decision is Decision.worst(
        [hit.decision for hit in counted]
        + [Decision(policy.if_not_examined)] * (not result.complete)
    )
    assert evaluate(policy, facts, NOW) == result


def test_decisions_form_a_chain() -> None:
    for one, other in itertools.product(Decision, Decision):
        worst = Decision.worst([one, other])
        assert worst == Decision.worst([other, one])
        assert worst.severity == max(one.severity, other.severity)
    assert Decision.worst([]) is Decision.APPROVE
