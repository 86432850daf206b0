"""``compliance licence``: which marks and works may be shown for what, from grant to recall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import Format
from compliance.cli.grants import show_history, show_recalls, still_standing
from compliance.cli.scope import At, Channels, From, Purpose, Territories, Until, said, scope_of
from compliance.clock import now
from compliance.facts import Licence
from compliance.reporters.text import printable
from compliance.scopes import moment_of
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.find import Known
    from compliance.store.engine import Engine
    from compliance.store.licences import LicenceStore

app = typer.Typer(help="Licences of marks and works: grants, ends, recalls.", no_args_is_help=True)

About = Annotated[str, typer.Argument(help="Brand or work: bank/entry, or a name.")]
FormatOption = Annotated[Format, typer.Option(help="Format of the list.")]


@app.command("grant")
def grant(
    about: About,
    purpose: Purpose,
    territories: Territories,
    channels: Channels,
    start: From,
    until: Until,
    evidence: Annotated[Path, typer.Option(help="The signed licence; its SHA-256 is kept.")],
) -> int:
    """Record what the owner of a mark or work permits; never edited, only revoked and granted anew."""
    from compliance.licences import new_licence

    scope = scope_of(purpose, territories, channels, start, until)
    engine, store = _store()
    what = _meant(engine, None, about)
    given = new_licence(what.reference, scope, evidence)
    store.grant(given, what.uid)
    typer.echo(f"granted {given.id}: {_line(given)}")
    typer.echo(f"evidence SHA-256 {given.evidence_sha256}; the file itself is not kept")
    if given.ended(now()):
        typer.echo("note: this licence has ended already", err=True)
    return ExitCode.APPROVE


@app.command("revoke")
def revoke(
    grant: Annotated[str, typer.Argument(help="Identifier of the licence, such as L-3f9c….")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> int:
    """End a licence now; what was published under it is listed by 'recall'."""
    inputs.check_said({"--reason": reason})
    _, store = _store()
    ended = store.revoke(grant, reason)
    (given,) = (one for one in store.grants() if one.permit.id == grant)
    about = given.permit.reference.id
    typer.echo(f"revoked {grant} of {about} at {ended.at:%Y-%m-%d %H:%M:%S} UTC")
    still_standing(store, given.permit, ended.at, _line)
    typer.echo(f"next: compliance licence recall {about}")
    return ExitCode.APPROVE


@app.command("list")
def list_licences(at: At = None, format: FormatOption = Format.TEXT) -> int:
    """List the licences in force, now or at a moment."""
    moment = moment_of(at, "--at") if at else now()
    _, store = _store()
    found = [
        one
        for one in store.that_may_apply()
        if one.scope.starts <= moment and one.ended(moment) is None
    ]
    if format is Format.JSON:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
        return ExitCode.APPROVE
    for one in found:
        typer.echo(f"{one.id}  {_line(one)}")
    typer.echo(f"licences: {len(found)}, at {moment:%Y-%m-%d %H:%M:%S} UTC")
    return ExitCode.APPROVE


@app.command("history")
def history(about: About, format: FormatOption = Format.TEXT) -> int:
    """List all licences of a mark or work and what ended them, in the order of recording."""
    engine, store = _store()
    meant = _meant(engine, store, about)
    reference = meant.reference
    told = f"{reference.id} ({reference.label})"
    show_history(store.grants([reference.id]), meant.uid, "licence", _line, format, told)
    return ExitCode.APPROVE


@app.command("recall")
def recall(about: About, at: At = None, format: FormatOption = Format.TEXT) -> int:
    """List every publication that relied on a licence which has ended, and where it runs."""
    moment = moment_of(at, "--at", last=True) if at else now()
    engine, store = _store()
    meant = _meant(engine, store, about)
    show_recalls(engine, store, meant.reference.id, "reference", moment, format)
    return ExitCode.APPROVE


def _store() -> tuple[Engine, LicenceStore]:
    from compliance.store.engine import open_database
    from compliance.store.licences import LicenceStore

    engine = open_database(inputs.settings().database_url)
    return engine, LicenceStore(engine)


def _meant(engine: Engine, store: LicenceStore | None, given: str) -> Known:
    """Return what is meant; with ``store``, also what was removed and has licences."""
    from compliance.banks.find import BRANDS_AND_WORKS, Known, find_entry, known_items

    entries = (*known_items(engine, "brand"), *known_items(engine, "work"))
    here = {one.reference.id for one in entries}
    past = [one.permit.reference for one in store.grants()] if store else []
    gone = {one.id: Known(one, (one.label,)) for one in past if one.id not in here}
    return find_entry((*entries, *gone.values()), given, BRANDS_AND_WORKS)


def _line(one: Licence) -> str:
    return printable(f"{one.reference.id} ({one.reference.label}) may be shown{said(one.scope)}")
