"""Reading the rows of the bank of people, in an order that no database decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from compliance.banks.entries import PersonSummary, Sample
from compliance.findings import Reference
from compliance.store.tables import aliases, items, people, templates


def banks_in_use(connection: Connection) -> set[str]:
    """Return the names of the banks that hold somebody or something."""
    columns = (people.c.bank, items.c.bank)
    return {bank for column in columns for bank in connection.scalars(select(column).distinct())}


def read_people(connection: Connection, banks: Sequence[str] | None) -> list[Row[Any]]:
    """Return the people of ``banks`` (None: of all), sorted by bank and entry."""
    found = select(people)
    if banks is not None:
        found = found.where(people.c.bank.in_(banks))
    return sorted(connection.execute(found), key=lambda row: (row.bank, row.entry))


def read_aliases(connection: Connection) -> dict[int, list[tuple[str, bool]]]:
    """Return the aliases of each person by number, sorted, and which are everyday words too."""
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for row in connection.execute(select(aliases)):
        found[row.person].append((row.text, row.ambiguous))
    for texts in found.values():
        texts.sort()
    return found


def read_templates(connection: Connection) -> dict[int, list[Row[Any]]]:
    """Return the sealed templates of each person by number."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(templates)):
        found[row.person].append(row)
    return found


def summary_of(
    person: Row[Any], others: list[tuple[str, bool]], made: list[Row[Any]]
) -> PersonSummary:
    """Return what may be shown of a person.

    Args:
        person: the row.
        others: aliases, as :func:`read_aliases` gives them.
        made: the sealed templates.
    """
    samples = [Sample(row.modality, row.model, row.source_sha256, row.quality) for row in made]
    names = [(person.name, person.ambiguous), *others]
    return PersonSummary(
        reference=reference_to(person),
        aliases=tuple(text for text, _ in others),
        samples=tuple(
            sorted(samples, key=lambda one: (one.modality, one.model, one.source_sha256))
        ),
        enrolled=person.enrolled,
        minor=person.minor,
        everyday=tuple(sorted(text for text, ambiguous in names if ambiguous)),
        consent_sha256=person.consent_sha256,
    )


def reference_to(person: Row[Any]) -> Reference:
    """Return how findings name this person."""
    return Reference(bank=person.bank, entry=person.entry, label=person.name)
