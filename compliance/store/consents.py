"""Consents of people in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from compliance.facts import Consent
from compliance.store.permissions import Grant, PermissionStore
from compliance.store.tables import consents, people

ConsentGrant = Grant[Consent]


class ConsentStore(PermissionStore[Consent]):
    """Keeps grants and revocations of people."""

    table, subject, model, word = consents, "person", Consent, "consent"

    def enrolled(self, connection: Connection) -> dict[str, Row[Any]]:
        """Return who is enrolled now, by ``bank/entry``."""
        return {f"{row.bank}/{row.entry}": row for row in connection.execute(select(people))}

    def as_it_applies(self, permit: Consent, row: Row[Any] | None) -> Consent:
        """Return a grant with the stricter conditions for whoever counts as a minor now."""
        minor = permit.minor or bool(row and row.minor)
        return permit.model_copy(update={"minor": minor})
