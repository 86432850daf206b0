"""Who is meant: persons by ``bank/entry`` or by name, over the enrolled and the shipped public figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Engine

from compliance.banks.entries import slug
from compliance.banks.rows import read_aliases, read_people, reference_to
from compliance.banks.starter import starter_people
from compliance.errors import UsageError
from compliance.findings import Reference
from compliance.store.engine import reading

_MOST_NAMED = 5


@dataclass(frozen=True)
class KnownPerson:
    """Somebody whom reviews can find."""

    reference: Reference
    """Bank, entry and name."""
    names: tuple[str, ...]
    """Name and aliases."""
    uid: str | None = None
    """Identifier of the enrolment; None for those who are in no database."""
    minor: bool = False
    """True where stricter consent holds."""


def known_people(engine: Engine) -> tuple[KnownPerson, ...]:
    """Return everybody who is enrolled or shipped, sorted by bank and entry.

    Raises:
        StoreError: the database cannot be read.
        BankError: the shipped names cannot be read.
    """
    found = {
        one.reference.id: KnownPerson(one.reference, tuple(text for text, _ in one.names))
        for one in starter_people()
    }
    with reading(engine) as connection:
        aliases = read_aliases(connection)
        for row in read_people(connection, None):
            reference = reference_to(row)
            shipped = found.get(reference.id)
            others = (text for text, _ in aliases.get(row.number, ()))
            names = (row.name, *others, *(shipped.names if shipped else ()))
            found[reference.id] = KnownPerson(
                reference, tuple(dict.fromkeys(names)), row.uid, bool(row.minor)
            )
    return tuple(found[key] for key in sorted(found))


def find_person(people: Sequence[KnownPerson], given: str) -> KnownPerson:
    """Return the one person that ``given`` names: ``bank/entry``, an entry, a name or an alias.

    Case counts for nothing; accents only where a name without them is somebody else's.

    Raises:
        UsageError: nobody is, or several are; names candidates.
    """
    found = _named(people, given)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            "several people have this name",
            expected="bank/entry of one of them",
            found=_listed(found),
            where=given,
            fix="write the bank and entry instead of the name",
        )
    near = _near(people, given)
    raise UsageError(
        "nobody of this name is in any bank",
        expected="bank/entry, or the name of somebody who is enrolled",
        found=f"nearest: {_listed(near)}"
        if near
        else f"nothing like it among {len(people)} people",
        where=given,
        fix="see 'compliance people list', or enrol the person: compliance people enrol NAME",
    )


def check_declared(people: Sequence[KnownPerson], declared: Iterable[str]) -> None:
    """Refuse a release that declares somebody whom no finding could ever name.

    Raises:
        UsageError: a name is in no bank, is ambiguous, or is not how findings call the person.
    """
    for name in declared:
        person = find_person(people, name)
        reference = person.reference
        called = [one for one in people if name in _called(one.reference)]
        if len(called) > 1:  # somebody may be called like the bank and entry of another
            raise UsageError(
                "the release declares several people by one name",
                expected="a name that one person alone has",
                found=_listed(called),
                where="release, people",
                fix="rename one of them: compliance people erase, then enrol",
            )
        if not called:
            raise UsageError(
                "the release declares a person by a name that policies do not compare",
                expected=reference.id,
                found=name,
                where="release, people",
                fix=f"write {reference.id}",
            )


def _called(reference: Reference) -> tuple[str, str, str]:
    """Return how policies call a person."""
    return reference.id, reference.entry, reference.label


def _named(people: Sequence[KnownPerson], given: str) -> list[KnownPerson]:
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
    plain = slug(given)
    if found or plain == slug(""):
        return found
    return [one for one in people if any(slug(name) == plain for name in one.names)]


def _near(people: Sequence[KnownPerson], given: str) -> list[KnownPerson]:
    by_text = {_folded(name): one for one in people for name in one.names}
    by_text |= {one.reference.id: one for one in people}
    texts = get_close_matches(_folded(given), by_text, n=3, cutoff=0.7)
    return list({by_text[text].reference.id: by_text[text] for text in texts}.values())


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _listed(people: Sequence[KnownPerson]) -> str:
    said = [f"{one.reference.id} ({one.reference.label})" for one in people[:_MOST_NAMED]]
    more = len(people) - _MOST_NAMED
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")
