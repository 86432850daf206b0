"""The shipped policies: they load, name their sources, and their cases show every rule at work."""

import re
from pathlib import Path

import pytest
from policy_examples import NOW, bank, facts, report

from compliance.facts import Facts, Release
from compliance.findings import Status
from compliance.plugins import analyzer_specs
from compliance.policy.case_results import CaseResult, coverage, run_case
from compliance.policy.cases import case_files, load_cases
from compliance.policy.evaluate import evaluate
from compliance.policy.lint import lint
from compliance.policy.load import load_policy, read_policy
from compliance.policy.schema import Rule
from compliance.resources import shipped
from compliance.taxonomy import TAXONOMY
from compliance.types import Source
from compliance.verdicts import Decision

FOLDER = shipped("policies")
STARTER = load_policy(FOLDER / "starter.yaml")
PATHS = {path.stem: path for path in sorted(FOLDER.glob("*.yaml")) if path.stem != "starter"}
POLICIES = {name: load_policy(path) for name, path in PATHS.items()}
OWN_RULES = {
    f"{name}/{rule.id}": rule
    for name, policy in POLICIES.items()
    for rule in policy.rules
    if STARTER.rule(rule.id) is None or policy.extended is None
}
NAMED = (
    r"(?i)Regulation \(EU\) 2024/1689|Business and Professions Code|General Business Law|GB 45438-2025"
    r"|Measures for Labelling|WCAG|ITU-R|Ofcom|documentation|C2PA|house rule"
)
"""What a rule may rest on: laws and standards that were looked up, public documents, or our own rule."""
BANKS = {
    "face": "talent", "voice": "talent", "name": "public-figures",
    "mark": "brands", "word": "brands", "work": "works", "term": "works",
}  # fmt: skip
"""A bank of each modality."""
NOT_SHIPPED = ("mark", "work")
"""Modalities that are compared with what an installation has added itself: it comes with names alone."""

COMPARED = ("brand.logo", "brand.own_misuse", "ip.copy")
"""Categories that are looked for once an installation has added something to compare with."""
SEEN_HEARD = {Source.FRAME, Source.AUDIO}

each_policy = pytest.mark.parametrize("name", PATHS)
each_lenient = pytest.mark.parametrize("name", sorted(PATHS.keys() - {"strict-commercial"}))
each_rule = pytest.mark.parametrize("key", OWN_RULES)


def header(path: Path) -> str:
    """The comment that a policy begins with, as running text."""
    lines = path.read_text("utf-8").splitlines()
    kept = lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]
    return " ".join(line.lstrip("# ") for line in kept)


def examined_by_bundled_analyzers(release: Release, empty: tuple[str, ...] = ()) -> Facts:
    """A clip with everything but a transcript, of which the bundled analyzers saw all that they can see.

    The banks of each modality have entries, but for those in ``empty``.
    """
    reports = tuple(
        report(
            examines=tuple(
                (category, source)
                for category in spec.categories
                for source in sorted(
                    TAXONOMY.leaves[category].sources & spec.sources - {Source.SPEECH}
                )
            ),
            banks=(bank(BANKS[spec.modality], spec.modality),)
            if spec.modality and spec.modality not in empty
            else (),
            analyzer=spec.name,
        )
        for spec in analyzer_specs().values()
        if spec.tier == "bundled" and spec.categories
    )
    return facts(*reports, applicable=tuple(Source), release=release)


def results(name: str) -> list[CaseResult]:
    cases = [case for path in case_files(PATHS[name]) for case in load_cases(path)]
    return [run_case(POLICIES[name], case) for case in cases]


def test_the_policies_that_we_promise_are_shipped() -> None:
    promised = {
        "advertising", "broadcast", "california-sb942", "children", "china-labeling", "eu-ai-act",
        "new-york-synthetic-performer", "news-and-politics", "provider-terms", "strict-commercial",
    }  # fmt: skip
    assert promised <= PATHS.keys()


@each_policy
def test_a_policy_is_called_as_its_file_and_can_sign(name: str) -> None:
    policy = POLICIES[name]
    assert (policy.policy, policy.status) == (name, "enforce")
    assert re.fullmatch(r"\d+\.\d+\.\d+", policy.version)


@each_policy
def test_nobody_answers_for_a_policy_before_somebody_says_so(name: str) -> None:
    policy = POLICIES[name]
    owners = {policy.owner, *(one.owner for one in policy.accept_unexamined + policy.overrides)}
    assert owners == {"unset@example.com"}


