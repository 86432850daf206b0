"""Measure exact search by Hamming distance: hashes within 31 bits among a million, against a linear scan.

The scan is the best straightforward one in NumPy: ``bitwise_count`` over 64-bit words, column by column; whole
columns and blocks that stay in the cache are both timed, and the faster one of a round counts. Both sides must
find the same rows at the same distances for every query (a tenth of them among ten million), or nothing is
recorded. One thread on both sides; rounds are interleaved. Two banks: hashes spread evenly, and hashes of
films, where 40 frames in a row look alike.

Usage: python -m benchmarks.hash_search [--hashes N] [--rounds N] [--name hash_search]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.environment import record
from compliance.banks.hashes import HammingIndex
from compliance.types import Pixels

DISTANCE, QUERIES, SINGLE, TIMED, SCENE, BLOCK = 31, 1000, 50, 20, 40, 1 << 14
Words = npt.NDArray[np.uint64]
Hits = list[tuple[int, int]]


def whole(columns: Words, query: Words) -> npt.NDArray[np.intp]:
    """Return the rows within the distance, four passes over all of them."""
    apart = np.bitwise_count(columns[0] ^ query[0])
    for word in (1, 2, 3):
        apart += np.bitwise_count(columns[word] ^ query[word])
    return np.flatnonzero(apart <= DISTANCE)


def blocked(columns: Words, query: Words) -> npt.NDArray[np.intp]:
    """Return the same, block by block."""
    starts = range(0, columns.shape[1], BLOCK)
    return np.concatenate([whole(columns[:, at : at + BLOCK], query) + at for at in starts])


def flip(hashes: Pixels, most: int, rng: np.random.Generator) -> Pixels:
    """Return hashes with 0 to ``most`` bits flipped."""
    bits = np.unpackbits(hashes, axis=1)
    for row in bits:
        row[rng.choice(256, rng.integers(0, most + 1), replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def bank(kind: str, count: int, rng: np.random.Generator) -> Pixels:
    """Return ``count`` hashes."""
    if kind == "spread evenly":
        return rng.integers(0, 256, (count, 32), dtype=np.uint8)
    scenes = rng.integers(0, 256, (count // SCENE + 1, 32), dtype=np.uint8)
    rows = np.repeat(scenes, SCENE, axis=0)[:count]
    for _ in range(6):  # frames of a scene differ by about six bits from its first
        bit = np.left_shift(1, rng.integers(0, 8, count)).astype(np.uint8)
        rows[np.arange(count), rng.integers(0, 32, count)] ^= bit
    return rows


def agree(index: HammingIndex, columns: Words, queries: Pixels, rows: Pixels) -> tuple[bool, int]:
    """Compare all answers with the scan's; return whether they are the same, and how many there are."""
    query, row, apart = index.within(queries, DISTANCE)
    expected = [
        (at, int(one))
        for at, words in enumerate(queries.view(np.uint64))
        for one in blocked(columns, words)
    ]
    same = list(zip(query.tolist(), row.tolist(), strict=True)) == expected
    told = np.bitwise_count(queries[query] ^ rows[row]).sum(axis=1)
    return same and bool((told == apart).all()), len(expected)


def timed(run: Callable[[], object], count: int) -> float:
    """Return milliseconds for each of ``count`` queries."""
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000 / count


def measure(kind: str, count: int, rounds: int) -> dict[str, Any]:
    """Compare and time both on one bank."""
    rng = np.random.default_rng(31)
    rows = bank(kind, count, rng)
    queries = rng.integers(0, 256, (QUERIES, 32), dtype=np.uint8)
    queries[::2] = flip(rows[rng.integers(0, count, QUERIES // 2)], 34, rng)
    columns = np.ascontiguousarray(rows.view(np.uint64).T)
    words = queries.view(np.uint64)
    began = time.perf_counter()
    index = HammingIndex(rows)
    index.within(queries[:1], DISTANCE)
    built = time.perf_counter() - began
    same, hits = agree(index, columns, queries[: QUERIES * 10**6 // max(count, 10**6)], rows)
    times: dict[str, list[float]] = {"scan": [], "batch": [], "single": []}
    for _ in range(rounds):
        scans = [
            timed(lambda way=way: [way(columns, one) for one in words[:TIMED]], TIMED)  # type: ignore[misc]
            for way in (whole, blocked)
        ]
        times["scan"].append(min(scans))
        times["batch"].append(timed(lambda: index.within(queries, DISTANCE), QUERIES))
        singly = lambda: [index.within(queries[at : at + 1], DISTANCE) for at in range(SINGLE)]  # noqa: E731
        times["single"].append(timed(singly, SINGLE))
    ratios = {
        name: [scan / own for scan, own in zip(times["scan"], times[name], strict=True)]
        for name in ("batch", "single")
    }
    return {
        "hashes": count,
        "same rows and distances as the scan": same,
        "rows found in the comparison": hits,
        "seconds to build": round(built, 2),
        "milliseconds a query, scan": _rounded(times["scan"]),
        f"milliseconds a query, batch of {QUERIES}": _rounded(times["batch"]),
        "milliseconds a query, one at a time": _rounded(times["single"]),
        "times as fast in a batch, median and least": _summary(ratios["batch"]),
        "times as fast one at a time, median and least": _summary(ratios["single"]),
    }


def _summary(ratios: list[float]) -> list[float]:
    return [round(statistics.median(ratios), 1), round(min(ratios), 1)]


def _rounded(times: list[float]) -> list[float]:
    return [round(one, 3) for one in times]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--name", default="hash_search")
    given = parser.parse_args()
    figures = {
        kind: measure(kind, given.hashes, given.rounds)
        for kind in ("spread evenly", "frames of films")
    }
    print(json.dumps(figures, indent=2))
    if not all(one["same rows and distances as the scan"] for one in figures.values()):
        raise SystemExit("the search differs from the scan: nothing is recorded")
    print(record(given.name, figures))


if __name__ == "__main__":
    main()
