"""The escape hatch: what an expression may say, what it costs, and what happens where it fails."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_examples import ANN, BOB, NOW, bank, facts, finding, policy, report, rule
from policy_worlds import EXPRESSIONS, findings

from compliance.errors import PolicyError
from compliance.findings import Finding
from compliance.policy import expressions
from compliance.policy.evaluate import evaluate
from compliance.policy.expressions import ExpressionError, check, holds
from compliance.types import Source
from compliance.verdicts import Decision

PHONES = 'findings.exists(f, f.category == "pii.phone" && f.score >= 0.5)'
PAIRS = "findings.exists(f, findings.exists(g, f.score >= 0.99 && g.score >= 0.99))"
NAMED = rule(
    'find: likeness, expr: \'findings.exists(p, p.category == "likeness.name" && '
    'findings.exists(f, f.category == "likeness.face" && f.reference == p.reference))\', then: reject'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!findings.exists(f, f.score >= 1)", "may not negate"),
        ('findings.exists(f, f.bank != "a")', "may not negate"),
        ("findings.exists(f, f.score < 1)", "may not count below"),
        ("findings.exists(f, f.score <= 1)", "may not count below"),
        ("findings.all(f, f.score >= 1)", "'exists'"),
        ("findings.exists_one(f, f.score >= 1)", "'exists'"),
        ("findings.size() >= 1", "'exists'"),
        ("size(findings) >= 1", "text"),
        ("findings.exists(f, f.score >= 1 ? true : false)", "may not choose"),
        ("findings.exists(f, f.score >= -1)", "a number"),
        ("findings.exists(f, f.score + 1 >= 1)", "'>='"),
        ("findings.exists(f, 1 >= f.score)", "text"),
        ("findings.exists(f, f.score == 1)", "'>='"),
        ('findings.exists(f, f.label.matches("(a+)+$"))', "startsWith"),
        ('findings.exists(f, f.raw == "1")', "category"),
        ('findings.exists(f, "a" in f.label)', "'['"),
        ("true", "text"),
        ("findings.exists(findings, f.score >= 1)", "new name"),
        ("findings.exists(f, findings.exists(f, f.score >= 1))", "new name"),
        (
            "findings.exists(a, findings.exists(b, findings.exists(c, c.score >= 1)))",
            "more than 2 'exists'",
        ),
        ("(" * 60 + '"a" == "a"' + ")" * 60, "too deep"),
        ("findings.exists(f, f.score >= 1) §", "no place"),
        ("findings.exists(f, f.score >= 1", "')'"),
        ("", "text"),
    ],
)
def test_what_is_not_monotone_or_not_bounded_is_not_in_the_language(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text)
    assert said in str(caught.value)


def test_a_policy_that_negates_does_not_load_and_says_where() -> None:
    with pytest.raises(PolicyError, match="may not negate"):
        policy(rule("find: pii, expr: '!findings.exists(f, f.score > 0)', then: flag"))


def test_the_shape_of_an_expression_is_told() -> None:
    shape = check(PHONES)
    assert (shape.depth, shape.tests, shape.strings) == (1, 2, ("pii.phone",))


def test_a_person_who_is_named_and_seen_hits_and_two_people_do_not() -> None:
    face = finding("likeness.face", source=Source.FRAME, reference=ANN)
    sources = (Source.FRAME, Source.PROMPT)
    examines = (("likeness.face", Source.FRAME), ("likeness.name", Source.PROMPT))

    def decided(*found: Finding) -> Decision:
        looked = report(*found, examines=examines, banks=(bank(),))
        return evaluate(policy(NAMED), facts(looked, applicable=sources), NOW).decision

    same, other = (
        finding("likeness.name", source=Source.PROMPT, reference=who) for who in (ANN, BOB)
    )
    assert decided(face, same) is Decision.REJECT
    assert decided(face, other) is Decision.APPROVE
    assert decided(face) is Decision.APPROVE


@settings(max_examples=400, deadline=None, database=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(
    st.sampled_from(EXPRESSIONS),
    st.lists(findings(), max_size=4),
    st.lists(findings(), max_size=3),
    st.integers(0, 3),
)
def test_more_and_stronger_findings_never_make_a_true_expression_false(
    text: str, few: list[Finding], more: list[Finding], at: int
) -> None:
    if not holds(text, few):
        return
    assert holds(text, [*more, *few])
    stronger = [
        one.model_copy(update={"score": 1.0, "span": None, "region": None, "frames": None})
        if index == at
        else one
        for index, one in enumerate(few)
    ]
    assert holds(text, stronger)


# failure


def test_an_expression_that_costs_too_much_is_not_examined_and_never_milder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expressions, "MOST_STEPS", 10)
    rules = rule(f"find: pii.phone, expr: '{PAIRS}', then: reject")
    few = [finding(score=1.0, raw=float(n)) for n in range(2)]
    many = [finding(score=1.0, raw=float(n)) for n in range(3)]
    before = evaluate(policy(rules), facts(report(*few)), NOW)
    after = evaluate(policy(rules), facts(report(*many)), NOW)
    assert (before.decision, before.complete) == (Decision.REJECT, True)
    assert (after.decision, after.complete) == (Decision.REJECT, False)
    (entry,) = after.not_examined
    assert (entry.source, entry.rules, entry.accepted_by) == ("rule r", ("r",), None)
    assert "18 tests over 3 findings" in entry.reason
    assert (after.hits, after.passed) == ((), ())


def test_no_owner_can_accept_that_an_expression_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "MOST_STEPS", 1)
    head = "accept_unexamined: [{category: pii, owner: o, reason: r}]"
    rules = rule(f"find: pii.phone, expr: '{PHONES}', then: flag")
    result = evaluate(policy(rules, head), facts(report(finding())), NOW)
    assert (result.decision, result.complete) == (Decision.FLAG, False)


def test_a_monitored_expression_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "MOST_STEPS", 1)
    rules = rule("find: pii.phone, when: {min_score: 1}, then: flag")
    rules += rule(f"find: pii.phone, status: monitor, expr: '{PHONES}', then: reject", "m")
    result = evaluate(policy(rules), facts(report(finding())), NOW)
    assert (result.decision, result.complete) == (Decision.APPROVE, True)


def test_the_largest_expression_ends_in_bounded_time() -> None:
    tests = " && ".join(['f.label.contains("a")'] * 80)
    with pytest.raises(ExpressionError, match="at most"):
        holds(f"findings.exists(f, findings.exists(g, {tests}))", [finding()] * 1000)
