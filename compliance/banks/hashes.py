"""Exact search among 256-bit hashes by Hamming distance: nothing within the distance is missed.

Bits are dealt to sixteen chunks. Two hashes that differ in 31 bits at most differ in one bit at most in one of
the chunks, for otherwise they would differ in 32 (pigeonhole; Norouzi, Punjani and Fleet 2012). So only rows
are compared that lie in the bucket of a chunk, or in one of sixteen beside it: of a million that are spread
evenly, four thousand. Where buckets are so full that this takes longer than comparing every row, every row is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from compliance.errors import BankError
from compliance.types import Pixels

Indices = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

CHUNKS, CHUNK_BITS = 16, 16
FARTHEST = 31
"""Largest distance that buckets serve; for larger ones every row is compared."""
FEW = 2_048
"""Rows up to which every row is compared, which takes no longer than to look into the buckets."""
CANDIDATE_COST = 6
"""How many rows are compared in the time that one candidate takes, about: it is fetched from anywhere."""

_CANDIDATES = 1 << 18
"""Candidates at a time, so that memory stays bounded: 20 MB."""
_ROWS = 1 << 14
"""Rows compared at a time, so that they stay in the cache: 0.5 MB."""


@dataclass(frozen=True)
class _Tables:
    """Rows in the order of their buckets, one table for each chunk after the other."""

    rows: npt.NDArray[np.uint32]
    """Row numbers, shape (16 · M,)."""
    starts: Indices
    """Where in :attr:`rows` each bucket begins, shape (16, 65537); the last is where the table ends."""


class HammingIndex:
    """An index over hashes, which are copied: 32 bytes a row, and 64 more from the first search on."""

    def __init__(self, hashes: Pixels) -> None:
        """Take ``hashes``, uint8 of shape (M, 32), M ≥ 0 and below 2³².

        Raises:
            BankError: they are not of that shape or type.
        """
        self._rows = _dealt(_checked(hashes, "hashes of an index"))

    def __len__(self) -> int:
        """Return M."""
        return len(self._rows)

    def within(self, queries: Pixels, distance: int) -> tuple[Indices, Indices, Pixels]:
        """Return every row within ``distance`` of each query, exactly.

        Args:
            queries: uint8, shape (Q, 32), Q ≥ 0.
            distance: bits that may differ, 0…255; up to 31 it is quick.

        Returns:
            Query int64, row int64 and distance uint8, each of shape (K,), in order of query and then row.

        Raises:
            BankError: the queries are not of that shape or type, or the distance is out of range.
        """
        if not 0 <= distance <= 255:
            raise BankError(
                "hashes cannot be searched within that distance",
                expected="0 to 255 bits",
                found=str(distance),
                fix="give a distance in that range; copies lie within 31",
            )
        wanted = _dealt(_checked(queries, "hashes that are searched for"))
        parts = [_NOTHING, *self._search(wanted, distance)]
        query, row, apart = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((row, query))
        return query[order], row[order], apart[order]

    def _search(self, wanted: Words, distance: int) -> Iterator[tuple[Indices, Indices, Pixels]]:
        everything = distance > FARTHEST or len(self) <= FEW
        step = 256
        for first in range(0, len(wanted), step):
            part = wanted[first : first + step]
            starts, counts = (None, None) if everything else self._buckets(part, distance)
            if starts is None or counts is None:
                heavy = np.arange(len(part))
            else:
                total = counts.sum(axis=1)
                worth = total * CANDIDATE_COST <= len(self)
                heavy = np.flatnonzero(~worth)
                for some in _runs(np.flatnonzero(worth), total):
                    yield self._among(part, some, starts[some], counts[some], distance, first)
            for query in heavy:
                row, apart = self._scan(part[query], distance)
                yield np.full(len(row), first + query, np.int64), row, apart

    def _buckets(self, wanted: Words, distance: int) -> tuple[Indices, Indices]:
        """Return begin and length of the buckets to look in, int64, shape (Q, buckets)."""
        keys = wanted.view(np.uint16).reshape(len(wanted), CHUNKS)
        table, flip = _probes(distance)
        keys = keys[:, table] ^ flip
        starts = self._tables.starts[table, keys]
        return starts, self._tables.starts[table, keys.astype(np.int64) + 1] - starts

    def _among(
        self,
        wanted: Words,
        some: Indices,
        starts: Indices,
        counts: Indices,
        distance: int,
        first: int,
    ) -> tuple[Indices, Indices, Pixels]:
        """Compare the queries ``some`` with what lies in their buckets."""
        lengths = counts.ravel()
        ends = np.cumsum(lengths)
        places = np.repeat(starts.ravel() - (ends - lengths), lengths) + np.arange(ends[-1])
        # Taking with "clip" is many times as fast as by index, which checks each.
        rows = np.take(self._tables.rows, places, mode="clip").astype(np.int64)
        total = counts.sum(axis=1)
        query = np.repeat(some, total)
        different = np.take(self._rows, rows, axis=0, mode="clip")
        different ^= np.repeat(wanted[some], total, axis=0)
        apart = _distances(different.ravel())
        near = apart <= distance
        # A row that lies near in several chunks comes up several times.
        pairs = query[near] * len(self) + rows[near]
        unique, at = np.unique(pairs, return_index=True)
        return unique // len(self) + first, unique % len(self), apart[near][at].astype(np.uint8)

    def _scan(self, wanted: Words, distance: int) -> tuple[Indices, Pixels]:
        """Compare one query with every row."""
        found: list[tuple[Indices, Pixels]] = []
        repeated = np.tile(wanted, min(_ROWS, len(self)))
        for start in range(0, len(self), _ROWS):
            rows = self._rows[start : start + _ROWS].ravel()
            apart = _distances(rows ^ repeated[: len(rows)])
            near = np.flatnonzero(apart <= distance)
            if len(near):
                found.append((near + start, apart[near].astype(np.uint8)))
        if not found:
            return _NOTHING[1:]
        return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])

    @cached_property
    def _tables(self) -> _Tables:
        keys = self._rows.view(np.uint16).reshape(len(self), CHUNKS)
        rows = np.empty(CHUNKS * len(self), np.uint32)
        starts = np.empty((CHUNKS, (1 << CHUNK_BITS) + 1), np.int64)
        for chunk in range(CHUNKS):
            key = np.ascontiguousarray(keys[:, chunk])
            begin = chunk * len(self)
            rows[begin : begin + len(self)] = np.argsort(key, kind="stable")
            starts[chunk, 0] = begin
            starts[chunk, 1:] = begin + np.cumsum(np.bincount(key, minlength=1 << CHUNK_BITS))
        return _Tables(rows, starts)


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))


def _checked(hashes: Pixels, what: str) -> Pixels:
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != 32:
        raise BankError(
            f"{what} are not 256-bit hashes",
            expected="uint8 of shape (N, 32)",
            found=f"{hashes.dtype} of shape {hashes.shape}",
            fix="make them with compliance.runtimes.pdq",
        )
    return hashes


def _dealt(hashes: Pixels) -> Words:
    """Return hashes with their bits dealt to chunks, uint64, shape (N, 4).

    A PDQ hash is a square of frequencies. A chunk takes one from each of its rows and columns, for neighbours
    go together: of 834 unlike pictures, 0.7 % were candidates for each other; with a row a chunk 2.0 %; evenly
    spread hashes would be 0.4 %.
    """
    down, across = np.divmod(np.arange(256), 16)
    order = np.argsort((down + across) % CHUNKS, kind="stable")
    dealt = np.empty(hashes.shape, np.uint8)
    for start in range(0, len(hashes), _ROWS):
        part = slice(start, start + _ROWS)
        bits = np.unpackbits(hashes[part], axis=1)
        dealt[part] = np.packbits(np.take(bits, order, axis=1, mode="clip"), axis=1)
    return dealt.view(np.uint64)


def _probes(distance: int) -> tuple[Indices, npt.NDArray[np.uint16]]:
    """Return the chunk of each bucket to look in, and the bits in which it differs from the query's.

    Of d + 1 pigeons each chunk takes one in turn: one that has two is looked at within one bit, one that has
    one only as it is, and one that has none not at all.
    """
    flips = np.concatenate(
        [np.zeros(1, np.uint16), np.uint16(1) << np.arange(CHUNK_BITS, dtype=np.uint16)]
    )
    twice, once = divmod(distance + 1, CHUNKS)
    pigeons = np.array([twice + (chunk < once) for chunk in range(CHUNKS)])
    lengths = np.select([pigeons == 2, pigeons == 1], [1 + CHUNK_BITS, 1], 0)
    table = np.repeat(np.arange(CHUNKS), lengths)
    return table, np.concatenate([flips[:length] for length in lengths])


def _distances(different: Words) -> npt.NDArray[np.uint32]:
    """Return how many bits are set in each four of uint64 of shape (4 · N,), shape (N,)."""
    # The four counts of a row are bytes of one number, which are added in pairs: the sum may be 256.
    counts = np.bitwise_count(different).view(np.uint32)
    pairs = (counts & np.uint32(0x00FF00FF)) + ((counts >> np.uint32(8)) & np.uint32(0x00FF00FF))
    return (pairs & np.uint32(0xFFFF)) + (pairs >> np.uint32(16))


def _runs(queries: Indices, total: Indices) -> Iterator[Indices]:
    """Split queries so that each part has about as many candidates as are compared at a time."""
    if len(queries):
        part = np.cumsum(total[queries]) // _CANDIDATES
        yield from np.split(queries, np.flatnonzero(np.diff(part)) + 1)
