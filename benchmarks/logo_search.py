"""Measure the search among 3,400 marks against the search among 30 of them, on the same frames in one run.

Rounds of both are interleaved. Also recorded is how many of the marks that the small bank finds, with a score
of a half or more, the large one finds at the same place with one too: an outline says less among thousands.

Marks are printed once and kept in the file that --prints names.

Usage: python -m benchmarks.logo_search [--data DIR] [--frames N] [--marks N] [--prints FILE]
"""

from __future__ import annotations

import argparse
import json
import pickle
import statistics
import time
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks._logo_photos import composite, outline, photographs, view
from benchmarks.environment import record
from compliance.analyzers import sift
from compliance.analyzers.base import References
from compliance.analyzers.brands import mark_regions
from compliance.analyzers.brands.logo_prints import logo_print
from compliance.analyzers.brands.logo_tracks import overlap
from compliance.analyzers.brands.logos import Search
from compliance.analyzers.brands.mark_match import MarkMatch
from compliance.analyzers.local_features import FEATURES, working_frame
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.types import Pixels

FEW = 30
Frame = tuple[Pixels, sift.Features, mark_regions.Regions]


def printed(icons: list[Path]) -> dict[str, bytes]:
    """Return the prints of vector marks; those too plain are left out."""
    prints = {}
    for path in icons:
        cover = outline(path, 192)
        with suppress(BankError):
            mark = np.dstack([np.zeros((*cover.shape, 3), np.uint8), cover])
            prints[path.stem] = logo_print(mark)
    return prints


def bank(icons: list[Path], kept: Path | None) -> References:
    """Return the marks, from the file ``kept`` where it is there."""
    if kept is not None and kept.is_file():
        known: dict[str, bytes] = pickle.loads(kept.read_bytes())
    else:
        known = printed(icons)
        if kept is not None:
            kept.write_bytes(pickle.dumps(known))
    names = [path.stem for path in icons if path.stem in known]
    prints = [known[name] for name in names]
    refs = tuple(Reference(bank="marks", entry=name) for name in names)
    return References(refs, (), prints=tuple(prints))


def found(search: Search, frame: Frame) -> list[MarkMatch]:
    """Return what one search finds with a score of a half or more."""
    pixels, features, regions = frame
    matches = search.by_features(features, pixels) + search.by_shape(regions)
    return [one for one in matches if one.score >= 0.5]


def again(one: MarkMatch, others: list[MarkMatch]) -> bool:
    """Return whether the same row lies at the same place."""
    return any(one.row == two.row and overlap(one.polygon, two.polygon) > 0.5 for two in others)


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--marks", type=int, default=3400)
    parser.add_argument("--prints", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(30)
    paths = sorted((given.data / "logos-simple-icons" / "icons").glob("*.svg"))
    chosen = [paths[i] for i in rng.permutation(len(paths))[: given.marks]]
    everything = bank(chosen, given.prints)
    few = References(everything.refs[:FEW], (), prints=everything.prints[:FEW])
    began = time.process_time()
    large = Search(everything)
    built = time.process_time() - began
    small = Search(few)
    photos = photographs(given.data)
    frames: list[Frame] = []
    for number in range(given.frames):
        photo = photos[rng.integers(len(photos))]
        name = few.refs[number % FEW].entry
        drawn = composite(name, outline(paths[0].with_name(f"{name}.svg")), photo, rng).pixels
        pixels = working_frame(drawn if number % 3 else view(photo, rng))
        regions = mark_regions.shape_candidates(pixels)
        frames.append((pixels, sift.extract(pixels, FEATURES), regions))
    times: dict[str, list[float]] = {"few": [], "all": []}
    kept = seen = 0
    for frame in frames:
        began = time.process_time()
        mine = found(small, frame)
        middle = time.process_time()
        theirs = found(large, frame)
        times["few"].append(middle - began)
        times["all"].append(time.process_time() - middle)
        seen += len(mine)
        kept += sum(again(one, theirs) for one in mine)
    ratios = [b / a for a, b in zip(times["few"], times["all"], strict=True)]
    figures = {
        "marks": len(everything),
        "marks, few": FEW,
        "frames": len(frames),
        "processor seconds of a frame, few": round(statistics.mean(times["few"]), 3),
        "processor seconds of a frame, all": round(statistics.mean(times["all"]), 3),
        "all over few, of the sums": round(sum(times["all"]) / sum(times["few"]), 2),
        "all over few, median of the frames": round(statistics.median(ratios), 2),
        "found among few": seen,
        "of which found among all": kept,
        "processor seconds to build the index of all": round(built, 1),
    }
    print(json.dumps(figures, indent=2))
    print(record("logo_search", figures))


if __name__ == "__main__":
    main()
