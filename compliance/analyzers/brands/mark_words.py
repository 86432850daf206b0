"""Words of local features: 1,024 directions among RootSIFT descriptors, by which marks are filed and looked up.

Trained once by ``benchmarks/logo_words.py``. A mark's features are filed under their nearest word, a frame's
look under theirs only. Each word is the mean of hundreds of descriptors, half of them from photographs of the
public test data, half from marks of simple-icons (CC0), so that it holds no picture.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from compliance.types import Floats

FILE = Path(__file__).with_name("mark_words.npy")
"""uint8 (1024, 128), RootSIFT × 512."""


@lru_cache(maxsize=1)
def words() -> Floats:
    """Return the words as unit vectors, float32 (1024, 128)."""
    rows = np.load(FILE, allow_pickle=False).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def nearest_words(unit: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the ``count`` nearest words of each descriptor, int64 (N, count), in no order.

    Args:
        unit: float32 (N, 128), of length one.
        count: at least 1.
    """
    found = np.empty((len(unit), count), np.int64)
    for start in range(0, len(unit), 8192):
        found[start : start + 8192] = _largest(unit[start : start + 8192] @ words().T, count)
    return found


def _largest(likeness: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the columns of the ``count`` largest of each row: partitioning it all takes twice as long.

    The columns are dealt into groups; where ``count`` groups reach a bound, so do ``count`` columns.
    """
    rows, columns = likeness.shape
    groups = columns // 16
    if columns % 16 or groups <= count:
        return np.argpartition(likeness, columns - count, axis=1)[:, columns - count :]
    tops = likeness.reshape(rows, 16, groups).max(axis=1)
    bound = np.partition(tops, groups - count, axis=1)[:, groups - count]
    row, column = np.nonzero(likeness >= bound[:, None])
    order = np.lexsort((-likeness[row, column], row))
    starts = np.searchsorted(row, np.arange(rows))
    return np.asarray(column[order[starts[:, None] + np.arange(count)]], np.int64)
