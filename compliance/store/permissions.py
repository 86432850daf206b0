"""Grants and what ends them, of people and of owners of marks and works; rows are only ever added."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, Table, select, true

from compliance.clock import now
from compliance.errors import StoreError, UsageError
from compliance.facts import Permit, Revocation
from compliance.store.documents import intact, sha256
from compliance.store.engine import insert_once, reading, writing
from compliance.store.events import Clock, append_event
from compliance.types import Model, canonical_json

M = TypeVar("M", bound=Model)
P = TypeVar("P", bound=Permit)


@dataclass(frozen=True)
class Grant(Generic[P]):
    """One grant as the rows tell it."""

    permit: P
    """What was granted, with the revocation applied."""
    recorded: datetime
    """When it was recorded, UTC."""
    uid: str | None
    """Identifier of the enrolment that it is about; None for what is in no database."""
    revocation: Revocation | None = None
    """What ended it before its time."""


class PermissionStore(ABC, Generic[P]):
    """Keeps grants and revocations, and never changes one.

    Args:
        engine: what :func:`compliance.store.engine.open_database` returned.
        clock: tells when something is recorded, and so when a revocation takes effect.
    """

    table: Table
    """Where they lie."""
    subject: str
    """Column of ``bank/entry`` that they are about."""
    model: type[P]
    """What a document holds."""
    word: str
    """``consent`` or ``licence``: in events, errors and commands."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._clock = clock

    @abstractmethod
    def enrolled(self, connection: Connection) -> dict[str, Row[Any]]:
        """Return what stands in banks now, by ``bank/entry``; each row has a ``uid``."""

    @abstractmethod
    def as_it_applies(self, permit: P, row: Row[Any] | None) -> P:
        """Return a grant as it applies to what is enrolled now; None where that is in no database."""

    def grant(self, permit: P, uid: str | None) -> None:
        """Store a grant with its event; when this returns, it is on disk.

        Args:
            permit: the grant, not revoked.
            uid: identifier of the enrolment that it is about; None for what is in no database.

        Raises:
            UsageError: the very same is granted already and not revoked.
            StoreError: the database cannot be written.
        """
        about = permit.subject.id
        row = {"kind": "grant", "grant": permit.id, self.subject: about, "uid": uid}
        with writing(self._engine) as connection:
            for other in self._grants(connection, [about]):
                if other.uid == uid and _same(other.permit, permit):
                    raise UsageError(
                        "this is granted already",
                        expected="a grant that differs in use, scope or evidence",
                        found=f"{other.permit.id}, recorded {other.recorded:%Y-%m-%d %H:%M} UTC",
                        where=about,
                        fix="nothing: that grant stands",
                    )
            document = canonical_json(permit).decode()
            if not self._append(connection, row, f"{self.word}.granted", document):
                raise StoreError(
                    "another grant has this identifier",
                    found=permit.id,
                    where=f"{self.word}s",
                    fix="grant again: identifiers are drawn at random",
                )

    def revoke(self, grant: str, reason: str) -> Revocation:
        """End a grant from this moment on.

        Raises:
            UsageError: there is no such grant, or it is revoked.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            found = list(self._grants(connection, None))
            given = next((one for one in found if one.permit.id == grant), None)
            if given is None:
                raise self._unknown(grant, [one.permit.id for one in found])
            revocation = Revocation(grant=grant, reason=reason, at=self._clock())
            row = {
                "kind": "revocation",
                "grant": grant,
                self.subject: given.permit.subject.id,
                "uid": given.uid,
            }
            document = canonical_json(revocation).decode()
            event = f"{self.word}.revoked"
            if given.revocation or not self._append(connection, row, event, document):
                raise _revoked_before(given)
        return revocation

    def grants(self, subjects: Iterable[str] | None = None) -> tuple[Grant[P], ...]:
        """Return the grants about ``bank/entry``, or all of them, in the order of recording.

        Raises:
            StoreError: the database cannot be read, or a row was altered.
        """
        with reading(self._engine) as connection:
            wanted = None if subjects is None else sorted(set(subjects))
            return tuple(self._grants(connection, wanted))

    def that_may_apply(self, subjects: Iterable[str] | None = None) -> tuple[P, ...]:
        """Return the grants about what is enrolled now, by ``bank/entry``, sorted by identifier.

        What was enrolled under the entry of something that was erased has none of its grants.

        Raises:
            StoreError: as for :meth:`grants`.
        """
        wanted = None if subjects is None else sorted(set(subjects))
        with reading(self._engine) as connection:
            given = list(self._grants(connection, wanted))
            enrolled = self.enrolled(connection)
        found = []
        for one in given:
            row = enrolled.get(one.permit.subject.id)
            if one.uid is None or (row is not None and row.uid == one.uid):
                found.append(self.as_it_applies(one.permit, row))
        return tuple(sorted(found, key=lambda one: one.id))

    def _append(
        self, connection: Connection, row: dict[str, Any], event: str, document: str
    ) -> bool:
        moment, digest = self._clock(), sha256(document)
        row = row | {"digest": digest, "at": moment, "document": document}
        if not insert_once(connection, self.table, ("grant", "kind"), row):
            return False
        append_event(connection, moment, event, row["grant"], digest)
        return True

    def _grants(self, connection: Connection, subjects: list[str] | None) -> Iterable[Grant[P]]:
        """Yield grants in the order of recording, each with what ended it."""
        columns = self.table.c
        chosen = true() if subjects is None else columns[self.subject].in_(subjects)
        found = select(self.table).where(chosen).order_by(columns.number)
        rows = connection.execute(found).all()
        ends = {row.grant: _read(Revocation, row) for row in rows if row.kind == "revocation"}
        for row in rows:
            if row.kind != "grant":
                continue
            permit, revocation = _read(self.model, row), ends.get(row.grant)
            if revocation is not None:
                permit = permit.model_copy(update={"revoked": revocation.at})
            yield Grant(permit, row.at, row.uid, revocation)

    def _unknown(self, grant: str, known: list[str]) -> UsageError:
        near = get_close_matches(grant, known, n=3)
        return UsageError(
            "there is no such grant",
            expected="the identifier of a grant, such as G-3f9c0a1b2d4e5f60",
            found=grant + (f"; did you mean {' or '.join(near)}" if near else ""),
            where=f"{self.word}s",
            fix=f"take the identifier from: compliance {self.word} history NAME",
        )


def _read(kind: type[M], row: Row[Any]) -> M:
    try:
        return kind.model_validate_json(intact(row))
    except ValidationError as error:
        raise StoreError(
            "a stored grant cannot be read by this version",
            found=str(error.errors()[0]["msg"]),
            where=f"grant {row.grant}",
            fix="pip install --upgrade compliance",
        ) from error


def _same(one: P, other: P) -> bool:
    """Tell whether two grants about one thing differ in nothing but their identifier, and none is revoked."""
    return _content(one) == _content(other)


def _content(one: Permit) -> dict[str, Any]:
    told = one.model_dump(mode="json", exclude={"id"})
    # The name that it was granted under may have changed since.
    return {key: value for key, value in told.items() if key not in ("person", "reference")}


def _revoked_before(grant: Grant[P]) -> UsageError:
    ended = grant.revocation
    return UsageError(
        "the grant is revoked already",
        found=f"revoked {ended.at:%Y-%m-%d %H:%M} UTC: {ended.reason}" if ended else "revoked",
        where=f"grant {grant.permit.id} of {grant.permit.subject.id}",
        fix="nothing: a revocation stands, and only a new grant permits again",
    )
