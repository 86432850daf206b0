"""The release matrix: one decision for each territory × channel × audience that a release names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from compliance.errors import UsageError
from compliance.facts import Release
from compliance.verdicts import Decision, NotExamined, Obligation, RuleHit

MOST_CELLS = 2000
"""Places that a release may name: 50 territories on 10 channels for 4 audiences."""


def cells_of(release: Release) -> list[Release]:
    """Return ``release`` narrowed to each place that it names; itself where it names none.

    Raises:
        UsageError: there are more than :data:`MOST_CELLS`.
    """
    dimensions: list[list[tuple[str, ...]]] = [
        [(value,) for value in dict.fromkeys(values)] or [()]
        for values in (release.territories, release.channels, release.audience)
    ]
    count = len(dimensions[0]) * len(dimensions[1]) * len(dimensions[2])
    if count > MOST_CELLS:
        raise UsageError(
            "the release names too many places",
            expected=f"at most {MOST_CELLS} of territory × channel × audience",
            found=str(count),
            fix="name a group such as EU, or split the release",
        )
    return [
        release.model_copy(
            update={"territories": territory, "channels": channel, "audience": audience}
        )
        for territory, channel, audience in product(*dimensions)
    ]


def merged_hits(hits: Iterable[RuleHit]) -> tuple[RuleHit, ...]:
    """Join the hits of one rule in several places: all their findings, the worst decision."""
    by_rule: dict[str, list[RuleHit]] = {}
    for hit in hits:
        by_rule.setdefault(hit.rule, []).append(hit)
    return tuple(sorted((_joined(group) for group in by_rule.values()), key=badness))


def badness(hit: RuleHit) -> tuple[bool, bool, int, float, str]:
    """Order hits: what counts first, then worst first."""
    return hit.monitored, hit.waiver is not None, -hit.decision.severity, -hit.score, hit.rule


def merged_gaps(entries: Iterable[NotExamined]) -> tuple[NotExamined, ...]:
    """Join what was not examined in several places: all rules that wanted it."""
    by_place: dict[tuple[str, str], list[NotExamined]] = {}
    for entry in entries:
        by_place.setdefault((entry.category, entry.source), []).append(entry)
    return tuple(_joined_gap(by_place[place]) for place in by_place)


def merged_obligations(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Return every obligation once."""
    return tuple(dict.fromkeys(obligations))


def _joined(hits: Sequence[RuleHit]) -> RuleHit:
    worst = min(hits, key=badness)
    notes = sorted({hit.note for hit in hits if hit.note})
    return worst.model_copy(
        update={
            "decision": Decision.worst([hit.decision for hit in hits]),
            "findings": tuple(sorted({one for hit in hits for one in hit.findings})),
            "note": "; ".join(notes),
        }
    )


def _joined_gap(entries: Sequence[NotExamined]) -> NotExamined:
    rules = sorted({rule for entry in entries for rule in entry.rules})
    reasons = list(dict.fromkeys(entry.reason for entry in entries))
    counted = [entry for entry in entries if entry.accepted_by is None]
    return (counted or entries)[0].model_copy(
        update={"rules": tuple(rules), "reason": " ".join(reasons)}
    )
