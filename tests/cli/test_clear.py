"""A person's decision on a flag: it signs, it is found again, and whatever changes makes it void."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clearing_desk import POLICY, Desk, signed_in

from compliance.provenance.attestation import attestation_path
from compliance.store.engine import open_database
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Clearance

TODAY = datetime.now(UTC).date()
NAMES = """\
policy: names
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: named, title: No names, why: Theirs, find: likeness.name, when: {min_score: 0.5}, then: flag}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def store_of(desk: Desk) -> VerdictStore:
    return VerdictStore(open_database(f"sqlite:///{desk.folder}/.compliance/compliance.sqlite3"))


def test_a_clearance_signs_the_file_and_the_next_review_finds_it(desk: Desk) -> None:
    code, first = desk.review()
    assert (code, first["files"]["signed"], first["clearance"]) == (10, None, None)
    key = first["verdict"]["key"]
    cleared = desk.clear(key[:8])
    assert cleared.code == 0, cleared.err
    signed = signed_in(cleared, desk.folder)
    verified = desk.run("verify", str(signed))
    assert verified.code == 0, verified.out
    assert "cleared by legal" in verified.out
    code, again = desk.review()
    assert (code, again["exit_code"]) == (0, 0)
    assert again["verdict"] == first["verdict"], "a human decision never edits a verdict"
    assert again["clearance"]["by"] == "Ada"
    assert Path(again["files"]["signed"]).is_file()
    for format in ("text", "html"):
        assert "CLEARED by Ada (legal)" in desk.text("--format", format).out
    assert "CLEARED by Ada" in desk.run("explain", "made.by-machine").out


def test_the_manifest_and_the_attestation_name_the_clearance_by_role(desk: Desk) -> None:
    signed = signed_in(desk.clear(desk.key()), desk.folder)
    answer = json.loads(desk.run("verify", str(signed), "--format", "json").out)
    for statement in (answer["manifest"]["verdict"], answer["attestation"]["statement"]):
        assert statement["clearance"]["role"] == "legal"
        assert statement["decision"] == "flag"
    assert b"Ada" not in attestation_path(signed).read_bytes()


def test_a_rejection_makes_the_next_review_exit_11_and_an_approval_after_it_0(desk: Desk) -> None:
    key = desk.key()
    assert desk.clear(key).code == 0
    assert desk.clear(key, decision="reject").code == 0
    code, one = desk.review()
    assert (code, one["clearance"]["decision"], one["files"]["signed"]) == (11, "reject", None)
    assert "REJECTED by Ada" in desk.text().out
    assert desk.clear(key).code == 0
    assert desk.review()[0] == 0
    assert len(store_of(desk).clearances(key)) == 3, "decisions are added and never replaced"


@pytest.mark.parametrize("form", ["folder", "file", "whole key", "prefix"])
def test_a_verdict_is_named_by_key_run_folder_or_file(desk: Desk, form: str) -> None:
    _, one = desk.review()
    folder, key = one["files"]["folder"], one["verdict"]["key"]
    named = {"folder": folder, "file": f"{folder}/verdict.json", "whole key": key}
    assert desk.clear(named.get(form, key[:6])).code == 0


@pytest.mark.parametrize("given", ["not-a-key", "abc", "0" * 64, "../elsewhere"])
def test_what_names_no_verdict_is_one_paragraph(desk: Desk, given: str) -> None:
    desk.review()
    result = desk.clear(given)
    assert result.code == 2
    assert result.err.count("\n") == 1


def test_a_changed_byte_makes_it_void(desk: Desk) -> None:
    key = desk.key()
    assert desk.clear(key).code == 0
    desk.draw("still.png", 61)
    assert desk.review()[0] == 10
    late = desk.clear(key)
    assert late.code == 2
    assert "no longer stands" in late.err


def test_a_changed_policy_makes_it_void(desk: Desk) -> None:
    assert desk.clear(desk.key()).code == 0
    desk.write("policy.yaml", POLICY.replace("House rule", "Another reason"))
    assert desk.review()[0] == 10


def test_a_changed_release_makes_it_void(desk: Desk) -> None:
    assert desk.clear(desk.key()).code == 0
    desk.write("release.yaml", "territories: [DE]\n")
    assert desk.review("--release", "release.yaml")[0] == 10


def test_a_changed_bank_makes_it_void(desk: Desk) -> None:
    desk.write("policy.yaml", NAMES)
    assert desk.run("people", "enrol", "Ada Lovelace").code == 0
    ask = ("review", "--prompt", "a portrait of Ada Lovelace", "--policy", "policy.yaml")

    def review() -> tuple[int, str]:
        result = desk.run(*ask, "--format", "json")
        return result.code, json.loads(result.out)["reviews"][0]["verdict"]["key"]

    code, key = review()
    assert code == 10
    cleared = desk.clear(key)
    assert cleared.code == 0, cleared.err
    assert review() == (0, key), "a prompt alone is cleared too, with nothing to sign"
    assert desk.run("people", "enrol", "Grace Hopper").code == 0
    code, other = review()
    assert (code, other != key) == (10, True)


