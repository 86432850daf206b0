"""Make the first tables: verdicts with what follows from them, and the bank of people."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and their indexes."""
    _make_verdicts()
    _make_what_follows("clearances", [_text("decision", 16), _moment("until", nullable=True)])
    _make_what_follows("publications", [_text("output_sha256", 64)])
    _index("publications", "output_sha256")
    _make_events()
    _make_people()


def _make_verdicts() -> None:
    _table(
        "verdicts",
        [
            _text("key", 64),
            _text("digest", 64),
            _text("asset", 64),
            sa.Column("media_sha256", sa.String(64)),
            _text("policy"),
            _text("policy_digest", 64),
            _text("decision", 16),
            sa.Column("complete", sa.Boolean(), nullable=False),
            _moment("as_of"),
            _text("run"),
            _text("document"),
            sa.UniqueConstraint("key", name=op.f("uq_verdicts_key")),
        ],
    )
    for column in ("asset", "decision", "media_sha256", "policy", "run"):
        _index("verdicts", column)


def _make_what_follows(name: str, items: list[SchemaItem]) -> None:
    foreign_key = op.f(f"fk_{name}_verdict_key")
    _table(
        name,
        [
            _text("digest", 64),
            _text("verdict_key", 64),
            _moment("at"),
            _text("document"),
            *items,
            sa.UniqueConstraint("digest", name=op.f(f"uq_{name}_digest")),
            sa.ForeignKeyConstraint(["verdict_key"], ["verdicts.key"], name=foreign_key),
        ],
    )
    _index(name, "verdict_key")


def _make_events() -> None:
    _table("events", [_moment("at"), _text("kind", 64), _text("subject", 64), _text("digest", 64)])
    _index("events", "kind")
    _index("events", "subject")


def _make_people() -> None:
    _table(
        "people",
        [
            _text("uid", 32),
            _text("bank", 64),
            _text("entry", 128),
            _text("name"),
            sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
            _moment("enrolled"),
            sa.UniqueConstraint("uid", name=op.f("uq_people_uid")),
            sa.UniqueConstraint("bank", "entry", name=op.f("uq_people_bank_entry")),
        ],
    )
    _table(
        "templates",
        [
            sa.Column("person", sa.Integer(), nullable=False),
            _text("modality", 16),
            _text("model", 64),
            _text("source_sha256", 64),
            sa.Column("sealed", sa.LargeBinary(), nullable=False),
            _of_person("templates"),
        ],
    )
    _index("templates", "person")
    _table(
        "aliases",
        [
            sa.Column("person", sa.Integer(), nullable=False),
            _text("text"),
            _of_person("aliases"),
            sa.UniqueConstraint("person", "text", name=op.f("uq_aliases_person_text")),
        ],
    )


def _table(name: str, items: list[SchemaItem]) -> None:
    number = sa.Column("number", sa.Integer(), nullable=False)
    key = sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{name}"))
    op.create_table(name, number, *items, key, sqlite_autoincrement=True)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _text(name: str, length: int | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person")
    return sa.ForeignKeyConstraint(["person"], ["people.number"], name=name, ondelete="CASCADE")
