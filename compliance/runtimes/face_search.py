"""Where the faces of a picture are, turned and covered ones included, and how well they can be seen.

Two detectors share the work. Histograms of gradients find upright faces, small ones too, and give boxes
that the landmarks fit. The network finds turned and covered ones where they are large enough, and says of what
the histograms are unsure whether it is a face. Figures: docs/decisions/016-turned-and-masked-faces.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.model_store import LoadedModel
from compliance.runtimes.dlib import FaceDetector, Square
from compliance.runtimes.mmod import WINDOW, Answer, MmodDetector
from compliance.types import Pixels

CELL = 4
"""Pixels of a gradient cell, so that upright faces are found from about 30 pixels."""
SIDE = 1280
"""Longer side, pixels, that frames up to twice as large are shrunk to; larger ones are halved."""
SHARE = 0.2
"""Pixels of the network's finest level for each pixel of the shrunk frame."""
LEAST_SIDE = 272
"""Longer side of that level at least, pixels: faces fill more of small pictures, but not that much more."""
SURE = 0.0
"""The histograms' own threshold; from here on nobody is asked."""
UNSURE = -0.45
"""Least margin of the histograms that the network is asked about."""
ASKED = 4
"""Most places in one frame that the network is asked about, best first."""
FACE = -0.4
"""Least margin of the network that is a face: on 55 pictures without one it stayed below -0.8."""
ASKED_SCALES = (0.74, 0.84, 0.94)
"""Sizes of a face as fractions of the network's window: covered faces are answered to at few of them."""
TURNS = (0, -30, 30, -60, 60, -90, 90)
"""Degrees by which a face may differ from upright, or from being on its head."""
UPRIGHT_SIDE = 96
"""Pixels, side of a face on the crop that is turned to find its angle."""


@dataclass(frozen=True)
class Face:
    """A face in a frame."""

    box: Square
    """Left, top, right, bottom, pixels of the frame, along its edges; possibly outside it."""
    margin: float
    """To the threshold of the detector that found it, from :data:`UNSURE`; 0 is the threshold."""
    angle: float
    """Degrees by which it is turned counter-clockwise from upright, -180…180."""


