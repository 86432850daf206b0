"""A policy that extends another one: what it may change, what it cannot, and where mistakes are told."""

import re
from pathlib import Path

import pytest
from policy_examples import NOW, facts, finding, report, rule

from compliance.errors import PolicyError
from compliance.policy.case_results import run_case
from compliance.policy.cases import load_cases_text
from compliance.policy.evaluate import evaluate
from compliance.policy.json_schema import policy_schema
from compliance.policy.load import LoadedPolicy, load_policy, load_policy_text, read_policy
from compliance.policy.schema import Policy
from compliance.policy.show import effective_yaml
from compliance.resources import shipped
from compliance.types import Source
from compliance.verdicts import Decision

BASE = (
    "policy: base\nversion: 1.0.0\nowner: legal\nstatus: enforce\n@rules:\n"
    + rule("find: pii.phone, when: {min_score: 0.5}, then: reject", "phone")
    + rule("find: pii.email, then: flag, why: Law", "mail")
)
HEAD = (
    "extends: base.yaml\npolicy: brand\nversion: 2.0.0\nowner: brand@example.com\nstatus: enforce\n"
)
OWN = "rules:\n" + rule("find: likeness.face, then: flag", "face")


def based(head: str = "") -> str:
    """The base, with ``head`` above its rules."""
    return BASE.replace("@", head)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(based(), "utf-8")
    return tmp_path


def read(folder: Path, rest: str = "", base: str | None = None) -> LoadedPolicy:
    if base is not None:
        (folder / "base.yaml").write_text(based(base), "utf-8")
    (folder / "brand.yaml").write_text(HEAD + rest, "utf-8")
    return read_policy(folder / "brand.yaml")


def extended(folder: Path, rest: str = "", base: str | None = None) -> Policy:
    return read(folder, rest, base).policy


def refusal(folder: Path, rest: str) -> str:
    with pytest.raises(PolicyError) as caught:
        read(folder, rest)
    return str(caught.value)


def override(text: str) -> str:
    return f"override:\n  - {{rule: phone, owner: o@example.com, reason: Agreed, {text}}}\n"


def test_rules_of_the_base_and_its_own_hold_together(folder: Path) -> None:
    policy = extended(folder, OWN)
    assert [one.id for one in policy.rules] == ["phone", "mail", "face"]
    assert (policy.label, policy.extended) == ("brand@2.0.0", "base@1.0.0")
    assert policy.owner == "brand@example.com"


def test_a_policy_may_add_nothing_but_its_name(folder: Path) -> None:
    assert extended(folder).rules == load_policy(folder / "base.yaml").rules


def test_an_override_sets_the_keys_that_it_names_and_keeps_the_others(folder: Path) -> None:
    policy = extended(folder, override("set: {when: {min_score: 0.8}, then: flag}"))
    changed = policy.rule("phone")
    assert changed is not None
    assert (changed.when.min_score, changed.then, changed.find) == (0.8, "flag", ("pii.phone",))
    assert [(one.rule, one.reason, one.owner) for one in policy.overrides] == [
        ("phone", "Agreed", "o@example.com")
    ]


def test_an_override_decides(folder: Path) -> None:
    given = facts(report(finding("pii.phone", 0.6)))
    strict = evaluate(load_policy(folder / "base.yaml"), given, NOW)
    mild = evaluate(extended(folder, override("set: {then: flag}")), given, NOW)
    assert (strict.decision, mild.decision) == (Decision.REJECT, Decision.FLAG)


def test_an_override_may_remove_a_rule(folder: Path) -> None:
    assert [one.id for one in extended(folder, override("remove: true")).rules] == ["mail"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  - {rule: phone, owner: o, remove: true}\n", "brand.yaml:7:5: key 'reason' is missing"),
        ("  - {rule: phone, reason: r, remove: true}\n", "brand.yaml:7:5: key 'owner' is missing"),
        (
            "  - {rule: phone, owner: o, reason: r}\n",
            "brand.yaml:7:5: an override either removes or sets",
        ),
        (
            "  - {rule: phone, owner: o, reason: r, remove: true, set: {then: flag}}\n",
            "an override either removes or sets",
        ),
        (
            "  - {rule: fone, owner: o, reason: r, remove: true}\n",
            "brand.yaml:7:6: there is no rule 'fone' to override",
        ),
        (
            "  - {rule: phone, owner: o, reason: r, set: {id: other}}\n",
            "brand.yaml:7:46: an override keeps the rule's id",
        ),
        (
            "  - {rule: phone, owner: o, reason: r, set: {thn: flag}}\n",
            "brand.yaml:7:46: unknown key 'thn'",
        ),
        (
            "  - {rule: phone, owner: o, reason: r, set: {when: {min_score: 2}}}\n",
            "brand.yaml:7:53: 'min_score' must be 1.0 or less",
        ),
        (
            "  - {rule: phone, owner: o, reason: r, set: {find: pii.fone}}\n",
            "did you mean 'pii.phone'?",
        ),
    ],
)
def test_an_override_that_is_wrong_is_told_with_its_place(
    folder: Path, text: str, told: str
) -> None:
    assert told in refusal(folder, "override:\n" + text)


