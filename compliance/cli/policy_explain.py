"""``compliance policy explain``: what rules ask for, and what they saw in a run."""

from __future__ import annotations

from pathlib import Path

from compliance.cli import inputs
from compliance.errors import UsageError
from compliance.pipeline.runread import read_run
from compliance.policy.explain import describe, describe_all, explain, explain_all


def explained(
    rule: str | None, *, everything: bool, run: Path | None, policy: Path | None
) -> list[str]:
    """Return the lines of the answer.

    Raises:
        UsageError: neither a rule nor all of them are asked for, or both; there is no such rule or run.
    """
    if (rule is None) != everything:
        raise UsageError(
            "it is not plain which rule is meant",
            expected="the id of one rule, or --all",
            found="neither" if rule is None else "both",
            fix="run 'compliance policy explain --all'",
        )
    if run is None:
        language = inputs.policy_at(policy)
        return describe_all(language) if rule is None else describe(language, rule)
    past = read_run(run)
    language = past.policy if policy is None else inputs.policy_at(policy)
    head = f"{past.verdict.asset_name} in {past.folder.name}"
    moment = past.verdict.as_of
    if rule is None:
        return [head, *explain_all(language, past.facts, moment)]
    return [head, *explain(language, rule, past.facts, moment)]
