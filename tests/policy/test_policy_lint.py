"""Doubts that lint raises, each with its place."""

import pytest
from policy_examples import HEAD, rule

from compliance.analyzers.base import AnalyzerSpec
from compliance.policy.lint import lint
from compliance.policy.load import read_policy_text
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
    found = lint(loaded.policy, CATALOGUE, ["talent"], loaded)
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
