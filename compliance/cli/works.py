"""``compliance works``: registered works, whose copies and names are looked for."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.errors import UsageError
from compliance.reporters.text import printable
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.items import ItemBank
    from compliance.facts import Licence
    from compliance.findings import Reference
    from compliance.pipeline.enrol_works import ReadWork
    from compliance.settings import Settings
    from compliance.store.engine import Engine

app = typer.Typer(help="Works: films, pictures, recordings, characters.", no_args_is_help=True)


class Kind(enum.StrEnum):
    """What the names of a work name: text is read for each in its own way."""

    TITLE = "title"
    CHARACTER = "character"
    STYLE = "style"


MEDIA = typer.Option(help="Picture, video or recording of the work; repeatable.")
NAME = typer.Option("--name", help="Other title or character to look for; ~NAME is a phrase too.")
ANYWAY = typer.Option("--anyway", help="Even where the bank has the title or the file.")
LICENCE = typer.Option(help="The signed licence, where there is one; its SHA-256 is kept.")
FOR = typer.Option(help="What the licence reaches; '*' is all; repeatable.")
WORK = typer.Argument(help="bank/entry, or a title that only one work has.")


@app.command("add")
def add(
    title: Annotated[str, typer.Argument(help="Title; ~TITLE is an everyday phrase too.")],
    media: Annotated[list[Path] | None, MEDIA] = None,
    name: Annotated[list[str] | None, NAME] = None,
    owner: Annotated[str, typer.Option(help="Whose it is.")] = "unknown",
    kind: Annotated[Kind, typer.Option(help="What the names name.")] = Kind.TITLE,
    bank: Annotated[str, typer.Option(help="Bank of works.")] = "works",
    licence: Annotated[Path | None, LICENCE] = None,
    purpose: Annotated[list[str] | None, FOR] = None,
    territories: Annotated[list[str] | None, FOR] = None,
    channels: Annotated[list[str] | None, FOR] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day of the licence.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day of the licence.")] = None,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Register a work: its titles, and copies of its media, are looked for from the next review on.

    With --licence it is said at once what its owner permits, as 'compliance licence grant' does.
    """
    from compliance.banks.items import NewItem

    inputs.check_said({"--owner": owner})
    permit = _licence(licence, title, (purpose, territories, channels), (start, until))
    settings, engine, works = _opened()
    read = _read(media or [], settings)
    new = NewItem(
        bank=bank,
        name=title,
        names=tuple(name or ()),
        files=tuple(one.file for one in read),
        owner=owner,
        details={} if kind is Kind.TITLE else {"kind": str(kind)},
    )
    reference = works.add(new, another=anyway)
    _tell(read)
    typer.echo(f"added {printable(reference.label)} as {reference.id} with {len(read)} files")
    if permit is not None:
        _grant(engine, works, permit.model_copy(update={"reference": reference}))
    return ExitCode.APPROVE


