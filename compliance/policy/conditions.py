"""Whether a rule is about a release, and whether a finding counts for a rule. Pure.

Each condition yields a :class:`Check`, so that what decides and what explains are the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from compliance.facts import Facts, Release
from compliance.findings import Finding
from compliance.policy.schema import Policy, Rule
from compliance.policy.territories import expand
from compliance.taxonomy import TAXONOMY

UNSEEN = 1.0
"""Seconds: frames are examined at least every 0.5 s, so that what was seen in one may have begun and ended
that much earlier and later. A rule counts what may have been, not the least that was seen."""


@dataclass(frozen=True)
class Check:
    """One condition of a rule and the value that it saw."""

    name: str
    """The key of the language, such as ``min_score``."""
    wanted: str
    """What the rule asks for."""
    saw: str
    """What was there."""
    met: bool
    """True where the condition does not stop the rule."""


def covers_any(paths: Iterable[str], category: str) -> bool:
    """Tell whether ``category`` is, or lies below, one of ``paths``."""
    return any(TAXONOMY.covers(path, category) for path in paths)


def applies_checks(rule: Rule, release: Release, as_of: datetime) -> Iterator[Check]:
    """Yield the conditions on the release; a release that is silent is in all of a dimension."""
    applies = rule.applies
    if applies.territories:
        met = not release.territories or bool(
            expand(release.territories) & expand(applies.territories)
        )
        yield _dimension("territories", applies.territories, release.territories, met)
    for name, ours, theirs in (
        ("channels", applies.channels, release.channels),
        ("audience", applies.audience, (release.audience,) if release.audience else ()),
        ("purpose", applies.purpose, (release.purpose,) if release.purpose else ()),
    ):
        if ours:
            met = not theirs or bool(_folded(ours) & _folded(theirs))
            yield _dimension(name, ours, theirs, met)
    if applies.from_ or applies.until:
        first, last = _days(release, as_of)
        met = (applies.until is None or first <= applies.until) and (
            applies.from_ is None or last >= applies.from_
        )
        yield Check(
            "in force",
            f"{applies.from_ or '…'} to {applies.until or '…'}",
            f"{first} to {last}",
            met,
        )


def _days(release: Release, as_of: datetime) -> tuple[date, date]:
    """Return first and last day of ``release``; without a start it begins today.

    One that ends before it starts says nothing, so it is taken to last for ever.
    """
    first = release.starts or as_of.date()
    last = release.ends or date.max
    return (first, last) if first <= last else (date.min, date.max)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names)


def _dimension(name: str, ours: tuple[str, ...], theirs: tuple[str, ...], met: bool) -> Check:
    return Check(name, ", ".join(ours), ", ".join(theirs) or "everywhere (not said)", met)


def applies(rule: Rule, release: Release, as_of: datetime) -> bool:
    """Tell whether ``rule`` is about ``release`` at ``as_of``."""
    return all(check.met for check in applies_checks(rule, release, as_of))


def finding_checks(rule: Rule, finding: Finding, facts: Facts, as_of: datetime) -> Iterator[Check]:
    """Yield the conditions on one finding, cheapest first; it counts where all are met."""
    category = finding.category
    yield Check("find", ", ".join(rule.find), category, covers_any(rule.find, category))
    reference = finding.reference
    shown = reference.id if reference else "no reference"
    if rule.in_:
        met = reference is not None and reference.bank in rule.in_
        yield Check("in", ", ".join(rule.in_), shown, met)
    if rule.except_:
        names = {reference.id, reference.entry, reference.label} if reference else set()
        yield Check("except", ", ".join(rule.except_), shown, not names & set(rule.except_))
    yield from _bounds(rule, finding)
    yield from _mitigations(rule, finding, facts, as_of)


def _bounds(rule: Rule, finding: Finding) -> Iterator[Check]:
    """Yield one check for each lower bound; what was seen may have lasted longer by ``UNSEEN``."""
    seconds = finding.span.seconds + UNSEEN if finding.span else None
    area = finding.region.area_percent if finding.region else None
    measured = (
        ("min_score", rule.when.min_score, finding.score),
        ("min_seconds", rule.when.min_seconds, seconds),
        ("min_area_percent", rule.when.min_area_percent, area),
    )
    for name, bound, value in measured:
        if bound is None:
            continue
        if value is None:
            yield Check(name, f"≥ {bound:g}", "cannot be measured, so it counts", True)
        else:
            yield Check(name, f"≥ {bound:g}", f"{value:.4g}", value >= bound)


def _mitigations(rule: Rule, finding: Finding, facts: Facts, as_of: datetime) -> Iterator[Check]:
    """Yield one check for all mitigations together: any one that covers the finding is enough."""
    if not (rule.unless.consent or rule.unless.licence):
        return
    permits = [*(facts.consents if rule.unless.consent else ())]
    licences = [*(facts.licences if rule.unless.licence else ())]
    ids = sorted(
        [p.id for p in permits if p.covers(finding, facts.release, as_of)]
        + [p.id for p in licences if p.covers(finding, facts.release, as_of)]
    )
    kinds = [name for name in ("consent", "licence") if getattr(rule.unless, name)]
    yield Check(
        "unless", " or ".join(kinds) + " covers", ", ".join(ids) or "none covers it", not ids
    )


def rule_findings(rule: Rule, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in the categories of ``rule``."""
    return [finding for finding in findings if covers_any(rule.find, finding.category)]


def counting(
    rule: Rule, findings: Iterable[Finding], facts: Facts, as_of: datetime
) -> list[Finding]:
    """Return the findings that count for ``rule``, worst first, or none where too few do."""
    kept = [
        finding
        for finding in findings
        if all(check.met for check in finding_checks(rule, finding, facts, as_of))
    ]
    if len(kept) < (rule.when.min_count or 1):
        return []
    return sorted(kept, key=lambda finding: (-finding.score, finding.id))


def applying_rules(policy: Policy, release: Release, as_of: datetime) -> list[Rule]:
    """Return the rules that are about ``release``, in order of id."""
    rules = [rule for rule in policy.rules if applies(rule, release, as_of)]
    return sorted(rules, key=lambda rule: rule.id)
