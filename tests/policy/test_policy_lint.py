"""Doubts that lint raises, each with its place."""

import pytest
from policy_examples import HEAD, NOW, rule

from compliance.analyzers.base import AnalyzerSpec
from compliance.policy import expressions
from compliance.policy.lint import lint
from compliance.policy.load import read_policy, read_policy_text
from compliance.types import Source

TEXTS = frozenset({Source.PROMPT, Source.OCR})
CATALOGUE = [
    AnalyzerSpec("pii", "1", ("pii.phone", "pii.email"), TEXTS),
    AnalyzerSpec("faces", "1", ("likeness.face",), frozenset({Source.FRAME})),
    AnalyzerSpec("logos", "1", ("brand.logo",), frozenset({Source.FRAME})),
]
WHY = "why: W, "


def doubts(rules: str, head: str = "") -> list[str]:
    loaded = read_policy_text(f"{HEAD}{head}rules:\n{rules}", "p.yaml")
    found = lint(loaded.policy, CATALOGUE, ["talent"], loaded, NOW)
    return [f"{one.severity} {one.spot.line}: {one.message}" for one in found if one.spot]


def test_a_sound_policy_raises_no_doubt() -> None:
    assert doubts(rule(WHY + "find: pii.phone, then: flag")) == []


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("find: pii.phone, then: flag", "warning 6: rule r says no why"),
        (
            WHY + "find: violence.graphic, then: flag",
            "error 6: rule r can never hit: no analyzer finds violence.graphic",
        ),
        (
            WHY + "find: [pii.phone, pii.crypto_wallet], then: flag",
            "warning 6: no analyzer finds pii.crypto_wallet, so that every verdict is incomplete",
        ),
        (WHY + "find: pii.phone, then: approve", "warning 6: rule r approves and obliges nothing"),
        (
            WHY + "find: likeness.face, in: [talnet], then: flag",
            "warning 6: rule r names bank 'talnet', which is not there",
        ),
        (
            WHY + "find: pii.phone, in: talent, then: flag",
            "error 6: rule r names banks, but nothing that it finds has a reference",
        ),
        (
            WHY + "find: pii.phone, unless: {consent: covers}, then: flag",
            "warning 6: a consent never covers what rule r finds",
        ),
        (
            WHY + "find: likeness.face, unless: {licence: covers}, then: flag",
            "warning 6: a licence never covers what rule r finds",
        ),
    ],
)
def test_a_doubtful_rule_is_named(text: str, doubt: str) -> None:
    assert doubts(rule(text)) == [doubt]


def test_gaps_need_no_analyzer() -> None:
    assert doubts(rule(WHY + "find: integrity, then: flag")) == []


def test_a_rule_with_the_conditions_of_a_harder_one_adds_nothing() -> None:
    soft = rule(WHY + "find: [pii.phone, pii.email], then: flag", "soft")
    hard = rule(WHY + "find: [pii.email, pii.phone], then: reject", "hard")
    assert doubts(soft + hard) == [
        "warning 6: rule soft adds nothing: hard has the same conditions"
    ]
    assert doubts(soft + soft.replace("id: soft", "id: twin")) == [
        "warning 7: rule twin adds nothing: soft has the same conditions"
    ]


def test_a_rule_that_obliges_adds_something_to_a_harder_one() -> None:
    mark = rule(
        WHY + "find: pii.phone, oblige: {mark: c2pa.digital_source_type}, then: flag", "mark"
    )
    assert doubts(mark + rule(WHY + "find: pii.phone, then: reject", "hard")) == []


@pytest.mark.parametrize(
    ("entry", "doubt"),
    [
        ("{category: violence, owner: o, reason: r}", "no rule finds violence"),
        (
            "{category: [pii, violence], sources: speech, owner: o, reason: r}",
            "no rule finds violence",
        ),
        ("{category: pii, sources: frame, owner: o, reason: r}", "pii cannot occur in frame"),
        ("{category: pii, sources: ocr, owner: o, reason: r}", "though an analyzer examines it"),
    ],
)
def test_an_acceptance_that_is_not_needed_is_named(entry: str, doubt: str) -> None:
    (found,) = doubts(rule(WHY + "find: pii.phone, then: flag"), f"accept_unexamined: [{entry}]\n")
    assert doubt in found


def test_an_acceptance_that_is_needed_raises_no_doubt() -> None:
    head = "accept_unexamined: [{category: pii, sources: speech, owner: o, reason: r}]\n"
    assert doubts(rule(WHY + "find: pii.phone, then: flag"), head) == []


