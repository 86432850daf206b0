"""Making a grant: what a person permits, checked before anything is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from compliance.errors import UsageError
from compliance.facts import Consent, Scope, Use, years_after
from compliance.findings import Reference
from compliance.scopes import check_scope, evidence_digest

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
    check_scope(scope)
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
        evidence_sha256=evidence_digest(evidence),
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


def longer_than_usual(consent: Consent) -> str:
    """Return a remark on a grant that lasts very long; empty where it does not."""
    starts, ends = consent.scope.starts.date(), consent.scope.ends.date()
    if ends <= years_after(starts, ADULT_YEARS):
        return ""
    return (
        f"note: it lasts more than {ADULT_YEARS} years; the NO FAKES bill (S. 4591, not enacted) "
        "would not let a licence last longer"
    )


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
