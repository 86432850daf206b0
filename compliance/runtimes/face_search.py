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

CELL, SMALL_CELL = 4, 3
"""Pixels of a gradient cell, so that upright faces are found from about 30 pixels, on small frames from 24."""
SMALL = 640
"""Longer side, pixels, of frames that are searched with the smaller cells, and with less of the network."""
SIDE = 1280
"""Longer side, pixels, that frames up to twice as large are shrunk to; larger ones are halved."""
SHARE = 0.27
"""Pixels of the network's finest level for each pixel of the frame."""
MOST = 600_000
"""Pixels of that level at most: 4 K frames would take a second."""
LEAST_SIDE = 224
"""Longer side of that level at least, pixels: faces fill more of small pictures, but not that much more."""
SURE = 0.0
"""The histograms' own threshold; from here on nobody is asked."""
UNSURE, SMALL_UNSURE = -0.45, -0.6
"""Least margin of the histograms that the network is asked about; the smaller cells give lower ones."""
ASKED = 4
"""Most places in one frame that the network is asked about, best first."""
FACE = -0.4
"""Least margin of the network that is a face: on 135 pictures without a person, their crops and turned
copies it stayed below -0.7."""
ASKED_SCALES = (0.74, 0.84, 0.94)
"""Sizes of a face as fractions of the network's window: covered faces are answered to at few of them."""
TURNS = (0, -30, 30, -60, 60, -90, 90)
"""Degrees by which a face may differ from upright, or from being on its head."""
UPRIGHT_SIDE = 48
"""Pixels, side of a face on the crop that is turned to find its angle."""


Away = tuple[float, float, float]
"""x and y from the middle of a face's surroundings, and half the side, pixels of them."""


