"""Bringing a database to the tables of this version, with the migrations shipped in the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from compliance.errors import StoreError
from compliance.store.tables import REVISION, metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_066_001
"""Number of the PostgreSQL advisory lock under which one process at a time upgrades; arbitrary."""


def upgrade(engine: Engine) -> None:
    """Upgrade the tables to :data:`REVISION`, in one transaction; nothing happens where they are.

    Raises:
        StoreError: a newer version or another program wrote the database.
    """
    with engine.connect() as connection:
        if _revision(connection) == REVISION:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
        # Another process may have upgraded while this one waited for the lock.
        found = _revision(connection)
        if found != REVISION:
            _refuse_foreign(connection, found)
            _run(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_foreign(connection: Connection, found: str | None) -> None:
    from alembic.script import ScriptDirectory

    where = connection.engine.url.render_as_string(hide_password=True)
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            "the database was written by a newer version of this program",
            expected=f"tables of revision {REVISION} or older",
            found=f"revision {found}",
            where=where,
            fix="pip install --upgrade compliance, or set COMPLIANCE_HOME to another folder",
        )
    clashing = set(metadata.tables) & set(inspect(connection).get_table_names())
    if found is None and clashing:
        raise StoreError(
            "the database belongs to another program",
            expected="no tables, or those of this program",
            found=f"tables named {', '.join(sorted(clashing))} without a revision",
            where=where,
            fix="set COMPLIANCE_DATABASE_URL to a database of its own",
        )


def _run(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    # A percent sign in a path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
