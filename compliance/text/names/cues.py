"""Tell whether an everyday word or phrase in a text means the person who is called so.

*Pink*, *Drake*, *Will Smith* and *The Rock* are people and words. Where such a name stands, points are
counted for what speaks for the person: a capital where the sentence gives no reason for one, what somebody is
("rapper"), what only people do ("singing"), what is named after people ("concert"), another person's name
beside it, a disguise. An article before it, or a noun that it describes, speaks against. No point, no
finding; the more points, the higher the score. The words are English: in other languages capitals, names
beside it and disguises remain.
"""

from __future__ import annotations

import bisect
import enum
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.text.names.cue_words import (
    ACTION_VERBS,
    COMPOUND,
    DETERMINERS,
    FOLLOWING,
    FUNCTION_WORDS,
    HUMAN_VERBS,
    JOINT,
    LEAD,
    MONTH_LIKE,
    NATIVE_AFTER,
    NATIVE_BEFORE,
    OPEN_SLOTS,
    ROLES,
    STRONG_LEAD,
    WORKS_AND_EVENTS,
)
from compliance.text.normalise import View, normalise

WEAK, FAIR, STRONG = 0.55, 0.75, 0.92
"""Factors of the score for one point, two, and more: a ranking of evidence, not a fitted probability.
``benchmarks/names.py`` lists what they let through in benign prompts."""

REACH = 100
"""Characters on either side that are looked at."""
HEAD = 2000
"""Code points of a text that tell whether it is a heading."""
LONGEST_JOINT = 25
"""Characters between two names that stand together."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|&")
_ENDS = re.compile(r"[.!?:;\n\"“”(|]\s*$")
_ABBREVIATED = re.compile(r"\b(?:mr|mrs|ms|dr|prof|st|feat|ft|vs|sen|gov|gen)\.\s*$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’](?:s\b|\s)")
_APPOSITION = re.compile(r"\s*[,(]?\s*(?:(?:the|an?)\s+)?((?:[^\W_]+[-\s]){0,2}[^\W_]+)")


def is_compound(text: str, start: int, end: int) -> bool:
    """Tell whether [start, end) is half of a fixed phrase that means nobody, such as *musk ox*."""
    before, after = text[max(start - 20, 0) : start], text[end : end + 20]
    return bool(COMPOUND.search(f"{before}\N{NULL}{text[start:end]}\N{NULL}{after}"))


class Case(enum.Enum):
    """What the case of a name says."""

    FOR = "for"
    """Capitals that only a name explains."""
    OPEN = "open"
    """Capitals that the beginning of a sentence, or a heading, explains as well."""
    AGAINST = "against"
    """Lower case."""


@dataclass(frozen=True)
class Place:
    """One name in a text, and its neighbourhood."""

    name: str
    """As written."""
    before: str
    """Up to :data:`REACH` characters before it, CASED."""
    after: str
    """As many behind it."""
    heading: bool
    """Whether most words of the text are capitalised."""

    @classmethod
    def at(cls, text: str, start: int, end: int, heading: bool) -> Place:
        """Return the place of the name at [start, end) of ``text``."""
        before, after = text[max(start - REACH, 0) : start], text[end : end + REACH]
        name, before, after = (
            normalise(part, View.CASED).text for part in (text[start:end], before, after)
        )
        return cls(name, before, after, heading)

    @functools.cached_property
    def words(self) -> list[str]:
        """Words of the name but a leading article."""
        words = _WORD.findall(self.name)
        return words[1:] if len(words) > 1 and words[0].lower() in ("the", "a") else words

    @functools.cached_property
    def opening(self) -> bool:
        """Whether a sentence or heading begins with it."""
        ends = _ENDS.search(self.before) and not _ABBREVIATED.search(self.before)
        return not self.before.strip() or bool(ends)

    @functools.cached_property
    def previous(self) -> str:
        """The word before it in the same phrase; empty where there is none."""
        if self.opening:
            return ""
        found = re.search(r"([^\W_]+(?:[-'’][^\W_]+)*|&)[.\s-]*[\"'“‘]?$", self.before)
        return found[1] if found else ""

    @functools.cached_property
    def next(self) -> tuple[str, str]:
        """The next two words of the same phrase behind it, without its possessive; may be empty."""
        rest = _POSSESSIVE.sub(" ", self.after, count=1) if self.possessive else self.after
        phrase = re.split(r"[.,;:!?()\n\"“”|]", rest, maxsplit=1)[0]
        words = [*_WORD.findall(phrase), "", ""]
        return words[0], words[1]

    @functools.cached_property
    def possessive(self) -> bool:
        """Whether something is said to be the person's."""
        return bool(_POSSESSIVE.match(self.after))

    @functools.cached_property
    def case(self) -> Case:
        """What its capitals say."""
        if not all(word[0].isupper() or not word[0].islower() for word in self.words):
            return Case.AGAINST
        if self.heading:
            return Case.OPEN
        if len(self.words) > 1:
            return Case.FOR
        later = len(_WORD.findall(self.name)) > 1  # The capital of "Rock" in "The Rock"
        beside = [self.previous, "" if self.possessive else self.next[0]]
        longer = any(_is_capital(one) and one.lower() not in ROLES for one in beside)
        return Case.OPEN if longer or (self.opening and not later) else Case.FOR


