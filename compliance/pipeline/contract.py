"""What the pipeline checks of what an analyzer hands over, before anything relies on it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation
from compliance.text.personal.masking import masked


def checked_observations(
    spec: AnalyzerSpec, given: Any, assets: Collection[str]
) -> list[Observation]:
    """Return ``given`` where it is a list of observations of ``assets``.

    Raises:
        AnalyzerError: it is anything else.
    """
    for one in _listed(spec, given):
        if not isinstance(one, Observation) or one.asset not in assets:
            raise _broken(spec, "observations of the assets it was given", one)
    return list(given)


def checked_findings(spec: AnalyzerSpec, given: Any, asset: str) -> list[Finding]:
    """Return ``given``, excerpts masked, where it is a list of findings on ``asset`` that ``spec`` declares.

    Raises:
        AnalyzerError: it is anything else.
    """
    for one in _listed(spec, given):
        if not isinstance(one, Finding) or one.asset != asset:
            raise _broken(spec, "findings on the asset it was given", one)
        if one.category not in spec.categories or one.source not in spec.sources:
            places = ", ".join(sorted(spec.sources))
            raise _broken(spec, f"what it declares: {', '.join(spec.categories)} in {places}", one)
    return [_masked(one) for one in given]


def _masked(one: Finding) -> Finding:
    """Hide personal numbers in what a finding quotes; its id does not depend on that."""
    if one.evidence.text is None:
        return one
    evidence = one.evidence.model_copy(update={"text": masked(one.evidence.text)})
    return one.model_copy(update={"evidence": evidence})


def _listed(spec: AnalyzerSpec, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise _broken(spec, "a list", given)
    return given


def _broken(spec: AnalyzerSpec, expected: str, found: object) -> AnalyzerError:
    shown = f"{found.category} in {found.source}" if isinstance(found, Finding) else repr(found)
    return AnalyzerError(
        "an analyzer broke its contract",
        expected=expected,
        found=shown[:200],
        where=spec.name,
        fix="mend the analyzer; its tests should inherit from compliance.testing",
    )
