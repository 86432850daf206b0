"""``compliance consent``: who may be used for what, from grant to recall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import Format
from compliance.cli.grants import show_history, show_recalls, still_standing
from compliance.cli.scope import (
    At,
    Channels,
    From,
    Many,
    Purpose,
    Territories,
    Until,
    listed,
    opened,
    said,
    scope_of,
)
from compliance.clock import now
from compliance.consents import longer_than_usual, new_grant
from compliance.facts import Consent, Release
from compliance.reporters.text import printable
from compliance.scopes import check_known_territories, moment_of
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.find import Known
    from compliance.store.consents import ConsentStore
    from compliance.store.engine import Engine

app = typer.Typer(help="Consent of people: grants, revocations, recalls.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="bank/entry, or a name that only one person has.")]
FormatOption = Annotated[Format, typer.Option(help="Format of the list.")]


@app.command("grant")
def grant(
    person: Person,
    uses: Annotated[Many, typer.Option(help="face,voice,name; repeatable.")],
    purpose: Purpose,
    territories: Territories,
    channels: Channels,
    start: From,
    until: Until,
    evidence: Annotated[Path, typer.Option(help="The signed consent; its SHA-256 is kept.")],
    guardian: Annotated[
        str | None, typer.Option(help="Who grants for a minor; required for one.")
    ] = None,
) -> int:
    """Record what a person permits; it is never edited, only revoked and granted anew."""
    if guardian is not None:
        inputs.check_said({"--guardian": guardian})
    scope = scope_of(purpose, territories, channels, start, until)
    engine, store = _store()
    who = _person(engine, None, person)
    given = new_grant(
        who.reference, listed(uses), scope, evidence, minor=who.minor, guardian=guardian
    )
    store.grant(given, who.uid)
    typer.echo(f"granted {given.id}: {_line(given)}")
    typer.echo(f"evidence SHA-256 {given.evidence_sha256}; the file itself is not kept")
    if remark := longer_than_usual(given):
        typer.echo(remark, err=True)
    if given.ended(now()):
        typer.echo("note: this consent has ended already", err=True)
    return ExitCode.APPROVE


@app.command("revoke")
def revoke(
    grant: Annotated[str, typer.Argument(help="Identifier of the grant, such as G-3f9c….")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> int:
    """End a grant now; what was published under it is listed by 'recall'."""
    inputs.check_said({"--reason": reason})
    _, store = _store()
    ended = store.revoke(grant, reason)
    (given,) = (one for one in store.grants() if one.permit.id == grant)
    person = given.permit.person.id
    typer.echo(f"revoked {grant} of {person} at {ended.at:%Y-%m-%d %H:%M:%S} UTC")
    still_standing(store, given.permit, ended.at, _line)
    typer.echo(f"next: compliance consent recall {person}")
    return ExitCode.APPROVE


@app.command("who")
def who(
    territory: Annotated[Many | None, typer.Option(help="Only who covers these places.")] = None,
    channel: Annotated[Many | None, typer.Option(help="Only who covers these channels.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Only who covers this purpose.")] = None,
    at: At = None,
    format: FormatOption = Format.TEXT,
) -> int:
    """List who may be used, now or at a moment, and for what."""
    places, channels = listed(territory or []), listed(channel or [])
    check_known_territories(places, "--territory")
    # Who may be used on a day may be used from its first second to its last.
    moments = [moment_of(at, "--at", last=last) for last in (False, True)] if at else [now()]
    moment = moments[0]
    asked = Release(territories=places, channels=channels, purpose=purpose)
    _, store = _store()
    found = [
        one
        for one in store.that_may_apply()
        if not one.objection() and all(_reaches(one, asked).holds(asked, each) for each in moments)
    ]
    found.sort(key=lambda one: (one.person.id, one.id))
    if format is Format.JSON:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return ExitCode.APPROVE
    for one in found:
        typer.echo(f"{one.id}  {_line(one)}")
    people = len({one.person.id for one in found})
    typer.echo(f"people: {people}, grants: {len(found)}, at {moment:%Y-%m-%d %H:%M:%S} UTC")
    return ExitCode.APPROVE


@app.command("history")
def history(person: Person, format: FormatOption = Format.TEXT) -> int:
    """List all grants and revocations of a person, in the order of recording."""
    engine, store = _store()
    meant = _person(engine, store, person)
    reference = meant.reference
    told = f"{reference.id} ({reference.label})"
    show_history(store.grants([reference.id]), meant.uid, "consent", _line, format, told)
    return ExitCode.APPROVE


@app.command("recall")
def recall(person: Person, at: At = None, format: FormatOption = Format.TEXT) -> int:
    """List every publication that relied on a grant of the person which has ended, and where it runs."""
    moment = moment_of(at, "--at", last=True) if at else now()
    engine, store = _store()
    meant = _person(engine, store, person)
    show_recalls(engine, store, meant.reference.id, "person", moment, format)
    return ExitCode.APPROVE


def _store() -> tuple[Engine, ConsentStore]:
    from compliance.store.consents import ConsentStore
    from compliance.store.engine import open_database

    engine = open_database(inputs.settings().database_url)
    return engine, ConsentStore(engine)


def _person(engine: Engine, store: ConsentStore | None, given: str) -> Known:
    """Return who is meant; with ``store``, also somebody who was erased and has grants."""
    from compliance.banks.find import Known, find_person, known_people

    people = known_people(engine)
    known = {one.reference.id for one in people}
    past = [one.permit.person for one in store.grants()] if store else []
    gone = {one.id: Known(one, (one.label,)) for one in past if one.id not in known}
    return find_person((*people, *gone.values()), given)


def _reaches(consent: Consent, asked: Release) -> Consent:
    """Return the grant with every dimension that nobody asked about opened, which a minor's may not be."""
    return consent.model_copy(update={"scope": opened(consent.scope, asked), "minor": False})


def _line(one: Consent) -> str:
    told = f"{one.person.id} ({one.person.label}) permits {', '.join(one.uses)}{said(one.scope)}"
    return printable(told + (f", granted by {one.guardian} for a minor" if one.guardian else ""))
