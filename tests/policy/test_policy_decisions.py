"""What rules decide on findings, and what turns them off."""

from datetime import datetime

import pytest
from policy_examples import (
    ANN,
    BOB,
    NOW,
    consent,
    face,
    face_report,
    facts,
    finding,
    policy,
    report,
    rule,
    scope,
    waiver,
)

from compliance.errors import AnalyzerError, UsageError
from compliance.facts import Facts, Licence, Release
from compliance.findings import Reference
from compliance.policy.evaluate import evaluate
from compliance.policy.schema import Policy
from compliance.types import Source
from compliance.verdicts import Decision

PHONE = rule("find: pii.phone, then: flag")
FACE = rule("find: likeness.face, when: {min_score: 0.9}, unless: {consent: covers}, then: reject")
FRAMES = (Source.FRAME,)


def decide(rules: str, given: Facts, head: str = "") -> Decision:
    return evaluate(policy(rules, head), given, NOW).decision


def hits(one: Policy, given: Facts) -> list[str]:
    return [hit.rule for hit in evaluate(one, given, NOW).hits]


def test_an_examined_asset_without_findings_is_approved() -> None:
    result = evaluate(policy(PHONE), facts(report()), NOW)
    assert (result.decision, result.complete, result.passed) == (Decision.APPROVE, True, ("r",))


def test_a_finding_makes_its_rule_hit_with_the_ids_behind_it() -> None:
    low, high = finding(score=0.6), finding(score=0.8, raw=2.0)
    result = evaluate(policy(PHONE), facts(report(low, high)), NOW)
    (hit,) = result.hits
    assert result.decision is Decision.FLAG
    assert hit.findings == tuple(sorted([low.id, high.id]))
    assert (hit.score, hit.category, hit.threshold) == (0.8, "pii.phone", None)
    assert result.passed == ()


@pytest.mark.parametrize("find", ["pii", "pii.*", "[brand.logo, pii.phone]"])
def test_a_branch_finds_everything_below_it(find: str) -> None:
    assert decide(rule(f"find: {find}, then: flag"), facts(report(finding()))) is Decision.FLAG


def test_a_branch_does_not_find_its_neighbours() -> None:
    other = finding("provenance.tampered", source=Source.METADATA)
    assert evaluate(policy(PHONE), facts(report(other)), NOW).hits == ()


def test_the_worst_decision_wins_whatever_the_order() -> None:
    flag, reject = rule("find: pii, then: flag", "a"), rule("find: pii.phone, then: reject", "b")
    given = facts(report(finding()))
    one, other = (evaluate(policy(rules), given, NOW) for rules in (flag + reject, reject + flag))
    assert one == other
    assert one.decision is Decision.REJECT
    assert [hit.rule for hit in one.hits] == ["b", "a"]


@pytest.mark.parametrize(
    ("bound", "value", "counts"),
    [
        ("min_score: 0.9", {"score": 0.9}, True),
        ("min_score: 0.9", {"score": 0.89}, False),
        ("min_seconds: 2", {"seconds": 2.0}, True),
        ("min_seconds: 2", {"seconds": 1.0}, True),
        ("min_seconds: 2", {"seconds": 0.9}, False),
        ("min_seconds: 1", {"seconds": 0.0}, True),
        ("min_seconds: 2", {"seconds": None}, True),
        ("min_area_percent: 25", {"side": 0.5}, True),
        ("min_area_percent: 26", {"side": 0.5}, False),
        ("min_area_percent: 26", {"side": None}, True),
    ],
)
def test_a_bound_is_inclusive_and_what_cannot_be_measured_counts(
    bound: str, value: dict[str, float], counts: bool
) -> None:
    one = policy(rule(f"find: pii, when: {{{bound}}}, then: flag"))
    assert bool(hits(one, facts(report(finding(**value))))) is counts


def test_min_count_counts_what_remains() -> None:
    one = policy(rule("find: pii, when: {min_count: 2, min_score: 0.5}, then: flag"))
    strong, weak, again = finding(), finding(score=0.1, raw=2), finding(raw=3)
    assert hits(one, facts(report(strong, weak))) == []
    assert hits(one, facts(report(strong, strong))) == []
    assert hits(one, facts(report(strong, weak, again))) == ["r"]


def test_in_keeps_references_of_these_banks_only() -> None:
    one = policy(rule("find: likeness.face, in: talent, then: flag"))
    stranger = Reference(bank="public", entry="ann", label="Ann Example")
    assert hits(one, facts(face_report(face(ANN)))) == ["r"]
    assert hits(one, facts(face_report(face(stranger)))) == []


