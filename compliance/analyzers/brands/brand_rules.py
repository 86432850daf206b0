"""Rules for one's own mark, and what in a frame breaks them. Pure; :mod:`brand_measures` does the measuring.

Each measure has a standard error; the score of a misuse is the probability that the limit is broken in truth,
given measure and error: 0.5 at the limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from compliance.analyzers.brands import brand_measures as measures
from compliance.analyzers.brands.mark_match import MarkMatch
from compliance.types import Floats, Model, Pixels

Kind = Literal[
    "colour", "size", "rotation", "stretch", "clear_space", "busy_ground", "neighbour", "contrast"
]


def _hex_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise PydanticCustomError("colour", "a colour must be six hex digits, such as '#e4002b'")
    return value


Colour = Annotated[str, AfterValidator(_hex_colour)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_ERRORS: dict[Kind, float] = {
    "colour": 3.0,
    "size": 0.03,
    "rotation": 1.5,
    "stretch": 0.03,
    "clear_space": 0.04,
    "busy_ground": 0.03,
    "neighbour": 0.04,
    "contrast": 0.08,
}
"""Standard error of each measure: ΔE, degrees, mark heights and shares as they are; sizes, stretch and contrast
by their logarithm."""


class BrandRules(Model):
    """How a mark of one's own may be shown. What is absent is not looked at; at least one rule is there."""

    colours: tuple[Colour, ...] = ()
    """Colours that the mark may have, ``#RRGGBB``."""
    colour_tolerance: float = Field(10.0, gt=0, le=50)
    """Largest difference from the nearest of ``colours``: CIEDE2000 with lightness at half weight (kL = 2), for
    exposure and shade change lightness most."""
    least_height_percent: float | None = Field(None, gt=0, le=100)
    """Least height of the mark, percent of the frame's height."""
    least_height_pixels: float | None = Field(None, gt=0, le=10_000)
    """Least height of the mark in pixels of the media."""
    greatest_rotation: float | None = Field(None, ge=0, le=180)
    """Degrees from upright, either way."""
    greatest_stretch: float | None = Field(None, ge=1, le=10)
    """How many times wider or higher the mark may be than it is drawn; 1.05 allows 5 percent."""
    clear_space: float | None = Field(None, gt=0, le=10)
    """Room around the mark, in heights of the mark, that holds no other mark of the banks. Text in it is found
    where ``busiest_ground`` is given: a review does not hand lines of text to these rules."""
    busiest_ground: float | None = Field(None, ge=0, le=1)
    """Share of that room (of half a height where ``clear_space`` is absent) that edges may fill."""
    forbidden_neighbours: tuple[Name, ...] = ()
    """Brands (name or ``bank/entry``) and banks whose marks may not stand near."""
    neighbour_distance: float = Field(1.0, gt=0, le=100)
    """How near, in heights of the mark."""
    least_contrast: float | None = Field(None, ge=1, le=21)
    """Least contrast of the mark to its ground, by WCAG 2's ratio of relative luminances."""

    @model_validator(mode="after")
    def _says_something(self) -> BrandRules:
        if self == BrandRules.model_construct(
            colour_tolerance=self.colour_tolerance, neighbour_distance=self.neighbour_distance
        ):
            raise PydanticCustomError(
                "no_rule", "there is no rule in it, such as greatest_rotation: 5"
            )
        return self


@dataclass(frozen=True)
class Neighbour:
    """Something else in the same frame."""

    polygon: Floats
    """float32 (N, 2), N ≥ 3, pixels of the working frame."""
    names: tuple[str, ...] = ()
    """What a rule may call it: label, ``bank/entry`` and bank; empty for a line of text."""


@dataclass(frozen=True)
class Misuse:
    """One rule that is broken."""

    kind: Kind
    expected: str
    """What the rule asks, in words."""
    found: str
    """What was measured, in words."""
    raw: float
    """The measure: ΔE, pixels or percent, degrees, ratio, or mark heights."""
    score: float
    """Probability that the limit is broken, 0.5…1."""


