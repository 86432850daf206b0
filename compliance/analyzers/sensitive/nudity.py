"""Nudity in frames, by NudeNet: parts of the body, of which only the exposed sexual ones count.

What is seen in one frame only has to be surer than what several frames show: ordinary pictures give single
boxes above 0.5, and seldom three in a row. A still picture is one frame, and is held to what one has to show.
No evidence picture is kept: these are categories that nobody wants copies of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.class_spans import Sighting, span_findings
from compliance.analyzers.sensitive.classes import calibrated, categories_of
from compliance.errors import ModelMissing
from compliance.findings import Finding, ModelUse, Observation, RawKind
from compliance.model_store import LoadedModel, ModelStore
from compliance.types import FrameBatch, Pixels, Region, Source, TimeSpan

SUPPORT = (0.0, 0.07, 0.15)
"""What the second and the third frame of a span count more than their own probability. With the card's
calibration, score 0.5 takes one frame at 0.65, two at 0.58 or three at 0.5. Set, not fitted: in 225 ordinary
pictures the surest sexual part has 0.29 (benchmarks/nudity.py), and no positive ones may be held."""
EXPLICIT, SUGGESTIVE = "sexual.explicit", "sexual.suggestive"


class NudityAnalyzer:
    """NudeNet 320n, from the optional package ``nudenet``."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="nudity",
        version="1",
        categories=(EXPLICIT, SUGGESTIVE),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("nudenet-320n",),
        runtime="onnx",
        libraries=("onnxruntime", "opencv-python-headless"),
        batch=8,
        gpu_batch=64,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network.

        Raises:
            ModelMissing: the package that carries it is not installed.
            ModelError: it is changed or not allowed.
        """
        from compliance.runtimes.nudenet import NudeNetDetector

        loaded = _loaded(models, self.spec.models[0])
        self._meaning = {
            label: category
            for category, labels in categories_of(loaded.card, self.spec).items()
            for label in labels
        }
        self._calibration = calibrated(loaded)
        self._detector = NudeNetDetector(loaded, device)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``body_parts`` for each frame.

        ``attributes`` hold the ``stream`` and the ``parts``: label, probability and box (left, top, right,
        bottom, fractions of the frame) of those that the card gives a meaning. It is None for a frame that
        repeats another.
        """
        distinct = [index for index in range(len(batch)) if not batch.duplicate(index)]
        found = self._detector.detect([batch.pixels[index] for index in distinct])
        parts = {
            index: [
                [part.label, round(part.raw, 6), _fractions(part.box, batch.pixels[index])]
                for part in one
                if part.label in self._meaning
            ]
            for index, one in zip(distinct, found, strict=True)
        }
        return [
            Observation(
                asset=batch.assets[index],
                analyzer=self.spec.name,
                kind="body_parts",
                source=Source.FRAME,
                span=TimeSpan(start=float(batch.times[index]), end=float(batch.times[index])),
                attributes={"stream": batch.stream(index), "parts": parts.get(index)},
            )
            for index in range(len(batch))
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Give frames that repeat another what that one shows: it is on screen for as long."""
        reduced: list[Observation] = []
        for one in sorted(observations, key=_order):
            before = reduced[-1] if reduced else None
            if one.attributes["parts"] is None and before is not None:
                one = one.but(
                    attributes={**one.attributes, "parts": before.attributes["parts"] or []}
                )
            reduced.append(one)
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each span that shows explicit content, and for each that shows any nudity.

        What is explicit is suggestive, too: a span may show one part in one frame and another in the next.
        """
        found = []
        for category in self.spec.categories:
            wanted = {EXPLICIT} if category == EXPLICIT else {EXPLICIT, SUGGESTIVE}
            labels = {label for label, meant in self._meaning.items() if meant in wanted}
            sightings = [_sighting(one, labels) for one in observations]
            found += span_findings(category, sightings, self._calibration, SUPPORT)
        return found

    def close(self) -> None:
        """Nothing outlives the object."""


def _sighting(frame: Observation, labels: set[str]) -> Sighting:
    """Return the strongest of some parts in a frame, and the box around all of them."""
    parts: list[Any] = [one for one in frame.attributes["parts"] or () if one[0] in labels]
    if not parts:
        return Sighting(frame, 0.0)
    lefts, tops, rights, bottoms = zip(*(one[2] for one in parts), strict=True)
    around = Region.from_box(min(lefts), min(tops), max(rights), max(bottoms), 1, 1)
    return Sighting(frame, max(float(one[1]) for one in parts), around)


def _fractions(box: tuple[float, float, float, float], frame: Pixels) -> list[float]:
    height, width = frame.shape[:2]
    return list(Region.from_box(*box, width, height).box)


def _loaded(models: ModelStore, name: str) -> LoadedModel:
    """Load the model; where its package is absent, say how to get it and what it is licensed under."""
    try:
        return models.load(name)
    except ModelMissing as error:
        card = models.card(name)
        if not card.source.package:
            raise
        raise type(error)(
            error.message,
            expected=error.expected,
            found=error.found,
            where=error.where,
            fix=f"pip install --no-deps nudenet==3.4.2 ({card.weight_licence}); or, under MIT, 'compliance "
            "models import nsfwjs-mobilenet-v2 FOLDER' and COMPLIANCE_ANALYZERS=nsfw-frames",
        ) from error


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
