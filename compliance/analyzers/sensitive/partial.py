"""Analyzers that can be ready for some of their categories and not for others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


@runtime_checkable
class Partial(Protocol):
    """Says which of its categories it does not examine as it is set up; the others count as examined."""

    def unexamined(self) -> Mapping[str, str]:
        """Return by category why it is not examined, in one paragraph with what mends it."""
