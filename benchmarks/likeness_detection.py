"""How many changed faces the bundled detectors find, at what cost beside dlib's detector, upsampled once.

Each variant of :mod:`benchmarks.likeness_variants` is searched by both in turn, so that load falls on both. The
peer is ``dlib.get_frontal_face_detector()(image, 1)`` on the RGB picture, as dlib's and face_recognition's
examples use it. Results are also given for two halves of the people; thresholds were chosen with both at hand.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import dlib
import numpy as np

from benchmarks.likeness_variants import Photo, Variant, variants
from compliance.model_store import ModelStore
from compliance.runtimes import face_search
from compliance.types import Pixels

SECOND_HALF = ("biden", "rose_leslie", "lin_manuel_miranda")
SHARES = (0.1, 0.27)
"""Pixels of the network's finest level for each of the frame, along the curve."""
FRAMES = ((480, 640), (720, 1280), (1080, 1920))
PLAIN = "dlib, upsampled once"

Box = tuple[float, float, float, float]
Finder = Callable[[Pixels], list[Box]]


@dataclass
class Tally:
    """What one way of searching found."""

    seconds: float = 0.0
    processor: float = 0.0
    elsewhere: int = 0
    hits: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    z, share = 1.96, hits / count
    middle = share + z * z / (2 * count)
    reach = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    low, high = ((middle + sign * reach) / (1 + z * z / count) for sign in (-1, 1))
    return round(float(low), 3), round(float(high), 3)


def finders(shares: Sequence[float]) -> dict[str, Finder]:
    """Return the peer, and the search at several shares of the network."""
    store = ModelStore()
    loaded = store.load("dlib-hog-frontal"), store.load("dlib-mmod-faces")
    plain = dlib.get_frontal_face_detector()
    found: dict[str, Finder] = {
        PLAIN: lambda pixels: [
            (box.left(), box.top(), box.right(), box.bottom()) for box in plain(pixels, 1)
        ]
    }
    for share in shares:
        search = face_search.FaceSearch(*loaded, share=share)
        found[f"share {share}"] = lambda pixels, search=search: [  # type: ignore[misc]
            face.box for face in search.faces(pixels)
        ]
    return found


def photo(person: str, pixels: Pixels) -> Photo | None:
    """Return a photograph with its face as the peer finds it in the unchanged picture, None without one."""
    detector = dlib.get_frontal_face_detector()
    boxes, margins, _ = detector.run(pixels, 1, 0.0)
    sized = [box.width() * (margin > 0.3) for box, margin in zip(boxes, margins, strict=True)]
    if not any(sized):
        return None
    box = boxes[int(np.argmax(sized))]
    card = ModelStore().load("dlib-face-landmarks-5")
    points = dlib.shape_predictor(str(card.paths[0]))(pixels, box)
    corners = np.array([(part.x, part.y) for part in points.parts()][:4], np.float64)
    eyes = np.stack([corners[:2].mean(0), corners[2:].mean(0)])
    edges = box.left(), box.top(), box.right(), box.bottom()
    return Photo(person, pixels, edges, eyes[np.argsort(eyes[:, 0])])


def tally(ways: dict[str, Finder], tried: Sequence[Variant]) -> dict[str, Tally]:
    """Search every variant in every way, in turn."""
    made = {name: Tally() for name in ways}
    for way in ways.values():  # what is loaded on first use is no cost of a picture
        way(np.zeros((120, 160, 3), np.uint8))
    for variant in tried:
        half = "second half" if variant.person in SECOND_HALF else "first half"
        for name, way in ways.items():
            start, used = time.perf_counter(), time.process_time()
            boxes = way(variant.pixels)
            made[name].seconds += time.perf_counter() - start
            made[name].processor += time.process_time() - used
            hit = variant.found(boxes)
            made[name].elsewhere += sum(not variant.found([box]) for box in boxes)
            for key in (
                variant.kind,
                f"{variant.kind}, {variant.label}",
                f"{variant.kind}, {half}",
            ):
                made[name].hits[key].append(hit)
    return made


def summary(made: dict[str, Tally]) -> dict[str, Any]:
    """Return recall with its interval by kind, label and half of the people, and cost beside the peer."""
    plain = made[PLAIN]
    return {
        name: {
            "wall time, ratio to peer": round(one.seconds / plain.seconds, 3),
            "processor time, ratio to peer": round(one.processor / plain.processor, 3),
            "boxes elsewhere": one.elsewhere,
            "found": {
                key: [sum(hits), len(hits), *wilson(sum(hits), len(hits))]
                for key, hits in sorted(one.hits.items())
            },
        }
        for name, one in made.items()
    }


def costs_by_size(ways: dict[str, Finder], picture: Pixels) -> dict[str, dict[str, float]]:
    """Return the wall time beside the peer's on one picture at several sizes, medians of three."""
    found = {}
    for height, width in FRAMES:
        frame = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
        times: dict[str, list[float]] = defaultdict(list)
        for _ in range(3):
            for name, way in ways.items():
                start = time.perf_counter()
                way(frame)
                times[name].append(time.perf_counter() - start)
        plain = float(np.median(times[PLAIN]))
        found[f"{width} × {height}"] = {
            name: round(float(np.median(taken)) / plain, 3) for name, taken in times.items()
        }
    return found


def without_faces() -> dict[str, Pixels]:
    """Return pictures of scikit-image without a face: things, an animal, textures, drawings, text."""
    from skimage import data

    names = (
        "coffee",
        "rocket",
        "chelsea",
        "coins",
        "page",
        "text",
        "horse",
        "moon",
        "brick",
        "grass",
    )
    names += (
        "gravel",
        "hubble_deep_field",
        "immunohistochemistry",
        "clock",
        "colorwheel",
    )
    found = {}
    for name in names:
        picture = np.asarray(getattr(data, name)())
        if picture.dtype != np.uint8:
            picture = (picture * 255).astype(np.uint8)
        rgb = np.repeat(picture[..., None], 3, 2) if picture.ndim == 2 else picture[..., :3]
        found[name] = np.ascontiguousarray(rgb)
    return found


def measure(pictures: Sequence[tuple[str, Pixels]], each: int) -> dict[str, Any]:
    """Measure everything on the first ``each`` photographs of each person."""
    photos: list[Photo] = []
    for person, pixels in pictures:
        if sum(one.person == person for one in photos) < each:
            one = photo(person, pixels)
            photos += [one] if one else []
    ways = finders(SHARES)
    tried = [variant for one in photos for variant in variants(one)]
    ours = f"share {face_search.SHARE}"
    false = {
        name: [len(way(one)) for way in ways.values()] for name, one in without_faces().items()
    }
    return {
        "variants": len(tried),
        "photographs": len(photos),
        "chosen": ours,
        "ways": summary(tally(ways, tried)),
        "cost by size": costs_by_size({PLAIN: ways[PLAIN], ours: ways[ours]}, photos[0].pixels),
        "faces on pictures without one, in the order of ways": false,
    }
