"""``compliance brands``: marks and names of brands, one's own and others'."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.errors import ComplianceError, UsageError
from compliance.reporters.text import printable
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.items import ItemBank, NewItem
    from compliance.findings import Reference
    from compliance.settings import Settings
    from compliance.store.engine import Engine

app = typer.Typer(help="Brands: marks and names to look for.", no_args_is_help=True)
PICTURES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
"""Files of a folder that 'import' takes."""


class Owner(enum.StrEnum):
    """Whose brand it is; each has a bank of its own, so that policies can tell them apart."""

    OWN = "own"
    THIRD_PARTY = "third-party"
    LICENSED = "licensed"


BANKS = {Owner.OWN: "own-brands", Owner.THIRD_PARTY: "brands", Owner.LICENSED: "licensed-brands"}
MARK = typer.Option(help="Picture of the mark: SVG, PNG, JPEG …; repeatable.")
WORD = typer.Option(help="Word or product name to look for; ~WORD is an everyday word too.")
OWNER = typer.Option(help="Whose it is; decides the bank where --bank does not.")
BANK = typer.Option(help="Bank; by default own-brands, brands or licensed-brands.")
ANYWAY = typer.Option("--anyway", help="Even where the bank has the name or the file.")
RULES = typer.Option(help="YAML with the rules for a mark of one's own.")
BRAND = typer.Argument(help="bank/entry, or a name that only one brand has.")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the brand is called; ~NAME: a word too.")],
    mark: Annotated[list[Path] | None, MARK] = None,
    word: Annotated[list[str] | None, WORD] = None,
    owner: Annotated[Owner, OWNER] = Owner.THIRD_PARTY,
    rules: Annotated[Path | None, RULES] = None,
    bank: Annotated[str | None, BANK] = None,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Add a brand: its name, words and marks are looked for from the next review on."""
    from compliance.banks.items import NewItem

    settings, _, brands = _opened()
    new = NewItem(
        bank=bank or BANKS[owner],
        name=name,
        names=tuple(word or ()),
        files=_files(mark or [], settings),
        owner=owner,
        details=_rules(rules, owner),
    )
    reference = brands.add(new, another=anyway)
    typer.echo(f"added {printable(reference.label)} as {reference.id} with {len(new.files)} marks")
    return ExitCode.APPROVE


