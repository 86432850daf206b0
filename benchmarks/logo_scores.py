"""Fit the map from what agrees to a score, on marks and photographs that ``benchmarks.logos`` does not use.

Photographs with one of 27 other marks, and pictures without any, searched for all of them, once as vector marks
and once as ten crops each. A hypothesis is right where the mark's middle lies within a quarter of its size. Of
each mark and picture the best hypothesis counts, for that is what is told; which is best follows from the fit
before. Prints the constants of ``compliance/analyzers/brands/mark_score.py``, and how many are right by score.

Usage: python -m benchmarks.logo_scores --data DIR [--photos N]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks._logo_negatives import films, negatives, other_marks
from benchmarks._logo_photos import (
    Photo,
    composite,
    crop_print,
    outline,
    photographs,
    vector_print,
)
from compliance.analyzers import sift
from compliance.analyzers.brands.logo_prints import LogoPrint
from compliance.analyzers.brands.mark_index import MarkIndex
from compliance.analyzers.brands.mark_match import corners, project
from compliance.analyzers.brands.mark_pixels import grey_of
from compliance.analyzers.brands.mark_score import measures
from compliance.analyzers.brands.mark_verify import Verified
from compliance.analyzers.local_features import FEATURES, working_frame
from compliance.errors import BankError
from compliance.types import Floats, Pixels

MARKS, CROPS, VIEWS, OTHERS = 27, 10, 3, 40
ROUNDS = 4
SCENE = 20
"""Inliers from which a wrong hypothesis is no coincidence: the scene behind a crop is in the picture, too."""
Row = tuple[Floats, tuple[bool, int, str], bool]
"""Measures; kind of bank, picture and mark; whether it is right."""


def right(one: Verified, print_: LogoPrint, photo: Photo, scale: float) -> bool:
    """Return whether a hypothesis lies where the mark of ``photo`` is."""
    seen = project(one.homography, corners(print_.width, print_.height))
    true = photo.corners * scale
    size = float(np.hypot(*np.ptp(true, axis=0)))
    away = float(np.hypot(*(seen.mean(axis=0) - true.mean(axis=0))))
    return away < 0.25 * size and 0.5 < np.hypot(*np.ptp(seen, axis=0)) / size < 2


def main() -> None:
    """Measure, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--photos", type=int, default=54)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(902)
    icons = given.data / "logos-simple-icons" / "icons"
    names = other_marks(icons)
    marks = {name: outline(icons / f"{name}.svg") for name in names[:MARKS]}
    scenes = photographs(given.data)
    scenes = scenes[: len(scenes) // 2]  # The other half is what benchmarks.logos looks at.
    frames = films(given.data)
    frames = frames[: len(frames) // 2]
    of_crops, scenes = scenes[: len(scenes) // 2], scenes[len(scenes) // 2 :]
    banks = printed(marks, of_crops, rng)
    photos: list[Photo] = []
    for number in range(given.photos):
        name, scene = names[number % MARKS], scenes[rng.integers(len(scenes))]
        photos.append(composite(name, marks[name], scene, rng))
    none = np.zeros((0, 2), np.float32)
    others = names[MARKS : MARKS + OTHERS]
    for _, pixels in negatives(icons, others, scenes, frames, VIEWS, rng):
        photos.append(Photo("", pixels, none))
    fit(searched(banks, photos))


def printed(
    marks: dict[str, Pixels], scenes: Sequence[Pixels], rng: np.random.Generator
) -> dict[bool, list[tuple[str, LogoPrint]]]:
    """Return the prints of vector marks (True) and of crops (False), each with its mark's name."""
    banks: dict[bool, list[tuple[str, LogoPrint]]] = {True: [], False: []}
    for name, mark in marks.items():
        with suppress(BankError):  # It is too plain.
            banks[True].append((name, vector_print(mark)))
        for number in rng.choice(len(scenes), CROPS, replace=False):
            crop = composite(name, mark, scenes[number], rng).crop(0.05)
            banks[False] += [(name, one) for one in crop_print(crop)]
    return banks


def searched(banks: dict[bool, list[tuple[str, LogoPrint]]], photos: Sequence[Photo]) -> list[Row]:
    """Return every hypothesis; but those of the right mark at a wrong place, which say nothing."""
    indices = {kind: MarkIndex([one for _, one in known]) for kind, known in banks.items()}
    rows: list[Row] = []
    for number, photo in enumerate(photos):
        frame = working_frame(photo.pixels)
        scale = frame.shape[1] / photo.pixels.shape[1]
        features = sift.extract(frame, FEATURES)
        for kind, index in indices.items():
            for one in index.search(features, grey_of(frame)):
                owner, print_ = banks[kind][one.row]
                good = owner == photo.brand and right(one, print_, photo, scale)
                leak = owner != photo.brand and one.inliers >= SCENE
                if not leak and (good or owner != photo.brand):
                    rows.append((measures(one), (kind, number, owner), good))
    return rows


def fit(rows: Sequence[Row]) -> None:
    """Print the constants, and how many of the best hypotheses are right in each range of scores."""
    table, good = np.array([one for one, _, _ in rows]), np.array([good for *_, good in rows])
    kept = np.arange(len(rows))
    for _ in range(ROUNDS + 1):
        fitted = LogisticRegression(C=1, max_iter=9000).fit(table[kept], good[kept])
        best: dict[tuple[bool, int, str], int] = {}
        for number in np.argsort(-fitted.decision_function(table), kind="stable").tolist():
            best.setdefault(rows[number][1], number)
        kept = np.array(sorted(best.values()))
    sure = fitted.predict_proba(table)[:, 1]
    print(len(rows), len(kept), int(good[kept].sum()), fitted.coef_.round(2), fitted.intercept_)
    for low, high in ((0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1)):
        these = kept[(sure[kept] >= low) & (sure[kept] < high)]
        print(f"  score {low}-{high}: {len(these)} of which right {good[these].mean():.2f}")


if __name__ == "__main__":
    main()
