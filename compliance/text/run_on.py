"""What runs on from one caption into the next: a name may be split between two."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.findings import Observation
from compliance.types import Source, TimeSpan

PAUSE = 2.0
"""Seconds between two captions up to which a name may run on; sentences seldom pause longer."""
NEXT = 4
"""Captions that are tried as the next one: several languages at once stand between each other in time."""
SEAM = "seam"
"""Attribute: code points of the first of the two texts, which a space follows."""


def run_ons(observations: Sequence[Observation]) -> list[Observation]:
    """Return each pair of captions, or of stretches of speech, of which the second may continue the first.

    Args:
        observations: texts of one asset; those without a time, or of other sources, are left out.

    Returns:
        One observation for each pair, its text both with a space between, its span both; ``seam`` tells
        where they meet.
    """
    timed = [
        (one.span, one)
        for one in observations
        if one.span and one.text and one.source in (Source.CAPTION, Source.SPEECH)
    ]
    timed.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[1].id))
    return [
        first.but(
            text=f"{first.text} {second.text}",
            span=TimeSpan(start=span.start, end=max(span.end, after.end)),
            attributes={**first.attributes, SEAM: len(first.text or "")},
        )
        for place, (span, first) in enumerate(timed)
        for after, second in timed[place + 1 : place + 1 + NEXT]
        if second.source is first.source and after.start <= span.end + PAUSE
    ]


def crosses(one: Observation, start: int, end: int) -> bool:
    """Tell whether the code points [start, end) are news: in a pair, only what reaches over the seam is."""
    seam = one.attributes.get(SEAM)
    return seam is None or start < seam < end - 1
