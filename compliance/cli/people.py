"""``compliance people``: enrol, add, list, show, erase; what banks ask for."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import people_files
from compliance.cli.progress import bar
from compliance.errors import BankError, UsageError
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.people import PeopleBank, Template
    from compliance.findings import Reference
    from compliance.settings import Settings
    from compliance.store.engine import Engine

app = typer.Typer(help="People whose likeness is looked for.", no_args_is_help=True)
app.command("export")(people_files.export_people)
app.command("import")(people_files.import_people)

FACE = typer.Option(help="Photo or video with this person's face alone; repeatable.")
VOICE = typer.Option(help="Recording of this person's voice alone; repeatable.")
ALIAS = typer.Option(help="Another name; '~Name' where it is an everyday word too; repeatable.")
CONSENT = typer.Option(
    help="The person's signed consent to being enrolled; its digest is recorded."
)
ANYWAY = typer.Option("--anyway", help="Enrol a face even if somebody enrolled looks like it.")
PERSON = typer.Argument(help="bank/entry, or a name that one person has.")


class Asked(enum.StrEnum):
    """Whether a bank takes faces and voices with written consent only."""

    REQUIRED = "required"
    NOT_REQUIRED = "not-required"


@app.command("enrol")
def enrol(
    name: Annotated[str, typer.Argument(help="The name; '~Name' if it is an everyday word too.")],
    face: Annotated[list[Path] | None, FACE] = None,
    voice: Annotated[list[Path] | None, VOICE] = None,
    alias: Annotated[list[str] | None, ALIAS] = None,
    bank: Annotated[str, typer.Option(help="Bank to enrol in.")] = "people",
    minor: Annotated[bool, typer.Option("--minor", help="The person is a minor.")] = False,
    written_consent: Annotated[Path | None, CONSENT] = None,
    another: Annotated[
        bool, typer.Option("--another", help="Somebody else of a name that the bank holds.")
    ] = False,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Enrol a person by photos, videos, recordings and names; templates are stored, files are not."""
    from compliance.banks.entries import check_bank, marked
    from compliance.banks.people import refuse_namesake
    from compliance.banks.written_consent import check_consent, requires_consent
    from compliance.store.engine import reading

    check_bank(bank)
    settings, engine, people = people_files.opened()
    with reading(engine) as connection:
        if not another:
            refuse_namesake(connection, bank, marked(name)[0])
    digest = _digest(written_consent)
    given = [*(face or []), *(voice or [])]
    check_consent(bank, requires_consent(engine, bank), minor, given, digest)
    templates = _templates(face or [], voice or [], settings)
    if not anyway:
        _refuse_look_alikes(people, templates, settings, name, None)
    reference = people.enrol(
        bank,
        name,
        templates,
        alias or [],
        minor=minor,
        consent_sha256=digest,
        another=another,
    )
    typer.echo(f"enrolled {reference.label} as {reference.id} with {_counted(templates)}")
    return ExitCode.APPROVE


@app.command("add")
def add(
    person: Annotated[str, PERSON],
    face: Annotated[list[Path] | None, FACE] = None,
    voice: Annotated[list[Path] | None, VOICE] = None,
    alias: Annotated[list[str] | None, ALIAS] = None,
    written_consent: Annotated[Path | None, CONSENT] = None,
    anyway: Annotated[bool, ANYWAY] = False,
) -> int:
    """Add photos, videos, recordings or names to somebody who is enrolled."""
    from compliance.banks.written_consent import check_consent, requires_consent

    if not (face or voice or alias or written_consent):
        raise UsageError(
            "nothing is to be added",
            expected="--face, --voice, --alias or --written-consent",
            where=person,
            fix="name what to add",
        )
    settings, engine, people = people_files.opened()
    reference = enrolled(engine, person)
    (known,) = [one for one in people.list(reference.bank) if one.reference.id == reference.id]
    digest = _digest(written_consent)
    given = [*(face or []), *(voice or [])]
    required = requires_consent(engine, reference.bank)
    check_consent(reference.bank, required, known.minor, given, digest or known.consent_sha256)
    templates = _templates(face or [], voice or [], settings)
    if not anyway:
        _refuse_look_alikes(people, templates, settings, reference.label, reference)
    people.add(reference, templates, alias or [], consent_sha256=digest)
    typer.echo(f"added {_counted(templates)} to {reference.id}")
    return ExitCode.APPROVE


