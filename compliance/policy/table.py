"""The decision over an archive: many assets at once, by columns, with the meaning of ``evaluate``. Pure.

Bounds are compared by columns; references, permissions, releases and completeness are asked of the scalar code
once for each that differs. Rules that look at several findings together (``expr``, ``unknown``,
``declared: missing``) are left to the scalar code, in places where they could hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from compliance.facts import Consent, Facts, Licence
from compliance.findings import UNSEEN, Finding
from compliance.policy.completeness import Examination, examination, not_examined
from compliance.policy.conclusions import conclude
from compliance.policy.conditions import (
    Situation,
    applies,
    covers_any,
    declarations,
    declared,
    mitigations,
    sought,
)
from compliance.policy.evaluate import beyond_means, moment
from compliance.policy.findings_table import FindingsTable, Ints, Numbers
from compliance.policy.labels import in_picture
from compliance.policy.schema import Applies, Oblige, Policy, Rule
from compliance.taxonomy import TAXONOMY
from compliance.verdicts import Decision

Mask = npt.NDArray[np.bool_]
_DECISIONS = tuple(Decision)
_NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class RuleHits:
    """The hits of one rule: H assets, and the rows of the table behind them."""

    rule: str
    """The rule's id."""
    assets: Ints
    """Index of each asset, ascending, shape (H,)."""
    severities: Ints
    """:attr:`Decision.severity` of each hit, shape (H,)."""
    counts: Mask
    """False where the hit is waived or the rule only monitors, shape (H,)."""
    rows: Ints
    """Rows of the findings behind the hits, ascending; a hit on absence has none."""

    def rows_of(self, asset: int, table: FindingsTable) -> Ints:
        """Return the rows behind the hit on one asset."""
        first, last = np.searchsorted(self.rows, table.first_row[asset : asset + 2])
        return self.rows[first:last]

    def seen(self, table: FindingsTable) -> dict[str, Numbers | npt.NDArray[np.object_]]:
        """Return ids and numbers of the findings behind the hits, by column, shape (rows,)."""
        numbers = {name: column[self.rows] for name, column in table.numbers.items()}
        return {"id": table.ids[self.rows], **numbers}


@dataclass(frozen=True, eq=False)
class TableEvaluation:
    """What a policy decides about each of N assets."""

    severities: Ints
    """:attr:`Decision.severity` of each asset, shape (N,)."""
    complete: Mask
    """As :attr:`Evaluation.complete`, shape (N,)."""
    hits: tuple[RuleHits, ...]
    """Of each rule that hits anywhere, by id."""

    def decision(self, asset: int) -> Decision:
        """Return the decision about one asset."""
        return _DECISIONS[int(self.severities[asset])]


def evaluate_table(policy: Policy, table: FindingsTable, as_of: datetime) -> TableEvaluation:
    """Decide about every asset of ``table`` as :func:`compliance.policy.evaluate.evaluate` would.

    Raises:
        UsageError: ``as_of`` has no time zone.
    """
    judge = _Judge(policy, table, moment(as_of))
    hits = [judge.rule(rule) for rule in sorted(policy.rules, key=lambda rule: rule.id)]
    judge.completeness()
    severities = np.zeros(len(table.facts), np.int64)
    np.maximum.at(severities, table.place_asset, judge.severities)
    complete = np.ones(len(table.facts), np.bool_)
    np.logical_and.at(complete, table.place_asset, judge.complete)
    return TableEvaluation(severities, complete, tuple(one for one in hits if len(one.assets)))


