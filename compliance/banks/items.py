"""The banks of brands and of works: names to look for in text, and prints of marks and media to look for.

Brands and works differ in what their files are; how they are kept is the same. A *print* is what an analyzer
made of one file, a pure function of the file's bytes and the maker, so that it is kept by the file's digest.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, delete, select

from compliance.banks.entries import check_bank, marked, slug
from compliance.banks.shipped import Shipped, is_another, shipped_entries
from compliance.clock import now
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store.engine import insert_once, reading, writing
from compliance.store.events import Clock, append_event
from compliance.store.tables import item_files, item_names, items, prints

Kind = Literal["brand", "work"]
STARTER_BANKS: Mapping[Kind, str] = {"brand": "brands", "work": "works"}
"""Banks that the shipped names of each kind belong to."""


@dataclass(frozen=True)
class ItemFile:
    """One picture of a mark, or one file of a work."""

    sha256: str
    """SHA-256 of the file, 64 hex digits."""
    name: str
    """The file's name, as reports show it."""
    prints: Mapping[str, bytes]
    """Print by maker; empty where that maker has nothing to compare, such as the sound of a picture."""
    content: bytes | None = field(default=None, repr=False)
    """The file itself, for marks, so that prints can be made anew; None for media of works."""


@dataclass(frozen=True)
class NewItem:
    """A brand or work that is to stand in a bank."""

    bank: str
    """Name of the bank: lower-case letters, digits and hyphens."""
    name: str
    """What it is called; looked for in text. A leading ``~`` here and in names says: an everyday word too."""
    names: tuple[str, ...] = ()
    """Other names that are looked for in text."""
    files: tuple[ItemFile, ...] = ()
    """What is looked for in pictures and sound."""
    owner: str = "unknown"
    """For brands ``own``, ``third-party`` or ``licensed``; for works whose they are."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """JSON values of what else is known, such as the rules for a mark of one's own."""


