"""Opening databases: migrations lead to the tables, and what is not ours is refused."""

import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, select, text

from compliance.errors import StoreError
from compliance.store.engine import open_database, reading, writing
from compliance.store.migrate import MIGRATIONS
from compliance.store.tables import REVISION, events, metadata, templates


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_migrations_lead_to_exactly_the_declared_tables(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_declared_revision_is_the_last_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [REVISION]


def test_opening_again_keeps_what_is_there(url: str, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO events VALUES (7, '2026-01-01', 'k', 's', 'd')"))
    with reading(open_database(url)) as connection:
        assert connection.execute(select(events.c.number)).scalars().all() == [7]


def test_connections_are_safe_ones(engine: Engine) -> None:
    with reading(engine) as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "secure_delete")
        }
    full = 2
    assert pragmas == {
        "foreign_keys": 1,
        "journal_mode": "delete",
        "synchronous": full,
        "secure_delete": 1,
    }


def test_a_broken_foreign_key_is_refused_and_undone(engine: Engine) -> None:
    row = {"person": 99, "modality": "face", "model": "m"}
    with pytest.raises(StoreError, match="FOREIGN KEY"), writing(engine) as connection:
        connection.execute(text("INSERT INTO events VALUES (1, '2026-01-01', 'k', 's', 'd')"))
        connection.execute(insert(templates).values(**row, source_sha256="s", sealed=b""))
    with reading(engine) as connection:
        assert connection.execute(select(events)).all() == []


def test_a_writer_holds_its_lock_from_the_start(engine: Engine, url: str) -> None:
    with writing(engine), sqlite3.connect(_file(url), timeout=0) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


def test_the_file_is_its_owners_alone(engine: Engine, url: str) -> None:
    assert _file(url).stat().st_mode & 0o777 == 0o600
    assert _file(url).parent.stat().st_mode & 0o777 == 0o700


def test_a_newer_database_is_refused_and_untouched(engine: Engine, url: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = _file(url).read_bytes()
    with pytest.raises(StoreError, match="newer version") as caught:
        open_database(url)
    assert "9999" in caught.value.found
    assert _file(url).read_bytes() == before


def test_another_programs_tables_are_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_database(f"sqlite:///{tmp_path}/other.db")


def test_a_file_that_is_no_database_is_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("this is a list of groceries, and no database\n" * 50)
    with pytest.raises(StoreError, match="not a database") as caught:
        open_database(f"sqlite:///{tmp_path}/notes.txt")
    assert "\n" not in str(caught.value)
    assert "COMPLIANCE_HOME" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="COMPLIANCE_DATABASE_URL"):
        open_database(f"sqlite:///{tmp_path}/file/compliance.sqlite3")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to read-only files")
def test_a_read_only_file_is_one_paragraph(engine: Engine, url: str) -> None:
    _file(url).chmod(0o400)
    with pytest.raises(StoreError, match="writable"):
        open_database(url)


@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "x"])
def test_other_databases_are_refused_without_showing_a_password(bad: str) -> None:
    with pytest.raises(StoreError, match="postgresql") as caught:
        open_database(bad)
    assert "secret" not in str(caught.value)


def test_many_processes_may_open_a_new_database_at_once(url: str) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compliance.store.migrate", "alembic.command"])
    workers = [context.Process(target=open_database, args=(url,)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    with reading(open_database(url)) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
