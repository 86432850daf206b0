"""Not examined is never the same as nothing found."""

import pytest
from policy_examples import (
    NOW,
    bank,
    face,
    face_report,
    facts,
    finding,
    model,
    policy,
    report,
    rule,
    waiver,
)

from compliance.facts import Facts, Release
from compliance.findings import AnalyzerReport, Coverage, Status
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.types import Source
from compliance.verdicts import Decision

PHONE = rule("find: pii.phone, then: flag")
FACE = rule("find: likeness.face, then: reject")
SPEECH = (("pii.phone", Source.SPEECH),)


def judged(rules: str, given: Facts, head: str = "") -> Evaluation:
    return evaluate(policy(rules, head), given, NOW)


def reasons(result: Evaluation) -> str:
    return " ".join(entry.reason for entry in result.not_examined)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (report(status=Status.FAILED, reason="it crashed"), "Analyzer seer failed: it crashed"),
        (report(status=Status.SKIPPED, reason="no model"), "Analyzer seer skipped: no model"),
        (
            report(status=Status.NOT_APPLICABLE),
            "says that it does not apply, but the asset has ocr",
        ),
        (report(coverage=Coverage(complete=False, gaps=("10 frames lost",))), "10 frames lost"),
        (report(models=(model(), model(calibrated=False))), "models without calibration"),
        (report(banks=(bank(size=0),)), "to compare pii.phone with"),
        (report(examines=(("pii.email", Source.OCR),)), "No analyzer examines pii.phone in ocr"),
        (report(examines=SPEECH), "No analyzer examines pii.phone in ocr"),
    ],
)
def test_a_report_that_answers_for_less_never_approves(bad: AnalyzerReport, reason: str) -> None:
    other = report(examines=(("pii.email", Source.OCR),), analyzer="other")
    result = judged(PHONE + rule("find: pii.email, then: flag", "e"), facts(bad, other))
    assert (result.decision, result.complete) == (Decision.FLAG, False)
    assert reason in reasons(result)
    assert ("pii.phone", "ocr", ("r",)) in [
        (entry.category, entry.source, entry.rules) for entry in result.not_examined
    ]
    assert result.passed == ("e",)


def test_a_failed_analyzer_never_approves_and_its_findings_still_count() -> None:
    result = judged(
        rule("find: pii.phone, then: reject"), facts(report(finding(), status=Status.FAILED))
    )
    assert (result.decision, result.complete) == (Decision.REJECT, False)


def test_a_second_analyzer_does_not_make_good_for_a_failed_one() -> None:
    """Each was planned because it sees what the other misses."""
    failed = report(status=Status.FAILED, analyzer="other")
    assert judged(PHONE, facts(report(), report(analyzer="other"))).decision is Decision.APPROVE
    assert judged(PHONE, facts(failed, report())).decision is Decision.FLAG


def test_if_not_examined_can_reject() -> None:
    assert judged(PHONE, facts(), "if_not_examined: reject").decision is Decision.REJECT


def test_every_source_that_the_asset_has_must_be_examined() -> None:
    given = facts(report(), applicable=(Source.OCR, Source.PROMPT))
    (entry,) = judged(PHONE, given).not_examined
    assert (entry.category, entry.source) == ("pii.phone", "prompt")


def test_a_source_that_the_asset_has_not_need_not_be_examined() -> None:
    given = facts(report(), applicable=(Source.OCR,))
    assert judged(PHONE + FACE.replace("id: r", "id: f"), given).complete


def test_a_rule_about_another_release_needs_nothing() -> None:
    rules = PHONE + rule("find: pii.email, applies: {territories: US}, then: flag", "us")
    assert judged(rules, facts(report(), release=Release(territories=("FR",)))).complete
    assert not judged(rules, facts(report(), release=Release(territories=("US",)))).complete


def test_a_rule_that_only_approves_needs_nothing() -> None:
    rules = PHONE + rule("find: violence, then: approve", "v")
    given = facts(report(), applicable=(Source.OCR, Source.FRAME))
    assert judged(rules, given).complete


def test_an_obligation_needs_its_category_examined() -> None:
    mark = "find: generation.synthetic, oblige: {mark: c2pa.digital_source_type}, then: approve"
    given = facts(report(), applicable=(Source.OCR, Source.METADATA))
    assert not judged(PHONE + rule(mark, "m"), given).complete


