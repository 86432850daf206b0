"""Train the words by which the index of marks is searched: k-means over descriptors of photographs and marks.

The words hold no picture: each is the mean of hundreds of descriptors. Made again only when descriptors change.

Usage: python -m benchmarks.logo_words --data DIR [--words N]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks._logo_photos import outline, photographs, view
from compliance.analyzers import sift
from compliance.analyzers.brands import logo_prints
from compliance.analyzers.brands.mark_words import FILE

ROUNDS = 12


def descriptors(data: Path, rng: np.random.Generator) -> torch.Tensor:
    """Return descriptors of both polarities, half from photographs and half from marks."""
    photos, marks = [], []
    for photo in photographs(data):
        for _ in range(2):
            pixels = view(photo, rng)
            scale = 960 / max(pixels.shape)
            sized = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale), np.uint8)
            photos.append(sift.extract(sized, 1500).descriptors)
    paths = sorted((data / "logos-simple-icons" / "icons").glob("*.svg"))
    for path in rng.choice(np.array(paths, object), 700, replace=False):
        drawn = 255 - np.repeat(outline(path)[..., None], 3, axis=2)
        marks.append(logo_prints.sift_at(drawn, 256).descriptors)
        marks.append(logo_prints.sift_at(drawn, 96).descriptors)
    both = []
    for kind in (photos, marks):
        rows = np.concatenate(kind)
        rows = np.concatenate([rows, sift.negative(rows)])
        both.append(rows[rng.choice(len(rows), min(len(rows), 120_000), replace=False)])
    rows = torch.from_numpy(np.concatenate(both).astype(np.float32) / sift.UNIT)
    return rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(1))]


def main() -> None:
    """Train and write the file of the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--words", type=int, default=1024)
    given = parser.parse_args()
    rows = descriptors(given.data, np.random.default_rng(3))
    words = rows[: given.words].clone()
    for turn in range(ROUNDS):
        nearest = torch.cat([(part @ words.T).argmax(dim=1) for part in rows.split(16384)])
        sums = torch.zeros_like(words).index_add_(0, nearest, rows)
        counts = torch.bincount(nearest, minlength=given.words)
        empty = counts == 0
        sums[empty] = rows[turn * 997 : turn * 997 + int(empty.sum())]
        words = sums / sums.norm(dim=1, keepdim=True)
        print(turn, f"{len(rows)} descriptors, {int(empty.sum())} words were empty", flush=True)
    np.save(FILE, (words.numpy() * sift.UNIT).clip(0, 255).round().astype(np.uint8))
    print(FILE, FILE.stat().st_size)


if __name__ == "__main__":
    main()
