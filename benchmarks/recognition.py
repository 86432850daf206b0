"""How often a face is accepted as the person it is, and how often somebody else is, by size and by kind.

Every distinct photograph of a person is compared with the clean templates of all other photographs, as it is
and in worse shape. A threshold is set where 1 % of pairs of different people would pass. Strangers, 99 small
grey faces of the LFW subset that scikit-image carries, stand in for people of whom there are no photographs.
Boxes are the detector's on the clean photograph, moved with it, by up to 5 % beside it; so nothing here says
how often small faces are detected.

The peer is dlib as its Python examples use it: points found on the small picture, no mirror image.
``held back`` says what a threshold that was set by pairs of all others does to the people of ``HELD_BACK``.

    python -m benchmarks.recognition [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._photographs import Photograph, photographs, strangers
from benchmarks.environment import record
from compliance.model_store import Calibration, ModelStore
from compliance.runtimes.dlib import CHIP_PADDING, CHIP_SIZE, FaceEmbedder
from compliance.types import Floats, Pixels

SIZES = (16, 20, 24, 32, 48, 96)
PLAIN_SIZES = (16, 20, 24)
HELD_BACK = ("obama", "rose_leslie", "lin_manuel_miranda")
STRANGERS_UP_TO = 24
"""Pixels; the strangers' faces are about 21 pixels high."""


@dataclass(frozen=True)
class Worse:
    """A photograph in worse shape."""

    label: str
    change: Callable[[Photograph], Photograph]


def at_size(side: int) -> Callable[[Photograph], Photograph]:
    def shrink(photo: Photograph) -> Photograph:
        shift = np.random.default_rng([side, len(photo.pixels)]).uniform(-0.05, 0.05, 2)
        small = photo.scaled(min(side / photo.height, 1.0)).jpeg(90)
        return small.shifted(float(shift[0]), float(shift[1]))

    return shrink


def covered(part: str) -> Callable[[Photograph], Photograph]:
    """Cover the lower half, as a mask does, or the eyes, as sunglasses do, or the left half."""

    def cover(photo: Photograph) -> Photograph:
        pixels, side = photo.pixels.copy(), photo.height
        left, top = round(photo.box[0]), round(photo.box[1])
        areas = {
            "mask": (left, top + round(0.62 * side), left + side, top + round(1.1 * side)),
            "sunglasses": (left, top + round(0.18 * side), left + side, top + round(0.42 * side)),
            "left third": (
                left - side // 4,
                top - side // 4,
                left + side // 3,
                top + side * 5 // 4,
            ),
        }
        x0, y0, x1, y1 = areas[part]
        pixels[max(y0, 0) : y1, max(x0, 0) : x1] = (60, 90, 120) if part == "mask" else 25
        return replace(photo, pixels=pixels)

    return cover


def kinds() -> list[Worse]:
    """Return how photographs get worse, their faces at most 160 pixels high."""
    worse = [Worse("as it is", lambda photo: photo)]
    worse += [Worse("mirrored", lambda photo: photo.mirrored())]
    worse += [Worse(f"tilted {d}°", lambda photo, d=d: photo.tilted(d)) for d in (-30, 30)]
    worse += [Worse(f"JPEG {q}", lambda photo, q=q: photo.jpeg(q)) for q in (10, 30)]
    worse += [Worse("dark", lambda photo: photo.darker(0.35))]
    worse += [Worse(part, covered(part)) for part in ("mask", "sunglasses", "left third")]
    return worse


def plain_align(embedder: FaceEmbedder) -> Callable[[Photograph], Pixels]:
    """Return dlib's own way to a chip."""
    import dlib

    def align(photo: Photograph) -> Pixels:
        box = dlib.rectangle(*(round(edge) for edge in photo.box))
        shape = embedder._predictor(photo.pixels, box)
        return np.asarray(
            dlib.get_face_chip(photo.pixels, shape, size=CHIP_SIZE, padding=CHIP_PADDING)
        )

    return align


def plain_embed(embedder: FaceEmbedder, chips: Sequence[Pixels]) -> Floats:
    return np.asarray(embedder._network.compute_face_descriptor(list(chips)), np.float32)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; too narrow here, since pairs of few people depend on each other."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, hits / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return round((middle - half) / (1 + z * z / of), 3), round(
        (middle + half) / (1 + z * z / of), 3
    )


class Trial:
    """Templates of clean photographs, and what is compared with them."""

    def __init__(self, photos: Sequence[Photograph], templates: Floats) -> None:
        self.people = np.array([photo.person for photo in photos])
        self.pictures = np.array([photo.picture for photo in photos])
        self.templates = templates

    def distances(self, probes: Sequence[Photograph], vectors: Floats) -> tuple[Any, Any, Any]:
        """Return distances (P, T), which pairs are of one person and two pictures, and which of two people."""
        raws = np.linalg.norm(vectors[:, None] - self.templates[None], axis=2)
        same = np.array([probe.person for probe in probes])[:, None] == self.people[None]
        other = np.array([probe.picture for probe in probes])[:, None] != self.pictures[None]
        return raws, same & other, ~same

    def rank_one(self, probes: Sequence[Photograph], vectors: Floats) -> tuple[int, int]:
        """Return how often the right one was nearest of one template each of all people, and of how often."""
        raws, same, different = self.distances(probes, vectors)
        hits = total = 0
        for row in range(len(probes)):
            rivals = [
                raws[row, self.people == who][0]
                for who in dict.fromkeys(self.people[different[row]].tolist())
            ]
            for raw in raws[row, same[row]]:
                hits, total = hits + bool(raw < min(rivals)), total + 1
        return hits, total


