"""What a pull or an import recorded beside a model's files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from compliance.errors import ModelRefused
from compliance.files import write_atomically
from compliance.model_store.card import CardFile
from compliance.types import Model

NAME = "receipt.json"


class Receipt(Model):
    """Where a model's files came from, what they were, and that the user accepted them."""

    id: str
    """Id of the card."""
    source: str
    """Where the bytes came from: hub and commit, address, or folder."""
    revision: str
    """Commit that the hub named, or ``unknown``."""
    files: tuple[CardFile, ...]
    """Every file with its digest and size."""
    weight_licence: str
    """The licence that was shown when the user accepted."""
    commercial_use: str
    """What the card said of commercial use then."""
    accepted: datetime
    """When."""


def read_receipt(folder: Path) -> Receipt | None:
    """Return the receipt in ``folder``; None where there is none.

    Raises:
        ModelRefused: it is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        return Receipt.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ModelRefused(
            "the receipt of a pulled model is damaged",
            found=error.errors()[0]["msg"],
            where=str(path),
            fix=f"compliance models remove {folder.name}, then pull it again",
        ) from error


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Write ``receipt`` into ``folder``, whole or not at all."""
    write_atomically(folder / NAME, receipt.model_dump_json(indent=2).encode() + b"\n")
