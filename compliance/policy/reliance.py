"""Which consents a decision relies on: those that took a finding out of a rule. Pure.

All that cover are named, even where one alone would do, so that nothing that rests on a grant is overlooked
when it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compliance.facts import Consent
from compliance.findings import Finding
from compliance.policy.conditions import Situation, finding_checks, identified, surest
from compliance.policy.schema import Rule
from compliance.verdicts import ConsentUse


def relied_on(rules: Sequence[Rule], situation: Situation) -> tuple[ConsentUse, ...]:
    """Return the consents that excused findings in one place.

    Args:
        rules: those that apply; one that only monitors decides nothing, so that it relies on nothing.
        situation: the place.
    """
    if not situation.facts.consents:
        return ()
    excused: dict[str, set[str]] = {}
    for rule in rules:
        if rule.unless.consent and rule.status != "monitor":
            for finding, consent in _excused(rule, situation):
                excused.setdefault(consent.id, set()).add(finding.id)
    by_id = {one.id: one for one in situation.facts.consents}
    return tuple(_use(by_id[grant], excused[grant]) for grant in sorted(excused))


def merged_consents(uses: Iterable[ConsentUse]) -> tuple[ConsentUse, ...]:
    """Join the uses of one grant in several places: all findings that it excused."""
    merged: dict[str, ConsentUse] = {}
    for use in uses:
        before = merged.get(use.grant, use).findings
        findings = tuple(sorted({*before, *use.findings}))
        merged[use.grant] = use.model_copy(update={"findings": findings})
    return tuple(merged[grant] for grant in sorted(merged))


def _excused(rule: Rule, situation: Situation) -> Iterator[tuple[Finding, Consent]]:
    """Yield the findings that would count but for a consent, each with every consent that covers it."""
    facts, as_of = situation.facts, situation.as_of
    for finding in situation.findings:
        others = (
            one for one in finding_checks(rule, finding, situation) if one.name not in _MENDED
        )
        if not all(check.met for check in others):
            continue
        known = surest(identified(rule, finding, situation)) if rule.unknown else [finding]
        for one in known:
            for consent in facts.consents:
                if consent.covers(one, facts.release, as_of):
                    yield one, consent


_MENDED = ("unless", "unknown")
"""Checks that a consent can turn; all others are met by a finding that would count without it."""


def _use(consent: Consent, findings: set[str]) -> ConsentUse:
    return ConsentUse(
        grant=consent.id,
        person=consent.person.id,
        uses=consent.uses,
        ends=consent.scope.ends,
        evidence_sha256=consent.evidence_sha256,
        findings=tuple(sorted(findings)),
    )
