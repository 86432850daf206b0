"""Photographs with marks on them: drawn from vector marks and photographs, each as a camera might have seen it.

A mark gets a colour, or its plate does; it is bent as cloth or as a bottle, seen at an angle, lit from one
side, covered in part, blurred, and saved as JPEG. Everything follows from the seed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.logo_prints import LogoPrint, logo_print, unpack
from compliance.errors import BankError
from compliance.types import Floats, Pixels

BRANDS = (
    "adidas apple bmw citroen cocacola dhl fedex ferrari ford google hp mcdonalds mini nbc nike porsche puma "
    "redbull starbucks vodafone shell toyota audi kfc spotify jordan mitsubishi"
).split()
"""27 marks, plain ones (apple, arches, swoosh, rings) among them."""
SIDE = 320
"""Pixels of a mark before it is put on a photograph."""
_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d*\.\d+|\d+\.?)(?:[eE][-+]?\d+)?")
_STEPS = np.linspace(0, 1, 13)[1:, None]


@dataclass(frozen=True)
class Photo:
    """One picture and what is on it."""

    brand: str
    """Empty where no mark is on it."""
    pixels: Pixels
    """uint8 RGB (height, width, 3)."""
    corners: Floats
    """float32 (4, 2): corners of the mark, clockwise; empty where there is none."""

    def crop(self, margin: float) -> Pixels:
        """Return the upright box around the mark with ``margin`` of its longer side around it."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        edge = margin * float((high - low).max())
        left, top = np.maximum(low - edge, 0).astype(int)
        right, bottom = (high + edge).astype(int)
        return np.ascontiguousarray(self.pixels[top:bottom, left:right])


def outline(path: Path, side: int = SIDE) -> Pixels:
    """Return coverage, uint8 (side, side), of the one path of a simple-icons file, by the non-zero rule."""
    found = re.search(r'<path d="([^"]+)"', path.read_text("utf-8"))
    if found is None:
        raise SystemExit(f"{path}: no path")
    scale = 4 * side / 24
    winding = np.zeros((4 * side, 4 * side), np.int32)
    for line in _lines(found[1]):
        points = np.asarray(line) * scale
        filled = np.zeros(winding.shape, np.uint8)
        cv2.fillPoly(filled, [np.round(points * 16).astype(np.int32)], 1, shift=4)
        x, y = points[:, 0], points[:, 1]
        area = float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
        winding += np.where(area >= 0, 1, -1) * filled.astype(np.int32)
    whole = (winding != 0).astype(np.uint8) * 255
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _lines(path: str) -> Iterator[list[npt.NDArray[np.float64]]]:
    """Yield the closed lines of an SVG path, curves cut into twelve pieces."""
    tokens = _numbers(path)
    at = start = handle = np.zeros(2)
    line: list[npt.NDArray[np.float64]] = []
    before = ""
    for command, values in tokens:
        kind, base = command.upper(), at if command.islower() else np.zeros(2)
        if kind == "M":
            if len(line) > 2:
                yield line
            at = start = base + values
            line = [at]
        elif kind == "Z":
            at = start
        elif kind == "H":
            at = np.array([base[0] + values[0], at[1]])
            line.append(at)
        elif kind == "V":
            at = np.array([at[0], base[1] + values[0]])
            line.append(at)
        elif kind == "A":
            end = base + values[5:]
            line.extend(_arc(at, values, end))
            at = end
        else:
            knots = [at, *(base + pair for pair in np.reshape(values, (-1, 2)))]
            if kind in "ST":
                smooth = before in ("CS" if kind == "S" else "QT")
                knots.insert(1, 2 * at - handle if smooth else at)
            handle = knots[-2]
            line.extend(_curve(knots))
            at = knots[-1]
        before = kind
    if len(line) > 2:
        yield line


