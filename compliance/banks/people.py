"""The bank of people: names to look for in text, and encrypted templates to look for in pictures and sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, select, update

from compliance.analyzers.base import References
from compliance.banks.entries import (
    Modality,
    Neighbour,
    PersonSummary,
    Template,
    check_bank,
    marked,
)
from compliance.banks.keys import MasterKey
from compliance.banks.records import (
    NewPerson,
    check_key,
    insert_aliases,
    insert_person,
    insert_templates,
    open_template,
)
from compliance.banks.rows import (
    read_aliases,
    read_people,
    read_templates,
    reference_to,
    summary_of,
)
from compliance.banks.search import nearest_rows
from compliance.banks.versions import bank_uses
from compliance.banks.written_consent import check_consent, set_for
from compliance.clock import now
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store import tables
from compliance.store.engine import reading, writing
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
        self,
        bank: str,
        name: str,
        templates: Sequence[Template],
        aliases: Sequence[str] = (),
        *,
        minor: bool = False,
        consent_sha256: str | None = None,
        another: bool = True,
    ) -> Reference:
        """Add a person.

        Args:
            bank: name of the bank: lower-case letters, digits and hyphens.
            name: what the person is called; looked for in text. A leading ``~`` here and in aliases says
                that it is an everyday word too.
            templates: any number of templates; none means that only the names are looked for.
            aliases: other names that are looked for in text.
            minor: True where stricter consent holds.
            consent_sha256: SHA-256 of the written consent to being enrolled, 64 hex digits.
            another: True lets the same name be another person; False refuses a name that the bank holds.

        Returns:
            The new entry.

        Raises:
            BankError: a name is not usable, the bank holds it, there is no written consent where the bank
                was set to require it or the person is a minor, or the master key cannot be used.
            StoreError: the database cannot be written.
        """
        check_bank(bank)
        text, ambiguous = marked(name)
        moment = self._clock()
        person = NewPerson(
            bank=bank,
            name=text,
            enrolled=moment,
            templates=tuple(templates),
            aliases=_others(text, aliases),
            ambiguous=ambiguous,
            minor=minor,
            consent_sha256=consent_sha256,
        )
        with writing(self._engine) as connection:
            if not another:
                refuse_namesake(connection, bank, text)
            required = bool(set_for(connection, bank))
            check_consent(bank, required, minor, templates, consent_sha256)
            check_key(connection, self._keys)
            return insert_person(connection, self._keys, person, moment)

    def add(
        self,
        reference: Reference,
        templates: Sequence[Template],
        aliases: Sequence[str] = (),
        *,
        consent_sha256: str | None = None,
    ) -> None:
        """Add templates and names to somebody who is enrolled.

        Args:
            reference: who.
            templates: further templates.
            aliases: further names; those that are there stay.
            consent_sha256: SHA-256 of a written consent, which replaces the one recorded.

        Raises:
            BankError: there is no such person, a picture or recording was enrolled before, a name is not
                usable, there is no written consent, or the master key is another.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            row = _row(connection, reference)
            enrolled = read_templates(connection)[row.number]
            known = {(one.modality, one.source_sha256) for one in enrolled}
            twice = known & {(one.modality, one.source_sha256) for one in templates}
            if again := {source for _, source in twice}:
                raise BankError(
                    "the picture or recording is enrolled already",
                    expected="files that add something",
                    found=f"SHA-256 {', '.join(sorted(again))}",
                    where=reference.id,
                    fix="leave it out",
                )
            consent = consent_sha256 or row.consent_sha256
            required = bool(set_for(connection, row.bank))
            check_consent(row.bank, required, row.minor, templates, consent)
            sealer = self._keys.subject(row.uid, row.wrapped_key)
            insert_templates(connection, row.number, row.uid, sealer, templates)
            insert_aliases(connection, row.number, _others(row.name, aliases))
            changed = update(tables.people).where(People.number == row.number)
            connection.execute(changed.values(consent_sha256=consent))
            append_event(connection, self._clock(), "person.changed", row.uid)

    def erase(self, reference: Reference) -> None:
        """Destroy a person's key, templates and names; an event without the name remains.

        Raises:
            BankError: there is no such person.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            row = _row(connection, reference)
            connection.execute(delete(tables.people).where(People.number == row.number))
            append_event(connection, self._clock(), "person.erased", row.uid)

    def list(self, bank: str | None = None) -> list[PersonSummary]:
        """Return everyone in ``bank`` (None: in all banks), sorted by bank and entry."""
        with reading(self._engine) as connection:
            persons = read_people(connection, None if bank is None else [bank])
            others = read_aliases(connection)
            made = read_templates(connection)
        return [summary_of(one, others[one.number], made[one.number]) for one in persons]

    def templates_of(self, reference: Reference) -> tuple[Template, ...]:
        """Return the templates of one person; biometric.

        Raises:
            BankError: there is no such person, the master key is not theirs, or a template cannot be opened.
        """
        with reading(self._engine) as connection:
            person = _row(connection, reference)
            rows = read_templates(connection)[person.number]
        self._keys.subject(person.uid, person.wrapped_key)  # of a person without templates too
        return tuple(
            Template(
                vector=np.frombuffer(plain, "<f4").astype(np.float32),
                model=row.model,
                source_sha256=row.source_sha256,
                modality=row.modality,
                quality=row.quality,
            )
            for row, plain in self._opened([(person, row) for row in rows])
        )

    def references(
        self, modality: Modality, banks: Sequence[str] | None = None, model: str | None = None
    ) -> References:
        """Return what analyzers match against, sorted by bank and entry.

        Args:
            modality: ``face`` and ``voice`` give vectors, shape (N, D); ``name`` gives names and aliases.
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
            return _names(persons, others, names)
        chosen = [
            (one, row)
            for one in persons
            for row in _of_model(one, _of_modality(sealed[one.number], modality), model)
        ]
        _refuse_mixture([row for _, row in chosen], modality)
        rows = [
            (one, plain) for (one, _), (_, plain) in zip(chosen, self._opened(chosen), strict=True)
        ]
        # Within a person by content, so that the order of enrolment does not show.
        rows.sort(key=lambda row: (row[0].bank, row[0].entry, row[1]))
        vectors = [np.frombuffer(plain, "<f4") for _, plain in rows]
        return References(
            tuple(reference_to(person) for person, _ in rows),
            bank_uses(modality, names, rows),
            vectors=np.stack(vectors).astype(np.float32) if vectors else None,
        )

    def left_out(
        self, model: str, banks: Sequence[str] | None = None, modality: Modality = "face"
    ) -> int:
        """Return how many templates of a modality idle because another model than ``model`` made them."""
        return sum(
            sample.model != model
            for person in self.list()
            if banks is None or person.reference.bank in banks
            for sample in person.samples
            if sample.modality == modality
        )

    def nearest(
        self, vector: Floats, model: str, banks: Sequence[str] | None = None, limit: int = 5
    ) -> tuple[Neighbour, ...]:
        """Return the people whose face templates are nearest to ``vector``, nearest first.

        Args:
            vector: float32, shape (D,).
            model: digest of the model that made it; people known to other models only are left out.
            banks: names of banks; None means all.
            limit: most people to return.

        Raises:
            BankError: the shapes differ, or a template cannot be opened.
            StoreError: the database cannot be read.
        """
        return self.nearest_each(vector[None], model, banks=banks, limit=limit)[0]

    def nearest_each(
        self,
        vectors: Floats,
        model: str,
        *,
        modality: Modality = "face",
        banks: Sequence[str] | None = None,
        limit: int = 5,
    ) -> tuple[tuple[Neighbour, ...], ...]:
        """Return the same as :meth:`nearest` for each of ``vectors``, shape (Q, D), in one search."""
        with reading(self._engine) as connection:
            persons = read_people(connection, banks)
            sealed = read_templates(connection)
        chosen = [
            (one, row)
            for one in persons
            for row in _of_modality(sealed[one.number], modality)
            if row.model == model
        ]
        if not chosen:
            return ((),) * len(vectors)
        rows = np.stack([np.frombuffer(plain, "<f4") for _, plain in self._opened(chosen)])
        if vectors.shape[1] != rows.shape[1]:
            raise BankError(
                "the vector does not compare with the templates",
                expected=f"shape {rows.shape[1:]}",
                found=f"shape {vectors.shape[1:]}",
                where=f"model {model}",
                fix="make both by the same model",
            )
        # So many rows hold at least ``limit`` people, however many templates each has.
        most = max(Counter(person.number for person, _ in chosen).values())
        found, distances = nearest_rows(vectors, rows.astype(np.float32), limit * most)
        refs = [reference_to(person) for person, _ in chosen]
        return tuple(
            _first_of_each(refs, indices.tolist(), lengths, limit)
            for indices, lengths in zip(found, distances, strict=True)
        )

    def _opened(
        self, chosen: Sequence[tuple[Row[Any], Row[Any]]]
    ) -> Iterator[tuple[Row[Any], bytes]]:
        """Yield each template row with its numbers; a person's key is unwrapped once."""
        sealers = {}
        for person, row in chosen:
            if person.number not in sealers:
                sealers[person.number] = self._keys.subject(person.uid, person.wrapped_key)
            yield row, open_template(sealers[person.number], person, row)


