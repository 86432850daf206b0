"""One embedding for each distinct frame, in the space that OpenCLIP shares between pictures and texts.

Observations only: what compares with works, with texts for zero-shot categories, or with a search, reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.findings import Finding, ModelUse, Observation
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Source, TimeSpan


def _spec(name: str, card: str, tier: Literal["full", "named"]) -> AnalyzerSpec:
    return AnalyzerSpec(
        name=name,
        version="1",
        categories=(),
        sources=frozenset({Source.FRAME}),
        models=(card,),
        runtime="torch",
        role="image-embeddings",
        tier=tier,
        libraries=("torch", "open-clip-torch"),
        batch=8,
        gpu_batch=128,
    )


class ImageEmbeddingAnalyzer:
    """OpenCLIP on frames; over one that repeats what its stream showed, the embedding before lasts on."""

    spec: ClassVar[AnalyzerSpec] = _spec("image-embeddings", "openclip-vit-b-32", "full")

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``."""
        from compliance.runtimes.openclip import OpenClip

        loaded = models.load(self.spec.models[0])
        self._network = OpenClip(loaded, device)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return one ``image_embedding`` for each frame, without a vector where it repeats another."""
        distinct = [index for index in range(len(batch)) if not batch.duplicate(index)]
        vectors = dict(
            zip(
                distinct,
                self._network.embed_images([batch.pixels[index] for index in distinct]),
                strict=True,
            )
        )
        return [
            Observation(
                asset=batch.assets[index],
                analyzer=self.spec.name,
                kind="image_embedding",
                source=Source.FRAME,
                span=TimeSpan(start=float(batch.times[index]), end=float(batch.times[index])),
                vector=vectors.get(index),
                attributes={"stream": batch.stream(index)},
            )
            for index in range(len(batch))
        ]

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Let each embedding last until the last frame that repeats it."""
        reduced: list[Observation] = []
        for one in sorted(observations, key=_order):
            if one.vector is not None or not reduced:
                reduced.append(one)
            elif one.span is not None:
                start = reduced[-1].span.start if reduced[-1].span else one.span.start
                reduced[-1] = reduced[-1].but(span=TimeSpan(start=start, end=one.span.end))
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return nothing: an embedding means something only beside another."""
        return []

    def close(self) -> None:
        """Nothing outlives the object."""


class LargeImageEmbeddingAnalyzer(ImageEmbeddingAnalyzer):
    """OpenCLIP's ViT-L/14: eighteen times the arithmetic of B/32."""

    spec = _spec("image-embeddings-l14", "openclip-vit-l-14", "named")


class SiglipEmbeddingAnalyzer(ImageEmbeddingAnalyzer):
    """SigLIP 2, whose texts are in many languages."""

    spec = _spec("image-embeddings-siglip2", "siglip2-vit-b-16", "named")


def _order(one: Observation) -> tuple[int, float, str]:
    return one.attributes["stream"], one.span.start if one.span else 0.0, one.id
