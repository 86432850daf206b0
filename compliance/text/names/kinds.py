"""What names may name: people, works, brands; and what that changes in how they are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from compliance.text.names.brand_cues import BrandWords
from compliance.text.names.cues import Everyday, Mention, is_compound
from compliance.text.names.work_cues import JUDGED_ASPECTS, WorkWords


class Judge(Protocol):
    """A text in which names are judged that are everyday words too."""

    def evidence(self, mention: Mention) -> float:
        """Return how strongly the text says that ``mention`` means what is called so, 0…1; 0: not at all."""


@dataclass(frozen=True)
class Kind:
    """How names of one kind are found."""

    meant: str
    """How a reviewer is told what an everyday word is judged to mean."""
    command: str
    """What adds to its banks."""
    judge: Callable[[str, bool], Judge]
    """Judges a text, given whether it was read from pixels."""
    compound: Callable[[str, int, int], bool] = lambda text, start, end: False
    """Tells whether a place in a text is half of a fixed phrase that means something else."""
    reorder: bool = False
    """*Swift, Taylor* is the name too."""
    plural: bool = True
    """An *s* more is the name too, unless it is an everyday word."""
    joined: int = 6
    """Letters; a name of several words with fewer is not found in one word without capitals between."""
    misspelt: bool = True
    """One letter wrong in a long name of several words is accepted in what people type, too."""
    wordmarks: bool = False
    """Look-alike letters and broken words are accepted in short names that were read from pixels."""
    short_judged: bool = True
    """A name of few letters in another case than its own is judged as an everyday word, not left out."""
    judged: frozenset[str] = frozenset()
    """Aspects of names that are judged though they are no everyday words."""


PERSON = Kind(
    "the person",
    "compliance people enrol",
    Everyday,
    is_compound,
    reorder=True,
    plural=False,
    joined=8,  # *Flo Rida* is not Florida.
    misspelt=False,
    short_judged=False,
)
WORK = Kind("the work", "compliance works add", WorkWords, judged=JUDGED_ASPECTS)
BRAND = Kind("the brand", "compliance brands add", BrandWords, wordmarks=True)
