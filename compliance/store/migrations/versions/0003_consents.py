"""Keep consents, and of people: minors, everyday names, written consent, the quality of templates."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the new tables, and add the new columns."""
    op.create_table(
        "consents",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("grant", sa.String(64), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("uid", sa.String(32)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_consents")),
        sa.UniqueConstraint("digest", name=op.f("uq_consents_digest")),
        sa.UniqueConstraint("grant", "kind", name=op.f("uq_consents_grant_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consents_person"), "consents", ["person"])
    op.create_table(
        "banks",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("biometric_consent", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_banks")),
        sa.UniqueConstraint("name", name=op.f("uq_banks_name")),
        sqlite_autoincrement=True,
    )
    _add("people", [_no("minor"), _no("ambiguous"), sa.Column("consent_sha256", sa.String(64))])
    _add("aliases", [_no("ambiguous")])
    _add("templates", [sa.Column("quality", sa.Float())])


def _no(name: str) -> sa.Column[bool]:
    """Return a flag that is off in the rows that are there."""
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _add(
    table: str, columns: Sequence[sa.Column[bool] | sa.Column[str] | sa.Column[float]]
) -> None:
    for column in columns:
        op.add_column(table, column)
