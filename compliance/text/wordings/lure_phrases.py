"""Wordings that ask for something protected without its name, or to drop the rules of a generator.

Each wording of ``lure_phrases.txt`` has a score: how likely it alone is meant so, a judgement that
``benchmarks/evasion.py`` holds against wordings that it was not written for, and against harmless prompts.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

LURE, JAILBREAK = "evasion.lure", "evasion.jailbreak"
DATA = Path(__file__).with_name("lure_phrases.txt")
"""The wordings; the first lines of the file say how."""
_PART = re.compile(r"([A-Z]+) = (.+)")


class Phrase(NamedTuple):
    """A wording that was found."""

    category: str
    """``evasion.lure`` or ``evasion.jailbreak``."""
    score: float
    """0…1: how likely it is meant so."""
    start: int
    """First code point."""
    end: int
    """Just behind the last one."""


def phrases(text: str) -> list[Phrase]:
    """Return the wordings that stand in ``text``, the surest first.

    Args:
        text: a reading in letters that are what they look like; its case does not matter.
    """
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    found = [
        Phrase(category, score, one.start(), one.end())
        for category, pattern, score in _wordings()
        for one in pattern.finditer(folded)
    ]
    return sorted(found, key=lambda one: (-one.score, one.start, one.end))


@functools.cache
def _wordings() -> tuple[tuple[str, re.Pattern[str], float], ...]:
    """Return category, pattern and score of each wording of the file."""
    parts: dict[str, str] = {}
    found = []
    category = ""
    for line in DATA.read_text("utf-8").splitlines():
        part = _PART.fullmatch(line)
        if part:
            parts[part[1]] = part[2]
        elif line.startswith("["):
            category = f"evasion.{line.strip('[]')}"
        elif line and not line.startswith("#"):
            score, _, pattern = line.partition(" ")
            for name, meaning in parts.items():
                pattern = pattern.replace(f"<{name}>", meaning)
            found.append((category, re.compile(pattern), float(score)))
    return tuple(found)
