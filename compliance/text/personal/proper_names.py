"""Names of people, places and organisations in English text: by lists, form and the words around them.

A name is a run of words in capitals (or of known names, where a text has no capitals). What it is of is decided
by points for what speaks for each kind; the points are the score. They were set by hand and looked at on
``presidio-research``'s 100 sentences, on sentences of our own and on benign prompts; see ``benchmarks/pii.py``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.text.english import is_word
from compliance.text.personal import name_words as words_of
from compliance.text.personal.gazetteer import (
    first_of_places,
    folded,
    given_names,
    nationalities,
    places,
    surnames,
)
from compliance.text.personal.organisations import organisation_names

LONGEST = 6
"""Words of the longest run that is read as one name."""
LOOK = 28
"""Code points before and behind a run in which words say what it is."""
TITLE, NATIONALITY = 0.6, 0.55
"""Scores of a form of address before a name, and of a word for a country's people."""
KNOWN_PLACE, PLACE_IN_CONTEXT = 0.75, 0.85
"""Scores of a place of the lists, by itself and behind *in* or its like."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_SOLID = re.compile(r"\S+")
_ADDRESSED = re.compile(r"@|://|^www\.|\.(?:com|org|net|io|de|co\.uk|fr|se|pl)\b", re.IGNORECASE)
FIRM = 0.7
"""Score of family names in a row, as partners call their firm."""
_FIRM = re.compile(
    r"(?:[A-Z][\w'’-]+, ){1,2}[A-Z][\w'’-]+,? (?:and|&|og|och|und|et|y|e|i) [A-Z][\w'’-]+"
)
_ENDS = re.compile(r"[.!?:\n\"“”?]")
_SPACE = re.compile(r"[ \t]+$|\.[ \t]+$|-$")
FEW = 4
"""Words from which their share says anything."""
_TITLE_SHARE = 0.7
"""Share of everyday words in capitals from which a capital says nothing: titles, and texts all in capitals."""
_ENGLISH_SHARE = 0.6
"""Share of words in small letters that are known from which unknown words count as names."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, and what is known of it."""

    start: int
    end: int
    folded: str
    """Lower case without accents, *'s* left out."""
    capital: bool
    upper: bool
    """True where all of several letters are capitals."""
    opens: bool
    """True at the beginning of a sentence or line, where a capital says nothing."""
    joined: bool
    """True where nothing but a space lies between it and the word before."""

    @property
    def ordinary(self) -> bool:
        """Tell whether it is an English word that is not a name in the first place."""
        return is_word(self.folded)


