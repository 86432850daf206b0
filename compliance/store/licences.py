"""Licences of marks and works in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from compliance.facts import Licence
from compliance.store.permissions import Grant, PermissionStore
from compliance.store.tables import items, licences

LicenceGrant = Grant[Licence]


class LicenceStore(PermissionStore[Licence]):
    """Keeps licences of brands and works, and their revocations."""

    table, subject, model, word = licences, "reference", Licence, "licence"

    def enrolled(self, connection: Connection) -> dict[str, Row[Any]]:
        """Return the brands and works of all banks, by ``bank/entry``."""
        return {f"{row.bank}/{row.entry}": row for row in connection.execute(select(items))}

    def as_it_applies(self, permit: Licence, row: Row[Any] | None) -> Licence:
        """Return the licence: nothing of a brand or work changes what it permits."""
        return permit