def test_banks_that_are_not_known_are_not_doubted() -> None:
    loaded = read_policy_text(
        f"{HEAD}rules:\n{rule(WHY + 'find: likeness.face, in: x, then: flag')}", "p.yaml"
    )
    assert lint(loaded.policy, CATALOGUE) == []


def test_a_doubt_shows_its_line_or_at_least_its_path() -> None:
    loaded = read_policy_text(f"{HEAD}rules:\n{rule('find: pii.phone, then: flag')}", "p.yaml")
    (placed,) = lint(loaded.policy, CATALOGUE, loaded=loaded)
    (bare,) = lint(loaded.policy, CATALOGUE)
    assert str(placed).startswith("p.yaml:6:5: warning: rule r says no why\n  6 |   - {id: r")
    assert str(bare).startswith("rules[0]: warning: rule r says no why\n    hint: ")


PHONE = WHY + "find: pii.phone, "


def pair(one: str, other: str) -> list[str]:
    """Doubts about rule b in line 7 and rule a in line 6."""
    return doubts(rule(one, "a") + rule(other, "b"))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("find: pii, then: reject", "find: pii.phone, then: flag"),
        ("find: pii.phone, then: flag", "find: pii.phone, when: {min_seconds: 2}, then: flag"),
        (
            "find: pii.phone, when: {min_area_percent: 1}, then: flag",
            "find: pii.phone, when: {min_area_percent: 5, min_score: 0.5}, then: flag",
        ),
        ("find: pii.phone, except: a, then: flag", "find: pii.phone, except: [a, b], then: flag"),
        ("find: pii.phone, then: flag", "find: pii.phone, applies: {channels: tv}, then: flag"),
        (
            "find: pii.phone, applies: {territories: EU}, then: flag",
            "find: pii.phone, applies: {territories: [DE, FR]}, then: flag",
        ),
        (
            "find: likeness.face, then: flag",
            "find: likeness.face, unless: {consent: covers}, then: flag",
        ),
    ],
)
def test_a_rule_that_another_contains_adds_nothing(wide: str, narrow: str) -> None:
    said = [one for one in pair(WHY + wide, WHY + narrow) if "adds nothing" in one]
    assert said == ["warning 7: rule b adds nothing: a counts all that it counts"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("find: pii.phone, then: flag", "find: pii.phone, when: {min_score: 0.5}, then: reject"),
        ("find: pii.phone, then: flag", "find: pii.phone, send_to: desk, when: {min_score: 0.5}, then: flag"),
        (
            "find: pii.phone, applies: {channels: tv}, then: flag",
            "find: pii.phone, applies: {channels: web}, then: flag",
        ),
        ("find: pii.phone, status: monitor, then: reject", "find: pii.phone, then: flag"),
        ("find: pii.phone, when: {min_count: 2}, then: reject", "find: pii.phone, then: flag"),
        ("find: pii.phone, when: {before_seconds: 2}, then: reject", "find: pii.phone, then: flag"),
        (
            "find: likeness.face, unknown: true, when: {min_score: 0.9}, then: reject",
            "find: likeness.face, unknown: true, when: {min_score: 0.5}, then: flag",
        ),
        ("find: likeness.face, then: reject", "find: likeness.face, in: talent, then: flag"),
    ],
)  # fmt: skip
def test_a_rule_that_adds_something_is_not_doubted(one: str, other: str) -> None:
    said = pair(WHY + one, WHY + other)
    assert [each for each in said if "adds nothing" in each or "never decides" in each] == []


def test_a_milder_rule_with_the_higher_threshold_never_decides() -> None:
    hard = PHONE + "when: {min_score: 0.5}, then: reject"
    assert pair(hard, PHONE + "when: {min_score: 0.9}, then: flag") == [
        "warning 7: rule b never decides: a counts the same from min_score 0.5 on, "
        "and its decision is reject"
    ]
    assert pair(hard, PHONE + "when: {min_score: 0.3}, then: flag") == []


def test_a_rule_that_has_ended_is_named() -> None:
    assert doubts(rule(PHONE + "applies: {until: 2026-06-14}, then: flag")) == [
        "warning 6: rule r has ended: it applied until 2026-06-14"
    ]
    assert doubts(rule(PHONE + "applies: {until: 2026-06-15}, then: flag")) == []