@app.command("extend")
def extend(
    work: Annotated[str, WORK],
    media: Annotated[list[Path] | None, MEDIA] = None,
    name: Annotated[list[str] | None, NAME] = None,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Add media or titles to a work."""
    if not (media or name):
        raise UsageError(
            "nothing is to be added",
            expected="--media or --name",
            where=work,
            fix="name what to add",
        )
    settings, engine, works = _opened()
    reference = _work(engine, work)
    read = _read(media or [], settings)
    works.extend(reference, name or [], [one.file for one in read], another=anyway)
    _tell(read)
    typer.echo(f"added {len(read)} files and {len(name or [])} titles to {reference.id}")
    return ExitCode.APPROVE


@app.command("list")
def list_works(
    bank: Annotated[str | None, typer.Option(help="Only this bank.")] = None,
) -> int:
    """List the works of the banks."""
    _, _, works = _opened()
    found = works.entries(bank)
    for one in found:
        typer.echo(
            f"{one.reference.id:<40} {printable(one.reference.label)} "
            f"({printable(one.owner)}, {len(one.files)} files, {len(one.names)} other titles)"
        )
    typer.echo(f"{len(found)} works")
    return ExitCode.APPROVE


@app.command("show")
def show(work: Annotated[str, WORK]) -> int:
    """Show what is stored of a work."""
    _, engine, works = _opened()
    reference = _work(engine, work)
    (one,) = [found for found in works.entries() if found.reference.id == reference.id]
    typer.echo(f"{reference.id}  {printable(reference.label)}")
    typer.echo(f"  owner              {printable(one.owner)}")
    typer.echo(f"  other titles       {printable(', '.join(one.names)) or 'none'}")
    typer.echo(f"  everyday phrases   {printable(', '.join(one.everyday)) or 'none'}")
    typer.echo(f"  added              {one.added:%Y-%m-%d %H:%M} UTC")
    for name, sha256 in one.files:
        typer.echo(f"  file               {printable(name)}, SHA-256 {sha256[:12]}")
    if not one.files:
        typer.echo("  files              none: only the titles are looked for")
    return ExitCode.APPROVE


@app.command("remove")
def remove(work: Annotated[str, WORK]) -> int:
    """Take a work out, with its titles and prints; verdicts that named it stay."""
    _, engine, works = _opened()
    reference = _work(engine, work)
    works.remove(reference)
    typer.echo(f"removed {reference.id}")
    return ExitCode.APPROVE


@app.command("reindex")
def reindex(media: Annotated[list[Path], MEDIA]) -> int:
    """Look at media of works again, after an update or for another model: they are known by SHA-256."""
    settings, _, works = _opened()
    known = {sha256 for one in works.entries() for _, sha256 in one.files}
    read = _read(media, settings)
    if strange := [one.file.name for one in read if one.file.sha256 not in known]:
        raise UsageError(
            "a file is of no registered work",
            expected="the files that works were added with, unchanged",
            found=", ".join(strange),
            where="--media",
            fix="leave it out, or add it: compliance works extend WORK --media FILE",
        )
    works.put_prints(
        [
            (one.file.sha256, maker, content)
            for one in read
            for maker, content in one.file.prints.items()
        ]
    )
    _tell(read)
    typer.echo(f"{len(read)} files were looked at again")
    return ExitCode.APPROVE


def _note(what: str) -> None:
    typer.echo(f"note: {printable(what)}", err=True)


def _opened() -> tuple[Settings, Engine, ItemBank]:
    from compliance.banks.items import ItemBank
    from compliance.store.engine import open_database

    settings = inputs.settings()
    engine = open_database(settings.database_url)
    return settings, engine, ItemBank(engine, "work")


def _work(engine: Engine, given: str) -> Reference:
    from compliance.banks.find import WORKS, find_entry, known_items

    added = [one for one in known_items(engine, "work") if one.uid]
    return find_entry(added, given, WORKS).reference


def _licence(
    paper: Path | None,
    title: str,
    places: tuple[list[str] | None, list[str] | None, list[str] | None],
    days: tuple[str | None, str | None],
) -> Licence | None:
    """Return the licence that the options say, checked before anything is stored; None where they say none."""
    from compliance.cli.scope import scope_of
    from compliance.findings import Reference
    from compliance.licences import new_licence

    said = [*places, *days]
    if paper is None and not any(said):
        return None
    purpose, territories, channels = places
    start, until = days
    if paper is None or not (purpose and territories and channels and start and until):
        raise UsageError(
            "the licence is not said in full",
            expected="--licence FILE with --purpose, --territories, --channels, --from and --until",
            found="some of them",
            where=title,
            fix="say all of them, or none and 'compliance licence grant' later; nothing was changed",
        )
    scope = scope_of(purpose, territories, channels, start, until)
    return new_licence(Reference(bank="works", entry="new", label=title), scope, paper)


def _grant(engine: Engine, works: ItemBank, permit: Licence) -> None:
    from compliance.cli.scope import said
    from compliance.store.licences import LicenceStore

    (uid,) = [one.uid for one in works.entries() if one.reference.id == permit.reference.id]
    LicenceStore(engine).grant(permit, uid)
    typer.echo(f"granted {permit.id}: {permit.reference.id} may be shown{said(permit.scope)}")


def _read(media: list[Path], settings: Settings) -> tuple[ReadWork, ...]:
    if not media:
        return ()
    from compliance.pipeline.enrol_embeddings import open_embedders
    from compliance.pipeline.enrol_works import work_files

    embedders = open_embedders(settings, "work", _note)
    with bar("reading the media") as progress:
        return work_files(media, settings, progress, embedders)


def _tell(read: tuple[ReadWork, ...]) -> None:
    for one in read:
        length = f"{one.seconds:.1f} s" if one.seconds else "a picture"
        typer.echo(f"{printable(one.file.name)}: {length}, {one.file.sha256[:12]}")
        for note in one.notes:
            typer.echo(f"  note: {printable(note)}", err=True)
