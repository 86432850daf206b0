"""Sensitive categories in frames, by picture classifiers of transformers.

No evidence picture is kept: these are categories that nobody wants copies of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.classes import SCORE_FLOOR, calibrated, categories_of
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Source, TimeSpan


def _spec(name: str, card: str, *categories: str) -> AnalyzerSpec:
    return AnalyzerSpec(
        name=name,
        version="1",
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
        rows = self._network.probabilities([batch.pixels[index] for index in distinct])
        labels = self._network.labels
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
        """Return one finding for each category and each unbroken run of frames that show it."""
        return [
            finding
            for category, labels in sorted(self._columns.items())
            for _, frames in groupby(observations, key=lambda one: one.attributes["stream"])
            for finding in self._runs(category, labels, list(frames))
        ]

    def _runs(
        self, category: str, labels: tuple[str, ...], frames: list[Observation]
    ) -> Iterator[Finding]:
        def raw(one: Observation) -> float:
            return max(float(one.attributes["scores"][label]) for label in labels)

        def shows(one: Observation) -> bool:
            return self._calibration.score(raw(one)) >= SCORE_FLOOR

        for showing, run in groupby(frames, key=shows):
            if not showing:
                continue
            seen = list(run)
            worst = max(seen, key=raw)
            assert seen[0].span and seen[-1].span and worst.span
            yield Finding(
                category=category,
                asset=worst.asset,
                analyzer=self.spec.name,
                source=Source.FRAME,
                score=round(self._calibration.score(raw(worst)), 4),
                raw=round(raw(worst), 4),
                raw_kind=RawKind.PROBABILITY,
                span=TimeSpan(start=seen[0].span.start, end=seen[-1].span.end),
                track=f"stream-{worst.attributes['stream']}",
                evidence=Evidence(note=f"surest at {worst.span.start:.2f} s"),
            )

    def close(self) -> None:
        """Nothing outlives the object."""


class SexualImageAnalyzer(ImageClassAnalyzer):
    """Explicit sexual content in frames."""

    spec = _spec("sexual-images", "falconsai-nsfw", "sexual.explicit")


class ViolentImageAnalyzer(ImageClassAnalyzer):
    """Gore and bloodshed in frames."""

    spec = _spec("violent-images", "ateeqq-gore", "violence.graphic")


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
