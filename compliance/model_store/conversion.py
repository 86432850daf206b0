"""Files that are converted on their way in: originals are gathered, and our own form of them is kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from compliance.errors import DigestMismatch, ModelError, ModelMissing
from compliance.files import sha256_of
from compliance.model_store.card import UNKNOWN, Card
from compliance.model_store.fetch import Origin, clear, files_in
from compliance.model_store.tfjs_layers import MODEL, convert

_CONVERTED: Final = "converted"


def as_published(card: Card) -> Card:
    """Return the card with the files that its author publishes; the card itself where nothing is converted."""
    return card.model_copy(update={"files": card.originals}) if card.originals else card


def published_folder(card: Card, folder: Path) -> Path:
    """Return the folder below ``folder`` that holds the originals; a copy of a whole repository will do.

    Raises:
        ModelMissing: there are several, and nobody says which is meant.
    """
    if not card.originals or (folder / MODEL).is_file() or not folder.is_dir():
        return folder
    found = sorted(path.parent for path in folder.rglob(MODEL) if path.is_file())
    if len(found) > 1:
        raise ModelMissing(
            "several models lie there",
            expected=f"one {MODEL}",
            found=", ".join(str(path.relative_to(folder)) for path in found[:5]),
            where=str(folder),
            fix="name the folder of the one that is meant",
        )
    return found[0] if found else folder


def converted(card: Card, origin: Origin, place: Path) -> Origin:
    """Turn gathered originals into the card's files; nothing happens where these are there already.

    Args:
        card: what the files have to become.
        origin: where the originals came from.
        place: the partial folder.

    Raises:
        DigestMismatch: an original is not the one that the card describes; nothing is kept.
        ModelRefused: an original is malformed, or has parts that are not converted; nothing is kept.
        OSError: it cannot be written.
    """
    folder = files_in(place)
    if not card.originals or all((folder / file.path).is_file() for file in card.files):
        return origin
    try:
        for file in card.originals:
            found = sha256_of(folder / file.path)
            if file.sha256 not in (UNKNOWN, found):
                raise DigestMismatch(
                    "a file is not the one that was announced, so nothing was kept",
                    expected=f"SHA-256 {file.sha256}, by the card",
                    found=found,
                    where=f"{card.id}: {file.path}",
                    fix="take the files from the commit that the card's source names",
                )
        convert(folder, place / _CONVERTED)
    except ModelError:
        clear(place)
        raise
    shutil.rmtree(folder)
    (place / _CONVERTED).rename(folder)
    return Origin(f"{origin.source}, converted")