@each_policy
def test_a_policy_says_that_it_is_no_advice_what_it_rests_on_and_when_that_was_read(
    name: str,
) -> None:
    text = header(PATHS[name])
    assert "Not legal advice." in text
    assert "Source: " in text
    assert re.search(r"\b2026-\d\d-\d\d\b", text)


@each_rule
def test_every_rule_names_a_source_with_the_day_it_was_read_and_a_severity(key: str) -> None:
    rule = OWN_RULES[key]
    assert re.search(NAMED, rule.why or ""), rule.why
    assert re.search(r"\b2026-\d\d-\d\d\b", rule.why or ""), rule.why
    assert rule.severity is not None


@each_rule
def test_a_rule_that_only_monitors_says_why_in_title_and_reason(key: str) -> None:
    rule = OWN_RULES[key]
    assert ("(monitored, since " in rule.title) == (rule.status == "monitor")
    assert ("only monitors, because" in (rule.why or "").lower()) == (rule.status == "monitor")


@each_policy
def test_lint_has_no_error_and_no_warning_with_the_analyzers_that_are_installed(name: str) -> None:
    loaded = read_policy(PATHS[name])
    doubts = lint(loaded.policy, list(analyzer_specs().values()), None, loaded)
    assert [one.message for one in doubts if one.severity in ("error", "warning")] == []


@each_policy
def test_the_cases_hold(name: str) -> None:
    found = results(name)
    assert found
    assert [(one.case.name, one.differences) for one in found if not one.holds] == []


@each_policy
def test_cases_hit_every_rule_and_pass_every_one_that_decides(name: str) -> None:
    shown = coverage(POLICIES[name], results(name))
    deciding = {rule.id for rule in POLICIES[name].rules if rule.status == "enforce"}
    assert [one.rule for one in shown if not one.hit_by] == []
    assert [one.rule for one in shown if one.rule in deciding and not one.passed_in] == []


@each_lenient
def test_bundled_analyzers_examine_all_that_the_deciding_rules_need(name: str) -> None:
    result = evaluate(POLICIES[name], examined_by_bundled_analyzers(Release()), NOW)
    assert result.complete, [one for one in result.not_examined if one.accepted_by is None]


@each_lenient
def test_no_text_that_is_read_is_accepted_unexamined(name: str) -> None:
    result = evaluate(POLICIES[name], examined_by_bundled_analyzers(Release()), NOW)
    assert {one.source for one in result.not_examined} <= {"speech", "audio", "frame"}


@each_lenient
def test_an_owner_answers_for_marks_and_works_while_there_are_none(name: str) -> None:
    fresh = examined_by_bundled_analyzers(Release(), NOT_SHIPPED)
    result = evaluate(POLICIES[name], fresh, NOW)
    missing = {one.category for one in result.not_examined if one.category in COMPARED}
    named = {
        one
        for rule in POLICIES[name].rules
        if rule.status == "enforce"
        for one in rule.find
        if one in COMPARED
    }
    assert (missing, result.complete) == (named, True)


@each_policy
def test_a_search_for_marks_or_works_that_fails_is_not_accepted(name: str) -> None:
    for one in POLICIES[name].accept_unexamined:
        if set(one.categories) & set(COMPARED):
            assert one.while_ == "no_references"
            assert set(one.categories) <= set(COMPARED)


@each_policy
def test_nobody_answers_for_what_is_explicit_in_pictures_or_for_text_that_is_there(
    name: str,
) -> None:
    for one in POLICIES[name].accept_unexamined:
        assert one.while_ is not None
        if one.while_ == "not_installed":
            assert set(one.sources) in ({Source.SPEECH}, {Source.AUDIO}, {Source.FRAME}, SEEN_HEARD)
            assert Source.FRAME not in one.sources or not one.covers("sexual.explicit")


@each_lenient
def test_what_is_installed_and_fails_is_never_accepted(name: str) -> None:
    """The same places are accepted where nothing that looks there is installed, as the cases above show."""
    seen = examined_by_bundled_analyzers(Release())
    policy = POLICIES[name]
    places = {
        (leaf, source)
        for entry in policy.accept_unexamined
        for leaf, category in TAXONOMY.leaves.items()
        for source in category.sources & set(entry.sources or Source)
        if entry.covers(leaf) and any(rule_finds(rule, leaf) for rule in policy.rules)
    }
    for place in places:
        broken = report(examines=(place,), analyzer="broken").model_copy(
            update={"status": Status.FAILED}
        )
        result = evaluate(policy, seen.model_copy(update={"reports": (*seen.reports, broken)}), NOW)
        assert not result.complete, place