def misuses(
    match: MarkMatch,
    mark: Pixels,
    frame: Pixels,
    others: Sequence[Neighbour],
    rules: BrandRules,
    *,
    media_height: int | None = None,
) -> list[Misuse]:
    """Return which of ``rules`` the mark in a frame breaks.

    Args:
        match: where the mark lies; its homography maps pixels of ``mark`` to those of ``frame``.
        mark: RGBA uint8 (H, W, 4); where nothing is transparent, what differs from its border is the mark.
        frame: working frame, RGB uint8 (H, W, 3).
        others: other marks and lines of text of the same frame; what lies on the mark is part of it.
        rules: the rules.
        media_height: pixels of the media's height, of which the working frame may be a smaller copy.
    """
    seen = measures.Seen.of(match.homography, mark, frame)
    found = [
        *_colour(seen, rules),
        *_size(seen, rules, media_height or frame.shape[0]),
        *_pose(seen, rules),
        *_room(seen, others, rules),
    ]
    if rules.least_contrast is not None:
        ratio = seen.contrast()
        found += _below(
            "contrast",
            ratio,
            rules.least_contrast,
            f"contrast to the ground of at least {rules.least_contrast:g} : 1",
            f"{ratio:.1f} : 1",
        )
    return found


def _colour(seen: measures.Seen, rules: BrandRules) -> list[Misuse]:
    if not rules.colours:
        return []
    worst = seen.worst_colour(rules.colours)
    if worst is None:
        return []
    off, shown, nearest = worst
    score = _sure((off - rules.colour_tolerance) / _ERRORS["colour"])
    expected = f"{' or '.join(rules.colours)} within a difference of {rules.colour_tolerance:g}"
    found = f"{shown}, {off:.0f} from {nearest}"
    return [] if off <= rules.colour_tolerance else [Misuse("colour", expected, found, off, score)]


def _size(seen: measures.Seen, rules: BrandRules, media_height: int) -> list[Misuse]:
    height = seen.height() / seen.frame.shape[0]
    found = []
    for least, scale, unit in (
        (rules.least_height_percent, 100.0, " % of the frame's height"),
        (rules.least_height_pixels, float(media_height), " pixels"),
    ):
        if least is not None:
            expected = f"a height of at least {least:g}{unit}"
            found += _below("size", height * scale, least, expected, f"{height * scale:.1f}{unit}")
    return found


def _pose(seen: measures.Seen, rules: BrandRules) -> list[Misuse]:
    found = []
    most = rules.greatest_rotation
    if most is not None and abs(angle := seen.rotation()) > most:
        score = _sure((abs(angle) - most) / _ERRORS["rotation"])
        said = f"turned {abs(angle):.0f}° {'clockwise' if angle > 0 else 'anticlockwise'}"
        found.append(Misuse("rotation", f"turned by {most:g}° at most", said, abs(angle), score))
    most = rules.greatest_stretch
    if most is not None and (stretch := seen.stretch()) > most:
        score = _sure(math.log(stretch / most) / _ERRORS["stretch"])
        expected = f"stretched {most:g} times at most"
        found.append(Misuse("stretch", expected, f"{stretch:.2f} times", stretch, score))
    return found


def _room(seen: measures.Seen, others: Sequence[Neighbour], rules: BrandRules) -> list[Misuse]:
    found: list[Misuse] = []
    names = {name.casefold() for name in rules.forbidden_neighbours}
    for other in others:
        away = seen.distance(other.polygon)
        if away is None:
            continue
        what = f"'{other.names[0]}'" if other.names else "text"
        if rules.clear_space is not None and away < rules.clear_space:
            expected = f"{rules.clear_space:g} heights of the mark clear around it"
            score = _sure((rules.clear_space - away) / _ERRORS["clear_space"])
            found.append(
                Misuse("clear_space", expected, f"{what} {away:.2f} heights away", away, score)
            )
        near = rules.neighbour_distance
        if away < near and names & {name.casefold() for name in other.names}:
            expected = f"no {what} within {near:g} heights of the mark"
            score = _sure((near - away) / _ERRORS["neighbour"])
            found.append(Misuse("neighbour", expected, f"{away:.2f} heights away", away, score))
    most = rules.busiest_ground
    if most is not None:
        share = seen.busyness(rules.clear_space or 0.5)
        if share is not None and share > most:
            score = _sure((share - most) / _ERRORS["busy_ground"])
            expected = f"edges on {most:.0%} of the room around it at most"
            found.append(Misuse("busy_ground", expected, f"on {share:.0%}", share, score))
    return found


def _below(kind: Kind, value: float, least: float, expected: str, found: str) -> list[Misuse]:
    if value >= least:
        return []
    score = _sure(math.log(least / max(value, 1e-6)) / _ERRORS[kind])
    return [Misuse(kind, expected, found, value, score)]


def _sure(errors: float) -> float:
    """Return the probability that a limit is broken which is passed by so many standard errors."""
    return 0.5 * (1 + math.erf(errors / math.sqrt(2)))
