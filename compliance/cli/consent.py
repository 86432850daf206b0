"""``compliance consent``: who may be used for what, from grant to recall."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import Format
from compliance.clock import now
from compliance.consents import check_known_territories, longer_than_usual, moment_of, new_grant
from compliance.facts import Consent, Release, Scope
from compliance.reporters.text import printable
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.find import Known
    from compliance.store.consents import ConsentStore, Grant
    from compliance.store.engine import Engine

app = typer.Typer(help="Consent of people: grants, revocations, recalls.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="bank/entry, or a name that only one person has.")]
Many = list[str]
FormatOption = Annotated[Format, typer.Option(help="Format of the list.")]
At = Annotated[str | None, typer.Option(help="Day or moment, UTC; by default now.")]


@app.command("grant")
def grant(
    person: Person,
    uses: Annotated[Many, typer.Option(help="face,voice,name; repeatable.")],
    purpose: Annotated[Many, typer.Option(help="advertising,editorial …, or '*'; repeatable.")],
    territories: Annotated[Many, typer.Option(help="DE,US-CA,EU …, or '*'; repeatable.")],
    channels: Annotated[Many, typer.Option(help="tv,social …, or '*'; repeatable.")],
    start: Annotated[str, typer.Option("--from", help="First day or moment, UTC.")],
    until: Annotated[str, typer.Option(help="Last day or moment, UTC, inclusive.")],
    evidence: Annotated[Path, typer.Option(help="The signed consent; its SHA-256 is kept.")],
    guardian: Annotated[
        str | None, typer.Option(help="Who grants for a minor; required for one.")
    ] = None,
) -> int:
    """Record what a person permits; it is never edited, only revoked and granted anew."""
    if guardian is not None:
        inputs.check_said({"--guardian": guardian})
    scope = Scope(
        purposes=_listed(purpose),
        territories=_listed(territories),
        channels=_listed(channels),
        starts=moment_of(start, "--from"),
        ends=moment_of(until, "--until", last=True),
    )
    engine, store = _store()
    who = _person(engine, None, person)
    given = new_grant(
        who.reference, _listed(uses), scope, evidence, minor=who.minor, guardian=guardian
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
    (given,) = (one for one in store.grants() if one.consent.id == grant)
    person = given.consent.person.id
    typer.echo(f"revoked {grant} of {person} at {ended.at:%Y-%m-%d %H:%M:%S} UTC")
    for other in store.that_may_apply([person]):
        if not other.ended(ended.at):
            typer.echo(f"another grant still stands: {other.id}: {_line(other)}")
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
    places, channels = _listed(territory or []), _listed(channel or [])
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
    events = _events(store.grants([meant.reference.id]), meant.uid)
    if format is Format.JSON:
        typer.echo(json.dumps([told for _, told in events], indent=2))
        return ExitCode.APPROVE
    for text, _ in events:
        typer.echo(text)
    typer.echo(f"{len(events)} events of {meant.reference.id} ({meant.reference.label})")
    return ExitCode.APPROVE


@app.command("recall")
def recall(person: Person, at: At = None, format: FormatOption = Format.TEXT) -> int:
    """List every publication that relied on a grant of the person which has ended, and where it runs."""
    from compliance.store.recall import to_recall, unpublished
    from compliance.store.verdicts import VerdictStore

    moment = moment_of(at, "--at", last=True) if at else now()
    engine, store = _store()
    meant = _person(engine, store, person)
    grants, verdicts = store.grants([meant.reference.id]), VerdictStore(engine)
    standing = store.that_may_apply([meant.reference.id])
    found = to_recall(verdicts, grants, standing, moment)
    waiting = unpublished(verdicts, grants, standing, moment)
    if format is Format.JSON:
        told = {
            "person": meant.reference.id,
            "at": moment.isoformat(),
            "publications": [one.as_json() for one in found],
            "signed_and_not_published": list(waiting),
        }
        typer.echo(json.dumps(told, indent=2))
        return ExitCode.APPROVE
    for one in found:
        for line in one.lines():
            typer.echo(printable(line))
    for sha256 in waiting:
        typer.echo(f"not recorded as published, do not let it out: {sha256}")
    running = sum(one.runs for one in found)
    typer.echo(
        f"publications to recall: {len(found)}, still running: {running}, "
        f"at {moment:%Y-%m-%d %H:%M:%S} UTC"
    )
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
    past = [one.consent.person for one in store.grants()] if store else []
    gone = {one.id: Known(one, (one.label,)) for one in past if one.id not in known}
    return find_person((*people, *gone.values()), given)


def _listed(given: Many) -> tuple[str, ...]:
    """Split values at commas; each once, in order."""
    parts = (part.strip() for one in given for part in one.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _reaches(consent: Consent, asked: Release) -> Consent:
    """Return the grant with every dimension that nobody asked about opened, which a minor's may not be."""
    dimensions = {
        "territories": asked.territories,
        "channels": asked.channels,
        "purposes": asked.purpose,
    }
    opened = {name: ("*",) for name, wanted in dimensions.items() if not wanted}
    scope = consent.scope.model_copy(update=opened)
    return consent.model_copy(update={"scope": scope, "minor": False})


def _line(one: Consent) -> str:
    scope = one.scope
    said = f"{one.person.id} ({one.person.label}) permits {', '.join(one.uses)}"
    for name, values in (
        ("for", scope.purposes),
        ("in", scope.territories),
        ("on", scope.channels),
    ):
        said += f" {name} {'all' if values == ('*',) else ' '.join(values)}"
    said += f", {scope.starts:%Y-%m-%d %H:%M:%S} to {scope.ends:%Y-%m-%d %H:%M:%S} UTC"
    return printable(said + (f", granted by {one.guardian} for a minor" if one.guardian else ""))


def _events(grants: tuple[Grant, ...], uid: str | None) -> list[tuple[str, dict[str, object]]]:
    """Return what happened, as a line and as JSON, in order of time."""
    found: list[tuple[datetime, str, dict[str, object]]] = []
    for one in grants:
        earlier = "" if one.uid in (None, uid) else "  (of an earlier enrolment: covers nothing)"
        given = one.consent
        line = f"{one.recorded:%Y-%m-%d %H:%M:%S} UTC  granted  {given.id}  {_line(given)}"
        line += f"  evidence {given.evidence_sha256 or 'unknown'}{earlier}"
        told = {
            "event": "granted",
            "at": one.recorded.isoformat(),
            "grant": given.id,
            "consent": given.model_dump(mode="json", exclude={"revoked"}),
            "earlier_enrolment": bool(earlier),
        }
        found.append((one.recorded, line, told))
        if one.revocation is not None:
            ended = one.revocation
            line = f"{ended.at:%Y-%m-%d %H:%M:%S} UTC  revoked  {given.id}  {ended.reason}"
            told = {
                "event": "revoked",
                "at": ended.at.isoformat(),
                "grant": given.id,
                "reason": ended.reason,
            }
            found.append((ended.at, printable(line), told))
    return [(line, told) for _, line, told in sorted(found, key=lambda event: event[0])]
