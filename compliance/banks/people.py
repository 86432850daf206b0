"""The bank of people: names to look for in text, and encrypted face templates to look for in frames."""

from __future__ import annotations

import itertools
import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from compliance.analyzers.base import References
from compliance.banks.entries import (
    Modality,
    Neighbour,
    PersonSummary,
    Template,
    check_bank,
    clean_name,
    slug,
)
from compliance.banks.keys import MasterKey, Sealer
from compliance.banks.rows import read_aliases, read_people, read_templates, reference_to
from compliance.banks.versions import bank_uses
from compliance.clock import now
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store import tables
from compliance.store.engine import insert_once, reading, writing
from compliance.store.events import Clock, append_event
from compliance.types import Floats

People = tables.people.c
Templates = tables.templates.c

__all__ = ["PeopleBank", "Template"]


class PeopleBank:
    """Enrols, finds and erases people.

    Args:
        engine: what :func:`compliance.store.engine.open_database` returned.
        keys: the master key that templates are encrypted under.
        clock: tells when people are enrolled.
    """

    def __init__(self, engine: Engine, keys: MasterKey, clock: Clock = now) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock

    def enrol(
        self, bank: str, name: str, templates: Sequence[Template], aliases: Sequence[str] = ()
    ) -> Reference:
        """Add a person; the same name again is another person.

        Args:
            bank: name of the bank: lower-case letters, digits and hyphens.
            name: what the person is called; looked for in text.
            templates: any number of face templates; none means that only the names are looked for.
            aliases: other names that are looked for in text.

        Returns:
            The new entry.

        Raises:
            BankError: a name is not usable, or the master key is not.
            StoreError: the database cannot be written.
        """
        check_bank(bank)
        name = clean_name(name)
        others = sorted({clean_name(alias) for alias in aliases} - {name})
        uid = secrets.token_hex(16)
        sealer, wrapped = self._keys.new_subject(uid)
        moment = self._clock()
        person = {"uid": uid, "bank": bank, "name": name, "wrapped_key": wrapped}
        with writing(self._engine) as connection:
            entry = _insert_person(connection, person | {"enrolled": moment})
            number = connection.scalar(select(People.number).where(People.uid == uid))
            for template in templates:
                row = _sealed(template, uid, sealer) | {"person": number}
                connection.execute(insert(tables.templates).values(row))
            for alias in others:
                connection.execute(insert(tables.aliases).values(person=number, text=alias))
            append_event(connection, moment, "person.enrolled", uid)
        return Reference(bank=bank, entry=entry, label=name)

    def erase(self, reference: Reference) -> None:
        """Destroy a person's key, templates and names; an event without the name remains.

        Raises:
            BankError: there is no such person.
            StoreError: the database cannot be written.
        """
        found = select(People.number, People.uid).where(
            People.bank == reference.bank, People.entry == reference.entry
        )
        with writing(self._engine) as connection:
            row = connection.execute(found).one_or_none()
            if row is None:
                raise BankError(
                    "there is no such person",
                    found=reference.id,
                    where=f"bank {reference.bank}",
                    fix="look for the right entry in: compliance people list",
                )
            connection.execute(delete(tables.people).where(People.number == row.number))
            append_event(connection, self._clock(), "person.erased", row.uid)

    def list(self, bank: str | None = None) -> list[PersonSummary]:
        """Return everyone in ``bank`` (None: in all banks), sorted by bank and entry."""
        per_model = select(Templates.person, Templates.model, func.count().label("count"))
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        with reading(self._engine) as connection:
            persons = read_people(connection, None if bank is None else [bank])
            others = read_aliases(connection)
            for row in connection.execute(per_model.group_by(Templates.person, Templates.model)):
                counts[row.person][row.model] = row[2]
        return [
            PersonSummary(
                reference=reference_to(person),
                aliases=tuple(others[person.number]),
                templates=counts[person.number],
                enrolled=person.enrolled,
            )
            for person in persons
        ]

    def references(
        self, modality: Modality, banks: Sequence[str] | None = None, model: str | None = None
    ) -> References:
        """Return what analyzers match against, sorted by bank and entry.

        Args:
            modality: ``face`` gives vectors, shape (N, D); ``name`` gives names and aliases.
            banks: names of banks; None means all. A bank without entries of the modality is
                reported with size 0, so that a policy that asks for it is incomplete.
            model: digest of the model whose vectors will be compared; templates of others stay
                out, and :meth:`left_out` counts them. None takes all, if one model made them.

        Raises:
            BankError: a person has templates of other models only, several models are mixed, or
                a template cannot be opened.
            StoreError: the database cannot be read.
        """
        with reading(self._engine) as connection:
            persons = read_people(connection, banks)
            others = read_aliases(connection)
            sealed = read_templates(connection)
        names = sorted({person.bank for person in persons} if banks is None else set(banks))
        if modality == "name":
            pairs = [(one, text) for one in persons for text in (one.name, *others[one.number])]
            rows = [(one, text.encode()) for one, text in pairs]
            return References(
                tuple(reference_to(person) for person, _ in pairs),
                bank_uses(modality, names, rows),
                texts=tuple(text for _, text in pairs),
            )
        chosen = [
            (one, row) for one in persons for row in _of_model(one, sealed[one.number], model)
        ]
        _refuse_mixture([row for _, row in chosen])
        rows = [(one, self._open(one, row)) for one, row in chosen]
        # Within a person by content, so that the order of enrolment does not show.
        rows.sort(key=lambda row: (row[0].bank, row[0].entry, row[1]))
        vectors = [np.frombuffer(plain, "<f4").astype(np.float32) for _, plain in rows]
        return References(
            tuple(reference_to(person) for person, _ in rows),
            bank_uses(modality, names, rows),
            vectors=np.stack(vectors) if vectors else None,
        )

    def left_out(self, model: str, banks: Sequence[str] | None = None) -> int:
        """Return how many face templates idle because another model than ``model`` made them."""
        return sum(
            count
            for person in self.list()
            if banks is None or person.reference.bank in banks
            for digest, count in person.templates.items()
            if digest != model
        )

    def nearest(
        self, vector: Floats, model: str, banks: Sequence[str] | None = None, limit: int = 5
    ) -> tuple[Neighbour, ...]:
        """Return the people whose templates are nearest to ``vector``, nearest first.

        Args:
            vector: float32, shape (D,).
            model: digest of the model that made it.
            banks: names of banks; None means all.
            limit: most people to return.

        Raises:
            BankError: as for :meth:`references`, or the shapes differ.
        """
        references = self.references("face", banks, model)
        if references.vectors is None:
            return ()
        if vector.shape != references.vectors.shape[1:]:
            raise BankError(
                "the vector does not compare with the templates",
                expected=f"shape {references.vectors.shape[1:]}",
                found=f"shape {vector.shape}",
                where=f"model {model}",
                fix="make both by the same model",
            )
        distances = np.linalg.norm(references.vectors - vector, axis=1)
        best: dict[str, Neighbour] = {}
        for index in np.argsort(distances, kind="stable"):
            found = Neighbour(references.refs[index], float(distances[index]))
            best.setdefault(found.reference.id, found)
        return tuple(best.values())[:limit]

    def _open(self, person: Row[Any], template: Row[Any]) -> bytes:
        sealer = self._keys.subject(person.uid, person.wrapped_key)
        return sealer.open(template.sealed, _context(person.uid, template.modality, template.model))


