"""Writing people into the database: each under a key of their own."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from compliance.banks.entries import Template, slug
from compliance.banks.keys import OVERHEAD, MasterKey, Sealer
from compliance.banks.shipped import is_another, shipped_entries
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store.engine import insert_once
from compliance.store.events import append_event
from compliance.store.tables import aliases, people, templates


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is to stand in a bank; names are clean already."""

    bank: str
    """Name of the bank."""
    name: str
    """What the person is called."""
    enrolled: datetime
    """When, UTC."""
    templates: tuple[Template, ...] = ()
    """What the person is compared with."""
    aliases: tuple[tuple[str, bool], ...] = ()
    """Other names, and whether each is an everyday word too."""
    ambiguous: bool = False
    """True where the name is an everyday word too."""
    minor: bool = False
    """True where stricter consent holds."""
    consent_sha256: str | None = None
    """SHA-256 of the written consent."""
    entry: str | None = None
    """Identifier within the bank; None takes one that is free, made from the name."""


def insert_person(
    connection: Connection, keys: MasterKey, one: NewPerson, moment: datetime
) -> Reference:
    """Write a person with an event, under a new key.

    Raises:
        BankError: the identifier is taken, or the master key cannot be used.
    """
    uid = secrets.token_hex(16)
    sealer, wrapped = keys.new_subject(uid)
    row = {
        "uid": uid,
        "bank": one.bank,
        "name": one.name,
        "wrapped_key": wrapped,
        "enrolled": one.enrolled,
        "minor": one.minor,
        "ambiguous": one.ambiguous,
        "consent_sha256": one.consent_sha256,
    }
    names = (one.name, *(text for text, _ in one.aliases))
    entry = _insert(connection, row, one.entry, names)
    number = connection.scalar(select(people.c.number).where(people.c.uid == uid))
    assert number is not None
    insert_templates(connection, number, uid, sealer, one.templates)
    insert_aliases(connection, number, one.aliases)
    append_event(connection, moment, "person.enrolled", uid)
    return Reference(bank=one.bank, entry=entry, label=one.name)


def insert_templates(
    connection: Connection, person: int, uid: str, sealer: Sealer, given: Sequence[Template]
) -> None:
    """Seal templates under the person's key and write them.

    Raises:
        BankError: a vector is of another length than those of the same model.
    """
    for one in given:
        _check_length(connection, one)
        row = {
            "person": person,
            "modality": one.modality,
            "model": one.model,
            "source_sha256": one.source_sha256,
            "quality": one.quality,
            "sealed": sealer.seal(
                one.vector.astype("<f4").tobytes(), _context(uid, one.modality, one.model)
            ),
        }
        connection.execute(insert(templates).values(row))


def check_key(connection: Connection, keys: MasterKey) -> None:
    """Refuse another master key than that of the people who are there: nobody would match any more.

    Raises:
        BankError: it is another.
    """
    row = connection.execute(select(people).limit(1)).one_or_none()
    if row is not None:
        keys.subject(row.uid, row.wrapped_key)


def _check_length(connection: Connection, one: Template) -> None:
    same = (templates.c.modality == one.modality) & (templates.c.model == one.model)
    sealed = connection.scalar(select(templates.c.sealed).where(same).limit(1))
    found = 4 * one.vector.size + OVERHEAD
    if sealed is not None and len(sealed) != found:
        raise BankError(
            "the template does not compare with the others of its model",
            expected=f"{(len(sealed) - OVERHEAD) // 4} numbers",
            found=f"{one.vector.size}",
            where=f"template of {one.source_sha256}, model {one.model}",
            fix="enrol the person from photos and recordings; nothing was changed",
        )


def insert_aliases(connection: Connection, person: int, given: Sequence[tuple[str, bool]]) -> None:
    """Write other names of a person; one that is there already stays as it is."""
    for text, ambiguous in given:
        row = {"person": person, "text": text, "ambiguous": ambiguous}
        insert_once(connection, aliases, ("person", "text"), row)


def open_template(sealer: Sealer, person: Row[Any], template: Row[Any]) -> bytes:
    """Return the little-endian float32 numbers of a stored template.

    Raises:
        BankError: it was sealed for another person, or changed since.
    """
    context = _context(person.uid, template.modality, template.model)
    return sealer.open(template.sealed, context)


def _insert(
    connection: Connection, row: dict[str, Any], entry: str | None, names: Sequence[str]
) -> str:
    """Insert under ``entry``, or the first that is free: ``eileen-collins``, ``eileen-collins-2`` …"""
    if entry is not None:
        if insert_once(connection, people, ("bank", "entry"), row | {"entry": entry}):
            return entry
        raise BankError(
            "the entry is taken",
            expected="an entry that the bank does not hold",
            found=entry,
            where=f"bank {row['bank']}",
            fix="erase that person first, or take another bank",
        )
    stem, shipped = slug(row["name"]), shipped_entries(row["bank"])
    for count in itertools.count(1):
        entry = stem if count == 1 else f"{stem}-{count}"
        if is_another(entry, names, shipped):
            continue
        if insert_once(connection, people, ("bank", "entry"), row | {"entry": entry}):
            return entry
    raise AssertionError("counting does not end")


def _context(uid: str, modality: str, model: str) -> bytes:
    return f"template {uid} {modality} {model}".encode()
