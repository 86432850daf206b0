"""Whether a rule is about a release, and whether a finding counts for a rule. Pure.

Each condition yields a :class:`Check`, so that what decides and what explains are the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from compliance.facts import Consent, Facts, Licence, Release, folded
from compliance.findings import UNSEEN, Finding
from compliance.policy.schema import Rule
from compliance.taxonomy import PRESENCE, TAXONOMY
from compliance.territories import expand


@dataclass(frozen=True)
class Situation:
    """What the rules are held against: one asset, one cell of its release, one moment."""

    facts: Facts
    """What is known; its release is the cell."""
    findings: tuple[Finding, ...]
    """What rules look at: the findings of the reports, and one for gaps if there are any."""
    as_of: datetime
    """The moment, UTC."""

    @property
    def release(self) -> Release:
        """The cell of the release."""
        return self.facts.release

    @cached_property
    def matches(self) -> dict[tuple[str, str], list[Finding]]:
        """Findings with a reference, by analyzer and track."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for one in self.findings:
            if one.track is not None and one.reference is not None:
                found.setdefault((one.analyzer, one.track), []).append(one)
        return found


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


def sought(rule: Rule) -> tuple[str, ...]:
    """Return the categories whose findings ``rule`` counts.

    A rule on unknown faces counts faces that are there, not matches of faces.
    """
    if not rule.unknown:
        return rule.find
    leaves = {leaf.path for path in rule.find for leaf in TAXONOMY.below(path)}
    return tuple(sorted(PRESENCE[leaf] for leaf in leaves & PRESENCE.keys()))


# the release


def applies_checks(rule: Rule, situation: Situation) -> Iterator[Check]:
    """Yield the conditions on the release; a release that is silent is in all of a dimension."""
    applies, release = rule.applies, situation.release
    if applies.territories:
        met = not release.territories or bool(
            expand(release.territories) & expand(applies.territories)
        )
        yield _dimension("territories", applies.territories, release.territories, met)
    for name, ours, theirs in (
        ("channels", applies.channels, release.channels),
        ("audience", applies.audience, release.audience),
        ("purpose", applies.purpose, (release.purpose,) if release.purpose else ()),
        ("provider", applies.provider, situation.facts.providers),
    ):
        if ours:
            met = not theirs or bool(_folded(ours) & _folded(theirs))
            yield _dimension(name, ours, theirs, met)
    if applies.except_provider:
        theirs = situation.facts.providers
        met = not theirs or not _folded(theirs) <= _folded(applies.except_provider)
        wanted = ", ".join(applies.except_provider)
        yield Check("except_provider", f"not {wanted} alone", ", ".join(theirs) or "not known", met)
    if applies.from_ or applies.until:
        first, last = _days(release, situation.as_of)
        met = (applies.until is None or first <= applies.until) and (
            applies.from_ is None or last >= applies.from_
        )
        wanted = f"{applies.from_ or '…'} to {applies.until or '…'}"
        yield Check("in force", wanted, f"{first} to {last}", met)


def _days(release: Release, as_of: datetime) -> tuple[date, date]:
    """Return first and last day of ``release``; without a start it begins today.

    One that ends before it starts says nothing, so it is taken to last for ever.
    """
    first = release.starts or as_of.date()
    last = release.ends or date.max
    return (first, last) if first <= last else (date.min, date.max)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(name) for name in names)


def _dimension(name: str, ours: tuple[str, ...], theirs: tuple[str, ...], met: bool) -> Check:
    silent = "not known" if name == "provider" else "everywhere (not said)"
    return Check(name, ", ".join(ours), ", ".join(theirs) or silent, met)


def applies(rule: Rule, situation: Situation) -> bool:
    """Tell whether ``rule`` is about the release at that moment."""
    return all(check.met for check in applies_checks(rule, situation))


# a finding


def finding_checks(rule: Rule, finding: Finding, situation: Situation) -> Iterator[Check]:
    """Yield the conditions on one finding, cheapest first; it counts where all are met."""
    category, paths = finding.category, sought(rule)
    yield Check("find", ", ".join(paths), category, covers_any(paths, category))
    if rule.unknown:
        yield from _bounds(rule, finding)
        yield _unidentified(rule, finding, situation)
        return
    yield from reference_checks(rule, finding)
    yield from _bounds(rule, finding)
    if rule.declared == "undeclared":
        names = sorted(declared(finding, situation.release))
        yield Check("declared", "not in the release", ", ".join(names) or "not declared", not names)
    if any(rule.unless.model_dump().values()):
        covering = mitigations(rule, finding, situation)
        saw = ", ".join(covering) or "none covers it"
        yield Check("unless", _unless(rule), saw, not covering)


def reference_checks(rule: Rule, finding: Finding) -> Iterator[Check]:
    """Yield the conditions on the reference of a finding."""
    reference = finding.reference
    shown = reference.id if reference else "no reference"
    names = names_of(finding)
    if rule.in_:
        met = reference is not None and reference.bank in rule.in_
        yield Check("in", ", ".join(rule.in_), shown, met)
    if rule.not_in:
        met = reference is None or reference.bank not in rule.not_in
        yield Check("not_in", ", ".join(rule.not_in), shown, met)
    if rule.except_:
        yield Check("except", ", ".join(rule.except_), shown, not names & set(rule.except_))
    if rule.only:
        yield Check("only", ", ".join(rule.only), shown, bool(names & set(rule.only)))