@dataclass(frozen=True)
class ItemSummary:
    """One entry."""

    reference: Reference
    """Bank, entry and name."""
    names: tuple[str, ...]
    """Other names, sorted."""
    everyday: tuple[str, ...]
    """Which of the names are everyday words too, sorted."""
    owner: str
    """Whose it is."""
    details: Mapping[str, Any]
    """What else is known."""
    files: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each file, sorted."""
    added: datetime
    """When, UTC."""
    uid: str
    """Identifier of the entry, random: licences are bound to it."""


class ItemBank:
    """Adds, lists and removes the brands, or the works, of all banks.

    Args:
        engine: what :func:`compliance.store.engine.open_database` returned.
        kind: ``brand`` or ``work``.
        clock: tells when something is added.
    """

    def __init__(self, engine: Engine, kind: Kind, clock: Clock = now) -> None:
        self._engine = engine
        self._kind = kind
        self._clock = clock

    def add(self, new: NewItem, *, another: bool = False) -> Reference:
        """Add one; returns its entry.

        Args:
            new: what.
            another: True lets a name, or a file that another entry of the bank has, stand there again.

        Raises:
            BankError: a name is not usable, or is in the bank; a file is given twice, or another entry's.
            StoreError: the database cannot be written.
        """
        (reference,) = self.add_all([new], another=another)
        return reference

    def add_all(self, given: Sequence[NewItem], *, another: bool = False) -> list[Reference]:
        """Add several, all or none; arguments and errors as for :meth:`add`."""
        shipped = {bank: shipped_entries(bank) for bank in {new.bank for new in given}}
        with writing(self._engine) as connection:
            taken = {(row.bank, row.name.casefold()): row for row in self._rows(connection)}
            found = []
            for new in given:
                check_bank(new.bank)
                self._check_kind(connection, new.bank)
                name, _ = marked(new.name)
                if not another:
                    _refuse_taken(new, name, taken)
                row = self._insert(connection, new, shipped[new.bank])
                taken[new.bank, name.casefold()] = row
                self._insert_parts(connection, row, new.names, new.files, another)
                append_event(connection, self._clock(), f"{self._kind}.added", row.uid)
                found.append(_reference(row))
            return found

    def extend(
        self,
        reference: Reference,
        names: Sequence[str] = (),
        files: Sequence[ItemFile] = (),
        *,
        details: Mapping[str, Any] | None = None,
        another: bool = False,
    ) -> None:
        """Add names and files to one that is there, and set what else is known where ``details`` are given.

        Raises:
            BankError: there is no such entry, or as for :meth:`add`.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            row = self._row(connection, reference)
            self._insert_parts(connection, row, names, files, another)
            if details is not None:
                changed = items.update().where(items.c.number == row.number)
                connection.execute(changed.values(details=json.dumps(details, sort_keys=True)))
            append_event(connection, self._clock(), f"{self._kind}.changed", row.uid)

    def remove(self, reference: Reference) -> None:
        """Take one out, with its names, files and what was made of them.

        Raises:
            BankError: there is no such entry.
            StoreError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            row = self._row(connection, reference)
            connection.execute(delete(items).where(items.c.number == row.number))
            used = select(item_files.c.sha256)
            connection.execute(delete(prints).where(prints.c.sha256.not_in(used)))
            append_event(connection, self._clock(), f"{self._kind}.removed", row.uid)

    def entries(self, bank: str | None = None) -> list[ItemSummary]:
        """Return the entries of ``bank`` (None: of all banks), sorted by bank and entry."""
        with reading(self._engine) as connection:
            rows = [row for row in self._rows(connection) if bank in (None, row.bank)]
            names = _grouped(connection.execute(select(item_names)).all())
            columns = (item_files.c.item, item_files.c.name, item_files.c.sha256)
            files = _grouped(connection.execute(select(*columns)).all())
        return [_summary(row, names.get(row.number, []), files.get(row.number, [])) for row in rows]

    def without_print(self, maker: str) -> list[tuple[Reference, str, str, bytes | None]]:
        """Return what ``maker`` made no print of: entry, file name, SHA-256 and content of each file."""
        made = select(prints.c.sha256).where(prints.c.maker == maker)
        with reading(self._engine) as connection:
            rows = {row.number: row for row in self._rows(connection)}
            chosen = item_files.c.item.in_(list(rows)) & item_files.c.sha256.not_in(made)
            found = connection.execute(select(item_files).where(chosen)).all()
        return [(_reference(rows[one.item]), one.name, one.sha256, one.content) for one in found]

    def put_prints(self, made: Sequence[tuple[str, str, bytes]]) -> None:
        """Store prints as (SHA-256 of the file, maker, content); those that are there are replaced."""
        with writing(self._engine) as connection:
            for sha256, maker, content in made:
                _put_print(connection, sha256, maker, content, replace=True)

    def _rows(self, connection: Connection) -> list[Row[Any]]:
        found = connection.execute(select(items).where(items.c.kind == self._kind))
        return sorted(found, key=lambda row: (row.bank, row.entry))

    def _row(self, connection: Connection, reference: Reference) -> Row[Any]:
        here = (items.c.bank == reference.bank) & (items.c.entry == reference.entry)
        row = connection.execute(select(items).where(here & (items.c.kind == self._kind))).first()
        if row is None:
            raise BankError(
                f"there is no such {self._kind}",
                expected=f"one that 'compliance {self._kind}s list' shows",
                found=reference.id,
                where=f"bank {reference.bank}",
                fix="correct the entry",
            )
        return row

    def _check_kind(self, connection: Connection, bank: str) -> None:
        """Refuse a bank of the other kind: licences and policies name entries by bank and entry alone."""
        here = (items.c.bank == bank) & (items.c.kind != self._kind)
        other = connection.scalar(select(items.c.kind).where(here).limit(1))
        other = other or next((kind for kind, name in STARTER_BANKS.items() if name == bank), None)
        if other is not None and other != self._kind:
            raise BankError(
                f"the bank holds {other}s",
                expected=f"a bank of {self._kind}s, such as {STARTER_BANKS[self._kind]}",
                found=bank,
                where="bank",
                fix="name another bank; nothing was changed",
            )

    def _insert(self, connection: Connection, new: NewItem, shipped: Shipped) -> Row[Any]:
        name, ambiguous = marked(new.name)
        names = (name, *(marked(one)[0] for one in new.names))
        row = {
            "uid": secrets.token_hex(16),
            "kind": self._kind,
            "bank": new.bank,
            "name": name,
            "ambiguous": ambiguous,
            "owner": new.owner,
            "details": json.dumps(dict(new.details), sort_keys=True),
            "added": self._clock(),
        }
        stem = slug(name)
        for count in itertools.count(1):
            entry = stem if count == 1 else f"{stem}-{count}"
            if is_another(entry, names, shipped):
                continue
            if insert_once(connection, items, ("kind", "bank", "entry"), row | {"entry": entry}):
                return connection.execute(select(items).where(items.c.uid == row["uid"])).one()
        raise AssertionError("counting does not end")

    def _insert_parts(
        self,
        connection: Connection,
        row: Row[Any],
        names: Sequence[str],
        files: Sequence[ItemFile],
        another: bool,
    ) -> None:
        for text, ambiguous in (marked(one) for one in names):
            if text != row.name:
                name = {"item": row.number, "text": text, "ambiguous": ambiguous}
                insert_once(connection, item_names, ("item", "text"), name)
        for one in files:
            if not another:
                self._refuse_same_file(connection, row, one)
            stored = {
                "item": row.number,
                "sha256": one.sha256,
                # Not every name of a file is text.
                "name": one.name.encode("utf-8", "replace").decode(),
                "content": one.content,
            }
            if not insert_once(connection, item_files, ("item", "sha256"), stored):
                raise _twice(one, _reference(row))
            for maker, content in one.prints.items():
                _put_print(connection, one.sha256, maker, content, replace=False)

    def _refuse_same_file(self, connection: Connection, row: Row[Any], one: ItemFile) -> None:
        same = select(items).join(item_files).where(item_files.c.sha256 == one.sha256)
        for other in connection.execute(same.where(items.c.kind == self._kind)):
            if other.bank == row.bank:
                raise _twice(one, _reference(other))


def _put_print(
    connection: Connection, sha256: str, maker: str, content: bytes, *, replace: bool
) -> None:
    row = {"sha256": sha256, "maker": maker, "content": content}
    if not insert_once(connection, prints, ("sha256", "maker"), row) and replace:
        here = (prints.c.sha256 == sha256) & (prints.c.maker == maker)
        connection.execute(prints.update().where(here).values(content=content))


def _reference(row: Row[Any]) -> Reference:
    return Reference(bank=row.bank, entry=row.entry, label=row.name)


def details_of(row: Row[Any]) -> dict[str, Any]:
    """Return what else is known of a row of items.

    Raises:
        BankError: it is no JSON object.
    """
    try:
        found = json.loads(row.details)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    raise BankError(
        f"a stored {row.kind} is damaged",
        expected="what is known of it as a JSON object",
        found=ascii(row.details[:80]),
        where=f"{row.bank}/{row.entry}",
        fix="restore the database from a backup",
    )


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(row)
    return found


def _summary(row: Row[Any], names: list[Any], files: list[Any]) -> ItemSummary:
    everyday = [row.name] * bool(row.ambiguous) + [one.text for one in names if one.ambiguous]
    return ItemSummary(
        reference=_reference(row),
        names=tuple(sorted(one.text for one in names)),
        everyday=tuple(sorted(everyday)),
        owner=row.owner,
        details=details_of(row),
        files=tuple(sorted((one.name, one.sha256) for one in files)),
        added=row.added,
        uid=row.uid,
    )


def _refuse_taken(new: NewItem, name: str, taken: Mapping[tuple[str, str], Row[Any]]) -> None:
    if (new.bank, name.casefold()) in taken:
        other = taken[new.bank, name.casefold()]
        raise BankError(
            "the bank holds one of this name",
            expected=f"a name that bank {new.bank} does not hold",
            found=f"{other.bank}/{other.entry} ({other.name})",
            where=name,
            fix="add to that entry, or name this one differently; nothing was changed",
        )


def _twice(one: ItemFile, other: Reference) -> BankError:
    return BankError(
        "the same file stands in the bank already",
        expected="files that no entry of the bank was made from",
        found=f"{other.id} ({other.label}) has a file with SHA-256 {one.sha256[:12]}…",
        where=one.name,
        fix="leave it out; nothing was changed",
    )
