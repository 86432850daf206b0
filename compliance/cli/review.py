"""``compliance review`` and ``compliance explain``."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import ReportFormat
from compliance.cli.options import (
    CaptionFiles,
    NegativePrompt,
    PromptText,
    RecordFile,
    TranscriptFiles,
)
from compliance.cli.progress import bar
from compliance.errors import UsageError
from compliance.facts import GenerationRecord, Release
from compliance.files import check_writable, write_atomically
from compliance.pipeline.intake import Request
from compliance.policy.schema import Policy
from compliance.types import Captions, Source
from compliance.verdicts import ExitCode, worst_exit_code


class FailOn(enum.StrEnum):
    """From which decision on the exit code is not 0."""

    FLAG = "flag"
    REJECT = "reject"


def review(
    assets: Annotated[
        list[Path] | None,
        typer.Argument(help="Media files; none where only a prompt is reviewed."),
    ] = None,
    prompt: PromptText = None,
    negative_prompt: NegativePrompt = None,
    record: RecordFile = None,
    captions: CaptionFiles = None,
    transcript: TranscriptFiles = None,
    release: Annotated[
        Path | None, typer.Option(help="Release: where and for whom, YAML or JSON.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy; by default starter.yaml.")] = None,
    policy_digest: Annotated[
        str | None, typer.Option(help="Refuse any policy with another digest.")
    ] = None,
    format: Annotated[ReportFormat, typer.Option(help="Format of the report.")] = ReportFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="Write the report to this file instead.")
    ] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Folder that run folders go into.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="Moment at which consent and waivers are read, UTC.")
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="'reject' lets a flag (never incompleteness) exit 0.")
    ] = FailOn.FLAG,
    fresh: Annotated[bool, typer.Option("--fresh", help="Look at everything anew.")] = False,
) -> int:
    """Review assets: look, decide by policy, sign what is approved."""
    from compliance.pipeline.run import Reviewer
    from compliance.plugins import REPORTERS, load

    loaded = _policy(policy, policy_digest)
    texts = inputs.captions_of(captions or [], transcript or [])
    requests = requests_of(assets or [], prompt, negative_prompt, record, texts)
    where = inputs.document(release, Release) if release else Release()
    _check_output(output)
    settings = inputs.settings()
    with Reviewer(settings, loaded, cache=not fresh) as reviewer, bar("loading models") as progress:
        outcomes = reviewer.review(
            requests,
            release=where,
            as_of=as_of.replace(tzinfo=UTC) if as_of else None,
            run_root=run_dir,
            progress=progress,
        )
    _emit(load(REPORTERS, format.value)(outcomes), output)
    code = worst_exit_code(outcome.exit_code for outcome in outcomes)
    if fail_on is FailOn.REJECT and code is ExitCode.FLAG:
        return ExitCode.APPROVE
    return code


def _policy(path: Path | None, digest: str | None) -> Policy:
    """Load the policy; refuse another one than was asked for."""
    policy = inputs.policy_at(path)
    if digest is not None and digest != policy.digest:
        raise UsageError(
            "the policy is not the one that was asked for",
            expected=f"digest {digest}",
            found=policy.digest,
            where=str(path or inputs.STARTER),
            fix="run 'compliance policy show' and compare",
        )
    return policy


def _check_output(output: Path | None) -> None:
    """Refuse a place that the report cannot be written to, before anything is looked at."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError("--output names a folder", where=str(output), fix="name a file in it")
    check_writable(output.parent)


def _emit(report: str, output: Path | None) -> None:
    """Print the report, or write it in one step."""
    if output is None:
        typer.echo(report, nl=False)
    else:
        write_atomically(output, report.encode("utf-8"))
        typer.echo(f"report written to {output}")


def requests_of(
    assets: list[Path],
    prompt: str | None,
    negative: str | None,
    record: Path | None,
    captions: tuple[Captions, ...] = (),
) -> list[Request]:
    """Join media and texts as named on the command line; prompts alone are one request.

    Raises:
        UsageError: a file cannot be read, or what belongs to one asset comes with several.
    """
    given = ((prompt, Source.PROMPT), (negative, Source.NEGATIVE_PROMPT))
    prompts = tuple(inputs.prompt_from(text, source) for text, source in given if text is not None)
    if len(assets) > 1 and (record is not None or captions):
        what = "captions belong" if record is None else "a generation record belongs"
        raise UsageError(f"{what} to one asset", fix="review them one by one")
    account = inputs.document(record, GenerationRecord) if record else None
    if not assets:
        return [Request(None, prompts, account, captions)]
    return [Request(path, prompts, account, captions) for path in assets]


def explain(
    rule: Annotated[str, typer.Argument(help="Id of a rule.")],
    run: Annotated[
        Path | None, typer.Option(help="Folder of a run; by default the latest in which it hit.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Put the decrypted evidence crops into this folder.")
    ] = None,
) -> int:
    """Explain what a rule asked for and what it saw in a run."""
    from compliance.banks.keys import MasterKey
    from compliance.pipeline.runread import latest_run, read_run, reveal_evidence
    from compliance.policy.explain import explain as explain_rule
    from compliance.reporters.text import clearance_line
    from compliance.store.engine import open_database
    from compliance.store.verdicts import VerdictStore

    settings = inputs.settings()
    past = read_run(run) if run else latest_run(settings.runs, rule)
    typer.echo(f"{past.verdict.asset_name} in {past.folder.name}")
    typer.echo("\n".join(explain_rule(past.policy, rule, past.facts, past.verdict.as_of)))
    for clearance in VerdictStore(open_database(settings.database_url)).clearances(
        past.verdict.key
    ):
        typer.echo(clearance_line(clearance))
    if evidence is not None:
        hits = [hit for hit in past.verdict.hits if hit.rule == rule]
        wanted = [finding for hit in hits for finding in hit.findings]
        sealer = MasterKey.load(settings.keys).sealer("observations")
        count = reveal_evidence(past, wanted, evidence, sealer)
        typer.echo(f"{count} evidence crops in {evidence}")
    return ExitCode.APPROVE
