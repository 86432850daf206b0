"""Names of people, places and organisations by a network, in ten languages; postal addresses by rules."""

from __future__ import annotations

from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec
from compliance.analyzers.sensitive.classes import calibrated
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.analyzers.texts.pii_names import CATEGORIES, PiiNameAnalyzer
from compliance.errors import ModelError
from compliance.findings import ModelUse, Observation, RawKind
from compliance.model_store import Card, ModelStore
from compliance.text.documents import documents
from compliance.text.personal.ner_finder import ENTITY_OF, NerFinder
from compliance.types import PROMPT_SOURCES, Source, TextBatch


class PiiNerAnalyzer(PiiAnalyzer):
    """Takes the place of ``pii-names`` in the full tier. The card says which label is which category."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="pii-ner",
        version="2",
        categories=CATEGORIES,
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("bert-multilingual-ner",),
        runtime="torch",
        role=PiiNameAnalyzer.spec.name,
        tier="full",
        libraries=("torch", "transformers"),
        requires=("ocr",),
        languages=("ar", "de", "en", "es", "fr", "it", "lv", "nl", "pt", "zh"),
        batch=32,
        gpu_batch=256,
    )

    numbers: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self._ner: NerFinder | None = None
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``.

        Raises:
            ModelError: the model is absent, changed, not allowed or not calibrated, or its labels are for
                other categories.
        """
        from compliance.runtimes.token_classifier import TokenClassifier

        loaded = models.load(self.spec.models[0])
        columns = _columns(loaded.card)
        calibration = calibrated(loaded)
        self._ner = NerFinder(TokenClassifier(loaded, device), columns, calibration)
        self._finder = self._ner
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return what is read in ``batch``, all its texts in batches; see :class:`PiiAnalyzer`."""
        if self._ner is not None:
            self._ner.read_ahead([document.text for document in documents(batch)])
        return super().observe_texts(batch)

    def close(self) -> None:
        """Let go of the network."""
        super().close()
        self._ner = None


def _columns(card: Card) -> dict[str, tuple[str, ...]]:
    """Return the network's labels by category; there must be some for each that is not found by rules."""
    found = {
        category: tuple(label for label, meant in card.labels.items() if meant == category)
        for category in ENTITY_OF
    }
    strange = set(card.labels.values()) - set(ENTITY_OF)
    if strange or not all(found.values()):
        raise ModelError(
            "the card's labels are for other categories than the analyzer's",
            expected=", ".join(ENTITY_OF),
            found=", ".join(sorted(set(card.labels.values()))) or "none",
            where=card.id,
            fix="correct the card's labels",
        )
    return found
