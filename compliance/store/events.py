"""The append-only account of what happened, written in the transaction that made it happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Connection, insert

from compliance.store.tables import events
from compliance.types import Model

Clock = Callable[[], datetime]
"""Gives the present moment with its zone."""


class Event(Model):
    """One thing that happened. It names no person, so that erasing one leaves events whole."""

    number: int
    """Position in the order of events, from 1 upward; gaps are possible."""
    at: AwareDatetime
    """When, UTC."""
    kind: str
    """``verdict.committed``, ``clearance.added``, ``output.added``, ``publication.added``,
    ``consent.granted``, ``consent.revoked``, ``person.enrolled`` or ``person.erased``."""
    subject: str
    """Key of the verdict, or the random identifier of the grant or the person."""
    digest: str
    """Digest of the document that was stored, 64 hex digits; empty where there is none."""


def append_event(
    connection: Connection, at: datetime, kind: str, subject: str, digest: str = ""
) -> None:
    """Write one event with the changes of ``connection``'s transaction, or not at all."""
    connection.execute(insert(events).values(at=at, kind=kind, subject=subject, digest=digest))
