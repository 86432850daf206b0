"""Who or what a text describes without its name: cues that stand near each other, in whatever order.

Each referent of ``lures.txt`` has cues that are all needed and cues that make it surer. How many stand within
:data:`WINDOW` words is the strength of the evidence; words that point (*famous*, *that one from*, *you know*)
count as one cue more. The score is a judgement, held against lures and harmless prompts by
``benchmarks/evasion.py``.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).with_name("lures.txt")
"""A referent by line; the first lines of the file say how."""
WINDOW = 30
"""Words among which the cues of one description stand."""
SCORES = {2: 0.3, 3: 0.55, 4: 0.75, 5: 0.88, 6: 0.94}
"""Score by cues; more count as six."""
WITHOUT_MORE = 0.1
"""What is taken off where three needed cues or more stand there and nothing else does."""
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POINTING = re.compile(
    r"\b(?:famous|famed|iconic|beloved|legendary|well[- ]known|world[- ]famous|popular|recogni[sz]able"
    r"|notorious|infamous|everyone knows|everybody knows|you know (?:who|which|the)|unnamed|a certain"
    r"|we all know|unmistakabl[ey]|signature|from that|from the (?:movie|film|game|show|series|cartoon)"
    r"|mascot|franchise|look[- ]?alike|spitting image|trademark|resembl\w+"
    r"|looks? (?:exactly |just |a lot )?like)\b"
)


class Referent(NamedTuple):
    """Who or what may be described."""

    name: str
    """What it is called; for the reviewer."""
    needed: int
    """The first cues, which all have to stand there."""
    cues: tuple[tuple[str, ...], ...]
    """Alternatives of each cue: stems, those of several words apart by one space."""


class Description(NamedTuple):
    """A description that was found."""

    name: str
    """Name of the referent."""
    cues: int
    """Cues that stand near each other, pointing words counted as one."""
    score: float
    """0…1; see :data:`SCORES`."""
    start: int
    """First code point."""
    end: int
    """Just behind the last one."""


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word in lower case without the ending of its form."""
    word = word.removesuffix("'s").removesuffix("’s")
    for ending, least in (("ies", 2), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


@functools.cache
def referents() -> tuple[Referent, ...]:
    """Return the referents of the file."""
    found = []
    for line in DATA.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(": ")
            needed, _, more = rest.partition(" + ")
            groups = [*needed.split(), *more.split()]
            cues = tuple(
                tuple(
                    " ".join(map(stem, _TOKEN.findall(one.replace("_", " ").casefold())))
                    for one in group.split("/")
                )
                for group in groups
            )
            found.append(Referent(name, len(needed.split()), cues))
    return tuple(found)


@functools.cache
def _index() -> Mapping[str, tuple[tuple[int, int, tuple[str, ...]], ...]]:
    """Return (referent, cue, words) by the first stem of each alternative."""
    index = defaultdict(list)
    for number, referent in enumerate(referents()):
        for place, alternatives in enumerate(referent.cues):
            for one in set(alternatives):
                first, *rest = one.split(" ")
                index[first].append((number, place, tuple(rest)))
    return {first: tuple(rows) for first, rows in index.items()}


def descriptions(text: str) -> list[Description]:
    """Return what ``text`` may describe, one entry for each referent whose needed cues stand there."""
    folded = text.casefold() if len(text.casefold()) == len(text) else text.lower()
    tokens = list(_TOKEN.finditer(folded))
    stems = [stem(one[0]) for one in tokens]
    seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
    index = _index()
    for at, first in enumerate(stems):
        for number, place, rest in index.get(first, ()):
            if not rest or tuple(stems[at + 1 : at + 1 + len(rest)]) == rest:
                seen[number].append((at, place))
    found = []
    for number, events in seen.items():
        best = _best(referents()[number], events)
        if best is None:
            continue
        cues, first_token, last_token = best
        start, end = tokens[first_token].start(), tokens[last_token].end()
        cues += bool(_POINTING.search(folded, max(0, start - 60), min(len(folded), end + 60)))
        score = SCORES.get(min(cues, max(SCORES)), 0.0)
        if cues == referents()[number].needed > 2:
            score -= WITHOUT_MORE
        if score:
            found.append(Description(referents()[number].name, cues, round(score, 2), start, end))
    return sorted(found, key=lambda one: (-one.score, one.start, one.name))


def _best(referent: Referent, events: Sequence[tuple[int, int]]) -> tuple[int, int, int] | None:
    """Return (cues, first token, last token) of the window with most cues; None where needed ones are absent.

    One word counts for one cue only: that which fewer words stand for.
    """
    if len({place for _, place in events if place < referent.needed}) < referent.needed:
        return None
    best = None
    inside = Counter[int]()
    left = 0
    for number, (at, place) in enumerate(events):
        inside[place] += 1
        while events[left][0] < at - WINDOW:
            inside[events[left][1]] -= 1
            left += 1
        present = {place for place, count in inside.items() if count}
        if all(place in present for place in range(referent.needed)):
            tokens = len({token for token, _ in events[left : number + 1]})
            cues = min(len(present), tokens)
            if best is None or cues > best[0]:
                best = (cues, events[left][0], at)
    return best if best and best[0] >= referent.needed else None
