"""``compliance people``: enrol and list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.verdicts import ExitCode

app = typer.Typer(help="People whose likeness is looked for.", no_args_is_help=True)


@app.command("enrol")
def enrol(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    face: Annotated[
        list[Path] | None, typer.Option(help="Photo with this person's face alone; repeatable.")
    ] = None,
    alias: Annotated[list[str] | None, typer.Option(help="Another name; repeatable.")] = None,
    bank: Annotated[str, typer.Option(help="Bank to enrol in.")] = "people",
) -> int:
    """Enrol a person by photos and names; templates are stored, photos are not."""
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.pipeline.enrol import face_templates
    from compliance.store.engine import open_database

    settings = inputs.settings()
    with bar("looking at the photos"):
        templates = face_templates(face or [], settings)
    people = PeopleBank(open_database(settings.database_url), MasterKey.load(settings.keys))
    reference = people.enrol(bank, name, templates, alias or [])
    typer.echo(
        f"enrolled {reference.label} as {reference.id} with {len(templates)} face templates; "
        "the photos themselves are not kept"
    )
    return ExitCode.APPROVE


@app.command("list")
def list_people(
    bank: Annotated[str | None, typer.Option(help="Only this bank.")] = None,
) -> int:
    """List who is enrolled, without any biometric."""
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.store.engine import open_database

    settings = inputs.settings()
    people = PeopleBank(open_database(settings.database_url), MasterKey.load(settings.keys))
    found = people.list(bank)
    for person in found:
        typer.echo(f"{person.reference.id:<40} {person.reference.label}")
    typer.echo(f"{len(found)} people")
    return ExitCode.APPROVE
