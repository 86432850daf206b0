"""Which way a change of one key moves decisions, and which rule counts all that another one counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from compliance.policy.conditions import sought
from compliance.policy.schema import Rule
from compliance.taxonomy import TAXONOMY
from compliance.territories import expand
from compliance.verdicts import Decision

Effect = Literal["", "weaker", "stronger"]
WORDING = ("title", "why", "severity", "owner", "send_to")
"""Keys of a rule that people read and that decide nothing."""
_LOWER = (
    "min_score",
    "min_seconds",
    "min_area_percent",
    "min_frames",
    "after_seconds",
    "min_count",
)
"""Bounds of ``when`` that let less count the higher they are."""
_DIMENSIONS = ("territories", "channels", "audience", "purpose", "provider")
_MITIGATIONS = ("consent", "licence", "declared")


def weight_of(rule: Rule) -> bool:
    """Tell whether ``rule`` can make any decision harder, or oblige anything."""
    return rule.demands_evidence


def effect_of(key: str, before: Rule, after: Rule) -> Effect:
    """Return what the change of ``key`` does by itself; empty where that is not plain.

    Args:
        key: as :func:`compliance.policy.diff.rule_keys` names it, such as ``when.min_score``.
        before: the rule as it was.
        after: the rule as it is.
    """
    if not (weight_of(before) or weight_of(after)) or key in WORDING:
        return ""
    if key in ("then", "status", "expr"):
        return _decisive(key, before, after)
    if key.startswith("oblige"):
        return _duties(before, after)
    wider = _applies_wider if key.startswith("applies.") else _counts_more
    if wider is _counts_more and (_by_absence(before) or _by_absence(after)):
        return ""  # what hits for want of findings moves the other way, and needs the same examined
    return _way(wider(key, after, before), wider(key, before, after))


def covers(wide: Rule, narrow: Rule) -> bool:
    """Tell for certain whether ``wide`` counts all that ``narrow`` counts, wherever that applies.

    False also where it cannot be told.
    """
    if _by_absence(wide) or _by_absence(narrow):
        return _conditions(wide) == _conditions(narrow)
    return (
        wide.status == narrow.status
        and wide.expr in (None, narrow.expr)
        and all(_counts_more(key, wide, narrow) for key in _COUNTING)
        and all(_applies_wider(f"applies.{key}", wide, narrow) for key in _APPLIES)
    )


def same_but_score(one: Rule, other: Rule) -> bool:
    """Tell whether two rules have the same conditions, but for ``min_score``."""
    blank = {"min_score": None}
    return _conditions(
        one.model_copy(update={"when": one.when.model_copy(update=blank)})
    ) == _conditions(other.model_copy(update={"when": other.when.model_copy(update=blank)}))


def same_conditions(one: Rule, other: Rule) -> bool:
    """Tell whether two rules have the same conditions."""
    return _conditions(one) == _conditions(other)


def _by_absence(rule: Rule) -> bool:
    """Tell whether a rule can hit for want of findings, so that counting more makes it milder."""
    return bool(rule.unknown or rule.label or rule.declared == "missing")


def _conditions(rule: Rule) -> Rule:
    """Return ``rule`` with its conditions in a fixed order and everything else blanked."""
    return rule.model_copy(
        update={
            "id": "", "title": "", "why": None, "severity": None, "owner": None,
            "then": Decision.APPROVE, "oblige": None, "send_to": None,
            "find": tuple(sorted(set(rule.find))), "in_": tuple(sorted(set(rule.in_))),
            "not_in": tuple(sorted(set(rule.not_in))),
            "except_": tuple(sorted(set(rule.except_))), "only": tuple(sorted(set(rule.only))),
        }
    )  # fmt: skip


_COUNTING = (
    "find", "in", "not_in", "except", "only", "declared", "when.before_seconds",
    *(f"when.{key}" for key in _LOWER), *(f"unless.{key}" for key in _MITIGATIONS),
)  # fmt: skip
_APPLIES = (*_DIMENSIONS, "except_provider", "from", "until")


def _counts_more(key: str, wide: Rule, narrow: Rule) -> bool:
    """Tell for certain whether ``key`` of ``wide`` lets all count that ``key`` of ``narrow`` lets count."""
    branch, _, part = key.rpartition(".")
    if branch == "when":
        return _bound_wider(part, getattr(wide.when, part), getattr(narrow.when, part))
    if branch == "unless":
        return getattr(wide.unless, part) in (None, getattr(narrow.unless, part))
    if key == "find":
        return _leaves(wide) >= _leaves(narrow)
    if (
        key == "in"
    ):  # a bank that is named must have entries, so that naming none is not simply wider
        return set(wide.in_) >= set(narrow.in_) and bool(wide.in_) == bool(narrow.in_)
    if key == "not_in":  # the fewer banks are left out, the fewer may be empty unseen
        return set(wide.not_in) <= set(narrow.not_in)
    if key == "except":
        return set(wide.except_) <= set(narrow.except_)
    if key == "only":
        return not wide.only or (bool(narrow.only) and set(wide.only) >= set(narrow.only))
    return key == "declared" and wide.declared in (None, narrow.declared)


def _bound_wider(key: str, wide: float | None, narrow: float | None) -> bool:
    if wide is None or narrow is None:
        return wide is None
    return wide >= narrow if key == "before_seconds" else wide <= narrow


def _applies_wider(key: str, wide: Rule, narrow: Rule) -> bool:
    """Tell for certain whether ``wide`` is about every release, in one dimension, that ``narrow`` is about."""
    ours, theirs, key = wide.applies, narrow.applies, key.removeprefix("applies.")
    if key == "from":
        return ours.from_ is None or (theirs.from_ is not None and ours.from_ <= theirs.from_)
    if key == "until":
        return ours.until is None or (theirs.until is not None and ours.until >= theirs.until)
    if key == "except_provider":
        return _folded(ours.except_provider) <= _folded(theirs.except_provider)
    reach, asked = getattr(ours, key), getattr(theirs, key)
    if not reach or not asked:
        return not reach
    if key == "territories":
        return expand(reach) >= expand(asked)
    return _folded(reach) >= _folded(asked)


def _folded(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names}


def _leaves(rule: Rule) -> frozenset[str]:
    return _leaves_below(sought(rule))


@lru_cache(maxsize=4096)  # lint compares each rule with each
def _leaves_below(paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(leaf.path for path in paths for leaf in TAXONOMY.below(path))


def _decisive(key: str, before: Rule, after: Rule) -> Effect:
    if key == "then":
        return _way(
            after.then.severity > before.then.severity, after.then.severity < before.then.severity
        )
    if key == "status":
        return _way(after.status == "enforce", after.status == "monitor")
    return _way(after.expr is None, before.expr is None)


def _duties(before: Rule, after: Rule) -> Effect:
    had = set(before.oblige.duties) if before.oblige else set()
    has = set(after.oblige.duties) if after.oblige else set()
    return _way(has > had, has < had)


def _way(stronger: bool, weaker: bool) -> Effect:
    if stronger == weaker:
        return ""
    return "stronger" if stronger else "weaker"
