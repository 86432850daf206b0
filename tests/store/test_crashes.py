"""Many writers at once, writers that are killed, and disks that are full."""

import multiprocessing
import os
import random
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from compliance.errors import StoreError
from compliance.store.engine import open_database, reading
from compliance.store.tables import events, verdicts
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Verdict

MakeVerdict = Callable[[int], Verdict]


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compliance.store.verdicts", "compliance.store.migrate"])
    return context


def _commit_one(url: str, verdict: Verdict, start: Barrier, answers: SimpleQueue) -> None:
    store = VerdictStore(open_database(url))
    start.wait(timeout=60)
    answers.put(store.commit(verdict).digest)


def _commit_many(url: str, many: list[Verdict], acknowledge: Connection) -> None:
    store = VerdictStore(open_database(url))
    for verdict in many:
        acknowledge.send_bytes(store.commit(verdict).key.encode())


def _fill_the_disk(url: str, many: list[Verdict], answer: Connection) -> None:
    store = VerdictStore(open_database(url))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = Path(url.removeprefix("sqlite:///")).stat().st_size + 20_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    acknowledged = []
    try:
        for verdict in many:
            acknowledged.append(store.commit(verdict).key)
    except StoreError as error:
        answer.send((acknowledged, str(error)))


def _counts(engine: Engine) -> tuple[int, int]:
    with reading(engine) as connection:
        return (
            connection.execute(select(func.count()).select_from(verdicts)).scalar_one(),
            connection.execute(select(func.count()).select_from(events)).scalar_one(),
        )


def test_fifty_processes_on_one_key_give_one_verdict_and_one_event(
    processes: ForkServerContext, url: str, engine: Engine, make_verdict: MakeVerdict
) -> None:
    answers, start = processes.SimpleQueue(), processes.Barrier(50)
    workers = []
    for number in range(50):
        verdict = make_verdict(1).model_copy(update={"asset_name": f"copy-{number}.mp4"})
        worker = processes.Process(target=_commit_one, args=(url, verdict, start, answers))
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 50
    digests = {answers.get() for _ in workers}
    assert digests == {VerdictStore(engine).get(make_verdict(1).key).digest}
    assert _counts(engine) == (1, 1)


def _kill_at(
    processes: ForkServerContext,
    url: str,
    make_verdict: MakeVerdict,
    points: int,
) -> None:
    """Kill writers that commit the same sequence over and over, each at another moment."""
    moments = random.Random(0)
    engine = open_database(url)
    acknowledged: set[str] = set()
    for point in range(points):
        many = [make_verdict(number) for number in range(point * 4, point * 4 + 40)]
        receiver, sender = processes.Pipe(duplex=False)
        worker = processes.Process(target=_commit_many, args=(url, many, sender))
        worker.start()
        sender.close()
        acknowledged.add(receiver.recv_bytes().decode())
        # From here a commit of some milliseconds is under way: kill it at a random part of one.
        worker.join(moments.uniform(0.0, 0.02))
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()
        try:
            while True:
                acknowledged.add(receiver.recv_bytes().decode())
        except EOFError:
            receiver.close()
        kept, happened = _counts(engine)
        assert kept == happened
    store = VerdictStore(engine)
    subjects = [event.subject for event in store.events(limit=points * 50)]
    assert len(subjects) == len(set(subjects))
    assert acknowledged <= set(subjects)
    assert all(store.get(key).key == key for key in acknowledged)


def test_no_acknowledged_verdict_is_lost_or_doubled_at_40_kills(
    processes: ForkServerContext, url: str, make_verdict: MakeVerdict
) -> None:
    _kill_at(processes, url, make_verdict, points=40)


@pytest.mark.long
def test_no_acknowledged_verdict_is_lost_or_doubled_at_500_kills(
    processes: ForkServerContext, url: str, make_verdict: MakeVerdict
) -> None:
    _kill_at(processes, url, make_verdict, points=500)


def test_a_full_disk_is_one_paragraph_and_loses_nothing(
    processes: ForkServerContext, url: str, engine: Engine, make_verdict: MakeVerdict
) -> None:
    receiver, sender = processes.Pipe(duplex=False)
    many = [make_verdict(number) for number in range(200)]
    worker = processes.Process(target=_fill_the_disk, args=(url, many, sender))
    worker.start()
    sender.close()
    acknowledged, message = receiver.recv()
    worker.join()
    assert "the database cannot be used" in message
    assert "\n" not in message
    assert 0 < len(acknowledged) < 200
    assert _counts(engine) == (len(acknowledged), len(acknowledged))
    assert VerdictStore(engine).commit(many[-1]) == many[-1]
