"""What analyzers that run classifiers share: from a network's labels to categories and scores."""

from __future__ import annotations

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import ModelError
from compliance.findings import RawKind
from compliance.model_store import Calibration, Card, LoadedModel

SCORE_FLOOR = 0.05
"""Least score that is kept."""


def categories_of(card: Card, spec: AnalyzerSpec) -> dict[str, tuple[str, ...]]:
    """Return the network's labels by category.

    Raises:
        ModelError: the card's categories are not those of the analyzer, which would then say that it had
            examined what its network does not know, or hide what it does.
    """
    found = {
        category: tuple(label for label, meant in card.labels.items() if meant == category)
        for category in sorted(set(card.labels.values()))
    }
    if set(found) != set(spec.categories):
        raise ModelError(
            "the card's labels are for other categories than the analyzer's",
            expected=", ".join(sorted(spec.categories)),
            found=", ".join(found) or "none",
            where=card.id,
            fix="correct the card's labels",
        )
    return found


def calibrated(model: LoadedModel) -> Calibration:
    """Return the calibration of a classifier's probabilities.

    Raises:
        ModelError: there is none, or it is of another kind of number.
    """
    calibration = model.calibration
    if calibration.raw_kind is not RawKind.PROBABILITY:
        raise ModelError(
            "the calibration is not of probabilities",
            expected=RawKind.PROBABILITY,
            found=calibration.raw_kind,
            where=model.card.id,
            fix="correct the card",
        )
    return calibration
