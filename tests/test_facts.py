"""A permission covers a release only if each moment of it, in UTC, lies inside the grant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from compliance.facts import Consent, Release, Scope
from compliance.findings import Finding, RawKind, Reference
from compliance.types import Source

DAY = timedelta(days=1)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BEGIN, END = datetime(2026, 6, 1, 10, tzinfo=UTC), datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)


def scope(starts: datetime = BEGIN, ends: datetime = END) -> Scope:
    return Scope(purposes=("*",), territories=("*",), channels=("*",), starts=starts, ends=ends)


def june(day: int | None) -> date | None:
    return None if day is None else date(2026, 6, 1) + timedelta(days=day - 1)


@pytest.mark.parametrize(
    ("starts", "ends", "covered"),
    [
        (None, None, True),
        (None, 30, True),
        (2, 30, True),
        (20, None, True),
        (31, None, False),  # begins after the grant has ended
        (31, 40, False),
        (None, 31, False),
        (20, 31, False),
        (1, 20, False),  # begins at 00:00, the grant at 10:00
        (20, 18, False),
        (None, 14, False),
    ],
)
def test_every_day_of_a_release_lies_inside_the_grant(starts, ends, covered) -> None:
    release = Release(starts=june(starts), ends=june(ends))
    assert scope().covers(release, NOW) is covered


def test_the_last_day_counts_to_its_end() -> None:
    assert not scope(ends=END - timedelta(seconds=1)).covers(Release(ends=june(30)), NOW)
    assert not scope(ends=END.replace(hour=0)).covers(Release(ends=june(30)), NOW)
    assert scope(ends=END + timedelta(seconds=1)).covers(Release(ends=june(30)), NOW)
    assert not scope().covers(Release(ends=date.max), NOW)


def test_days_are_days_in_utc_whatever_the_zone_of_the_grant() -> None:
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    ends_early = scope(ends=datetime(2026, 6, 30, 23, 59, 59, tzinfo=east))
    starts_late = scope(starts=datetime(2026, 6, 2, tzinfo=west))
    assert not ends_early.covers(Release(ends=june(30)), NOW)
    assert ends_early.covers(Release(ends=june(29)), NOW)
    assert not starts_late.covers(Release(starts=june(2)), NOW)
    assert starts_late.covers(Release(starts=june(3)), NOW)


def test_a_grant_that_is_not_in_force_at_the_decision_covers_nothing() -> None:
    release = Release(starts=june(20), ends=june(25))
    assert scope().covers(release, NOW)
    assert not scope().covers(release, BEGIN - timedelta(seconds=1))
    assert not scope().covers(release, END + timedelta(seconds=1))


# what a permission reaches


@pytest.mark.parametrize(
    ("granted", "wanted", "covered"),
    [
        (("EU",), ("DE",), True),
        (("EU",), ("DE", "FR"), True),
        (("EU",), ("DE", "GB"), False),
        (("DE",), ("EU",), False),
        (("EEA",), ("EU",), True),
        (("EU",), ("EEA",), False),
        (("EU", "IS", "LI", "NO"), ("EEA",), True),
        (("US",), ("US-CA",), True),
        (("US-CA",), ("US",), False),
        (("EU",), (), False),
        (("*",), (), True),
        (("*",), ("Atlantis",), True),
        (("EU", "US"), ("Atlantis",), False),
        (("EU", "US"), ("RE",), False),
        (("EU", "US"), ("PR",), False),
        (("EU",), ("EU",), True),
        (("Atlantis",), ("DE",), False),
        (("Atlantis",), ("Atlantis",), True),
        ((), ("DE",), False),
    ],
)
def test_a_group_reaches_its_members_and_a_member_not_its_group(granted, wanted, covered) -> None:
    given = scope().model_copy(update={"territories": granted})
    assert given.covers(Release(territories=wanted), NOW) is covered


def test_channels_and_purposes_are_compared_without_regard_to_case() -> None:
    given = scope().model_copy(update={"channels": ("TV",), "purposes": ("Advertising",)})
    assert given.covers(Release(channels=("tv",), purpose="advertising"), NOW)
    assert not given.covers(Release(channels=("tv", "web"), purpose="advertising"), NOW)
    assert not given.covers(Release(channels=("tv",)), NOW)


FACE = Finding(
    category="likeness.face",
    asset="a",
    analyzer="faces",
    source=Source.FRAME,
    score=0.99,
    raw=0.3,
    raw_kind=RawKind.DISTANCE,
    reference=Reference(bank="talent", entry="ann"),
)
ANN = Consent(id="G-1", person=FACE.reference, uses=("face",), scope=scope())
SAID = scope().model_copy(
    update={"purposes": ("ads",), "territories": ("DE",), "channels": ("tv",)}
)
HERE = Release(purpose="ads", territories=("DE",), channels=("tv",))


def test_one_second_late_is_no_consent() -> None:
    assert ANN.covers(FACE, Release(), END)
    assert not ANN.covers(FACE, Release(), END + timedelta(seconds=1))
    assert ANN.covers(FACE, Release(), BEGIN)
    assert not ANN.covers(FACE, Release(), BEGIN - timedelta(seconds=1))
    revoked = ANN.model_copy(update={"revoked": NOW})
    assert revoked.covers(FACE, Release(), NOW - timedelta(seconds=1))
    assert not revoked.covers(FACE, Release(), NOW)
    assert (revoked.ended(NOW), ANN.ended(END)) == (NOW, None)
    assert ANN.ended(END + timedelta(seconds=1)) == END


def test_a_consent_covers_its_person_and_its_uses_alone() -> None:
    other = FACE.model_copy(update={"reference": Reference(bank="public", entry="ann")})
    voice = FACE.model_copy(update={"category": "likeness.voice"})
    for finding in (other, voice, FACE.model_copy(update={"reference": None})):
        assert not ANN.covers(finding, Release(), NOW)


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({"guardian": "Mum Example"}, True),
        ({}, False),
        ({"guardian": "  "}, False),
        ({"guardian": "Mum", "scope": SAID.model_copy(update={"channels": ("*",)})}, False),
        ({"guardian": "Mum", "scope": SAID.model_copy(update={"ends": BEGIN + 1827 * DAY})}, False),
        ({"guardian": "Mum", "scope": SAID.model_copy(update={"ends": BEGIN + 1826 * DAY})}, True),
    ],
)
def test_a_minor_is_covered_by_a_guardian_s_narrow_grant_alone(change, covered) -> None:
    given = ANN.model_copy(update={"scope": SAID, "minor": True, **change})
    assert given.covers(FACE, HERE, NOW) is covered
    assert ANN.model_copy(update={"scope": SAID}).covers(FACE, HERE, NOW)