@pytest.mark.parametrize("banks", [(), (bank(size=0),)])
def test_faces_without_references_are_not_examined(banks: tuple[object, ...]) -> None:
    given = facts(face_report(banks=banks), applicable=(Source.FRAME,))  # type: ignore[arg-type]
    result = judged(FACE, given)
    assert not result.complete
    assert "run 'compliance people enrol NAME --face PHOTO'" in reasons(result)


def test_each_bank_that_a_rule_names_must_have_entries() -> None:
    rules = rule("find: likeness.face, in: [talent, public], then: reject")
    one = face_report(banks=(bank("talent"),))
    other = face_report(banks=(bank("public"),)).model_copy(update={"analyzer": "other"})
    empty = face_report(banks=(bank("talent"), bank("public", size=0)))
    frames = (Source.FRAME,)
    assert "Bank public has no face entries" in reasons(
        judged(rules, facts(one, applicable=frames))
    )
    assert "Bank public has no face" in reasons(judged(rules, facts(empty, applicable=frames)))
    assert judged(rules, facts(one, other, applicable=frames)).complete


def test_the_bank_of_a_failed_report_does_not_count() -> None:
    rules = rule("find: likeness.face, in: [talent, public], then: reject")
    failed = face_report(banks=(bank("public"),)).model_copy(update={"status": Status.FAILED})
    given = facts(face_report(), failed, applicable=(Source.FRAME,))
    assert not judged(rules, given).complete


ACCEPT = "accept_unexamined: [{category: pii, sources: [speech], owner: boss, reason: silent}]"


def test_what_an_owner_accepts_is_shown_and_does_not_count() -> None:
    given = facts(report(), applicable=(Source.OCR, Source.SPEECH))
    result = judged(PHONE, given, ACCEPT)
    (entry,) = result.not_examined
    assert (result.decision, result.complete) == (Decision.APPROVE, True)
    assert (entry.source, entry.accepted_by, entry.accepted_reason) == ("speech", "boss", "silent")
    assert result.passed == ("r",)


def test_accepting_one_source_accepts_no_other() -> None:
    failed = report(status=Status.FAILED)
    given = facts(failed, report(examines=SPEECH), applicable=(Source.OCR, Source.SPEECH))
    assert not judged(PHONE, given, ACCEPT).complete


def test_accepting_without_sources_accepts_all_of_them() -> None:
    head = "accept_unexamined: [{category: pii.email, owner: boss, reason: none}]"
    rules = PHONE + rule("find: pii.email, then: flag", "e")
    result = judged(rules, facts(report(), applicable=(Source.OCR,)), head)
    assert result.complete
    assert result.passed == ("r",)


def test_one_entry_accepts_each_of_its_categories_and_nothing_beside_them() -> None:
    head = "accept_unexamined: [{category: [pii.email, gambling], owner: boss, reason: none}]"
    rules = PHONE + rule("find: [pii.email, gambling, pii.url], then: flag", "e")
    result = judged(rules, facts(report(), applicable=(Source.OCR,)), head)
    accepted = {one.category: one.accepted_by for one in result.not_examined}
    assert accepted == {"gambling": "boss", "pii.email": "boss", "pii.url": None}
    assert not result.complete


def test_accepting_everything_still_approves_nothing() -> None:
    head = "accept_unexamined: [{category: pii, owner: boss, reason: none}]"
    result = judged(PHONE, facts(), head)
    assert (result.decision, result.complete) == (Decision.FLAG, False)
    assert "Nothing of this asset was examined" in reasons(result)


@pytest.mark.parametrize("applicable", [(), (Source.FRAME,), (Source.OCR,)])
def test_empty_evidence_never_approves(applicable: tuple[Source, ...]) -> None:
    assert judged(PHONE, facts(applicable=applicable)).decision is Decision.FLAG


def test_a_waiver_never_covers_incompleteness() -> None:
    given = facts(report(finding(), status=Status.FAILED), waivers=(waiver(),))
    result = judged(PHONE, given)
    assert (result.decision, result.complete) == (Decision.FLAG, False)
    assert [hit.waiver for hit in result.hits] == ["W-1"]


def test_gaps_of_the_asset_are_never_accepted() -> None:
    head = "accept_unexamined: [{category: integrity, owner: boss, reason: none}]"
    rules = PHONE + rule("find: integrity, then: flag", "i")
    given = facts(
        report(), applicable=(Source.OCR, Source.METADATA), gaps=("The file ends early.",)
    )
    result = judged(rules, given, head)
    assert (result.decision, result.complete) == (Decision.FLAG, False)
    assert ("integrity.undecodable", "asset") in [
        (entry.category, entry.source) for entry in result.not_examined
    ]


