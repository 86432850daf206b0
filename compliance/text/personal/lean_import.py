"""Importing a library without the optional packages that it would import for us."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent(MetaPathFinder):
    """Says, to one thread only, that some packages are not installed."""

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages
        self._thread = threading.get_ident()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if threading.get_ident() == self._thread and name.split(".")[0] in self._packages:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Let imports of ``packages`` by this thread fail, as if they were not installed.

    What another thread imports meanwhile is not touched, and what is already imported stays.
    Presidio imports PyTorch and transformers for recognisers that we do not use, which takes ten
    times as long as all the rest of it.
    """
    finder = _Absent(frozenset(packages))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
