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
from compliance.findings import AnalyzerReport, Finding, Reference, Status
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


def compared(
    category: str, source: Source, name: str, size: int, **changes: object
) -> AnalyzerReport:
    """A report that compares with a bank of ``size`` entries."""
    made = report(
        examines=((category, source),), banks=(bank(name, "mark", size),), analyzer=category
    )
    return made.model_copy(update=changes)


NOTHING = (
    compared("brand.logo", Source.FRAME, "brands", 0),
    compared("brand.own_misuse", Source.FRAME, "brands", 0),
    compared("ip.copy", Source.FRAME, "works", 0),
    compared("ip.copy", Source.AUDIO, "works", 0),
)
MARKS = (
    compared("brand.logo", Source.FRAME, "brands", 9),
    compared("brand.own_misuse", Source.FRAME, "brands", 9),
)
WORKS = (
    compared("ip.copy", Source.FRAME, "works", 9),
    compared("ip.copy", Source.AUDIO, "works", 9),
)


def reviewed(
    *found: Finding,
    faces: tuple[Finding, ...] = (),
    marks_and_works: tuple[AnalyzerReport, ...] = NOTHING,
    **changes: object,
) -> Facts:
    """A clip with sound and subtitles, of which the bundled analyzers saw all that they can see.

    Nobody has added marks or works.
    """
    pairs = tuple(
        (path, source)
        for path, leaf in TAXONOMY.leaves.items()
        for source in sorted(leaf.sources & EXAMINED)
    )
    named = {
        category: report(
            examines=tuple(pair for pair in pairs if pair[0] == category),
            banks=(bank(name, modality),),
            analyzer=category,
        )
        for category, name, modality in (
            ("likeness.name", "public-figures", "name"),
            ("brand.name", "brands", "word"),
            ("ip.name", "works", "term"),
        )
    }
    rest = tuple(pair for pair in pairs if pair[0] not in named)
    rest += (("sexual.explicit", Source.FRAME),)
    reports = (
        report(*found, examines=rest),
        *named.values(),
        face_report(*faces),
        *marks_and_works,
    )
    return facts(*reports, applicable=EVERYTHING, marks=(MARK,)).model_copy(update=changes)


def decision(given: Facts) -> Decision:
    return evaluate(STARTER.policy, given, NOW).decision


def test_a_clean_clip_is_approved_and_says_what_was_accepted() -> None:
    result = evaluate(STARTER.policy, reviewed(), NOW)
    assert (result.decision, result.complete, result.hits) == (Decision.APPROVE, True, ())
    missing = {(entry.category, entry.source) for entry in result.not_examined}
    assert {("likeness.voice", "audio"), ("violence.graphic", "frame")} < missing
    assert ("sexual.explicit", "frame") not in missing
    compared = {"brand.logo", "brand.own_misuse", "ip.copy"}
    assert compared < {category for category, _ in missing}
    assert {source for _, source in missing} == {"speech", "audio", "frame"}
    idle = {
        "likeness.voice",
        "likeness.voice-maybe",
        "brand.own-misuse",
        "ip.copy",
        "ip.copy-maybe",
    }
    assert set(result.passed) == {rule.id for rule in STARTER.policy.rules} - idle


def test_where_marks_and_works_are_there_to_compare_with_nobody_answers_for_them() -> None:
    result = evaluate(STARTER.policy, reviewed(marks_and_works=(*MARKS, *WORKS)), NOW)
    branches = {entry.category.split(".")[0] for entry in result.not_examined}
    unheard = {entry.source for entry in result.not_examined if entry.category == "brand.name"}
    assert branches & {"brand", "ip"} and unheard == {"speech"}
    assert {"brand.own-misuse", "ip.copy", "ip.copy-maybe"} <= set(result.passed)


def test_marks_of_our_own_do_not_answer_for_those_of_others() -> None:
    own = (compared("brand.logo", Source.FRAME, "own-brands", 1), *WORKS)
    result = evaluate(STARTER.policy, reviewed(marks_and_works=own), NOW)
    (entry,) = (one for one in result.not_examined if one.category == "brand.logo")
    assert (entry.rules, entry.accepted_by) == (("brand.third-party",), "unset@example.com")