def _bounds(rule: Rule, finding: Finding) -> Iterator[Check]:
    """Yield one check for each lower bound; what was seen may have lasted longer by ``UNSEEN``."""
    when, span = rule.when, finding.span
    measured = (
        ("min_score", when.min_score, finding.score),
        ("min_seconds", when.min_seconds, span.seconds + UNSEEN if span else None),
        ("min_area_percent", when.min_area_percent, _area(finding)),
        ("min_frames", when.min_frames, finding.frames),
        ("after_seconds", when.after_seconds, span.end + UNSEEN / 2 if span else None),
    )
    for name, bound, value in measured:
        if bound is None:
            continue
        if value is None:
            yield Check(name, f"≥ {bound:g}", "cannot be measured, so it counts", True)
        else:
            yield Check(name, f"≥ {bound:g}", f"{value:.4g}", value >= bound)
    if when.before_seconds is not None:
        start = max(span.start - UNSEEN / 2, 0.0) if span else None
        saw = "cannot be measured, so it counts" if start is None else f"{start:.4g}"
        met = start is None or start < when.before_seconds
        yield Check("before_seconds", f"< {when.before_seconds:g}", saw, met)


def _area(finding: Finding) -> float | None:
    return finding.region.area_percent if finding.region else None


def identified(rule: Rule, presence: Finding, situation: Situation) -> list[Finding]:
    """Return the matches that say, as surely as ``rule`` asks, whose face or voice a presence is."""
    track = presence.track  # without one, nothing tells whose match is whose
    found = [] if track is None else situation.matches.get((presence.analyzer, track), [])
    return [
        one
        for one in found
        if covers_any(rule.find, one.category)
        and one.score >= (rule.when.min_score or 0.0)
        and (not rule.in_ or (one.reference is not None and one.reference.bank in rule.in_))
    ]


def surest(matches: Sequence[Finding]) -> list[Finding]:
    """Return the matches of the best score: the consent of a look-alike excuses nobody."""
    best = max((one.score for one in matches), default=0.0)
    return [one for one in matches if one.score == best]


def _unidentified(rule: Rule, finding: Finding, situation: Situation) -> Check:
    """Tell whether nobody knows, or nobody cleared, the face or voice of a presence."""
    known = identified(rule, finding, situation)
    wanted = f"no match ≥ {rule.when.min_score or 0.0:g}"
    if any(rule.unless.model_dump().values()):
        wanted += f" that is cleared ({_unless(rule)})"
        known = [one for one in surest(known) if mitigations(rule, one, situation)]
    names = sorted({one.reference.id for one in known if one.reference})
    return Check("unknown", wanted, ", ".join(names) or "none", not names)


def mitigations(rule: Rule, finding: Finding, situation: Situation) -> list[str]:
    """Return what of ``unless`` covers ``finding``; any one is enough."""
    facts, as_of = situation.facts, situation.as_of
    given = permits(rule, facts)
    found = sorted(one.id for one in given if one.covers(finding, facts.release, as_of))
    if rule.unless.declared:
        found += [f"declared as {name}" for name in sorted(declared(finding, facts.release))]
    return found


def permits(rule: Rule, facts: Facts) -> list[Consent | Licence]:
    """Return the permissions that may excuse a finding from ``rule``."""
    return [
        *(facts.consents if rule.unless.consent else ()),
        *(facts.licences if rule.unless.licence else ()),
    ]


def _unless(rule: Rule) -> str:
    unless = rule.unless
    said = ["consent covers"] if unless.consent else []
    said += ["licence covers"] if unless.licence else []
    said += ["declared in the release"] if unless.declared else []
    return " or ".join(said)


def names_of(finding: Finding) -> set[str]:
    """Return what the reference of ``finding`` may be called: ``bank/entry``, entry, label."""
    reference = finding.reference
    return {reference.id, reference.entry, reference.label} - {""} if reference else set()


def declared(finding: Finding, release: Release) -> set[str]:
    """Return the names under which the release declares the reference of ``finding``."""
    return names_of(finding) & set(declarations(finding.category, release))


def declarations(category: str, release: Release) -> tuple[str, ...]:
    """Return what the release declares of the kind of ``category``: people, brands or works."""
    branch = category.split(".")[0]
    kinds = {"likeness": release.people, "brand": release.brands, "ip": release.works}
    return kinds.get(branch, ())


def rule_findings(rule: Rule, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in the categories of ``rule``."""
    paths = sought(rule)
    return [finding for finding in findings if covers_any(paths, finding.category)]


def counting(rule: Rule, situation: Situation) -> list[Finding]:
    """Return the findings that count for ``rule``, worst first, or none where too few do."""
    kept = [
        finding
        for finding in situation.findings
        if all(check.met for check in finding_checks(rule, finding, situation))
    ]
    if len(kept) < (rule.when.min_count or 1):
        return []
    return sorted(kept, key=lambda finding: (-finding.score, finding.id))
