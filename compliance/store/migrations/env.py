"""Run by Alembic: migrate over the connection that :mod:`compliance.store.migrate` opened."""

from __future__ import annotations

from alembic import context

from compliance.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
