"""The shipped policy: it loads, every rule can fire, and it approves only what was looked at."""

import pytest
from policy_examples import (
    ANN,
    NOW,
    bank,
    consent,
    face,
    face_report,
    facts,
    finding,
    report,
)

from compliance.facts import Facts
from compliance.findings import AnalyzerReport, Finding, Status
from compliance.plugins import analyzer_specs
from compliance.policy.evaluate import evaluate
from compliance.policy.lint import lint
from compliance.policy.load import read_policy
from compliance.resources import shipped
from compliance.taxonomy import TAXONOMY
from compliance.types import Source
from compliance.verdicts import Decision

STARTER = read_policy(shipped("policies") / "starter.yaml")
EXAMINED = {Source.PROMPT, Source.OCR, Source.CAPTION, Source.METADATA}
EVERYTHING = (*sorted(EXAMINED), Source.FRAME, Source.SPEECH, Source.AUDIO)
MARK = "c2pa.digital_source_type"


def reviewed(*found: Finding, faces: tuple[Finding, ...] = (), **changes: object) -> Facts:
    """A clip with sound and subtitles, of which the bundled analyzers saw all that they can see."""
    pairs = tuple(
        (path, source)
        for path, leaf in TAXONOMY.leaves.items()
        for source in sorted(leaf.sources & EXAMINED)
    )
    names = tuple(pair for pair in pairs if pair[0] == "likeness.name")
    rest = tuple(pair for pair in pairs if pair[0] != "likeness.name")
    reports = (
        report(*found, examines=rest),
        report(examines=names, banks=(bank(modality="name"),), analyzer="names"),
        face_report(*faces),
    )
    return facts(*reports, applicable=EVERYTHING, marks=(MARK,)).model_copy(update=changes)


def decision(given: Facts) -> Decision:
    return evaluate(STARTER.policy, given, NOW).decision


def test_a_clean_clip_is_approved_and_says_what_was_accepted() -> None:
    result = evaluate(STARTER.policy, reviewed(), NOW)
    assert (result.decision, result.complete, result.hits) == (Decision.APPROVE, True, ())
    missing = {(entry.category, entry.source) for entry in result.not_examined}
    assert ("likeness.voice", "audio") in missing
    assert {source for _, source in missing} == {"speech", "audio"}
    unheard = {"likeness.voice", "likeness.voice-maybe"}
    assert set(result.passed) == {rule.id for rule in STARTER.policy.rules} - unheard


@pytest.mark.parametrize(
    ("category", "score", "source", "expected"),
    [
        ("pii.payment_card", 0.9, Source.OCR, Decision.REJECT),
        ("pii.phone", 0.6, Source.OCR, Decision.FLAG),
        ("pii.email", 0.6, Source.PROMPT, Decision.FLAG),
        ("pii.phone", 0.2, Source.OCR, Decision.APPROVE),
        ("likeness.name", 0.95, Source.PROMPT, Decision.REJECT),
        ("likeness.name", 0.6, Source.PROMPT, Decision.FLAG),
        ("provenance.tampered", 1.0, Source.METADATA, Decision.REJECT),
        ("provenance.ingredient", 1.0, Source.METADATA, Decision.FLAG),
        ("provenance.untrusted", 1.0, Source.METADATA, Decision.APPROVE),
    ],
)
def test_findings_are_decided_as_the_policy_reads(
    category: str, score: float, source: Source, expected: Decision
) -> None:
    assert decision(reviewed(finding(category, score, source=source))) is expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.95, Decision.REJECT), (0.7, Decision.FLAG), (0.3, Decision.APPROVE)],
)
def test_a_face_is_decided_by_how_sure_the_match_is(score: float, expected: Decision) -> None:
    assert decision(reviewed(faces=(face(ANN, score),))) is expected


def test_a_face_with_consent_is_approved() -> None:
    assert decision(reviewed(faces=(face(),), consents=(consent(),))) is Decision.APPROVE


def test_generated_media_owes_the_mark_or_is_flagged() -> None:
    synthetic = finding("generation.synthetic", 1.0, source=Source.METADATA)
    result = evaluate(STARTER.policy, reviewed(synthetic), NOW)
    assert (result.decision, [one.value for one in result.obligations]) == (
        Decision.APPROVE,
        [MARK],
    )
    assert decision(reviewed(synthetic, marks=())) is Decision.FLAG


def test_a_gap_is_flagged() -> None:
    assert decision(reviewed(gaps=("The file ends early.",))) is Decision.FLAG


@pytest.mark.parametrize("index", [0, 1, 2])
def test_no_analyzer_may_fail(index: int) -> None:
    given = reviewed()
    reports: list[AnalyzerReport] = list(given.reports)
    reports[index] = reports[index].model_copy(update={"status": Status.FAILED})
    assert decision(given.model_copy(update={"reports": tuple(reports)})) is Decision.FLAG


def test_voices_are_accepted_unexamined_only_in_sound() -> None:
    (entry,) = (one for one in STARTER.policy.accept_unexamined if one.category == "likeness.voice")
    assert entry.sources == (Source.AUDIO,)


def test_lint_doubts_only_its_owners_with_the_analyzers_that_are_installed() -> None:
    doubts = lint(STARTER.policy, list(analyzer_specs().values()), None, STARTER, NOW)
    assert {(one.severity, one.path[-1]) for one in doubts} == {("note", "owner")}
