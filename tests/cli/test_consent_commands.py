"""What ``compliance consent`` refuses, changing nothing, and what it lists."""

import hashlib
import json
from pathlib import Path

import pytest
from consent_desk import DAYS, SCOPE, ConsentDesk
from sqlalchemy import update

from compliance.store.engine import open_database, writing
from compliance.store.tables import people

ANN = "talent/ann-example"


@pytest.fixture
def desk(tmp_path: Path) -> ConsentDesk:
    desk = ConsentDesk(tmp_path)
    for name in ("Ann Example", "Bob Example"):
        assert desk.run("people", "enrol", name, "--bank", "talent").code == 0
    return desk


def mark_minor(desk: ConsentDesk) -> None:
    engine = open_database(f"sqlite:///{desk.folder}/.compliance/compliance.sqlite3")
    with writing(engine) as connection:
        connection.execute(update(people).where(people.c.entry == "ann-example").values(minor=True))


def options(**changes: str | None) -> list[str]:
    """The options of a good grant with some changed, or left out by None."""
    given = dict(zip((*SCOPE, *DAYS)[::2], (*SCOPE, *DAYS)[1::2], strict=True))
    given |= {"--uses": "face,voice", "--evidence": "paper.pdf"}
    given |= {f"--{name.replace('_', '')}": value for name, value in changes.items()}
    return [
        part for option, value in given.items() if value is not None for part in (option, value)
    ]


@pytest.mark.parametrize(
    ("person", "changes", "said"),
    [
        (ANN, {"until": "2025-12-31"}, "end before it starts"),
        (ANN, {"until": "soon"}, "no day or moment"),
        ("Nobody Atall", {}, "no person of this name"),
        ("talent/ann-exampel", {}, ANN),
        (ANN, {"territories": "Atlantis"}, "territory is unknown"),
        (ANN, {"territories": "UK"}, "write GB"),
        (ANN, {"territories": "DE,*"}, "'*' alone"),
        (ANN, {"territories": ""}, "not said clearly"),
        (ANN, {"territories": None}, "--territories"),
        (ANN, {"purpose": None}, "--purpose"),
        (ANN, {"channels": None}, "--channels"),
        (ANN, {"until": None}, "--until"),
        (ANN, {"uses": "faces"}, "write face"),
        (ANN, {"uses": ","}, "no use is named"),
        (ANN, {"evidence": "absent.pdf"}, "no such file"),
        (ANN, {"evidence": "empty.pdf"}, "an empty file"),
        (ANN, {"evidence": "."}, "a folder"),
        (ANN, {"guardian": "Mum Example"}, "for minors only"),
        (ANN, {"guardian": " "}, "says nothing"),
    ],
)
def test_a_bad_grant_is_one_paragraph_and_changes_nothing(
    desk: ConsentDesk, person: str, changes: dict, said: str
) -> None:
    desk.write("empty.pdf", "")
    result = desk.consent("grant", person, *options(**changes))
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.strip().count("\n") == 0
    assert "grants: 0" in desk.consent("who").out


def test_a_name_of_several_lists_them_and_of_one_is_enough(desk: ConsentDesk) -> None:
    desk.run("people", "enrol", "Ann Example", "--bank", "staff")
    result = desk.consent("grant", "Ann Example", *options())
    assert result.code == 2
    assert ANN in result.err and "staff/ann-example" in result.err
    assert desk.consent("grant", "bob example", *options()).code == 0
    figure = desk.consent("grant", "public-figures/barack-obama", *options(uses="name"))
    assert figure.code == 0, "names that are shipped can grant too"


def test_who_lists_whoever_may_be_used_there_and_then(desk: ConsentDesk) -> None:
    desk.grant(person=ANN)
    asked = ("--territory", "FR", "--channel", "TV", "--purpose", "advertising")
    assert "grants: 1" in desk.consent("who", *asked).out
    assert "grants: 1" in desk.consent("who", "--at", "2099-12-31T23:59:59").out
    for outside in (
        ("--territory", "GB"),
        ("--channel", "web"),
        ("--purpose", "editorial"),
        ("--at", "2100-01-01"),
        ("--at", "2025-12-31"),
    ):
        assert "grants: 0" in desk.consent("who", *outside).out
    assert desk.consent("who", "--territory", "Atlantis").code == 2
    (one,) = json.loads(desk.consent("who", "--format", "json").out)
    assert one["evidence_sha256"] == hashlib.sha256(b"I, the undersigned").hexdigest()


