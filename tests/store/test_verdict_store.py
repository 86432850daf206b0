"""The store of verdicts: one per key, whole, with its event; nothing changes afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text

from compliance.errors import StoreError
from compliance.store.engine import open_database, writing
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Clearance, Decision, Publication, Verdict

MakeVerdict = Callable[[int], Verdict]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(engine: Engine) -> VerdictStore:
    return VerdictStore(engine, clock=lambda: NOON)


def _clearance(verdict: Verdict, by: str = "ada") -> Clearance:
    return Clearance(
        verdict_key=verdict.key,
        verdict_digest=verdict.digest,
        decision="approve",
        by=by,
        role="legal",
        reason="Licensed by letter",
        at=NOON,
        until=NOON + timedelta(days=30),
    )


def test_a_verdict_comes_back_as_it_was(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    verdict = make_verdict(1)
    east = verdict.model_copy(update={"as_of": NOON.astimezone(timezone(timedelta(hours=9)))})
    store.commit(east, run="01J")
    assert store.get(verdict.key) == east
    assert store.get(verdict.key).digest == east.digest


def test_a_reopened_database_has_what_was_committed(
    store: VerdictStore, url: str, make_verdict: MakeVerdict
) -> None:
    store.commit(make_verdict(1))
    assert VerdictStore(open_database(url)).latest() == make_verdict(1)


def test_the_first_verdict_of_a_key_stays(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    first = make_verdict(1)
    second = first.model_copy(update={"asset_name": "another-name.mp4"})
    assert store.commit(first) == first
    assert store.commit(second) == first
    assert store.get(first.key) == first
    assert [event.subject for event in store.events()] == [first.key]


def test_another_decision_under_the_same_key_is_refused(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    first = make_verdict(1)
    other = next(one for one in Decision if one is not first.decision)
    store.commit(first)
    with pytest.raises(StoreError, match="another decision"):
        store.commit(first.model_copy(update={"decision": other}))
    assert store.get(first.key) == first


def test_each_new_verdict_has_one_event(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    for number in (1, 2, 1, 3):
        store.commit(make_verdict(number))
    happened = [(event.kind, event.subject, event.digest, event.at) for event in store.events()]
    assert happened == [
        ("verdict.committed", make_verdict(number).key, make_verdict(number).digest, NOON)
        for number in (1, 2, 3)
    ]


def test_a_verdict_without_its_event_is_not_kept(engine: Engine, make_verdict: MakeVerdict) -> None:
    store = VerdictStore(engine, clock=lambda: datetime(2026, 11, 20))  # no zone: refused
    with pytest.raises(StoreError, match="time zone"):
        store.commit(make_verdict(1))
    assert store.latest() is None


def test_events_come_in_pages(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    for number in range(5):
        store.commit(make_verdict(number))
    first = store.events(limit=2)
    rest = store.events(after=first[-1].number)
    assert [event.subject for event in (*first, *rest)] == [make_verdict(n).key for n in range(5)]


def test_the_latest_is_the_last_committed(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    assert store.latest() is None
    for number in (3, 1, 2):
        store.commit(make_verdict(number))
    assert store.latest() == make_verdict(2)


def test_verdicts_are_found_by_run_and_by_media(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    for number, run in ((1, "a"), (2, "b"), (3, "a")):
        store.commit(make_verdict(number), run=run)
    assert store.find_run("a") == (make_verdict(1), make_verdict(3))
    assert store.find_run("c") == ()
    assert store.find_media(make_verdict(2).parts["media"]) == (make_verdict(2),)


def test_an_unknown_key_is_an_error(store: VerdictStore) -> None:
    with pytest.raises(StoreError, match="no such verdict"):
        store.get("0" * 64)


def test_an_altered_row_is_found(
    store: VerdictStore, engine: Engine, make_verdict: MakeVerdict
) -> None:
    store.commit(make_verdict(1))
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE verdicts SET document = replace(document, 'flag', 'approve')")
        )
    with pytest.raises(StoreError, match="altered"):
        store.get(make_verdict(1).key)
    with pytest.raises(StoreError, match="altered"):
        store.commit(make_verdict(1))


def test_a_clearance_is_kept_once_beside_its_verdict(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    verdict = store.commit(make_verdict(1))
    for by in ("ada", "ada", "grace"):
        store.add_clearance(_clearance(verdict, by))
    assert store.clearances(verdict.key) == (
        _clearance(verdict, "ada"),
        _clearance(verdict, "grace"),
    )
    assert [event.kind for event in store.events()] == [
        "verdict.committed",
        "clearance.added",
        "clearance.added",
    ]
    assert store.get(verdict.key) == verdict


def test_a_clearance_of_another_verdict_is_refused(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    verdict = store.commit(make_verdict(1))
    with pytest.raises(StoreError, match="another verdict"):
        store.add_clearance(_clearance(verdict).model_copy(update={"verdict_digest": "0" * 64}))
    with pytest.raises(StoreError, match="no such verdict"):
        store.add_clearance(_clearance(make_verdict(2)))
    assert store.clearances(verdict.key) == ()


def test_a_publication_is_kept_once_and_needs_a_verdict(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    verdict = make_verdict(1)
    publication = Publication(
        output_sha256="a" * 64, where="https://example.org/spot", at=NOON, verdict_key=verdict.key
    )
    with pytest.raises(StoreError, match="no such verdict"):
        store.add_publication(publication)
    store.commit(verdict)
    store.add_publication(publication)
    store.add_publication(publication)
    assert store.publications(verdict.key) == (publication,)
    assert [event.kind for event in store.events()] == ["verdict.committed", "publication.added"]