def proper_names(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield (entity, start, end, score) of each name in ``text``; kinds may overlap, and the strongest counts.

    Args:
        text: in the CASED view, in English; names may be of any language in Latin letters.
    """
    words = _words(text)
    if not words:
        return
    cased = _is_cased(words)
    taken: set[int] = set()
    for start, end, score in _organisations(text, cased):
        yield "ORGANIZATION", start, end, score
        taken.update(_inside(words, start, end))
    for first, count in _known_places(words, cased):
        start, end = words[first].start, words[first + count - 1].end
        if first in taken:
            continue
        if count == 1 and _is_persons_too(words[first]) and not _placed(text, start):
            continue
        taken.update(range(first, first + count))
        yield "PLACE", start, end, PLACE_IN_CONTEXT if _placed(text, start) else KNOWN_PLACE
    for index, word in enumerate(words):
        if word.folded in nationalities() and index not in taken and (word.capital or not cased):
            taken.add(index)
            yield "NATIONALITY", word.start, word.end, NATIONALITY
    strange = _share_known(words) >= _ENGLISH_SHARE
    for firm in _FIRM.finditer(text):
        if not any(is_word(folded(name)) for name in re.split(r"\W+(?:\w{1,3} )?", firm.group())):
            yield "ORGANIZATION", *firm.span(), FIRM
    for run in _runs(words, taken, cased, strange):
        yield from _read(text, words, run, strange)


def _organisations(text: str, cased: bool) -> Iterator[tuple[int, int, float]]:
    """Yield organisations that a text names by form or list, none in another, where capitals say anything."""
    reach = 0
    found = organisation_names(text) if cased else ()
    for start, end, score in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= reach:
            yield start, end, score
            reach = end


def _inside(words: Sequence[Word], start: int, end: int) -> range:
    """Return the indexes of the words in [start, end)."""
    first = bisect_left(words, start, key=lambda word: word.start)
    return range(first, bisect_left(words, end, key=lambda word: word.start))


def _words(text: str) -> list[Word]:
    masked = _masked(text)
    found: list[Word] = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start in masked:
            last = end
            continue
        written = match.group()
        plain = written[:-2] if written.endswith(("'s", "’s")) else written
        gap = text[last:start]
        ends = gap != " " and bool(
            _ENDS.search(gap.replace(". ", " ") if _abbreviated(found) else gap)
        )
        owner = bool(found) and last > found[-1].end
        joined = bool(found) and not owner and (gap == " " or bool(_SPACE.fullmatch(gap)))
        opens = not found or (ends and not (joined and _abbreviated(found))) or "\n" in gap
        upper = len(plain) > 1 and plain.isupper()
        found.append(
            Word(start, start + len(plain), folded(plain), plain[0].isupper(), upper, opens, joined)
        )
        last = end
    return found


def _masked(text: str) -> set[int]:
    """Return the code points that lie in addresses of mail and web."""
    if not any(sign in text for sign in "@./"):
        return set()
    return {
        point
        for solid in _SOLID.finditer(text)
        if _ADDRESSED.search(solid.group())
        for point in range(*solid.span())
    }


def _abbreviated(found: Sequence[Word]) -> bool:
    """Tell whether a full stop behind the last word belongs to it: a title or an initial."""
    if not found:
        return False
    return found[-1].folded in words_of.TITLES or found[-1].end - found[-1].start == 1


def _is_cased(words: Sequence[Word]) -> bool:
    """Tell whether capitals say anything: not where none or nearly every word has one."""
    plain = [word for word in words if word.ordinary and not word.opens]
    capitals = sum(word.capital for word in plain)
    return any(word.capital for word in words) and (
        len(plain) < FEW or capitals < _TITLE_SHARE * len(plain)
    )


def _share_known(words: Sequence[Word]) -> float:
    small = [word for word in words if not word.capital]
    return sum(word.ordinary for word in small) / len(small) if len(small) >= FEW else 1.0


def _known_places(words: Sequence[Word], cased: bool) -> Iterator[tuple[int, int]]:
    """Yield (index, number of words) of each place of the lists, the longest that fits."""
    firsts, index = first_of_places(), 0
    while index < len(words):
        longest = _longest_place(words, index, firsts)
        alone = longest == 1 and not words[index].capital
        doubtful = alone and (cased or words[index].ordinary or _is_persons_too(words[index]))
        country = alone and words[index].folded not in given_names() | surnames()
        if longest and not (doubtful and not (country and not words[index].ordinary)):
            yield index, longest
            index += longest
        else:
            index += 1


def _longest_place(words: Sequence[Word], index: int, firsts: dict[str, int]) -> int:
    parts: list[str] = []
    longest = 0
    most = max(
        (firsts.get(part, 0) for part in re.split(r"[-.]", words[index].folded)[:1]), default=0
    )
    for count in range(1, min(most, len(words) - index) + 1):
        word = words[index + count - 1]
        if count > 1 and not word.joined:
            break
        parts += re.split(r"[-.]", word.folded)
        if tuple(part for part in parts if part) in places():
            longest = count
    return longest


def _is_persons_too(word: Word) -> bool:
    return word.folded in given_names() or word.folded in surnames()


def _placed(text: str, start: int) -> bool:
    return bool(words_of.BEFORE_PLACE.search(text, max(start - LOOK, 0), start))


def _namely(word: Word, cased: bool, strange: bool) -> bool:
    """Tell whether a word may be part of a name."""
    if word.folded in words_of.NOT_NAMES or word.folded in words_of.TITLES:
        return False
    named = word.folded in given_names() or word.folded in surnames()
    company = word.folded in words_of.KNOWN_COMPANIES
    if not word.ordinary:
        known = named or company
        small = not cased and known and len(word.folded) > 3
        return (word.capital and (known or strange)) or small
    if not word.capital:
        return False
    return cased and (not word.opens or named or word.folded in words_of.COMPANY_STARTS)


def _runs(
    words: Sequence[Word], taken: set[int], cased: bool, strange: bool
) -> Iterator[tuple[int, int]]:
    """Yield (first, behind the last) of each run of words that may be one name."""
    index = 0
    while index < len(words):
        if index in taken or not _namely(words[index], cased, strange):
            index += 1
            continue
        end = index + 1
        while end < len(words) and end - index < LONGEST and words[end].joined and end not in taken:
            inner = words[end].folded in words_of.PARTICLES or words[end].folded == "and"
            if inner and _goes_on(words, end + 1, taken, cased, strange):
                end += 1
            elif _namely(words[end], cased, strange) or _ends_company(words[end]):
                end += 1
            elif not cased and strange and _unknown(words[end]):
                end += 1
            else:
                break
        yield index, end
        index = end


def _unknown(word: Word) -> bool:
    return not word.ordinary and word.folded not in words_of.NOT_NAMES | nationalities()


def _goes_on(
    words: Sequence[Word], index: int, taken: set[int], cased: bool, strange: bool
) -> bool:
    if index >= len(words) or index in taken or not words[index].joined:
        return False
    word = words[index]
    if words[index - 1].folded == "and":
        return (
            word.capital
            and (word.folded in surnames() or _ends_company(word))
            and word.folded not in given_names()
        )
    return word.capital and _namely(word, cased, strange)


def _ends_company(word: Word) -> bool:
    return word.capital and word.folded in words_of.COMPANY_ENDS


def _read(
    text: str, words: Sequence[Word], run: tuple[int, int], strange: bool
) -> Iterator[tuple[str, int, int, float]]:
    """Yield what a run of words is the name of."""
    first, behind = run
    part = words[first:behind]
    start, end = part[0].start, part[-1].end
    before = text[max(start - LOOK, 0) : start]
    after = text[end : end + LOOK]
    title = _title(words, first)
    person = _person(part, before, after, title is not None)
    company = _company(part, before, after)
    place = _place(part, before) if strange else 0.0
    if title is not None and person >= 0.5:
        yield "TITLE", title.start, title.end + (text[title.end : title.end + 1] == "."), TITLE
    best = max(person, company, place)
    if best < 0.3:
        return
    if company == best:
        yield "ORGANIZATION", start, end, company
    elif person == best:
        yield "PERSON", start, end, person
    else:
        yield "PLACE", start, end, place


def _title(words: Sequence[Word], first: int) -> Word | None:
    """Return the form of address just before ``words[first]``."""
    before = words[first - 1] if first else None
    if before is None or not words[first].joined or before.folded not in words_of.TITLES:
        return None
    return before if before.capital or before.folded in words_of.SHORT_TITLES else None


def _person(part: Sequence[Word], before: str, after: str, titled: bool) -> float:
    """Return how surely a run names a person, 0…1."""
    core = [word for word in part if word.folded not in words_of.PARTICLES | words_of.AFTER_NAMES]
    if not core or len(core) > 4:
        return 0.0
    if len(core) > 1 and core[-1].folded in words_of.PLACE_LAST and not titled:
        return 0.3
    given = core[0].folded in given_names()
    family = core[-1].folded in surnames() or bool(words_of.SURNAME_ENDS.match(core[-1].folded))
    ordinary = sum(word.ordinary for word in core)
    if len(core) > 1:
        points = 0.35 + 0.35 * given + 0.2 * family - 0.15 * min(ordinary, 2)
    elif core[0].ordinary:
        points = 0.25 if given or family else 0.0
    else:
        points = 0.6 if given else 0.5 if family else 0.35
        points -= 0.0 if core[0].capital else 0.2
    if core[0].upper and len(core) == 1 and not (given or family):
        points -= 0.2
    if titled:
        points = max(points + 0.3, 0.85)
    if words_of.SURELY_PERSON.search(before):
        points += 0.35
    elif words_of.BEFORE_PERSON.search(before):
        points += 0.15
    if words_of.AFTER_PERSON.match(after) or after.startswith(("'s", "’s")):
        points += 0.25
    if words_of.BEFORE_PLACE.search(before) and not (len(core) > 1 and given):
        points -= 0.3
    return max(0.0, min(points, 0.95))


def _company(part: Sequence[Word], before: str, after: str) -> float:
    """Return how surely a run names an organisation, 0…1."""
    last = part[-1]
    points = 0.0
    if len(part) == 1 and last.folded in words_of.KNOWN_COMPANIES:
        points = 0.7
    elif len(part) > 1 and last.folded in words_of.COMPANY_ENDS:
        points = 0.8
    elif len(part) > 1 and part[0].folded in words_of.COMPANY_STARTS:
        points = 0.7
    elif any(word.folded == "and" for word in part):
        points = 0.65
    elif len(part) == 1 and "-" in last.folded:
        halves = last.folded.split("-")
        points = 0.6 if any(half in surnames() for half in halves) else 0.0
        points = 0.0 if halves[0] in given_names() and halves[-1] in given_names() else points
    if words_of.BEFORE_COMPANY.search(before):
        points = max(points + 0.3, 0.6)
    if words_of.AFTER_COMPANY.match(after) and part[0].folded not in given_names():
        points = max(points + 0.3, 0.65)
    return min(points, 0.95)


def _place(part: Sequence[Word], before: str) -> float:
    """Return how surely a run that is on no list names a place, 0…1."""
    if len(part) > 1 and (
        part[-1].folded in words_of.PLACE_LAST or part[0].folded in words_of.PLACE_FIRST
    ):
        return 0.75
    if any(word.ordinary for word in part) and len(part) == 1:
        return 0.0
    points = 0.25 if words_of.PLACE_ENDS.match(part[-1].folded) else 0.15
    if words_of.BEFORE_PLACE.search(before):
        points += 0.4
    elif re.search(r"(?:\b(?:at|to)|,)[ \t]*$|\n[ \t,]*$", before):
        points += 0.15
    return points
