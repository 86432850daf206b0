"""The engine against a naive evaluator that was written apart from it (threat check 12)."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_examples import NOW
from policy_naive import naive
from policy_worlds import DIFFERENTIAL_CASES, policies, worlds

from compliance.facts import Facts
from compliance.policy import expressions
from compliance.policy.completeness import EVERYTHING, GAPS
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.schema import Policy
from compliance.verdicts import RuleHit

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
FAILING = st.sampled_from((False, False, False, True))
"""Whether no expression can be evaluated, as where each would cost too much."""


WANTED = {
    *(
        "approve",
        "flag",
        "reject",
        "complete",
        "incomplete",
        "hit",
        "waived",
        "accepted",
        "obliged",
    ),
    *("monitored", "several places", "places differ", "unknown", "label", "declared", "expr"),
    *("conclusion from absence", "failed"),
}
"""What the worlds must be like often enough for agreement to mean something."""


def agrees(policy: Policy, facts: Facts, failing: bool = False) -> Counter[str]:
    """Compare everything that the two say; return what the case was like."""
    with pytest.MonkeyPatch.context() as patch:
        if failing:
            patch.setattr(expressions, "MOST_STEPS", 0)
        result = evaluate(policy, facts, NOW)
    found = {
        "decision": result.decision,
        "complete": result.complete,
        "said": said(result, {finding.id for finding in facts.findings}),
        "cells": [(one.decision, one.complete, set(one.hits)) for one in result.cells],
    }
    assert found == naive(policy, facts, NOW, failing)
    assert {entry.category for entry in result.not_examined if entry.source == "asset"} <= {
        GAPS,
        EVERYTHING,
    }
    return Counter(likeness_of(policy, result))


def said(result: Evaluation, known: set[str]) -> set[tuple[object, ...]]:
    """Everything in the lists of an evaluation, each entry by itself; a finding of no report is the gap."""
    hits = {("hit", h.rule, h.decision, h.waiver is not None, _status(h)) for h in result.hits}
    behind = {
        ("behind", hit.rule, one if one in known else "gap")
        for hit in result.hits
        for one in hit.findings
    }
    missing = {
        ("missing", rule, entry.category, entry.source, entry.accepted_by is not None)
        for entry in result.not_examined
        if entry.source != "asset"
        for rule in entry.rules
    }
    duties = {("duty", one.rule, one.kind, one.value) for one in result.obligations}
    return hits | behind | missing | duties | {("passed", rule) for rule in result.passed}


def _status(hit: RuleHit) -> str:
    return "monitor" if hit.monitored else "enforce"


def likeness_of(policy: Policy, result: Evaluation) -> Iterator[str]:
    """Say what a case was like."""
    yield str(result.decision)
    yield "complete" if result.complete else "incomplete"
    yield from ["several places"] * (len(result.cells) > 1)
    yield from ["places differ"] * (len({cell.hits for cell in result.cells}) > 1)
    failed = [one for one in result.not_examined if one.source.startswith("rule ")]
    yield from ["failed"] * bool(failed)
    yield from ["obliged"] * bool(result.obligations)
    yield from ["accepted"] * any(entry.accepted_by for entry in result.not_examined)
    for hit in result.hits:
        rule = policy.rule(hit.rule)
        assert rule is not None
        yield "monitored" if hit.monitored else "waived" if hit.waiver else "hit"
        yield from ["conclusion from absence"] * (not hit.findings)
        turns = {"unknown": rule.unknown, "label": rule.label, "declared": rule.declared}
        yield from [name for name, on in {**turns, "expr": rule.expr}.items() if on]


def test_the_engine_agrees_with_a_naive_evaluator_and_the_cases_are_not_trivial() -> None:
    kinds: Counter[str] = Counter()

    @settings(
        max_examples=DIFFERENTIAL_CASES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=SLOW,
    )
    @given(policies(), worlds(), FAILING)
    def run(policy: Policy, facts: Facts, failing: bool) -> None:
        kinds.update(agrees(policy, facts, failing))

    run()
    assert {kind for kind, count in kinds.items() if count >= 10} == WANTED


@pytest.mark.long
@settings(max_examples=100_000, deadline=None, database=None, suppress_health_check=SLOW)
@given(policies(), worlds(), FAILING)
def test_the_engine_agrees_with_a_naive_evaluator_in_100_000_cases(
    policy: Policy, facts: Facts, failing: bool
) -> None:
    agrees(policy, facts, failing)
