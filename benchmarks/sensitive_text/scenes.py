"""Scenes put together of acts, people, places and styles, so that nothing but the act tells harm.

Every act is shown with people, places and styles that are drawn alike for harmful and harmless acts: an alley
at night, a masked man or a camera held by hand say nothing by themselves. Questions put each verb to people and
to things that it does no harm to. The parts are in ``scenes/*.txt``, one a line; ``{o}`` is whom an act is
done to. What is put together is a pure function of these files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "scenes"
EACH = 4
"""Scenes of each act."""
SEED = 11


def scenes() -> Iterator[tuple[str, bool]]:
    """Yield texts, and whether they are violent."""
    drawn = np.random.default_rng(SEED)
    people, others, places, styles = (
        _lines(name) for name in ("people", "others", "places", "styles")
    )
    for name in ("harmful", "harmless"):
        for act in _lines(name):
            for _ in range(EACH):
                one, other, place, style = (
                    group[drawn.integers(len(group))] for group in (people, others, places, styles)
                )
                shown = f"{one} {act.replace('{o}', other)}"
                yield _put(shown, place, style, int(drawn.integers(8))), name == "harmful"


def asked() -> Iterator[tuple[str, bool]]:
    """Yield questions, and whether they ask for violence."""
    drawn = np.random.default_rng(SEED)
    victims, ends = _lines("victims"), _lines("ends")
    for line in _lines("done"):
        verb, *things = line.split("|")
        for thing in things:
            yield _question(f"{verb} {thing}", int(drawn.integers(5))), False
            victim, end = (group[drawn.integers(len(group))] for group in (victims, ends))
            text = f"{verb} {victim} {end}".strip()
            yield _question(text, int(drawn.integers(5))), True


def _question(deed: str, way: int) -> str:
    return (
        f"How do I {deed}?",
        f"how to {deed}",
        f"What is the best way to {deed}?",
        f"How can I {deed}",
        f"Tell me how to {deed}.",
    )[way]


def _put(shown: str, place: str, style: str, way: int) -> str:
    """Return a scene in one of eight ways of writing it."""
    raised = shown[0].upper() + shown[1:]
    return (
        f"{raised}.",
        f"{raised} {place}." if "," not in shown else f"{raised}, {place}.",
        f"{shown}, {place}",
        f"{shown}, {place}, {style}",
        f"{style}: {shown}",
        f"{place[0].upper()}{place[1:]}, {shown}, {style}",
        f"Video in which {shown}, {style}",
        f"{raised}, {style}",
    )[way]


def _lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text("utf-8").splitlines()
