"""Exact search: the same rows in the same order as measuring every one of them."""

import numpy as np
import pytest

from compliance.banks.search import BLOCK, QUERIES, nearest_rows


def measured(queries: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Measure everything, one query after the other."""
    found, distances = [], []
    for query in queries:
        lengths = np.linalg.norm(rows - query, axis=1)
        order = np.argsort(lengths, kind="stable")[:k]
        found.append(order)
        distances.append(lengths[order])
    return np.stack(found), np.stack(distances)


@pytest.mark.parametrize("size", [8, 128, 512])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3])
def test_it_gives_what_measuring_every_row_gives(size: int, scale: float) -> None:
    rng = np.random.default_rng(size)
    rows = np.asarray(scale * rng.standard_normal((3000, size)), np.float32)
    queries = rows[rng.choice(3000, QUERIES + 3)] + np.float32(0.01 * scale)
    found, distances = nearest_rows(queries, rows, 5)
    expected, lengths = measured(queries, rows, 5)
    assert (found == expected).all()
    assert distances.tobytes() == lengths.tobytes()


def test_it_holds_across_blocks_and_ties_go_by_order() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((2 * BLOCK + 17, 4), np.float32)
    twins = [3, BLOCK - 1, BLOCK, 2 * BLOCK, 2 * BLOCK + 16]
    rows[twins] = rows[3]
    found, distances = nearest_rows(rows[3:4], rows, 5)
    assert found[0].tolist() == twins
    assert distances[0].tolist() == [0.0] * 5
    queries = rng.standard_normal((3, 4), np.float32)
    assert (nearest_rows(queries, rows, 7)[0] == measured(queries, rows, 7)[0]).all()


def test_rows_that_differ_by_rounding_only_are_told_apart() -> None:
    """Far from the origin a product of float32 is too coarse; the plain difference is not."""
    rng = np.random.default_rng(2)
    rows = np.asarray(100 + 1e-4 * rng.standard_normal((2000, 128)), np.float32)
    found, _ = nearest_rows(rows[:4], rows, 5)
    assert (found == measured(rows[:4], rows, 5)[0]).all()


def test_rows_that_are_all_alike_come_in_order() -> None:
    rows = np.ones((BLOCK + 5, 8), np.float32)
    assert nearest_rows(rows[:1], rows, 4)[0].tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize(("queries", "rows", "k"), [(0, 5, 3), (2, 0, 3), (2, 5, 0), (2, 5, 9)])
def test_few_rows_or_queries_are_no_special_case(queries: int, rows: int, k: int) -> None:
    given = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3)
    found, distances = nearest_rows(np.zeros((queries, 3), np.float32), given, k)
    assert found.shape == distances.shape == (queries, min(k, rows))
    assert all(row == list(range(min(k, rows))) for row in found.tolist())
