"""Making a grant: what a person permits, checked before anything is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from compliance.errors import UsageError
from compliance.facts import Consent, Scope, Use, years_after
from compliance.files import sha256_of
from compliance.findings import Reference
from compliance.territories import known, likely
from compliance.verdicts import ConsentUse, Verdict

ADULT_YEARS = 10
"""Years that NO FAKES (S. 4591, not enacted) lets a licence of an adult last; longer ones are told about."""


def new_grant(
    person: Reference,
    uses: Sequence[str],
    scope: Scope,
    evidence: Path,
    *,
    minor: bool = False,
    guardian: str | None = None,
) -> Consent:
    """Return a grant with a random identifier; nothing is recorded.

    Args:
        person: who grants.
        uses: ``face``, ``voice``, ``name``.
        scope: where, for what and when; every dimension says something, ``*`` alone means all.
        evidence: the signed paper or file; its digest is taken.
        minor: True where the person is a minor, so that stricter conditions hold.
        guardian: who grants in a minor's place.

    Raises:
        UsageError: a use or territory is unknown, a dimension says nothing, the end lies before the start,
            the evidence is absent or empty, or a minor's conditions are not met.
    """
    _check_uses(uses)
    _check_named("--purpose", scope.purposes)
    _check_named("--channels", scope.channels)
    _check_named("--territories", scope.territories)
    _check_territories(scope.territories)
    _check_order(scope)
    if guardian is not None and not minor:
        raise UsageError(
            "a guardian grants for minors only",
            expected="a person who is marked as a minor",
            found=person.id,
            where="--guardian",
            fix="leave --guardian out, or mark the person as a minor in the bank",
        )
    consent = Consent(
        id=f"G-{secrets.token_hex(8)}",
        person=person,
        uses=cast("tuple[Use, ...]", tuple(use for use in get_args(Use) if use in uses)),
        scope=scope,
        evidence_sha256=_digest(evidence),
        minor=minor,
        guardian=guardian,
    )
    if objection := consent.objection():
        raise UsageError(
            "the consent would cover nothing",
            expected="a guardian, named purposes, territories and channels, and an end within five years",
            found=objection,
            where=person.id,
            fix="give --guardian NAME, name every place and purpose, and end it in time",
        )
    return consent


@dataclass(frozen=True)
class Lapsed:
    """A consent that a verdict relies on and that no longer stands."""

    use: ConsentUse
    """What the verdict relied on."""
    since: datetime | None
    """Since when it has ended; None where it does not stand for another reason."""
    why: str
    """Half a sentence, such as ``revoked 2026-05-03 10:00 UTC: asked by letter``."""
    covered_by: tuple[str, ...]
    """Grants that still stand, excuse the same findings and each reach the whole release, sorted."""


def lapsed(
    verdict: Verdict, grants: Mapping[str, Consent], reasons: Mapping[str, str], at: datetime
) -> tuple[Lapsed, ...]:
    """Return what of a verdict's consents does not stand at ``at``, sorted by grant.

    Args:
        verdict: what relied on consents.
        grants: those that may still apply, by identifier, with revocations applied.
        reasons: why grants were revoked, by identifier.
        at: the moment.
    """
    whys = {use.grant: _why(grants.get(use.grant), reasons, at) for use in verdict.consents}
    # One that excuses the same findings in other places alone replaces nothing.
    whole = {one.id for one in grants.values() if one.holds(verdict.release, at)}
    found = []
    for use in verdict.consents:
        if why := whys[use.grant]:
            grant = grants.get(use.grant)
            others = tuple(
                other.grant
                for other in verdict.consents
                if other.grant in whole and set(use.findings) <= set(other.findings)
            )
            found.append(Lapsed(use, grant.ended(at) if grant else None, why, others))
    return tuple(found)


def _why(grant: Consent | None, reasons: Mapping[str, str], at: datetime) -> str:
    """Return why a grant does not stand at ``at``; empty where it does."""
    if grant is None:
        return "its person is no longer enrolled"
    ended = grant.ended(at)
    if ended is not None and ended == grant.revoked:
        return f"revoked {ended:%Y-%m-%d %H:%M} UTC: {reasons.get(grant.id, 'unknown')}"
    if ended is not None:
        return f"ended {ended:%Y-%m-%d %H:%M} UTC"
    if at < grant.scope.starts:
        return f"begins {grant.scope.starts:%Y-%m-%d %H:%M} UTC"
    return grant.objection()


def longer_than_usual(consent: Consent) -> str:
    """Return a remark on a grant that lasts very long; empty where it does not."""
    starts, ends = consent.scope.starts.date(), consent.scope.ends.date()
    if ends <= years_after(starts, ADULT_YEARS):
        return ""
    return (
        f"note: it lasts more than {ADULT_YEARS} years; the NO FAKES bill (S. 4591, not enacted) "
        "would not let a licence last longer"
    )


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


def _check_territories(names: tuple[str, ...]) -> None:
    if names != ("*",):
        check_known_territories(names)


def _check_uses(uses: Sequence[str]) -> None:
    known_uses = get_args(Use)
    unknown = [use for use in uses if use not in known_uses]
    if unknown or not uses:
        near = get_close_matches(unknown[0].lower(), known_uses, n=1) if unknown else []
        raise UsageError(
            "the use is unknown" if unknown else "no use is named",
            expected=" or ".join(known_uses),
            found=unknown[0] if unknown else "nothing",
            where="--uses",
            fix=f"write {near[0]}" if near else "name what may be used, such as --uses face,voice",
        )


def _check_named(option: str, values: tuple[str, ...]) -> None:
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
            "the consent would end before it starts",
            expected=f"an end after {scope.starts.isoformat()}",
            found=scope.ends.isoformat(),
            where="--until",
            fix="correct --from or --until",
        )


def _digest(evidence: Path) -> str:
    """Return the digest of the evidence."""
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
        expected="the signed consent as a file that is not empty",
        found=problem,
        where=str(evidence),
        fix="correct --evidence; the file stays where it is, and its SHA-256 is kept",
    )
