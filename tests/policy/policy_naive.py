"""A second evaluator: the plainest reading of docs/policies.md, written apart from the engine.

It shares the types, what they say of themselves (who a consent covers, how large a region is), the parsed
rules, the categories and the tables of territories; it shares no code that decides. Slow on purpose.
"""

import itertools
import re
from datetime import date, datetime
from types import SimpleNamespace as Known

from compliance.facts import Facts
from compliance.findings import AnalyzerReport, Finding, Status
from compliance.policy.schema import Applies, Label, Policy, Rule, Unless, When
from compliance.taxonomy import PRESENCE, TAXONOMY
from compliance.territories import CODES, GROUPS, STATES
from compliance.verdicts import Decision

TORN = "integrity.undecodable"
DECLARED = {"likeness": "people", "brand": "brands", "ip": "works"}
EVERYWHERE = CODES | STATES
REACH = {one: {one} for one in EVERYWHERE} | GROUPS | {"US": STATES | {"US"}}
INF = float("inf")


def naive(policy: Policy, facts: Facts, now: datetime, failing: bool = False) -> dict[str, object]:
    """Decide each place apart and join what is said; ``failing``: no expression can be evaluated."""
    found = {one.id: one for one in facts.findings}
    if facts.gaps:
        gap = {"analyzer": "media", "source": "metadata", "raw_kind": "count"}
        found["gap"] = Finding(category=TORN, asset=facts.asset, score=1, raw=1, **gap)
    names, here = ("territories", "channels", "audience"), facts.release
    axes = [[(one,) for one in getattr(here, name)] or [()] for name in names]
    cells = [dict(zip(names, cell, strict=True)) for cell in itertools.product(*axes)]
    releases = dict.fromkeys(here.model_copy(update=cell) for cell in cells)
    there = [facts.model_copy(update={"release": one}) for one in releases]
    places = [
        one_place(policy, Known(facts=one, found=found, now=now, failing=failing)) for one in there
    ]
    said = {each for place in places for each in place.said}
    bad = {one[1] for one in said if one[0] == "hit" or (one[0] == "missing" and not one[-1])}
    said |= {("passed", one[1]) for one in said if one[0] == "looked" and one[1] not in bad}
    return {
        "decision": Decision.worst([one.decision for one in places]),
        "complete": all(one.complete for one in places),
        "said": {one for one in said if one[0] != "looked"},
        "cells": [(one.decision, one.complete, one.counted) for one in places],
    }


def one_place(policy: Policy, at: Known) -> Known:
    """Let each rule that is about the place hit, and ask for what it needed to have examined."""
    said, counted, facts, decisions = set(), set(), at.facts, [Decision.APPROVE]
    for rule in (one for one in policy.rules if applies(one.applies, at)):
        hit, kept, failed = concludes(rule, at)
        if hit:
            duties = [one for one in rule.oblige.duties if one[0] != "label"] if rule.oblige else []
            label = rule.oblige.label if rule.oblige else None
            sure = [one for one in facts.reports if sound(one) and not facts.gaps]
            seen = [(one, by.coverage.seconds) for by in sure for one in by.findings]
            if label and not any(shown(label, *one) for one in seen):
                duties.append(("label", str(label)))
            able = all((what if kind == "mark" else kind) in facts.marks for kind, what in duties)
            decision = rule.then if able else Decision.worst([rule.then, Decision.FLAG])
            waived = any(one.covers(rule.id, facts.asset_sha256, at.now) for one in facts.waivers)
            said |= {("hit", rule.id, decision, waived, rule.status)}
            said |= {("behind", rule.id, one) for one in kept}
            if not waived and rule.status == "enforce":
                counted.add(rule.id)
                decisions.append(decision)
                said |= {("duty", rule.id, *each) for each in duties}
        if rule.demands_evidence:
            said |= looks(policy, rule, facts)
            if failed:  # what cannot be told is taken to be the worst
                decisions.append(rule.then)
                said |= {("missing", rule.id, "*", f"rule {rule.id}", False)}
    whole = not facts.gaps and all(one[-1] for one in said if one[0] == "missing")
    complete = whole and any(one[0] == "looked" and one[2] != TORN for one in said)
    decisions += [] if complete else [Decision(policy.if_not_examined)]
    return Known(said=said, counted=counted, complete=complete, decision=Decision.worst(decisions))


