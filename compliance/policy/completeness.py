"""What the rules need to have been examined, and what of it was not. Pure.

Nothing is listed twice: what a policy must see follows from what its rules find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compliance.facts import Facts
from compliance.findings import AnalyzerReport, Status
from compliance.policy.conditions import sought
from compliance.policy.schema import Policy, Rule
from compliance.taxonomy import PRESENCE, TAXONOMY, Category
from compliance.types import Source
from compliance.verdicts import NotExamined

GAPS = "integrity.undecodable"
"""The category that :attr:`Facts.gaps` answers for; no report need examine it."""
EVERYTHING = "*"
"""Category of the entry that says that nothing at all was examined."""
MATCHED = frozenset({"likeness", "brand", "ip"})
"""Branches that mean nothing without references to compare with."""
_MODALITIES = {
    "likeness.face": "face",
    "likeness.voice": "voice",
    "likeness.name": "name",
    "brand.logo": "mark",
    "brand.own_misuse": "mark",
    "brand.name": "word",
    "ip.copy": "work",
    "ip.similarity": "work",
    "ip.name": "term",
}
_ENROL = {
    "face": "run 'compliance people enrol NAME --face PHOTO'",
    "voice": "run 'compliance people enrol NAME --voice FILE'",
    "name": "run 'compliance people enrol NAME'",
    "mark": "run 'compliance brands add NAME --mark FILE'",
    "word": "run 'compliance brands add NAME'",
    "work": "run 'compliance works add TITLE --media FILE'",
    "term": "run 'compliance works add TITLE'",
}


@dataclass(frozen=True)
class Examination:
    """What was needed of one rule and what came of it."""

    examined: frozenset[tuple[str, Source]]
    """(category, source) pairs that were examined."""
    missing: dict[tuple[str, Source], str]
    """Pairs that were not, with the reason."""
    unreferenced: frozenset[tuple[str, Source]] = frozenset()
    """Those of :attr:`missing` that lack nothing but references to compare with."""
    uninstalled: frozenset[tuple[str, Source]] = frozenset()
    """Those of :attr:`missing` for which nothing that is installed looks."""


def examination(rule: Rule, facts: Facts) -> Examination:
    """Look up every (category, source) pair that ``rule`` needs in the reports of ``facts``.

    A pair is examined where a report answers for it, every report that does is completed with full coverage
    and calibrated models (no analyzer makes good for another), and, where references are compared, each bank
    that the rule names (or any, where it names none) had entries.
    """
    examined, missing, unreferenced, uninstalled = set(), {}, set(), set()
    if not rule.demands_evidence:
        return Examination(frozenset(), {})
    for leaf in _leaves(rule):
        for source in sorted(leaf.sources & set(facts.applicable)):
            pair = (leaf.path, source)
            if reason := _obstacle(*pair, facts.reports):
                missing[pair] = reason
                if _is_uninstalled(*pair, facts.reports):
                    uninstalled.add(pair)
            elif reason := _missing_banks(leaf, rule, _answering(*pair, facts.reports)):
                missing[pair] = reason
                unreferenced.add(pair)
            else:
                examined.add(pair)
    if any(TAXONOMY.covers(path, GAPS) for path in rule.find) and not facts.gaps:
        examined.add((GAPS, Source.METADATA))
    return Examination(
        frozenset(examined), missing, frozenset(unreferenced), frozenset(uninstalled)
    )


def _leaves(rule: Rule) -> list[Category]:
    leaves = {leaf.path: leaf for path in sought(rule) for leaf in TAXONOMY.below(path)}
    return [leaves[path] for path in sorted(leaves) if path != GAPS]


def _obstacle(category: str, source: Source, reports: Iterable[AnalyzerReport]) -> str:
    """Return why nothing looked for ``category`` in ``source``; empty where something did."""
    answering = _answering(category, source, reports)
    if not answering:
        hindered = {
            why
            for report in reports
            for path, where, why in report.hindered
            if (path, where) == (category, source)
        }
        if hindered:
            return " ".join(sorted(hindered))
        return (
            f"No analyzer examines {category} in {source}: install one that does, or let an owner "
            "answer for it under accept_unexamined."
        )
    problems = {_failure(report, source) for report in answering} - {""}
    return " ".join(sorted(problems))


def _is_uninstalled(category: str, source: Source, reports: Iterable[AnalyzerReport]) -> bool:
    """Tell whether every report about ``category`` in ``source``, if any, lacks what looks there."""
    pair = (category, source)
    return all(
        pair in report.lacks
        for report in reports
        if pair in report.examines or any(pair == found[:2] for found in report.hindered)
    )


def _answering(
    category: str, source: Source, reports: Iterable[AnalyzerReport]
) -> list[AnalyzerReport]:
    """Return the reports that answer for ``category`` in ``source``."""
    return [report for report in reports if (category, source) in report.examines]


def _failure(report: AnalyzerReport, source: Source) -> str:
    """Return why ``report`` answers for nothing; empty where it does."""
    name = report.analyzer
    if report.status is Status.NOT_APPLICABLE:
        return f"Analyzer {name} says that it does not apply, but the asset has {source}."
    if report.status is not Status.COMPLETED:
        return f"Analyzer {name} {report.status}: {report.reason or 'it does not say why'}"
    if not report.coverage.complete:
        gaps = " ".join(report.coverage.gaps) or "it does not say what is missing"
        return f"Analyzer {name} did not look at everything: {gaps}"
    wild = sorted(model.id for model in report.models if not model.calibrated)
    if wild:
        return (
            f"Analyzer {name} uses models without calibration, so its scores mean nothing: "
            f"{', '.join(wild)}; add a calibration to the card."
        )
    return ""


def _missing_banks(leaf: Category, rule: Rule, reports: Sequence[AnalyzerReport]) -> str:
    if rule.unknown or (leaf.path in PRESENCE.values() and not rule.in_):
        return ""  # whoever is there is seen without any bank
    filled = {bank.name for report in reports for bank in report.banks if bank.size > 0}
    modality = _MODALITIES.get(leaf.path, "")
    mend = _ENROL.get(modality, "add references to it")
    what = f"{modality} entries".lstrip()
    absent = [name for name in rule.in_ if name not in filled]
    if absent:
        return f"Bank {', '.join(sorted(set(absent)))} has no {what}: {mend}."
    compares = leaf.path.split(".")[0] in MATCHED or all(report.banks for report in reports)
    if compares and not filled - set(rule.not_in):
        beside = f" beside {', '.join(sorted(rule.not_in))}" if filled else ""
        return f"No bank{beside} has {what} to compare {leaf.path} with: {mend}."
    return ""


def not_examined(
    policy: Policy,
    facts: Facts,
    examinations: dict[str, Examination],
    failed: Mapping[str, str],
) -> tuple[NotExamined, ...]:
    """Gather what was not examined, accepted or not, in order of category and source.

    What ``failed`` names could not be evaluated. That, gaps of the asset itself, and an asset of which nothing
    at all was examined are never accepted.
    """
    reasons: dict[tuple[str, Source], dict[str, str]] = {}
    failing: dict[str, set[tuple[str, Source]]] = {"no_references": set(), "not_installed": set()}
    for rule, done in examinations.items():
        failing["no_references"] |= done.missing.keys() - done.unreferenced
        failing["not_installed"] |= done.missing.keys() - done.uninstalled
        for pair, reason in done.missing.items():
            reasons.setdefault(pair, {})[rule] = reason
    entries = [
        _entry(
            policy, pair, by_rule, {name for name, pairs in failing.items() if pair not in pairs}
        )
        for pair, by_rule in sorted(reasons.items())
    ]
    entries += [
        NotExamined(category=EVERYTHING, source=f"rule {rule}", rules=(rule,), reason=why)
        for rule, why in sorted(failed.items())
    ]
    if facts.gaps:
        text = " ".join(sorted(set(facts.gaps)))
        entries.append(NotExamined(category=GAPS, source="asset", rules=(), reason=text))
    seen = {category for done in examinations.values() for category, _ in done.examined}
    if not seen - {GAPS}:  # that a file decodes says nothing about what it shows
        text = (
            "Nothing of this asset was examined for any rule that is about this release, and empty "
            "evidence never approves: use a policy whose rules find something in what it has "
            f"({', '.join(sorted(set(facts.applicable))) or 'nothing'})."
        )
        entries.append(
            NotExamined(
                category=EVERYTHING, source="asset", rules=tuple(sorted(examinations)), reason=text
            )
        )
    return tuple(entries)


def _entry(
    policy: Policy, pair: tuple[str, Source], reasons: dict[str, str], holding: set[str]
) -> NotExamined:
    """Return the entry of one pair; ``holding`` are the conditions of acceptance that hold for it."""
    category, source = pair
    accepted = next(
        (
            entry
            for entry in policy.accept_unexamined
            if entry.covers(category)
            and (not entry.sources or source in entry.sources)
            and (entry.while_ is None or entry.while_ in holding)
        ),
        None,
    )
    return NotExamined(
        category=category,
        source=source,
        rules=tuple(sorted(reasons)),
        reason=" ".join(sorted(set(reasons.values()))),
        accepted_by=accepted.owner if accepted else None,
        accepted_reason=accepted.reason if accepted else None,
    )
