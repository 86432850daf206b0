"""``compliance verify``, ``doctor`` and ``schema``."""

from __future__ import annotations

import enum
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import Format
from compliance.cli.progress import bar
from compliance.reporters.text import printable
from compliance.types import Model
from compliance.verdicts import ExitCode

if TYPE_CHECKING:
    from compliance.provenance.verify import Verification

_SIGNS = {"holds": "✔", "does not hold": "✖", "cannot tell": "?", "not applicable": "–"}
_OVERALL = {0: "HOLDS", 11: "DOES NOT HOLD", 12: "CANNOT TELL"}


class Schema(enum.StrEnum):
    """Files that have a published schema."""

    POLICY = "policy"
    CASES = "cases"
    RELEASE = "release"
    VERDICT = "verdict"
    RECORD = "record"
    CARD = "card"


def verify(
    file: Annotated[Path, typer.Argument(help="A published file.")],
    attestation: Annotated[
        Path | None,
        typer.Option(help="Its attestation; by default FILE.attestation.dsse.json beside it."),
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(help="Root certificates of your own signers, PEM.")
    ] = None,
    format: Annotated[Format, typer.Option(help="Format of the answer.")] = Format.TEXT,
) -> int:
    """Check a file against its manifest and attestation: 0 holds, 11 does not, 12 cannot tell."""
    from compliance.pipeline.quarantine import listed
    from compliance.provenance.signers import development_root
    from compliance.provenance.trust import Anchors
    from compliance.provenance.verify import verify_file

    settings = inputs.settings()
    anchors = Anchors(
        trust_list=inputs.text_of(trust) if trust else None,
        development=development_root(settings.signing),
    )
    answer = verify_file(file, attestation, anchors, quarantined=partial(listed, settings.home))
    if format is Format.JSON:
        typer.echo(answer.model_dump_json(indent=2))
        return answer.exit_code
    return show_verification(answer)


def show_verification(answer: Verification) -> int:
    """Print every link with its answer and return the exit code."""
    typer.echo(f"{answer.path}  sha256 {answer.sha256}")
    for link in answer.links:
        detail = f" — {printable(link.detail)}" if link.detail else ""
        typer.echo(f"{_SIGNS[link.answer]} {link.name}: {link.answer}{detail}")
    weakest = f": {answer.weakest.name}" if answer.weakest else ""
    typer.echo(f"{_OVERALL[answer.exit_code]}{weakest}")
    return answer.exit_code


def schema(
    name: Annotated[Schema, typer.Argument(help="Which schema.")],
) -> int:
    """Print a JSON Schema, for editors and other programs."""
    from compliance.facts import GenerationRecord, Release
    from compliance.model_store import Card
    from compliance.policy.json_schema import cases_schema, policy_schema
    from compliance.verdicts import Verdict

    models: dict[Schema, type[Model]] = {
        Schema.RELEASE: Release,
        Schema.VERDICT: Verdict,
        Schema.RECORD: GenerationRecord,
        Schema.CARD: Card,
    }
    languages = {Schema.POLICY: policy_schema, Schema.CASES: cases_schema}
    found = languages[name]() if name in languages else models[name].model_json_schema()
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return ExitCode.APPROVE


def doctor() -> int:
    """Check this machine: packages, models, containment, database; say what mends what."""
    from compliance.cli.doctor import examine

    with bar("looking"):
        findings = examine(inputs.settings())
    for finding in findings:
        typer.echo(str(finding))
    broken = sum(1 for finding in findings if finding.level == "broken")
    typer.echo("everything works" if not broken else f"{broken} things are broken")
    return ExitCode.USAGE if broken else ExitCode.APPROVE
