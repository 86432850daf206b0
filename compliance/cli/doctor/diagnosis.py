"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_SIGNS = {"works": "✔", "note": "·", "broken": "✖"}


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at."""

    level: Literal["works", "note", "broken"]
    """``note`` is something to know that breaks nothing."""
    what: str
    """What was found."""
    fix: str = ""
    """The command that mends it."""

    def __str__(self) -> str:
        """Return one line."""
        return f"{_SIGNS[self.level]} {self.what}" + (f" — {self.fix}" if self.fix else "")