def _numbers(path: str) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Yield each command of a path with its numbers, repeated ones written out."""
    needed = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
    for letter, rest in re.findall(r"([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)", path):
        if letter in "Aa":  # The flags may stand without a space: "a1 1 0 01.5 2".
            number = r"[-+]?(?:\d*\.\d+|\d+)(?:[eE][-+]?\d+)?"
            arcs = re.findall(
                rf"({number})[\s,]*({number})[\s,]*({number})[\s,]*([01])[\s,]*([01])[\s,]*({number})[\s,]*({number})",
                rest,
            )
            yield from ((letter, np.array(arc, np.float64)) for arc in arcs)
            continue
        values = np.array([float(one) for one in _TOKEN.findall(rest)])
        size = needed[letter.upper()]
        if not size:
            yield letter, values
            continue
        for index in range(0, len(values), size):
            again = {"M": "L", "m": "l"}.get(letter, letter) if index else letter
            yield again, values[index : index + size]


def _curve(knots: Sequence[npt.NDArray[np.float64]]) -> list[npt.NDArray[np.float64]]:
    """Return points of a line or a Bézier curve by de Casteljau's construction."""
    if len(knots) == 2:
        return [knots[1]]
    level = [np.repeat(one[None], len(_STEPS), axis=0) for one in knots]
    while len(level) > 1:
        level = [a + (b - a) * _STEPS for a, b in pairwise(level)]
    return list(level[0])


def _arc(
    at: npt.NDArray[np.float64], values: npt.NDArray[np.float64], end: npt.NDArray[np.float64]
) -> list[npt.NDArray[np.float64]]:
    """Return points of an elliptical arc (SVG 1.1, appendix F.6)."""
    radii, turn, large, sweep = np.abs(values[:2]), np.radians(values[2]), values[3], values[4]
    if not radii.all() or np.allclose(at, end):
        return [end]
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    half = rotation @ (at - end) / 2
    radii = radii * max(1.0, float(np.sqrt(np.sum((half / radii) ** 2))))
    unit = half / radii
    span = float(np.sum(unit**2))
    middle = np.sqrt(max(0.0, 1 / span - 1)) * np.array([unit[1], -unit[0]])
    middle = middle if bool(large) != bool(sweep) else -middle
    first, last = (np.arctan2(*(p - middle)[::-1]) for p in (unit, -unit))
    sweep_angle = (last - first) % (2 * np.pi)
    if not sweep:
        sweep_angle -= 2 * np.pi
    angles = first + sweep_angle * np.linspace(0, 1, 25)[1:]
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) + middle
    return list((circle * radii) @ rotation + (at + end) / 2)


