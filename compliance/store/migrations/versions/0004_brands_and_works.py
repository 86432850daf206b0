"""Keep brands and works with their names, files, prints and licences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the new tables."""
    _items()
    op.create_table(
        "prints",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("maker", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_prints")),
        sa.UniqueConstraint("sha256", "maker", name=op.f("uq_prints_sha256_maker")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "licences",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("grant", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("uid", sa.String(32)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_licences")),
        sa.UniqueConstraint("digest", name=op.f("uq_licences_digest")),
        sa.UniqueConstraint("grant", "kind", name=op.f("uq_licences_grant_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_licences_reference"), "licences", ["reference"])


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_items")),
        sa.UniqueConstraint("uid", name=op.f("uq_items_uid")),
        sa.UniqueConstraint("kind", "bank", "entry", name=op.f("uq_items_kind_bank_entry")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "item_names",
        sa.Column("number", sa.Integer(), nullable=False),
        _item("item_names"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_names")),
        sa.UniqueConstraint("item", "text", name=op.f("uq_item_names_item_text")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "item_files",
        sa.Column("number", sa.Integer(), nullable=False),
        _item("item_files"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_files")),
        sa.UniqueConstraint("item", "sha256", name=op.f("uq_item_files_item_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_item_files_sha256"), "item_files", ["sha256"])


def _item(table: str) -> sa.Column[int]:
    """Return the column that points at the item, whose end is the row's too."""
    key = sa.ForeignKey("items.number", ondelete="CASCADE", name=op.f(f"fk_{table}_item_items"))
    return sa.Column("item", sa.Integer(), key, nullable=False)
