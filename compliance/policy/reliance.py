"""Which consents and licences a decision relies on: those that took a finding out of a rule. Pure.

All that cover are named, even where one alone would do, so that nothing that rests on a grant is overlooked
when it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from compliance.facts import Consent, Licence
from compliance.findings import Finding
from compliance.policy.conditions import Situation, finding_checks, identified, permits, surest
from compliance.policy.schema import Rule
from compliance.verdicts import ConsentUse, LicenceUse, PermitUse

U = TypeVar("U", bound=PermitUse)


def relied_on(
    rules: Sequence[Rule], situation: Situation
) -> tuple[tuple[ConsentUse, ...], tuple[LicenceUse, ...]]:
    """Return the consents and licences that excused findings in one place.

    Args:
        rules: those that apply; one that only monitors decides nothing, so that it relies on nothing.
        situation: the place.
    """
    excused: dict[str, tuple[Consent | Licence, set[str]]] = {}
    for rule in rules:
        if rule.status != "monitor" and permits(rule, situation.facts):
            for finding, permit in _excused(rule, situation):
                excused.setdefault(permit.id, (permit, set()))[1].add(finding.id)
    found = [excused[grant] for grant in sorted(excused)]
    return (
        tuple(_consent(one, ids) for one, ids in found if isinstance(one, Consent)),
        tuple(_licence(one, ids) for one, ids in found if isinstance(one, Licence)),
    )


def merged_uses(uses: Iterable[U]) -> tuple[U, ...]:
    """Join the uses of one grant in several places: all findings that it excused."""
    merged: dict[str, U] = {}
    for use in uses:
        before = merged.get(use.grant, use).findings
        findings = tuple(sorted({*before, *use.findings}))
        merged[use.grant] = use.model_copy(update={"findings": findings})
    return tuple(merged[grant] for grant in sorted(merged))


def _excused(rule: Rule, situation: Situation) -> Iterator[tuple[Finding, Consent | Licence]]:
    """Yield the findings that would count but for a permission, each with every one that covers it."""
    facts, as_of = situation.facts, situation.as_of
    for finding in situation.findings:
        others = (
            one for one in finding_checks(rule, finding, situation) if one.name not in _MENDED
        )
        if not all(check.met for check in others):
            continue
        known = surest(identified(rule, finding, situation)) if rule.unknown else [finding]
        for one in known:
            for permit in permits(rule, facts):
                if permit.covers(one, facts.release, as_of):
                    yield one, permit


_MENDED = ("unless", "unknown")
"""Checks that a permission can turn; all others are met by a finding that would count without it."""


def _consent(consent: Consent, findings: set[str]) -> ConsentUse:
    return ConsentUse(
        grant=consent.id,
        person=consent.person.id,
        uses=consent.uses,
        ends=consent.scope.ends,
        evidence_sha256=consent.evidence_sha256,
        findings=tuple(sorted(findings)),
    )


def _licence(licence: Licence, findings: set[str]) -> LicenceUse:
    return LicenceUse(
        grant=licence.id,
        reference=licence.reference.id,
        ends=licence.scope.ends,
        evidence_sha256=licence.evidence_sha256,
        findings=tuple(sorted(findings)),
    )
