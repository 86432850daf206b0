"""Waivers from the command line: written, read by every review, shown, counted apart, and ending."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clearing_desk import Desk, signed_in
from command_line import run_here

TODAY = datetime.now(UTC).date()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def waiver_file(desk: Desk) -> Path:
    (path,) = (desk.folder / "waivers").iterdir()
    return path


def test_a_waived_rule_does_not_count_and_is_shown_with_its_owner(desk: Desk) -> None:
    assert desk.review()[0] == 10
    result = desk.waive("--until", str(TODAY))
    assert result.code == 0, result.err
    code, one = desk.review()
    assert code == 0
    (waiver,) = one["verdict"]["waivers"]
    assert (waiver["owner"], waiver["approver"]) == ("Grace", "Ada")
    assert one["verdict"]["hits"][0]["waiver"] == waiver["id"]
    assert one["waived"] == 1
    text = desk.text()
    assert "WAIVED by W-" in text.out
    assert "owner Grace, approved by Ada" in text.out
    assert "– 1 waived" in text.out
    page = desk.text("--format", "html").out
    assert "Waivers in effect" in page
    assert "Grace" in page
    assert "1 waived" in page
    signed = signed_in(text, desk.folder)
    answer = json.loads(desk.run("verify", str(signed), "--format", "json").out)
    for statement in (answer["manifest"]["verdict"], answer["attestation"]["statement"]):
        assert [said["owner"] for said in statement["waivers"]] == ["Grace"]
    assert desk.run("verify", str(signed)).code == 0


def test_a_changed_byte_or_record_is_not_waived(desk: Desk) -> None:
    assert desk.waive("--until", str(TODAY)).code == 0
    assert desk.review("--prompt", "something more")[0] == 10
    desk.draw("still.png", 61)
    code, one = desk.review()
    assert (code, one["verdict"]["waivers"]) == (10, [])


def test_a_waiver_never_covers_what_was_not_examined(desk: Desk) -> None:
    policy = (desk.folder / "policy.yaml").read_text()
    desk.write("policy.yaml", policy.replace("generation.synthetic", "brand.logo"))
    assert desk.waive("--until", str(TODAY)).code == 0
    assert desk.review()[0] == 12


def test_an_expired_waiver_is_told_about_and_does_not_count(desk: Desk) -> None:
    assert desk.waive("--until", str(TODAY)).code == 0
    path = waiver_file(desk)
    yesterday = TODAY - timedelta(days=1)
    path.write_text(path.read_text().replace(f"expires: {TODAY}", f"expires: {yesterday}"))
    code, one = desk.review()
    assert code == 10
    assert "expired on" in one["warnings"][0]
    assert "! " in desk.text().out
    assert "expired on" in desk.text().out


@pytest.mark.parametrize("end", ["expires: 2026-13-45", "expires: never", "expires:", ""])
def test_a_malformed_or_missing_end_means_expired(desk: Desk, end: str) -> None:
    assert desk.waive("--until", str(TODAY)).code == 0
    path = waiver_file(desk)
    path.write_text(path.read_text().replace(f"expires: {TODAY}", end))
    code, one = desk.review()
    assert code == 10
    assert "counts as expired" in one["warnings"][0]
    for format in ("text", "html"):
        assert "counts as expired" in desk.text("--format", format).out


def test_a_waiver_of_an_unknown_rule_is_told_about(desk: Desk) -> None:
    given = ("--record", "record.json", "--reason", "r", "--owner", "o", "--approver", "a")
    more = ("--rule", "made.by-machines", "--until", str(TODAY))
    assert desk.run("waive", "still.png", *given, *more).code == 0
    code, one = desk.review()
    assert code == 10
    assert "did you mean 'made.by-machine'?" in one["warnings"][0]


def test_a_waiver_file_that_is_wrong_stops_the_review(desk: Desk) -> None:
    (desk.folder / "waivers").mkdir()
    desk.write("waivers/bad.yaml", "id: W-1\npath: still.png\n")
    result = desk.text()
    assert result.code == 2
    assert "bad.yaml:2:1" in result.err


def test_the_folder_is_a_setting_and_a_file_elsewhere_says_so(desk: Desk) -> None:
    result = desk.waive("--until", str(TODAY), "--output", "mine/one.yaml")
    assert "put it there" in result.out
    assert desk.review()[0] == 10
    env = {"COMPLIANCE_WAIVERS": "mine"}
    given = ("review", "still.png", "--record", "record.json", "--policy", "policy.yaml")
    assert desk.run(*given, env=env).code == 0


def test_a_waiver_needs_an_end_that_has_not_passed(desk: Desk) -> None:
    assert desk.waive().code == 2
    assert desk.waive("--until", "soon").code == 2
    assert desk.waive("--until", str(TODAY - timedelta(days=1))).code == 2
    assert not (desk.folder / "waivers").exists()


def test_an_older_file_is_not_overwritten(desk: Desk) -> None:
    assert desk.waive("--until", str(TODAY)).code == 0
    before = waiver_file(desk).read_text()
    assert desk.waive("--until", str(TODAY)).code == 2
    assert waiver_file(desk).read_text() == before


def test_a_waiver_that_comes_after_a_clearance_makes_that_void(desk: Desk) -> None:
    """The person saw a verdict without it; here the waiver is of a rule that hits nothing."""
    assert desk.clear(desk.key()).code == 0
    given = ("--record", "record.json", "--reason", "r", "--owner", "o", "--approver", "a")
    more = ("--rule", "another.rule", "--until", str(TODAY))
    assert desk.run("waive", "still.png", *given, *more).code == 0
    assert desk.review()[0] == 10


def test_lint_names_waivers_that_count_no_more_or_are_for_no_rule(tmp_path: Path) -> None:
    folder = tmp_path / "waivers"
    folder.mkdir()
    common = f"asset_sha256: {'a' * 64}\nreason: r\nowner: o\napprover: a\n"
    (folder / "a.yaml").write_text(
        f"id: W-1\nrule: pii.personal-data\nexpires: 2020-01-01\n{common}"
    )
    (folder / "b.yaml").write_text(
        f"id: W-2\nrule: pii.personal-dat\nexpires: 2099-01-01\n{common}"
    )
    result = run_here("policy", "lint", cwd=tmp_path)
    assert result.code == 0
    assert "a.yaml:3: warning: waiver W-1 of rule pii.personal-data counts no more" in result.out
    assert "waiver W-2 is for rule 'pii.personal-dat'" in result.out
    assert "did you mean 'pii.personal-data'?" in result.out
