"""Opening the database: SQLite by default, PostgreSQL by URL.

Readers take ``with reading(engine)``, writers ``with writing(engine)``; both turn what the driver
raises into :class:`StoreError`, so that nobody else needs to know the driver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from compliance.errors import StoreError

__all__ = ["Engine", "insert_once", "open_database", "reading", "writing"]

BUSY_SECONDS = 60.0
"""How long a writer waits for the others; a commit with fsync takes milliseconds."""

# No WAL: below 3.51.3 SQLite can lose commits when a checkpoint resets the log. FULL brings each
# commit to the disk before it is acknowledged; secure_delete overwrites what is erased.
PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=DELETE",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
)


def open_database(url: str) -> Engine:
    """Open the database at ``url``, making or upgrading its tables where needed.

    Args:
        url: ``sqlite:///<path>`` or ``postgresql+psycopg://…``; a SQLite file and its folder are
            made where they are absent, readable by their owner alone.

    Raises:
        StoreError: the database cannot be opened, is another program's, or a newer version's.
    """
    from compliance.store.migrate import upgrade

    engine = _connect(url)
    with _as_store_errors(engine):
        upgrade(engine)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database.

    Raises:
        StoreError: the database cannot be read.
    """
    with _as_store_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes are kept together at the end, or not at all.

    On SQLite the writer's lock is taken at the start, so that nobody fails half way for want of it.

    Raises:
        StoreError: the database cannot be written.
    """
    with _as_store_errors(engine), engine.execution_options(writes=True).begin() as connection:
        yield connection


def insert_once(
    connection: Connection, table: Table, unique: tuple[str, ...], row: Mapping[str, Any]
) -> bool:
    """Insert ``row`` unless a row with the same ``unique`` columns is there.

    Returns:
        True where the row is new. The UNIQUE constraint decides, whatever the isolation level.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**row).on_conflict_do_nothing(index_elements=unique)
    # Drivers disagree on the count of affected rows here; what comes back was inserted.
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def _connect(url: str) -> Engine:
    mend = "set COMPLIANCE_DATABASE_URL to sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The text of a malformed URL may hold a password, so it is not quoted.
        raise StoreError("the database URL is malformed", where="database_url", fix=mend) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        _make_private(Path(str(parsed.database)))
        engine = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend != "postgresql":
        raise StoreError(
            "the database is not supported",
            expected="a SQLite file or PostgreSQL",
            found=parsed.render_as_string(hide_password=True),
            where="database_url",
            fix=mend,
        )
    try:
        return create_engine(parsed, pool_pre_ping=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            "the driver of this database is not installed",
            found=str(error),
            where="database_url",
            fix="pip install 'psycopg[binary]' and use postgresql+psycopg:// in the URL",
        ) from error


def _make_private(path: Path) -> None:
    try:
        for folder in reversed(path.absolute().parents):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise _unusable(str(path), error.strerror or str(error)) from error


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Otherwise the driver opens transactions by itself, later than it should.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _as_store_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        where = engine.url.render_as_string(hide_password=True)
        raise _unusable(where, " ".join(str(cause).split())) from error


def _unusable(where: str, found: str) -> StoreError:
    return StoreError(
        "the database cannot be used",
        expected="a database of this program that can be read and written",
        found=found,
        where=where,
        fix="make the file and its folder writable and free of other content, or set "
        "COMPLIANCE_DATABASE_URL or COMPLIANCE_HOME to another place",
    )
