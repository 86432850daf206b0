"""``compliance policy``: test, diff, explain and lint, as commands."""

import json
import shutil
from pathlib import Path

import pytest
from clearing_desk import Desk
from command_line import Result, run_here

from compliance.resources import shipped

POLICY = """\
policy: brand
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: phone, title: No numbers, why: Law, find: pii.phone, then: reject}
  - {id: mail, title: No mail, why: Law, find: pii.email, then: flag}
"""
CASES = """\
cases:
  - {name: a number, findings: [{category: pii.phone, source: ocr}], expect: {decision: reject, hits: phone}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brand.yaml").write_text(POLICY)
    (tmp_path / "brand" / "tests").mkdir(parents=True)
    (tmp_path / "brand" / "tests" / "some.yaml").write_text(CASES)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return run_here("policy", *arguments, cwd=folder)


def test_cases_that_hold_exit_0_and_name_the_rules_that_none_hits(folder: Path) -> None:
    result = run(folder, "test", "brand.yaml")
    assert result.code == 0
    assert "  ✔   1 a number\n" in result.out
    assert (
        "  ✔ phone  hit by 1; passed in none\n  ○ mail   hit by none; passed in 1\n" in result.out
    )
    assert (
        "brand@1.0.0: 1 cases, 1 hold, 0 fail; 1 of 2 rules are hit\nnever hit: mail" in result.out
    )


def test_a_rule_that_no_case_hits_exits_2_where_that_is_asked_for(folder: Path) -> None:
    assert run(folder, "test", "brand.yaml", "--strict").code == 2


def test_a_case_that_fails_exits_11_and_shows_the_difference(folder: Path) -> None:
    (folder / "brand.yaml").write_text(POLICY.replace("then: reject", "then: flag"))
    result = run(folder, "test", "brand.yaml", "--strict")
    assert result.code == 11
    assert "  ✖   1 a number\n        decision: expected reject, got flag\n" in result.out


def test_a_policy_without_cases_exits_2_and_says_where_they_belong(folder: Path) -> None:
    shutil.rmtree(folder / "brand")
    result = run(folder, "test", "brand.yaml")
    assert result.code == 2
    assert "files in brand/tests, named *.yaml" in result.err


def test_cases_that_cannot_be_read_exit_2(folder: Path) -> None:
    (folder / "brand" / "tests" / "some.yaml").write_text(CASES.replace("expect:", "expct:"))
    result = run(folder, "test", "brand.yaml")
    assert result.code == 2
    assert "unknown key 'expct'" in result.err


def test_the_starter_policy_holds_strictly(folder: Path) -> None:
    assert run(folder, "test", "--strict").code == 0


def test_a_difference_names_rules_and_keys(folder: Path) -> None:
    (folder / "next.yaml").write_text(
        POLICY.replace("1.0.0", "1.1.0").replace("find: pii.phone,", "find: pii,")
    )
    result = run(folder, "diff", "brand.yaml", "next.yaml")
    assert result.code == 0
    assert result.out.splitlines() == [
        "brand@1.0.0 → brand@1.1.0",
        "~ version: 1.0.0 → 1.1.0",
        "~ rule phone: changed (stronger)",
        "    find: [pii.phone] → [pii] (stronger)",
        "0 rules added, 0 removed, 1 changed; 0 weaker, 1 stronger, 0 neither or both",
    ]
    assert run(folder, "diff", "brand.yaml", "brand.yaml").out.endswith("nothing changed\n")


def test_lint_makes_no_database_and_doubts_dates_as_of_a_moment(folder: Path) -> None:
    text = POLICY.replace("find: pii.email,", "find: pii.email, applies: {until: 2026-01-31},")
    (folder / "brand.yaml").write_text(text)
    before = sorted(folder.rglob("*"))
    assert "rule mail has ended" in run(folder, "lint", "brand.yaml", "--as-of", "2026-02-01").out
    assert "has ended" not in run(folder, "lint", "brand.yaml", "--as-of", "2026-01-31").out
    assert sorted(folder.rglob("*")) == before


def test_lint_knows_the_banks_that_exist(folder: Path) -> None:
    text = (
        POLICY + "  - {id: face, title: T, why: W, find: likeness.face, in: talnet, then: flag}\n"
    )
    (folder / "brand.yaml").write_text(text)
    assert "is not there" not in run(folder, "lint", "brand.yaml").out
    assert run_here("people", "enrol", "Ann Example", "--bank", "talent", cwd=folder).code == 0
    out = run(folder, "lint", "brand.yaml").out
    assert "rule face names bank 'talnet', which is not there" in out
    assert "did you mean 'talent'?" in out


def test_rules_are_explained_without_a_run(folder: Path) -> None:
    result = run(folder, "explain", "mail", "--policy", "brand.yaml")
    assert result.out.splitlines() == [
        "mail: No mail → flag  (brand@1.0.0)",
        "├─ why: Law",
        "├─ owner: somebody@example.com",
        "└─ finds: pii.email",
    ]
    everything = run(folder, "explain", "--all", "--policy", "brand.yaml").out
    assert "phone: No numbers" in everything
    assert "mail: No mail" in everything


@pytest.mark.parametrize("arguments", [(), ("mail", "--all"), ("male", "--policy", "brand.yaml")])
def test_explaining_nothing_or_nobody_knows_what_exits_2(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    assert run(folder, "explain", *arguments).code == 2


def test_past_reviews_are_decided_anew_and_explained_without_the_media(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.review()
    (runs,) = {path.parent.parent for path in tmp_path.rglob("facts.json")}
    (folder,) = {path.parent for path in tmp_path.rglob("facts.json")}
    (tmp_path / "still.png").unlink()
    text = (tmp_path / "policy.yaml").read_text()
    desk.write("hard.yaml", text.replace("then: flag", "then: reject"))

    changed = desk.run("policy", "diff", "policy.yaml", "hard.yaml", "--on", str(runs))
    assert changed.code == 0, changed.err
    assert f"! still.png in {folder.name}: flag → reject" in changed.out
    assert "    rule made.by-machine decides reject instead of flag" in changed.out
    assert "1 reviews: 1 would end otherwise, 0 could not be decided" in changed.out
    one = desk.run("policy", "diff", "policy.yaml", "policy.yaml", "--on", str(folder))
    assert "1 reviews: 0 would end otherwise" in one.out

    told = desk.run("policy", "explain", "--all", "--run", str(folder)).out
    assert "test@1.0.0 decides flag" in told
    assert "✔ find generation.synthetic: generation.synthetic" in told
    assert "└─ flag by 1 finding" in told
    other = desk.run(
        "policy", "explain", "made.by-machine", "--run", str(folder), "--policy", "hard.yaml"
    )
    assert "└─ reject by 1 finding" in other.out

    (folder / "facts.json").write_text("{}")
    broken = desk.run("policy", "diff", "policy.yaml", "hard.yaml", "--on", str(runs))
    assert "1 could not be decided" in broken.out
    assert "? " in broken.out
    nothing = desk.run(
        "policy", "diff", "policy.yaml", "hard.yaml", "--on", str(tmp_path / "models")
    )
    assert nothing.code == 2
    assert "there is no run here" in nothing.err


@pytest.mark.parametrize("name", ["policy", "cases"])
def test_editors_get_a_schema(tmp_path: Path, name: str) -> None:
    schema = json.loads(run_here("schema", name, cwd=tmp_path).out)
    assert schema["$schema"].endswith("2020-12/schema")
    assert shipped("policies").is_dir()
