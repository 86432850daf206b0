"""One pool of threads for work that leaves the interpreter: callers together take no more than the cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def cores() -> int:
    """Return the cores that this process may run on."""
    return len(os.sched_getaffinity(0))


def side_by_side(work: Callable[[Given], Made], items: Sequence[Given]) -> list[Made]:
    """Return what ``work`` makes of each item, in order; a single item stays in this thread.

    ``work`` must not call this function in turn: all threads could wait for one another.
    """
    if len(items) < 2:
        return [work(item) for item in items]
    return list(_pool().map(work, items))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), "runtimes")
