"""``compliance publish``: record where a file went, and list what was recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli import inputs
from compliance.cli.formats import Format
from compliance.clock import now
from compliance.errors import NotLetThrough
from compliance.facts import Permit
from compliance.lapses import lapsed
from compliance.verdicts import (
    Clearance,
    ConsentUse,
    Decision,
    ExitCode,
    PermitUse,
    Publication,
    Verdict,
)

if TYPE_CHECKING:
    from compliance.store.engine import Engine
    from compliance.store.verdicts import VerdictStore

app = typer.Typer(help="Record and list publications.", no_args_is_help=True)


@app.command("record")
def record(
    asset: Annotated[Path, typer.Argument(help="The very file that went out.")],
    where: Annotated[str, typer.Option(help="Where it went, such as an address or a station.")],
    when: Annotated[datetime, typer.Option(help="When, UTC.")],
    territories: Annotated[
        str | None, typer.Option(help="DE,FR; by default those of the release.")
    ] = None,
) -> int:
    """Record that a file was published; refused where nothing lets it through."""
    from compliance.provenance.files import sha256_of
    from compliance.store.engine import open_database
    from compliance.store.verdicts import VerdictStore

    inputs.check_said({"--where": where})
    sha256 = sha256_of(asset)
    asked = tuple(part.strip() for part in (territories or "").split(",") if part.strip())
    moment = when.replace(tzinfo=UTC)
    engine = open_database(inputs.settings().database_url)
    store = VerdictStore(engine)
    verdict, clearance = _let_through(store, engine, asset, sha256, asked, moment)
    publication = Publication(
        output_sha256=sha256,
        where=where,
        at=moment,
        verdict_key=verdict.key,
        clearance=clearance.digest if clearance else None,
        territories=asked or verdict.release.territories,
    )
    store.add_publication(publication)
    typer.echo(_line(publication))
    return ExitCode.APPROVE


@app.command("list")
def list_publications(
    format: Annotated[Format, typer.Option(help="Format of the list.")] = Format.TEXT,
) -> int:
    """List what was recorded, in the order of recording, and what was quarantined since."""
    from compliance.pipeline.quarantine import listed
    from compliance.provenance.statement import input_digest
    from compliance.store.engine import open_database
    from compliance.store.verdicts import VerdictStore

    settings = inputs.settings()
    store = VerdictStore(open_database(settings.database_url))
    found = store.publications()
    gone = [listed(settings.home, input_digest(store.get(one.verdict_key))) for one in found]
    if format is Format.JSON:
        told = [
            one.model_dump(mode="json") | {"quarantined": ended}
            for one, ended in zip(found, gone, strict=True)
        ]
        typer.echo(json.dumps(told, indent=2))
        return ExitCode.APPROVE
    for one, ended in zip(found, gone, strict=True):
        typer.echo(_line(one) + ("  QUARANTINED since: recall it" if ended else ""))
    typer.echo(f"{len(found)} publications")
    return ExitCode.APPROVE


def _let_through(
    store: VerdictStore,
    engine: Engine,
    asset: Path,
    sha256: str,
    territories: tuple[str, ...],
    at: datetime,
) -> tuple[Verdict, Clearance | None]:
    """Return the newest verdict that lets this file through, and the clearance it needed.

    Raises:
        NotLetThrough: there is none; says why each that was found does not.
    """
    from compliance.pipeline.quarantine import listed
    from compliance.provenance.statement import input_digest

    signed = [store.get(output.verdict_key) for output in store.outputs(sha256)]
    found = signed or store.find_media(sha256)
    home = inputs.settings().home
    if any(listed(home, digest) for digest in {sha256, *map(input_digest, found)}):
        raise NotLetThrough(
            "the publication is not recorded, because the asset is quarantined",
            expected="an asset without suspected sexual content with minors",
            found=f"SHA-256 {sha256}",
            where=str(asset),
            fix="follow the restricted escalation of your organisation; if it went out already, recall it",
        )
    objections = []
    for verdict in reversed(found):
        # By whole days, as people say when something went out and when a clearance ends.
        clearance = store.standing_clearance(verdict, datetime.combine(at, time.max, UTC))
        objection = _objection(verdict, clearance, territories, at)
        objection = objection or _without_permission(verdict, engine, at)
        if not objection:
            return verdict, clearance
        objections.append(f"verdict {verdict.key[:12]}: {objection}")
    raise NotLetThrough(
        "the publication is not recorded, because nothing lets this file through",
        expected="a file that a verdict approves or a clearance clears, for these places and days",
        found="; ".join(dict.fromkeys(objections)) or f"no verdict on SHA-256 {sha256}",
        where=str(asset),
        fix="review it, have a flag cleared, publish the signed copy; if it went out already, recall it",
    )


def _objection(
    verdict: Verdict, clearance: Clearance | None, territories: tuple[str, ...], at: datetime
) -> str:
    """Return why a verdict does not let its file out there and then; empty where it does."""
    if verdict.policy_status != "enforce" or verdict.replay:
        return "it cannot let anything out"
    approved = verdict.decision is Decision.APPROVE and verdict.complete
    if clearance is not None and clearance.decision == "reject":
        return "a person rejected it"
    if not approved and clearance is None:
        return f"{verdict.decision}{'' if verdict.complete else ', incomplete'}, and not cleared"
    release = verdict.release
    if release.territories and not set(territories) <= set(release.territories):
        return f"it is for {', '.join(release.territories)} only"
    if (release.starts and at.date() < release.starts) or (
        release.ends and at.date() > release.ends
    ):
        return f"it is for {release.starts or 'any day'} to {release.ends or 'any day'} only"
    return ""


def _without_permission(verdict: Verdict, engine: Engine, at: datetime) -> str:
    """Return which consent or licence that the verdict relies on does not stand then; empty where all do."""
    from compliance.store.consents import ConsentStore
    from compliance.store.licences import LicenceStore

    if not verdict.relies_on:
        return ""
    moment, present = at, now()
    if (
        at.time() == time.min
    ):  # a day alone: what permits has to last through it or, today, until now
        today = at.date() == present.date()
        moment = present if today else datetime.combine(at, time(23, 59, 59), UTC)
    subjects = {use.subject for use in verdict.relies_on}
    permits: dict[str, Permit] = {}
    reasons: dict[str, str] = {}
    for store in (ConsentStore(engine), LicenceStore(engine)):
        permits |= {one.id: one for one in store.that_may_apply(subjects)}
        ends = (one.revocation for one in store.grants(subjects))
        reasons |= {one.grant: one.reason for one in ends if one}
    gone = [one for one in lapsed(verdict, permits, reasons, moment) if not one.covered_by]
    return "; ".join(f"it relies on {_kind(one.use)} {one.use.grant}: {one.why}" for one in gone)


def _kind(use: PermitUse) -> str:
    return "consent" if isinstance(use, ConsentUse) else "licence"


def _line(one: Publication) -> str:
    under = f"verdict {one.verdict_key[:12]}"
    under += f", clearance {one.clearance[:12]}" if one.clearance else ""
    places = " ".join(one.territories) or "everywhere"
    return f"{one.at:%Y-%m-%d %H:%M} UTC  {one.where}  {places}  {one.output_sha256[:12]}  {under}"
