"""Scores of vectors apart from a review: which card made them, and how near two of them are."""

from __future__ import annotations

from compliance.findings import RawKind
from compliance.model_store import ModelStore
from compliance.model_store.card import UNKNOWN, Calibration, Card
from compliance.settings import Settings
from compliance.types import digest_of

EMBEDDINGS = frozenset({"face embedding", "speaker embedding"})
"""Tasks of models that make templates."""


class Comparer:
    """Knows the models that make templates, by their digests."""

    def __init__(self, settings: Settings) -> None:
        self._models = ModelStore.of(settings)
        self._cards: dict[str, Card] = {}
        for card in self._models.cards():
            if card.task in EMBEDDINGS and (digest := _digest(self._models, card)):
                self._cards[digest] = card

    @property
    def known(self) -> frozenset[str]:
        """Digests of the models that this installation has cards of."""
        return frozenset(self._cards)

    @property
    def calibrated(self) -> frozenset[str]:
        """Those of :attr:`known` whose numbers become scores as they are."""
        return frozenset(
            digest
            for digest, card in self._cards.items()
            if isinstance(card.calibration, Calibration)
        )

    def score_of_distance(self, model: str, distance: float) -> tuple[float, RawKind, float]:
        """Return the raw number, its kind and the calibrated score of two vectors of one model.

        Args:
            model: its digest.
            distance: Euclidean, between the two vectors; those that compare by cosine have length 1.

        Returns:
            The score is 0 where the model is unknown or has no calibration.
        """
        card = self._cards.get(model)
        calibration = card.calibration if card else None
        if not isinstance(calibration, Calibration):
            return distance, RawKind.DISTANCE, 0.0
        cosine = calibration.raw_kind is RawKind.COSINE
        raw = 1 - distance * distance / 2 if cosine else distance
        return raw, calibration.raw_kind, calibration.score(raw)


def _digest(models: ModelStore, card: Card) -> str | None:
    """Return the digest that findings and templates name the model by; None where nobody knows it."""
    receipt = models.receipt(card)
    told = {file.path: file.sha256 for file in receipt.files} if receipt else {}
    digests = [
        told.get(file.path, UNKNOWN) if file.sha256 == UNKNOWN else file.sha256
        for file in card.files
    ]
    return None if UNKNOWN in digests else digest_of(digests)
