"""Doubts about a policy that loads: rules that can never fire, banks that are not there, missing whys.

Pure: the caller hands in what analyzers and banks there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from compliance.findings import BankUse
from compliance.policy.completeness import GAPS, MATCHED
from compliance.policy.diagnostics import Diagnostic, did_you_mean, quoted
from compliance.policy.load import LoadedPolicy
from compliance.policy.schema import Policy, Rule
from compliance.taxonomy import TAXONOMY
from compliance.types import Source
from compliance.verdicts import Decision

_Path = tuple[str | int, ...]
_Doubt = tuple[Literal["error", "warning"], _Path, str, str]


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


def lint(
    policy: Policy,
    catalogue: Sequence[Examiner],
    banks: Sequence[BankUse] | None = None,
    loaded: LoadedPolicy | None = None,
) -> list[Diagnostic]:
    """Return what is doubtful about ``policy``, in order of place.

    Args:
        policy: a policy that loaded.
        catalogue: specs of the analyzers that are installed.
        banks: banks that exist; None where that is not known, which leaves their names unchecked.
        loaded: what ``policy`` was loaded from, so that diagnostics carry line and column.
    """
    doubts = [*_accepted(policy, catalogue)]
    for index, rule in enumerate(policy.rules):
        at: _Path = ("rules", index)
        doubts += _sense(rule, at)
        doubts += _reach(policy, rule, at, catalogue)
        if banks is not None:
            doubts += _bank_names(rule, at, sorted({bank.name for bank in banks}))
    doubts += _shadowed(policy)
    return [_placed(doubt, loaded) for doubt in sorted(doubts, key=lambda doubt: _order(doubt[1]))]


def _order(path: _Path) -> tuple[tuple[str, int], ...]:
    return tuple((step, 0) if isinstance(step, str) else ("", step) for step in path)


def _placed(doubt: _Doubt, loaded: LoadedPolicy | None) -> Diagnostic:
    severity, path, message, hint = doubt
    if loaded is None:
        return Diagnostic(message, path=path, hint=hint, severity=severity)
    _, spot = loaded.root.follow(path)
    return loaded.source.diagnostic(spot, message, hint, path=path, severity=severity)


def _sense(rule: Rule, at: _Path) -> Iterator[_Doubt]:
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
    for key, wanted, of in (
        ("consent", {"likeness"}, "likeness"),
        ("licence", {"brand", "ip"}, "brand or ip"),
    ):
        if getattr(rule.unless, key) and not branches & wanted:
            message = f"a {key} never covers what rule {rule.id} finds"
            yield "warning", (*at, "unless", key), message, f"it covers findings of {of} only"


def _reach(
    policy: Policy, rule: Rule, at: _Path, catalogue: Sequence[Examiner]
) -> Iterator[_Doubt]:
    """Doubts about whether anything installed can find what the rule looks for."""
    leaves = {leaf.path: leaf for path in rule.find for leaf in TAXONOMY.below(path)}
    leaves.pop(GAPS, None)
    unseen = [
        path
        for path, leaf in leaves.items()
        if not any(path in one.categories and leaf.sources & one.sources for one in catalogue)
    ]
    if unseen and len(unseen) == len(leaves) and GAPS not in rule.find:
        message = f"rule {rule.id} can never hit: no analyzer finds {', '.join(unseen)}"
        grave: Literal["error", "warning"] = "error" if rule.status == "enforce" else "warning"
        yield grave, (*at, "find"), message, "install an analyzer that does, or delete the rule"
        return
    for path in unseen if rule.demands_evidence else ():
        if not _accepts(policy, path):
            message = f"no analyzer finds {path}, so that every verdict is incomplete"
            hint = "name narrower categories, or let an owner answer for it in accept_unexamined"
            yield "warning", (*at, "find"), message, hint


def _accepts(policy: Policy, category: str) -> bool:
    return any(
        TAXONOMY.covers(entry.category, category) and not entry.sources
        for entry in policy.accept_unexamined
    )


def _accepted(policy: Policy, catalogue: Sequence[Examiner]) -> Iterator[_Doubt]:
    """Doubts about entries of ``accept_unexamined`` that accept nothing, or more than they need."""
    named = {
        leaf.path: leaf
        for rule in policy.rules
        for path in rule.find
        for leaf in TAXONOMY.below(path)
    }
    for index, entry in enumerate(policy.accept_unexamined):
        at = ("accept_unexamined", index)
        leaves = [leaf for key, leaf in named.items() if TAXONOMY.covers(entry.category, key)]
        if not leaves:
            message = f"no rule finds {entry.category}, so that nothing is accepted here"
            yield "warning", at, message, "delete the entry"
            continue
        possible = frozenset[Source]().union(*(leaf.sources for leaf in leaves))
        for source in sorted(set(entry.sources) - possible):
            message = f"{entry.category} cannot occur in {source}"
            yield "warning", (*at, "sources"), message, f"delete {source}"
        for source in sorted(set(entry.sources) & possible):
            if all(_examined(catalogue, leaf.path, source) for leaf in leaves):
                message = (
                    f"{entry.category} in {source} is accepted, though an analyzer examines it"
                )
                hint = f"delete {source}, or a failure there passes unseen"
                yield "warning", (*at, "sources"), message, hint


def _examined(catalogue: Sequence[Examiner], category: str, source: Source) -> bool:
    return any(category in one.categories and source in one.sources for one in catalogue)


def _bank_names(rule: Rule, at: _Path, known: Sequence[str]) -> Iterator[_Doubt]:
    for position, name in enumerate(rule.in_):
        if name not in known:
            hint = did_you_mean(name, known) or f"the banks are {', '.join(known) or 'none yet'}"
            message = f"rule {rule.id} names bank {quoted(name)}, which is not there"
            yield "warning", (*at, "in", position), message, hint


def _shadowed(policy: Policy) -> Iterator[_Doubt]:
    """Rules with the very conditions of another one that decides at least as hard."""
    for index, rule in enumerate(policy.rules):
        for other_index, other in enumerate(policy.rules):
            if other_index == index or _conditions(rule) != _conditions(other):
                continue
            harder = other.then.severity - rule.then.severity
            if rule.oblige in (None, other.oblige) and (
                harder > 0 or (harder == 0 and other_index < index)
            ):
                message = f"rule {rule.id} adds nothing: {other.id} has the same conditions"
                yield "warning", ("rules", index), message, "delete it, or change its conditions"
                break


def _conditions(rule: Rule) -> Rule:
    """Return ``rule`` with its conditions in a fixed order and everything else blanked."""
    return rule.model_copy(
        update={
            "id": "", "title": "", "why": None, "severity": None, "owner": None,
            "then": Decision.APPROVE, "oblige": None, "send_to": None,
            "find": tuple(sorted(set(rule.find))), "in_": tuple(sorted(set(rule.in_))),
            "except_": tuple(sorted(set(rule.except_))),
        }
    )  # fmt: skip