@app.command("extend")
def extend(
    brand: Annotated[str, BRAND],
    mark: Annotated[list[Path] | None, MARK] = None,
    word: Annotated[list[str] | None, WORD] = None,
    rules: Annotated[Path | None, RULES] = None,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Add marks or words to a brand, or set its rules."""
    if not (mark or word or rules):
        raise UsageError(
            "nothing is to be added",
            expected="--mark, --word or --rules",
            where=brand,
            fix="name what to add",
        )
    settings, engine, brands = _opened()
    reference = _brand(engine, brand)
    (known,) = [one for one in brands.entries() if one.reference.id == reference.id]
    files = _files(mark or [], settings)
    details = None if rules is None else {**known.details, **_rules(rules, Owner(known.owner))}
    brands.extend(reference, word or [], files, details=details, another=anyway)
    typer.echo(f"added {len(files)} marks and {len(word or [])} words to {reference.id}")
    return ExitCode.APPROVE


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder of marks, one file for each brand.")],
    owner: Annotated[Owner, OWNER] = Owner.THIRD_PARTY,
    bank: Annotated[str | None, BANK] = None,
) -> int:
    """Add a brand for each picture of a folder, such as simple-icons; those that are there stay.

    The name is the title inside an SVG, else the file's; a file without a usable one is left out. What
    is an everyday word too counts only where the text speaks for the brand. A mark too plain to be found
    is left out; its name is not.
    """
    settings, _, brands = _opened()
    there = bank or BANKS[owner]
    known = {one.reference.label.casefold() for one in brands.entries(there)}
    new, plain, unread = _read_folder(folder, there, owner, known, settings)
    brands.add_all(new, another=True)
    for why in unread:
        typer.echo(f"left out: {printable(why)}", err=True)
    for why in plain:
        typer.echo(f"without its mark: {printable(why)}", err=True)
    marks = sum(len(one.files) for one in new)
    typer.echo(
        f"imported {len(new)} brands with {marks} marks into {there}; "
        f"{len(plain)} marks were left out, only the names are looked for"
    )
    return ExitCode.APPROVE


@app.command("list")
def list_brands(
    bank: Annotated[str | None, typer.Option(help="Only this bank.")] = None,
) -> int:
    """List the brands of the banks."""
    _, _, brands = _opened()
    found = brands.entries(bank)
    for one in found:
        typer.echo(
            f"{one.reference.id:<40} {printable(one.reference.label)} "
            f"({one.owner}, {len(one.files)} marks, {len(one.names)} words)"
        )
    typer.echo(f"{len(found)} brands")
    return ExitCode.APPROVE


@app.command("show")
def show(brand: Annotated[str, BRAND]) -> int:
    """Show what is stored of a brand."""
    import json

    _, engine, brands = _opened()
    reference = _brand(engine, brand)
    (one,) = [found for found in brands.entries() if found.reference.id == reference.id]
    typer.echo(f"{reference.id}  {printable(reference.label)}")
    typer.echo(f"  owner           {one.owner}")
    typer.echo(f"  words           {printable(', '.join(one.names)) or 'none'}")
    typer.echo(f"  everyday words  {printable(', '.join(one.everyday)) or 'none'}")
    typer.echo(f"  added           {one.added:%Y-%m-%d %H:%M} UTC")
    for name, sha256 in one.files:
        typer.echo(f"  mark            {printable(name)}, SHA-256 {sha256[:12]}")
    for key, value in one.details.items():
        typer.echo(f"  {key:<15} {printable(json.dumps(value, sort_keys=True))}")
    return ExitCode.APPROVE


@app.command("remove")
def remove(brand: Annotated[str, BRAND]) -> int:
    """Take a brand out, with its words and marks; verdicts that named it stay."""
    _, engine, brands = _opened()
    reference = _brand(engine, brand)
    brands.remove(reference)
    typer.echo(f"removed {reference.id}")
    return ExitCode.APPROVE


@app.command("reindex")
def reindex() -> int:
    """Make what is compared anew from the marks that are kept, after an update or for another model."""
    from compliance.analyzers.brands.logo_prints import MAKER
    from compliance.media.vector import VectorReader
    from compliance.pipeline.enrol_embeddings import open_embedders
    from compliance.pipeline.enrol_marks import mark_prints

    settings, _, brands = _opened()
    embedders = open_embedders(settings, "mark", _note)
    makers = [MAKER, *(one.maker for one in embedders)]
    waiting = {one[2]: one for maker in makers for one in brands.without_print(maker)}
    made: list[tuple[str, str, bytes]] = []
    with VectorReader() as vectors, bar("looking at the marks") as progress:
        for number, (_, name, sha256, content) in enumerate(waiting.values()):
            progress("marks", number, len(waiting))
            if content is not None:
                prints = mark_prints(content, Path(name), settings, vectors, embedders)
                made += [(sha256, maker, one) for maker, one in prints.items()]
    brands.put_prints(made)
    typer.echo(f"{len({one[0] for one in made})} of {len(waiting)} marks were looked at again")
    return ExitCode.APPROVE


def _note(what: str) -> None:
    typer.echo(f"note: {printable(what)}", err=True)


def _opened() -> tuple[Settings, Engine, ItemBank]:
    from compliance.banks.items import ItemBank
    from compliance.store.engine import open_database

    settings = inputs.settings()
    engine = open_database(settings.database_url)
    return settings, engine, ItemBank(engine, "brand")


def _brand(engine: Engine, given: str) -> Reference:
    from compliance.banks.find import BRANDS, find_entry, known_items

    added = [one for one in known_items(engine, "brand") if one.uid]
    return find_entry(added, given, BRANDS).reference


def _files(marks: list[Path], settings: Settings) -> Any:
    if not marks:
        return ()
    from compliance.media.vector import VectorReader
    from compliance.pipeline.enrol_embeddings import open_embedders
    from compliance.pipeline.enrol_marks import mark_files

    embedders = open_embedders(settings, "mark", _note)
    with VectorReader() as vectors, bar("looking at the marks"):
        return mark_files(marks, settings, vectors, embedders)


def _rules(rules: Path | None, owner: Owner) -> dict[str, Any]:
    """Return the rules as they are stored; refuse those for somebody else's mark."""
    if rules is None:
        return {}
    if owner is not Owner.OWN:
        raise UsageError(
            "rules are for marks of one's own",
            expected="--owner own",
            found=f"owner {owner}",
            where="--rules",
            fix="leave --rules out, or say --owner own; nothing was changed",
        )
    from compliance.banks.brand_rules_file import read_rules

    return {"rules": read_rules(rules).model_dump(mode="json")}


def _read_folder(
    folder: Path, bank: str, owner: Owner, known: set[str], settings: Settings
) -> tuple[list[NewItem], list[str], list[str]]:
    """Return a brand for each file of a new name, and why marks, and whole files, were left out."""
    from compliance.banks.entries import clean_name
    from compliance.banks.everyday import english, is_everyday
    from compliance.banks.items import NewItem
    from compliance.media.vector import VectorReader
    from compliance.model_store import ModelStore
    from compliance.pipeline.enrol_embeddings import open_embedders
    from compliance.pipeline.enrol_marks import mark_files, title_of

    files = _pictures(folder)
    embedders = open_embedders(settings, "mark", _note)
    vocabulary = english(ModelStore.of(settings))
    new, plain, unread = [], [], []
    with VectorReader() as vectors, bar("looking at the marks") as progress:
        for number, file in enumerate(files):
            progress(folder.name, number, len(files))
            try:
                title = clean_name(title_of(file).lstrip("~"))  # what a file says marks nothing
            except ComplianceError as error:
                unread.append(_said(file, error))
                continue
            if title.casefold() in known:
                continue
            known.add(title.casefold())
            try:
                made = mark_files([file], settings, vectors, embedders)
            except ComplianceError as error:
                made = ()
                plain.append(_said(file, error))
            name = "~" + title if is_everyday(title, vocabulary) else title
            new.append(NewItem(bank=bank, name=name, files=made, owner=owner))
    return new, plain, unread


def _said(file: Path, error: ComplianceError) -> str:
    return f"{file.name}: {error.message}" + (f" ({error.found})" if error.found else "")


def _pictures(folder: Path) -> list[Path]:
    try:
        found = sorted(one for one in folder.iterdir() if one.suffix.lower() in PICTURES)
    except OSError as error:
        raise UsageError(
            "the folder cannot be read",
            expected="a folder of SVG, PNG or JPEG files",
            found=error.strerror or str(error),
            where=str(folder),
            fix="correct the path; nothing was changed",
        ) from error
    if not found:
        raise UsageError(
            "the folder holds no marks",
            expected="SVG, PNG or JPEG files, one for each brand",
            found="none",
            where=str(folder),
            fix="name the folder that the files lie in; nothing was changed",
        )
    return found
