"""``compliance models``: what networks there are, bringing them here, checking them, their licences."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from compliance.cli import inputs, models_shown
from compliance.cli.formats import Format
from compliance.cli.progress import bar
from compliance.errors import ModelError, ModelMissing, UsageError
from compliance.model_store import Card, ModelStore
from compliance.model_store.card import ID
from compliance.model_store.conversion import as_published, converted, published_folder
from compliance.model_store.download import Progress
from compliance.model_store.fetch import (
    Offer,
    Origin,
    clear,
    delete,
    examined,
    from_files,
    from_folder,
    from_network,
    keep,
    places,
    workplace,
)
from compliance.model_store.receipt import read_receipt
from compliance.settings import Settings
from compliance.verdicts import ExitCode

app = typer.Typer(help="Networks, their cards and their licences.", no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(help="Ids of models, as 'models list' shows them.")]
Accept = Annotated[
    bool, typer.Option("--accept", help="Accept licence and digests without being asked.")
]
Output = Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")]


@app.command("list")
def list_models(form: Output = Format.TEXT) -> int:
    """List all networks with task, tier, licence and whether they can be used here."""
    store = ModelStore.of(inputs.settings())
    rows = [(card, store.state(card)) for card in store.cards()]
    typer.echo(models_shown.table(rows) if form is Format.TEXT else models_shown.rows_json(rows))
    return ExitCode.APPROVE


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the model.")],
    form: Output = Format.TEXT,
) -> int:
    """Show what is known of one network, and what was recorded when it was pulled."""
    store = ModelStore.of(inputs.settings())
    card = store.card(name)
    shown = models_shown.one if form is Format.TEXT else models_shown.one_json
    typer.echo(shown(card, store.state(card), store.receipt(card)))
    return ExitCode.APPROVE


@app.command("pull")
def pull(
    ids: Ids,
    mirror: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Folder with one folder of files for each id, as a mirror has."
        ),
    ] = None,
    accept: Accept = False,
) -> int:
    """Fetch networks, check them, and record that you accept them; the only command that downloads."""
    settings = inputs.settings()
    store = ModelStore.of(settings)
    cards = [store.card(name) for name in ids]
    for card in cards:  # all of them, before a byte of the first is fetched
        store.check_licence(card)
    for card in cards:
        if not card.source.pulled:
            store.checked(card)
            typer.echo(f"{card.id}: nothing to fetch, it comes from {card.source}")
        elif mirror is None:
            _bring(store, settings, card, partial(from_network, as_published(card)), accept)
        else:
            _bring(store, settings, card, _folder(card, mirror / card.id), accept)
    return ExitCode.APPROVE


@app.command("import")
def import_model(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the model's card.")],
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="A folder with its files, or all its files."),
    ],
    accept: Accept = False,
) -> int:
    """Take a network's files from this machine, with the checks of a pull and no network at all."""
    settings = inputs.settings()
    store = ModelStore.of(settings)
    card = store.card(name)
    store.check_licence(card)
    if not card.source.pulled:
        raise UsageError(
            "there is nothing to import",
            found=f"a model that comes from {card.source}",
            where=card.id,
            fix=f"compliance models verify {card.id}",
        )

    if len(paths) == 1 and not paths[0].is_file():
        gather = _folder(card, paths[0])
    else:
        gather = partial(from_files, as_published(card), paths)
    _bring(store, settings, card, gather, accept)
    return ExitCode.APPROVE


@app.command("verify")
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of models; all on this machine if left out.")
    ] = None,
) -> int:
    """Compute the digests of everything on this machine again; exit code 2 where something is damaged."""
    store = ModelStore.of(inputs.settings())
    cards = [store.card(name) for name in ids] if ids else list(store.cards())
    damaged = checked = 0
    with bar("checking digests") as told:
        for count, card in enumerate(cards):
            told("checking digests", count, len(cards))
            if not ids and not store.here(card):
                continue  # which is no damage
            try:
                model = store.checked(card)
            except ModelError as error:
                damaged += 1
                typer.echo(f"✖ {error}")
            else:
                checked += 1
                typer.echo(f"✔ {card.id}: {len(model.digests)} files as recorded")
    typer.echo(f"{checked} intact, {damaged} damaged or missing")
    return ExitCode.USAGE if damaged else ExitCode.APPROVE


@app.command("licences")
def licences() -> int:
    """Show all networks by their licence, and what the settings refuse."""
    settings = inputs.settings()
    store = ModelStore.of(settings)
    typer.echo(models_shown.by_licence(list(store.cards()), settings.commercial))
    return ExitCode.APPROVE


@app.command("remove")
def remove(ids: Ids) -> int:
    """Delete the files of pulled networks, and what an interrupted pull of them left."""
    models = inputs.settings().models
    for name in ids:
        # An id is no path; a card that is gone is no reason to keep its files.
        if not re.fullmatch(ID, name) or not any(path.is_dir() for path in places(models, name)):
            raise ModelMissing(
                "there is nothing to remove",
                expected="a folder that a pull or an import made",
                where=str(models / name),
                fix="run 'compliance models list' to see what is on this machine",
            )
    for name in ids:
        try:
            delete(models, name)
        except OSError as error:
            raise UsageError(
                "the model cannot be removed",
                found=str(error.strerror or error),
                where=str(models / name),
                fix="mend the folder's permissions",
            ) from error
        typer.echo(f"removed {models / name}")
    return ExitCode.APPROVE


def _folder(card: Card, folder: Path) -> Callable[[Path, Progress], Origin]:
    """Return what gathers a model from a folder; one with a receipt holds what was converted before."""
    if read_receipt(folder):
        return partial(from_folder, card, folder)
    return partial(from_folder, as_published(card), published_folder(card, folder))


def _bring(
    store: ModelStore,
    settings: Settings,
    card: Card,
    gather: Callable[[Path, Progress], Origin],
    accept: bool,
) -> None:
    """Gather a model's files, show what they are, and keep them where the user accepts."""
    if (settings.models / card.id).exists():
        store.checked(card)
        typer.echo(f"{card.id}: already here, and intact")
        return
    try:
        with workplace(settings.models, card) as place:
            with bar(f"fetching {card.id}") as told:
                origin = converted(card, gather(place, told), place)
                offer = examined(card, origin, place, told)
            typer.echo(models_shown.offer(offer))
            _ask(offer, place, accept)
            keep(offer, settings.models)
    except KeyboardInterrupt:
        interrupted = ModelError(
            "interrupted; what was downloaded so far is kept",
            where=card.id,
            fix=f"'compliance models pull {card.id}' takes it up",
        )
        interrupted.exit_code = ExitCode.INTERRUPTED
        raise interrupted from None
    typer.echo(f"{card.id}: accepted and recorded in {settings.models / card.id}")


def _ask(offer: Offer, place: Path, accept: bool) -> None:
    """Ask the user whether to accept.

    Raises:
        UsageError: they do not, or there is nobody to ask.
    """
    if accept:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody has accepted this model, so nothing was recorded",
            expected="an answer on a terminal, or --accept",
            where=offer.card.id,
            fix="read what is said above, and run the command again with --accept",
        )
    if not typer.confirm("accept?", err=True):
        clear(place)
        raise UsageError("the model was not accepted, so nothing was kept", where=offer.card.id)
