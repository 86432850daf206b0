"""The starter banks: names that come with the package, one entry a line.

Files lie in ``starter/`` (public figures), ``starter/brands/`` and ``starter/works/``, each a ``<field>.txt``,
UTF-8, with ``#`` comments. A line is ``Name | alias; other alias``; a ``~`` before a name or alias says that
it is also an everyday word or phrase, such as ``~Pink``, and only counts where the text says that the person,
work or brand is meant (:mod:`compliance.text.names.kinds`). What stands in several files of a bank is one
entry with all the names. That a name is there says nothing about its legal status.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compliance.analyzers.base import References
from compliance.banks.entries import clean_name, slug
from compliance.errors import BankError
from compliance.findings import BankUse, Reference
from compliance.types import digest_of

FOLDER = Path(__file__).parent / "starter"


@dataclass(frozen=True)
class Starter:
    """One bank of names that comes with the package."""

    bank: str
    """Bank that the entries belong to; what a database has in it joins them."""
    modality: str
    """Modality of the references."""
    folder: Path
    """Where the files lie, ``*.txt``."""


PEOPLE = Starter("public-figures", "name", FOLDER)
BRANDS = Starter("brands", "word", FOLDER / "brands")
WORKS = Starter("works", "term", FOLDER / "works")
STARTERS = {one.modality: one for one in (PEOPLE, BRANDS, WORKS)}
BANK = PEOPLE.bank
_ASPECTS = {"characters": "character", "styles": "style"}
"""What files name, by how their names begin."""


@dataclass(frozen=True)
class StarterEntry:
    """One public figure, brand or work."""

    reference: Reference
    """Bank and entry; the slug of the name."""
    names: tuple[tuple[str, bool], ...]
    """Name and aliases, each with whether it is an everyday word or phrase too."""
    field: str
    """What it is known for: name of the first file, such as ``politics-europe``."""

    @property
    def aspect(self) -> str:
        """What it names more closely, such as ``style``; empty where files do not say."""
        return _ASPECTS.get(self.field.partition("-")[0], "")


def starter_people(folder: Path = FOLDER) -> tuple[StarterEntry, ...]:
    """Read the public figures in ``folder``; see :func:`starter_entries`."""
    return starter_entries(replace(PEOPLE, folder=folder))


def starter_entries(starter: Starter) -> tuple[StarterEntry, ...]:
    """Read all files of a starter bank, in order of entries.

    Raises:
        BankError: a file is not UTF-8, or a line holds a name that is not usable.
    """
    found: dict[str, StarterEntry] = {}
    entries: dict[str, str] = {}
    for path in sorted(starter.folder.glob("*.txt")):
        field = path.stem
        for names in _lines(path):
            name = names[0][0]
            entry = entries.get(name)
            if entry is None:
                entry = entries[name] = _free(slug(name), found)
                reference = Reference(bank=starter.bank, entry=entry, label=name)
                found[entry] = StarterEntry(reference, _merged(names), field)
            else:
                known = found[entry]
                found[entry] = replace(known, names=_merged((*known.names, *names)))
    return tuple(found[entry] for entry in sorted(found))


def with_starter(
    enrolled: References, shipped: Sequence[StarterEntry], starter: Starter = PEOPLE
) -> References:
    """Return the names of a database with those of a starter bank among them.

    What the database has in the bank of the same name under the entry of a shipped one is that one, so that
    faces, marks and names meet; what the database says of a name counts.

    Args:
        enrolled: names in the database, of the starter's modality.
        shipped: what :func:`starter_entries` read.
        starter: the bank that they are of.
    """
    if not shipped:
        return enrolled
    own = {ref.entry: ref for ref in enrolled.refs if ref.bank == starter.bank}
    told = {
        (ref.entry, text)
        for ref, text in zip(enrolled.refs, enrolled.texts, strict=True)
        if ref.bank == starter.bank
    }
    rows = [
        (own.get(one.reference.entry, one.reference), text, ambiguous, one.aspect)
        for one in shipped
        for text, ambiguous in one.names
        if (one.reference.entry, text) not in told
    ]
    flags = enrolled.ambiguous or (False,) * len(enrolled)
    known = {one: json.dumps({"kind": one}) if one else "{}" for one in ("", *_ASPECTS.values())}
    details = (enrolled.details, tuple(known[aspect] for *_, aspect in rows))
    return References(
        refs=(*enrolled.refs, *(ref for ref, *_ in rows)),
        banks=_uses(enrolled.banks, own, shipped, starter),
        texts=(*enrolled.texts, *(text for _, text, *_ in rows)),
        ambiguous=(*flags, *(ambiguous for _, _, ambiguous, _ in rows)),
        details=(*details[0], *details[1]) if len(enrolled.details) == len(enrolled) else (),
    )


def join_starter(modality: str, enrolled: References) -> References:
    """Return references of ``modality`` with the starter bank of that modality, if there is one.

    Reads the files, so that only a review whose policy asks for the names pays for it.

    Raises:
        BankError: the files cannot be read.
    """
    starter = STARTERS.get(modality)
    return with_starter(enrolled, starter_entries(starter), starter) if starter else enrolled


def _uses(
    banks: Sequence[BankUse],
    own: Mapping[str, Reference],
    shipped: Sequence[StarterEntry],
    starter: Starter,
) -> tuple[BankUse, ...]:
    """Return ``banks`` with one row for the shipped and the enrolled of their bank together."""
    lines = sorted(_line(one) for one in shipped)
    version = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    size = len(shipped)
    for use in banks:
        if use.name == starter.bank and use.size:
            size += use.size - sum(one.reference.entry in own for one in shipped)
            version = digest_of([use.version, version])
    joined = BankUse(name=starter.bank, modality=starter.modality, size=size, version=version)
    others = (use for use in banks if use.name != starter.bank)
    return tuple(sorted((joined, *others), key=lambda use: use.name))


def _line(one: StarterEntry) -> str:
    """Return all that counts of an entry."""
    told = f"{one.reference.entry}\t{one.reference.label}\t{one.names}"
    return f"{told}\t{one.aspect}" if one.aspect else told


def _lines(path: Path) -> Iterator[tuple[tuple[str, bool], ...]]:
    """Yield the names of each entry of a file, the name first."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _refused("not UTF-8", f"{path.name}", str(error.reason)) from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, bar, aliases = line.partition("|")
        written = [name, *(aliases.split(";") if bar else ())]
        try:
            yield tuple(_name(one) for one in written)
        except BankError as error:
            raise _refused("a name is not usable", f"{path.name}:{number}", line) from error


