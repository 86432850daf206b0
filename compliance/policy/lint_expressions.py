"""Doubts about expressions: they ask for what the rule never counts, or fail when they are tried. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.findings import Finding, RawKind, Reference
from compliance.policy.conditions import sought
from compliance.policy.diagnostics import quoted
from compliance.policy.expressions import ExpressionError, check, holds
from compliance.policy.lint_overlaps import Doubt
from compliance.policy.schema import Rule
from compliance.taxonomy import TAXONOMY, Category
from compliance.types import Region, Source, TimeSpan

_WHOLE = Region(points=((0, 0), (1, 0), (1, 1), (0, 1)))
_BRANCHES = {path.split(".")[0] for path in TAXONOMY.leaves}


def expression_doubts(rule: Rule, at: tuple[str | int, ...]) -> Iterator[Doubt]:
    """Yield what is doubtful about the expression of ``rule``, if it has one."""
    if rule.expr is None:
        return
    place = (*at, "expr")
    leaves = [leaf for path in sought(rule) for leaf in TAXONOMY.below(path)]
    for text in dict.fromkeys(check(rule.expr).strings):
        doubt = _never(text, leaves)
        if doubt:
            message = f"the expression of rule {rule.id} asks for {quoted(text)}, {doubt}"
            yield "warning", place, message, "add it to 'find', or take it out of the expression"
    try:
        holds(rule.expr, list(_synthetic(leaves, rule)))
    except ExpressionError as error:
        message = f"the expression of rule {rule.id} fails on findings of its categories: {error}"
        yield "error", place, message, "mend it, or every verdict is incomplete"


def _never(text: str, leaves: list[Category]) -> str:
    """Say why no finding that counts answers to ``text``, where it looks like a category or source."""
    if text in set(Source):
        possible = frozenset[Source]().union(*(leaf.sources for leaf in leaves))
        return "" if text in possible else "a source in which nothing that it finds occurs"
    head, dot, _ = text.partition(".")
    if head not in _BRANCHES or not (dot or text in TAXONOMY.leaves):
        return ""
    if not any(path.startswith(text) for path in TAXONOMY.leaves):
        return "which is no category"
    return (
        "" if any(leaf.path.startswith(text) for leaf in leaves) else "which 'find' does not name"
    )


def _synthetic(leaves: list[Category], rule: Rule) -> Iterator[Finding]:
    """Yield one certain finding for each category, source and bank that the rule may count, and bare ones."""
    references = [Reference(bank=bank, entry="somebody") for bank in rule.in_]
    for leaf in leaves:
        for source in sorted(leaf.sources):
            for reference in (None, *references):
                whole = Finding(
                    category=leaf.path,
                    asset="0" * 64,
                    analyzer="lint",
                    source=source,
                    score=1.0,
                    raw=1.0,
                    raw_kind=RawKind.PROBABILITY,
                    reference=reference,
                )
                yield whole
                yield whole.model_copy(
                    update={
                        "span": TimeSpan(start=0.0, end=1.0),
                        "region": _WHOLE,
                        "frames": 1,
                        "track": "1",
                    }
                )
