"""Remember signed outputs, so that a file's digest leads to the verdict or clearance that let it out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "outputs",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verdict_key", sa.String(64), nullable=False),
        sa.Column("output_sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outputs")),
        sa.UniqueConstraint("digest", name=op.f("uq_outputs_digest")),
        sa.ForeignKeyConstraint(
            ["verdict_key"], ["verdicts.key"], name=op.f("fk_outputs_verdict_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outputs_verdict_key"), "outputs", ["verdict_key"])
    op.create_index(op.f("ix_outputs_output_sha256"), "outputs", ["output_sha256"])
