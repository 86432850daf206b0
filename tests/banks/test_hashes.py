"""Every hash within the distance is found, and no other, however hashes are spread."""

import numpy as np
import pytest

from compliance.banks.hashes import FEW, HammingIndex
from compliance.errors import BankError

ROWS = 3 * FEW


def random(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def flipped(hashes: np.ndarray, apart: list[int], seed: int = 0) -> np.ndarray:
    """Each hash with so many of its bits flipped, anywhere."""
    rng = np.random.default_rng(seed)
    bits = np.unpackbits(hashes, axis=1)
    for row, count in zip(bits, apart, strict=True):
        row[rng.choice(256, count, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def brute(queries: np.ndarray, rows: np.ndarray, distance: int) -> list[tuple[int, int, int]]:
    """Bit by bit, one query after the other."""
    stored = np.unpackbits(rows, axis=1)
    found = []
    for query, bits in enumerate(np.unpackbits(queries, axis=1)):
        apart = (stored != bits).sum(axis=1)
        found += [(query, int(row), int(apart[row])) for row in np.flatnonzero(apart <= distance)]
    return found


def search(queries: np.ndarray, rows: np.ndarray, distance: int) -> list[tuple[int, int, int]]:
    query, row, apart = HammingIndex(rows).within(queries, distance)
    assert (query.dtype, row.dtype, apart.dtype) == (np.int64, np.int64, np.uint8)
    return list(zip(query.tolist(), row.tolist(), apart.tolist(), strict=True))


@pytest.mark.parametrize("rows", [1, 100, FEW, FEW + 1, ROWS])
@pytest.mark.parametrize("distance", [0, 1, 14, 15, 16, 24, 30, 31, 32, 90])
def test_the_search_is_that_of_brute_force(rows: int, distance: int) -> None:
    stored = random(1, rows)
    apart = [distance, max(distance - 1, 0), distance + 1, 0, 31, 32, 128, 5]
    queries = flipped(stored[np.arange(8) * 37 % rows], apart)
    expected = brute(queries, stored, distance)
    assert search(queries, stored, distance) == expected
    assert {0, 1, 3} <= {query for query, _, _ in expected}


def test_what_lies_at_the_very_edge_is_found_and_what_lies_beyond_is_not() -> None:
    stored = random(2, ROWS)
    picked = np.arange(400)
    at = search(flipped(stored[picked], [31] * 400), stored, 31)
    assert [(query, row, apart) for query, row, apart in at] == [(i, i, 31) for i in picked]
    assert search(flipped(stored[picked], [32] * 400), stored, 31) == []


@pytest.mark.parametrize("distance", [15, 20, 31])
def test_no_spread_of_the_bits_escapes(distance: int) -> None:
    """The most even ones leave least in each chunk: over bytes, words, rows and columns of the square."""
    stored = random(3, ROWS)
    orders = [
        np.arange(256).reshape(shape).T.ravel()
        for shape in ((1, 256), (8, 32), (16, 16), (32, 8), (64, 4))
    ]
    down, across = np.divmod(np.arange(256), 16)
    orders += [
        np.argsort(((down + across) % 16) + 16 * down, kind="stable"),
        np.argsort((down - across) % 16, kind="stable"),
    ]
    bits = np.unpackbits(stored[:240], axis=1)
    for query in range(240):
        start = query % 120
        bits[query, np.roll(orders[query % len(orders)], -start)[:distance]] ^= 1
        assert (bits[query] != np.unpackbits(stored[query])).sum() == distance
    found = search(np.packbits(bits, axis=1), stored, distance)
    assert [(query, row) for query, row, _ in found] == [(i, i) for i in range(240)]


def test_one_bit_in_all_chunks_but_one_is_found() -> None:
    """Two bits in each of fifteen chunks and one in the last: no chunk is as it was."""
    stored = random(4, ROWS)
    down, across = np.divmod(np.arange(256), 16)
    chunk = (down + across) % 16
    bits = np.unpackbits(stored[:160], axis=1)
    rng = np.random.default_rng(5)
    for query in range(160):
        for one in range(16):
            count = 1 if one == query % 16 else 2
            bits[query, rng.choice(np.flatnonzero(chunk == one), count, replace=False)] ^= 1
    found = search(np.packbits(bits, axis=1), stored, 31)
    assert found == [(i, i, 31) for i in range(160)]


def test_duplicates_are_all_found() -> None:
    """So many that they fill their buckets, as the frames of a still scene do, and others beside them."""
    stored = random(6, ROWS)
    stored[100:5000] = stored[100]
    stored[5000:5040] = flipped(np.repeat(stored[:1], 40, axis=0), [3] * 40)
    queries = np.concatenate([flipped(stored[100:102], [31, 32]), stored[:1], stored[9000:9003]])
    found = search(queries, stored, 31)
    assert found == brute(queries, stored, 31)
    assert sum(query == 0 for query, _, _ in found) == 4900
    assert sum(query == 2 for query, _, _ in found) == 41


def test_hashes_that_are_all_alike_are_found() -> None:
    stored = np.zeros((ROWS, 32), np.uint8)
    query, _, apart = HammingIndex(stored).within(np.zeros((2, 32), np.uint8), 31)
    assert len(query) == 2 * ROWS and not apart.any()
    opposite = np.full((1, 32), 255, np.uint8)
    for distance in (0, 31, 255):
        assert search(opposite, stored, distance) == []


def test_many_queries_keep_their_numbers() -> None:
    stored = random(7, ROWS)
    queries = random(8, 1500)
    places = [0, 255, 256, 257, 511, 512, 1499]
    queries[places] = flipped(stored[places], [0, 31, 7, 32, 1, 30, 12])
    assert search(queries, stored, 31) == [
        (0, 0, 0), (255, 255, 31), (256, 256, 7), (511, 511, 1), (512, 512, 30), (1499, 1499, 12),
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "queries"), [(0, 3), (3, 0), (0, 0), (ROWS, 0)])
def test_nothing_is_found_in_nothing(rows: int, queries: int) -> None:
    index = HammingIndex(random(1, rows))
    assert len(index) == rows
    assert [column.shape for column in index.within(random(2, queries), 31)] == [(0,)] * 3


def test_an_index_keeps_what_it_was_given() -> None:
    stored = random(9, 50)
    index = HammingIndex(stored)
    query = stored[7:8].copy()
    stored[:] = 0
    assert index.within(query, 0)[1].tolist() == [7]


@pytest.mark.parametrize(
    "hashes", [np.zeros((2, 31), np.uint8), np.zeros(32, np.uint8), np.zeros((2, 32), np.int64)]
)
def test_what_is_no_hash_is_refused(hashes: np.ndarray) -> None:
    with pytest.raises(BankError, match="not 256-bit hashes"):
        HammingIndex(hashes)
    with pytest.raises(BankError, match="not 256-bit hashes"):
        HammingIndex(random(1, 4)).within(hashes, 31)


@pytest.mark.parametrize("distance", [-1, 256])
def test_an_impossible_distance_is_refused(distance: int) -> None:
    with pytest.raises(BankError, match="within that distance"):
        HammingIndex(random(1, 4)).within(random(1, 1), distance)