class _Judge:
    """One evaluation; gathers severity and completeness of each place."""

    def __init__(self, policy: Policy, table: FindingsTable, as_of: datetime) -> None:
        self._policy, self._table, self._as_of = policy, table, as_of
        self._circumstances = [Situation(one, (), as_of) for one in table.circumstances]
        self._applying: dict[str, Mask] = {}  # by rule, for each set of circumstances
        self._failed: dict[int, dict[str, str]] = {}  # by place and rule: why
        self._permits = [_permits(facts) for facts in table.circumstances]
        self.severities = np.zeros(len(table.place_asset), np.int64)
        self.complete = np.ones(len(table.place_asset), np.bool_)

    def rule(self, rule: Rule) -> RuleHits:
        """Return the hits of ``rule``, and let them count."""
        applying = self._applying[rule.id] = self._each(rule.applies != Applies(), rule, applies)
        live = applying[self._table.circumstance]
        rows, places = self._candidates(rule, live)
        enough = np.bincount(places, minlength=len(live)) >= (rule.when.min_count or 1)
        if rule.label:
            return self._gather(rule, np.flatnonzero(live & ~enough), rows[:0])
        if rule.declared == "missing":
            wanted = self._each(True, rule, _declares)[self._table.circumstance]
            return self._gather(rule, *self._one_by_one(rule, live & wanted))
        if rule.unknown or rule.expr:
            return self._gather(rule, *self._one_by_one(rule, enough))
        return self._gather(rule, np.flatnonzero(enough), rows[enough[places]])

    def _each(
        self, differs: bool, rule: Rule, ask: Callable[[Rule, Situation], bool]
    ) -> npt.NDArray[np.bool_]:
        """Return the answers of the scalar code for each set of circumstances."""
        if not differs:
            return np.ones(len(self._circumstances), np.bool_)
        return np.array([ask(rule, one) for one in self._circumstances], np.bool_)

    def _candidates(self, rule: Rule, live: Mask) -> tuple[Ints, Ints]:
        """Return rows that count as far as each can be told by itself, and the place of each."""
        table, paths = self._table, sought(rule)
        found = [rows for name, rows in table.rows_of.items() if covers_any(paths, name)]
        rows = np.concatenate(found) if found else np.zeros(0, np.int64)
        rows = _reaching(rule, table, rows)
        if not rule.unknown and (rule.in_ or rule.not_in or rule.except_ or rule.only):
            rows = rows[_referred(rule, table)[table.kind[rows]]]
        rows, places = table.places_of(rows)
        rows, places = rows[live[places]], places[live[places]]
        if rule.unknown:
            return rows, places
        if rule.declared == "undeclared" or any(rule.unless.model_dump().values()):
            stays = ~self._covered(rule, rows, places)
            rows, places = rows[stays], places[stays]
        return rows, places

    def _covered(self, rule: Rule, rows: Ints, places: Ints) -> Mask:
        """Tell which rows a mitigation takes out in which place: asked of the scalar code for each that may."""
        table = self._table
        of_place, kind = table.circumstance[places], table.kind[rows]
        covered = np.zeros(len(rows), np.bool_)
        for which in np.unique(of_place).tolist():
            takes_out = np.zeros(len(table.kinds), np.bool_)
            for index in self._coverable(rule, which):
                takes_out[index] = self._covers(rule, table.kinds[index], which)
            covered |= (of_place == which) & takes_out[kind]
        return covered

    def _coverable(self, rule: Rule, which: int) -> list[int]:
        """Return the kinds whose reference the permissions or the release of a circumstance name."""
        names = set(self._permits[which])
        if rule.unless.declared or rule.declared == "undeclared":
            release = self._circumstances[which].release
            names |= {*release.people, *release.brands, *release.works}
        paths, named = sought(rule), _at(self._table.kinds_called, names, len(self._table.kinds))
        kinds = self._table.kinds
        return [
            at for at in np.flatnonzero(named).tolist() if covers_any(paths, kinds[at].category)
        ]

    def _covers(self, rule: Rule, finding: Finding, which: int) -> bool:
        """Ask the scalar code, with the permissions for one reference: asking each takes the most time."""
        situation, reference = self._circumstances[which], finding.reference
        if rule.declared == "undeclared" and declared(finding, situation.release):
            return True
        permits = self._permits[which].get(reference.id if reference else "", {})
        facts = situation.facts.model_copy(update={"consents": (), "licences": (), **permits})
        return bool(mitigations(rule, finding, Situation(facts, (), self._as_of)))

    def _one_by_one(self, rule: Rule, places: Mask) -> tuple[Ints, Ints]:
        """Return places where the scalar code says that ``rule`` hits, and the rows behind."""
        hit, rows = [], []
        for place in np.flatnonzero(places).tolist():
            conclusion = conclude(rule, self._table.situation(place, self._as_of))
            if conclusion.failed and rule.demands_evidence:
                self._failed.setdefault(place, {})[rule.id] = conclusion.failed
                self.severities[place] = max(self.severities[place], rule.then.severity)
            if conclusion.hit:
                hit.append(place)
                first = int(self._table.first_row[self._table.place_asset[place]])
                ids = {one.id for one in conclusion.findings}
                span = self._table.ids[
                    first : self._table.first_row[self._table.place_asset[place] + 1]
                ]
                rows += [first + at for at, one in enumerate(span) if one in ids]
        return np.array(hit, np.int64), np.array(rows, np.int64)

    def _gather(self, rule: Rule, places: Ints, rows: Ints) -> RuleHits:
        """Let hits in ``places`` count, and join those of one asset."""
        table = self._table
        severity = np.full(len(places), rule.then.severity)
        if rule.oblige is not None:
            least = np.where(self._beyond(rule.oblige, places), Decision.FLAG.severity, 0)
            severity = np.maximum(severity, least)
        owners = table.place_asset[places]
        counts = np.full(len(places), rule.status == "enforce")
        counts &= ~np.isin(owners, [index for index in table.waivable if self._waives(rule, index)])
        np.maximum.at(self.severities, places[counts], severity[counts])
        first = np.diff(owners, prepend=-1) > 0  # places, and so their assets, are in order
        assets, back = owners[first], np.cumsum(first) - 1
        worst = np.zeros(len(assets), np.int64)
        np.maximum.at(worst, back, severity)
        counting = np.zeros(len(assets), np.bool_)
        counting[back] = counts  # the same in every place: a waiver is about the asset
        return RuleHits(rule.id, assets, worst, counting, np.unique(rows))

    def _beyond(self, oblige: Oblige, places: Ints) -> Mask:
        """Tell in which ``places`` finalising cannot fulfil a duty that the picture does not fulfil already."""
        table, label = self._table, oblige.label
        of_place = table.circumstance[places]

        def asked(duties: Sequence[tuple[str, str]]) -> Mask:
            marks = [one.facts.marks for one in self._circumstances]
            return np.array([bool(beyond_means(duties, one)) for one in marks], np.bool_)[of_place]

        whole = asked(oblige.duties)
        if label is None:
            return whole
        facts = (table.facts[asset] for asset in table.place_asset[places].tolist())
        shown = np.array([in_picture(label, one) for one in facts], np.bool_)
        others = asked([duty for duty in oblige.duties if duty[0] != "label"])
        return np.where(shown, others, whole)

    def _waives(self, rule: Rule, index: int) -> bool:
        facts = self._table.facts[index]
        waivers = facts.waivers
        return any(one.covers(rule.id, facts.asset_sha256, self._as_of) for one in waivers)

    def completeness(self) -> None:
        """Decide where something was not examined: once for each set of rules and evidence."""
        table = self._table
        rules = sorted(self._policy.rules, key=lambda rule: rule.id)
        applying = np.array([self._applying[rule.id] for rule in rules], np.bool_)
        sets, of_circumstance = np.unique(applying, axis=1, return_inverse=True)
        known: dict[tuple[str, int], Examination] = {}
        pairs = of_circumstance[table.circumstance] * len(table.evidences)
        pairs = pairs + table.evidence[table.place_asset]
        unique, back = np.unique(pairs, return_inverse=True)
        answers = []
        for pair in unique.tolist():
            which, evidence = divmod(pair, len(table.evidences))
            facts = table.evidences[evidence]
            done = {}
            for rule in (one for one, on in zip(rules, sets[:, which], strict=True) if on):
                if (rule.id, evidence) not in known:
                    known[rule.id, evidence] = examination(rule, facts)
                done[rule.id] = known[rule.id, evidence]
            answers.append(self._examined(facts, done))
        self.complete &= np.array(answers, np.bool_)[back]
        self.complete[list(self._failed)] = False
        least = Decision(self._policy.if_not_examined).severity
        self.severities = np.where(
            self.complete, self.severities, np.maximum(self.severities, least)
        )

    def _examined(self, facts: Facts, done: dict[str, Examination]) -> bool:
        return all(
            one.accepted_by is not None for one in not_examined(self._policy, facts, done, {})
        )


