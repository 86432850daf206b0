"""``compliance people export`` and ``import``, and opening the bank."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.errors import UsageError
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.people import PeopleBank
    from compliance.banks.transfer import Secret
    from compliance.settings import Settings
    from compliance.store.engine import Engine

LEAST_PASSPHRASE = 12
"""Characters of a passphrase; whoever has the file can try as many as there is time for."""

PASSPHRASE = typer.Option(help="File whose first line is the passphrase; by default it is asked.")
KEY = typer.Option(help="File with 32 random bytes in base64, in place of a passphrase.")


def opened() -> tuple[Settings, Engine, PeopleBank]:
    """Return the settings, the database and the bank of people."""
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.store.engine import open_database

    settings = inputs.settings()
    engine = open_database(settings.database_url)
    return settings, engine, PeopleBank(engine, MasterKey.load(settings.keys))


def export_people(
    bank: Annotated[str, typer.Argument(help="Name of the bank.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    passphrase_file: Annotated[Path | None, PASSPHRASE] = None,
    key_file: Annotated[Path | None, KEY] = None,
) -> int:
    """Write a bank to one encrypted file."""
    from compliance.banks.transfer import export_bank

    if output.exists():
        raise UsageError(
            "the file is there already",
            expected="a new file",
            where=str(output),
            fix="name another, or delete it",
        )
    secret = _secret(passphrase_file, key_file, confirm=True)
    _, engine, people = opened()
    count = export_bank(people, engine, bank, output, secret)
    typer.echo(f"exported {count} people of {bank} to {output}, encrypted under the {secret.kind}")
    return ExitCode.APPROVE


def import_people(
    file: Annotated[Path, typer.Argument(help="What 'people export' wrote.")],
    passphrase_file: Annotated[Path | None, PASSPHRASE] = None,
    key_file: Annotated[Path | None, KEY] = None,
    bank: Annotated[str | None, typer.Option(help="Bank to enrol in; by default its own.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Take templates of models that are not known here.")
    ] = False,
) -> int:
    """Enrol everybody in an exported bank; all of them, or nobody."""
    from compliance.banks.keys import MasterKey
    from compliance.banks.transfer import import_bank
    from compliance.pipeline.comparing import Comparer

    secret = _secret(passphrase_file, key_file, confirm=False)
    settings, engine, _ = opened()
    done = import_bank(
        file,
        secret,
        engine,
        MasterKey.load(settings.keys),
        Comparer(settings).known,
        bank=bank,
        anyway=anyway,
    )
    typer.echo(f"imported {done.people} people with {done.templates} templates into {done.bank}")
    if done.unknown:
        typer.echo(
            f"{done.unknown} templates are of models that are not known here: nobody is matched by them"
        )
    return ExitCode.APPROVE


def _secret(passphrase_file: Path | None, key_file: Path | None, *, confirm: bool) -> Secret:
    """Return what the file is encrypted under, as the options say."""
    from compliance.banks.transfer import Secret

    if passphrase_file and key_file:
        raise UsageError(
            "a bank is encrypted in one way",
            expected="--passphrase-file or --key-file",
            found="both",
            fix="leave one out",
        )
    if key_file:
        try:
            key = base64.b64decode(inputs.text_of(key_file).strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise UsageError(
                "the key is malformed",
                expected="32 bytes in base64",
                found="something else",
                where=str(key_file),
                fix="make one: openssl rand -base64 32",
            )
        return Secret("key", key)
    if passphrase_file:
        text = inputs.text_of(passphrase_file).split("\n", 1)[0].rstrip("\r")
    else:
        text = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    if len(text) < LEAST_PASSPHRASE:
        raise UsageError(
            "the passphrase is too short",
            expected=f"{LEAST_PASSPHRASE} characters or more",
            found=f"{len(text)}",
            where=str(passphrase_file or "what was typed"),
            fix="take a sentence, or --key-file with 32 random bytes",
        )
    return Secret("passphrase", text.encode("utf-8"))
