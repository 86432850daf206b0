"""What changed between two policies, what it does to decisions, and which reviews flip."""

import pytest
from hypothesis import assume, given, settings
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
from policy_worlds import policies, worlds

from compliance.errors import UsageError
from compliance.facts import Facts
from compliance.policy.diff import Flip, diff, flip, rule_keys
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.lint_overlaps import overlaps
from compliance.policy.schema import Applies, Policy, Rule, Unless, When
from compliance.types import Source
from compliance.verdicts import Decision

FRAMES = (Source.FRAME,)


def changes(before: str, after: str) -> list[str]:
    """What ``diff`` says of one rule whose keys change."""
    (found,) = diff(policy(rule(before)), policy(rule(after))).rules
    return [found.effect, *map(str, found.keys)]


FACE = "find: likeness.face, then: reject"


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("find: pii.phone, then: flag", "find: pii.phone, then: reject", "stronger"),
        ("find: pii.phone, then: flag", "find: pii, then: flag", "stronger"),
        ("find: pii.phone, then: flag", "find: pii.email, then: flag", ""),
        (FACE, FACE + ", when: {min_score: 0.5}", "weaker"),
        (FACE + ", when: {min_score: 0.5}", FACE + ", when: {min_score: 0.4}", "stronger"),
        (FACE + ", when: {before_seconds: 5}", FACE + ", when: {before_seconds: 3}", "weaker"),
        (FACE + ", when: {min_count: 1}", FACE + ", when: {min_count: 3}", "weaker"),
        (FACE + ", except: ann", FACE + ", except: [ann, bob]", "weaker"),
        (FACE + ", only: ann", FACE + ", only: [ann, bob]", "stronger"),
        (FACE, FACE + ", only: ann", "weaker"),
        (FACE + ", in: talent", FACE + ", in: [talent, public]", "stronger"),
        (FACE, FACE + ", in: talent", ""),
        (FACE, FACE + ", unless: {consent: covers}", "weaker"),
        (FACE, FACE + ", declared: undeclared", "weaker"),
        (FACE, FACE + ", declared: missing", ""),
        (FACE, FACE + ", applies: {territories: EU}", "weaker"),
        (FACE + ", applies: {territories: DE}", FACE + ", applies: {territories: EU}", "stronger"),
        (FACE + ", applies: {channels: tv}", FACE + ", applies: {channels: web}", ""),
        (FACE, FACE + ", applies: {except_provider: fal}", "weaker"),
        (
            FACE + ", applies: {except_provider: [fal, flux]}",
            FACE + ", applies: {except_provider: Fal}",
            "stronger",
        ),
        (FACE, FACE + ", applies: {until: 2026-12-31}", "weaker"),
        (
            FACE + ", applies: {from: 2026-02-01}",
            FACE + ", applies: {from: 2026-01-01}",
            "stronger",
        ),
        (FACE, FACE + ", status: monitor", "weaker"),
        (FACE, FACE + ", expr: 'findings.exists(f, f.score > 0.5)'", "weaker"),
        (FACE, FACE + ", oblige: {watermark: w}", "stronger"),
        (FACE + ", oblige: {watermark: v}", FACE + ", oblige: {watermark: w}", ""),
        (FACE, FACE + ", why: Law, send_to: desk, severity: high", ""),
        (
            FACE + ", unknown: true, when: {min_score: 0.5}",
            FACE + ", unknown: true, when: {min_score: 0.9}",
            "",
        ),
        (
            "find: disclosure.label, label: missing, then: flag",
            "find: disclosure.label, label: missing, when: {min_score: 0.5}, then: flag",
            "",
        ),
        ("find: pii.phone, then: approve", "find: pii, then: approve", ""),
    ],
)
def test_a_change_is_weaker_or_stronger_where_that_is_plain(
    before: str, after: str, effect: str
) -> None:
    assert changes(before, after)[0] == effect
    opposite = {"weaker": "stronger", "stronger": "weaker", "": ""}[effect]
    assert changes(after, before)[0] == opposite


def test_changes_that_go_both_ways_are_neither() -> None:
    effect, *keys = changes(
        FACE + ", when: {min_score: 0.5}", "find: likeness.face, when: {min_score: 0.4}, then: flag"
    )
    assert effect == ""
    assert set(keys) == {"then: reject → flag (weaker)", "when.min_score: 0.5 → 0.4 (stronger)"}


def test_rules_that_come_and_go_are_named() -> None:
    one, two = (
        rule("find: pii.phone, then: flag", "one"),
        rule("find: pii.email, then: flag", "two"),
    )
    found = diff(policy(one), policy(two))
    assert [(each.rule, each.kind, each.effect) for each in found.rules] == [
        ("one", "removed", "weaker"),
        ("two", "added", "stronger"),
    ]


def test_a_rule_that_decides_nothing_comes_and_goes_without_effect() -> None:
    one, two = rule("find: pii.phone, then: flag", "one"), rule("find: pii, then: approve", "two")
    assert [each.effect for each in diff(policy(one), policy(one + two)).rules] == [""]


def test_keys_of_the_policy_itself_are_compared() -> None:
    only = rule("find: pii.phone, then: flag")
    entry = "accept_unexamined: [{category: pii, sources: speech, owner: o, reason: r}]\n"
    found = diff(policy(only), policy(only, entry + "if_not_examined: reject"))
    assert [str(key) for key in found.keys] == [
        "if_not_examined: flag → reject (stronger)",
        "accept_unexamined pii in speech: — → o: r (weaker)",
    ]
    assert diff(policy(only), policy(only)).empty


