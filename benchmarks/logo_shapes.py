"""Measure shape matching: recall on composites of 27 brands, false positives on photographs and clutter, cost.

Composites are those of ``_logo_photos`` (perspective, cloth, bottle, light, cover, blur, JPEG); a third of the
marks is covered in part, which whole outlines do not survive. Negatives are views of the same photographs
without a mark, and leaves, tiles, words and cords that are drawn. All are searched with the 27 brands and with
all of simple-icons. Costs are processor time of one thread.

Usage: python -m benchmarks.logo_shapes [--data FOLDER] [--composites N] [--marks N]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._logo_photos import BRANDS, Photo, composite, outline, photographs, view
from benchmarks.environment import record
from compliance.analyzers.brands.mark_match import MarkMatch
from compliance.analyzers.brands.mark_regions import Regions, pack, shape_candidates
from compliance.analyzers.brands.mark_shape_print import ShapePrint, shape_print
from compliance.analyzers.brands.mark_shapes import MarkShapeIndex, match_shapes
from compliance.types import Pixels

LIMITS = (0.5, 0.7, 0.9)


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--composites", type=int, default=270)
    parser.add_argument("--marks", type=int, default=4000, help="of simple-icons, at most")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    icons = options.data / "logos-simple-icons" / "icons"
    brands = [shape_print(outline(icons / f"{brand}.svg")) for brand in BRANDS]
    others = [path for path in sorted(icons.glob("*.svg")) if path.stem not in BRANDS]
    few = MarkShapeIndex(brands)
    started = time.process_time()
    prints = brands + [shape_print(outline(path, 240)) for path in others[: options.marks]]
    per_print = (time.process_time() - started) / max(len(prints) - len(brands), 1)
    started = time.process_time()
    many = MarkShapeIndex(prints)
    built = time.process_time() - started
    rng = np.random.default_rng(606)
    photos = photographs(options.data)
    seen = composites(icons, photos, options.composites, rng)
    empty = [view(photos[n % len(photos)], rng) for n in range(options.composites)]
    drawn = [clutter(rng) for _ in range(options.composites // 3)]
    positives, cost = candidates([one.pixels for one in seen])
    figures: dict[str, Any] = {
        "marks": len(prints),
        "too plain": sum(not one.shapes for one in prints),
        "too plain of the 27": [b for b, p in zip(BRANDS, brands, strict=True) if not p.shapes],
        "seconds per print": round(per_print, 4),
        "seconds to build the index": round(built, 1),
        "candidates": cost,
        "27 brands": judged(few, prints, seen, positives, empty, drawn),
        "all": judged(many, prints, seen, positives, empty, drawn),
    }
    ratio = figures["all"]["match ms per frame"] / figures["27 brands"]["match ms per frame"]
    figures["cost of all over cost of 27"] = round(ratio, 2)
    print(record("logo_shapes", figures))


def composites(
    icons: Path, photos: list[Pixels], count: int, rng: np.random.Generator
) -> list[Photo]:
    """Return composites of the 27 brands in turn."""
    marks = {brand: outline(icons / f"{brand}.svg") for brand in BRANDS}
    names = [BRANDS[number % len(BRANDS)] for number in range(count)]
    return [composite(n, marks[n], photos[rng.integers(len(photos))], rng) for n in names]


def candidates(frames: list[Pixels]) -> tuple[list[Regions], dict[str, float]]:
    """Return the regions of ``frames`` and what they cost."""
    started = time.process_time()
    found = [shape_candidates(frame) for frame in frames]
    each = (time.process_time() - started) / len(frames)
    size = float(np.mean([len(pack(one)) for one in found]))
    pixels = float(np.mean([frame.shape[0] * frame.shape[1] for frame in frames]))
    count = float(np.mean([len(one) for one in found]))
    return found, {
        "ms per frame": round(each * 1e3, 1),
        "ms per megapixel": round(each * 1e9 / pixels, 1),
        "regions": round(count, 1),
        "bytes": round(size),
    }


def judged(
    index: MarkShapeIndex,
    prints: list[ShapePrint],
    seen: list[Photo],
    regions: list[Regions],
    empty: list[Pixels],
    drawn: list[Pixels],
) -> dict[str, Any]:
    """Return recall, wrong brands and false positives at each limit, and the cost."""
    started = time.process_time()
    found = [match_shapes(one, index) for one in regions]
    cost = (time.process_time() - started) / len(regions)
    right = np.array([best(m, p) for m, p in zip(found, seen, strict=True)])
    wrong = np.array([best(m, p, other=True) for m, p in zip(found, seen, strict=True)])
    result: dict[str, Any] = {"match ms per frame": round(cost * 1e3, 1)}
    for kind, frames in (("photographs", empty), ("clutter", drawn)):
        matches = [match_shapes(shape_candidates(frame), index) for frame in frames]
        tops = np.array([max((m.score for m in one), default=0.0) for one in matches])
        result[f"false positives, {kind}"] = {str(t): share(tops >= t) for t in LIMITS}
    result["recall"] = {str(t): share(right >= t) for t in LIMITS}
    result["another brand told"] = {str(t): share(wrong >= t) for t in LIMITS}
    result["recall of each brand at 0.5"] = {
        brand: share(right[number :: len(BRANDS)] >= 0.5) for number, brand in enumerate(BRANDS)
    }
    return result


def best(matches: list[MarkMatch], photo: Photo, *, other: bool = False) -> float:
    """Return the highest score of the photo's brand where it is, or of any other brand anywhere."""
    middle, size = photo.corners.mean(0), float(np.ptp(photo.corners, axis=0).max())
    told = [0.0]
    for match in matches:
        same = match.row == BRANDS.index(photo.brand)
        near = float(np.hypot(*(match.polygon.mean(0) - middle))) < 0.4 * size
        if (not same) if other else (same and near):
            told.append(match.score)
    return max(told)


