"""From matched keypoints to places: each says where, how large and how turned a mark would be, and some agree.

A generalised Hough transform (Lowe 2004): a keypoint of the mark and one of the frame fix a similarity. Those
of one reference and polarity that fall into one bin of scale, turn and place are a hypothesis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.logo_prints import CANONICAL
from compliance.types import Floats

Integers = npt.NDArray[np.int64]
OCTAVE = 1.0
"""Width of a bin of scale, octaves."""
TURN = 40.0
"""Width of a bin of turn, degrees; divides 360."""
PLACE = 0.5
"""Width of a bin of place, fraction of the mark's longer side as it is seen."""
LEAST = 3
"""Distinct keypoints of the frame and of the mark that a hypothesis needs."""


@dataclass(frozen=True)
class Candidates:
    """Matched pairs of keypoints, columns of one length."""

    row: Integers
    """Row of the reference."""
    negative: npt.NDArray[np.bool_]
    """Light and dark are exchanged."""
    query: Integers
    """Keypoint of the frame."""
    mark: Integers
    """Keypoint in the index."""
    weight: Floats
    """How much the pair says."""
    seen: Floats
    """(K, 4): keypoints of the frame; x, y, size, angle."""
    drawn: Floats
    """(K, 4): keypoints of the mark, from the middle of its raster."""

    def __len__(self) -> int:
        """Return K."""
        return len(self.row)

    def take(self, which: npt.NDArray[np.intp]) -> Candidates:
        """Return some of them."""
        return Candidates(
            self.row[which],
            self.negative[which],
            self.query[which],
            self.mark[which],
            self.weight[which],
            self.seen[which],
            self.drawn[which],
        )


def similarities(pairs: Candidates) -> Floats:
    """Return what each pair says, float32 (K, 4): middle x and y, log2 of scale, turn in degrees 0…360."""
    scale = pairs.seen[:, 2] / np.maximum(pairs.drawn[:, 2], 1e-3)
    turn = pairs.seen[:, 3] + 180.0 * pairs.negative - pairs.drawn[:, 3]
    angle = np.radians(turn)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    x, y = pairs.drawn[:, 0], pairs.drawn[:, 1]
    middle_x = pairs.seen[:, 0] - (cos * x - sin * y)
    middle_y = pairs.seen[:, 1] - (sin * x + cos * y)
    return np.stack([middle_x, middle_y, np.log2(scale), turn % 360.0], axis=1).astype(np.float32)


def hypotheses(pairs: Candidates, most: int) -> Iterator[npt.NDArray[np.intp]]:
    """Yield groups of pairs (their indices) that agree, the heaviest first, at most ``most``.

    Those of one reference and polarity have to be in the order of their keypoints of the frame.
    """
    if len(pairs) < LEAST:
        return
    poses = similarities(pairs)
    keys, members = _binned(pairs, poses)
    order = np.argsort(keys, kind="stable")
    keys, members = keys[order], members[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    counts = np.diff(np.r_[starts, len(keys)])
    # A keypoint counts once in a bin, with its best pair: stripes and foliage have many pairs of each.
    asking = pairs.query[members]
    runs = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]) | (asking[1:] != asking[:-1])])
    best = np.maximum.reduceat(pairs.weight[members], runs)
    weights = np.add.reduceat(best, np.searchsorted(runs, starts))
    large = np.flatnonzero(counts >= LEAST)
    large = large[np.argsort(-weights[large], kind="stable")]
    query, mark = asking.tolist(), pairs.mark[members].tolist()
    taken: dict[tuple[int, bool], list[tuple[float, ...]]] = {}
    given = 0
    for start, count in zip(starts[large].tolist(), counts[large].tolist(), strict=True):
        stop = start + count
        if min(len(set(query[start:stop])), len(set(mark[start:stop]))) < LEAST:
            continue
        which = members[start:stop]
        pose = _median(poses[which, :3])
        known = taken.setdefault((int(pairs.row[which[0]]), bool(pairs.negative[which[0]])), [])
        if any(_near(pose, other) for other in known):
            continue
        known.append(pose)
        yield which
        given += 1
        if given == most:
            return


def _median(rows: Floats) -> tuple[float, ...]:
    """Return the median of each column, as NumPy's, which takes five times as long for a few rows."""
    rows = np.sort(rows, axis=0)
    middle = len(rows) // 2
    found = rows[middle] if len(rows) % 2 else (rows[middle - 1] + rows[middle]) / np.float32(2)
    return tuple(found.tolist())


def _near(pose: tuple[float, ...], other: tuple[float, ...]) -> bool:
    if abs(pose[2] - other[2]) >= 0.5:
        return False
    side = CANONICAL * math.exp2(max(pose[2], other[2]))
    return math.hypot(pose[0] - other[0], pose[1] - other[1]) < 0.25 * side


def _binned(pairs: Candidates, poses: Floats) -> tuple[Integers, npt.NDArray[np.intp]]:
    """Return the bin of each pair in each of 16 grids, half a bin apart in each of four directions."""
    keys: list[Integers] = []
    owner = pairs.row * 2 + pairs.negative
    for grid in range(16):
        octave = np.floor(poses[:, 2] / OCTAVE + 0.5 * (grid & 1)).astype(np.int64)
        width = PLACE * CANONICAL * np.exp2((octave + 0.5 - 0.5 * (grid & 1)) * OCTAVE)
        turns = round(360 / TURN)
        turn = np.floor(poses[:, 3] / TURN + 0.25 * (grid & 2)).astype(np.int64) % turns
        x = np.floor(poses[:, 0] / width + 0.125 * (grid & 4)).astype(np.int64)
        y = np.floor(poses[:, 1] / width + 0.0625 * (grid & 8)).astype(np.int64)
        key = ((owner * 32 + octave + 16) * 16 + turn) * 1024 + np.clip(x + 512, 0, 1023)
        keys.append((key * 1024 + np.clip(y + 512, 0, 1023)) * 16 + grid)
    members = np.tile(np.arange(len(pairs)), 16)
    return np.concatenate(keys), members
