"""A permission covers a release only if each moment of it, in UTC, lies inside the grant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from compliance.facts import Release, Scope

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
