"""The tree of lines that says why a rule decided as it did."""

import pytest
from policy_examples import ANN, BOB, NOW, consent, face, face_report, facts, policy, rule, waiver

from compliance.errors import UsageError
from compliance.facts import Release
from compliance.policy.explain import describe, explain
from compliance.policy.show import effective_yaml
from compliance.types import Source

FACE = rule(
    "why: Rights, find: likeness.face, in: talent, except: bob, when: {min_score: 0.9, min_seconds: 1},"
    " unless: {consent: covers}, applies: {territories: EU}, then: reject"
)
FRAMES = (Source.FRAME,)


def test_each_condition_is_shown_with_the_value_it_saw() -> None:
    given = facts(face_report(face(ANN), face(BOB, 0.5)), applicable=FRAMES)
    assert explain(policy(FACE), "r", given, NOW) == [
        "r: T → reject  (p@1.0.0)",
        "├─ why: Rights",
        "├─ owner: o@example.com",
        "├─ finds: likeness.face",
        "├─ release",
        "│  ├─ ✔ territories EU: everywhere (not said)",
        "├─ examined",
        "│  ├─ ✔ likeness.face in frame",
        "├─ findings in its categories: 2",
        f"│  ├─ {face(ANN).id} in frame at 1.00–3.00 s: counts",
        "│  │  ├─ ✔ find likeness.face: likeness.face",
        "│  │  ├─ ✔ in talent: talent/ann",
        "│  │  ├─ ✔ except bob: talent/ann",
        "│  │  ├─ ✔ min_score ≥ 0.9: 0.95",
        "│  │  ├─ ✔ min_seconds ≥ 1: 3",
        "│  │  ├─ ✔ unless consent covers: none covers it",
        f"│  ├─ {face(BOB, 0.5).id} in frame at 1.00–3.00 s: does not count",
        "│  │  ├─ ✔ find likeness.face: likeness.face",
        "│  │  ├─ ✔ in talent: talent/bob",
        "│  │  ├─ ✖ except bob: talent/bob",
        "│  │  ├─ ✖ min_score ≥ 0.9: 0.5",
        "│  │  ├─ ✔ min_seconds ≥ 1: 3",
        "│  │  ├─ ✔ unless consent covers: none covers it",
        "└─ reject by 1 finding",
    ]


def test_a_consent_that_covers_is_named() -> None:
    given = facts(face_report(face(ANN)), applicable=FRAMES, consents=(consent(ANN),))
    lines = explain(policy(FACE), "r", given, NOW)
    assert "│  │  ├─ ✖ unless consent covers: C-ann" in lines
    assert lines[-1] == "└─ passed: examined, and nothing counts"


def test_a_rule_about_another_release_says_so() -> None:
    given = facts(face_report(face(ANN)), release=Release(territories=("US",)))
    lines = explain(policy(FACE), "r", given, NOW)
    assert lines[-2:] == ["│  ├─ ✖ territories EU: US", "└─ the rule is not about this release"]


def test_what_was_not_examined_is_told_with_its_reason() -> None:
    lines = explain(policy(FACE), "r", facts(applicable=FRAMES), NOW)
    assert any(line.startswith("│  ├─ ○ likeness.face in frame: No analyzer") for line in lines)
    assert lines[-1] == "└─ nothing counts, but not everything was examined: likeness.face"


def test_a_waiver_is_told() -> None:
    given = facts(face_report(face(ANN)), applicable=FRAMES, waivers=(waiver(),))
    assert "waived by W-1, so it does not count" in explain(policy(FACE), "r", given, NOW)[-1]


def test_an_unknown_rule_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'face-rule'"):
        describe(policy(FACE.replace("id: r,", "id: face-rule,")), "face-rul")


def test_the_effective_policy_names_its_digest_on_top() -> None:
    one = policy(FACE)
    text = effective_yaml(one)
    assert text.startswith(f"# p@1.0.0, digest {one.digest}\npolicy: p\n")
    assert "if_not_examined: flag\n" in text