def _name(written: str) -> tuple[str, bool]:
    text = written.strip()
    ambiguous = text.startswith("~")
    text = text.removeprefix("~").strip()
    if "~" in text or "|" in text:
        raise _refused("a sign stands within a name", "name", text)
    # What clean_name() would do, at a tenth of the time.
    plain = text.isascii() and text.isprintable() and "  " not in text and 1 < len(text) < 100
    return (text if plain and text[0].isalnum() else clean_name(text)), ambiguous


def _merged(names: Sequence[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    """Return each name once; marked if any mention of it is, since marks are put deliberately."""
    if len(names) == 1:
        return tuple(names)
    merged: dict[str, bool] = {}
    for text, ambiguous in names:
        merged[text] = merged.get(text, False) or ambiguous
    return tuple(merged.items())


def _free(stem: str, taken: Mapping[str, StarterEntry]) -> str:
    if stem not in taken:
        return stem
    entry, count = stem, 1
    while entry in taken:
        count += 1
        entry = f"{stem}-{count}"
    return entry


def _refused(what: str, where: str, found: str) -> BankError:
    return BankError(
        f"a starter bank cannot be read: {what}",
        expected="lines such as 'Name | alias; ~everyday alias'",
        found=repr(found[:120]),
        where=where,
        fix="install compliance again, or correct the line",
    )