def photographs(data: Path) -> list[Pixels]:
    """Return the distinct photographs of the shared data and of two installed packages, RGB."""
    import skimage.data

    folders = [
        data / "copydetect-imagededup",
        data / "faces-face-recognition",
        data / "copydetect-threatexchange" / "pdq",
        data / "robust-pillow",
        data / "c2pa-rs",
        Path(skimage.data.__file__).parent,
    ]
    kept: list[Pixels] = []
    small: list[Floats] = []
    for path in [one for folder in folders for one in sorted(folder.rglob("*"))]:
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png") or path.stat().st_size < 20_000:
            continue
        read = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if read is None or min(read.shape[:2]) < 240 or read.std() < 20:
            continue
        grey = cv2.cvtColor(
            cv2.resize(read, (12, 12), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY
        )
        flat = grey.astype(np.float32) - grey.mean()
        flat /= np.linalg.norm(flat)
        # A copy, mirrored or turned, would stand on both sides of the split.
        poses = [np.rot90(m, k).ravel() for m in (flat, flat[:, ::-1]) for k in range(4)]
        if any(float(pose @ other.ravel()) > 0.85 for pose in poses for other in small):
            continue
        small.append(flat)
        kept.append(np.ascontiguousarray(read[:, :, ::-1]))
    return kept


def view(photo: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a part of a photograph, perhaps mirrored, 500 to 1,000 pixels long, as JPEG leaves it."""
    height, width = photo.shape[:2]
    share = rng.uniform(0.6, 1.0)
    h, w = int(height * share), int(width * share)
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    part = photo[top : top + h, left : left + w]
    part = part[:, ::-1] if rng.random() < 0.5 else part
    scale = rng.choice([500, 500, 640, 1000]) / max(h, w)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=kind))


def composite(
    brand: str, mark: Pixels, photo: Pixels, rng: np.random.Generator, own: Floats | None = None
) -> Photo:
    """Return a view of ``photo`` with ``mark`` (coverage) on it: 10 to 50 % of its longer side.

    Args:
        brand: what the mark is of.
        mark: uint8 (height, width).
        photo: uint8 RGB.
        rng: decides everything.
        own: colour of the brand, RGB 0…255, on white or white on it; None: any two colours.
    """
    scene = view(photo, rng).astype(np.float32)
    colour, cover = _printed(mark, rng, own)
    colour, cover = _bent(colour, cover, rng)
    height, width = scene.shape[:2]
    long = np.exp(rng.uniform(np.log(0.1), np.log(0.5))) * max(height, width)
    corners = _pose(cover.shape[1], cover.shape[0], long, (width, height), rng)
    side = np.array(
        [(0, 0), (cover.shape[1], 0), cover.shape[::-1], (0, cover.shape[0])], np.float32
    )
    matrix = cv2.getPerspectiveTransform(side, corners)
    shrink = max(1.0, max(cover.shape) / long)
    colour, cover = (cv2.GaussianBlur(one, (0, 0), 0.35 * shrink) for one in (colour, cover))
    paint = cv2.warpPerspective(colour, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(cover, matrix, (width, height)) * _uncovered(corners, scene, rng)
    shown = alpha > 0.5
    if shown.any() and abs(paint[shown].mean() - scene[shown].mean()) < 40 and cover.min() < 0.5:
        paint = 255 - paint  # Nobody prints a mark in the colour of the cloth.
    light = _light(scene, corners, rng)
    scene = scene * (1 - alpha[..., None]) + np.clip(paint * light, 0, 255) * alpha[..., None]
    if rng.random() < 0.5:
        scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.4, 1.6) * max(width, height) / 800)
    scene += rng.normal(0, rng.uniform(0, 6), scene.shape)
    return Photo(brand, _jpeg(np.clip(scene, 0, 255).astype(np.uint8), rng), corners)


def _printed(mark: Pixels, rng: np.random.Generator, own: Floats | None) -> tuple[Floats, Floats]:
    """Return colours and coverage of a mark in its own or a random colour, on a plate half of the time."""
    grown = cv2.copyMakeBorder(mark, 32, 32, 32, 32, cv2.BORDER_CONSTANT, value=0)
    filled = np.flatnonzero(grown.any(axis=1)), np.flatnonzero(grown.any(axis=0))
    box = [slice(max(one[0] - 24, 0), one[-1] + 25) for one in filled]
    ink = grown[box[0], box[1]].astype(np.float32) / 255
    front, back = _colours(rng) if own is None else (own, np.full(3, 250.0))
    if own is not None and rng.random() < 0.35:
        front, back = back, front
    colour = ink[..., None] * front + (1 - ink[..., None]) * back
    plate = ink
    if rng.random() < 0.6:
        plate = np.ones_like(ink)
    elif rng.random() < 0.3:  # Outlined, as stickers are.
        plate = cv2.dilate(ink, np.ones((11, 11)))
    else:
        colour = np.broadcast_to(front, colour.shape)
    return np.ascontiguousarray(colour, np.float32), np.ascontiguousarray(plate, np.float32)


def _colours(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return two colours that differ in lightness."""
    while True:
        front, back = rng.uniform(0, 255, (2, 3))
        if abs(front @ (0.3, 0.59, 0.11) - back @ (0.3, 0.59, 0.11)) > 60:
            return front, back


def brand_colours(data: Path) -> dict[str, Floats]:
    """Return the colour of each of :data:`BRANDS`, RGB 0…255, as simple-icons lists it by title."""
    listed = json.loads(
        (data / "logos-simple-icons" / "data" / "simple-icons.json").read_text("utf-8")
    )
    by_name = {
        one.get("slug") or re.sub(r"[^a-z0-9]", "", one["title"].casefold().replace("ë", "e")): one[
            "hex"
        ]
        for one in (listed["icons"] if isinstance(listed, dict) else listed)
    }
    return {name: np.array(list(bytes.fromhex(by_name[name])), np.float64) for name in BRANDS}


def _bent(colour: Floats, cover: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return both as on cloth, on a bottle, or flat."""
    height, width = cover.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    kind = rng.random()
    if kind < 0.35:
        for _ in range(3):
            direction, phase, length = (
                rng.uniform(0, np.pi),
                rng.uniform(0, 6.3),
                rng.uniform(0.6, 1.6),
            )
            wave = np.sin(
                (x * np.cos(direction) + y * np.sin(direction)) * 6.3 / (length * width) + phase
            )
            move = rng.uniform(0, 0.022) * width
            x, y = x + move * wave * np.cos(direction + 1), y + move * wave * np.sin(direction + 1)
            colour = colour * (1 + 0.12 * wave[..., None] * rng.uniform(-1, 1))
    elif kind < 0.6:
        bend = rng.uniform(0.4, 0.9)
        across = np.clip((x / width - 0.5) * 2 * bend, -1, 1)
        x = (np.arcsin(across) / np.arcsin(bend) + 1) * width / 2
        colour = colour * (1 - 0.3 * np.abs(across[..., None]))
    x, y = x.astype(np.float32), y.astype(np.float32)
    colour = cv2.remap(
        np.clip(colour, 0, 255).astype(np.float32),
        x,
        y,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return colour, cv2.remap(cover, x, y, cv2.INTER_LINEAR)


def _pose(
    width: int, height: int, long: float, frame: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return where the corners of a mark ``long`` pixels long come to lie, seen from up to 45° aside."""
    scale = long / max(width, height)
    x, y = width * scale / 2, height * scale / 2
    square = np.array([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)])
    roll = rng.normal(0, 10) if rng.random() < 0.8 else rng.uniform(-180, 180)
    turns = np.radians([rng.uniform(-35, 35), rng.uniform(-45, 45), roll])
    rotation = (
        cv2.Rodrigues(np.array([turns[0], 0, 0]))[0] @ cv2.Rodrigues(np.array([0, turns[1], 0]))[0]
    )
    seen = square @ (cv2.Rodrigues(np.array([0, 0, turns[2]]))[0] @ rotation).T
    depth = 3 * long
    flat = seen[:, :2] * depth / (depth + seen[:, 2:])
    room = np.maximum(np.array(frame) - (flat.max(axis=0) - flat.min(axis=0)), 1)
    return (flat - flat.min(axis=0) + rng.uniform(0, 1, 2) * room).astype(np.float32)


def _uncovered(corners: Floats, scene: Floats, rng: np.random.Generator) -> Floats:
    """Return 0 where something stands before the mark, up to a third of it, 30 % of the time."""
    free = np.ones(scene.shape[:2], np.float32)
    if rng.random() < 0.3:
        side = corners[rng.integers(4)], corners.mean(axis=0)
        middle = side[0] + (side[1] - side[0]) * rng.uniform(0, 0.4)
        size = np.linalg.norm(side[0] - side[1]) * rng.uniform(0.3, 0.7, 2)
        box = (*middle.tolist(),), (*(size * 1.4).tolist(),), rng.uniform(0, 180)
        cv2.ellipse(free, box, 0.0, -1)
    return free


def _light(scene: Floats, corners: Floats, rng: np.random.Generator) -> Floats:
    """Return what the mark's colours are multiplied by: the place's light and a gradient across."""
    height, width = scene.shape[:2]
    left, top = np.maximum(corners.min(axis=0), 0).astype(int)
    right, bottom = corners.max(axis=0).astype(int) + 1
    place = scene[top:bottom, left:right].mean() / 128
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = rng.uniform(0, 6.3)
    across = ((x - left) * np.cos(angle) + (y - top) * np.sin(angle)) / max(right - left, 1)
    return np.clip(0.5 + 0.5 * place + rng.uniform(-0.3, 0.3) * across, 0.3, 1.4)[..., None]


def _jpeg(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    quality = int(rng.integers(40, 93))
    _, encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[:, :, ::-1])


def vector_print(mark: Pixels) -> LogoPrint:
    """Return the print of a vector mark, given its coverage."""
    ink = np.zeros((*mark.shape, 3), np.uint8)
    return unpack(logo_print(np.dstack([ink, mark])))


def crop_print(crop: Pixels) -> list[LogoPrint]:
    """Return the print of a crop of a photograph, RGB; none where it is refused as too plain."""
    try:
        return [unpack(logo_print(np.dstack([crop, np.full(crop.shape[:2], 255, np.uint8)])))]
    except BankError:
        return []
