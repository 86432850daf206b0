"""Cases of a policy: what they assume, what they compare, what they refuse."""

import pytest
from policy_examples import policy, rule

from compliance.errors import PolicyError
from compliance.policy.case_results import CaseResult, coverage, run_case
from compliance.policy.cases import Case, case_files, load_cases, load_cases_text
from compliance.policy.load import load_policy
from compliance.policy.schema import Policy
from compliance.resources import shipped

FACES = policy(
    rule(
        "find: likeness.face, in: talent, when: {min_score: 0.9}, unless: {consent: covers}, then: reject",
        "face",
    )
    + rule("find: pii.phone, then: flag", "phone")
    + rule(
        "find: generation.synthetic, applies: {territories: EU}, oblige: {mark: c2pa.digital_source_type},"
        " then: approve",
        "mark",
    )
)
ANN = "findings: [{category: likeness.face, score: 0.97, reference: talent/ann}]"


def one(text: str) -> Case:
    (case,) = load_cases_text(f"cases:\n  - {{name: case, {text}}}\n", "c.yaml")
    return case


def run(text: str, on: Policy = FACES) -> CaseResult:
    return run_case(on, one(text))


def refusal(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        one(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "expect: {decision: approve, passed: [face, phone]}",
        ANN + ", expect: {decision: reject, hits: face, exit_code: 11}",
        ANN + ", consents: [{reference: talent/ann}], expect: {decision: approve}",
        ANN + ", waivers: [{rule: face}], expect: {decision: approve, waived: face}",
        ANN + ", waivers: [{rule: face, expires: 2025-12-31}],"
        " expect: {decision: reject, hits: face}",
        ANN + ", as_of: 2026-03-01, consents: [{reference: talent/ann, revoked: 2026-02-01}],"
        " expect: {decision: reject, hits: face}",
        ANN + ", as_of: 2026-03-01T00:00:00+01:00,"
        " consents: [{reference: talent/ann, starts: 2026-02-28T23:00:00Z}],"
        " expect: {decision: approve}",
        "empty_banks: talent,"
        " expect: {decision: flag, exit_code: 12, not_examined: likeness.face/frame}",
        # phones are compared with no bank
        "empty_banks: '*', expect: {decision: flag, exit_code: 12, passed: phone,"
        " not_examined: likeness.face/frame}",
        "not_examined: pii/ocr, expect: {decision: flag, exit_code: 12, not_examined: pii.phone/ocr}",
        "has: [prompt, frame], not_examined: pii,"
        " expect: {decision: flag, exit_code: 12, not_examined: pii.phone/prompt, passed: face}",
        "findings: [{category: generation.synthetic}], release: {territories: [DE]},"
        " expect: {decision: approve, hits: mark, obligations: mark c2pa.digital_source_type}",
        "findings: [{category: generation.synthetic}], cannot_carry: c2pa.digital_source_type,"
        " expect: {decision: flag, hits: mark}",
        ANN
        + ", release: {territories: [DE, FR]}, consents: [{reference: talent/ann, territories: DE}],"
        " expect: {decision: reject, hits: face, places: [{territory: DE, decision: approve}]}",
        ANN + ", gaps: Half of it is missing.,"
        " expect: {decision: reject, hits: face, not_examined: integrity.undecodable/asset}",
    ],
)
def test_a_case_holds(text: str) -> None:
    assert run(text).differences == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ANN + ", expect: {decision: flag}", "decision: expected flag, got reject"),
        (ANN + ", expect: {decision: reject}", "hits: expected none, got face"),
        ("expect: {decision: reject, hits: face}", "hits: expected face, got none"),
        (
            "not_examined: likeness.face/frame, expect: {decision: flag}",
            "exit_code: expected 10, got 12",
        ),
        (
            "not_examined: likeness.face, expect: {decision: flag, exit_code: 12}",
            "not_examined: expected none, got likeness.face/frame",
        ),
        (ANN + ", expect: {decision: reject, hits: face, passed: face}", "passed: expected face"),
        ("expect: {decision: approve, hits: fase}", "has no rule 'fase', did you mean 'face'?"),
        (
            "not_examined: violence, expect: {decision: approve}",
            "'not_examined' names violence, which no rule finds",
        ),
        ("cannot_carry: label, expect: {decision: approve}", "'cannot_carry' names 'label'"),
        (
            "has: prompt, " + ANN + ", expect: {decision: reject, hits: face}",
            "there is a finding in frame, which 'has' does not name",
        ),
        (
            "expect: {decision: approve, obligations: watermark w}",
            "obligations: expected watermark w, got none",
        ),
        (
            "expect: {decision: approve, places: [{territory: FR, decision: approve}]}",
            "places: the release has no FR × all × all",
        ),
        (
            "release: {territories: [FR]},"
            " expect: {decision: approve, places: [{territory: FR, decision: flag}]}",
            "places: expected flag for FR × all × all, got approve",
        ),
    ],
)
def test_a_case_that_fails_says_what_was_expected_and_what_came(text: str, told: str) -> None:
    assert told in "\n".join(run(text).differences)


