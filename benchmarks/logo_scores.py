"""Fit the map from what agrees to a score, on marks and photographs that ``benchmarks.logos`` does not use.

Photographs with one of 54 other marks, and views of photographs without any, searched for all of them, once as
vector marks and once as four crops each. A hypothesis is right where the mark's middle lies within a quarter of
its size. Prints the constants of ``compliance/analyzers/mark_score.py``.

Usage: python -m benchmarks.logo_scores --data DIR [--photos N]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks._logo_photos import (
    BRANDS,
    Photo,
    composite,
    crop_print,
    outline,
    photographs,
    vector_print,
    view,
)
from compliance.analyzers import sift
from compliance.analyzers.local_features import FEATURES, working_frame
from compliance.analyzers.logo_prints import LogoPrint
from compliance.analyzers.mark_index import MarkIndex
from compliance.analyzers.mark_match import corners, project
from compliance.analyzers.mark_pixels import grey_of
from compliance.analyzers.mark_score import measures
from compliance.analyzers.mark_verify import Verified
from compliance.errors import BankError
from compliance.types import Floats, Pixels

MARKS, CROPS, VIEWS = 54, 4, 3


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
    parser.add_argument("--photos", type=int, default=108)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(54)
    paths = sorted((given.data / "logos-simple-icons" / "icons").glob("*.svg"))
    names = [path.stem for path in paths if path.stem not in BRANDS]
    names = sorted(rng.choice(names, MARKS, replace=False))
    marks = {name: outline(paths[0].with_name(f"{name}.svg")) for name in names}
    scenes = photographs(given.data)
    scenes = scenes[: len(scenes) // 2]  # The other half is what benchmarks.logos looks at.
    of_crops, scenes = scenes[: len(scenes) // 2], scenes[len(scenes) // 2 :]
    drawn: list[tuple[str, LogoPrint, bool]] = []
    for name, mark in marks.items():
        with suppress(BankError):  # It is too plain.
            drawn.append((name, vector_print(mark), True))
    for name, mark in marks.items():
        for _ in range(CROPS):
            photo = composite(name, mark, of_crops[rng.integers(len(of_crops))], rng)
            drawn += [(name, one, False) for one in crop_print(photo.crop(0.05))]
    photos: list[Photo] = []
    for number in range(given.photos):
        name, scene = names[number % MARKS], scenes[rng.integers(len(scenes))]
        photos.append(composite(name, marks[name], scene, rng))
    none = np.zeros((0, 2), np.float32)
    photos += [Photo("", view(scene, rng), none) for scene in scenes for _ in range(VIEWS)]
    seen = [(photo, frame, sift.extract(frame, FEATURES)) for photo, frame in _frames(photos)]
    rows: list[Floats] = []
    for kind in (True, False):
        known = [(name, one) for name, one, vector in drawn if vector == kind]
        index = MarkIndex([one for _, one in known])
        for number, (photo, frame, features) in enumerate(seen):
            scale = frame.shape[1] / photo.pixels.shape[1]
            for one in index.search(features, grey_of(frame)):
                owner, print_ = known[one.row]
                good = owner == photo.brand and right(one, print_, photo, scale)
                if good or owner != photo.brand:  # A part of the right mark elsewhere says nothing.
                    rows.append(np.r_[measures(one), kind, number, good].astype(np.float32))
    _fit(rows)


def _frames(photos: Sequence[Photo]) -> Iterator[tuple[Photo, Pixels]]:
    for photo in photos:
        yield photo, working_frame(photo.pixels)


def _fit(rows: Sequence[Floats]) -> None:
    """Print the constants, and how many hypotheses are right in each range of scores."""
    table = np.array(rows)
    for label, part in (("all", table), *((str(k), table[table[:, -3] == k]) for k in (1, 0))):
        fitted = LogisticRegression(C=10, max_iter=5000).fit(part[:, :-3], part[:, -1])
        sure = fitted.predict_proba(part[:, :-3])[:, 1]
        print(
            label,
            len(part),
            int(part[:, -1].sum()),
            fitted.coef_.round(2),
            fitted.intercept_.round(2),
        )
        for low, high in ((0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1)):
            these = (sure >= low) & (sure < high)
            print(
                f"  score {low}-{high}: {these.sum()} of which right {part[these, -1].mean():.2f}"
            )


if __name__ == "__main__":
    main()
