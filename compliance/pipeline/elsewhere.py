"""What analyzers of other tiers would have examined, so that a verdict can say which command mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import ModelError
from compliance.findings import AnalyzerReport, Status
from compliance.model_store import ModelStore
from compliance.taxonomy import TAXONOMY
from compliance.types import Source


def reports_beside(
    ran: Sequence[AnalyzerReport],
    specs: Mapping[str, AnalyzerSpec],
    wanted: Iterable[str],
    applicable: Iterable[Source],
    asset: str,
    models: ModelStore,
) -> list[AnalyzerReport]:
    """Return a ``skipped`` report of each analyzer that only runs on request and would have examined more.

    Args:
        ran: the reports of those that ran.
        specs: the installed analyzers by name.
        wanted: categories or branches that the rules name.
        applicable: sources that the asset has.
        asset: its id.
        models: whose cards tell whether a model has a calibration.

    Returns:
        Reports that answer for nothing: what each would examine, and nobody who ran does, is ``hindered``
        with the commands that mend it.
    """
    wanted, applicable = tuple(wanted), frozenset(applicable)
    answered = {pair for report in ran for pair in report.examines}
    answered |= {
        (path, at) for report in ran for path, at, _ in report.hindered
    }  # why is said there
    names = {report.analyzer for report in ran}
    beside = []
    for name, spec in specs.items():
        if spec.tier == "bundled" or name in names:
            continue
        pairs = [
            (category, source)
            for category in spec.categories
            if any(TAXONOMY.covers(path, category) for path in wanted)
            for source in sorted(TAXONOMY.leaves[category].sources & spec.sources & applicable)
            if (category, source) not in answered
        ]
        if pairs:
            why = (
                f"No analyzer that ran examines it, but {name} does: {_mend(spec, specs, models)}."
            )
            report = AnalyzerReport(
                analyzer=name,
                version=spec.version,
                asset=asset,
                status=Status.SKIPPED,
                reason=why,
                hindered=tuple((category, source, why) for category, source in pairs),
                lacks=tuple(pairs),
            )
            beside.append(report)
    return beside


def _mend(spec: AnalyzerSpec, specs: Mapping[str, AnalyzerSpec], store: ModelStore) -> str:
    """Return the commands after which ``spec`` runs, and what else its models need."""
    needed = [specs[name] for name in spec.requires if name in specs]
    cards = dict.fromkeys(model for one in (*needed, spec) for model in one.models)
    models = [model for model in cards if not _is_bundled(store, model)]
    pull = f"run 'compliance models pull {' '.join(models)}' and " if models else ""
    setting = "COMPLIANCE_TIER=full" if spec.tier == "full" else f"COMPLIANCE_ANALYZERS={spec.name}"
    bare = [model for model in spec.models if not _has_calibration(store, model)]
    more = (
        f"; measure a calibration of {', '.join(bare)} first, or it gives no scores" if bare else ""
    )
    return f"{pull}set {setting}{more}"


def _is_bundled(store: ModelStore, model: str) -> bool:
    try:
        return store.card(model).tier == "bundled"
    except ModelError:
        return False


def _has_calibration(store: ModelStore, model: str) -> bool:
    try:
        return store.card(model).calibration != "unknown"
    except (
        ModelError
    ):  # such as a card of somebody's own that is malformed; it is refused where it is used
        return False