def rule_finds(rule: Rule, leaf: str) -> bool:
    """A rule that decides, everywhere, and needs the category to have been examined."""
    found = any(TAXONOMY.covers(path, leaf) for path in rule.find)
    return rule.demands_evidence and found


def test_strictly_nobody_answers_for_anything() -> None:
    strict = POLICIES["strict-commercial"]
    result = evaluate(strict, examined_by_bundled_analyzers(Release()), NOW)
    assert strict.accept_unexamined == ()
    assert (result.decision, result.complete) == (Decision.FLAG, False)


def test_the_strict_policy_is_nowhere_milder_than_the_starter() -> None:
    strict = [rule for rule in POLICIES["strict-commercial"].rules if rule.status == "enforce"]
    for rule in STARTER.rules:
        harder = [
            one
            for one in strict
            if set(rule.find) <= set(one.find)
            and (one.when.min_score or 0) <= (rule.when.min_score or 0)
            and one.then.severity >= rule.then.severity
            and (one.in_, one.not_in, one.expr) == (rule.in_, rule.not_in, rule.expr)
            and one.applies == rule.applies
            and one.unless == rule.unless
            and one.oblige == rule.oblige
        ]
        assert harder, rule.id


@each_policy
def test_a_release_that_no_law_of_the_policy_reaches_is_still_decided(name: str) -> None:
    elsewhere = Release(
        territories=("JP",), channels=("web",), audience=("general",), purpose="internal"
    )
    result = evaluate(POLICIES[name], examined_by_bundled_analyzers(elsewhere), NOW)
    strict = name == "strict-commercial"
    expected = Decision.FLAG if strict else Decision.APPROVE
    assert (result.decision, result.complete) == (expected, not strict)


def rules_of(name: str, pattern: str) -> list[Rule]:
    return [rule for rule in POLICIES[name].rules if re.fullmatch(pattern, rule.id)]


@pytest.mark.parametrize(
    ("name", "territory", "day"),
    [
        ("eu-ai-act", "EU", "2026-08-02"),
        ("california-sb942", "US-CA", "2026-08-02"),
        ("new-york-synthetic-performer", "US-NY", "2026-06-09"),
        ("china-labeling", "CN", "2025-09-01"),
    ],
)
def test_a_law_holds_where_and_from_when_it_is_in_force(
    name: str, territory: str, day: str
) -> None:
    of_the_law = [rule for rule in POLICIES[name].rules if not rule.id.startswith("provenance.")]
    for rule in of_the_law:
        assert (rule.applies.territories, str(rule.applies.from_)) == ((territory,), day)
    assert any(rule.status == "enforce" for rule in of_the_law)


def test_the_chinese_label_opens_the_video_for_two_seconds() -> None:
    (rule,) = rules_of("china-labeling", "label.opening")
    assert rule.oblige is not None and rule.oblige.label is not None
    assert (rule.oblige.label.place, rule.oblige.label.min_seconds) == ("start", 2.0)


@each_policy
def test_comments_do_not_change_the_digest(name: str, tmp_path: Path) -> None:
    (tmp_path / "starter.yaml").write_text((FOLDER / "starter.yaml").read_text("utf-8"), "utf-8")
    lines = PATHS[name].read_text("utf-8").splitlines()
    bare = [line for line in lines if not line.startswith("#")]
    copy = tmp_path / "copy.yaml"
    copy.write_text("# Another comment.\n" + "\n".join(bare) + "\n", "utf-8")
    assert load_policy(copy).digest == POLICIES[name].digest


@each_policy
def test_another_threshold_or_duty_changes_the_digest(name: str, tmp_path: Path) -> None:
    (tmp_path / "starter.yaml").write_text((FOLDER / "starter.yaml").read_text("utf-8"), "utf-8")
    copy = tmp_path / "copy.yaml"
    text = PATHS[name].read_text("utf-8")
    copy.write_text(
        text.replace("then: flag", "then: reject").replace("then: approve", "then: flag")
    )
    assert load_policy(copy).digest != POLICIES[name].digest
