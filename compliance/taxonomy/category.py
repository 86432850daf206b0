"""What a category is: its path, what it means, how grave it can be, what others call it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, fields

from compliance.types import Source

TEXT = frozenset(
    {
        Source.PROMPT,
        Source.NEGATIVE_PROMPT,
        Source.REVISED_PROMPT,
        Source.OCR,
        Source.CAPTION,
        Source.SPEECH,
    }
)
FRAME = frozenset({Source.FRAME})
AUDIO = frozenset({Source.AUDIO})
METADATA = frozenset({Source.METADATA})
OCR = frozenset({Source.OCR})
CAPTION = frozenset({Source.CAPTION})
ALL = TEXT | FRAME | AUDIO

Labels = tuple[str, ...]
"""Another system's own labels for a category, broadest first."""
NONE: Labels = ()
"""That system has no such class."""
UNKNOWN: Labels = ("unknown",)
"""Nobody could tell whether that system has such a class, or what it is called."""


@dataclass(frozen=True)
class Severity:
    """Guidance for people who write policies: when a finding of a category is how grave.

    Each level is one line, or empty where it does not apply. Nothing decides by it: a rule states its own
    ``severity``, and these lines say which one to write there.
    """

    low: str = ""
    medium: str = ""
    high: str = ""
    critical: str = ""

    def levels(self) -> tuple[tuple[str, str], ...]:
        """Return the levels that apply with their lines, mildest first."""
        said = [(one.name, str(getattr(self, one.name))) for one in fields(self)]
        return tuple((level, line) for level, line in said if line)


@dataclass(frozen=True, kw_only=True)
class Crosswalk:
    """What seven other systems call a category; ``compliance.taxonomy.systems`` says which they are.

    Every system has to be said: its labels, :data:`NONE` or :data:`UNKNOWN`. A label that stands here covers
    the category at least in part; it may cover more, and its own definition may draw other lines.
    """

    azure: Labels
    rekognition: Labels
    google: Labels
    openai: Labels
    llama_guard: Labels
    hive: Labels
    garm: Labels

    def of(self, system: str) -> Labels:
        """Return the labels of a system by its name, such as ``llama-guard``.

        Raises:
            KeyError: where there is no such system.
        """
        return self.all()[system]

    def all(self) -> dict[str, Labels]:
        """Return the labels of every system by its name."""
        return {one.name.replace("_", "-"): getattr(self, one.name) for one in fields(self)}


NOWHERE = Crosswalk(
    azure=NONE,
    rekognition=NONE,
    google=NONE,
    openai=NONE,
    llama_guard=NONE,
    hive=NONE,
    garm=NONE,
)
"""None of the seven systems has such a class."""


@dataclass(frozen=True)
class Category:
    """One leaf of the tree."""

    path: str
    """Dotted path."""
    definition: str
    """One line."""
    sources: frozenset[Source]
    """Sources of an asset in which it can occur."""
    examples: tuple[str, ...]
    """What belongs to it, one short sentence each."""
    counter_examples: tuple[str, ...]
    """What is near and does not belong to it."""
    severity: Severity
    """How grave it can be."""
    crosswalk: Crosswalk
    """What others call it."""