def share(hits: Any) -> float:
    """Return the mean of truth values to four digits."""
    return round(float(np.mean(hits)), 4)


def clutter(rng: np.random.Generator) -> Pixels:
    """Return a drawn frame, RGB (600, 960, 3), of leaves, tiles, words, cords and polygons."""
    frame = np.full((600, 960, 3), rng.uniform(60, 200, 3), np.uint8)
    for _ in range(int(rng.integers(30, 120))):
        colour = tuple(float(one) for one in rng.uniform(0, 255, 3))
        x, y, size = int(rng.uniform(0, 960)), int(rng.uniform(0, 600)), float(rng.uniform(15, 100))
        kind = rng.integers(5)
        if kind == 0:
            axes = (int(size), int(size * rng.uniform(0.2, 1)))
            cv2.ellipse(frame, (x, y), axes, rng.uniform(0, 180), 0, 360, colour, -1, cv2.LINE_AA)
        elif kind == 1:
            points = np.array((x, y)) + rng.normal(0, size, (int(rng.integers(3, 8)), 2))
            cv2.fillPoly(frame, [points.astype(np.int32)], colour, cv2.LINE_AA)
        elif kind == 2:
            word = "".join(
                rng.choice(list("abcdefghijkLMNOPRSTUwxyz0123"), int(rng.integers(1, 8)))
            )
            cv2.putText(frame, word, (x, y), int(rng.integers(0, 5)), size / 30, colour, 3)
        elif kind == 3:
            cv2.line(frame, (x, y), (x + int(size * 3), y + int(size)), colour, 4, cv2.LINE_AA)
        else:
            for step in range(int(rng.integers(2, 6))):
                left = x + int(step * size)
                corner = (left + int(size * 0.8), y + int(size * 0.8))
                cv2.rectangle(frame, (left, y), corner, colour, -1)
    noisy = cv2.GaussianBlur(frame, (0, 0), 0.8) + rng.normal(0, 4, frame.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


if __name__ == "__main__":
    main()
