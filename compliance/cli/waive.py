"""``compliance waive``: write a recorded exception for one asset and one rule."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from compliance.cli import inputs
from compliance.cli.options import (
    CaptionFiles,
    NegativePrompt,
    PromptText,
    RecordFile,
    TranscriptFiles,
)
from compliance.cli.review import requests_of
from compliance.clock import now
from compliance.errors import UsageError
from compliance.files import write_atomically
from compliance.reporters.text import short
from compliance.verdicts import ExitCode


def waive(
    asset: Annotated[Path, typer.Argument(help="Media file that the exception is for.")],
    rule: Annotated[str, typer.Option(help="Id of the rule that shall not count.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    approver: Annotated[str, typer.Option(help="Who allowed it.")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day on which it holds, UTC.")
    ],
    prompt: PromptText = None,
    negative_prompt: NegativePrompt = None,
    record: RecordFile = None,
    captions: CaptionFiles = None,
    transcript: TranscriptFiles = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write; by default one in the folder of waivers.")
    ] = None,
) -> int:
    """Write a waiver: one asset, exactly as it is reviewed, and one rule. Reviews show it."""
    from compliance.pipeline.intake import take_in
    from compliance.waivers import new_waiver, read_waiver, waiver_yaml

    said = {"--rule": rule, "--reason": reason, "--owner": owner, "--approver": approver}
    inputs.check_said(said)
    last = until.date()
    if last < now().date():
        raise UsageError(
            "the waiver would have ended before it began",
            expected="today or a later day",
            found=last.isoformat(),
            where="--until",
            fix="name the last day on which it shall hold",
        )
    texts = inputs.captions_of(captions or [], transcript or [])
    (request,) = requests_of([asset], prompt, negative_prompt, record, texts)
    intake = take_in(request)
    waiver = new_waiver(intake.asset.id, rule, reason, owner, approver, last)
    folder = inputs.settings().waivers
    path = output or folder / f"{waiver.id}.yaml"
    if path.exists():
        raise UsageError(
            "there is a file of this name already",
            where=str(path),
            fix="name another with --output, or delete it",
        )
    write_atomically(path, waiver_yaml(waiver, intake.asset.name).encode("utf-8"))
    read_waiver(path)  # what was written must load
    typer.echo(f"{waiver.id} waives {rule} for {intake.asset.name} to the end of {last} (UTC)")
    typer.echo(f"asset {waiver.asset_sha256}: this file with these prompts and this record alone")
    typer.echo(f"written to {short(path)}")
    if path.parent.resolve() != folder.resolve():
        typer.echo(f"reviews read {short(folder)}: put it there for it to count")
    return ExitCode.APPROVE
