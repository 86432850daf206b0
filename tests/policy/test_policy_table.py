"""The decision over columns is the decision: table and scalar code agree on generated archives."""

from collections import Counter
from datetime import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_examples import (
    ANN,
    NOW,
    consent,
    face,
    face_report,
    facts,
    finding,
    policy,
    report,
    rule,
)
from policy_worlds import TABLE_CASES, policies, worlds

from compliance.errors import UsageError
from compliance.facts import Facts, Release
from compliance.findings import Reference
from compliance.policy.evaluate import evaluate
from compliance.policy.findings_table import FindingsTable
from compliance.policy.schema import Policy
from compliance.policy.table import evaluate_table
from compliance.taxonomy import TAXONOMY
from compliance.types import Source
from compliance.verdicts import Decision

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def agrees(one: Policy, archive: list[Facts]) -> Counter[str]:
    """Compare the two on every asset; return how often each kind of answer came."""
    table = FindingsTable.of(archive)
    result = evaluate_table(one, table, NOW)
    kinds: Counter[str] = Counter()
    for index, given_facts in enumerate(archive):
        expected = evaluate(one, given_facts, NOW)
        assert result.decision(index) is expected.decision
        assert bool(result.complete[index]) == expected.complete
        found = set()
        for hits in result.hits:
            at = np.flatnonzero(hits.assets == index)
            for position in at.tolist():
                ids = tuple(sorted(table.ids[hits.rows_of(index, table)].tolist()))
                decision = list(Decision)[hits.severities[position]]
                found.add((hits.rule, decision, bool(hits.counts[position]), ids))
        assert found == {(h.rule, h.decision, h.counts, h.findings) for h in expected.hits}
        kinds[str(expected.decision)] += 1
        kinds["complete"] += expected.complete
        kinds["hits"] += len(found)
        kinds["several places"] += len(expected.cells) > 1
    return kinds


def test_table_and_scalar_code_agree_on_generated_archives() -> None:
    kinds: Counter[str] = Counter()

    @settings(
        max_examples=TABLE_CASES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=SLOW,
    )
    @given(policies(), st.lists(worlds(), min_size=1, max_size=4))
    def run(one: Policy, archive: list[Facts]) -> None:
        kinds.update(agrees(one, [*archive, *archive[:1]]))

    run()
    assert min(kinds[key] for key in (*Decision, "complete", "hits", "several places")) >= 20


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, database=None, suppress_health_check=SLOW)
@given(policies(), st.lists(worlds(), min_size=1, max_size=4))
def test_table_and_scalar_code_agree_on_20_000_archives(one: Policy, archive: list[Facts]) -> None:
    agrees(one, archive)


def test_hits_carry_the_ids_of_their_findings_and_the_values_seen() -> None:
    low, high = finding(score=0.6), finding(score=0.8, raw=2.0, seconds=None)
    archive = [facts(report()), facts(report(low, high)), facts(report(high))]
    table = FindingsTable.of(archive)
    result = evaluate_table(policy(rule("find: pii.phone, then: flag")), table, NOW)
    (hits,) = result.hits
    seen = dict(zip(hits.seen(table)["id"], hits.seen(table)["score"], strict=True))
    assert (hits.rule, hits.assets.tolist()) == ("r", [1, 2])
    assert seen == {low.id: 0.6, high.id: 0.8}
    assert [table.ids[row] for row in hits.rows_of(2, table)] == [high.id]
    assert np.isnan(hits.seen(table)["seconds"]).sum() == 2


def test_a_consent_of_one_asset_clears_no_other_asset() -> None:
    one = policy(rule("find: likeness.face, unless: {consent: covers}, then: reject"))
    frames = {"applicable": (Source.FRAME,)}
    seen = facts(face_report(face()), applicable=(Source.FRAME,))
    cleared = seen.model_copy(update={"consents": (consent(ANN),), **frames})
    result = evaluate_table(one, FindingsTable.of([seen, cleared, seen]), NOW)
    assert [result.decision(index) for index in range(3)] == [
        Decision.REJECT,
        Decision.APPROVE,
        Decision.REJECT,
    ]


@pytest.mark.parametrize(
    ("category", "field"),
    [("likeness.face", "people"), ("brand.logo", "brands"), ("ip.similarity", "works")],
)
@pytest.mark.parametrize("said", ["unless: {declared: release}", "declared: undeclared"])
def test_a_declaration_covers_what_it_names_in_columns_too(
    category: str, field: str, said: str
) -> None:
    one = policy(rule(f"find: {category}, {said}, then: reject"))
    reference = Reference(bank="shelf", entry="acme", label="Acme Ltd")
    source = min(TAXONOMY.leaves[category].sources)
    seen = finding(category, source=source, reference=reference)
    archive = [
        facts(report(seen), release=Release.model_validate({field: names}))
        for names in ((), ("acme",), ("Acme Ltd",), ("shelf/acme",), ("other",))
    ]
    result = evaluate_table(one, FindingsTable.of(archive), NOW)
    assert [hits.assets.tolist() for hits in result.hits] == [[0, 4]]
    agrees(one, archive)


def test_any_of_several_consents_of_one_person_is_enough_in_columns_too() -> None:
    one = policy(rule("find: likeness.face, unless: {consent: covers}, then: reject"))
    good, bad = consent(ANN), consent(ANN).model_copy(update={"id": "C-2", "revoked": NOW})
    archive = [
        facts(face_report(face()), applicable=(Source.FRAME,), consents=grants)
        for grants in ((good, bad), (bad, good), (bad,))
    ]
    result = evaluate_table(one, FindingsTable.of(archive), NOW)
    assert [result.decision(index) for index in range(3)] == [
        *[Decision.APPROVE] * 2,
        Decision.REJECT,
    ]


def test_a_failing_expression_is_not_examined_in_its_asset_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("compliance.policy.expressions.MOST_STEPS", 1)
    one = policy(rule('find: pii.phone, expr: "findings.exists(f, f.score > 0)", then: reject'))
    archive = [facts(report(finding())), facts(report(finding(), finding(raw=2.0)))]
    result = evaluate_table(one, FindingsTable.of(archive), NOW)
    assert result.complete.tolist() == [True, False]
    assert agrees(one, archive)["reject"] == 2


def test_an_empty_archive_has_no_decisions() -> None:
    result = evaluate_table(policy(rule("find: pii, then: flag")), FindingsTable.of([]), NOW)
    assert (len(result.severities), len(result.complete), result.hits) == (0, 0, ())


def test_a_moment_without_a_zone_is_refused_for_archives_too() -> None:
    table = FindingsTable.of([facts(report())])
    with pytest.raises(UsageError, match="no time zone"):
        evaluate_table(policy(rule("find: pii, then: flag")), table, datetime(2026, 1, 1))
