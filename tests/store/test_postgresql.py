"""The same promises on PostgreSQL, where the URL of an empty database is given."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.store.engine import open_database, reading, writing
from compliance.store.tables import metadata
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Verdict

URL = os.environ.get("TEST_POSTGRESQL_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="TEST_POSTGRESQL_URL names no empty database")


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    """Eight connections opened at once, in a schema of their own."""
    schema = f"test_{secrets.token_hex(4)}"
    first = open_database(URL)
    with writing(first) as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    joint = "&" if "?" in URL else "?"
    opened: list[Engine] = []
    inside = f"{URL}{joint}options=-csearch_path%3D{schema}"
    _at_once(8, lambda number: opened.append(open_database(inside)))
    yield opened
    with writing(first) as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    for engine in (first, *opened):
        engine.dispose()


def _at_once(count: int, work: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_open_an_empty_database_at_once(engines: list[Engine]) -> None:
    assert len(engines) == 8
    with reading(engines[0]) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_fifty_writers_of_one_key_give_one_verdict_and_one_event(
    engines: list[Engine], make_verdict: Callable[[int], Verdict]
) -> None:
    digests: list[str] = []

    def commit(number: int) -> None:
        verdict = make_verdict(1).model_copy(update={"asset_name": f"copy-{number}.mp4"})
        digests.append(VerdictStore(engines[number % 8]).commit(verdict).digest)

    _at_once(50, commit)
    store = VerdictStore(engines[0])
    assert digests == [store.get(make_verdict(1).key).digest] * 50
    assert len(store.events()) == 1


def test_people_are_enrolled_found_and_erased(engines: list[Engine], tmp_path: Path) -> None:
    people = PeopleBank(engines[0], MasterKey.load(tmp_path, {}))
    template = Template(vector=np.ones(128, np.float32), model="1" * 64, source_sha256="0" * 64)
    first, second = (people.enrol("talent", "Ada Lovelace", [template], ["Ada"]) for _ in "12")
    assert (first.entry, second.entry) == ("ada-lovelace", "ada-lovelace-2")
    found = people.references("face").vectors
    assert found is not None
    assert found.shape == (2, 128)
    people.erase(first)
    assert [person.reference for person in people.list()] == [second]
    assert people.references("name").texts == ("Ada Lovelace", "Ada")
