"""Worn, turned and covered copies of photographs whose face is known, and pictures without a face."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from compliance.types import Pixels

LONGEST = 1280
"""Longer side, pixels, that photographs are shrunk to."""
TURNS = (15, 30, 45, 60, 90, 120, 135, 150, 180)
SIZES = (24, 32, 40, 48, 60, 80)
CANVAS = (480, 640)
"""Least height and width, pixels, of the frame that a small face stands in."""
LANDMARKS = ((-0.95, 0.35), (0.0, 0.25), (0.95, 0.35), (0.9, 1.1), (0.5, 1.75), (0.0, 1.9))
"""Right half and bridge of a surgical mask, in distances between the eyes from the point between them."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Photo:
    """A photograph of one person whose face is known."""

    person: str
    pixels: Pixels
    """uint8 RGB (H, W, 3)."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of the face, pixels."""
    eyes: Matrix
    """(2, 2): x and y of both eyes, left to right in the picture."""


@dataclass(frozen=True)
class Variant:
    """A changed photograph and where its face is then."""

    kind: str
    """``turned``, ``masked``, ``small``, ``dark``, ``jpeg``, ``mirrored`` or ``as it is``."""
    label: str
    person: str
    pixels: Pixels
    centre: tuple[float, float]
    """x and y of the middle of the face, pixels."""
    side: float
    """Side of the face's box, pixels."""

    def found(self, boxes: list[tuple[float, float, float, float]]) -> bool:
        """Tell whether a box has its middle in the middle half of the face, and half to twice its size."""
        for left, top, right, bottom in boxes:
            away = np.hypot(
                (left + right) / 2 - self.centre[0], (top + bottom) / 2 - self.centre[1]
            )
            size = (right - left + bottom - top) / 2
            if away <= self.side / 2 and self.side / 2 <= size <= self.side * 2:
                return True
        return False


def labelled(folder: Path) -> list[tuple[str, Pixels]]:
    """Return person and uint8 RGB picture of each photograph that shows one labelled person."""
    rows = csv.DictReader((folder / "LABELS.csv").read_text("utf-8").splitlines())
    found = []
    for row in rows:
        if ";" in row["identities"] or row["identities"] in ("multiple", "unlabelled"):
            continue
        picture = cv2.imread(str(folder / row["path"]))
        picture = shrink(picture, min(1.0, LONGEST / max(picture.shape[:2])))
        found.append((row["identities"], np.ascontiguousarray(picture[:, :, ::-1])))
    return found


def variants(photo: Photo) -> Iterator[Variant]:
    """Yield every variant of a photograph."""
    yield _variant(photo, "as it is", "as it is", photo.pixels, np.eye(2, 3))
    width = photo.pixels.shape[1]
    flip = np.array([[-1, 0, width - 1], [0, 1, 0]], np.float64)
    mirrored = np.ascontiguousarray(photo.pixels[:, ::-1])
    yield _variant(photo, "mirrored", "mirrored", mirrored, flip)
    for degrees in TURNS:
        turned, matrix = turn(photo.pixels, degrees)
        yield _variant(photo, "turned", f"turned {degrees}°", turned, matrix)
    for label, cover in (("surgical", surgical), ("sunglasses", sunglasses), ("scarf", scarf)):
        yield _variant(photo, "masked", label, cover(photo), np.eye(2, 3))
    for size in SIZES:
        small, matrix = small_in_frame(photo, size)
        yield _variant(photo, "small", f"{size} px", small, matrix)
    for share in (0.45, 0.2):
        yield _variant(photo, "dark", f"× {share}", dark(photo.pixels, share), np.eye(2, 3))
    for quality in (10, 30, 50, 90):
        worn = jpeg(photo.pixels, quality)
        yield _variant(photo, "jpeg", f"quality {quality}", worn, np.eye(2, 3))


def _variant(photo: Photo, kind: str, label: str, pixels: Pixels, matrix: Matrix) -> Variant:
    left, top, right, bottom = photo.box
    x, y = matrix @ ((left + right) / 2, (top + bottom) / 2, 1)
    side = (right - left) * float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    return Variant(kind, label, photo.person, pixels, (float(x), float(y)), side)


