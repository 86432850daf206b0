"""Sexual content in frames by nsfwjs' MobileNetV2, under a permissive licence: NudeNet's stand-in where named.

It judges a frame as a whole and says nothing of where. No evidence picture is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.class_spans import Sighting, span_findings
from compliance.analyzers.sensitive.classes import calibrated, categories_of
from compliance.analyzers.sensitive.image_classes import ImageClassAnalyzer
from compliance.errors import ModelRefused
from compliance.findings import Finding, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import Floats, Pixels, Source

CLASSES = ("Drawing", "Hentai", "Neutral", "Porn", "Sexy")
"""The network's classes, in order; a picture is one of them."""
SUPPORT = (0.0, 0.07, 0.15)
"""What the second and the third frame of a span count more than their own probability; with the card's
calibration, score 0.5 takes one frame at 0.65 or three at 0.5, as for NudeNet. Set, not fitted: of 225 ordinary
pictures none has more than 0.14 (benchmarks/nudity.py), and no positive ones may be held."""
EXPLICIT, SUGGESTIVE = "sexual.explicit", "sexual.suggestive"


class NsfwFrameAnalyzer(ImageClassAnalyzer):
    """A classifier of whole frames in our own form of layers."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="nsfw-frames",
        version="1",
        categories=(EXPLICIT, SUGGESTIVE),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
        models=("nsfwjs-mobilenet-v2",),
        runtime="torch",
        role="nudity",
        tier="named",
        libraries=("torch",),
        batch=8,
        gpu_batch=128,
    )

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``.

        Raises:
            ModelError: it is absent, changed, not allowed, or of another kind.
        """
        from compliance.runtimes.layers import LayersClassifier

        loaded = models.load(self.spec.models[0])
        self._columns = categories_of(loaded.card, self.spec)
        self._calibration = calibrated(loaded)
        self._classifier = LayersClassifier(loaded, device)
        if self._classifier.classes != len(CLASSES) or not set(loaded.card.labels) <= set(CLASSES):
            raise ModelRefused(
                "the network has other classes",
                expected=", ".join(CLASSES),
                found=f"{self._classifier.classes} of them, and {', '.join(loaded.card.labels)} on the card",
                where=loaded.card.id,
                fix=f"compliance models remove {loaded.card.id}, then import it again",
            )
        self._models = (loaded.use,)

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one finding for each span that shows explicit content, and for each that shows any.

        Classes exclude one another, so that probabilities of a category's classes add up. What is explicit is
        suggestive, too.
        """
        explicit = self._columns[EXPLICIT]
        wanted = {EXPLICIT: explicit, SUGGESTIVE: explicit + self._columns[SUGGESTIVE]}
        return [
            finding
            for category, labels in wanted.items()
            for finding in span_findings(
                category,
                [_sighting(one, labels) for one in observations],
                self._calibration,
                SUPPORT,
            )
        ]

    def _scores(self, frames: Sequence[Pixels]) -> tuple[Floats, Sequence[str]]:
        return self._classifier.probabilities(frames), CLASSES


def _sighting(frame: Observation, labels: tuple[str, ...]) -> Sighting:
    together = sum(float(frame.attributes["scores"][label]) for label in labels)
    return Sighting(frame, min(together, 1.0))
