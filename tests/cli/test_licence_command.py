"""``compliance licence``: a licence excuses what it covers, is cited, and what rests on it is recalled."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Result, run_here

Run = Callable[..., Result]
POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: works
    title: Nobody else's works
    why: Copyright
    find: ip.name
    when: {min_score: 0.9}
    unless: {licence: covers}
    then: reject
"""
SCOPE = ("--purpose", "advertising", "--territories", "EU", "--channels", "tv")
DAYS = ("--from", "2026-01-01", "--until", "2099-12-31")
WORK = "Zorblax the Unready"


@pytest.fixture
def desk(tmp_path: Path) -> Run:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "release.yaml").write_text(
        "territories: [DE]\nchannels: [tv]\npurpose: advertising\n"
    )
    (tmp_path / "paper.pdf").write_text("We, the owners")

    def run(*arguments: str) -> Result:
        return run_here(*arguments, cwd=tmp_path)

    assert run("works", "add", WORK, "--owner", "A Studio").code == 0
    return run


def grant(desk: Run, *more: str, about: str = WORK) -> str:
    scope = () if "--territories" in more else SCOPE
    days = () if "--until" in more else DAYS
    done = desk("licence", "grant", about, *scope, *days, "--evidence", "paper.pdf", *more)
    assert done.code == 0, done.err
    return re.findall(r"L-[0-9a-f]{16}", done.out)[0]


def review(desk: Run, prompt: str = f"{WORK} walks home") -> tuple[int, dict[str, object], str]:
    given = ("review", "--prompt", prompt, "--policy", "policy.yaml", "--release", "release.yaml")
    told = desk(*given, "--format", "json")
    (one,) = json.loads(told.out)["reviews"]
    return told.code, one, desk(*given).out


def test_a_licence_that_covers_the_release_excuses_the_work_and_is_cited(desk: Run) -> None:
    assert review(desk)[0] == 11
    licence = grant(desk)
    code, one, text = review(desk)
    assert code == 0 and one["verdict"]["licences"][0]["grant"] == licence
    assert one["verdict"]["licences"][0]["reference"] == "works/zorblax-the-unready"
    assert f"relies on licence {licence} of works/zorblax-the-unready" in text
    assert "relies on 1 licence" in text


@pytest.mark.parametrize(
    "scope",
    [
        ("--territories", "US", "--purpose", "advertising", "--channels", "tv"),
        ("--territories", "EU", "--purpose", "editorial", "--channels", "tv"),
        ("--territories", "EU", "--purpose", "advertising", "--channels", "social"),
    ],
    ids=["another territory", "another purpose", "another channel"],
)
def test_a_licence_for_something_else_excuses_nothing(desk: Run, scope: tuple[str, ...]) -> None:
    grant(desk, *scope)
    assert review(desk)[0] == 11


def test_a_licence_that_ended_or_was_revoked_excuses_nothing(desk: Run) -> None:
    past = ("--from", "2020-01-01", "--until", "2020-12-31")
    done = desk("licence", "grant", WORK, *SCOPE, *past, "--evidence", "paper.pdf")
    assert "has ended already" in done.err
    assert review(desk)[0] == 11
    licence = grant(desk)
    assert review(desk)[0] == 0
    assert (
        "next: compliance licence recall"
        in desk("licence", "revoke", licence, "--reason", "sold").out
    )
    assert review(desk)[0] == 11
    assert "sold" in desk("licence", "history", WORK).out
    assert desk("licence", "revoke", licence, "--reason", "again").code == 2


def test_a_licence_of_one_work_covers_no_other(desk: Run) -> None:
    assert desk("works", "add", "Grumblethorp Castle").code == 0
    grant(desk)
    assert review(desk, f"{WORK} in Grumblethorp Castle")[0] == 11


def test_a_work_that_is_removed_and_added_again_has_no_licence(desk: Run) -> None:
    grant(desk)
    assert desk("works", "remove", WORK).code == 0
    assert desk("works", "add", WORK).code == 0
    assert review(desk)[0] == 11


def test_a_shipped_work_can_be_licensed(desk: Run) -> None:
    grant(desk, about="Darth Vader")
    assert review(desk, "Darth Vader walks home")[0] == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--from", "2027-01-01", "--until", "2026-01-01"), "end before it starts"),
        (("--from", "2026-02-30", "--until", "2027-01-01"), "no day or moment"),
        (("--from", "2026-01-01", "--until", "someday"), "no day or moment"),
    ],
)
def test_impossible_dates_are_refused_and_nothing_is_recorded(
    desk: Run, changes: tuple[str, ...], said: str
) -> None:
    done = desk("licence", "grant", WORK, *SCOPE, *changes, "--evidence", "paper.pdf")
    assert done.code == 2 and said in done.err
    added = desk("works", "add", "Other", "--licence", "paper.pdf", *SCOPE, *changes)
    assert added.code == 2 and said in added.err
    assert "licences: 0" in desk("licence", "list").out
    assert "1 works" in desk("works", "list").out


def test_a_work_can_be_added_with_its_licence(desk: Run) -> None:
    added = desk("works", "add", "Quibblewick", "--licence", "paper.pdf", *SCOPE, *DAYS)
    assert added.code == 0, added.err
    assert "granted L-" in added.out
    assert review(desk, "Quibblewick sings")[0] == 0
    half = desk("works", "add", "Half", "--licence", "paper.pdf", "--territories", "EU")
    assert half.code == 2 and "not said in full" in half.err
    blank = desk("licence", "grant", WORK, *SCOPE, *DAYS, "--evidence", "absent.pdf")
    assert blank.code == 2 and "evidence" in blank.err


def test_what_a_release_declares_has_to_be_in_a_bank(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text("works: [Zorblax the Unreddy]\n")
    told = desk(
        *("review", "--prompt", "x", "--policy", "policy.yaml", "--release", "release.yaml")
    )
    assert told.code == 2 and "works/zorblax-the-unready" in told.err
