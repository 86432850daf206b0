"""Doubts about a policy that loads: rules that can never fire, banks that are not there, missing whys.

Pure: the caller hands in what analyzers and banks there are, and the moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from compliance.policy.completeness import GAPS, MATCHED
from compliance.policy.conditions import sought
from compliance.policy.diagnostics import Diagnostic, Spot, did_you_mean, quoted
from compliance.policy.lint_expressions import expression_doubts
from compliance.policy.lint_overlaps import Doubt, overlaps, weakened
from compliance.policy.load import LoadedPolicy
from compliance.policy.schema import AcceptUnexamined, Policy, Rule
from compliance.taxonomy import TAXONOMY, Category
from compliance.types import Source
from compliance.verdicts import Decision

_Path = tuple[str | int, ...]
_ON_REQUEST = frozenset({Source.SPEECH, Source.AUDIO})
"""Examined only where somebody adds to the clip a transcript, or to the installation an extra."""
_UNSET = re.compile(r"(unset|todo|tbd|nobody|unknown)\b.*", re.IGNORECASE | re.DOTALL)
"""What stands in the place of an owner before there is one."""


class Examiner(Protocol):
    """The part of an analyzer's spec that lint reads."""

    @property
    def name(self) -> str:
        """Name of the analyzer."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories that it can find."""

    @property
    def sources(self) -> frozenset[Source]:
        """Sources that it examines."""

    @property
    def tier(self) -> str:
        """``bundled`` where it runs without being asked for."""


def lint(
    policy: Policy,
    catalogue: Sequence[Examiner],
    banks: Sequence[str] | None = None,
    loaded: LoadedPolicy | None = None,
    as_of: datetime | None = None,
) -> list[Diagnostic]:
    """Return what is doubtful about ``policy``, in order of place.

    Args:
        policy: a policy that loaded.
        catalogue: specs of the analyzers that are installed.
        banks: names of the banks that exist; None where that is not known, which leaves their names unchecked.
        loaded: what ``policy`` was loaded from, so that diagnostics carry line and column, and so that
            what it weakens of the policy that it extends is told.
        as_of: the moment that dates are compared with; None leaves them unchecked.
    """
    doubts = [*_owners(policy), *_accepted(policy, catalogue), *overlaps(policy)]
    if loaded is not None and loaded.base is not None:
        doubts += weakened(policy, loaded.base)
    for index, rule in enumerate(policy.rules):
        at: _Path = ("rules", index)
        doubts += _sense(rule, at)
        doubts += _reach(policy, rule, at, catalogue)
        doubts += expression_doubts(rule, at)
        if banks is not None:
            doubts += _bank_names(rule, at, sorted(set(banks)))
        if as_of is not None:
            doubts += _dates(rule, at, as_of)
    placed = [_placed(doubt, loaded) for doubt in sorted(doubts, key=lambda one: _order(one[1]))]
    return sorted(placed, key=lambda one: one.spot or Spot(0, 0))


def _order(path: _Path) -> tuple[tuple[str, int], ...]:
    return tuple((step, 0) if isinstance(step, str) else ("", step) for step in path)


def _in_document(path: _Path, loaded: LoadedPolicy) -> _Path:
    """Return where in the document stands what ``path`` names in the effective policy.

    The two differ where a policy extends another one, whose rules and acceptances come first.
    """
    if loaded.base is None or len(path) < 2 or not isinstance(path[1], int):
        return path
    if path[0] == "accept_unexamined":
        index = path[1] - len(loaded.base.accept_unexamined)
        return (path[0], index, *path[2:]) if index >= 0 else ("extends",)
    if path[0] != "rules":
        return path
    rule = loaded.policy.rules[path[1]].id
    document = loaded.root.plain()
    for key, name in (("rules", "id"), ("override", "rule")):
        for index, item in enumerate(document.get(key, [])):
            if item[name] == rule:
                return (key, index, *(path[2:] if key == "rules" else ()))
    return ("extends",)


def _placed(doubt: Doubt, loaded: LoadedPolicy | None) -> Diagnostic:
    severity, path, message, hint = doubt
    if loaded is None:
        return Diagnostic(message, path=path, hint=hint, severity=severity)
    _, spot = loaded.root.follow(_in_document(path, loaded))
    return loaded.source.diagnostic(spot, message, hint, path=path, severity=severity)


def _owners(policy: Policy) -> Iterator[Doubt]:
    """Owners that are not filled in: nobody answers for a policy from a template yet."""
    named: list[tuple[_Path, str, str | None]] = [(("owner",), "the policy", policy.owner)]
    named += [
        (
            ("accept_unexamined", index, "owner"),
            f"accepting {', '.join(entry.categories)}",
            entry.owner,
        )
        for index, entry in enumerate(policy.accept_unexamined)
    ]
    named += [
        (("rules", index, "owner"), f"rule {rule.id}", rule.owner)
        for index, rule in enumerate(policy.rules)
    ]
    for path, what, owner in named:
        if owner is not None and _UNSET.fullmatch(owner):
            message = f"nobody answers for {what} yet: its owner is {quoted(owner)}"
            yield "note", path, message, "name who does"


def _dates(rule: Rule, at: _Path, as_of: datetime) -> Iterator[Doubt]:
    until = rule.applies.until
    if until is not None and until < as_of.date():
        message = f"rule {rule.id} has ended: it applied until {until}"
        yield "warning", (*at, "applies", "until"), message, "delete the rule, or give it a new end"


