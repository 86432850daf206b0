"""From a card in ``models/`` to files on this machine, with digest, format and licence checked.

A card describes one network. Nothing runs a network that did not come through :meth:`ModelStore.load`, and
nothing downloads one but :mod:`compliance.model_store.fetch`.
"""

from compliance.model_store.card import Calibration, Card, CardFile, CardInput, CardSource
from compliance.model_store.store import LoadedModel, ModelStore

__all__ = [
    "Calibration",
    "Card",
    "CardFile",
    "CardInput",
    "CardSource",
    "LoadedModel",
    "ModelStore",
]