def shown(label: Label, one: Finding, seconds: float) -> bool:
    """Does a label in a clip of so many seconds say it, there and so long?"""
    texts = [re.findall("[a-z]+", text.lower()) for text in (label.text, one.track or "")]
    wanted, said = (f" {' '.join(words)} " for words in texts)
    if one.category != "disclosure.label" or one.score < 0.5 or not one.span or wanted not in said:
        return False
    first, last = one.span.start <= 0.5, abs(one.span.end - seconds) <= 0.5
    there = {"start": first, "end": last, "throughout": first and last}
    return there.get(label.place, False) and one.span.seconds >= (label.min_seconds or 0)


def sound(report: AnalyzerReport) -> bool:
    whole = report.status is Status.COMPLETED and report.coverage.complete
    return whole and all(model.calibrated for model in report.models)


def concludes(rule: Rule, at: Known) -> tuple[bool, list[str], bool]:
    kept = {key: one for key, one in at.found.items() if counts(rule, one, at)}
    kept = kept if len(kept) >= (rule.when.min_count or 1) else {}
    if rule.label:
        return not kept, [], False
    if rule.declared == "missing":
        kinds, release = {path.split(".")[0] for path in rule.find}, at.facts.release
        wanted = {(kind, name) for kind in kinds for name in getattr(release, DECLARED[kind])}
        seen = {(one.category.split(".")[0], name) for one in kept.values() for name in called(one)}
        return not wanted <= seen, [], False
    failed = bool(rule.expr and kept and at.failing)
    hit = bool(kept) and not failed and (not rule.expr or true_of(rule.expr, list(kept.values())))
    return hit, list(kept), failed


def true_of(expr: str, findings: list[Finding]) -> bool:
    rows, names = [], ("category", "source", "analyzer", "track", "bank", "entry", "label")
    for one in findings:
        who = one.reference or Known(id="")
        texts = {name: getattr(one, name, getattr(who, name, "")) or "" for name in names}
        rows.append(Known(**texts, **measured(one), reference=who.id))
    expr = expr.replace("&&", " and ").replace("||", " or ").replace("contains", "__contains__")
    expr = re.sub("(starts|ends)With", r"\1with", expr)
    expr = re.sub(r"findings\.exists\((\w+),", r"exists(lambda \1:", expr)
    return bool(eval(expr, {"exists": lambda test: any(test(row) for row in rows)}))


def applies(rule: Applies, at: Known) -> bool:
    """Is it about this place? Silence means everywhere, everybody and everything."""
    release, today = at.facts.release, at.now.date()
    reached = {one for name in release.territories for one in REACH.get(name, EVERYWHERE)}
    wanted = {one for name in rule.territories for one in REACH[name]}
    told = [(wanted, reached), (rule.channels, release.channels), (rule.audience, release.audience)]
    told += [(rule.purpose, [release.purpose or ""]), (rule.provider, at.facts.providers)]
    told = [({n.lower() for n in ours}, {n.lower() for n in theirs if n}) for ours, theirs in told]
    left_out = told[-1][1] and told[-1][1] <= {name.lower() for name in rule.except_provider}
    if left_out or any(ours and theirs and not ours & theirs for ours, theirs in told):
        return False
    first, last = release.starts or today, release.ends or date.max
    in_force = first <= (rule.until or date.max) and last >= (rule.from_ or date.min)
    return in_force or first > last  # nonsense proves nothing


def under(paths: tuple[str, ...], category: str) -> bool:
    return any(TAXONOMY.covers(path, category) for path in paths)


def called(one: Finding) -> set[str]:
    return {one.reference.id, one.reference.entry, one.reference.label} if one.reference else set()