def test_an_ended_clearance_does_not_count_and_none_before_it_comes_back(desk: Desk) -> None:
    key = desk.key()
    assert desk.clear(key).code == 0
    verdict = store_of(desk).get(key)
    moment = datetime.now(UTC) - timedelta(days=3)
    store_of(desk).add_clearance(
        Clearance(
            verdict_key=key,
            verdict_digest=verdict.digest,
            decision="approve",
            by="Ada",
            role="legal",
            reason="For two days",
            at=moment,
            until=moment + timedelta(days=2),
        )
    )
    code, one = desk.review()
    assert (code, one["clearance"]) == (10, None)


def test_the_last_day_is_inclusive_and_a_day_before_today_is_refused(desk: Desk) -> None:
    key = desk.key()
    late = desk.clear(key, "--until", str(TODAY - timedelta(days=1)))
    assert late.code == 2
    assert "ended before it began" in late.err
    assert desk.clear(key, "--until", str(TODAY)).code == 0
    code, one = desk.review()
    assert code == 0
    assert one["clearance"]["until"].startswith(f"{TODAY}T23:59:59")


def test_a_scope_that_does_not_reach_the_release_clears_nothing(desk: Desk) -> None:
    desk.write("release.yaml", "territories: [DE, FR]\nchannels: [tv]\n")
    key = desk.key("--release", "release.yaml")
    for scope in (["territories=DE"], ["territories=DE,FR", "--scope", "channels=web"]):
        narrow = desk.clear(key, "--scope", *scope)
        assert narrow.code == 2
        assert "would not count" in narrow.err
    assert desk.review("--release", "release.yaml")[0] == 10
    assert store_of(desk).clearances(key) == ()
    wide = desk.clear(key, "--scope", "territories=DE,FR,IT", "--scope", "channels=tv")
    assert wide.code == 0, wide.err
    assert desk.review("--release", "release.yaml")[0] == 0


@pytest.mark.parametrize("scope", ["DE", "territories=", "planets=Mars"])
def test_a_scope_that_cannot_be_read_is_usage(desk: Desk, scope: str) -> None:
    assert desk.clear(desk.key(), "--scope", scope).code == 2


def test_only_roles_that_the_settings_list_may_clear(desk: Desk) -> None:
    key = desk.key()
    given = ("clear", key, "--decision", "approve", "--by", "Eve", "--reason", "x")
    refused = desk.run(*given, "--role", "intern")
    assert refused.code == 2
    assert "legal, reviewer-lead" in refused.err
    assert store_of(desk).clearances(key) == ()
    assert desk.run(*given, "--role", "intern", env={"COMPLIANCE_CLEARERS": "intern"}).code == 0


@pytest.mark.parametrize("then", ["approve", "reject"])
def test_only_a_flag_can_be_cleared(desk: Desk, then: str) -> None:
    desk.write("policy.yaml", POLICY.replace("then: flag", f"then: {then}"))
    key = desk.key()
    for decision in ("approve", "reject"):
        assert desk.clear(key, decision=decision).code == 2
    assert store_of(desk).clearances(key) == ()


@pytest.mark.parametrize("status", ["draft", "monitor"])
def test_only_an_enforcing_policy_can_be_cleared(desk: Desk, status: str) -> None:
    desk.write("policy.yaml", POLICY.replace("enforce", status))
    refused = desk.clear(desk.key())
    assert refused.code == 2
    assert status in refused.err


def test_an_incomplete_flag_is_cleared_only_by_taking_on_what_was_not_examined(desk: Desk) -> None:
    desk.write("policy.yaml", POLICY.replace("generation.synthetic", "brand.logo"))
    code, one = desk.review()
    assert code == 12
    key = one["verdict"]["key"]
    refused = desk.clear(key)
    assert refused.code == 2
    assert "brand.logo" in refused.err
    cleared = desk.clear(key, "--accept-incomplete")
    assert cleared.code == 0, cleared.err
    assert "accepting what was not examined" in cleared.out
    signed = signed_in(cleared, desk.folder)
    answer = json.loads(desk.run("verify", str(signed), "--format", "json").out)
    statement = answer["attestation"]["statement"]
    assert statement["clearance"]["accepts_incomplete"] is True
    assert {gap["owner"] for gap in statement["accepted_unexamined"]} == {"legal"}
    assert desk.run("verify", str(signed)).code == 0
    assert desk.review()[0] == 0


def test_a_verdict_of_another_moment_is_neither_cleared_nor_found_cleared(desk: Desk) -> None:
    past = ("--as-of", "2026-01-01T00:00:00")
    refused = desk.clear(desk.key(*past))
    assert refused.code == 2
    assert "--as-of" in refused.err
    assert desk.clear(desk.key()).code == 0
    assert desk.review(*past)[0] == 10


def test_a_moved_file_is_named_and_another_file_refused(desk: Desk) -> None:
    key = desk.key()
    (desk.folder / "still.png").rename(desk.folder / "moved.png")
    assert desk.clear(key).code == 2
    desk.draw("other.png", 99)
    assert desk.clear(key, "--asset", "other.png").code == 2
    assert store_of(desk).clearances(key) == ()
    assert desk.clear(key, "--asset", "moved.png").code == 0


def test_a_blank_reason_is_usage(desk: Desk) -> None:
    given = ("--decision", "approve", "--by", "Ada", "--role", "legal", "--reason", " ")
    result = desk.run("clear", desk.key(), *given)
    assert result.code == 2
    assert "--reason" in result.err