@dataclass(frozen=True)
class Face:
    """A face in a frame."""

    box: Square
    """Left, top, right, bottom, pixels of the frame, along its edges; possibly outside it."""
    margin: float
    """To the histograms' threshold on the upright face; at least :data:`FACE`, which is that of a face that
    the network alone sees, such as a covered one."""
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
        self._histograms = FaceDetector(histograms, CELL)
        self._small_histograms = FaceDetector(histograms, SMALL_CELL)
        self._network = MmodDetector(network)

    def faces(self, pixels: Pixels) -> list[Face]:
        """Find the faces of one frame, upright ones first.

        Args:
            pixels: uint8 RGB (height, width, 3), any size.
        """
        scale = _working_scale(max(pixels.shape[:2]))
        small = _scaled(pixels, scale)
        finest = self._finest(pixels.shape[:2], small.shape[:2])
        answers = self._network.detect(small, finest, FACE)
        found = self._upright(small, answers, finest)
        for answer in answers:
            if not any(_same(face.box, answer) for face in found):
                box = _square(answer.x, answer.y, answer.side / 2)
                start = 180.0 if answer.upside_down else 0.0
                found.append(self._turned(small, box, start))
        return [
            Face(tuple(round(edge / scale) for edge in face.box), face.margin, face.angle)  # type: ignore[arg-type]
            for face in found
        ]

    def _finest(self, frame: tuple[int, ...], small: tuple[int, ...]) -> float:
        """Return the scale of the network's finest level to the shrunk frame."""
        share = self._share * (SMALL_CELL / CELL) ** 2 if max(frame) <= SMALL else self._share
        wanted = min(share * frame[0] * frame[1], MOST)
        scale = (wanted / (small[0] * small[1])) ** 0.5
        return float(min(max(scale, LEAST_SIDE / max(small)), 1.0))

    def _upright(self, pixels: Pixels, answers: list[Answer], finest: float) -> list[Face]:
        """Return what the histograms find, and what they are unsure of where the network agrees.

        It is asked again only about what is too small for the levels that it has searched.
        """
        import cv2

        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        fine, floor = self._histograms, UNSURE
        if max(grey.shape) <= SMALL:
            fine, floor = self._small_histograms, SMALL_UNSURE
        kept, asked = [], 0
        for box, margin in fine.detect(grey, floor):
            if margin >= SURE:
                kept.append(Face(box, margin, 0.0))
                continue
            agreed = any(_same(box, answer) for answer in answers if not answer.upside_down)
            if not agreed and (box[2] - box[0]) * finest < ASKED_SCALES[0] * WINDOW:
                agreed = asked < ASKED and self._is_face(pixels, box)
                asked += 1
            if agreed:
                kept.append(self._turned(pixels, box, 0.0))
        return kept

    def _is_face(self, pixels: Pixels, box: Square) -> bool:
        """Tell whether the network takes ``box`` for a face at one of several sizes."""
        for share in ASKED_SCALES:
            margins = self._network.margins(_cut(pixels, box, share * WINDOW, 2 * WINDOW))
            middle = margins.shape[0] // 2
            around = margins[middle - 2 : middle + 3, middle - 2 : middle + 3]
            if float(around.max()) >= FACE:
                return True
        return False

    def _turned(self, pixels: Pixels, box: Square, start: float) -> Face:
        """Find by how much the face in ``box`` is turned from ``start``, degrees, and where exactly it is.

        The histograms are run on the face's surroundings, turned back by one angle after the other; the angle
        with the greatest margin is refined to half the step.
        """
        import cv2

        around = _cut(pixels, box, UPRIGHT_SIDE, 3 * UPRIGHT_SIDE)
        grey = np.asarray(cv2.cvtColor(around, cv2.COLOR_RGB2GRAY), np.uint8)
        tried = [(self._margin_turned(grey, start + turn), start + turn) for turn in TURNS]
        (best, away), angle = max(tried, key=lambda one: one[0][0])
        for turn in (angle - 15, angle + 15):
            beside = self._margin_turned(grey, turn)
            if beside[0] > best:
                (best, away), angle = beside, turn
        scale = (box[2] - box[0]) / UPRIGHT_SIDE
        x, y = (box[0] + box[2]) / 2 + away[0] * scale, (box[1] + box[3]) / 2 + away[1] * scale
        margin = max(best, FACE)
        return Face(_square(x, y, away[2] * scale), margin, (angle + 180.0) % 360.0 - 180.0)

    def _margin_turned(self, grey: Pixels, angle: float) -> tuple[float, Away]:
        """Return the histograms' margin on the face turned back by ``angle``, and where it is then.

        Args:
            grey: uint8 (144, 144), the face's surroundings.
            angle: degrees, counter-clockwise.
        """
        import cv2

        side = 2 * UPRIGHT_SIDE
        middle = grey.shape[0] / 2
        matrix = np.asarray(cv2.getRotationMatrix2D((middle, middle), -angle, 1.0), np.float64)
        matrix[:, 2] -= middle - side / 2
        turned = cv2.warpAffine(grey, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
        back = np.asarray(turned, np.uint8)
        best: tuple[float, Away] = (-9.0, (0.0, 0.0, UPRIGHT_SIDE / 2))
        for (left, top, right, bottom), margin in self._histograms.detect(back, -1.5):
            x, y = (left + right - side) / 2, (top + bottom - side) / 2
            if margin > best[0] and max(abs(x), abs(y)) < UPRIGHT_SIDE / 2:
                # y points down, so that counter-clockwise is minus
                cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
                away = float(x * cosine + y * sine), float(y * cosine - x * sine)
                best = margin, (*away, (right - left) / 2)
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


def _cut(pixels: Pixels, box: Square, face: float, side: int) -> Pixels:
    """Cut ``side`` pixels square around ``box``, scaled so that the box has ``face`` pixels."""
    import cv2

    scale = face / max(box[2] - box[0], 1)
    x, y, half = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, side / scale / 2
    left, top, right, bottom = _square(x, y, half)
    height, width = pixels.shape[:2]
    part = pixels[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
    beyond = max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0)
    if any(beyond):
        part = np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_REPLICATE), np.uint8)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (side, side), interpolation=way), np.uint8)


def _same(box: Square, answer: Answer) -> bool:
    """Tell whether the network's answer is the face in ``box``."""
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    reach = max(box[2] - box[0], answer.side) / 2
    return float(np.hypot(middle[0] - answer.x, middle[1] - answer.y)) < reach
