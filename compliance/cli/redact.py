"""``compliance redact``: a copy in which what was found is covered."""

from __future__ import annotations

import enum
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.progress import bar
from compliance.errors import UsageError
from compliance.media.limits import DecodeLimits
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.banks.keys import Sealer
    from compliance.redaction.edits import Edit
    from compliance.redaction.redact import Redacted
    from compliance.redaction.sources import Told
    from compliance.settings import Settings


class Cover(enum.StrEnum):
    """How what is seen is covered."""

    BLUR = "blur"
    PIXELATE = "pixelate"
    FILL = "fill"
    DIM = "dim"


def redact(
    asset: Annotated[Path, typer.Argument(help="Media file that was reviewed.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The copy: a new file of the same form.")
    ],
    run: Annotated[
        Path | None, typer.Option(help="Folder of a run; by default the newest of this file.")
    ] = None,
    findings: Annotated[
        Path | None,
        typer.Option(help="findings.parquet of a run, or a JSON report, in place of --run."),
    ] = None,
    find: Annotated[
        list[str] | None,
        typer.Option(help="Category whose findings are covered, such as likeness; repeatable."),
    ] = None,
    finding: Annotated[
        list[str] | None, typer.Option(help="Id of a finding to cover; repeatable.")
    ] = None,
    how: Annotated[
        Cover | None,
        typer.Option(help="How; by default text is filled, the rest blurred, flashes dimmed."),
    ] = None,
    mute: Annotated[
        bool, typer.Option("--mute", help="Mute the sound too while it is seen.")
    ] = False,
    fixed: Annotated[
        bool,
        typer.Option("--fixed", help="What is seen stands still: cover its region throughout."),
    ] = False,
) -> int:
    """Write a copy with what was found covered, dimmed or muted. The copy is a new asset: review it."""
    from compliance.banks.keys import MasterKey
    from compliance.redaction.coverable import divide
    from compliance.redaction.edits import How
    from compliance.redaction.forms import STILLS, form_of
    from compliance.redaction.plan import choose, edits_of
    from compliance.redaction.quotes import words_of
    from compliance.redaction.redact import check_paths
    from compliance.redaction.sources import crops_of

    settings = inputs.settings()
    check_paths(asset, output)
    digest = _permitted(asset, settings)
    sealer = MasterKey.load(settings.keys).sealer("observations")
    told = _told(asset, run, findings, settings, sealer)
    asked = choose(told.findings, find or [], finding or [])
    still, way = form_of(asset) in STILLS, None if how is None else How(how.value)
    named = frozenset(finding or [])
    chosen, left = divide(asked, named, way, still=still)
    edits = edits_of(
        chosen, told.observations, way, mute=mute, fixed=fixed, still=still, named=named
    )
    crops = crops_of(told, [one.id for one in chosen], sealer)
    done = _write(
        asset, edits, output, crops, words_of(chosen, told.observations), digest, settings
    )
    _show(done, asset, (*left, *filter(None, [told.note])))
    return ExitCode.APPROVE


def _write(
    asset: Path,
    edits: list[Edit],
    output: Path,
    crops: dict[str, bytes],
    words: frozenset[str],
    digest: str,
    settings: Settings,
) -> Redacted:
    """Write the copy, with a bar of progress."""
    from compliance.provenance.signers import development_signer
    from compliance.redaction.redact import redact as write_copy

    signer = development_signer(settings.signing)
    with bar("reading") as progress:
        return write_copy(
            asset,
            edits,
            output,
            signer,
            crops=crops,
            words=words,
            sha256=digest,
            limits=_limits(settings),
            progress=progress,
        )


def _permitted(asset: Path, settings: Settings) -> str:
    """Return the digest of the media, SHA-256; refuse what is quarantined."""
    from compliance.redaction.sources import digest_of_media, refuse_quarantined

    digest = digest_of_media(asset)
    refuse_quarantined(settings.home, digest)
    return digest


def _told(
    asset: Path, run: Path | None, findings: Path | None, settings: Settings, sealer: Sealer
) -> Told:
    """Read the findings from where they were said to be."""
    from compliance.redaction import sources

    if run is not None and findings is not None:
        raise UsageError("both --run and --findings are given", fix="leave one of them out")
    if findings is not None:
        return sources.of_file(findings, asset, sealer, settings.runs)
    return sources.of_run(run or sources.latest(settings.runs, asset), asset, sealer)


def _limits(settings: Settings) -> DecodeLimits:
    return DecodeLimits(
        max_pixels=settings.max_pixels,
        max_seconds=settings.max_seconds,
        memory_bytes=settings.memory_bytes,
        total_seconds=settings.wall_seconds,
        strict_sandbox=settings.strict_sandbox,
    )


def _show(done: Redacted, asset: Path, more: tuple[str, ...]) -> None:
    typer.echo(f"{done.output}  sha256 {done.sha256}")
    typer.echo(
        f"{len(done.findings)} findings of {asset.name} in {done.covered} of {done.frames} frames"
    )
    for name, frames in done.whole.items():
        typer.echo(
            f"{name}: covered the whole of {frames} frames, where it could not be followed; "
            "where it stands still, --fixed covers its place alone"
        )
    for note in (*more, *done.notes):
        typer.echo(note)
    typer.echo(
        "This is a new asset; no verdict, waiver or clearance of the original holds for it. Next:"
    )
    typer.echo(f"  compliance review {shlex.quote(str(done.output))}")
