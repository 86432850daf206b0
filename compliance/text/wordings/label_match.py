"""Find the wordings of labels in lines that were read from pixels: letters that look alike, words run together.

A line and a wording are compared by their letters and digits alone, small, without accents, with those that
look alike (*I*, *l*, *1*; *O*, *0*) as one. Long wordings may differ by a letter for each :data:`PER_EDIT`. The
score says how much of the line is the wording, since a label says little else: 0.9 where it is half of the line
or more, 0.7 where it is part of a sentence, 0.4 where it is a small part of one; a question is no label. What
denies it makes it none where it comes before in the same sentence, and 0.4 where it comes after.

A label of generated media stands alone besides: 0.4 at most where the line says more than labels do, see
:mod:`compliance.text.wordings.label_alone`. *AI-generated, not real footage* is a label; *0 % AI-generated*,
*AI-generated content was not used* and *unlike AI-generated videos* are none. Advertising is not held to that,
since its labels name partners and products.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from importlib import resources

from compliance.text.wordings.label_alone import says_no_more

PER_EDIT = 9
"""Letters of a wording for each letter that may have been misread."""
MOST_EDITS = 2
"""Letters of one wording that may have been misread at most."""
LONGEST = 400
"""Letters of a line that are looked at: a label is short."""
PLAIN_SHARE, PART_SHARE = 0.5, 0.2
"""Share of the letters of a line that the wording is, from which the score is 0.9, and 0.7."""
DENIED = 0.4
"""Score at most where what follows may take it back, or the line says more than a label."""
GENERATED = "disclosure.label"
"""Category of labels of generated media."""
_ALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "0": "o", "ı": "i", "5": "s", "ß": "s"})
_DENIES = re.compile(
    r"\b(?:no|not|non|never|without|zero|isn['’]?t|wasn['’]?t|nothing|none|neither|kein\w*|nicht|ohne|pas|sans|"
    r"sin|senza|sem|não|zonder|geen|niet|bez|nie|не|без|free of|instead of|human[- ]made|made by humans?)\b"
    r"|不是|非|未",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:stop\w*|ban|bans|banned|against|anti|avoid\w*|reject\w*|refuse\w*|hate|goodbye|beware|report|"
    r"(?:is|are|was|were) (?:this|these|that|it|they))\b",
    re.IGNORECASE,
)
"""What is said before of a thing that is not there, or is not wanted."""
_TAKES_BACK = re.compile(
    r"\b(?:free|prohibited|banned|forbidden|avoided|rejected|hardly|unwelcome|excluded)\b",
    re.IGNORECASE,
)
"""The same, said after it."""
_STILL_TRUE = re.compile(
    r"\b(?:(?:does|do|did)\s+)?(?:not?|nicht|kein\w*|pas|sin|senza|sem|niet|geen)"
    r"(?:\s+(?:depict(?:ing)?|show(?:ing)?|represent(?:ing)?|an?|any|the|von|de|des|une?|una?|um|een))*"
    r"\s+(?:real|actual|genuine|authentic|filmed|photographed|echte?[rsn]?|r[ée]el(?:le)?s?|reale?s?|reali|reais)"
    r"(?:\s+(?:footage|people|persons?|events?|film|video|pictures?|photos?|images?|scenes?|Aufnahmen?|Bild(?:er)?))?\b"
    r"(?=\W*(?:$|[.,;!|]))",
    re.IGNORECASE,
)
"""A denial that says what the label says: that it is not real."""
_SENTENCE = re.compile(r"[.!?。！？](?:\s|$)")
_HEAD = re.compile(r"\[([a-z.]+)\]( alone)?")


@dataclass(frozen=True)
class LabelMatch:
    """A wording in a line."""

    category: str
    """``disclosure.label`` or ``disclosure.advertising``."""
    wording: str
    """The wording that was found, as the file has it."""
    start: int
    """First code point in the line."""
    end: int
    """Just behind the last one."""
    likeness: float
    """1 where every letter is as it should be, less by the share of those that are not."""
    score: float
    """0…1."""


@dataclass(frozen=True)
class _Wording:
    category: str
    said: str
    letters: str
    alone: bool


def squashed(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of ``text`` as they are compared, and where each stands in ``text``."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKD", character).casefold().translate(_ALIKE):
            if one.isalnum():
                letters.append(one)
                places.append(place)
    return "".join(letters), places


def label_in(text: str) -> LabelMatch | None:
    """Return the label that stands in ``text``, the surest and longest; None where none does."""
    letters, places = squashed(text[:LONGEST])
    found = [match for wording in _wordings() if (match := _match(wording, text, letters, places))]
    return max(found, key=lambda one: (one.score, one.likeness, one.end - one.start), default=None)


def _match(wording: _Wording, text: str, letters: str, places: list[int]) -> LabelMatch | None:
    if wording.alone:
        hashed = text.lstrip().startswith("#") and wording.category != "disclosure.advertising"
        if letters != wording.letters or hashed:
            return None
        return LabelMatch(wording.category, wording.said, 0, len(text), 1.0, 0.6)
    found = _nearest(wording.letters, letters)
    if found is None:
        return None
    first, last, edits = found
    start, end = places[first], places[last - 1] + 1
    if not (_edge(text, start, -1, wording.said[:3]) and _edge(text, end, 1, wording.said[-3:])):
        return None
    if wording.said.startswith("#") and text[max(start - 1, 0)] != "#":
        return None
    before = text[max((one.end() for one in _SENTENCE.finditer(text[:start])), default=0) : start]
    if _DENIES.search(before) or _AGAINST.search(before):
        return None
    share = (last - first) / len(letters)
    score = 0.9 if share >= PLAIN_SHARE else 0.7 if share >= PART_SHARE else 0.4
    after = _STILL_TRUE.sub(" ", text[end:LONGEST])
    if _DENIES.search(after) or _TAKES_BACK.search(after):
        score = min(score, DENIED)
    around = text[:start], text[start:end], after + text[LONGEST:]
    if wording.category == GENERATED and not says_no_more(*around):
        score = min(score, DENIED)
    if "?" in text or "？" in text:
        score = 0.3
    likeness = round(1 - edits / len(wording.letters), 4)
    return LabelMatch(wording.category, wording.said, start, end, likeness, score)


def _edge(text: str, at: int, side: int, said: str) -> bool:
    """Tell whether a word may end at ``at``: short words such as *AI* must not be the end of another."""
    beyond = text[at - 1 : at] if side < 0 else text[at : at + 1]
    if beyond == "." and side > 0 and text[at + 1 : at + 2].isalnum():
        return False  # a name on the web
    if not beyond.isalnum() or ord(beyond) > 0x2E80:
        return True
    words = re.findall(r"[^\W_]+", said)
    return len((words or [""])[0 if side < 0 else -1]) >= 3


def _nearest(wording: str, letters: str) -> tuple[int, int, int] | None:
    """Return start, end and misread letters of ``wording`` in ``letters``; None where too many are."""
    exact = letters.find(wording)
    if exact >= 0:
        return exact, exact + len(wording), 0
    allowed = min(len(wording) // PER_EDIT, MOST_EDITS)
    if not allowed or len(letters) < len(wording) - allowed:
        return None
    size = len(wording) // (allowed + 1)
    pieces = [wording[at * size : (at + 1) * size] for at in range(allowed + 1)]
    if not any(piece in letters for piece in pieces):
        return None  # with so few misread letters, one piece is whole
    return _sellers(wording, letters, allowed)


def _sellers(wording: str, letters: str, allowed: int) -> tuple[int, int, int] | None:
    """Return the best place of ``wording`` by edit distance, at most ``allowed``: Sellers' algorithm."""
    column = [(at, 0) for at in range(len(wording) + 1)]
    best: tuple[int, int, int] | None = None
    for end, letter in enumerate(letters, start=1):
        before, column = column, [(0, end)]
        for at, wanted in enumerate(wording, start=1):
            column.append(
                min(
                    (before[at - 1][0] + (wanted != letter), before[at - 1][1]),
                    (before[at][0] + 1, before[at][1]),
                    (column[at - 1][0] + 1, column[at - 1][1]),
                )
            )
        edits, start = column[-1]
        if edits <= allowed and (best is None or edits < best[2]):
            best = (start, end, edits)
    return best


@functools.cache
def _wordings() -> tuple[_Wording, ...]:
    path = resources.files("compliance.text").joinpath("wordings", "labels.txt")
    found = []
    category, alone = "", False
    for line in path.read_text("utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            category, alone = head[1], bool(head[2])
        elif line and not line.startswith("# "):
            found.append(_Wording(category, line, squashed(line)[0], alone))
    return tuple(found)
