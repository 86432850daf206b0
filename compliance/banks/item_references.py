"""What analyzers compare with of brands and works: names for text, prints for pictures and sound."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, select

from compliance.analyzers.base import References
from compliance.banks.items import Kind, details_of
from compliance.errors import BankError
from compliance.findings import BankUse, Reference
from compliance.store.engine import reading
from compliance.store.tables import item_files, item_names, items, prints
from compliance.types import digest_of


def item_texts(engine: Engine, kind: Kind) -> References:
    """Return the names of all brands, or works: one row for each name, of modality ``word`` or ``term``."""
    with reading(engine) as connection:
        rows = _items(connection.execute(select(items).where(items.c.kind == kind)).all())
        others = connection.execute(select(item_names)).all()
    found = [(row, row.name, bool(row.ambiguous)) for row in rows.values()]
    found += [(rows[one.item], one.text, bool(one.ambiguous)) for one in others if one.item in rows]
    found.sort(key=lambda row: (row[0].bank, row[0].entry, row[1]))
    content = [(row, f"{text}\t{ambiguous}".encode()) for row, text, ambiguous in found]
    modality = "word" if kind == "brand" else "term"
    return References(
        refs=tuple(_reference(row) for row, _, _ in found),
        banks=_uses(modality, content),
        texts=tuple(text for _, text, _ in found),
        ambiguous=tuple(ambiguous for _, _, ambiguous in found),
        details=tuple(_details(row, "") for row, _, _ in found),
    )


def item_prints(engine: Engine, kind: Kind, maker: str) -> References:
    """Return the prints that ``maker`` made of the files of all brands, or works: one row for each file.

    Raises:
        BankError: a file has no print by that maker: it was added by another version, or for another model.
    """
    with reading(engine) as connection:
        rows = _items(connection.execute(select(items).where(items.c.kind == kind)).all())
        columns = (item_files.c.item, item_files.c.name, item_files.c.sha256, prints.c.content)
        same = (prints.c.sha256 == item_files.c.sha256) & (prints.c.maker == maker)
        found = [
            row
            for row in connection.execute(select(*columns).outerjoin_from(item_files, prints, same))
            if row.item in rows
        ]
    if absent := [row for row in found if row.content is None]:
        raise _absent(kind, maker, [(_reference(rows[row.item]), row.name) for row in absent])
    found = sorted(
        (row for row in found if row.content),
        key=lambda row: (rows[row.item].bank, rows[row.item].entry, row.sha256),
    )
    return References(
        refs=tuple(_reference(rows[row.item]) for row in found),
        banks=_uses(
            "mark" if kind == "brand" else "work",
            [(rows[row.item], row.sha256.encode() + row.content) for row in found],
        ),
        prints=tuple(row.content for row in found),
        details=tuple(_details(rows[row.item], row.name) for row in found),
    )


def _items(found: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    return {row.number: row for row in found}


def _reference(row: Row[Any]) -> Reference:
    return Reference(bank=row.bank, entry=row.entry, label=row.name)


def _details(row: Row[Any], file: str) -> str:
    return json.dumps({**details_of(row), "owner": row.owner, "file": file}, sort_keys=True)


def _uses(modality: str, content: Sequence[tuple[Row[Any], bytes]]) -> tuple[BankUse, ...]:
    """Return how each bank stood: salted digests, as for people, see :mod:`compliance.banks.versions`."""
    by_bank: dict[str, list[tuple[Row[Any], bytes]]] = {}
    for row, data in content:
        by_bank.setdefault(row.bank, []).append((row, data))
    return tuple(
        BankUse(
            name=bank,
            modality=modality,
            size=len({row.number for row, _ in own}),
            version=digest_of(sorted(_commitment(row, data) for row, data in own)),
        )
        for bank, own in sorted(by_bank.items())
    )


def _commitment(row: Row[Any], content: bytes) -> str:
    head = f"{row.uid}/{row.bank}/{row.entry}/{row.name}/{row.owner}/{row.details}/".encode()
    return hashlib.sha256(head + content).hexdigest()


def _absent(kind: Kind, maker: str, files: Sequence[tuple[Reference, str]]) -> BankError:
    reference, name = files[0]
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    mend = (
        "compliance brands reindex" if kind == "brand" else "compliance works reindex --media FILE…"
    )
    return BankError(
        "what is enrolled was made for another version or model, so that nothing is compared",
        expected=f"a print by {maker} of every file",
        found=f"none of {name} of {reference.id}{more}",
        where=f"bank {reference.bank}",
        fix=f"run: {mend}",
    )