def test_a_rule_that_monitors_what_nothing_finds_is_noted() -> None:
    assert doubts(rule(WHY + "find: violence.graphic, status: monitor, then: flag")) == [
        "note 6: rule r monitors nothing yet: no analyzer finds violence.graphic"
    ]


@pytest.mark.parametrize("owner", ["unset@example.com", "TODO", "tbd"])
def test_an_owner_that_is_not_filled_in_is_noted(owner: str) -> None:
    said = doubts(rule(PHONE + f"owner: {owner}, then: flag"))
    assert said == [f"note 6: nobody answers for rule r yet: its owner is '{owner}'"]


@pytest.mark.parametrize(
    ("expr", "doubt"),
    [
        ("f.category == 'likeness.face'", "'likeness.face', which 'find' does not name"),
        ("f.category == 'pii.fone'", "'pii.fone', which is no category"),
        ("f.category.startsWith('violence.')", "'violence.', which 'find' does not name"),
        ("f.source == 'audio'", "'audio', a source in which nothing that it finds occurs"),
    ],
)
def test_an_expression_that_asks_for_what_never_counts_is_named(expr: str, doubt: str) -> None:
    text = f'{PHONE}expr: "findings.exists(f, {expr})", then: flag'
    assert doubts(rule(text)) == [f"warning 6: the expression of rule r asks for {doubt}"]


@pytest.mark.parametrize(
    "expr", ["f.category == 'pii.phone'", "f.source == 'ocr'", "f.label == 'pii'"]
)
def test_an_expression_about_what_counts_is_not_doubted(expr: str) -> None:
    assert doubts(rule(f'{PHONE}expr: "findings.exists(f, {expr})", then: flag')) == []


def test_an_expression_that_fails_when_it_is_tried_is_an_error(monkeypatch) -> None:
    """The grammar lets nothing through that is known to fail, so the library is made to."""

    def fail(text: str) -> None:
        raise ValueError("overflow")

    monkeypatch.setattr(expressions, "_compiled", fail)
    assert doubts(rule(f'{PHONE}expr: "findings.exists(f, f.score > 0.5)", then: flag')) == [
        "error 6: the expression of rule r fails on findings of its categories: "
        "the expression failed: overflow"
    ]


def overridden(tmp_path, base: str, override: str) -> list[str]:
    (tmp_path / "base.yaml").write_text(f"{HEAD}rules:\n{rule(base)}")
    text = f"extends: base.yaml\n{HEAD}override:\n  - {{rule: r, owner: o, reason: Agreed, {override}}}\n"
    (tmp_path / "p.yaml").write_text(
        text + f"rules:\n{rule(WHY + 'find: pii.email, then: flag', 'e')}"
    )
    loaded = read_policy(tmp_path / "p.yaml")
    found = lint(loaded.policy, CATALOGUE, None, loaded)
    return [
        f"{one.severity} {one.spot.line}: {one.message}; {one.hint}" for one in found if one.spot
    ]


@pytest.mark.parametrize(
    ("override", "doubt"),
    [
        ("remove: true", "the override removes rule r of p@1.0.0"),
        ("set: {then: flag}", "the override weakens rule r of p@1.0.0: then: reject → flag"),
        (
            "set: {when: {min_score: 0.9}}",
            "the override weakens rule r of p@1.0.0: when.min_score: 0.5 → 0.9",
        ),
        (
            "set: {find: pii.email}",
            "the override may weaken rule r of p@1.0.0: find: [pii.phone] → [pii.email]",
        ),
        (
            "set: {status: monitor}",
            "the override weakens rule r of p@1.0.0: status: enforce → monitor",
        ),
    ],
)
def test_an_override_that_weakens_is_named(tmp_path, override: str, doubt: str) -> None:
    base = PHONE + "when: {min_score: 0.5}, then: reject"
    said = overridden(tmp_path, base, override)
    assert f"warning 7: {doubt}; o answers for it: Agreed" in said


def test_an_override_that_strengthens_or_says_it_better_is_not(tmp_path) -> None:
    base = PHONE + "when: {min_score: 0.5}, then: flag"
    assert overridden(tmp_path, base, "set: {then: reject, title: Better}") == []


def test_a_doubt_about_what_is_inherited_is_told_where_it_is_extended_or_overridden(
    tmp_path,
) -> None:
    said = overridden(tmp_path, "find: violence.graphic, then: flag", "set: {why: W}")
    assert said == [
        "error 7: rule r can never hit: no analyzer finds violence.graphic; "
        "install an analyzer that does, or delete the rule"
    ]
