"""``compliance demo``: the whole way once, on two clips that it draws itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.errors import UsageError
from compliance.facts import GenerationRecord, Release
from compliance.reporters.text import short
from compliance.types import Source

if TYPE_CHECKING:
    from compliance.demo.clips import DemoClips
    from compliance.settings import Settings

PERSON = "Eileen Collins"
BANK = "talent"
EXTRA = "nudenet-320n"
"""Card of the optional network that 'make demo' installs."""


def demo(
    folder: Annotated[
        Path, typer.Option("--dir", help="Folder for all that the demo makes.")
    ] = Path("compliance-demo"),
) -> int:
    """Draw two clips, enrol a person, review, sign and verify: everything offline, on a CPU."""
    from compliance.demo.clips import make_clips
    from compliance.pipeline.intake import Request
    from compliance.pipeline.run import Reviewer
    from compliance.reporters.text import render

    folder = _own_folder(folder)
    settings = inputs.settings().model_copy(
        update={
            "home": folder / ".compliance",
            "database_url": f"sqlite:///{folder.absolute()}/.compliance/compliance.sqlite3",
        }
    )
    _step(1, "drawing two clips (H.264 and AAC in MP4, 1280×720)")
    with bar("drawing") as progress:
        clips = make_clips(folder, lambda share: progress("clips", share, 1.0))
    _step(2, f"enrolling {PERSON} in the bank {BANK!r}, without consent to anything")
    _enrol(clips, settings)
    _step(3, "reviewing both clips under policies/starter.yaml, in shared batches")
    policy = inputs.policy_at(None)
    requests = [
        Request(
            clip,
            (inputs.prompt_from(f"@{clip.with_suffix('.txt')}", Source.PROMPT),),
            inputs.document(clip.with_suffix(".record.json"), GenerationRecord),
        )
        for clip in (clips.clean, clips.problem)
    ]
    _tell_extra(settings)
    with Reviewer(settings, policy) as reviewer, bar("loading models") as progress:
        clean, problem = reviewer.review(requests, release=Release(), progress=progress)
    typer.echo(render([clean, problem]))
    if clean.files.signed is None or problem.files.signed is not None:
        raise UsageError(
            "the demo did not end as it should: the clean clip signed and the other one not",
            found=f"clean {clean.verdict.decision}, problem {problem.verdict.decision}",
            fix="run 'compliance doctor' and report what it prints",
        )
    signed = _publish(clean.files.signed, folder / "signed")
    _step(4, f"verifying {short(signed)}")
    code = _verify(signed, settings)
    _step(5, "the rejected clip has no signed copy, only a detached attestation")
    typer.echo(f"  {short(problem.files.attestation)}")
    _next(folder)
    return code


def _own_folder(folder: Path) -> Path:
    """Return an empty folder to work in, replacing an earlier demo and nothing else."""
    marker = folder / ".compliance-demo"
    if folder.exists() and any(folder.iterdir()):
        if not marker.is_file():
            raise UsageError(
                "the folder holds something that is not an earlier demo",
                expected="an absent or empty folder",
                where=str(folder),
                fix="name another with 'compliance demo --dir FOLDER'",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
    return folder.absolute()


def _enrol(clips: DemoClips, settings: Settings) -> None:
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.pipeline.enrol import face_templates
    from compliance.store.engine import open_database

    engine = open_database(settings.database_url)
    people = PeopleBank(engine, MasterKey.load(settings.keys))
    reference = people.enrol(BANK, PERSON, face_templates([clips.portrait], settings), [])
    engine.dispose()
    typer.echo(f"  {reference.label} is {reference.id}; the template is encrypted")


def _tell_extra(settings: Settings) -> None:
    """Say under which licence frames are examined for nudity, or that they are not."""
    from compliance.model_store import ModelStore

    store = ModelStore.of(settings)
    card = store.card(EXTRA)
    state = store.state(card)
    if state == "ready":
        typer.echo(
            f"  frames are examined for nudity by {card.id}, {card.weight_licence}: {card.note}"
        )
    else:
        typer.echo(
            f"  frames are not examined for nudity, {card.id} is {state}; 'make nudity' installs it"
        )


def _publish(signed: Path, target: Path) -> Path:
    """Copy a signed file and its attestation out of the run's folder."""
    from compliance.provenance.attestation import attestation_path

    target.mkdir(exist_ok=True)
    shutil.copyfile(attestation_path(signed), attestation_path(target / signed.name))
    return Path(shutil.copyfile(signed, target / signed.name))


def _verify(signed: Path, settings: Settings) -> int:
    from compliance.cli.check import show_verification
    from compliance.provenance.signers import development_root
    from compliance.provenance.trust import Anchors
    from compliance.provenance.verify import verify_file

    anchors = Anchors(development=development_root(settings.signing))
    return show_verification(verify_file(signed, None, anchors))


def _next(folder: Path) -> None:
    typer.echo(f"""
Everything lies in {short(folder)}; delete the folder to clean up. To go on, with the virtual
environment active ('. .venv/bin/activate' after 'make demo'):
  cd {short(folder)}
  compliance explain likeness.no-consent --evidence evidence
  compliance review problem.mp4 --prompt "an astronaut smiles"
  compliance verify signed/clean.signed.mp4
  compliance policy show""")


def _step(number: int, what: str) -> None:
    typer.echo(f"\n{number}. {what}")
