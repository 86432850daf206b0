"""Sensitive categories in frames, by picture classifiers of transformers.

No evidence picture is kept: these are categories that nobody wants copies of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.class_spans import Sighting, span_findings
from compliance.analyzers.sensitive.classes import calibrated, categories_of
from compliance.findings import Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import Floats, FrameBatch, Pixels, Source, TimeSpan


def _spec(name: str, card: str, *categories: str) -> AnalyzerSpec:
    return AnalyzerSpec(
        name=name,
        version="2",
        categories=categories,
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=(card,),
        runtime="torch",
        tier="full",
        libraries=("torch", "transformers"),
        batch=8,
        gpu_batch=128,
    )


class ImageClassAnalyzer:
    """A picture classifier whose card says which of its labels are which category."""

    spec: ClassVar[AnalyzerSpec]

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``."""
        from compliance.runtimes.transformers import ImageClassifier

        loaded = models.load(self.spec.models[0])
        self._columns = categories_of(loaded.card, self.spec)
        self._calibration = calibrated(loaded)
        self._network = ImageClassifier(loaded, device)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``class_scores`` for each frame; a frame that repeats another carries none."""
        distinct = [index for index in range(len(batch)) if not batch.duplicate(index)]
        rows, labels = self._scores([batch.pixels[index] for index in distinct])
        scores = {
            index: {label: round(float(value), 6) for label, value in zip(labels, row, strict=True)}
            for index, row in zip(distinct, rows, strict=True)
        }
        return [
            Observation(
                asset=batch.assets[index],
                analyzer=self.spec.name,
                kind="class_scores",
                source=Source.FRAME,
                span=TimeSpan(start=float(batch.times[index]), end=float(batch.times[index])),
                attributes={"stream": batch.stream(index), "scores": scores.get(index)},
            )
            for index in range(len(batch))
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Give frames that repeat another the scores of that one."""
        reduced: list[Observation] = []
        for one in sorted(observations, key=_order):
            before = reduced[-1] if reduced else None
            if one.attributes["scores"] is None and before is not None:
                same = before.attributes["scores"]
                one = one.but(attributes={**one.attributes, "scores": same})
            reduced.append(one)
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each category and each span of frames that show it."""
        return [
            finding
            for category, labels in sorted(self._columns.items())
            for finding in span_findings(
                category, [_sighting(one, labels) for one in observations], self._calibration
            )
        ]

    def _scores(self, frames: Sequence[Pixels]) -> tuple[Floats, Sequence[str]]:
        """Return the probabilities of frames, float32 (N, labels), and the labels."""
        return self._network.probabilities(frames), self._network.labels

    def close(self) -> None:
        """Nothing outlives the object."""


class SexualImageAnalyzer(ImageClassAnalyzer):
    """Explicit sexual content in frames."""

    spec = _spec("sexual-images", "falconsai-nsfw", "sexual.explicit")


class ViolentImageAnalyzer(ImageClassAnalyzer):
    """Gore and bloodshed in frames."""

    spec = _spec("violent-images", "ateeqq-gore", "violence.graphic")


def _sighting(frame: Observation, labels: tuple[str, ...]) -> Sighting:
    return Sighting(frame, max(float(frame.attributes["scores"][label]) for label in labels))


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