def test_what_rules_only_monitor_is_expected_apart() -> None:
    watched = policy(rule("find: pii.phone, status: monitor, then: reject", "watch"))
    found = "has: ocr, findings: [{category: pii.phone, source: ocr}], "
    incomplete = "expect: {decision: flag, exit_code: 12, not_examined: '*/asset'"
    assert run(found + incomplete + ", monitored: watch}", watched).holds
    assert not run(found + incomplete + "}", watched).holds


def test_a_presence_and_a_match_with_one_track_are_one_person() -> None:
    everybody = policy(
        rule(
            "find: likeness.face, unknown: true, when: {min_score: 0.8}, then: reject", "strangers"
        )
    )
    there = "{category: presence.face, track: a}"
    known = "{category: likeness.face, score: 0.9, reference: talent/ann, track: a}"
    assert run(
        f"findings: [{there}], expect: {{decision: reject, hits: strangers}}", everybody
    ).holds
    assert run(f"findings: [{there}, {known}], expect: {{decision: approve}}", everybody).holds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("expct: {decision: flag}", "unknown key 'expct'"),
        ("expect: {decision: maybe}", "must be 'approve', 'flag' or 'reject'"),
        ("expect: {decision: flag, exit_code: 3}", "'exit_code' must be"),
        (
            "findings: [{category: pii.phone}], expect: {decision: flag}",
            "the finding does not say in which source",
        ),
        (
            "findings: [{category: pii.phone, source: frame}], expect: {decision: flag}",
            "hint: it occurs in caption",
        ),
        (
            "findings: [{category: pii, source: ocr}], expect: {decision: flag}",
            "no finding has the category 'pii'",
        ),
        (
            "findings: [{category: likeness.face, reference: ann}], expect: {decision: flag}",
            "hint: write BANK/ENTRY",
        ),
        (
            "findings: [{category: likeness.face, score: 1.5}], expect: {decision: flag}",
            "'score' must be 1.0 or less",
        ),
        (
            "findings: [{category: likeness.face, region: [0, 0, 2, 1]}], expect: {decision: flag}",
            "'region' is not a box",
        ),
        (
            "findings: [{category: likeness.face, span: [2, 1]}], expect: {decision: flag}",
            "'span' is not",
        ),
        ("not_examined: likenes.face, expect: {decision: flag}", "there is no category"),
        ("not_examined: likeness.face/screen, expect: {decision: flag}", "no such source"),
        ("as_of: soon, expect: {decision: flag}", "this is no moment"),
        ("as_of: '2026-01-01T00:00:00', expect: {decision: flag}", "timezone"),
        ("findings: [], expect: {decision: flag}", "an empty list says nothing"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_with_its_place(text: str, told: str) -> None:
    said = refusal(text)
    assert told in said
    assert "c.yaml:2:" in said
    assert "compliance policy test" in said


def test_two_cases_of_one_name_are_refused() -> None:
    case = "  - {name: twin, expect: {decision: approve}}\n"
    with pytest.raises(PolicyError, match=r"c\.yaml:3:12: two cases are called 'twin'"):
        load_cases_text("cases:\n" + case + case, "c.yaml")


def test_coverage_names_the_cases_of_each_rule() -> None:
    results = [
        run("expect: {decision: approve}"),
        run(ANN + ", expect: {decision: reject, hits: face}"),
    ]
    found = {entry.rule: (entry.hit_by, entry.passed_in) for entry in coverage(FACES, results)}
    assert found == {"face": ((2,), (1,)), "phone": ((), (1, 2)), "mark": ((), (1, 2))}


@pytest.mark.parametrize(
    "path", sorted(shipped("policies").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_shipped_policy_decides_as_its_cases_say(path) -> None:
    shown = load_policy(path)
    results = [run_case(shown, case) for file in case_files(path) for case in load_cases(file)]
    assert results
    assert [(one.case.name, one.differences) for one in results if not one.holds] == []


def test_the_cases_of_the_starter_policy_hit_every_rule() -> None:
    path = shipped("policies") / "starter.yaml"
    starter = load_policy(path)
    results = [run_case(starter, case) for file in case_files(path) for case in load_cases(file)]
    assert [entry.rule for entry in coverage(starter, results) if not entry.hit_by] == []
