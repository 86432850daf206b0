"""Analyzers that look for what belongs to countries, of which settings may name some."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Localised(Protocol):
    """Says which countries it is limited to, which keys and reports then say too."""

    def limit(self, locales: frozenset[str]) -> None:
        """Look for what belongs to these countries (ISO 3166) alone; called before it is set up."""

    def limits(self) -> tuple[str, ...]:
        """Return the countries that it is limited to, sorted; none where it looks for all that it knows."""