def test_a_rule_of_the_base_cannot_be_written_anew(folder: Path) -> None:
    said = refusal(folder, "rules:\n" + rule("find: pii.phone, then: flag", "phone"))
    assert "brand.yaml:7:10: rule 'phone' stands in base@1.0.0 already" in said
    assert "change it under 'override:', with a reason" in said


def test_only_one_level_extends(folder: Path) -> None:
    read(folder)
    (folder / "third.yaml").write_text(HEAD.replace("base.yaml", "brand.yaml"), "utf-8")
    with pytest.raises(PolicyError, match="a base extends nothing itself"):
        load_policy(folder / "third.yaml")


def test_a_base_that_is_not_there_is_told_at_its_name(folder: Path) -> None:
    (folder / "base.yaml").unlink()
    assert "brand.yaml:1:1: there is no policy 'base.yaml' to extend" in refusal(folder, "")


def test_a_mistake_in_the_base_is_told_with_the_base_s_own_place(folder: Path) -> None:
    (folder / "base.yaml").write_text(based() + "extra: 1\n", "utf-8")
    assert "base.yaml:8:1: unknown key 'extra'" in refusal(folder, "")


def test_text_without_a_folder_extends_nothing() -> None:
    with pytest.raises(PolicyError, match="nothing can be extended from here"):
        load_policy_text(HEAD, "brand.yaml")


@pytest.mark.parametrize(
    ("base", "own", "effective"),
    [
        ("reject", "flag", "reject"),
        ("flag", "reject", "reject"),
        ("flag", "flag", "flag"),
        ("reject", "", "reject"),
    ],
)
def test_the_harder_of_two_if_not_examined_wins(
    folder: Path, base: str, own: str, effective: str
) -> None:
    rest = f"if_not_examined: {own}\n" if own else ""
    assert extended(folder, rest, f"if_not_examined: {base}\n").if_not_examined == effective


def test_what_either_accepts_is_accepted(folder: Path) -> None:
    entry = "accept_unexamined: [{{category: {0}, owner: o, reason: r}}]\n"
    policy = extended(folder, entry.format("pii.email"), entry.format("pii.phone"))
    assert [one.categories for one in policy.accept_unexamined] == [("pii.phone",), ("pii.email",)]


def test_the_digest_tells_every_change_of_base_override_and_reason(folder: Path) -> None:
    plain = extended(folder).digest
    milder = extended(folder, override("set: {then: flag}")).digest
    reasoned = extended(folder, override("set: {then: flag}").replace("Agreed", "Told")).digest
    (folder / "base.yaml").write_text(based().replace("0.5", "0.4"), "utf-8")
    rebased = extended(folder).digest
    assert len({plain, milder, reasoned, rebased, load_policy(folder / "base.yaml").digest}) == 5
    (folder / "base.yaml").write_text(based("# a comment\n"), "utf-8")
    assert extended(folder).digest == plain


def test_the_effective_policy_loads_again_without_its_base(folder: Path) -> None:
    policy = extended(folder, override("set: {then: flag}") + OWN)
    again = load_policy_text(effective_yaml(policy), "effective.yaml")
    assert (again, again.digest) == (policy, policy.digest)


def test_the_base_is_kept_for_what_compares_with_it(folder: Path) -> None:
    assert read(folder).base == load_policy(folder / "base.yaml")
    assert read_policy(folder / "base.yaml").base is None


def test_the_schema_takes_a_whole_policy_or_one_that_extends() -> None:
    schema = policy_schema()
    assert [one["$ref"] for one in schema["oneOf"]] == ["#/$defs/Policy", "#/$defs/Extension"]
    whole, extending = schema["$defs"]["Policy"], schema["$defs"]["Extension"]
    assert "extends" not in whole["properties"]
    assert "extends" in extending["required"]
    assert "rules" in whole["required"]
    assert "rules" not in extending["required"]
    assert whole["additionalProperties"] is extending["additionalProperties"] is False


def test_a_finding_of_the_added_rule_counts_beside_those_of_the_base(folder: Path) -> None:
    policy = extended(folder, OWN)
    given = facts(
        report(
            finding("likeness.face", source=Source.FRAME), finding("pii.phone", 0.6), examines=()
        ),
    )
    assert {hit.rule for hit in evaluate(policy, given, NOW).hits} == {"phone", "face"}


def test_the_examples_of_the_page_on_policies_load(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
    whole, named, extending, cases = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.S)
    (tmp_path / "starter.yaml").write_bytes((shipped("policies") / "starter.yaml").read_bytes())
    (tmp_path / "whole.yaml").write_text(whole + named, "utf-8")
    (tmp_path / "acme.yaml").write_text(extending, "utf-8")
    assert len(load_policy(tmp_path / "whole.yaml").rules) == 2
    starter = load_policy(tmp_path / "starter.yaml")
    assert len(load_policy(tmp_path / "acme.yaml").rules) == len(starter.rules) + 1
    ran = [run_case(starter, case) for case in load_cases_text(cases, "page")]
    assert [one.differences for one in ran] == [(), ()]