@app.command("list")
def list_people(
    bank: Annotated[str | None, typer.Option(help="Only this bank.")] = None,
) -> int:
    """List who is enrolled, without any biometric."""
    _, _, people = people_files.opened()
    found = people.list(bank)
    for person in found:
        modalities = sorted({sample.modality for sample in person.samples}) or ["name only"]
        minor = ", minor" if person.minor else ""
        typer.echo(
            f"{person.reference.id:<40} {person.reference.label} ({', '.join(modalities)}{minor})"
        )
    typer.echo(f"{len(found)} people")
    return ExitCode.APPROVE


@app.command("show")
def show(person: Annotated[str, PERSON]) -> int:
    """Show what is stored of a person, without any biometric."""
    _, engine, people = people_files.opened()
    reference = enrolled(engine, person)
    (one,) = [found for found in people.list(reference.bank) if found.reference.id == reference.id]
    typer.echo(f"{one.reference.id}  {one.reference.label}")
    typer.echo(f"  aliases          {', '.join(one.aliases) or 'none'}")
    typer.echo(f"  everyday words   {', '.join(one.everyday) or 'none'}")
    typer.echo(f"  enrolled         {one.enrolled:%Y-%m-%d %H:%M} UTC")
    typer.echo(f"  minor            {'yes' if one.minor else 'no'}")
    typer.echo(f"  written consent  {one.consent_sha256 or 'none recorded'}")
    for model, count in sorted(one.templates.items()):
        samples = [sample for sample in one.samples if sample.model == model]
        told = [sample.quality for sample in samples if sample.quality is not None]
        quality = f"quality {min(told):.2f} to {max(told):.2f}" if told else "quality unknown"
        typer.echo(f"  {samples[0].modality:<16} {count} templates, {quality}, model {model[:12]}")
    if not one.samples:
        typer.echo("  templates        none: only the names are looked for")
    return ExitCode.APPROVE


@app.command("erase")
def erase(
    person: Annotated[str, PERSON],
    runs: Annotated[
        list[Path] | None,
        typer.Option(help="Another folder of runs, as given to 'review --run-dir'; repeatable."),
    ] = None,
) -> int:
    """Erase a person: templates, key, stored observations and evidence. Verdicts stay and verify."""
    from compliance.banks.keys import MasterKey
    from compliance.pipeline.erase import erase_person

    for folder in runs or []:
        if not folder.is_dir():
            raise UsageError(
                "there is no such folder of runs",
                expected="a folder that 'review --run-dir' was given",
                where=str(folder),
                fix="correct the path; nothing was erased",
            )
    settings, engine, people = people_files.opened()
    reference = enrolled(engine, person)
    with bar("looking through what reviews stored"):
        gone = erase_person(
            people, reference, settings, MasterKey.load(settings.keys), tuple(runs or [])
        )
    typer.echo(
        f"erased {reference.id}: {gone.templates} templates and their key, {gone.cached} files of stored "
        f"observations, {gone.rows} observations and {gone.crops} crops in "
        f"{len(set(gone.runs))} run folders"
    )
    typer.echo(
        "verdicts and attestations stay as signed; copies that you exported are yours to delete"
    )
    return ExitCode.APPROVE


