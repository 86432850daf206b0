"""Measure exact search in a bank: one batch of 64 faces among a million templates, against a NumPy loop.

The loop does the same work for one face after the other: all differences, their lengths, the five least.
Both must give the same five rows in the same order, or nothing is recorded. Rounds of both are interleaved;
the loop is timed over a few of the faces of a round, and its time for all is reckoned from those, since it is
linear in them.

Usage: python -m benchmarks.search [--templates N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections.abc import Sequence

import numpy as np

from benchmarks.environment import record
from compliance.banks.search import Indices, nearest_rows
from compliance.types import Floats

FACES, TOP, TIMED = 64, 5, 8


def loop(queries: Floats, rows: Floats) -> Indices:
    """Return the five nearest rows of each query, one query after the other."""
    found = []
    for query in queries:
        distances = np.linalg.norm(rows - query, axis=1)
        # Of several that are equally far, the fifth may be any but for this.
        near = np.flatnonzero(distances <= np.partition(distances, TOP - 1)[TOP - 1])
        found.append(near[np.argsort(distances[near], kind="stable")[:TOP]])
    return np.stack(found)


def people(rng: np.random.Generator, templates: int, size: int) -> Floats:
    """Return unit vectors in groups of five that lie together, as templates of one person do."""
    centres = rng.standard_normal((templates // 5 + 1, size), np.float32)
    rows = np.repeat(centres, 5, axis=0)[:templates]
    rows += 0.4 * rng.standard_normal(rows.shape, np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def measure(templates: int, size: int, rounds: int) -> dict[str, object]:
    """Time both on vectors of ``size`` numbers, and compare what they give for every face."""
    rng = np.random.default_rng(size)
    rows = people(rng, templates, size)
    rows[1::100_000] = rows[0]  # ties, which go by order
    queries = rows[rng.choice(templates, FACES, replace=False)].copy()
    queries[1:] += np.float32(0.3 / size**0.5) * rng.standard_normal(queries[1:].shape, np.float32)
    queries[0] = rows[0]
    ours: list[float] = []
    peer: list[float] = []
    agree = True
    for turn in range(rounds):
        began = time.perf_counter()
        found, _ = nearest_rows(queries, rows, TOP)
        ours.append(time.perf_counter() - began)
        # All faces once, for the agreement; a few afterwards, for the time.
        part = queries if turn == 0 else queries[:TIMED]
        began = time.perf_counter()
        expected = loop(part, rows)
        peer.append((time.perf_counter() - began) * FACES / len(part))
        agree = agree and bool((found[: len(part)] == expected).all())
    ratios = [theirs / own for theirs, own in zip(peer, ours, strict=True)]
    return {
        "templates": templates,
        "numbers in a vector": size,
        "faces in the batch": FACES,
        "same top 5 in the same order": agree,
        "seconds, loop": _rounded(peer),
        "seconds, compliance": _rounded(ours),
        "times as fast, median": round(statistics.median(ratios), 1),
        "times as fast, least": round(min(ratios), 1),
    }


def _rounded(seconds: Sequence[float]) -> list[float]:
    return [round(one, 3) for one in seconds]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    figures = {
        f"{size} numbers": measure(given.templates, size, given.rounds) for size in (128, 512)
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures, indent=2))
    print(f"peak of the process, loop included: {peak:.0f} MiB")
    if not all(one["same top 5 in the same order"] for one in figures.values()):
        raise SystemExit("the search differs from the loop: nothing is recorded")
    print(record("search", figures))


if __name__ == "__main__":
    main()
