"""Versions of banks: a digest over the entries that changes when any of them does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from compliance.banks.entries import Modality
from compliance.findings import BankUse
from compliance.types import digest_of


def commitment(person: Row[Any], content: bytes) -> str:
    """Return a digest of one row of references, salted by the person's random identifier.

    Versions stand in signed verdicts: without the salt, names could be guessed from them.
    """
    head = f"{person.uid}/{person.bank}/{person.entry}/{person.name}/".encode()
    return hashlib.sha256(head + content).hexdigest()


def bank_uses(
    modality: Modality, banks: Sequence[str], rows: Sequence[tuple[Row[Any], bytes]]
) -> tuple[BankUse, ...]:
    """Return how each bank stood.

    Args:
        modality: of the references.
        banks: names of banks, including those without a row.
        rows: person and content of each row of references, in any order.
    """
    uses = []
    for name in banks:
        own = [(person, content) for person, content in rows if person.bank == name]
        uses.append(
            BankUse(
                name=name,
                modality=modality,
                size=len({person.number for person, _ in own}),
                version=digest_of(sorted(commitment(*row) for row in own)),
            )
        )
    return tuple(uses)