@app.command("bank")
def bank_settings(
    name: Annotated[str, typer.Argument(help="Name of the bank.")],
    biometric_consent: Annotated[
        Asked | None,
        typer.Option(help="Whether faces and voices need --written-consent; without: show."),
    ] = None,
) -> int:
    """Show or set whether a bank takes faces and voices with written consent only."""
    from compliance.banks.entries import check_bank
    from compliance.banks.written_consent import require_consent, requires_consent

    check_bank(name)
    _, engine, people = people_files.opened()
    if biometric_consent is not None:
        require_consent(engine, name, biometric_consent is Asked.REQUIRED)
    found = people.list(name)
    asked = Asked.REQUIRED if requires_consent(engine, name) else Asked.NOT_REQUIRED
    lacking = sum(bool(one.samples) and one.consent_sha256 is None for one in found)
    typer.echo(f"{name}: {len(found)} people, biometric consent {asked}")
    if asked is Asked.REQUIRED and lacking:
        typer.echo(
            f"{lacking} of them have templates and no written consent: record it with "
            "'compliance people add PERSON --written-consent FILE', or erase them"
        )
    return ExitCode.APPROVE


def enrolled(engine: Engine, given: str) -> Reference:
    """Return the one enrolled person that ``given`` names.

    Raises:
        UsageError: nobody is, or several are.
    """
    from compliance.banks.find import find_person, known_people

    return find_person([one for one in known_people(engine) if one.uid], given).reference


def _digest(document: Path | None) -> str | None:
    """Return the SHA-256 of the written consent; None where none is given."""
    from compliance.files import sha256_of

    if document is None:
        return None
    try:
        if document.is_file() and document.stat().st_size:
            return sha256_of(document)
        found = "an empty file" if document.is_file() else "no such file"
    except OSError as error:
        found = error.strerror or str(error)
    raise UsageError(
        "the written consent cannot be read",
        expected="the signed document, such as a PDF",
        found=found,
        where=str(document),
        fix="correct the path; nothing was changed",
    )


def _templates(faces: list[Path], voices: list[Path], settings: Settings) -> list[Template]:
    from compliance.pipeline.enrol import face_templates

    with bar("looking at the photos"):
        return [*face_templates(faces, settings), *_voice_templates(voices, settings)]


def _voice_templates(voices: list[Path], settings: Settings) -> list[Template]:
    if not voices:
        return []
    from compliance.pipeline.enrol_voices import voice_templates

    return list(voice_templates(voices, settings))


def _refuse_look_alikes(
    people: PeopleBank,
    templates: list[Template],
    settings: Settings,
    name: str,
    own: Reference | None,
) -> None:
    """Refuse a face or recording that somebody else in any bank has, and faces that are not one person's."""
    from compliance.pipeline.look_alikes import look_alikes, refuse_strangers

    _refuse_recordings_of_others(people, templates, name, own)
    found = look_alikes(people, templates, settings)
    others = [one for one in found if own is None or one.reference.id != own.id]
    if others:
        raise BankError(
            "somebody who is enrolled has such a face",
            expected="a face that no bank holds",
            found="; ".join(str(one) for one in others[:3]),
            where=name,
            fix=f"if it is the same person: compliance people add {others[0].reference.id} --face …; "
            "if it is not, or is to stand in both banks, say --anyway",
        )
    known = people.templates_of(own) if own else ()
    refuse_strangers(templates, known, settings, name)


def _refuse_recordings_of_others(
    people: PeopleBank, templates: list[Template], name: str, own: Reference | None
) -> None:
    """Refuse a recording that somebody else's voice was enrolled from."""
    given = {one.source_sha256 for one in templates if one.modality == "voice"}
    for person in people.list():
        sources = {one.source_sha256 for one in person.samples if one.modality == "voice"}
        if sources & given and (own is None or person.reference.id != own.id):
            raise BankError(
                "somebody who is enrolled has this very recording",
                expected="a recording that no other entry was made from",
                found=f"{person.reference.id} ({person.reference.label})",
                where=name,
                fix=f"add to that entry: compliance people add {person.reference.id} --voice …; or say "
                "--anyway if the person is to stand in both banks",
            )


def _counted(templates: list[Template]) -> str:
    faces = sum(one.modality == "face" for one in templates)
    voices = len(templates) - faces
    said = f"{faces} face templates"
    return f"{said} and {voices} of the voice" if voices else said
