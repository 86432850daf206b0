"""Exact nearest neighbours among many vectors: one matrix product for all queries, a block of rows at a time.

The product gives squared distances up to rounding, which is enough to leave nearly every row out. What is
left is measured again by the plain difference, so that the answer is that of a loop over queries, bit for bit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

BLOCK = 32_768
"""Rows per product. Two threads on two busy cores took 2.4 times as long with 8,192, most of it waiting for one
another."""
QUERIES = 64
"""Queries at a time, so that memory stays bounded however many there are: 8 MiB of products."""

Indices = npt.NDArray[np.int64]


def nearest_rows(queries: Floats, rows: Floats, k: int) -> tuple[Indices, Floats]:
    """Return the ``k`` rows nearest to each query by Euclidean distance, nearest first.

    Args:
        queries: float32, shape (Q, D), finite.
        rows: float32, shape (N, D), finite.
        k: rows to return for each query; all of them where there are fewer.

    Returns:
        Indices int64 and distances float32, both of shape (Q, min(k, N)). Of rows equally far, the
        earlier comes first. Beside its arguments it takes some ten megabytes, whatever Q and N are.
    """
    k = max(min(k, len(rows)), 0)
    found: Indices = np.zeros((len(queries), k), np.int64)
    distances: Floats = np.zeros((len(queries), k), np.float32)
    for start in range(0, len(queries) if k else 0, QUERIES):
        part = slice(start, start + QUERIES)
        found[part], distances[part] = _search(np.ascontiguousarray(queries[part]), rows, k)
    return found, distances


def _search(queries: Floats, rows: Floats, k: int) -> tuple[Indices, Floats]:
    count = len(queries)
    found: Indices = np.full((count, k), len(rows), np.int64)
    distances: Floats = np.full((count, k), np.inf, np.float32)
    squares = np.einsum("ij,ij->i", queries, queries)
    doubled = queries * np.float32(-2)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        block_squares = np.einsum("ij,ij->i", block, block)
        products = doubled @ block.T
        products += block_squares
        slack = _rounding(squares, block_squares, queries.shape[1])
        worst = distances[:, -1]
        hits = products <= (worst * worst - squares + slack)[:, None]
        for query in np.flatnonzero(hits.any(axis=1)):
            columns = np.flatnonzero(hits[query])
            if len(columns) > k:
                # Rows that are surely farther than k others of this block.
                near = products[query, columns]
                columns = columns[near <= np.partition(near, k - 1)[k - 1] + 2 * slack[query]]
            exact = np.linalg.norm(block[columns] - queries[query], axis=1)
            all_found = np.concatenate((found[query], columns + start))
            all_exact = np.concatenate((distances[query], exact))
            # Stable: what was found in earlier rows stands first.
            best = np.argsort(all_exact, kind="stable")[:k]
            found[query], distances[query] = all_found[best], all_exact[best]
    return found, distances


def _rounding(squares: Floats, block_squares: Floats, size: int) -> Floats:
    """Return how far a squared distance by the product may be above the true one, for each query.

    A sum of D products in float32 is off by at most D·ε times the sum of their sizes (Higham 2002, 3.1), which
    is at most (‖q‖ + ‖r‖)²; four times that covers the products, both squares and the square of the bound.
    """
    epsilon = 4 * (size + 4) * float(np.finfo(np.float32).eps)
    largest = np.sqrt(squares) + np.sqrt(block_squares.max())
    return np.asarray(epsilon * largest * largest, np.float32)
