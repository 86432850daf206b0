"""Names of people, places and organisations in English text: by lists, form and the words around them.

A name is a run of words in capitals (or of known names, where a text has no capitals). What it is of is decided
by points for what speaks for each kind; the points are the score. They were set by hand and looked at on
``presidio-research``'s 100 sentences, on sentences of our own and on benign prompts; see ``benchmarks/pii.py``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from compliance.text.english import is_word
from compliance.text.personal import name_words as words_of
from compliance.text.personal.gazetteer import folded, given_names, places, surnames
from compliance.text.personal.name_tokens import (
    PARTED,
    Word,
    is_cased,
    share_known,
)
from compliance.text.personal.name_tokens import words as words_in
from compliance.text.personal.nationality import said_of_somebody
from compliance.text.personal.organisations import organisation_names

LONGEST = 6
"""Words of the longest run that is read as one name."""
LOOK = 28
"""Code points before and behind a run in which words say what it is."""
TITLE, NATIONALITY = 0.6, 0.55
"""Scores of a form of address before a name, and of a word for a country's people."""
KNOWN_PLACE, PLACE_IN_CONTEXT = 0.75, 0.85
"""Scores of a place of the lists, by itself and behind *in* or its like."""
FIRM = 0.7
"""Score of family names in a row, as partners call their firm."""
_FIRM = re.compile(
    r"(?:[A-Z][\w'’-]+, ){1,2}[A-Z][\w'’-]+,? (?:and|&|og|och|und|et|y|e|i) [A-Z][\w'’-]+"
)
_LABEL = re.compile(
    r"(?:mobile|phone|fax|desk|office)(?:[ \t]+(?:no\.?|number|phone))?[ \t]*[:.#]?[ \t]*[+(\d]",
    re.IGNORECASE,
)
"""A word for a telephone before its number, though a town may be called so."""
_NO_CORE = words_of.PARTICLES | words_of.AFTER_NAMES
_ENGLISH_SHARE = 0.6
"""Share of words in small letters that are known from which unknown words count as names."""


def proper_names(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield (entity, start, end, score) of each name in ``text``; kinds may overlap, and the strongest counts.

    Args:
        text: in the CASED view, in English; names may be of any language in Latin letters.
    """
    words = words_in(text)
    if not words:
        return
    cased = is_cased(words)
    taken: set[int] = set()
    for start, end, score in _organisations(text, cased):
        yield "ORGANIZATION", start, end, score
        taken.update(_inside(words, start, end))
    for first, count in _known_places(words, cased):
        start, end = words[first].start, words[first + count - 1].end
        if first in taken or _LABEL.match(text, start):
            continue
        if count == 1 and words[first].form.persons and not _placed(text, start):
            continue
        taken.update(range(first, first + count))
        yield "PLACE", start, end, PLACE_IN_CONTEXT if _placed(text, start) else KNOWN_PLACE
    for index, word in enumerate(words):
        if not word.form.nationality or index in taken:
            continue
        if word.capital or not cased:
            taken.add(index)
        if said_of_somebody(words, index, cased):
            yield "NATIONALITY", word.start, word.end, NATIONALITY
    strange = share_known(words) >= _ENGLISH_SHARE
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


def _known_places(words: Sequence[Word], cased: bool) -> Iterator[tuple[int, int]]:
    """Yield (index, number of words) of each place of the lists, the longest that fits."""
    behind = 0
    for index, word in enumerate(words):
        if index < behind or not word.form.of_places:
            continue
        longest = _longest_place(words, index)
        alone = longest == 1 and not word.capital
        doubtful = alone and (cased or word.ordinary or word.form.persons)
        country = alone and not word.form.persons
        if longest and not (doubtful and not (country and not word.ordinary)):
            yield index, longest
            behind = index + longest


def _longest_place(words: Sequence[Word], index: int) -> int:
    """Return how many words from ``index`` on are a place of the lists, at most; 0 where none are."""
    parts: list[str] = []
    longest = 0
    for count in range(1, min(words[index].form.of_places, len(words) - index) + 1):
        word = words[index + count - 1]
        if count > 1 and not word.joined:
            break
        parts += [part for part in PARTED.split(word.folded) if part]
        if tuple(parts) in places():
            longest = count
    return longest


def _placed(text: str, start: int) -> bool:
    return bool(words_of.BEFORE_PLACE.search(text[max(start - LOOK, 0) : start].lower()))


def _namely(word: Word, cased: bool, strange: bool) -> bool:
    """Tell whether a word may be part of a name."""
    form = word.form
    if form.barred or (cased and not form.capital):
        return False
    if not form.ordinary:
        known = form.given or form.surname or form.company
        small = not cased and known and len(form.folded) > 3
        return (form.capital and (known or strange)) or small
    if not form.capital:
        return False
    return cased and (not word.opens or form.given or form.surname or form.starts_company)


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
    form = word.form
    return not (form.ordinary or form.nationality or form.folded in words_of.NOT_NAMES)


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
    cues = before.lower()
    after = text[end : end + LOOK]
    title = _title(words, first)
    person = _person(part, cues, after, title is not None)
    company = _company(part, cues, after)
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
    core = [word for word in part if word.folded not in _NO_CORE]
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
    if words_of.AFTER_PERSON.match(after.lower()) or after.startswith(("'s", "’s")):
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
    if words_of.AFTER_COMPANY.match(after.lower()) and part[0].folded not in given_names():
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
    if words_of.BEFORE_PLACE.search(before.lower()):
        points += 0.4
    elif re.search(r"(?:\b(?:at|to)|,)[ \t]*$|\n[ \t,]*$", before):
        points += 0.15
    return points