def test_gaps_are_a_finding_for_the_rule_that_names_them() -> None:
    rules = PHONE + rule("find: integrity.undecodable, then: reject", "i")
    given = facts(report(), applicable=(Source.OCR, Source.METADATA))
    assert judged(rules, given).decision is Decision.APPROVE
    torn = judged(rules, given.model_copy(update={"gaps": ("The file ends early.",)}))
    assert torn.decision is Decision.REJECT
    assert torn.hits[0].note == "The file ends early."


def test_several_rules_share_one_entry_for_what_was_not_examined() -> None:
    rules = rule("find: pii.phone, then: flag", "a") + rule("find: pii.phone, then: reject", "b")
    entries = judged(rules, facts(report(status=Status.FAILED, reason="x"))).not_examined
    assert [entry.rules for entry in entries] == [("a", "b"), ("a", "b")]
    assert [entry.category for entry in entries] == ["pii.phone", "*"]


def test_a_face_rule_on_a_still_with_an_enrolled_person_passes_or_hits() -> None:
    frames = (Source.FRAME,)
    assert judged(FACE, facts(face_report(), applicable=frames)).decision is Decision.APPROVE
    assert judged(FACE, facts(face_report(face()), applicable=frames)).decision is Decision.REJECT


WHILE = "accept_unexamined: [{category: likeness, while: no_references, owner: boss, reason: none}]"
BOTH = PHONE + rule("find: likeness.face, then: reject", "f")


SPOKEN = "accept_unexamined: [{category: pii, while: not_installed, owner: boss, reason: none}]"
PAIR = ("pii.phone", Source.OCR)


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        (None, True),
        ({"status": Status.SKIPPED, "hindered": ((*PAIR, "x"),), "lacks": (PAIR,)}, True),
        ({"status": Status.FAILED, "examines": (PAIR,), "lacks": (PAIR,)}, True),
        ({"status": Status.FAILED, "examines": (PAIR,)}, False),
        ({"hindered": ((*PAIR, "in a language that it does not understand"),)}, False),
        ({"examines": (PAIR,), "coverage": Coverage(complete=False)}, False),
    ],
)
def test_what_is_accepted_while_nothing_is_installed_is_not_accepted_where_something_fails(
    changes: dict | None, accepted: bool
) -> None:
    other = report(examines=(("pii.email", Source.OCR),))
    one = [] if changes is None else [report(examines=()).model_copy(update=changes)]
    rules = PHONE + rule("find: pii.email, then: reject", "e")
    given = facts(other, *one, applicable=(Source.OCR,))
    result = judged(rules, given, SPOKEN)
    assert (result.decision, result.complete) == (
        (Decision.APPROVE, True) if accepted else (Decision.FLAG, False)
    )
    both = facts(
        other,
        *one,
        report(examines=(PAIR,), analyzer="w").model_copy(update={"status": Status.FAILED}),
        applicable=(Source.OCR,),
    )
    assert not judged(rules, both, SPOKEN).complete


def test_what_is_accepted_while_there_are_no_references_is_not_accepted_where_the_search_failed() -> (
    None
):
    """Otherwise an entry that was written for empty banks hides every failure once they are filled."""
    sources = (Source.OCR, Source.FRAME)
    empty = facts(report(), face_report(banks=(bank(size=0),)), applicable=sources)
    assert judged(BOTH, empty, WHILE).complete
    broken = face_report(banks=(bank(),)).model_copy(update={"status": Status.FAILED})
    for given in (facts(report(), broken, applicable=sources), facts(report(), applicable=sources)):
        result = judged(BOTH, given, WHILE)
        assert (result.decision, result.complete) == (Decision.FLAG, False)


def test_a_rule_that_leaves_out_banks_needs_entries_in_another() -> None:
    rules = rule("find: likeness.face, not_in: [talent], then: reject")
    only_talent = facts(face_report(banks=(bank("talent"),)), applicable=(Source.FRAME,))
    result = judged(rules, only_talent)
    assert not result.complete
    assert "No bank beside talent has" in reasons(result)
    both = face_report(banks=(bank("talent"), bank("public")))
    assert judged(rules, facts(both, applicable=(Source.FRAME,))).complete
