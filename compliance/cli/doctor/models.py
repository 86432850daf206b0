"""Which weights are here, tier by tier, and what their licences allow."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.cli.doctor.diagnosis import Diagnosis
from compliance.errors import ComplianceError, PluginError
from compliance.model_store import Card, ModelStore
from compliance.model_store.card import UNKNOWN
from compliance.plugins import analyzer_specs
from compliance.settings import Settings

_SCORED = ("face embedding", "sexual content in images", "violence in images", "text moderation")
"""Tasks whose categories stay unexamined without a calibration."""


def tiers(settings: Settings) -> list[Diagnosis]:
    """Look at every model: what the settings ask for must be whole, the rest is told about."""
    store = ModelStore.of(settings)
    wanted = _wanted(settings)
    found = []
    for card in store.cards():
        if card.id in wanted or store.state(card) in ("ready", "damaged"):
            found.append(_whole(store, card))
    absent = [
        card for card in store.cards() if store.state(card) in ("not pulled", "package absent")
    ]
    for tier in ("bundled", "extra", "full"):
        names = [card.id for card in absent if card.tier == tier and card.id not in wanted]
        if names:
            what = f"{tier} tier, not here: {', '.join(names)}"
            found.append(Diagnosis("note", what, _fetch(tier, names)))
    return found


def licences(settings: Settings) -> list[Diagnosis]:
    """Say which weights the settings forbid."""
    store = ModelStore.of(settings)
    forbidden = [card for card in store.cards() if store.state(card) == "forbidden by settings"]
    if not forbidden:
        return []
    names = ", ".join(f"{card.id} ({card.weight_licence})" for card in forbidden)
    mend = "set COMPLIANCE_COMMERCIAL=false if your use is not commercial"
    return [Diagnosis("note", f"licences: commercial use forbids {names}", mend)]


def _wanted(settings: Settings) -> set[str]:
    """Return the models of the bundled tier and of whatever the settings put in its place."""
    from compliance.pipeline.plan import filling

    specs = analyzer_specs()
    try:
        names: Iterable[str] = filling(specs, settings.analyzers, settings.tier)
    except PluginError:
        names = specs  # the review itself will say what is wrong with the names
    return {model for name in names for model in specs[name].models}


def _whole(store: ModelStore, card: Card) -> Diagnosis:
    """Load a model's files as a review would, digests and all."""
    try:
        store.load(card.id)
    except ComplianceError as error:
        return Diagnosis("broken", f"model {error}")
    if card.calibration == UNKNOWN and card.task in _SCORED:
        what = f"model {card.id}, {card.weight_licence}, has no calibration: what it finds has no score"
        return Diagnosis("note", what, "see docs/models.md, 'Calibration'")
    return Diagnosis("works", f"model {card.id}, {card.weight_licence}")


def _fetch(tier: str, names: list[str]) -> str:
    if tier == "full":
        return "compliance models pull ID"
    if tier == "extra":
        return f"compliance models show {names[0]}"
    return "make install"
