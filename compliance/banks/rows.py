"""Reading the rows of the bank of people, in an order that no database decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from compliance.findings import Reference
from compliance.store.tables import aliases, people, templates


def read_people(connection: Connection, banks: Sequence[str] | None) -> list[Row[Any]]:
    """Return the people of ``banks`` (None: of all), sorted by bank and entry."""
    found = select(people)
    if banks is not None:
        found = found.where(people.c.bank.in_(banks))
    return sorted(connection.execute(found), key=lambda row: (row.bank, row.entry))


def read_aliases(connection: Connection) -> dict[int, list[str]]:
    """Return the aliases of each person by number, sorted."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(aliases)):
        found[row.person].append(row.text)
    for texts in found.values():
        texts.sort()
    return found


def read_templates(connection: Connection) -> dict[int, list[Row[Any]]]:
    """Return the sealed templates of each person by number."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(templates)):
        found[row.person].append(row)
    return found


def reference_to(person: Row[Any]) -> Reference:
    """Return how findings name this person."""
    return Reference(bank=person.bank, entry=person.entry, label=person.name)
