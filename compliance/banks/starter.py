"""The starter bank: public figures' names that come with the package, one line each.

Files lie in ``starter/<field>.txt``, UTF-8, with ``#`` comments. A line is ``Name | alias; other alias``; a
``~`` before a name or alias says that it is also an everyday word or phrase, such as ``~Pink``, and only counts
where the text says that the person is meant (:mod:`compliance.text.cues`). Whoever stands in several files is
one entry with all the names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compliance.analyzers.base import References
from compliance.banks.entries import clean_name, slug
from compliance.errors import BankError
from compliance.findings import BankUse, Reference
from compliance.types import digest_of

BANK = "public-figures"
"""Bank that the entries belong to; people enrolled in it join them."""
FOLDER = Path(__file__).parent / "starter"


@dataclass(frozen=True)
class StarterPerson:
    """One public figure."""

    reference: Reference
    """Entry in the bank ``public-figures``; the slug of the name."""
    names: tuple[tuple[str, bool], ...]
    """Name and aliases, each with whether it is an everyday word or phrase too."""
    field: str
    """What the person is known for: name of the file, such as ``politics-europe``."""


def starter_people(folder: Path = FOLDER) -> tuple[StarterPerson, ...]:
    """Read all files of ``folder``, in order of entries.

    Args:
        folder: where the files lie, ``*.txt``.

    Raises:
        BankError: a file is not UTF-8, or a line holds a name that is not usable.
    """
    people: dict[str, StarterPerson] = {}
    entries: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        field = path.stem
        for names in _lines(path):
            name = names[0][0]
            entry = entries.get(name)
            if entry is None:
                entry = entries[name] = _free(slug(name), people)
                reference = Reference(bank=BANK, entry=entry, label=name)
                people[entry] = StarterPerson(reference, _merged(names), field)
            else:
                known = people[entry]
                people[entry] = replace(known, names=_merged((*known.names, *names)))
    return tuple(people[entry] for entry in sorted(people))


def with_starter(enrolled: References, people: Sequence[StarterPerson]) -> References:
    """Return references of modality ``name`` with the starter bank among them.

    Someone enrolled in the bank ``public-figures`` under the entry of a shipped one is that one, so that
    faces and names meet; what the enrolled say of a name counts.

    Args:
        enrolled: names of the people in the database.
        people: the shipped ones.
    """
    if not people:
        return enrolled
    own = {ref.entry: ref for ref in enrolled.refs if ref.bank == BANK}
    told = {
        (ref.entry, text)
        for ref, text in zip(enrolled.refs, enrolled.texts, strict=True)
        if ref.bank == BANK
    }
    rows = [
        (own.get(one.reference.entry, one.reference), text, ambiguous)
        for one in people
        for text, ambiguous in one.names
        if (one.reference.entry, text) not in told
    ]
    flags = enrolled.ambiguous or (False,) * len(enrolled)
    return References(
        refs=(*enrolled.refs, *(ref for ref, _, _ in rows)),
        banks=_uses(enrolled.banks, own, people),
        texts=(*enrolled.texts, *(text for _, text, _ in rows)),
        ambiguous=(*flags, *(ambiguous for _, _, ambiguous in rows)),
    )


def _uses(
    banks: Sequence[BankUse], own: Mapping[str, Reference], people: Sequence[StarterPerson]
) -> tuple[BankUse, ...]:
    """Return ``banks`` with one row for the shipped and the enrolled of their bank together."""
    lines = sorted(f"{one.reference.entry}\t{one.reference.label}\t{one.names}" for one in people)
    version = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    size = len(people)
    for use in banks:
        if use.name == BANK and use.size:
            size += use.size - sum(one.reference.entry in own for one in people)
            version = digest_of([use.version, version])
    shipped = BankUse(name=BANK, modality="name", size=size, version=version)
    others = (use for use in banks if use.name != BANK)
    return tuple(sorted((shipped, *others), key=lambda use: use.name))


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


def _free(stem: str, taken: Mapping[str, StarterPerson]) -> str:
    if stem not in taken:
        return stem
    entry, count = stem, 1
    while entry in taken:
        count += 1
        entry = f"{stem}-{count}"
    return entry


def _refused(what: str, where: str, found: str) -> BankError:
    return BankError(
        f"the starter bank cannot be read: {what}",
        expected="lines such as 'Name | alias; ~everyday alias'",
        found=repr(found[:120]),
        where=where,
        fix="install compliance again, or correct the line",
    )
