"""Documents in rows: kept with their digest, and refused where they no longer fit it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Row

from compliance.errors import StoreError


def sha256(document: str) -> str:
    """Return the digest that a document is kept with, 64 hex digits."""
    return hashlib.sha256(document.encode("utf-8")).hexdigest()


def intact(row: Row[Any]) -> str:
    """Return the document of ``row``.

    Raises:
        StoreError: it was altered.
    """
    document = str(row.document)
    if sha256(document) != row.digest:
        raise StoreError(
            "a stored document was altered after it was committed",
            expected=f"SHA-256 {row.digest}",
            found=sha256(document),
            where=f"row {row.number}",
            fix="restore the database from a backup",
        )
    return document