def test_not_in_leaves_out_references_of_these_banks_only() -> None:
    one = policy(rule("find: likeness.face, not_in: [talent], then: flag"))
    stranger = Reference(bank="public", entry="ann", label="Ann Example")
    assert hits(one, facts(face_report(face(ANN)))) == []
    assert hits(one, facts(face_report(face(stranger)))) == ["r"]


@pytest.mark.parametrize("name", ["talent/ann", "ann", "Ann Example"])
def test_except_takes_out_one_reference_and_no_other(name: str) -> None:
    one = policy(rule(f"find: likeness.face, except: '{name}', then: flag"))
    assert hits(one, facts(face_report(face(ANN)))) == []
    assert hits(one, facts(face_report(face(BOB)))) == ["r"]
    (hit,) = evaluate(one, facts(face_report(face(ANN), face(BOB))), NOW).hits
    assert hit.findings == (face(BOB).id,)


def test_except_matches_exactly() -> None:
    one = policy(rule("find: likeness.face, except: [an, Ann, talent], then: flag"))
    assert hits(one, facts(face_report(face(ANN)))) == ["r"]


def test_consent_covers_the_finding_of_its_person_and_no_other() -> None:
    given = facts(face_report(face(ANN), face(BOB)), consents=(consent(ANN),))
    (hit,) = evaluate(policy(FACE), given, NOW).hits
    assert hit.findings == (face(BOB).id,)
    assert decide(
        FACE, facts(face_report(face(ANN)), applicable=FRAMES, consents=(consent(ANN),))
    ) is (Decision.APPROVE)


def test_consent_does_nothing_for_a_rule_that_does_not_ask_for_it() -> None:
    strict = rule("find: likeness.face, then: reject")
    given = facts(face_report(face(ANN)), consents=(consent(ANN),))
    assert decide(strict, given) is Decision.REJECT


def test_a_revoked_consent_covers_nothing() -> None:
    revoked = consent(ANN).model_copy(update={"revoked": NOW})
    given = facts(face_report(face(ANN)), consents=(revoked,))
    assert decide(FACE, given) is Decision.REJECT


def test_a_licence_covers_its_mark() -> None:
    mark = Reference(bank="brands", entry="acme")
    one = policy(rule("find: brand.logo, unless: {licence: covers}, then: flag"))
    given = facts(report(finding("brand.logo", source=Source.FRAME, reference=mark)))
    licence = Licence(id="L-1", reference=mark, scope=scope())
    assert hits(one, given) == ["r"]
    assert hits(one, given.model_copy(update={"licences": (licence,)})) == []


@pytest.mark.parametrize(
    ("applies", "release", "expected"),
    [
        ("territories: EU", {}, True),
        ("territories: EU", {"territories": ("FR",)}, True),
        ("territories: EU", {"territories": ("US",)}, False),
        ("territories: EU", {"territories": ("US", "FR")}, True),
        ("territories: EU", {"territories": ("NO",)}, False),
        ("territories: EEA", {"territories": ("NO",)}, True),
        ("territories: DE", {"territories": ("EU",)}, True),
        ("territories: US", {"territories": ("EU",)}, False),
        ("territories: GB", {"territories": ("UK",)}, True),
        ("territories: GB", {"territories": ("gb",)}, True),
        ("territories: GB", {"territories": ("Atlantis",)}, True),
        ("channels: TV", {}, True),
        ("channels: TV", {"channels": ("tv ",)}, True),
        ("channels: TV", {"channels": ("web",)}, False),
        ("audience: children", {}, True),
        ("audience: children", {"audience": "Children"}, True),
        ("audience: children", {"audience": "general"}, False),
        ("purpose: [news]", {"purpose": "advertising"}, False),
        ("from: 2026-06-15", {}, True),
        ("from: 2026-06-16", {}, True),  # a release without end is still going on then
        ("from: 2026-06-16", {"ends": "2026-06-15"}, False),
        ("until: 2026-06-15", {}, True),
        ("until: 2026-06-14", {}, False),
        ("until: 2026-06-14", {"starts": "2026-06-14"}, True),
        ("until: 2026-01-01", {"starts": "2026-06-14", "ends": "2026-06-01"}, True),
        ("territories: EU, channels: tv", {"territories": ("FR",), "channels": ("web",)}, False),
    ],
)
def test_a_rule_applies_unless_the_release_proves_that_it_does_not(
    applies: str, release: dict[str, object], expected: bool
) -> None:
    one = policy(rule(f"find: pii, applies: {{{applies}}}, then: flag"))
    given = facts(report(finding()), release=Release.model_validate(release))
    assert bool(hits(one, given)) is expected


