"""Decisions, signed outputs and publications: rows of their own, only added, the last decision counts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text

from compliance.errors import StoreError
from compliance.store.engine import _connect, open_database, reading, writing
from compliance.store.migrate import _config
from compliance.store.tables import metadata
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Clearance, Publication, SignedOutput, Verdict

MakeVerdict = Callable[[int], Verdict]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(engine: Engine) -> VerdictStore:
    return VerdictStore(engine, clock=lambda: NOON)


def clearance(verdict: Verdict, **changes: object) -> Clearance:
    fields = {
        "verdict_key": verdict.key,
        "verdict_digest": verdict.digest,
        "decision": "approve",
        "by": "ada",
        "role": "legal",
        "reason": "Licensed by letter",
        "at": NOON,
    }
    return Clearance(**{**fields, **changes})


def test_the_last_decision_counts(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    verdict = store.commit(make_verdict(1))
    assert store.standing_clearance(verdict, NOON) is None
    first, second = clearance(verdict), clearance(verdict, decision="reject")
    for given in (first, second):
        store.add_clearance(given)
        assert store.standing_clearance(verdict, NOON) == given
    assert store.clearances(verdict.key) == (first, second)


def test_an_ended_decision_brings_none_back(store: VerdictStore, make_verdict: MakeVerdict) -> None:
    verdict = store.commit(make_verdict(1))
    last = clearance(verdict, until=NOON + timedelta(days=1))
    store.add_clearance(clearance(verdict))
    store.add_clearance(last)
    assert store.standing_clearance(verdict, NOON + timedelta(days=1)) == last
    assert store.standing_clearance(verdict, NOON + timedelta(days=1, seconds=1)) is None
    assert store.standing_clearance(verdict, NOON - timedelta(seconds=1)) is None


def test_a_decision_on_another_verdict_does_not_count(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    first, second = store.commit(make_verdict(1)), store.commit(make_verdict(2))
    store.add_clearance(clearance(first))
    assert store.standing_clearance(second, NOON) is None


def test_a_verdict_is_found_by_the_first_digits_of_its_key(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    many = [store.commit(make_verdict(number)) for number in range(20)]
    for verdict in many:
        assert store.find(verdict.key[:12]) == verdict
    with pytest.raises(StoreError, match="several"):
        store.find("")
    for unknown in ("%", "_" * 64, "g"):
        with pytest.raises(StoreError, match="no such verdict"):
            store.find(unknown)


def test_an_output_leads_back_to_its_verdict(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    verdict = store.commit(make_verdict(1))
    output = SignedOutput(output_sha256="a" * 64, verdict_key=verdict.key, at=NOON)
    store.add_output(output)
    store.add_output(output)
    assert store.outputs("a" * 64) == (output,)
    assert store.outputs("b" * 64) == ()
    with pytest.raises(StoreError, match="no such verdict"):
        store.add_output(output.model_copy(update={"verdict_key": "0" * 64}))
    assert [event.kind for event in store.events()] == ["verdict.committed", "output.added"]


def test_all_publications_are_listed_in_order(
    store: VerdictStore, make_verdict: MakeVerdict
) -> None:
    given = [
        Publication(
            output_sha256="a" * 64,
            where=f"https://example.org/{number}",
            at=NOON - timedelta(days=number),
            verdict_key=store.commit(make_verdict(number % 2)).key,
        )
        for number in range(3)
    ]
    for one in given:
        store.add_publication(one)
    assert store.publications() == tuple(given)
    assert store.publications(given[1].verdict_key) == (given[1],)


@pytest.mark.parametrize("table", ["clearances", "outputs", "publications"])
def test_an_altered_row_is_found(
    store: VerdictStore, engine: Engine, make_verdict: MakeVerdict, table: str
) -> None:
    verdict = store.commit(make_verdict(1))
    store.add_clearance(clearance(verdict))
    store.add_output(SignedOutput(output_sha256="a" * 64, verdict_key=verdict.key, at=NOON))
    store.add_publication(
        Publication(output_sha256="a" * 64, where="here", at=NOON, verdict_key=verdict.key)
    )
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {table} SET document = document || ' '"))
    with pytest.raises(StoreError, match="altered"):
        store.clearances(verdict.key)
        store.outputs("a" * 64)
        store.publications()


def test_a_database_of_the_first_revision_is_upgraded_and_keeps_its_rows(
    tmp_path: Path, make_verdict: MakeVerdict
) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite3"
    engine = _connect(url)
    with writing(engine) as connection:
        command.upgrade(_config(connection), "0001")
    VerdictStore(engine).commit(make_verdict(1))
    again = open_database(url)
    assert VerdictStore(again).get(make_verdict(1).key) == make_verdict(1)
    with reading(again) as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
