"""One decision for each place of a release; the worst place decides."""

import pytest
from hypothesis import HealthCheck, given, settings
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
from policy_worlds import policies, worlds

from compliance.errors import UsageError
from compliance.facts import Facts, Release
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.matrix import MOST_CELLS, cells_of
from compliance.policy.schema import Policy
from compliance.types import Source
from compliance.verdicts import Decision

QUICK = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
EU_ONLY = rule("find: pii.phone, applies: {territories: EU}, then: reject", "eu")
ANYWHERE = rule("find: pii.phone, when: {min_score: 0.95}, then: flag", "anywhere")


def judged(rules: str, release: Release) -> Evaluation:
    return evaluate(policy(rules), facts(report(finding()), release=release), NOW)


def test_each_place_has_a_decision_and_the_worst_is_the_whole() -> None:
    release = Release(territories=("US", "DE"), channels=("tv", "web"), audience=("general",))
    result = judged(EU_ONLY + ANYWHERE, release)
    assert [(str(cell), cell.decision) for cell in result.cells] == [
        ("US × tv × general", "approve"),
        ("US × web × general", "approve"),
        ("DE × tv × general", "reject"),
        ("DE × web × general", "reject"),
    ]
    assert result.decision is Decision.REJECT
    assert [hit.rule for hit in result.hits] == ["eu"]
    assert result.passed == ("anywhere",)


@pytest.mark.parametrize(
    ("rules_of", "place"), [("EU", "RE"), ("FR", "MQ"), ("EEA", "AX"), ("US", "PR")]
)
def test_a_rule_applies_where_the_law_of_its_territory_does(rules_of: str, place: str) -> None:
    rules = EU_ONLY.replace("EU", rules_of)
    assert judged(rules, Release(territories=(place,))).decision is Decision.REJECT


def test_a_silent_release_is_one_place_that_is_everywhere() -> None:
    (cell,) = judged(EU_ONLY, Release()).cells
    assert (str(cell), cell.decision) == ("all × all × all", "reject")


def test_a_consent_for_one_territory_clears_that_place_only() -> None:
    granted = consent(ANN)
    scope = granted.scope.model_copy(update={"territories": ("DE",)})
    given_facts = facts(
        face_report(face()),
        applicable=(Source.FRAME,),
        release=Release(territories=("DE", "FR")),
        consents=(granted.model_copy(update={"scope": scope}),),
    )
    rules = rule("find: likeness.face, unless: {consent: covers}, then: reject")
    result = evaluate(policy(rules), given_facts, NOW)
    assert [cell.decision for cell in result.cells] == ["approve", "reject"]
    assert result.decision is Decision.REJECT


@pytest.mark.parametrize("channels", [("*",), ("",), ("tv", " * "), ("ＴＶ",), (" tv\u00a0",)])
def test_a_release_that_says_all_or_nothing_or_writes_it_otherwise_slips_past_no_rule(
    channels: tuple[str, ...],
) -> None:
    rules = rule("find: pii.phone, applies: {channels: tv}, then: reject")
    assert judged(rules, Release(channels=channels)).decision is Decision.REJECT
    places = rule("find: pii.phone, applies: {purpose: advertising}, then: reject")
    assert judged(places, Release(purpose="*")).decision is Decision.REJECT


def test_what_is_not_examined_for_one_place_leaves_the_whole_incomplete() -> None:
    rules = EU_ONLY.replace("reject", "flag") + rule(
        "find: pii.email, applies: {territories: US}, then: flag", "us"
    )
    result = judged(rules, Release(territories=("US-CA", "GB", "DE")))
    assert [(cell.territory, cell.complete) for cell in result.cells] == [
        ("US-CA", False),
        ("GB", False),  # no rule is about it, and empty evidence never approves
        ("DE", True),
    ]
    assert not result.complete


def test_places_that_are_named_twice_count_once() -> None:
    assert len(cells_of(Release(territories=("DE", "DE"), channels=("tv",)))) == 1


def test_a_release_of_too_many_places_is_refused() -> None:
    many = tuple(f"place{index}" for index in range(MOST_CELLS + 1))
    with pytest.raises(UsageError, match="too many places"):
        cells_of(Release(channels=many))


@QUICK
@given(policies(), worlds())
def test_the_whole_is_the_worst_of_its_places_judged_alone(policy: Policy, facts: Facts) -> None:
    whole = evaluate(policy, facts, NOW)
    alone = [
        evaluate(policy, facts.model_copy(update={"release": cell}), NOW)
        for cell in cells_of(facts.release)
    ]
    assert whole.decision is Decision.worst([one.decision for one in alone])
    assert whole.complete == all(one.complete for one in alone)
    assert whole.cells == tuple(cell for one in alone for cell in one.cells)
    assert {h.rule for h in whole.hits} == {h.rule for one in alone for h in one.hits}
    assert set(whole.obligations) == {duty for one in alone for duty in one.obligations}


@QUICK
@given(policies(), worlds())
def test_a_further_place_is_never_milder(policy: Policy, facts: Facts) -> None:
    if not facts.release.territories:
        return
    wider = facts.release.model_copy(update={"territories": (*facts.release.territories, "FR")})
    before = evaluate(policy, facts, NOW)
    after = evaluate(policy, facts.model_copy(update={"release": wider}), NOW)
    assert after.decision.severity >= before.decision.severity
    assert before.complete or not after.complete


@QUICK
@given(policies(), worlds())
def test_a_place_that_is_like_another_changes_no_rule(policy: Policy, facts: Facts) -> None:
    if facts.release.channels:
        return
    one = facts.model_copy(
        update={"release": facts.release.model_copy(update={"channels": ("x",)})}
    )
    two = facts.model_copy(
        update={"release": facts.release.model_copy(update={"channels": ("x", "y")})}
    )
    single, double = evaluate(policy, one, NOW), evaluate(policy, two, NOW)
    if any(set(rule.applies.channels) & {"x", "y"} for rule in policy.rules):
        return
    assert (double.decision, double.complete) == (single.decision, single.complete)
    assert (double.hits, double.passed) == (single.hits, single.passed)
    assert double.not_examined == single.not_examined