def _insert_person(connection: Connection, person: dict[str, Any]) -> str:
    """Insert under the first entry that is free: ``eileen-collins``, then ``eileen-collins-2``."""
    stem = slug(person["name"])
    for count in itertools.count(1):
        entry = stem if count == 1 else f"{stem}-{count}"
        if insert_once(connection, tables.people, ("bank", "entry"), person | {"entry": entry}):
            return entry
    raise AssertionError("counting does not end")


def _sealed(template: Template, uid: str, sealer: Sealer) -> dict[str, Any]:
    context = _context(uid, template.modality, template.model)
    return {
        "modality": template.modality,
        "model": template.model,
        "source_sha256": template.source_sha256,
        "sealed": sealer.seal(template.vector.astype("<f4").tobytes(), context),
    }


def _context(uid: str, modality: str, model: str) -> bytes:
    return f"template {uid} {modality} {model}".encode()


def _of_model(person: Row[Any], rows: list[Row[Any]], model: str | None) -> list[Row[Any]]:
    kept = [row for row in rows if model is None or row.model == model]
    if rows and not kept:
        # Leaving the person out would let the face through unseen.
        raise BankError(
            "a person has face templates of another model only",
            expected=f"a template made by model {model}",
            found=f"{len(rows)} of {', '.join(sorted({row.model for row in rows}))}",
            where=reference_to(person).id,
            fix=f"enrol {person.name} again: compliance people enrol",
        )
    return kept


def _refuse_mixture(rows: list[Row[Any]]) -> None:
    models = sorted({row.model for row in rows})
    if len(models) > 1:
        raise BankError(
            "the bank mixes face templates of several models, which do not compare",
            expected="to be asked for one model",
            found=", ".join(models),
            where="bank of people",
            fix="name the model, or enrol again those whom the current one did not see",
        )
