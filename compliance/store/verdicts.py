"""Verdicts and what follows from them: clearances, publications, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, Table, or_, select, true

from compliance.clock import now
from compliance.errors import StoreError
from compliance.store.documents import intact, sha256
from compliance.store.engine import insert_once, reading, writing
from compliance.store.events import Clock, Event, append_event
from compliance.store.tables import clearances, events, outputs, publications, verdicts
from compliance.types import canonical_json
from compliance.verdicts import Clearance, Publication, SignedOutput, Verdict

_AT_ONCE = 100  # identifiers in one query; databases bound how deep a condition may be


class VerdictStore:
    """Keeps each verdict once, whole, and never changes it.

    Args:
        engine: what :func:`compliance.store.engine.open_database` returned.
        clock: tells when events happen.
    """

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._clock = clock

    def commit(self, verdict: Verdict, run: str = "") -> Verdict:
        """Store ``verdict`` with its event; when this returns, it is on disk.

        Args:
            verdict: the verdict to keep.
            run: identifier of the run whose folder holds its evidence.

        Returns:
            The verdict that is stored under this key; where somebody came first, theirs, which may
            call the same asset by another name.

        Raises:
            StoreError: the database cannot be written, or another decision has this key.
        """
        document = canonical_json(verdict).decode()
        digest = sha256(document)
        row = {
            "key": verdict.key,
            "digest": digest,
            "asset": verdict.asset,
            "media_sha256": verdict.parts.get("media"),
            "policy": verdict.policy,
            "policy_digest": verdict.policy_digest,
            "decision": str(verdict.decision),
            "complete": verdict.complete,
            "as_of": verdict.as_of,
            "run": run,
            "document": document,
        }
        with writing(self._engine) as connection:
            if insert_once(connection, verdicts, ("key",), row):
                append_event(connection, self._clock(), "verdict.committed", verdict.key, digest)
                return verdict
            stored = _verdict(_find(connection, verdict.key))
        if _decided(stored) != _decided(verdict):
            raise StoreError(
                "another decision is stored under the same key",
                expected=f"{stored.decision}, digest {stored.digest}",
                found=f"{verdict.decision}, digest {digest}",
                where=f"verdict {verdict.key}",
                fix="report it: a key must name one decision, so that neither may be used",
            )
        return stored

    def get(self, key: str) -> Verdict:
        """Return the verdict with this key.

        Raises:
            StoreError: there is none, or its row was altered.
        """
        with reading(self._engine) as connection:
            return _verdict(_find(connection, key))

    def find(self, prefix: str) -> Verdict:
        """Return the one verdict whose key begins with ``prefix``.

        Raises:
            StoreError: no key does, or several do.
        """
        begins = verdicts.c.key.startswith(prefix, autoescape=True)
        found = self._select(begins, limit=2)
        if len(found) == 1:
            return found[0]
        raise StoreError(
            "several verdicts have such a key" if found else "there is no such verdict",
            expected="the first digits of exactly one verdict's key",
            found=prefix,
            where="verdicts",
            fix="give more digits" if found else "run 'compliance review ASSET', which commits one",
        )

    def latest(self) -> Verdict | None:
        """Return the verdict that was committed last; None where there is none."""
        newest = select(verdicts).order_by(verdicts.c.number.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(newest).one_or_none()
        return None if row is None else _verdict(row)

    def find_run(self, run: str) -> tuple[Verdict, ...]:
        """Return the verdicts that the run with this identifier committed, oldest first."""
        return self._select(verdicts.c.run == run)

    def find_media(self, sha256: str) -> tuple[Verdict, ...]:
        """Return the verdicts on the media file with this digest, oldest first."""
        return self._select(verdicts.c.media_sha256 == sha256)

    def find_asset(self, asset: str) -> tuple[Verdict, ...]:
        """Return the verdicts on the asset with this id, oldest first."""
        return self._select(verdicts.c.asset == asset)

    def relying_on(self, grants: Sequence[str]) -> tuple[Verdict, ...]:
        """Return the verdicts that rely on any of these grants, by identifier, oldest first."""
        found: dict[str, Verdict] = {}
        for first in range(0, len(grants), _AT_ONCE):
            some = set(grants[first : first + _AT_ONCE])
            named = or_(*(verdicts.c.document.contains(grant, autoescape=True) for grant in some))
            for one in self._select(named):
                if some & {use.grant for use in one.relies_on}:
                    found[one.key] = one
        return tuple(sorted(found.values(), key=lambda one: (one.as_of, one.key)))

    def add_clearance(self, clearance: Clearance) -> None:
        """Store a person's decision on a stored verdict; the same one again changes nothing.

        Raises:
            StoreError: there is no such verdict, or the person saw another one.
        """
        document = canonical_json(clearance).decode()
        row = {
            "verdict_key": clearance.verdict_key,
            "decision": clearance.decision,
            "at": clearance.at,
            "until": clearance.until,
        }
        with writing(self._engine) as connection:
            digest = _find(connection, clearance.verdict_key).digest
            if digest != clearance.verdict_digest:
                raise StoreError(
                    "the clearance is for another verdict than the stored one",
                    expected=f"verdict_digest {digest}",
                    found=clearance.verdict_digest,
                    where=f"clearance of {clearance.verdict_key}",
                    fix="look at the stored verdict and decide again",
                )
            self._add(connection, clearances, "clearance.added", row, document)

    def add_output(self, output: SignedOutput) -> None:
        """Store that a signed copy was made; the same one again changes nothing.

        Raises:
            StoreError: there is no such verdict.
        """
        self._add_about_output(outputs, "output.added", output)

    def add_publication(self, publication: Publication) -> None:
        """Store that an output went out; the same event again changes nothing.

        Raises:
            StoreError: there is no such verdict.
        """
        self._add_about_output(publications, "publication.added", publication)

    def _add_about_output(self, table: Table, kind: str, one: SignedOutput | Publication) -> None:
        row = {"verdict_key": one.verdict_key, "output_sha256": one.output_sha256, "at": one.at}
        with writing(self._engine) as connection:
            _find(connection, one.verdict_key)
            self._add(connection, table, kind, row, canonical_json(one).decode())

    def clearances(self, verdict_key: str) -> tuple[Clearance, ...]:
        """Return the clearances of a verdict, oldest first."""
        return tuple(
            Clearance.model_validate_json(document)
            for document in self._documents(clearances, clearances.c.verdict_key == verdict_key)
        )

    def standing_clearance(self, verdict: Verdict, at: datetime) -> Clearance | None:
        """Return the decision that counts for a verdict at ``at``: the last one, if it still holds.

        Where the last one ended, none before it comes back: it was replaced for a reason.
        """
        given = self.clearances(verdict.key)
        return given[-1] if given and not given[-1].objection(verdict, at) else None

    def outputs(self, sha256: str) -> tuple[SignedOutput, ...]:
        """Return how the signed file with this digest came about, oldest first."""
        return tuple(
            SignedOutput.model_validate_json(document)
            for document in self._documents(outputs, outputs.c.output_sha256 == sha256)
        )

    def outputs_of(self, verdict_key: str) -> tuple[SignedOutput, ...]:
        """Return the signed copies that were made under a verdict, oldest first."""
        return tuple(
            SignedOutput.model_validate_json(document)
            for document in self._documents(outputs, outputs.c.verdict_key == verdict_key)
        )

    def publications(self, verdict_key: str | None = None) -> tuple[Publication, ...]:
        """Return where outputs went under a verdict, or under all, in the order of recording."""
        return tuple(
            Publication.model_validate_json(document)
            for document in self._documents(
                publications,
                true() if verdict_key is None else publications.c.verdict_key == verdict_key,
            )
        )

    def events(self, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Return at most ``limit`` events with numbers above ``after``, in order."""
        page = select(events).where(events.c.number > after).order_by(events.c.number).limit(limit)
        with reading(self._engine) as connection:
            return tuple(Event(**row) for row in connection.execute(page).mappings())

    def _add(
        self, connection: Connection, table: Table, kind: str, row: dict[str, Any], document: str
    ) -> None:
        digest = sha256(document)
        if insert_once(
            connection, table, ("digest",), row | {"digest": digest, "document": document}
        ):
            append_event(connection, self._clock(), kind, row["verdict_key"], digest)

    def _select(self, condition: Any, limit: int | None = None) -> tuple[Verdict, ...]:
        found = select(verdicts).where(condition).order_by(verdicts.c.number).limit(limit)
        with reading(self._engine) as connection:
            return tuple(_verdict(row) for row in connection.execute(found))

    def _documents(self, table: Table, condition: Any) -> list[str]:
        found = select(table).where(condition).order_by(table.c.number)
        with reading(self._engine) as connection:
            return [intact(row) for row in connection.execute(found)]


def _decided(verdict: Verdict) -> tuple[object, ...]:
    return verdict.decision, verdict.complete, verdict.hits, verdict.not_examined


def _find(connection: Connection, key: str) -> Row[Any]:
    row = connection.execute(select(verdicts).where(verdicts.c.key == key)).one_or_none()
    if row is None:
        raise StoreError(
            "there is no such verdict",
            found=key,
            where="verdicts",
            fix="compliance review ASSET, which commits one",
        )
    return row


def _verdict(row: Row[Any]) -> Verdict:
    try:
        return Verdict.model_validate_json(intact(row))
    except ValidationError as error:
        raise StoreError(
            "the stored verdict cannot be read by this version",
            found=str(error.errors()[0]["msg"]),
            where=f"verdict {row.key}",
            fix="pip install --upgrade compliance",
        ) from error