def refuse_namesake(connection: Connection, bank: str, name: str) -> None:
    """Refuse a name that the bank holds, whatever its case.

    Raises:
        BankError: somebody is enrolled under it.
    """
    for row in read_people(connection, [bank]):
        if row.name.casefold() == name.casefold():
            raise BankError(
                "the person is enrolled already",
                expected="a name that the bank does not hold",
                found=f"{row.name}, enrolled {row.enrolled:%Y-%m-%d}",
                where=reference_to(row).id,
                fix=f"add to the entry with 'compliance people add {reference_to(row).id} --face …', erase "
                "it first, or say --another if this is somebody else of the same name",
            )


def _others(name: str, aliases: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    others = dict(marked(alias) for alias in aliases)
    others.pop(name, None)
    return tuple(sorted(others.items()))


def _row(connection: Connection, reference: Reference) -> Row[Any]:
    found = select(tables.people).where(
        People.bank == reference.bank, People.entry == reference.entry
    )
    row = connection.execute(found).one_or_none()
    if row is None:
        raise BankError(
            "there is no such person",
            found=reference.id,
            where=f"bank {reference.bank}",
            fix="look for the right entry in: compliance people list",
        )
    return row


def _names(
    persons: Sequence[Row[Any]], others: dict[int, list[tuple[str, bool]]], banks: Sequence[str]
) -> References:
    rows = [
        (one, text, ambiguous)
        for one in persons
        for text, ambiguous in ((one.name, one.ambiguous), *others[one.number])
    ]
    # A mark counts for what matches, so for the version too.
    contents = [(one, f"~{text}".encode() if mark else text.encode()) for one, text, mark in rows]
    return References(
        tuple(reference_to(person) for person, _, _ in rows),
        bank_uses("name", banks, contents),
        texts=tuple(text for _, text, _ in rows),
        ambiguous=tuple(ambiguous for _, _, ambiguous in rows),
    )


def _first_of_each(
    refs: Sequence[Reference], indices: Sequence[int], distances: Floats, limit: int
) -> tuple[Neighbour, ...]:
    best: dict[str, Neighbour] = {}
    for index, distance in zip(indices, distances, strict=True):
        best.setdefault(refs[index].id, Neighbour(refs[index], float(distance)))
    return tuple(best.values())[:limit]


def _of_modality(rows: Sequence[Row[Any]], modality: Modality) -> list[Row[Any]]:
    return [row for row in rows if row.modality == modality]


def _of_model(person: Row[Any], rows: list[Row[Any]], model: str | None) -> list[Row[Any]]:
    kept = [row for row in rows if model is None or row.model == model]
    if rows and not kept:
        # Leaving the person out would let the face through unseen.
        raise BankError(
            f"a person has {rows[0].modality} templates of another model only",
            expected=f"a template made by model {model}",
            found=f"{len(rows)} of {', '.join(sorted({row.model for row in rows}))}",
            where=reference_to(person).id,
            fix=f"enrol {person.name} again: compliance people add {reference_to(person).id}",
        )
    return kept


def _refuse_mixture(rows: list[Row[Any]], modality: Modality) -> None:
    models = sorted({row.model for row in rows})
    if len(models) > 1:
        raise BankError(
            f"the bank mixes {modality} templates of several models, which do not compare",
            expected="to be asked for one model",
            found=", ".join(models),
            where="bank of people",
            fix="name the model, or enrol again those whom the current one did not see",
        )
