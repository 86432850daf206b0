"""Grants of people and what ends them; rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, select, true

from compliance.clock import now
from compliance.errors import StoreError, UsageError
from compliance.facts import Consent, Revocation
from compliance.store.documents import intact, sha256
from compliance.store.engine import insert_once, reading, writing
from compliance.store.events import Clock, append_event
from compliance.store.tables import consents, people
from compliance.types import Model, canonical_json

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Grant:
    """One grant as the rows tell it."""

    consent: Consent
    """What was granted, with the revocation applied."""
    recorded: datetime
    """When it was recorded, UTC."""
    uid: str | None
    """Identifier of the person's enrolment; None for somebody who was in no database."""
    revocation: Revocation | None = None
    """What ended it before its time."""


class ConsentStore:
    """Keeps grants and revocations, and never changes one.

    Args:
        engine: what :func:`compliance.store.engine.open_database` returned.
        clock: tells when something is recorded, and so when a revocation takes effect.
    """

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._clock = clock

    def grant(self, consent: Consent, uid: str | None) -> None:
        """Store a grant with its event; when this returns, it is on disk.

        Args:
            consent: the grant, not revoked.
            uid: identifier of the person's enrolment; None for somebody who is in no database.

        Raises:
            UsageError: the very same is granted already and not revoked.
            StoreError: the database cannot be written.
        """
        row = {"kind": "grant", "grant": consent.id, "person": consent.person.id, "uid": uid}
        with writing(self._engine) as connection:
            for other in _grants(connection, [consent.person.id]):
                if other.uid == uid and _same(other.consent, consent):
                    raise UsageError(
                        "this is granted already",
                        expected="a grant that differs in use, scope or evidence",
                        found=f"{other.consent.id}, recorded {other.recorded:%Y-%m-%d %H:%M} UTC",
                        where=consent.person.id,
                        fix="nothing: that grant stands",
                    )
            document = canonical_json(consent).decode()
            if not self._append(connection, row, "consent.granted", document):
                raise StoreError(
                    "another grant has this identifier",
                    found=consent.id,
                    where="consents",
                    fix="grant again: identifiers are drawn at random",
                )

    def revoke(self, grant: str, reason: str) -> Revocation:
        """End a grant from this moment on.

        Raises:
            UsageError: there is no such grant, or it is revoked.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            found = [one for one in _grants(connection, None) if one.consent.id == grant]
            if not found:
                raise _unknown(grant, [one.consent.id for one in _grants(connection, None)])
            (given,) = found
            revocation = Revocation(grant=grant, reason=reason, at=self._clock())
            row = {
                "kind": "revocation",
                "grant": grant,
                "person": given.consent.person.id,
                "uid": given.uid,
            }
            document = canonical_json(revocation).decode()
            if given.revocation or not self._append(connection, row, "consent.revoked", document):
                raise _revoked_before(given)
        return revocation

    def grants(self, persons: Iterable[str] | None = None) -> tuple[Grant, ...]:
        """Return the grants of persons by ``bank/entry``, or of everybody, in the order of recording.

        Raises:
            StoreError: the database cannot be read, or a row was altered.
        """
        with reading(self._engine) as connection:
            return tuple(_grants(connection, None if persons is None else sorted(set(persons))))

    def that_may_apply(self, persons: Iterable[str] | None = None) -> tuple[Consent, ...]:
        """Return the grants of those who are enrolled now, by ``bank/entry``, sorted by identifier.

        Whoever was enrolled under the entry of somebody who was erased has none of their grants. A
        person who counts as a minor now did so all along: the stricter conditions hold.

        Raises:
            StoreError: as for :meth:`grants`.
        """
        wanted = None if persons is None else sorted(set(persons))
        with reading(self._engine) as connection:
            given = list(_grants(connection, wanted))
            enrolled = {
                f"{row.bank}/{row.entry}": row for row in connection.execute(select(people))
            }
        found = []
        for one in given:
            person = enrolled.get(one.consent.person.id)
            if one.uid is not None and (person is None or person.uid != one.uid):
                continue
            minor = one.consent.minor or bool(person and person.minor)
            found.append(one.consent.model_copy(update={"minor": minor}))
        return tuple(sorted(found, key=lambda one: one.id))

    def _append(
        self, connection: Connection, row: dict[str, Any], event: str, document: str
    ) -> bool:
        moment, digest = self._clock(), sha256(document)
        row = row | {"digest": digest, "at": moment, "document": document}
        if not insert_once(connection, consents, ("grant", "kind"), row):
            return False
        append_event(connection, moment, event, row["grant"], digest)
        return True


def _grants(connection: Connection, persons: list[str] | None) -> Iterable[Grant]:
    """Yield grants in the order of recording, each with what ended it."""
    chosen = true() if persons is None else consents.c.person.in_(persons)
    rows = connection.execute(select(consents).where(chosen).order_by(consents.c.number)).all()
    ends = {row.grant: _read(Revocation, row) for row in rows if row.kind == "revocation"}
    for row in rows:
        if row.kind != "grant":
            continue
        consent, revocation = _read(Consent, row), ends.get(row.grant)
        if revocation is not None:
            consent = consent.model_copy(update={"revoked": revocation.at})
        yield Grant(consent, row.at, row.uid, revocation)


def _read(kind: type[M], row: Row[Any]) -> M:
    try:
        return kind.model_validate_json(intact(row))
    except ValidationError as error:
        raise StoreError(
            "a stored consent cannot be read by this version",
            found=str(error.errors()[0]["msg"]),
            where=f"grant {row.grant}",
            fix="pip install --upgrade compliance",
        ) from error


def _same(one: Consent, other: Consent) -> bool:
    """Tell whether two grants differ in nothing but their identifier, and neither is revoked."""
    blank = {"id": "", "person": other.person}
    return one.model_copy(update=blank) == other.model_copy(update=blank)


def _unknown(grant: str, known: list[str]) -> UsageError:
    near = get_close_matches(grant, known, n=3)
    return UsageError(
        "there is no such grant",
        expected="the identifier of a grant, such as G-3f9c0a1b2d4e5f60",
        found=grant + (f"; did you mean {' or '.join(near)}" if near else ""),
        where="consents",
        fix="take the identifier from: compliance consent history PERSON",
    )


def _revoked_before(grant: Grant) -> UsageError:
    ended = grant.revocation
    return UsageError(
        "the grant is revoked already",
        found=f"revoked {ended.at:%Y-%m-%d %H:%M} UTC: {ended.reason}" if ended else "revoked",
        where=f"grant {grant.consent.id} of {grant.consent.person.id}",
        fix="nothing: a revocation stands, and only a new grant permits again",
    )
