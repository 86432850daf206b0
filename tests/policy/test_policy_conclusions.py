"""What rules conclude from absence, from people nobody knows, and from declarations."""

import pytest
from policy_examples import (
    ANN,
    BOB,
    NOW,
    bank,
    consent,
    face,
    facts,
    finding,
    policy,
    report,
    rule,
)

from compliance.errors import PolicyError
from compliance.facts import Facts, Release
from compliance.findings import Finding, Reference
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.types import Source
from compliance.verdicts import Decision

UNKNOWN = rule("find: likeness.face, unknown: true, when: {min_score: 0.9}, then: reject")
CLEARED = rule(
    "find: likeness.face, unknown: true, when: {min_score: 0.9}, unless: {consent: covers}, then: reject"
)
FRAMES = ("likeness.face", "presence.face", "brand.logo")
LABELS = ("disclosure.label", Source.OCR)
MISSING = rule("find: likeness, declared: missing, then: flag")
SILENT = Release()


def seen(track: str | None = "t1") -> Finding:
    return finding("presence.face", source=Source.FRAME).model_copy(update={"track": track})


def match(who: Reference = ANN, score: float = 0.95, track: str | None = "t1") -> Finding:
    return face(who, score).model_copy(update={"track": track})


def shot(*findings: Finding, release: Release = SILENT, people: bool = True) -> Facts:
    examines = (*((category, Source.FRAME) for category in FRAMES), LABELS)
    looked = report(*findings, examines=examines, banks=(bank(),) if people else ())
    return facts(looked, applicable=(Source.FRAME, Source.OCR), release=release)


def judged(rules: str, given: Facts) -> Evaluation:
    return evaluate(policy(rules), given, NOW)


# unknown


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        ((), "approve"),
        ((seen(),), "reject"),
        ((seen(), match()), "approve"),
        ((seen(), match(score=0.85)), "reject"),
        ((seen(), match(track="t2")), "reject"),
        ((seen(None), match(track=None)), "reject"),
        ((seen(None), match(track="")), "reject"),
        ((match(),), "approve"),
    ],
)
def test_a_face_is_unknown_unless_a_sure_match_of_its_own_track_says_whose_it_is(
    found: tuple[Finding, ...], decision: str
) -> None:
    assert judged(UNKNOWN, shot(*found)).decision == decision


def test_a_match_by_another_analyzer_identifies_nobody() -> None:
    other = match().model_copy(update={"analyzer": "other"})
    assert judged(UNKNOWN, shot(seen(), other)).decision is Decision.REJECT


def test_whoever_is_in_no_bank_is_unknown_even_where_all_banks_are_empty() -> None:
    result = judged(UNKNOWN, shot(seen(), people=False))
    assert (result.decision, result.complete) == (Decision.REJECT, True)


def test_a_match_in_a_bank_that_the_rule_does_not_name_identifies_nobody() -> None:
    elsewhere = UNKNOWN.replace("unknown: true", "unknown: true, in: staff")
    assert judged(elsewhere, shot(seen(), match())).decision is Decision.REJECT


def test_everybody_must_be_cleared_and_one_consent_clears_nobody_else() -> None:
    both = (seen("t1"), match(ANN), seen("t2"), match(BOB, track="t2"))
    given = shot(*both).model_copy(update={"consents": (consent(ANN),)})
    (hit,) = judged(CLEARED, given).hits
    assert hit.findings == (both[2].id,)
    both_cleared = given.model_copy(update={"consents": (consent(ANN), consent(BOB))})
    assert judged(CLEARED, both_cleared).decision is Decision.APPROVE


def test_the_consent_of_a_look_alike_clears_no_face_that_is_more_probably_another_s() -> None:
    given = shot(seen(), match(ANN, 0.98), match(BOB, 0.92))
    look_alike = given.model_copy(update={"consents": (consent(BOB),)})
    assert judged(CLEARED, look_alike).decision is Decision.REJECT
    herself = judged(CLEARED, given.model_copy(update={"consents": (consent(ANN), consent(BOB))}))
    assert herself.decision is Decision.APPROVE
    assert [one.person for one in herself.consents] == [ANN.id]