def test_who_lists_minors_by_what_their_guardian_granted(desk: ConsentDesk) -> None:
    mark_minor(desk)
    guarded = options(until="2030-12-31", guardian="Mum Example")
    assert desk.consent("grant", ANN, *guarded).code == 0
    assert "grants: 1" in desk.consent("who").out
    assert "grants: 1" in desk.consent("who", "--territory", "FR").out
    assert "grants: 0" in desk.consent("who", "--territory", "GB").out


def test_whose_grant_ends_in_the_course_of_a_day_may_not_be_used_on_that_day(
    desk: ConsentDesk,
) -> None:
    desk.grant(
        person=ANN, scope=(*SCOPE, "--from", "2026-01-01T06:00", "--until", "2026-06-15T10:00")
    )
    assert "grants: 1" in desk.consent("who", "--at", "2026-06-14").out
    assert "grants: 0" in desk.consent("who", "--at", "2026-06-15").out
    assert "grants: 0" in desk.consent("who", "--at", "2026-01-01").out
    assert "grants: 1" in desk.consent("who", "--at", "2026-06-15T10:00").out


def test_history_keeps_what_was_revoked(desk: ConsentDesk) -> None:
    first = desk.grant(person=ANN)
    assert desk.consent("revoke", first, "--reason", "asked by letter").code == 0
    again = desk.consent("revoke", first, "--reason", "twice")
    assert (again.code, "revoked already" in again.err) == (2, True)
    assert desk.consent("revoke", "G-0", "--reason", "never was").code == 2
    assert desk.consent("revoke", first, "--reason", " ").code == 2
    second = desk.grant(person=ANN)
    events = json.loads(desk.consent("history", ANN, "--format", "json").out)
    told = [(one["event"], one["grant"]) for one in events]
    assert told == [("granted", first), ("revoked", first), ("granted", second)]
    assert "asked by letter" in desk.consent("history", "Ann Example").out
    assert "0 events" in desk.consent("history", "Bob Example").out


def test_a_minor_needs_a_guardian_a_narrow_scope_and_an_end_within_five_years(
    desk: ConsentDesk,
) -> None:
    mark_minor(desk)
    near = {"until": "2030-12-31"}
    guarded = {**near, "guardian": "Mum Example"}
    for changes, said in (
        (near, "no guardian"),
        ({**guarded, "until": "2031-01-02"}, "more than 5 years"),
        ({**guarded, "territories": "*"}, "territories are not named"),
        ({**guarded, "channels": "*", "purpose": "*"}, "purposes and channels are not named"),
    ):
        result = desk.consent("grant", ANN, *options(**changes))
        assert (result.code, said in result.err) == (2, True), result.err
    assert "granted by Mum Example" in desk.consent("grant", ANN, *options(**guarded)).out


def test_a_grant_that_counted_before_somebody_was_marked_as_a_minor_covers_no_longer(
    desk: ConsentDesk,
) -> None:
    desk.grant(person=ANN)
    mark_minor(desk)
    assert "grants: 0" in desk.consent("who").out


def test_a_very_long_grant_of_an_adult_is_recorded_with_a_remark(desk: ConsentDesk) -> None:
    result = desk.consent("grant", ANN, *options())
    assert (result.code, "S. 4591, not enacted" in result.err) == (0, True)
    assert desk.consent("grant", ANN, *options(until="2030-01-01")).err == ""


def test_control_characters_from_the_command_line_do_not_drive_the_terminal(
    desk: ConsentDesk,
) -> None:
    grant = desk.grant("--purpose", "\x1b[2Jx", person=ANN, scope=(*SCOPE, *DAYS))
    desk.consent("revoke", grant, "--reason", "\x1b[2J")
    assert "\x1b" not in desk.consent("history", ANN).out + desk.consent("who").out