def test_a_failed_search_for_marks_is_not_accepted() -> None:
    failed = tuple(one.model_copy(update={"status": Status.FAILED}) for one in MARKS)
    result = evaluate(STARTER.policy, reviewed(marks_and_works=(*failed, *WORKS)), NOW)
    told = {entry.category: entry for entry in result.not_examined}
    assert (result.decision, result.complete) == (Decision.FLAG, False)
    assert (told["brand.logo"].accepted_by, "failed" in told["brand.logo"].reason) == (None, True)


@pytest.mark.parametrize(
    ("category", "score", "source", "expected"),
    [
        ("pii.payment_card", 0.9, Source.OCR, Decision.REJECT),
        ("pii.phone", 0.6, Source.OCR, Decision.FLAG),
        ("pii.email", 0.6, Source.PROMPT, Decision.FLAG),
        ("pii.phone", 0.2, Source.OCR, Decision.APPROVE),
        ("likeness.name", 0.95, Source.PROMPT, Decision.REJECT),
        ("likeness.name", 0.6, Source.PROMPT, Decision.FLAG),
        ("sexual.minors", 0.2, Source.NEGATIVE_PROMPT, Decision.REJECT),
        ("sexual.explicit", 0.9, Source.FRAME, Decision.REJECT),
        ("sexual.explicit", 0.5, Source.PROMPT, Decision.FLAG),
        ("sexual.explicit", 1.0, Source.NEGATIVE_PROMPT, Decision.APPROVE),
        ("consent.intimate_imagery", 0.9, Source.PROMPT, Decision.REJECT),
        ("violence.graphic", 0.6, Source.OCR, Decision.FLAG),
        ("hate.symbols", 0.6, Source.FRAME, Decision.FLAG),
        ("evasion.lure", 0.6, Source.PROMPT, Decision.FLAG),
        ("deception.forgery", 0.6, Source.PROMPT, Decision.FLAG),
        ("pii.vehicle_plate", 0.6, Source.OCR, Decision.FLAG),
        ("pii.place", 0.9, Source.PROMPT, Decision.APPROVE),
        ("ip.name", 0.5, Source.PROMPT, Decision.FLAG),
        ("ip.name", 0.4, Source.PROMPT, Decision.APPROVE),
        ("ip.copy", 0.95, Source.FRAME, Decision.REJECT),
        ("ip.copy", 0.6, Source.AUDIO, Decision.FLAG),
        ("brand.own_misuse", 0.6, Source.FRAME, Decision.FLAG),
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("brands", Decision.FLAG),
        ("licensed-brands", Decision.FLAG),
        ("competitors", Decision.FLAG),
        ("own-brands", Decision.APPROVE),
    ],
)
def test_a_mark_is_decided_by_whose_it_is(name: str, expected: Decision) -> None:
    seen = Reference(bank=name, entry="acme", label="Acme")
    given = reviewed(finding("brand.logo", source=Source.FRAME, reference=seen))
    assert decision(given) is expected


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


@pytest.mark.parametrize("index", range(9))
def test_no_analyzer_may_fail(index: int) -> None:
    given = reviewed()
    reports: list[AnalyzerReport] = list(given.reports)
    reports[index] = reports[index].model_copy(update={"status": Status.FAILED})
    assert decision(given.model_copy(update={"reports": tuple(reports)})) is Decision.FLAG


def test_voices_are_accepted_unexamined_only_in_sound() -> None:
    entries = [one for one in STARTER.policy.accept_unexamined if one.covers("likeness.voice")]
    assert [one.while_ for one in entries] == ["not_installed", "no_references"]
    assert all(one.sources == (Source.AUDIO,) for one in entries)


def test_lint_doubts_only_its_owners_with_the_analyzers_that_are_installed() -> None:
    doubts = lint(STARTER.policy, list(analyzer_specs().values()), None, STARTER, NOW)
    assert {(one.severity, one.path[-1]) for one in doubts} == {("note", "owner")}
