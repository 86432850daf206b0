"""What consents and licences say: places, purposes, days and the paper that proves them, checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from compliance.errors import UsageError
from compliance.facts import Scope
from compliance.files import sha256_of
from compliance.territories import known, likely


def check_scope(scope: Scope) -> None:
    """Refuse a scope that is not said clearly.

    Raises:
        UsageError: a dimension says nothing, a territory is unknown, or the end lies before the start.
    """
    _check_named("--purpose", scope.purposes)
    _check_named("--channels", scope.channels)
    _check_named("--territories", scope.territories)
    if scope.territories != ("*",):
        check_known_territories(scope.territories)
    _check_order(scope)


def moment_of(text: str, option: str, *, last: bool = False) -> datetime:
    """Read a day or a moment; a day means its first second or, where ``last``, its last; UTC unless said.

    Raises:
        UsageError: it is neither.
    """
    try:
        day = date.fromisoformat(text.strip())
        return datetime.combine(day, time(23, 59, 59) if last else time.min, UTC)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "this is no day or moment",
            expected="such as 2026-12-31 or 2026-12-31T18:00:00+01:00",
            found=text,
            where=option,
            fix="write year, month and day with two hyphens",
        ) from error


def check_known_territories(names: Sequence[str], option: str = "--territories") -> None:
    """Refuse a name that is neither a code of ISO 3166-1, a state of the US nor a group.

    Raises:
        UsageError: names the first that is none, and what was probably meant.
    """
    for name in names:
        if not known(name):
            meant = likely(name)
            raise UsageError(
                "the territory is unknown",
                expected="ISO 3166-1 codes such as DE, states such as US-CA, or EU, EEA, EFTA; in capitals",
                found=name,
                where=option,
                fix=f"write {meant}" if meant else "look up the two letters of the territory",
            )


LONGEST = 200
"""Code points of a name, beyond which it is a mistake."""


def _check_named(option: str, values: tuple[str, ...]) -> None:
    for value in values:
        if len(value) > LONGEST or any("\ud800" <= char <= "\udfff" for char in value):
            raise UsageError(
                "a name in the scope is not usable",
                expected=f"1 to {LONGEST} characters in UTF-8",
                found=ascii(value[:80]),
                where=option,
                fix="type it again",
            )
    if not values or ("*" in values and len(values) > 1):
        raise UsageError(
            "the scope is not said clearly",
            expected="names, or '*' alone for all of them",
            found=", ".join(values) or "nothing",
            where=option,
            fix=f"give {option} what the signed paper says",
        )


def _check_order(scope: Scope) -> None:
    if scope.ends < scope.starts:
        raise UsageError(
            "the permission would end before it starts",
            expected=f"an end after {scope.starts.isoformat()}",
            found=scope.ends.isoformat(),
            where="--until",
            fix="correct --from or --until",
        )


def evidence_digest(evidence: Path) -> str:
    """Return the SHA-256 of the signed paper or file, 64 hex digits.

    Raises:
        UsageError: it cannot be read, or is empty.
    """
    problem = ""
    try:
        if not evidence.is_file():
            problem = "a folder, pipe or device" if evidence.exists() else "no such file"
        elif evidence.stat().st_size == 0:
            problem = "an empty file"
        else:
            return sha256_of(evidence)
    except OSError as error:
        problem = error.strerror or str(error)
    raise UsageError(
        "the evidence cannot be read",
        expected="the signed paper as a file that is not empty",
        found=problem,
        where=str(evidence),
        fix="correct --evidence; the file stays where it is, and its SHA-256 is kept",
    )