@dataclass(frozen=True)
class Mention:
    """Where a name may stand, and which others stand in the same text."""

    start: int
    """First code point."""
    end: int
    """Just behind the last code point."""
    sure: Sequence[tuple[int, int]] = ()
    """Where names stand that mean nothing else, as (start, end), sorted."""
    others: Sequence[tuple[int, int]] = ()
    """Where other everyday names stand, as (start, end), sorted."""
    disguised: bool = False
    """The name is disguised there, which nobody does to an everyday word."""
    everyday: bool = True
    """The name is an everyday word or phrase too."""
    as_named: bool = True
    """It is written in the very letters and case of the name."""
    aspect: str = ""
    """What it names, such as ``style``; empty where the references do not say."""


class Everyday:
    """A text in which everyday names of people are judged.

    Args:
        text: the text as it was.
        screen: whether it was read from pixels, which tells nothing about people.
    """

    def __init__(self, text: str, screen: bool = False) -> None:
        self._text = text

    @functools.cached_property
    def _heading(self) -> bool:
        return is_heading(self._text)

    def evidence(self, mention: Mention) -> float:
        """Return how strongly the text says that ``mention`` means the person.

        Returns:
            0 where nothing speaks for it, else :data:`WEAK`, :data:`FAIR` or :data:`STRONG`.
        """
        place = Place.at(self._text, mention.start, mention.end, self._heading)
        joined = is_joined(self._text, mention.start, mention.end, mention.sure)
        return weight_of(_points(place, joined, mention.disguised))


def weight_of(points: int) -> float:
    """Return the factor of the score for as many points."""
    return (0.0, WEAK, FAIR, STRONG)[max(min(points, 3), 0)]


def is_heading(text: str, start: int = 0, end: int = 0) -> bool:
    """Tell whether most words of ``text`` but [start, end) are capitalised, so that capitals say nothing."""
    if start < HEAD:
        return _is_heading(text[:start] + text[end : end + HEAD - start])
    return _is_heading(text[:HEAD])


@functools.lru_cache(maxsize=8)
def _is_heading(text: str) -> bool:
    words = [one for one in _WORD.findall(text) if one.isalpha() and len(one) > 3]
    capitals = sum(map(_is_capital, words))
    return 2 * capitals > len(words) and len(words) > 1 and capitals > 2


def is_joined(text: str, start: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Tell whether one of ``names`` stands beside [start, end) with an *and* or so between them."""
    behind = bisect.bisect_left(names, (end, 0))
    ahead = bisect.bisect_left(names, (start, 0))
    gaps = [text[end : first[0]] for first in names[behind : behind + 1]]
    gaps += [text[last[1] : start] for last in names[max(ahead - 2, 0) : ahead] if last[1] <= start]
    return any(len(gap) < LONGEST_JOINT and JOINT.fullmatch(gap) for gap in gaps)


def _points(place: Place, joined: bool, disguised: bool) -> int:
    """Count what speaks for the person, after what speaks against it."""
    lower = place.case is Case.AGAINST
    single = len(place.words) < 2
    articled = place.previous.lower() in DETERMINERS or place.previous.isdigit()
    named_after = place.next[0].lower() in WORKS_AND_EVENTS and not lower
    role = 2 * _has_role(place)
    if articled and not (named_after or (role and not lower)):
        return 0
    if lower and (
        (single and place.name.lower() in MONTH_LIKE) or _describes(place, role, single, disguised)
    ):
        return 0
    points = role + 2 * _has_native_cue(place) + 2 * joined + 2 * disguised + 2 * named_after
    points += place.possessive and not articled
    points += 2 * (not articled and bool(FOLLOWING.match(place.after)))
    points += 0 if articled else _verb(place, single) + _lead(place)
    if single:
        if place.case is Case.OPEN:
            return points if points > 1 else 0
        return points - 1 if lower else points + (not articled)
    return points + 2 * (place.case is Case.FOR)


def _has_role(place: Place) -> bool:
    """Somebody's occupation or title stands directly before or behind the name."""
    if place.previous.lower() in ROLES:
        return True
    behind = _APPOSITION.match(place.after)
    parted = place.after.lstrip()[:1] in (",", "(") or place.next[0].lower() == "the"
    return bool(behind and parted and set(behind[1].lower().split()) & ROLES)


def _has_native_cue(place: Place) -> bool:
    """What somebody is or does stands beside the name, in Chinese, Japanese or Korean."""
    return bool(NATIVE_BEFORE.search(place.before) or NATIVE_AFTER.match(place.after))


def _describes(place: Place, role: int, single: bool, disguised: bool) -> bool:
    """A word in lower case is an adjective or part of a longer phrase, as far as its place tells."""
    previous, following = place.previous.lower(), place.next[0].lower()
    comma = place.before.rstrip().endswith((",", "/", "-", "@", "#"))
    free = not previous or comma or previous in OPEN_SLOTS or previous in ROLES
    if not (free or role):
        return True
    if not single or disguised or place.possessive:
        return False
    stops = FUNCTION_WORDS | HUMAN_VERBS | ACTION_VERBS | {""}
    return following not in stops


def _verb(place: Place, single: bool) -> int:
    """Two points for what only people do, one for what animals do too."""
    verb, behind = (word.lower() for word in place.next)
    if place.possessive:
        return 0
    if single and place.case is not Case.FOR and behind and behind not in FUNCTION_WORDS:
        return 0  # "Pink smiling faces": the participle describes what follows.
    if verb in HUMAN_VERBS:
        return 2
    return int(verb in ACTION_VERBS)


def _lead(place: Place) -> int:
    if place.before.endswith("@"):
        return 2
    if STRONG_LEAD.search(place.before):
        return 2
    return int(bool(LEAD.search(place.before)) or place.before.endswith("#"))


def _is_capital(word: str) -> bool:
    return word[:1].isupper()