# declared


def test_who_is_declared_and_not_found_is_named() -> None:
    release = Release(people=("talent/ann", "bob"))
    (hit,) = judged(MISSING, shot(match(ANN), release=release)).hits
    assert (hit.findings, hit.note) == ((), "declared but not found: bob")


def test_a_release_that_declares_nobody_misses_nobody() -> None:
    assert judged(MISSING, shot()).hits == ()


def test_a_brand_of_the_same_name_is_not_the_declared_person() -> None:
    logo = finding("brand.logo", source=Source.FRAME, reference=ANN)
    both = MISSING.replace("likeness", "[likeness.face, brand.logo]")
    (hit,) = judged(both, shot(logo, release=Release(people=("ann",)))).hits
    assert hit.note == "declared but not found: ann"


def test_undeclared_people_count_and_declared_ones_do_not() -> None:
    rules = rule("find: likeness.face, declared: undeclared, then: flag")
    given = shot(match(ANN), match(BOB), release=Release(people=("Ann Example",)))
    (hit,) = judged(rules, given).hits
    assert hit.findings == (match(BOB).id,)


def test_unless_declared_reads_people_for_faces_and_brands_for_marks() -> None:
    rules = rule("find: [likeness.face, brand.logo], unless: {declared: release}, then: flag")
    given = shot(match(ANN), release=Release(brands=("talent/ann",)))
    assert judged(rules, given).decision is Decision.FLAG
    declared = given.model_copy(update={"release": Release(people=("talent/ann",))})
    assert judged(rules, declared).decision is Decision.APPROVE


# label


def test_a_label_that_is_not_found_hits_and_one_that_counts_does_not() -> None:
    rules = rule("find: disclosure.label, label: missing, when: {min_seconds: 5}, then: flag")
    label = finding("disclosure.label", source=Source.OCR, seconds=4.5)
    short = finding("disclosure.label", source=Source.OCR, seconds=2.0)
    assert judged(rules, shot(label)).hits == ()
    (hit,) = judged(rules, shot(short)).hits
    assert (hit.findings, hit.note) == ((), "not found: disclosure.label")


def test_a_label_that_was_not_looked_for_is_missing_and_not_examined() -> None:
    rules = rule("find: disclosure.label, label: missing, then: reject")
    result = judged(rules, facts(report(), applicable=(Source.FRAME,)))
    assert (result.decision, result.complete) == (Decision.REJECT, False)


@pytest.mark.parametrize("key", ["unless: {licence: covers}", "declared: undeclared"])
def test_no_permission_can_make_a_label_count_as_missing(key: str) -> None:
    with pytest.raises(PolicyError, match="'label' does not go with 'unless' or 'declared'"):
        policy(rule(f"find: brand.logo, label: missing, {key}, then: reject"))


# monitor


def test_a_rule_that_monitors_says_what_it_would_have_done_and_needs_nothing() -> None:
    quiet = rule("find: likeness.voice, status: monitor, then: reject", "quiet")
    loud = rule("find: likeness.face, status: monitor, then: reject", "loud")
    rules = rule("find: disclosure.label, then: flag") + quiet + loud
    result = judged(rules, shot(match()))
    assert (result.decision, result.complete) == (Decision.APPROVE, True)
    assert [(hit.rule, hit.decision, hit.counts) for hit in result.hits] == [
        ("loud", Decision.REJECT, False)
    ]


def test_a_rule_that_monitors_obliges_nothing() -> None:
    rules = rule("find: disclosure.label, then: flag")
    rules += rule(
        "find: likeness.face, status: monitor, oblige: {watermark: w}, then: approve", "m"
    )
    assert judged(rules, shot(match())).obligations == ()
