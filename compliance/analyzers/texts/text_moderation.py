"""Sensitive categories in text, by a text classifier of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.classes import SCORE_FLOOR, calibrated, categories_of
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.text.repeats import merge_repeats
from compliance.types import PROMPT_SOURCES, Source, TextBatch


class TextModerationAnalyzer:
    """A text classifier whose card says which of its labels are which category."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="text-moderation",
        version="2",
        categories=("hate.speech", "violence.general"),
        sources=PROMPT_SOURCES | {Source.OCR, Source.CAPTION, Source.SPEECH},
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("toxic-bert",),
        runtime="torch",
        tier="full",
        libraries=("torch", "transformers"),
        requires=("ocr",),
        languages=("en",),
        batch=32,
        gpu_batch=256,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``."""
        from compliance.runtimes.transformers import TextClassifier

        loaded = models.load(self.spec.models[0])
        self._columns = categories_of(loaded.card, self.spec)
        self._calibration = calibrated(loaded)
        self._network = TextClassifier(loaded, device)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return one ``class_scores`` for each text, all of them read in batches of like length."""
        rows = self._network.probabilities(batch.texts)
        labels = self._network.labels
        return [
            Observation(
                asset=batch.assets[index],
                analyzer=self.spec.name,
                kind="class_scores",
                source=batch.sources[index],
                span=batch.spans[index],
                region=batch.regions[index],
                text=batch.texts[index],
                attributes={
                    "scores": {
                        label: round(float(value), 6)
                        for label, value in zip(labels, row, strict=True)
                    }
                },
            )
            for index, row in enumerate(rows)
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge sightings of the same text that are at most a second apart."""
        return merge_repeats(
            observations,
            key=lambda one: one.text,
            score=lambda one: max(one.attributes["scores"].values()),
        )

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each text and category that scores above the floor."""
        found = []
        for one in observations:
            for category, labels in sorted(self._columns.items()):
                raw = max(one.attributes["scores"][label] for label in labels)
                score = self._calibration.score(raw)
                if score >= SCORE_FLOOR:
                    found.append(self._finding(one, category, raw, score))
        return found

    def _finding(self, one: Observation, category: str, raw: float, score: float) -> Finding:
        return Finding(
            category=category,
            asset=one.asset,
            analyzer=self.spec.name,
            source=one.source,
            score=round(score, 4),
            raw=round(raw, 4),
            raw_kind=RawKind.PROBABILITY,
            span=one.span,
            region=one.region,
            evidence=Evidence(offsets=(0, len(one.text or "")), note="the text as a whole"),
        )

    def close(self) -> None:
        """Nothing outlives the object."""
