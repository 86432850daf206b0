"""What consents and licences tell in the same way: their history, and what has to be recalled."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from compliance.cli.formats import Format
from compliance.reporters.text import printable

if TYPE_CHECKING:
    from compliance.store.engine import Engine
    from compliance.store.permissions import Grant, P, PermissionStore

Event = tuple[str, dict[str, object]]


def show_history(
    grants: Sequence[Grant[P]],
    uid: str | None,
    word: str,
    line: Callable[[P], str],
    format: Format,
    about: str,
) -> None:
    """Print what happened, in order of time.

    Args:
        grants: those about one entry, in the order of recording.
        uid: identifier of what stands under the entry now.
        word: ``consent`` or ``licence``: the key of the document in JSON.
        line: says a grant in words.
        format: text or JSON.
        about: the entry in words, for the last line.
    """
    events = _events(grants, uid, word, line)
    if format is Format.JSON:
        typer.echo(json.dumps([told for _, told in events], indent=2))
        return
    for text, _ in events:
        typer.echo(text)
    typer.echo(f"{len(events)} events of {about}")


def _events(
    grants: Sequence[Grant[P]], uid: str | None, word: str, line: Callable[[P], str]
) -> list[Event]:
    found: list[tuple[datetime, str, dict[str, object]]] = []
    for one in grants:
        earlier = "" if one.uid in (None, uid) else "  (of an earlier enrolment: covers nothing)"
        given = one.permit
        text = f"{one.recorded:%Y-%m-%d %H:%M:%S} UTC  granted  {given.id}  {line(given)}"
        text += f"  evidence {given.evidence_sha256 or 'unknown'}{earlier}"
        told = {
            "event": "granted",
            "at": one.recorded.isoformat(),
            "grant": given.id,
            word: given.model_dump(mode="json", exclude={"revoked"}),
            "earlier_enrolment": bool(earlier),
        }
        found.append((one.recorded, text, told))
        if one.revocation is not None:
            ended = one.revocation
            text = f"{ended.at:%Y-%m-%d %H:%M:%S} UTC  revoked  {given.id}  {ended.reason}"
            told = {
                "event": "revoked",
                "at": ended.at.isoformat(),
                "grant": given.id,
                "reason": ended.reason,
            }
            found.append((ended.at, printable(text), told))
    return [(text, told) for _, text, told in sorted(found, key=lambda event: event[0])]


def show_recalls(
    engine: Engine,
    store: PermissionStore[P],
    subject: str,
    key: str,
    moment: datetime,
    format: Format,
) -> None:
    """Print every publication that relied on a grant about ``subject`` which has ended, and where it runs.

    Args:
        engine: the database.
        store: the grants.
        subject: ``bank/entry``.
        key: what JSON calls the subject.
        moment: at which the grants are read.
        format: text or JSON.
    """
    from compliance.store.recall import to_recall, unpublished
    from compliance.store.verdicts import VerdictStore

    grants, standing = store.grants([subject]), store.that_may_apply([subject])
    found = to_recall(VerdictStore(engine), grants, standing, moment)
    waiting = unpublished(VerdictStore(engine), grants, standing, moment)
    if format is Format.JSON:
        told = {
            key: subject,
            "at": moment.isoformat(),
            "publications": [one.as_json() for one in found],
            "signed_and_not_published": list(waiting),
        }
        typer.echo(json.dumps(told, indent=2))
        return
    for one in found:
        for line in one.lines():
            typer.echo(printable(line))
    for sha256 in waiting:
        typer.echo(f"not recorded as published, do not let it out: {sha256}")
    running = sum(one.runs for one in found)
    typer.echo(
        f"publications to recall: {len(found)}, still running: {running}, "
        f"at {moment:%Y-%m-%d %H:%M:%S} UTC"
    )


def still_standing(
    store: PermissionStore[P], permit: P, at: datetime, line: Callable[[P], str]
) -> None:
    """Print the other grants about the same that have not ended."""
    for other in store.that_may_apply([permit.subject.id]):
        if not other.ended(at):
            typer.echo(f"another {store.word} still stands: {other.id}: {line(other)}")