@pytest.mark.parametrize(
    ("applies", "providers", "expected"),
    [
        ("provider: runway", (), True),
        ("provider: runway", ("Runway", "gen4"), True),
        ("provider: runway", ("kling",), False),
        ("except_provider: [azure, sora-2]", (), True),  # nobody said, so it may be of any other
        ("except_provider: [azure, sora-2]", ("Azure", "sora-2"), False),
        ("except_provider: [azure, sora-2]", ("azure",), False),
        ("except_provider: [azure, sora-2]", ("azure", "kling"), True),  # its vendor is not listed
        ("except_provider: [azure, sora-2]", ("kling",), True),
        ("provider: fal, except_provider: [fal, flux]", ("fal", "kling"), True),
        ("provider: fal, except_provider: [fal, flux]", ("fal", "flux"), False),
    ],
)
def test_a_rule_is_about_a_provider_unless_the_record_proves_that_it_is_not(
    applies: str, providers: tuple[str, ...], expected: bool
) -> None:
    one = policy(rule(f"find: pii, applies: {{{applies}}}, then: flag"))
    given = facts(report(finding())).model_copy(update={"providers": providers})
    assert bool(hits(one, given)) is expected


def test_a_waiver_takes_its_hit_out_of_the_decision_but_shows_it() -> None:
    result = evaluate(policy(PHONE), facts(report(finding()), waivers=(waiver(),)), NOW)
    assert result.decision is Decision.APPROVE
    assert [hit.waiver for hit in result.hits] == ["W-1"]
    assert result.passed == ()


@pytest.mark.parametrize(
    "wrong",
    [
        waiver("other"),
        waiver(expires="2026-06-14"),
        waiver().model_copy(update={"asset_sha256": "e" * 64}),
    ],
)
def test_a_waiver_for_something_else_waives_nothing(wrong: object) -> None:
    given = facts(report(finding())).model_copy(update={"waivers": (wrong,)})
    assert decide(PHONE, given) is Decision.FLAG


MARK = rule("find: generation.synthetic, oblige: {mark: c2pa.digital_source_type}, then: approve")
SYNTHETIC = finding("generation.synthetic", 1.0, source=Source.METADATA)


def synthetic(*marks: str) -> Facts:
    examines = (("generation.synthetic", Source.METADATA),)
    return facts(report(SYNTHETIC, examines=examines), applicable=(Source.METADATA,), marks=marks)


def test_an_obligation_that_can_be_met_is_approved_and_listed() -> None:
    result = evaluate(policy(MARK), synthetic("c2pa.digital_source_type"), NOW)
    assert result.decision is Decision.APPROVE
    assert [(one.value, one.rule) for one in result.obligations] == [
        ("c2pa.digital_source_type", "r")
    ]


def test_an_obligation_that_cannot_be_met_is_flagged_and_says_why() -> None:
    result = evaluate(policy(MARK), synthetic(), NOW)
    assert result.decision is Decision.FLAG
    assert "cannot carry" in result.hits[0].note


def test_what_is_not_synthetic_obliges_nothing() -> None:
    given = facts(
        report(examines=(("generation.synthetic", Source.METADATA),)), applicable=(Source.METADATA,)
    )
    result = evaluate(policy(MARK), given, NOW)
    assert (result.decision, result.obligations) == (Decision.APPROVE, ())


def test_a_waived_obligation_is_not_owed() -> None:
    given = synthetic("c2pa.digital_source_type").model_copy(update={"waivers": (waiver(),)})
    assert evaluate(policy(MARK), given, NOW).obligations == ()


@pytest.mark.parametrize("status", ["draft", "monitor", "enforce"])
def test_every_status_decides_alike(status: str) -> None:
    one = policy(PHONE).model_copy(update={"status": status})
    assert evaluate(one, facts(report(finding())), NOW).decision is Decision.FLAG


def test_the_day_of_a_waiver_is_a_day_in_utc() -> None:
    given = facts(report(finding()), waivers=(waiver(expires="2026-06-15"),))
    east = datetime.fromisoformat("2026-06-16T01:00:00+02:00")
    west = datetime.fromisoformat("2026-06-15T23:00:00-02:00")
    assert evaluate(policy(PHONE), given, east).decision is Decision.APPROVE
    assert evaluate(policy(PHONE), given, west).decision is Decision.FLAG


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="time zone"):
        evaluate(policy(PHONE), facts(report()), datetime(2026, 1, 1))


def test_a_report_about_another_asset_is_refused() -> None:
    stray = report().model_copy(update={"asset": "f" * 64})
    with pytest.raises(AnalyzerError, match="another asset"):
        evaluate(policy(PHONE), facts(stray), NOW)
