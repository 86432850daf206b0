"""The plain way: RootSIFT, cross-check, ratio test, a homography by RANSAC for each reference, inliers."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from compliance.analyzers import sift
from compliance.findings import Observation

RATIO = 0.8
AWAY = 5.0


class Peer:
    """Compares a picture with each reference on its own."""

    def __init__(self, references: Sequence[sift.Features], brands: Sequence[str]) -> None:
        self._references = list(references)
        self._brands = list(brands)

    def scores(self, seen: Observation) -> dict[str, float]:
        """Return the most inliers of each brand's references, a thousandth each."""
        frame = sift.unpack(seen.data or b"")
        found: dict[str, float] = {}
        for reference, brand in zip(self._references, self._brands, strict=True):
            inliers = self._inliers(reference, frame)
            found[brand] = max(found.get(brand, 0.0), inliers / 1000)
        return {brand: value for brand, value in found.items() if value}

    def _inliers(self, reference: sift.Features, frame: sift.Features) -> int:
        if min(len(reference), len(frame)) < 4:
            return 0
        likeness = (
            reference.descriptors.astype(np.float32) @ frame.descriptors.T.astype(np.float32)
        ) / sift.UNIT**2
        two = np.argpartition(-likeness, 1, axis=1)[:, :2]
        best = np.take_along_axis(likeness, two, axis=1)
        order = np.argsort(-best, axis=1)
        first = np.take_along_axis(two, order[:, :1], axis=1)[:, 0]
        apart = np.sqrt(np.maximum(2 - 2 * np.sort(best, axis=1)[:, ::-1], 0))
        crossed = likeness.argmax(axis=0)[first] == np.arange(len(reference))
        kept = np.flatnonzero(crossed & (apart[:, 0] < RATIO * apart[:, 1]))
        if len(kept) < 4:
            return 0
        _, mask = cv2.findHomography(
            reference.points[kept, :2], frame.points[first[kept], :2], cv2.RANSAC, AWAY
        )
        return 0 if mask is None else int(mask.sum())