def shrink(picture: Pixels, scale: float) -> Pixels:
    """Return the picture at ``scale`` ≤ 1."""
    size = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def turn(picture: Pixels, degrees: float) -> tuple[Pixels, Matrix]:
    """Turn a picture on a frame that holds all of it; also return the transform, (2, 3)."""
    height, width = picture.shape[:2]
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0))
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = round(width * cosine + height * sine), round(width * sine + height * cosine)
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    turned = cv2.warpAffine(picture, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    return shrunk_back(np.asarray(turned, np.uint8), matrix)


def shrunk_back(picture: Pixels, matrix: Matrix) -> tuple[Pixels, Matrix]:
    """Shrink what turning made larger than :data:`LONGEST`."""
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    return (shrink(picture, scale), matrix * scale) if scale < 1 else (picture, matrix)


def small_in_frame(photo: Photo, size: int) -> tuple[Pixels, Matrix]:
    """Shrink the photograph until its face has ``size`` pixels, on a frame of at least CANVAS."""
    scale = size / (photo.box[2] - photo.box[0])
    small = shrink(photo.pixels, min(scale, 1.0))
    scale = small.shape[1] / photo.pixels.shape[1]
    high, wide = max(CANVAS[0] - small.shape[0], 0), max(CANVAS[1] - small.shape[1], 0)
    top, left = high // 3, wide // 3
    edge = cv2.BORDER_REPLICATE
    framed = cv2.copyMakeBorder(small, top, high - top, left, wide - left, edge)
    return np.asarray(framed, np.uint8), np.array([[scale, 0, left], [0, scale, top]])


def dark(picture: Pixels, share: float) -> Pixels:
    """Return the picture with ``share`` of its light and a sensor's noise."""
    noise = np.random.default_rng(5).normal(0, 3, picture.shape)
    return np.clip(picture * share + noise, 0, 255).astype(np.uint8)


def jpeg(picture: Pixels, quality: int) -> Pixels:
    """Return the picture after JPEG at ``quality``."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _on_face(photo: Photo, points: list[tuple[float, float]]) -> npt.NDArray[np.int32]:
    """Return points given in distances between the eyes as pixels of the photograph."""
    left, right = photo.eyes
    across = right - left
    down = np.array([-across[1], across[0]])
    middle = (left + right) / 2
    return np.array([middle + x * across + y * down for x, y in points]).round().astype(np.int32)


def surgical(photo: Photo) -> Pixels:
    """Draw a surgical mask: pale blue, pleats, ear loops."""
    outline = [*LANDMARKS, *((-x, y) for x, y in LANDMARKS[-2:2:-1])]
    picture = photo.pixels.copy()
    wide = max(round(float(np.linalg.norm(photo.eyes[1] - photo.eyes[0])) * 0.03), 1)
    for side in (-1, 1):
        for end in ((side * 1.25, 0.05), (side * 1.2, 0.6)):
            start = (side * 0.9, 0.4 if end[1] < 0.5 else 1.05)
            first, second = _on_face(photo, [start, end]).tolist()
            cv2.line(picture, first, second, (240, 240, 240), wide, cv2.LINE_AA)
    cv2.fillPoly(picture, [_on_face(photo, outline)], (150, 190, 215), cv2.LINE_AA)
    for row in (0.7, 0.95, 1.2):
        ends = _on_face(photo, [(-0.88, row), (0.88, row)]).tolist()
        cv2.line(picture, *ends, (120, 160, 190), wide, cv2.LINE_AA)
    return picture


def sunglasses(photo: Photo) -> Pixels:
    """Draw dark glasses."""
    picture = photo.pixels.copy()
    distance = float(np.linalg.norm(photo.eyes[1] - photo.eyes[0]))
    for eye in photo.eyes:
        axes = round(distance * 0.44), round(distance * 0.34)
        cv2.ellipse(picture, eye.round().astype(int).tolist(), axes, 0, 0, 360, (15, 15, 18), -1)
    for ends in (
        [(-0.1, -0.08), (0.1, -0.08)],
        [(-1.2, -0.1), (-0.9, -0.1)],
        [(0.9, -0.1), (1.2, -0.1)],
    ):
        first, second = _on_face(photo, ends).tolist()
        cv2.line(picture, first, second, (15, 15, 18), max(round(distance * 0.08), 1), cv2.LINE_AA)
    return picture


def scarf(photo: Photo) -> Pixels:
    """Draw a striped scarf over the lower half of the face and the neck."""
    picture = photo.pixels.copy()
    outline = [(-1.25, 0.5), (0, 0.4), (1.25, 0.5), (1.35, 2.4), (-1.35, 2.4)]
    cv2.fillPoly(picture, [_on_face(photo, outline)], (120, 40, 45), cv2.LINE_AA)
    distance = float(np.linalg.norm(photo.eyes[1] - photo.eyes[0]))
    for number, row in enumerate(np.arange(0.65, 2.3, 0.28)):
        ends = _on_face(photo, [(-1.25, row + 0.1), (1.25, row - 0.05)]).tolist()
        colour = (200, 180, 150) if number % 2 else (70, 20, 25)
        cv2.line(picture, *ends, colour, max(round(distance * 0.06), 1), cv2.LINE_AA)
    return picture
