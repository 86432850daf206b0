"""Who or what is meant: people, brands and works by ``bank/entry`` or by name, enrolled and shipped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from sqlalchemy import Engine

from compliance.banks import starter
from compliance.banks.entries import plain, slug
from compliance.banks.items import ItemBank, Kind
from compliance.banks.rows import read_aliases, read_people, reference_to
from compliance.errors import UsageError
from compliance.findings import Reference
from compliance.store.engine import reading

_MOST_NAMED = 5


@dataclass(frozen=True)
class Words:
    """How errors speak of entries of a kind."""

    one: str
    """Such as ``person``."""
    many: str
    """Such as ``people``: also the command, and the key in a release."""
    add: str
    """Command that adds one."""


PEOPLE = Words("person", "people", "compliance people enrol NAME")
BRANDS = Words("brand", "brands", "compliance brands add NAME")
WORKS = Words("work", "works", "compliance works add TITLE")
BRANDS_AND_WORKS = Words("brand or work", "works", "compliance brands add, or works add")


@dataclass(frozen=True)
class Known:
    """Somebody, or something, that reviews can find."""

    reference: Reference
    """Bank, entry and name."""
    names: tuple[str, ...]
    """Name and aliases."""
    uid: str | None = None
    """Identifier of the enrolment; None for those who are in no database."""
    minor: bool = False
    """True where stricter consent holds."""


def known_people(engine: Engine) -> tuple[Known, ...]:
    """Return everybody who is enrolled or shipped, sorted by bank and entry.

    Raises:
        StoreError: the database cannot be read.
        BankError: the shipped names cannot be read.
    """
    with reading(engine) as connection:
        aliases = read_aliases(connection)
        enrolled = [
            Known(
                reference_to(row),
                (row.name, *(text for text, _ in aliases.get(row.number, ()))),
                row.uid,
                bool(row.minor),
            )
            for row in read_people(connection, None)
        ]
    return _with_shipped(enrolled, starter.PEOPLE)


def known_items(engine: Engine, kind: Kind) -> tuple[Known, ...]:
    """Return all brands, or all works, in banks or shipped, sorted by bank and entry.

    Raises:
        StoreError: the database cannot be read.
        BankError: the shipped names cannot be read.
    """
    added = [
        Known(one.reference, (one.reference.label, *one.names), one.uid)
        for one in ItemBank(engine, kind).entries()
    ]
    return _with_shipped(added, starter.BRANDS if kind == "brand" else starter.WORKS)


def _with_shipped(enrolled: Iterable[Known], shipped: starter.Starter) -> tuple[Known, ...]:
    found = {
        one.reference.id: Known(one.reference, tuple(text for text, _ in one.names))
        for one in starter.starter_entries(shipped)
    }
    for one in enrolled:
        same = found.get(one.reference.id)
        names = dict.fromkeys((*one.names, *(same.names if same else ())))
        found[one.reference.id] = replace(one, names=tuple(names))
    return tuple(found[key] for key in sorted(found))


def find_person(people: Sequence[Known], given: str) -> Known:
    """Return the one person that ``given`` names; see :func:`find_entry`."""
    return find_entry(people, given, PEOPLE)


def find_entry(entries: Sequence[Known], given: str, words: Words) -> Known:
    """Return the one entry that ``given`` names: ``bank/entry``, an entry, a name or an alias.

    Case counts for nothing; accents only where a name without them is somebody else's.

    Args:
        entries: where to look.
        given: what was written.
        words: how errors speak of them.

    Raises:
        UsageError: nobody is, or several are; names candidates.
    """
    found = _named(entries, given)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"several {words.many} have this name",
            expected="bank/entry of one of them",
            found=_listed(found),
            where=given,
            fix="write the bank and entry instead of the name",
        )
    near = _near(entries, given)
    raise UsageError(
        f"no {words.one} of this name is in any bank",
        expected=f"bank/entry, or the name of a {words.one} that a bank holds",
        found=f"nearest: {_listed(near)}"
        if near
        else f"nothing like it among {len(entries)} {words.many}",
        where=given,
        fix=f"see 'compliance {words.many} list', or add it: {words.add}",
    )


def check_declared(
    entries: Sequence[Known], declared: Iterable[str], words: Words = PEOPLE
) -> None:
    """Refuse a release that declares somebody or something that no finding could ever name.

    Raises:
        UsageError: a name is in no bank, is ambiguous, or is not how findings call the entry.
    """
    for name in declared:
        reference = find_entry(entries, name, words).reference
        called = [one for one in entries if name in _called(one.reference)]
        if len(called) > 1:  # one may be called like the bank and entry of another
            raise UsageError(
                f"the release declares several {words.many} by one name",
                expected=f"a name that one {words.one} alone has",
                found=_listed(called),
                where=f"release, {words.many}",
                fix=f"write bank/entry, or take one of the {words.many} out and add it under another name",
            )
        if not called:
            raise UsageError(
                f"the release declares a {words.one} by a name that policies do not compare",
                expected=reference.id,
                found=name,
                where=f"release, {words.many}",
                fix=f"write {reference.id}",
            )


def _called(reference: Reference) -> tuple[str, str, str]:
    """Return how policies call a person."""
    return reference.id, reference.entry, reference.label


def _named(people: Sequence[Known], given: str) -> list[Known]:
    by_id = [one for one in people if one.reference.id == given]
    if by_id:
        return by_id
    wanted = _folded(given)
    found = [
        one
        for one in people
        if wanted in (one.reference.entry, one.reference.id)
        or any(_folded(name) == wanted for name in one.names)
    ]
    # An identifier has no letters but Latin ones, so that alone it would make one of names that differ.
    same = slug(given), plain(given)
    if found or not same[1]:
        return found
    return [one for one in people if any((slug(name), plain(name)) == same for name in one.names)]


def _near(people: Sequence[Known], given: str) -> list[Known]:
    by_text = {_folded(name): one for one in people for name in one.names}
    by_text |= {one.reference.id: one for one in people}
    texts = get_close_matches(_folded(given), by_text, n=3, cutoff=0.7)
    return list({by_text[text].reference.id: by_text[text] for text in texts}.values())


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _listed(people: Sequence[Known]) -> str:
    said = [f"{one.reference.id} ({one.reference.label})" for one in people[:_MOST_NAMED]]
    more = len(people) - _MOST_NAMED
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")
