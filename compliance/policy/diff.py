"""What changed between two policies, key by key, and which decisions change with it. Pure.

A change is *weaker* where it lets less count, decides less hard or asks for less, and *stronger* where it
does the opposite. Where neither can be told from the key alone, nothing is claimed. One exception: an asset
of which a policy looks at nothing is never approved, and a stronger policy may look at something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from compliance.facts import Facts
from compliance.policy.directions import WORDING, Effect, effect_of, weight_of
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.schema import Policy, Rule

_NESTED = ("when", "unless", "applies", "oblige")
_Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class KeyChange:
    """One key with its values before and after; None where it was not stated."""

    key: str
    """Such as ``when.min_score``."""
    before: Any
    after: Any
    effect: Effect = ""
    """What it does to decisions; empty where that cannot be told, or where it does nothing."""

    def __str__(self) -> str:
        """Return ``key: before → after (effect)``."""
        effect = f" ({self.effect})" if self.effect else ""
        return f"{self.key}: {_shown(self.before)} → {_shown(self.after)}{effect}"


@dataclass(frozen=True)
class RuleChange:
    """What changed of one rule."""

    rule: str
    """Its id."""
    kind: _Kind
    """Whether it is new, gone, or another."""
    effect: Effect = ""
    """What it does to decisions, all keys together."""
    keys: tuple[KeyChange, ...] = ()
    """The keys that changed; none where the rule is new or gone."""


@dataclass(frozen=True)
class PolicyDiff:
    """What changed between two policies."""

    keys: tuple[KeyChange, ...]
    """Keys of the policy itself."""
    rules: tuple[RuleChange, ...]
    """Rules, by id."""

    @property
    def empty(self) -> bool:
        """True where the two say the same."""
        return not (self.keys or self.rules)


@dataclass(frozen=True)
class Flip:
    """A review that ends otherwise under the other policy."""

    before: str
    """Decision, and whether it was incomplete."""
    after: str
    """The same under the other policy."""
    reasons: tuple[str, ...]
    """What is responsible, one line for each rule."""


def diff(before: Policy, after: Policy) -> PolicyDiff:
    """Return what changed from ``before`` to ``after``."""
    ids = sorted({rule.id for rule in (*before.rules, *after.rules)})
    pairs = ((name, before.rule(name), after.rule(name)) for name in ids)
    changes = (_rule_change(name, old, new) for name, old, new in pairs)
    return PolicyDiff(
        tuple(_policy_keys(before, after)), tuple(one for one in changes if one is not None)
    )


def rule_keys(before: Rule, after: Rule) -> tuple[KeyChange, ...]:
    """Return the keys in which two states of a rule differ."""
    old, new = _flat(before), _flat(after)
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        KeyChange(key, old.get(key), new.get(key), effect_of(key, before, after))
        for key in names
        if old.get(key) != new.get(key)
    )


def flip(before: Policy, after: Policy, facts: Facts, as_of: datetime) -> Flip | None:
    """Decide the same facts by both policies; return None where both end alike.

    Raises:
        UsageError, AnalyzerError: as :func:`compliance.policy.evaluate.evaluate`.
    """
    old, new = evaluate(before, facts, as_of), evaluate(after, facts, as_of)
    if (old.decision, old.complete) == (new.decision, new.complete):
        return None
    reasons = tuple(_reasons(old, new)) or ("if_not_examined decides otherwise",)
    return Flip(_ended(old), _ended(new), reasons)


def _ended(result: Evaluation) -> str:
    return f"{result.decision}{'' if result.complete else ' (incomplete)'}"


def _reasons(old: Evaluation, new: Evaluation) -> Iterator[str]:
    """Yield which rules hit in one alone, or decide otherwise, and what one alone needs examined."""
    was = {hit.rule: str(hit.decision) for hit in old.hits if hit.counts}
    now = {hit.rule: str(hit.decision) for hit in new.hits if hit.counts}
    for rule in sorted(was.keys() | now.keys()):
        if rule not in was:
            yield f"rule {rule} now hits: {now[rule]}"
        elif rule not in now:
            yield f"rule {rule} no longer hits: it was {was[rule]}"
        elif was[rule] != now[rule]:
            yield f"rule {rule} decides {now[rule]} instead of {was[rule]}"
    missed, misses = _missing(old), _missing(new)
    for place in sorted(missed.keys() | misses.keys()):
        if place not in missed:
            yield f"{place} now has to be examined, for {misses[place]}"
        elif place not in misses:
            yield f"{place} need not be examined any more, it was for {missed[place]}"


def _missing(result: Evaluation) -> dict[str, str]:
    return {
        f"{one.category} in {one.source}": ", ".join(one.rules) or "every rule"
        for one in result.not_examined
        if one.accepted_by is None
    }


def _rule_change(name: str, before: Rule | None, after: Rule | None) -> RuleChange | None:
    if before is None and after is not None:
        return RuleChange(name, "added", "stronger" if weight_of(after) else "")
    if after is None and before is not None:
        return RuleChange(name, "removed", "weaker" if weight_of(before) else "")
    if before is None or after is None:
        return None
    keys = rule_keys(before, after)
    return RuleChange(name, "changed", _together(keys, before, after), keys) if keys else None


def _together(keys: tuple[KeyChange, ...], before: Rule, after: Rule) -> Effect:
    """Return the effect of all changes of one rule, where they go the same way."""
    if not (weight_of(before) or weight_of(after)):
        return ""
    effects = {one.effect for one in keys if one.key not in WORDING}
    return effects.pop() if len(effects) == 1 else ""


def _policy_keys(before: Policy, after: Policy) -> Iterator[KeyChange]:
    for key in ("policy", "version", "owner", "status", "extended"):
        old, new = getattr(before, key), getattr(after, key)
        if old != new:
            yield KeyChange(key, old, new)
    if before.if_not_examined != after.if_not_examined:
        effect: Effect = "stronger" if after.if_not_examined == "reject" else "weaker"
        yield KeyChange("if_not_examined", before.if_not_examined, after.if_not_examined, effect)
    old_entries, new_entries = _accepted(before), _accepted(after)
    for place in sorted(old_entries.keys() | new_entries.keys()):
        was, now = old_entries.get(place), new_entries.get(place)
        if was != now:
            yield KeyChange(
                f"accept_unexamined {place}",
                was,
                now,
                "weaker" if was is None else "stronger" if now is None else "",
            )


def _accepted(policy: Policy) -> dict[str, str]:
    """Return owner and reason of each (category, source) that is accepted."""
    return {
        f"{category} in {source}": f"{entry.owner}: {entry.reason}"
        + (f" (while {entry.while_})" if entry.while_ else "")
        for entry in policy.accept_unexamined
        for category in entry.categories
        for source in (entry.sources or ("every source",))
    }


def _flat(rule: Rule) -> dict[str, Any]:
    """Return what a rule says by key, one level deep: ``when.min_score``."""
    said: dict[str, Any] = {}
    for key, value in rule.model_dump(mode="json", by_alias=True, exclude={"id"}).items():
        inner: Mapping[str, Any] = value if key in _NESTED and value else {}
        said |= {f"{key}.{name}": item for name, item in inner.items()}
        if key not in _NESTED:
            said[key] = sorted(value) if isinstance(value, list) else value
    return {key: value for key, value in said.items() if value not in (None, [], {})}


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items() if item is not None)
    return str(value)