def counts(rule: Rule, one: Finding, at: Known) -> bool:
    names, bank = called(one), one.reference.bank if one.reference else None
    if rule.unknown:
        there = one.category in [PRESENCE[leaf] for leaf in PRESENCE if under(rule.find, leaf)]
        track = [m for m in at.found.values() if (m.analyzer, m.track) == (one.analyzer, one.track)]
        sure = [m for m in track if under(rule.find, m.category) and m.score >= rule.when.min_score]
        banks = [m for m in sure if m.reference and (not rule.in_ or m.reference.bank in rule.in_)]
        best = [m for m in banks if m.score == max(other.score for other in banks)]
        told = [m for m in best if rule.unless == Unless() or covered(rule, m, at)]
        return there and reaches(rule.when, one) and not (told and one.track is not None)
    refused = (rule.in_ and bank not in rule.in_) or (rule.only and not names & set(rule.only))
    refused = refused or bank in rule.not_in
    about = under(rule.find, one.category) and reaches(rule.when, one)
    return about and not refused and not names & set(rule.except_) and not covered(rule, one, at)


def measured(one: Finding) -> dict[str, float]:
    """Return its numbers; what cannot be measured is larger than any, and half a second is unseen."""
    area = one.region.area_percent if one.region else INF
    seconds = one.span.seconds + 1 if one.span else INF
    return {
        "score": one.score,
        "seconds": seconds,
        "area_percent": area,
        "frames": one.frames or INF,
    }


def reaches(when: When, one: Finding) -> bool:
    start, end = (one.span.start - 0.5, one.span.end + 0.5) if one.span else (0, INF)
    in_time = end >= (when.after_seconds or 0) and max(start, 0) < (when.before_seconds or INF)
    return in_time and all(
        n >= (getattr(when, f"min_{key}") or 0) for key, n in measured(one).items()
    )


def covered(rule: Rule, one: Finding, at: Known) -> bool:
    permits = at.facts.consents if rule.unless.consent else ()
    permits += at.facts.licences if rule.unless.licence else ()
    asks = rule.unless.declared or rule.declared == "undeclared"
    field = DECLARED.get(one.category.split(".")[0]) if asks else None
    permitted = any(permit.covers(one, at.facts.release, at.now) for permit in permits)
    return permitted or bool(field and called(one) & set(getattr(at.facts.release, field)))


def looks(policy: Policy, rule: Rule, facts: Facts) -> set[tuple]:
    """Say what of the rule's categories was looked at, in the sources that the asset has."""
    said = {("looked", rule.id, TORN)} if under(rule.find, TORN) and not facts.gaps else set()
    for leaf in (one for one in TAXONOMY.leaves if under(rule.find, one) and one != TORN):
        category = PRESENCE[leaf] if rule.unknown else leaf
        for source in TAXONOMY.leaves[category].sources & set(facts.applicable):
            missing = (
                "missing",
                rule.id,
                category,
                source,
                accepts(policy, category, source, facts),
            )
            looked = examined(category, source, rule, facts)
            said.add(("looked", rule.id, category) if looked else missing)
    return said


def accepts(policy: Policy, category: str, source: str, facts: Facts) -> bool:
    pair, whys = (category, source), {None}
    about = [r for r in facts.reports if pair in (*r.examines, *(one[:2] for one in r.hindered))]
    if answers(category, source, facts):
        whys.add("no_references")
    elif all(pair in one.lacks for one in about):
        whys.add("not_installed")
    mine = [one for one in policy.accept_unexamined if under(one.categories, category)]
    return any(one.while_ in whys and source in (one.sources or [source]) for one in mine)


def answers(category: str, source: str, facts: Facts) -> list[AnalyzerReport]:
    """Return the reports of a look, if all who were to look did so whole and calibrated."""
    said = [one for one in facts.reports if (category, source) in one.examines]
    return said if all(map(sound, said)) else []


def examined(category: str, source: str, rule: Rule, facts: Facts) -> bool:
    """Did somebody look, with entries to compare with where it compares?"""
    said = answers(category, source, facts)
    filled = {bank.name for one in said for bank in one.banks if bank.size}
    compares = category.split(".")[0] in DECLARED or all(one.banks for one in said)
    alone = not compares or (category.startswith("presence.") and not rule.in_)
    enough = set(rule.in_) <= filled and (alone or bool(filled - set(rule.not_in)))
    return bool(said) and (rule.unknown or enough)
