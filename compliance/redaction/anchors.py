"""Find the frames in which a finding's region holds, where a run keeps no box for each frame but a crop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits
from compliance.redaction.edits import Edit, Sighting
from compliance.redaction.picture import Box
from compliance.types import Pixels, Region

ALIKE = 0.8
"""Correlation of a crop with the same part of a frame from which they are the same; 0.88 was measured on a
patch of 4-pixel noise with an outline drawn in, and below 0.1 one frame later."""
_SIDE = 48
_MARGINS = ((0.0, False), (0.4, True), (0.4, False))
"""Margins of crops: fraction of the box, and whether of its longer side on all sides."""


class Anchor:
    """A crop that is looked for at one region."""

    def __init__(self, edit: Edit, region: Region, crop: Pixels) -> None:
        """Take the crop, uint8 grey."""
        self.edit, self.region = edit, region
        self.found: list[Sighting] = []
        self._crop = crop

    def look(self, time: float, grey: Pixels) -> None:
        """Compare with one frame."""
        if not self.edit.span.start - 0.01 <= time <= self.edit.span.end + 0.01:
            return
        if any(_likeness(crop, part) >= ALIKE for crop, part in self._pairs(grey)):
            self.found.append(Sighting(time=time, region=self.region))

    def _pairs(self, grey: Pixels) -> Iterator[tuple[Pixels, Pixels]]:
        height, width = grey.shape
        for margin, longer in _MARGINS:
            part = _part(self.region.box, margin, longer, width, height)
            if part is None:
                continue
            left, top, right, bottom = part
            across = round((right - left) / (bottom - top) * self._crop.shape[0])
            if not 0 < across <= self._crop.shape[1] + 2:
                continue
            yield self._crop[:, :across], grey[top:bottom, left:right]


def with_anchors(
    path: Path,
    anchors: Sequence[Anchor],
    limits: DecodeLimits,
    progress: Callable[[str, float, float], None],
) -> None:
    """Let every anchor look at every frame of a file."""
    with MediaReader(path, limits, every_frame=True) as reader:
        total = reader.info.duration if reader.info and reader.info.duration else 0.0
        for frame in reader.frames():
            grey: Any = cv2.cvtColor(np.ascontiguousarray(frame.pixels), cv2.COLOR_RGB2GRAY)
            frame.release()
            for one in anchors:
                one.look(frame.time, grey)
            progress("looking", frame.time, total)


def anchored(
    path: Path,
    edits: Sequence[Edit],
    crops: Mapping[str, bytes],
    limits: DecodeLimits,
    progress: Callable[[str, float, float], None],
) -> list[Edit]:
    """Return the edits, those with a region and a crop but no sighting with what was found of them."""
    wanted = {}
    for number, one in enumerate(edits):
        if one.region is None or one.sightings or one.finding not in crops:
            continue
        crop = cv2.imdecode(np.frombuffer(crops[one.finding], np.uint8), cv2.IMREAD_GRAYSCALE)
        if crop is not None:
            wanted[number] = Anchor(one, one.region, np.asarray(crop, np.uint8))
    if wanted:
        with_anchors(path, list(wanted.values()), limits, progress)
    return [
        one.model_copy(update={"sightings": tuple(wanted[number].found)})
        if number in wanted
        else one
        for number, one in enumerate(edits)
    ]


def _part(
    box: Box, margin: float, longer: bool, width: int, height: int
) -> tuple[int, int, int, int] | None:
    """Return the box with its margin, pixels, inside the frame."""
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    wide, high = right - left, bottom - top
    if longer:
        wide = high = max(wide, high)
    found = (
        round(max(left - margin * wide, 0)),
        round(max(top - margin * high, 0)),
        round(min(right + margin * wide, width)),
        round(min(bottom + margin * high, height)),
    )
    return found if found[2] - found[0] > 3 and found[3] - found[1] > 3 else None


def _likeness(first: Pixels, second: Pixels) -> float:
    one, other = (
        np.asarray(cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)
        for part in (first, second)
    )
    one, other = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / size if size > 1.0 else 0.0