class FaceSearch:
    """Both detectors."""

    def __init__(self, histograms: LoadedModel, network: LoadedModel, share: float = SHARE) -> None:
        """Open both.

        Args:
            histograms: card of dlib's frontal detector.
            network: card and file of dlib's face network.
            share: pixels of the network's finest level for each of the frame, 0…1: recall of turned faces
                for time.
        """
        self._share = share
        self._fine = FaceDetector(histograms, CELL)
        self._coarse = FaceDetector(histograms)
        self._network = MmodDetector(network)

    def faces(self, pixels: Pixels) -> list[Face]:
        """Find the faces of one frame, upright ones first.

        Args:
            pixels: uint8 RGB (height, width, 3), any size.
        """
        scale = _working_scale(max(pixels.shape[:2]))
        small = _scaled(pixels, scale)
        found = self._upright(small)
        longer = max(small.shape[:2])
        finest = min(max(self._share**0.5, LEAST_SIDE / longer), 1.0)
        for answer in self._network.detect(small, finest, FACE):
            if not any(_same(face.box, answer) for face in found):
                box = _square(answer.x, answer.y, answer.side / 2)
                start = 180.0 if answer.upside_down else 0.0
                found.append(self._turned(small, box, answer.margin, start))
        return [
            Face(tuple(round(edge / scale) for edge in face.box), face.margin, face.angle)  # type: ignore[arg-type]
            for face in found
        ]

    def _upright(self, pixels: Pixels) -> list[Face]:
        """Return what the histograms find, and the network where they are unsure."""
        import cv2

        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        found = self._fine.detect(grey, UNSURE)
        kept = [Face(box, margin, 0.0) for box, margin in found if margin >= SURE]
        for box, margin in [one for one in found if one[1] < SURE][:ASKED]:
            if self._is_face(pixels, box):
                kept.append(self._turned(pixels, box, margin, 0.0))
        return kept

    def _is_face(self, pixels: Pixels, box: Square) -> bool:
        """Tell whether the network takes ``box`` for a face at one of several sizes."""
        for share in ASKED_SCALES:
            crop = _cut(pixels, box, 0.0, share * WINDOW, 2 * WINDOW)
            margins = self._network.margins(crop)
            middle = margins.shape[0] // 2
            around = margins[middle - 2 : middle + 3, middle - 2 : middle + 3]
            if float(around.max()) >= FACE:
                return True
        return False

    def _turned(self, pixels: Pixels, box: Square, margin: float, start: float) -> Face:
        """Find by how much the face in ``box`` is turned from ``start``, degrees, and where exactly it is.

        The histograms are run on the face's surroundings, turned back by one angle after the other; the angle
        with the greatest margin is refined to half the step.
        """
        tried = [(self._margin_turned(pixels, box, start + turn), start + turn) for turn in TURNS]
        best, angle = max(tried, key=lambda one: one[0][0])
        for turn in (angle - 15, angle + 15):
            beside = self._margin_turned(pixels, box, turn)
            if beside[0] > best[0]:
                best, angle = beside, turn
        return Face(best[1] or box, margin, (angle + 180.0) % 360.0 - 180.0)

    def _margin_turned(
        self, pixels: Pixels, box: Square, angle: float
    ) -> tuple[float, Square | None]:
        """Return the histograms' margin on the face turned back by ``angle``, and its box in the frame."""
        import cv2

        side = 2 * UPRIGHT_SIDE
        crop = _cut(pixels, box, angle, UPRIGHT_SIDE, side)
        grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
        best: tuple[float, Square | None] = (-9.0, None)
        for (left, top, right, bottom), margin in self._coarse.detect(grey, -1.0):
            x, y = (left + right - side) / 2, (top + bottom - side) / 2
            if margin > best[0] and max(abs(x), abs(y)) < UPRIGHT_SIDE / 2:
                scale = (box[2] - box[0]) / UPRIGHT_SIDE
                turn = np.radians(angle)
                # y points down, so that counter-clockwise is minus
                away = (
                    x * np.cos(turn) + y * np.sin(turn),
                    -x * np.sin(turn) + y * np.cos(turn),
                )
                middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
                half = (right - left) * scale / 2
                best = (
                    margin,
                    _square(middle[0] + away[0] * scale, middle[1] + away[1] * scale, half),
                )
        return best


def _working_scale(longer: int) -> float:
    return max(min(SIDE / longer, 1.0), 0.5)


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    import cv2

    if scale == 1:
        return np.ascontiguousarray(pixels)
    size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _square(x: float, y: float, half: float) -> Square:
    return round(x - half), round(y - half), round(x + half), round(y + half)


def _cut(pixels: Pixels, box: Square, angle: float, face: float, side: int) -> Pixels:
    """Cut ``side`` pixels square around ``box``, turned back by ``angle``, the box then of ``face`` pixels."""
    import cv2

    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    scale = face / max(box[2] - box[0], 1)
    matrix = np.asarray(cv2.getRotationMatrix2D(middle, -angle, scale), np.float64)
    matrix[:, 2] += np.array([side / 2 - middle[0], side / 2 - middle[1]])
    if scale < 0.5:  # what is left out between samples would be noise
        blur = 0.4 / scale
        reach = round(side / scale)
        top, left = max(round(middle[1]) - reach, 0), max(round(middle[0]) - reach, 0)
        part = pixels[top : round(middle[1]) + reach, left : round(middle[0]) + reach]
        pixels = np.asarray(cv2.GaussianBlur(part, (0, 0), blur), np.uint8)
        matrix[:, 2] += matrix[:, :2] @ np.array([left, top], np.float64)
    around = cv2.warpAffine(
        pixels, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(around, np.uint8)


def _same(box: Square, answer: Answer) -> bool:
    """Tell whether the network's answer is the face in ``box``."""
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    reach = max(box[2] - box[0], answer.side) / 2
    return float(np.hypot(middle[0] - answer.x, middle[1] - answer.y)) < reach