def test_the_order_of_names_is_no_change() -> None:
    one = rule("find: [pii.phone, pii.email], in: [a, b], then: flag")
    two = rule("find: [pii.email, pii.phone], in: [b, a], then: flag")
    assert diff(policy(one), policy(two)).empty


def test_a_review_that_flips_names_the_rule_that_did_it() -> None:
    strict = policy(rule(FACE + ", unless: {consent: covers}", "face"))
    mild = policy(rule("find: likeness.face, when: {min_score: 0.99}, then: reject", "face"))
    given = facts(face_report(face(ANN)), applicable=FRAMES)
    assert flip(strict, mild, given, NOW) == Flip(
        "reject", "approve", ("rule face no longer hits: it was reject",)
    )
    cleared = given.model_copy(update={"consents": (consent(ANN),)})
    assert flip(strict, mild, cleared, NOW) is None


def test_a_review_that_becomes_incomplete_names_what_and_for_which_rule() -> None:
    one = rule("find: pii.phone, then: flag", "phone")
    two = one + rule("find: pii.email, then: flag", "mail")
    given = facts(report())
    assert flip(policy(one), policy(two), given, NOW) == Flip(
        "approve", "flag (incomplete)", ("pii.email in ocr now has to be examined, for mail",)
    )


def test_a_harder_answer_to_what_was_not_examined_is_told() -> None:
    one = rule("find: pii.email, then: flag", "mail")
    change = flip(policy(one), policy(one, "if_not_examined: reject"), facts(report()), NOW)
    assert change is not None
    assert change.reasons == ("if_not_examined decides otherwise",)


def test_a_decision_that_a_rule_changes_is_told() -> None:
    before, after = (policy(rule(f"find: pii.phone, then: {then}")) for then in ("flag", "reject"))
    change = flip(before, after, facts(report(finding())), NOW)
    assert change is not None
    assert change.reasons == ("rule r decides reject instead of flag",)


def test_flips_need_a_moment_with_a_zone() -> None:
    one = policy(rule(FACE))
    with pytest.raises(UsageError, match="no time zone"):
        flip(one, one, facts(), NOW.replace(tzinfo=None))


# the claims, held against decisions


def decided(one: Policy, given_facts: Facts) -> Evaluation:
    return evaluate(one, given_facts, NOW)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(policies(), policies(), st.lists(worlds(), min_size=4, max_size=4))
def test_what_is_called_stronger_never_decides_milder(
    one: Policy, other: Policy, given_worlds: list[Facts]
) -> None:
    """Two rules that reject and have one condition each, at the same key."""
    for branch, key in SINGLE_KEYS:
        before, after = (with_key(PLAIN, each.rules[0], branch, key) for each in (one, other))
        effects = {each.effect for each in rule_keys(before, after)} - {""}
        if len(effects) != 1:
            continue
        harder, milder = (after, before) if effects == {"stronger"} else (before, after)
        for world in given_worlds:
            hard, mild = (
                decided(one.model_copy(update={"rules": (each,)}), world)
                for each in (harder, milder)
            )
            if any((each.category, each.source) == ("*", "asset") for each in mild.not_examined):
                continue  # the milder policy looks at nothing, which is never approved
            assert hard.decision.severity >= mild.decision.severity, (branch, key)


PLAIN = Rule(id="r", title="T", find=("likeness", "pii", "brand"), then=Decision.REJECT)
SINGLE_KEYS = [
    *((None, key) for key in ("find", "in_", "except_", "only", "declared", "then", "status")),
    *(("when", key) for key in When.model_fields),
    *(("unless", key) for key in Unless.model_fields),
    *(("applies", key) for key in Applies.model_fields),
]


def with_key(base: Rule, donor: Rule, branch: str | None, key: str) -> Rule:
    if branch is None:
        return base.model_copy(update={key: getattr(donor, key)})
    inner = getattr(base, branch).model_copy(update={key: getattr(getattr(donor, branch), key)})
    return base.model_copy(update={branch: inner})


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(policies(), st.data())
def test_a_rule_that_lint_calls_needless_changes_no_decision(
    one: Policy, data: st.DataObject
) -> None:
    rules = [*one.rules, *(each.model_copy(update={"id": f"{each.id}-x"}) for each in one.rules)]
    for index, each in enumerate(rules[len(one.rules) :], start=len(one.rules)):
        bound = data.draw(st.sampled_from([None, 0.25, 0.75]))
        then = data.draw(st.sampled_from(list(Decision)))
        when = each.when.model_copy(update={"min_score": bound or each.when.min_score})
        rules[index] = each.model_copy(update={"when": when, "then": then})
    doubled = one.model_copy(update={"rules": tuple(rules)})
    needless = {path[1] for _, path, _, _ in overlaps(doubled)}
    assume(needless)
    rest = tuple(each for index, each in enumerate(rules) if index not in needless)
    world = data.draw(worlds())
    full, lean = decided(doubled, world), decided(one.model_copy(update={"rules": rest}), world)
    if not any(hit.waiver for hit in full.hits):  # a waiver names one rule and not its twin
        assert (full.decision, full.complete) == (lean.decision, lean.complete)
