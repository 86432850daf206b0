"""Labelled photographs of faces, one for each picture and person, and the ways they get worse."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Pixels

NOBODY = ("multiple", "unlabelled")
FROM_LEFT = {
    "examples/knn_examples/test/kit_with_rose.jpg": ("rose_leslie", "kit_harington"),
    "examples/knn_examples/test/obama_and_biden.jpg": ("biden", "obama"),
}
"""Who stands where on photographs of two people, which the labels do not say."""
SAME_PICTURE = 0.3
"""Distance below which two faces are one picture, cut or scaled otherwise; other photographs of one person
are farther than 0.33 from each other."""
AROUND = 1.2
"""Margin that is kept around a face, fraction of its height."""
AN_OBAMA = 19
"""Row of the strangers who is no stranger."""


@dataclass(frozen=True)
class Photograph:
    """One face and its surroundings."""

    person: str
    picture: str
    pixels: Pixels
    """uint8 RGB (height, width, 3)."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the face, pixels."""

    @property
    def height(self) -> int:
        """Height of the face, pixels."""
        return round(self.box[3] - self.box[1])

    @property
    def whole_box(self) -> tuple[int, int, int, int]:
        """The box in whole pixels."""
        left, top, right, bottom = (round(edge) for edge in self.box)
        return left, top, right, bottom

    def scaled(self, factor: float) -> Photograph:
        """Return it reduced."""
        pixels = cv2.resize(self.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        left, top, right, bottom = (edge * factor for edge in self.box)
        return replace(self, pixels=np.asarray(pixels, np.uint8), box=(left, top, right, bottom))

    def shifted(self, right: float, down: float) -> Photograph:
        """Return it with the box moved by fractions of the face's height."""
        x, y = right * self.height, down * self.height
        box = (self.box[0] + x, self.box[1] + y, self.box[2] + x, self.box[3] + y)
        return replace(self, box=box)

    def jpeg(self, quality: int) -> Photograph:
        """Return it after JPEG of ``quality``, 1…100."""
        _, encoded = cv2.imencode(
            ".jpg", self.pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        return replace(self, pixels=np.ascontiguousarray(decoded[:, :, ::-1]))

    def mirrored(self) -> Photograph:
        """Return its mirror image."""
        width = self.pixels.shape[1]
        box = (width - self.box[2], self.box[1], width - self.box[0], self.box[3])
        return replace(self, pixels=np.ascontiguousarray(self.pixels[:, ::-1]), box=box)

    def tilted(self, degrees: float) -> Photograph:
        """Return it turned counter-clockwise around the middle of the face."""
        middle = ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)
        matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        size = self.pixels.shape[1::-1]
        turned = cv2.warpAffine(self.pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        return replace(self, pixels=np.asarray(turned, np.uint8))

    def darker(self, factor: float) -> Photograph:
        """Return it with all light multiplied by ``factor``."""
        return replace(self, pixels=(self.pixels * factor).astype(np.uint8))


def photographs(folder: Path) -> list[Photograph]:
    """Return each distinct labelled picture of each person, cut out with a margin.

    Two people of other folders, one picture each, make it eight people.
    """
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore())
    rows = csv.DictReader((folder / "LABELS.csv").read_text("utf-8").splitlines())
    kept: list[Photograph] = []
    known: list[tuple[str, np.ndarray]] = []
    for row in rows:
        names = FROM_LEFT.get(row["path"], (row["identities"],))
        if names[0] in NOBODY or "partial" in row["path"]:
            continue
        pixels = np.ascontiguousarray(cv2.imread(str(folder / row["path"]))[:, :, ::-1])
        seen = analyzer.observe_frames(FrameBatch(("photo",), np.zeros(1), (pixels,)))
        sure = sorted(seen, key=lambda one: -(one.raw or 0.0))[: len(names)]
        for name, face in zip(names, sorted(sure, key=lambda one: one.region.box), strict=True):
            vector = np.asarray(face.vector)
            if any(who == name and np.linalg.norm(vector - it) < SAME_PICTURE for who, it in known):
                continue
            known.append((name, vector))
            kept.append(_cut(name, f"{name} {len(kept)}", pixels, face.region.box))
    from skimage import data

    collins = np.ascontiguousarray(data.astronaut())
    path = folder.parent / "robust-pillow" / "images" / "hopper.jpg"
    hopper = np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])
    return [
        *kept,
        Photograph("collins", "collins", collins, (175.0, 76.0, 265.0, 166.0)),
        Photograph("hopper", "hopper", hopper, (42.0, 32.0, 86.0, 77.0)),
    ]


def strangers() -> list[Photograph]:
    """Return 99 faces of the LFW subset of scikit-image, grey, 25 × 25 pixels with a margin."""
    import skimage.data

    path = Path(skimage.data.__file__).parent / "lfw_subset.npy"
    found = []
    for row, face in enumerate(np.load(path)[:100]):
        grey = (face * 255).clip(0, 255).astype(np.uint8)
        wide = cv2.copyMakeBorder(grey, 12, 12, 12, 12, cv2.BORDER_REPLICATE)
        pixels = np.repeat(wide[:, :, None], 3, axis=2)
        if row != AN_OBAMA:
            found.append(
                Photograph(f"stranger {row}", f"stranger {row}", pixels, (14.0, 15.0, 35.0, 36.0))
            )
    return found


def _cut(
    person: str, picture: str, pixels: Pixels, box: tuple[float, float, float, float]
) -> Photograph:
    height, width = pixels.shape[:2]
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    margin = AROUND * (bottom - top)
    x, y = max(int(left - margin), 0), max(int(top - margin), 0)
    around = pixels[y : int(bottom + margin), x : int(right + margin)]
    edges = (left - x, top - y, right - x, bottom - y)
    return Photograph(person, picture, np.ascontiguousarray(around), edges)
