"""Local features and regions of each distinct frame, for what compares frames with marks and works.

Observations only, two for each distinct frame: ``local_features`` (RootSIFT in ``data``, see
:func:`compliance.analyzers.sift.pack`, the working frame as a JPEG, and ``height`` of the media in pixels) and
``mark_regions`` (outlines of what stands out, see :func:`compliance.analyzers.brands.mark_regions.pack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers import sift
from compliance.analyzers.base import AnalyzerSpec, References, WithoutModels
from compliance.analyzers.brands import mark_regions
from compliance.findings import Finding, Observation
from compliance.types import FrameBatch, Pixels, Source, TimeSpan

SIDE = 960
"""Longer side of the working frame, pixels. Smaller frames are enlarged, at most twice: marks of 30 pixels have
too few keypoints otherwise."""
FEATURES = 2000
"""Most features of one frame."""
QUALITY = 85
"""Of the JPEG of the working frame."""


class LocalFeatureAnalyzer(WithoutModels):
    """SIFT and regions on distinct frames; while frames repeat, what was seen before lasts on."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="local-features",
        version="2",
        categories=(),
        sources=frozenset({Source.FRAME}),
        libraries=("opencv-python-headless", "numpy"),
    )

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return both observations of each frame, without data where it repeats another."""
        found = []
        for index in range(len(batch)):
            seen = _Seen.empty() if batch.duplicate(index) else _Seen.of(batch.pixels[index])
            time = float(batch.times[index])
            for kind, data, image in (
                ("local_features", seen.features, seen.image),
                ("mark_regions", seen.regions, None),
            ):
                found.append(
                    Observation(
                        asset=batch.assets[index],
                        analyzer=self.spec.name,
                        kind=kind,
                        source=Source.FRAME,
                        span=TimeSpan(start=time, end=time),
                        data=data,
                        image=image,
                        attributes={
                            "stream": batch.stream(index),
                            "height": int(batch.pixels[index].shape[0]),
                        },
                    )
                )
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Let what a frame showed last until the last frame that repeats it."""
        reduced: list[Observation] = []
        for one in sorted(observations, key=_order):
            last = reduced[-1] if reduced else None
            if one.data is not None or last is None or _lane(last) != _lane(one):
                reduced.append(one)
            elif one.span is not None:
                start = last.span.start if last.span else one.span.start
                reduced[-1] = last.but(span=TimeSpan(start=start, end=one.span.end))
        return reduced

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return nothing: features mean something only beside others."""
        return []

    def close(self) -> None:
        """Nothing outlives the object."""


class _Seen:
    """What is kept of one frame."""

    def __init__(self, features: bytes | None, regions: bytes | None, image: bytes | None) -> None:
        self.features, self.regions, self.image = features, regions, image

    @classmethod
    def empty(cls) -> _Seen:
        return cls(None, None, None)

    @classmethod
    def of(cls, pixels: Pixels) -> _Seen:
        import cv2

        frame = working_frame(pixels)
        _, jpeg = cv2.imencode(
            ".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
        )
        return cls(
            sift.pack(sift.extract(frame, FEATURES)),
            mark_regions.pack(mark_regions.shape_candidates(frame)),
            jpeg.tobytes(),
        )


def working_frame(pixels: Pixels) -> Pixels:
    """Return a frame, RGB uint8 (H, W, 3), with a longer side of 960 pixels, or twice its own."""
    import cv2

    scale = min(SIDE / max(pixels.shape[:2]), 2.0)
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=kind), np.uint8)


def _lane(one: Observation) -> tuple[int, str]:
    return int(one.attributes["stream"]), one.kind


def _order(one: Observation) -> tuple[int, str, float, str]:
    return *_lane(one), one.span.start if one.span else 0.0, one.id