def _sense(rule: Rule, at: _Path) -> Iterator[Doubt]:
    """Doubts about one rule by itself."""
    if rule.why is None:
        yield "warning", at, f"rule {rule.id} says no why", "name the law, contract or guideline"
    if rule.then is Decision.APPROVE and rule.oblige is None:
        hint = "let it flag or reject, oblige something, or delete it"
        yield "warning", (*at, "then"), f"rule {rule.id} approves and obliges nothing", hint
    branches = {path.split(".")[0] for path in rule.find}
    if rule.in_ and not branches & MATCHED:
        message = f"rule {rule.id} names banks, but nothing that it finds has a reference"
        yield "error", (*at, "in"), message, "delete 'in', or the rule never hits"
    if both := sorted(set(rule.in_) & set(rule.not_in)):
        message = f"rule {rule.id} names bank {quoted(both[0])} in both 'in' and 'not_in'"
        yield "error", (*at, "not_in"), message, "take it out of one of them"
    for key, wanted, of in (
        ("consent", {"likeness"}, "likeness"),
        ("licence", {"brand", "ip"}, "brand or ip"),
    ):
        if getattr(rule.unless, key) and not branches & wanted:
            message = f"a {key} never covers what rule {rule.id} finds"
            yield "warning", (*at, "unless", key), message, f"it covers findings of {of} only"


def _reach(policy: Policy, rule: Rule, at: _Path, catalogue: Sequence[Examiner]) -> Iterator[Doubt]:
    """Doubts about whether anything installed can find what the rule looks for."""
    leaves = {leaf.path: leaf for path in sought(rule) for leaf in TAXONOMY.below(path)}
    leaves.pop(GAPS, None)
    unseen = [
        path
        for path, leaf in leaves.items()
        if not any(path in one.categories and leaf.sources & one.sources for one in catalogue)
    ]
    if unseen and len(unseen) == len(leaves) and GAPS not in rule.find:
        what = ", ".join(unseen)
        if rule.status == "monitor":
            message = f"rule {rule.id} monitors nothing yet: no analyzer finds {what}"
            yield "note", (*at, "find"), message, "install an analyzer that does"
            return
        message = f"rule {rule.id} can never hit: no analyzer finds {what}"
        yield "error", (*at, "find"), message, "install an analyzer that does, or delete the rule"
        return
    for path in unseen if rule.demands_evidence else ():
        if not _accepts(policy, path):
            message = f"no analyzer finds {path}, so that every verdict is incomplete"
            hint = "name narrower categories, or let an owner answer for it in accept_unexamined"
            yield "warning", (*at, "find"), message, hint


def _accepts(policy: Policy, category: str) -> bool:
    return any(
        entry.covers(category) and not entry.sources and entry.while_ != "no_references"
        for entry in policy.accept_unexamined
    )


def _accepted(policy: Policy, catalogue: Sequence[Examiner]) -> Iterator[Doubt]:
    """Doubts about entries of ``accept_unexamined`` that accept nothing, or more than they need."""
    named = {
        leaf.path: leaf
        for rule in policy.rules
        for path in rule.find
        for leaf in TAXONOMY.below(path)
    }
    for index, entry in enumerate(policy.accept_unexamined):
        at = ("accept_unexamined", index)
        for category in entry.categories:
            leaves = [leaf for key, leaf in named.items() if TAXONOMY.covers(category, key)]
            yield from _acceptance(entry, category, leaves, at, catalogue)


def _acceptance(
    entry: AcceptUnexamined,
    category: str,
    leaves: Sequence[Category],
    at: _Path,
    catalogue: Sequence[Examiner],
) -> Iterator[Doubt]:
    """Doubts about one category of an entry, of which the rules find ``leaves``."""
    if not leaves:
        message = f"no rule finds {category}, so that nothing is accepted here"
        hint = "delete the entry" if len(entry.categories) == 1 else f"delete {category}"
        yield "warning", at, message, hint
        return
    possible = frozenset[Source]().union(*(leaf.sources for leaf in leaves))
    for source in sorted(set(entry.sources) - possible):
        message = f"{category} cannot occur in {source}"
        yield "warning", (*at, "sources"), message, f"delete {source}"
    if entry.while_:
        return  # it accepts no failure
    for source in sorted((set(entry.sources) & possible) - _ON_REQUEST):
        if all(_examined(catalogue, leaf.path, source) for leaf in leaves):
            message = f"{category} in {source} is accepted, though an analyzer examines it"
            hint = f"delete {source}, or a failure there passes unseen"
            yield "warning", (*at, "sources"), message, hint


def _examined(catalogue: Sequence[Examiner], category: str, source: Source) -> bool:
    """Tell whether an analyzer that runs by itself examines ``category`` in ``source``."""
    return any(
        one.tier == "bundled" and category in one.categories and source in one.sources
        for one in catalogue
    )


def _bank_names(rule: Rule, at: _Path, known: Sequence[str]) -> Iterator[Doubt]:
    for position, name in enumerate(rule.in_):
        if name not in known:
            hint = did_you_mean(name, known) or f"the banks are {', '.join(known) or 'none yet'}"
            message = f"rule {rule.id} names bank {quoted(name)}, which is not there"
            yield "warning", (*at, "in", position), message, hint
    for position, name in enumerate(rule.not_in):
        if name not in known:
            message = f"rule {rule.id} leaves out bank {quoted(name)}, which is not there yet"
            hint = "check how it is spelt, or add something to it"
            yield "note", (*at, "not_in", position), message, hint
