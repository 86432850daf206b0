"""Publications: recorded under what let the file out, and refused where nothing did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clearing_desk import POLICY, Desk, signed_in
from command_line import Result

TODAY = datetime.now(UTC).date()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def publish(desk: Desk, asset: str, *more: str, when: str = str(TODAY)) -> Result:
    return desk.run(
        "publish", "record", asset, "--where", "https://example.org/1", "--when", when, *more
    )


def listed(desk: Desk) -> list[dict[str, object]]:
    return json.loads(desk.run("publish", "list", "--format", "json").out)


def approve(desk: Desk) -> Path:
    desk.write("policy.yaml", POLICY.replace("then: flag", "then: approve"))
    return signed_in(desk.text(), desk.folder)


def test_a_signed_copy_and_its_input_are_recorded_under_their_verdict(desk: Desk) -> None:
    signed = approve(desk)
    assert publish(desk, str(signed)).code == 0
    assert publish(desk, "still.png", "--territories", "DE, FR").code == 0
    first, second = listed(desk)
    assert first["verdict_key"] == second["verdict_key"] == desk.key()
    assert (first["clearance"], second["territories"]) == (None, ["DE", "FR"])
    assert "2 publications" in desk.run("publish", "list").out


def test_a_cleared_file_is_recorded_under_its_clearance(desk: Desk) -> None:
    signed = signed_in(desk.clear(desk.key(), "--until", str(TODAY)), desk.folder)
    for asset in (str(signed), "still.png"):
        assert publish(desk, asset).code == 0
    assert all(one["clearance"] for one in listed(desk))
    tomorrow = str(TODAY + timedelta(days=1))
    assert publish(desk, str(signed), when=tomorrow).code == 11, "the clearance has ended by then"


def test_what_nothing_lets_through_is_refused_with_11(desk: Desk) -> None:
    unseen = publish(desk, "still.png")
    key = desk.key()
    flagged = publish(desk, "still.png")
    desk.clear(key, decision="reject")
    rejected = publish(desk, "still.png")
    for result, why in ((unseen, "no verdict"), (flagged, "not cleared"), (rejected, "rejected")):
        assert result.code == 11
        assert why in result.err
    assert listed(desk) == []


def test_a_changed_signed_copy_is_refused(desk: Desk) -> None:
    signed = approve(desk)
    signed.write_bytes(signed.read_bytes() + b"\0")
    assert publish(desk, str(signed)).code == 11


def test_a_signed_copy_that_a_person_rejects_afterwards_is_refused(desk: Desk) -> None:
    key = desk.key()
    signed = signed_in(desk.clear(key), desk.folder)
    assert desk.clear(key, decision="reject").code == 0
    assert publish(desk, str(signed)).code == 11


def test_a_place_or_day_outside_the_release_is_refused(desk: Desk) -> None:
    desk.write("policy.yaml", POLICY.replace("then: flag", "then: approve"))
    desk.write("release.yaml", f"territories: [DE]\nstarts: {TODAY}\nends: {TODAY}\n")
    assert desk.review("--release", "release.yaml")[0] == 0
    assert publish(desk, "still.png", "--territories", "FR").code == 11
    assert publish(desk, "still.png", when=str(TODAY + timedelta(days=1))).code == 11
    assert publish(desk, "still.png", "--territories", "DE").code == 0
    assert publish(desk, "still.png").code == 0, "silence means where the release says"
    assert [one["territories"] for one in listed(desk)] == [["DE"]], "one event is kept once"


def test_a_monitoring_policy_lets_nothing_out(desk: Desk) -> None:
    text = POLICY.replace("then: flag", "then: approve").replace("enforce", "monitor")
    desk.write("policy.yaml", text)
    desk.review()
    assert publish(desk, "still.png").code == 11


def test_a_file_that_is_not_there_is_usage(desk: Desk) -> None:
    assert publish(desk, "absent.mp4").code == 2
