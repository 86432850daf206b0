"""A demanded label that is in the picture already is owed no more; what is not surely there is."""

import pytest
from policy_examples import NOW, facts, finding, policy, report, rule

from compliance.facts import Facts
from compliance.findings import Coverage, Finding, Status
from compliance.policy.case_results import run_case
from compliance.policy.cases import load_cases_text
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.findings_table import FindingsTable
from compliance.policy.table import evaluate_table
from compliance.types import Source, TimeSpan
from compliance.verdicts import Decision

SYNTHETIC = ("generation.synthetic", Source.METADATA)
CLIP = 10.0


def label(
    wording: str = "ai-generated", start: float = 0.0, end: float = 10.0, score: float = 0.9
) -> Finding:
    return finding("disclosure.label", score).model_copy(
        update={"track": wording, "span": TimeSpan(start=start, end=end)}
    )


def given(*found: Finding, coverage: Coverage | None = None, **changes: object) -> Facts:
    made = finding("generation.synthetic", 1.0, source=Source.METADATA, seconds=None, side=None)
    labels = report(*found, examines=(), coverage=coverage or Coverage(seconds=CLIP)).model_copy(
        update=changes
    )
    return facts(report(made, examines=(SYNTHETIC,)), labels, applicable=(Source.METADATA,))


def judged(demand: str, facts_given: Facts) -> Evaluation:
    rules = policy(
        rule(f"find: generation.synthetic, oblige: {{label: {{{demand}}}}}, then: approve")
    )
    result = evaluate(rules, facts_given, NOW)
    table = evaluate_table(rules, FindingsTable.of([facts_given]), NOW)
    assert table.decision(0) is result.decision, "columns decide otherwise"
    return result


def owes(demand: str, facts_given: Facts) -> bool:
    result = judged(demand, facts_given)
    assert (result.decision is Decision.FLAG) == bool(result.obligations)
    return bool(result.obligations)


def test_without_the_label_the_verdict_is_a_flag_and_owes_it() -> None:
    assert owes("text: AI-generated", given())


def test_with_the_label_throughout_it_is_approved_and_owes_nothing() -> None:
    result = judged("text: AI-generated", given(label()))
    assert (result.decision, result.obligations) == (Decision.APPROVE, ())
    assert result.hits[0].note == "the label “AI-generated” throughout is in the picture"


@pytest.mark.parametrize(
    ("demand", "shown"),
    [
        ("text: AI-generated, place: start", label(start=0.5, end=2.0)),
        ("text: AI生成, place: start, min_seconds: 2", label("本视频由ai生成", 0.0, 2.0)),
        ("text: AI-generated, place: end", label(start=8.0, end=9.5)),
        ("text: AI-generated, min_seconds: 9", label(start=0.4, end=9.8)),
        ("text: AI-generated", label("this video is al-generated")),
    ],
)
def test_a_label_that_says_it_there_and_so_long_is_enough(demand: str, shown: Finding) -> None:
    assert not owes(demand, given(shown))


@pytest.mark.parametrize(
    ("demand", "shown"),
    [
        ("text: AI-generated", label("synthetic media")),
        ("text: This advertisement contains an AI-generated performer", label()),
        ("text: AI-generated", label(start=0.6)),
        ("text: AI-generated", label(end=9.4)),
        ("text: AI-generated", label(end=14.0)),
        ("text: AI-generated, place: start, min_seconds: 2", label(end=1.9)),
        ("text: AI-generated, place: start", label(start=4.0)),
        ("text: AI-generated, place: end", label(end=5.0)),
        ("text: AI-generated, place: description", label()),
        ("text: AI-generated", label(score=0.4)),
        ("text: AI-generated", label().model_copy(update={"span": None})),
        ("text: AI-generated", label().model_copy(update={"track": None})),
        ("text: AI-generated", label().model_copy(update={"category": "disclosure.advertising"})),
        ("text: '!'", label()),
        ("text: AI", label("paid partnership")),
        ("text: AI-generated", label("thai generated captions")),
    ],
)
def test_a_label_that_falls_short_is_owed(demand: str, shown: Finding) -> None:
    assert owes(demand, given(shown))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.FAILED},
        {"status": Status.SKIPPED},
        {"coverage": Coverage(complete=False, seconds=CLIP)},
    ],
)
def test_a_report_that_is_not_whole_shows_no_label(changes: dict[str, object]) -> None:
    assert owes("text: AI-generated", given(label(), **changes))


def test_a_torn_file_shows_no_label() -> None:
    torn = given(label()).model_copy(update={"gaps": ("torn",)})
    assert judged("text: AI-generated", torn).obligations != ()


def test_a_label_excuses_no_other_duty_of_the_rule() -> None:
    rules = policy(
        rule(
            "find: generation.synthetic, oblige: {label: {text: AI-generated}, watermark: w}, "
            "then: approve"
        )
    )
    result = evaluate(rules, given(label()), NOW)
    assert result.decision is Decision.FLAG
    assert [one.kind for one in result.obligations] == ["watermark"]


def test_cases_state_the_clip_and_the_wording() -> None:
    rules = policy(
        rule("find: generation.synthetic, oblige: {label: {text: AI-generated}}, then: approve")
    )
    cases = load_cases_text(
        """
cases:
  - name: labelled
    cannot_carry: label
    seconds: 12
    findings:
      - {category: generation.synthetic}
      - {category: disclosure.label, track: ai-generated, span: [0, 11.8]}
    expect: {decision: approve, hits: r}
  - name: not labelled to the end
    cannot_carry: label
    seconds: 12
    findings:
      - {category: generation.synthetic}
      - {category: disclosure.label, track: ai-generated, span: [0, 9]}
    expect: {decision: flag, hits: r, obligations: label “AI-generated” throughout}
""",
        "cases.yaml",
    )
    assert [run_case(rules, one).differences for one in cases] == [(), ()]