def figures(
    same: Floats, different: Floats, calibration: Calibration | None, pixels: int
) -> dict[str, Any]:
    """Return acceptance at 1 % false accepts, at 0.6, and at the scores 0.5 and 0.9."""
    threshold = float(np.quantile(different, 0.01))
    hits = int((same < threshold).sum())
    row: dict[str, Any] = {
        "pairs of one person": len(same),
        "pairs of two": len(different),
        "distance at 1 % false accepts": round(threshold, 3),
        "at 0.1 %": round(float(np.quantile(different, 0.001)), 3),
        "farthest of one person": round(float(same.max()), 3),
        "accepted at 1 %": round(hits / len(same), 4),
        "95 %": wilson(hits, len(same)),
        "accepted at distance 0.6": round(float((same < 0.6).mean()), 4),
    }
    for score in (0.5, 0.9) if calibration else ():
        assert calibration is not None
        for label, raws in (("accepted", same), ("false", different)):
            scores = calibration.scores(raws.astype(np.float64), np.full(len(raws), float(pixels)))
            row[f"{label} at score {score}"] = round(float((scores >= score).mean()), 4)
    return row


def held_back(
    trial: Trial, probes: Sequence[Photograph], raws: Floats, same: Any, different: Any
) -> dict[str, Any]:
    """Return what a threshold, set at 1 % of pairs of other people, does to the people held back."""
    theirs = np.array([probe.person in HELD_BACK for probe in probes])[:, None]
    involved = theirs | np.isin(trial.people, HELD_BACK)[None]
    threshold = np.quantile(raws[different & ~involved], 0.01)
    accepted = raws[same & theirs] < threshold
    return {
        "pairs of one person": len(accepted),
        "accepted": round(float(accepted.mean()), 4),
        "95 %": wilson(int(accepted.sum()), len(accepted)),
        "false": round(float((raws[different & involved] < threshold).mean()), 4),
    }


def table(
    photos: Sequence[Photograph],
    unknown: Sequence[Photograph],
    embedder: FaceEmbedder,
    calibration: Calibration | None,
) -> dict[str, Any]:
    """Compare, ours where there is a ``calibration`` and the plain way where there is none."""

    def ours(some: Sequence[Photograph]) -> Floats:
        chips = [embedder.align(p.pixels, p.whole_box) for p in some]
        return embedder.embed(chips)

    def plain(some: Sequence[Photograph]) -> Floats:
        return plain_embed(embedder, [plain_align(embedder)(p) for p in some])

    vectors = ours if calibration else plain
    trial = Trial(photos, vectors(photos))
    stranger_raws = trial.distances(unknown, vectors(unknown))[0].ravel()
    rows: dict[str, Any] = {}
    for side in SIZES if calibration else PLAIN_SIZES:
        probes = [at_size(side)(photo) for photo in photos]
        raws, same, different = trial.distances(probes, got := vectors(probes))
        more = [stranger_raws] if side <= STRANGERS_UP_TO else []
        row = figures(raws[same], np.concatenate([raws[different], *more]), calibration, side)
        row["rank 1"] = "{} of {}".format(*trial.rank_one(probes, got))
        row["held back"] = held_back(trial, probes, raws, same, different)
        rows[f"{side} px"] = row
    for worse in kinds() if calibration else ():
        probes = [worse.change(photo.scaled(min(160 / photo.height, 1.0))) for photo in photos]
        raws, same, different = trial.distances(probes, got := vectors(probes))
        rows[worse.label] = figures(raws[same], raws[different], calibration, 160)
        rows[worse.label]["rank 1"] = "{} of {}".format(*trial.rank_one(probes, got))
    return rows


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/faces-face-recognition"))
    store = ModelStore()
    embedding = store.load("dlib-face-resnet")
    embedder = FaceEmbedder(store.load("dlib-face-landmarks-5"), embedding)
    photos, unknown = photographs(parser.parse_args().data), strangers()
    shown = {
        "people": len({photo.person for photo in photos}),
        "photographs": len(photos),
        "strangers": len(unknown),
        "held back": HELD_BACK,
        "ours": table(photos, unknown, embedder, embedding.calibration),
        "plain": table(photos, unknown, embedder, None),
    }
    print(json.dumps(shown, indent=1, ensure_ascii=False))
    print(record("recognition", shown))


if __name__ == "__main__":
    main()