def _permits(facts: Facts) -> dict[str, dict[str, tuple[Consent | Licence, ...]]]:
    """Return consents and licences by the reference that they are about, by its id."""
    found: dict[str, dict[str, tuple[Consent | Licence, ...]]] = {}
    about: list[tuple[str, str, Consent | Licence]] = [
        *(("consents", one.person.id, one) for one in facts.consents),
        *(("licences", one.reference.id, one) for one in facts.licences),
    ]
    for name, reference, permit in about:
        mine = found.setdefault(reference, {})
        mine[name] = (*mine.get(name, ()), permit)
    return found


def _at(index: dict[str, Ints], names: Iterable[str], size: int) -> Mask:
    """Mark the positions of ``names``."""
    marks = np.zeros(size, np.bool_)
    for name in names:
        marks[index.get(name, _NONE)] = True
    return marks


def _referred(rule: Rule, table: FindingsTable) -> Mask:
    """Tell for each kind whether its reference may count."""
    size = len(table.kinds)
    counts = ~_at(table.kinds_called, rule.except_, size)
    if rule.in_:
        counts &= _at(table.kinds_in, rule.in_, size)
    counts &= ~_at(table.kinds_in, rule.not_in, size)
    if rule.only:
        counts &= _at(table.kinds_called, rule.only, size)
    return counts


def _declares(rule: Rule, situation: Situation) -> bool:
    leaves = {leaf.path for path in rule.find for leaf in TAXONOMY.below(path)}
    return any(declarations(leaf, situation.release) for leaf in leaves)


def _reaching(rule: Rule, table: FindingsTable, rows: Ints) -> Ints:
    """Return the rows that reach every bound of ``rule``; NaN is below no bound, so that it counts."""
    when = rule.when
    bounds = (
        ("score", when.min_score, 0.0),
        ("seconds", when.min_seconds, UNSEEN),
        ("area_percent", when.min_area_percent, 0.0),
        ("frames", when.min_frames, 0.0),
        ("end", when.after_seconds, UNSEEN / 2),
    )
    for name, bound, unseen in bounds:
        if bound is not None:
            rows = rows[~(table.numbers[name][rows] + unseen < bound)]
    if when.before_seconds is not None:
        start = np.maximum(table.numbers["start"][rows] - UNSEEN / 2, 0.0)
        rows = rows[~(start >= when.before_seconds)]
    return rows
