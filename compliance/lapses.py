"""What of the permissions that a verdict relies on does not stand any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from compliance.facts import Permit
from compliance.verdicts import ConsentUse, PermitUse, Verdict


@dataclass(frozen=True)
class Lapsed:
    """A consent or licence that a verdict relies on and that no longer stands."""

    use: PermitUse
    """What the verdict relied on."""
    since: datetime | None
    """Since when it has ended; None where it does not stand for another reason."""
    why: str
    """Half a sentence, such as ``revoked 2026-05-03 10:00 UTC: asked by letter``."""
    covered_by: tuple[str, ...]
    """Grants that still stand, excuse the same findings and each reach the whole release, sorted."""


def lapsed(
    verdict: Verdict, grants: Mapping[str, Permit], reasons: Mapping[str, str], at: datetime
) -> tuple[Lapsed, ...]:
    """Return what of a verdict's consents and licences does not stand at ``at``, sorted by grant.

    Args:
        verdict: what relied on them.
        grants: those that may still apply, by identifier, with revocations applied.
        reasons: why grants were revoked, by identifier.
        at: the moment.
    """
    whys = {use.grant: _why(use, grants, reasons, at) for use in verdict.relies_on}
    # One that excuses the same findings in other places alone replaces nothing.
    whole = {one.id for one in grants.values() if one.holds(verdict.release, at)}
    found = []
    for use in verdict.relies_on:
        if why := whys[use.grant]:
            grant = grants.get(use.grant)
            others = tuple(
                other.grant
                for other in verdict.relies_on
                if other.grant in whole and set(use.findings) <= set(other.findings)
            )
            found.append(Lapsed(use, grant.ended(at) if grant else None, why, others))
    return tuple(found)


def _why(
    use: PermitUse, grants: Mapping[str, Permit], reasons: Mapping[str, str], at: datetime
) -> str:
    """Return why a grant does not stand at ``at``; empty where it does."""
    grant = grants.get(use.grant)
    if grant is None:
        what = "person" if isinstance(use, ConsentUse) else "brand or work"
        return f"its {what} is no longer enrolled"
    ended = grant.ended(at)
    if ended is not None and ended == grant.revoked:
        return f"revoked {ended:%Y-%m-%d %H:%M} UTC: {reasons.get(grant.id, 'unknown')}"
    if ended is not None:
        return f"ended {ended:%Y-%m-%d %H:%M} UTC"
    if at < grant.scope.starts:
        return f"begins {grant.scope.starts:%Y-%m-%d %H:%M} UTC"
    return grant.objection()
