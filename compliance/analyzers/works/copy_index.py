"""All prints of all works in one index: which moments hash alike, and which keys have like features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.works.copy_format import CopyPrint
from compliance.banks.hashes import HammingIndex
from compliance.types import Floats, Pixels

Integers = npt.NDArray[np.int64]
MOST_CELLS = 1024
"""Cells of descriptors; fewer where there are few descriptors."""
PROBES = 4
"""Cells that each feature is looked for in: those nearest to it."""
SAMPLE = 24_000
"""Descriptors that cells are made from."""
ROUNDS = 5
"""Rounds of k-means."""
ALIKE = 0.9
"""Least cosine of RootSIFT descriptors of a pair. The nearest of 150,000 unlike ones is near 0.92, a like one
after coding near 0.96."""
WORSE = 0.03
"""Cosine by which a pair may be worse than the best one of its feature."""
PAIRS = 6
"""Most pairs of one feature: works that show a thing often share them."""


@dataclass(frozen=True)
class Pairs:
    """Features of a frame and of keys that look alike, columns of one length."""

    key: Integers
    """Index in :attr:`CopyIndex.keys`."""
    seen: Integers
    """Feature of the frame."""
    kept: Integers
    """Feature of the key."""


class CopyIndex:
    """Searches prints; rows are numbered through over all of them."""

    def __init__(self, prints: Sequence[CopyPrint]) -> None:
        """Index ``prints``."""
        self.prints = tuple(prints)
        moments = [one.moments for one in prints]
        self.hashes: Pixels = np.concatenate(
            [np.zeros((0, 32), np.uint8), *(one.hashes for one in moments)]
        )
        self._hashes = HammingIndex(self.hashes)
        self.hash_print: Integers = np.repeat(
            np.arange(len(moments)), [len(one.start) for one in moments]
        )
        none = np.zeros(0)
        self.start = np.concatenate([none, *(one.start for one in moments)])
        self.end = np.concatenate([none, *(one.end for one in moments)])
        self.inner = np.concatenate([np.zeros(0, bool), *(one.inner for one in moments)])
        self.keys = [(p, k) for p, one in enumerate(prints) for k in range(len(one.keys))]
        self._print_of_key: Integers = np.array([p for p, _ in self.keys], np.int64)
        features = [prints[p].keys[k].features for p, k in self.keys]
        counts = [len(one) for one in features]
        self._key = np.repeat(np.arange(len(features)), counts)
        self._feature = np.concatenate([np.zeros(0, int), *(np.arange(n) for n in counts)]).astype(
            np.int64
        )
        rows = [np.zeros((0, 128), np.uint8), *(one.descriptors for one in features)]
        self._make_cells(np.concatenate(rows))

    def _make_cells(self, descriptors: Pixels) -> None:
        """Sort descriptors into cells of the unit sphere, the same way for the same descriptors."""
        count = int(min(max(2 * len(descriptors) ** 0.5, 1), MOST_CELLS))
        rng = np.random.default_rng(0)
        chosen = rng.permutation(len(descriptors))[:SAMPLE]
        sample = unit(descriptors[chosen])
        centres = sample[:count]
        for _ in range(ROUNDS if len(sample) > count else 0):
            nearest = np.argmax(sample @ centres.T, axis=1)
            sums = np.zeros_like(centres)
            np.add.at(sums, nearest, sample)
            lengths = np.linalg.norm(sums, axis=1, keepdims=True)
            centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
        self._centres = centres
        cells = np.concatenate(
            [
                np.zeros(0, np.int64),
                *(
                    np.argmax(unit(descriptors[i : i + 8192]) @ centres.T, axis=1)
                    for i in range(0, len(descriptors), 8192)
                ),
            ]
        )
        order = np.argsort(cells, kind="stable")
        self._key, self._feature = self._key[order], self._feature[order]
        self._descriptors = descriptors[order]
        self._bounds = np.searchsorted(cells[order], np.arange(len(centres) + 1))

    def pairs(self, descriptors: Pixels) -> Pairs:
        """Return for each descriptor, uint8 (N, 128), the features of keys that are most like it."""
        if not len(self._descriptors) or not len(descriptors):
            return Pairs(*(np.zeros(0, np.int64) for _ in range(3)))
        queries = unit(descriptors)
        probes = min(PROBES, len(self._centres))
        near = np.argpartition(queries @ self._centres.T, -probes, axis=1)[:, -probes:]
        owner = np.repeat(np.arange(len(queries)), probes)
        order = np.argsort(near.ravel(), kind="stable")
        cells, owner = near.ravel()[order], owner[order]
        starts = np.flatnonzero(np.r_[True, np.diff(cells) > 0])
        seen, row, like = [], [], []
        for first, last in zip(starts, np.r_[starts[1:], len(cells)], strict=True):
            low, high = self._bounds[cells[first]], self._bounds[cells[first] + 1]
            if low == high:
                continue
            who = owner[first:last]
            cosine = queries[who] @ (self._descriptors[low:high].astype(np.float32) / sift.UNIT).T
            least = np.maximum(cosine.max(axis=1, keepdims=True) - WORSE, ALIKE)
            i, j = np.nonzero(cosine >= least)
            seen.append(who[i])
            row.append(low + j)
            like.append(cosine[i, j])
        if not seen:
            return Pairs(*(np.zeros(0, np.int64) for _ in range(3)))
        return self._best(np.concatenate(seen), np.concatenate(row), np.concatenate(like))

    def _best(self, seen: Integers, row: Integers, like: Floats) -> Pairs:
        """Keep the best pair of a feature with each key, and of those the best ones in each print."""
        top = np.zeros(int(seen.max(initial=0)) + 1, np.float32)
        np.maximum.at(top, seen, like)
        close = like >= top[seen] - WORSE
        order = np.flatnonzero(close)[np.argsort(-like[close], kind="stable")]
        seen, row = seen[order], row[order]
        _, first = np.unique(seen * len(self.keys) + self._key[row], return_index=True)
        seen, row = seen[np.sort(first)], row[np.sort(first)]
        group = seen * len(self.prints) + self._print_of_key[self._key[row]]
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0][: len(order)])
        rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
        kept = order[rank < PAIRS]
        return Pairs(self._key[row[kept]], seen[kept], self._feature[row[kept]])

    def near(self, hashes: Pixels, most: int) -> tuple[Integers, Integers, Integers]:
        """Return all pairs (query, row, distance) of hashes that differ in at most ``most`` bits.

        Args:
            hashes: uint8 (Q, 32).
            most: bits.
        """
        query, row, apart = self._hashes.within(hashes, most)
        return query, row, apart.astype(np.int64)


def unit(descriptors: Pixels) -> Floats:
    """Return RootSIFT descriptors as float32 vectors of length 1, shape (N, 128)."""
    vectors: Floats = descriptors.astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors


def mirrored(features: sift.Features) -> sift.Features:
    """Return the features that the picture has when left and right are swapped."""
    points = features.points.copy()
    points[:, 0] = features.width - 1 - points[:, 0]
    points[:, 3] = (180 - points[:, 3]) % 360
    cells = features.descriptors.reshape(-1, 4, 4, 8)
    # Rows of cells run across the keypoint's direction, and orientations around it: both turn the other way.
    swapped = cells[:, ::-1][..., (-np.arange(8)) % 8]
    return sift.Features(
        points, np.ascontiguousarray(swapped).reshape(-1, 128), features.width, features.height
    )
