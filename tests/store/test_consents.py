"""Grants and revocations: only ever added, never lost once acknowledged, and bound to one enrolment."""

import itertools
import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update

from compliance.errors import ComplianceError, StoreError, UsageError
from compliance.facts import Consent, Scope
from compliance.findings import Reference
from compliance.store.consents import ConsentStore
from compliance.store.engine import open_database, reading, writing
from compliance.store.tables import consents, events, people

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN = Reference(bank="talent", entry="ann", label="Ann Example")


def given(number: int = 1, person: Reference = ANN, use: str = "face") -> Consent:
    scope = Scope(
        purposes=("*",),
        territories=("DE",),
        channels=("tv",),
        starts=NOON,
        ends=NOON + timedelta(days=number),
    )
    return Consent(id=f"G-{number}", person=person, uses=(use,), scope=scope)


@pytest.fixture
def clock() -> Iterator[datetime]:
    return (NOON + timedelta(seconds=second) for second in range(10_000))


@pytest.fixture
def store(engine: Engine, clock: Iterator[datetime]) -> ConsentStore:
    return ConsentStore(engine, lambda: next(clock))


def enrol(engine: Engine, uid: str, minor: bool = False) -> None:
    row = {"uid": uid, "bank": "talent", "entry": "ann", "name": "Ann Example", "minor": minor}
    with writing(engine) as connection:
        connection.execute(insert(people).values(**row, wrapped_key=b"", enrolled=NOON))


def test_a_revocation_is_a_row_of_its_own_and_the_grant_stays(
    store: ConsentStore, engine: Engine
) -> None:
    store.grant(given(), None)
    with reading(engine) as connection:
        before = connection.execute(select(consents)).all()
    ended = store.revoke("G-1", "asked by letter")
    with reading(engine) as connection:
        rows = connection.execute(select(consents).order_by(consents.c.number)).all()
        kinds = connection.execute(select(events.c.kind, events.c.subject)).all()
    assert rows[:1] == before
    assert [tuple(kind) for kind in kinds] == [
        ("consent.granted", "G-1"),
        ("consent.revoked", "G-1"),
    ]
    (one,) = store.grants(["talent/ann"])
    assert (one.permit.revoked, one.revocation) == (ended.at, ended)
    assert store.grants(["talent/bob"]) == ()


def test_revoking_twice_or_what_is_not_there_changes_nothing(
    store: ConsentStore, engine: Engine
) -> None:
    store.grant(given(), None)
    store.revoke("G-1", "first")
    for grant, why in (("G-1", "revoked already.*first"), ("G-2", "no such grant.*G-1")):
        with pytest.raises(UsageError, match=why):
            store.revoke(grant, "second")
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(consents)) == 2


def test_the_same_grant_again_is_refused_until_it_is_revoked(store: ConsentStore) -> None:
    store.grant(given(), None)
    again = given().model_copy(update={"id": "G-9"})
    with pytest.raises(UsageError, match=r"granted already.*G-1"):
        store.grant(again, None)
    store.revoke("G-1", "moved")
    store.grant(again, None)
    assert [one.permit.id for one in store.grants()] == ["G-1", "G-9"]


def test_an_identifier_that_is_taken_is_not_acknowledged(store: ConsentStore) -> None:
    store.grant(given(), None)
    with pytest.raises(StoreError, match="identifier"):
        store.grant(given().model_copy(update={"uses": ("voice",)}), None)


def test_whoever_is_enrolled_under_the_entry_of_somebody_erased_has_none_of_their_grants(
    store: ConsentStore, engine: Engine
) -> None:
    enrol(engine, "first")
    store.grant(given(), "first")
    assert [one.id for one in store.that_may_apply(["talent/ann"])] == ["G-1"]
    with writing(engine) as connection:
        connection.execute(delete(people))
    assert store.that_may_apply(["talent/ann"]) == ()
    enrol(engine, "second")
    assert store.that_may_apply(["talent/ann"]) == ()
    assert len(store.grants(["talent/ann"])) == 1, "the history stays"


def test_somebody_who_was_never_enrolled_keeps_the_grant_by_reference(store: ConsentStore) -> None:
    store.grant(given(), None)
    assert len(store.that_may_apply()) == 1


def test_who_is_marked_as_a_minor_later_is_one_at_the_decision(
    store: ConsentStore, engine: Engine
) -> None:
    enrol(engine, "first")
    store.grant(given(), "first")
    with writing(engine) as connection:
        connection.execute(update(people).values(minor=True))
    (one,) = store.that_may_apply(["talent/ann"])
    assert "minor" in one.objection()


def test_an_altered_grant_is_not_read(store: ConsentStore, engine: Engine) -> None:
    store.grant(given(), None)
    with writing(engine) as connection:
        longer = "UPDATE consents SET document = replace(document, '2026', '2036')"
        connection.execute(text(longer))
    with pytest.raises(StoreError, match="altered"):
        store.that_may_apply()


# processes


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compliance.store.consents", "compliance.store.migrate"])
    return context


def _revoke(url: str, reason: str, start: Barrier, answers: SimpleQueue) -> None:
    store = ConsentStore(open_database(url))
    start.wait(timeout=60)
    try:
        answers.put(store.revoke("G-1", reason).reason)
    except ComplianceError:
        answers.put("")


def _grant_many(url: str, first: int, acknowledge: Connection) -> None:
    store = ConsentStore(open_database(url))
    for number in itertools.count(first):  # until it is killed
        store.grant(given(number), None)
        acknowledge.send(f"G-{number}")


def test_of_two_processes_that_revoke_at_once_one_does(
    processes: ForkServerContext, url: str, store: ConsentStore
) -> None:
    store.grant(given(), None)
    answers, start = processes.SimpleQueue(), processes.Barrier(2)
    workers = [
        processes.Process(target=_revoke, args=(url, reason, start, answers))
        for reason in ("one", "two")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    said = sorted(answers.get() for _ in workers)
    (stored,) = store.grants()
    assert stored.revocation is not None
    assert said == ["", stored.revocation.reason]


def test_no_acknowledged_grant_is_lost_when_its_process_is_killed(
    processes: ForkServerContext, url: str, engine: Engine, tmp_path: Path
) -> None:
    pipes, workers = [], []
    for first in (1, 1_000_001):  # two at once
        receiver, sender = processes.Pipe(duplex=False)
        worker = processes.Process(target=_grant_many, args=(url, first, sender))
        worker.start()
        sender.close()
        pipes.append(receiver)
        workers.append(worker)
    acknowledged = {pipe.recv() for pipe in pipes for _ in range(3)}
    for worker in workers:
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()
    for pipe in pipes:
        try:
            while True:
                acknowledged.add(pipe.recv())
        except EOFError:
            pass
    stored = {one.permit.id for one in ConsentStore(open_database(url)).grants()}
    assert acknowledged <= stored
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == len(stored)
