"""The engine against a naive evaluator that was written apart from it (threat check 12)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from policy_examples import NOW
from policy_naive import naive
from policy_worlds import policies, worlds

from compliance.facts import Facts
from compliance.policy.completeness import EVERYTHING, GAPS
from compliance.policy.evaluate import evaluate, findings_of
from compliance.policy.schema import Policy

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def agrees(policy: Policy, facts: Facts) -> Counter[str]:
    """Compare everything that the two say; return what the case was like."""
    result = evaluate(policy, facts, NOW)
    expected = naive(policy, facts, NOW)
    gap = {finding.id: "gap" for finding in findings_of(facts)[len(facts.findings) :]}
    found = {
        "decision": str(result.decision),
        "complete": result.complete,
        "hits": {
            (
                hit.rule,
                str(hit.decision),
                frozenset(gap.get(one, one) for one in hit.findings),
                hit.waiver is not None,
            )
            for hit in result.hits
        },
        "passed": set(result.passed),
        "missing": {
            (entry.category, entry.source, frozenset(entry.rules), entry.accepted_by is not None)
            for entry in result.not_examined
            if entry.source != "asset"
        },
        "obligations": {(one.rule, one.value) for one in result.obligations},
    }
    assert found == expected
    assert {entry.category for entry in result.not_examined if entry.source == "asset"} <= {
        GAPS,
        EVERYTHING,
    }
    return Counter(
        [
            str(result.decision),
            "complete" if result.complete else "incomplete",
            *(["hit"] if result.hits else []),
            *(["waived"] if any(hit.waiver for hit in result.hits) else []),
            *(["accepted"] if any(entry.accepted_by for entry in result.not_examined) else []),
            *(["obliged"] if result.obligations else []),
        ]
    )


def test_the_engine_agrees_with_a_naive_evaluator_and_the_cases_are_not_trivial() -> None:
    kinds: Counter[str] = Counter()

    @settings(
        max_examples=1500,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=SLOW,
    )
    @given(policies(), worlds())
    def run(policy: Policy, facts: Facts) -> None:
        kinds.update(agrees(policy, facts))

    run()
    wanted = {
        "approve",
        "flag",
        "reject",
        "complete",
        "incomplete",
        "hit",
        "waived",
        "accepted",
        "obliged",
    }
    assert {kind for kind, count in kinds.items() if count >= 10} == wanted


@pytest.mark.long
@settings(max_examples=100_000, deadline=None, database=None, suppress_health_check=SLOW)
@given(policies(), worlds())
def test_the_engine_agrees_with_a_naive_evaluator_in_100_000_cases(
    policy: Policy, facts: Facts
) -> None:
    agrees(policy, facts)
