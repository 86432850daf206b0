"""Options and lines that consents and licences share."""

from __future__ import annotations

from typing import Annotated

import typer

from compliance.facts import Release, Scope
from compliance.scopes import moment_of

Many = list[str]
At = Annotated[str | None, typer.Option(help="Day or moment, UTC; by default now.")]
Purpose = Annotated[Many, typer.Option(help="advertising,editorial …, or '*'; repeatable.")]
Territories = Annotated[Many, typer.Option(help="DE,US-CA,EU …, or '*'; repeatable.")]
Channels = Annotated[Many, typer.Option(help="tv,social …, or '*'; repeatable.")]
From = Annotated[str, typer.Option("--from", help="First day or moment, UTC.")]
Until = Annotated[str, typer.Option(help="Last day or moment, UTC, inclusive.")]


def scope_of(purpose: Many, territories: Many, channels: Many, start: str, until: str) -> Scope:
    """Return the scope that the options say.

    Raises:
        UsageError: a day or moment is none.
    """
    return Scope(
        purposes=listed(purpose),
        territories=listed(territories),
        channels=listed(channels),
        starts=moment_of(start, "--from"),
        ends=moment_of(until, "--until", last=True),
    )


def listed(given: Many) -> tuple[str, ...]:
    """Split values at commas; each once, in order."""
    parts = (part.strip() for one in given for part in one.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def said(scope: Scope) -> str:
    """Return a scope in words."""
    words = ""
    for name, values in (
        ("for", scope.purposes),
        ("in", scope.territories),
        ("on", scope.channels),
    ):
        words += f" {name} {'all' if values == ('*',) else ' '.join(values)}"
    return words + f", {scope.starts:%Y-%m-%d %H:%M:%S} to {scope.ends:%Y-%m-%d %H:%M:%S} UTC"


def opened(scope: Scope, asked: Release) -> Scope:
    """Return the scope with every dimension that nobody asked about opened."""
    dimensions = {
        "territories": asked.territories,
        "channels": asked.channels,
        "purposes": asked.purpose,
    }
    return scope.model_copy(
        update={name: ("*",) for name, wanted in dimensions.items() if not wanted}
    )
