"""Organisations by form (*University of Tartu*, *Harare Water Board*, *Delgado & Sons*) and by a list."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator

from compliance.text.english import is_word
from compliance.text.personal import name_words as words_of
from compliance.text.personal.gazetteer import (
    folded,
    given_names,
    longest_organisation,
    organisations,
)

KNOWN, OF, ENDING, PARTNERS = 0.8, 0.75, 0.8, 0.7
"""Scores: a name of the list; *bank*, *ministry* and their like with *of*; a last word that organisations have;
two names joined by *&*."""
_CAP = r"[^\W\d_a-zß-ÿ][\w'’-]*"
_OF = re.compile(
    r"\b(?:University|Bank|Ministry|Institute|Museum|Church|Department|Academy|College|Bureau|School|Council"
    r"|Court|Chamber|Faculty|Federation|Union|Society|Association|Order|Board|Office|Hospital|Embassy|Conservatory|Library)"
    rf"(?: {_CAP})? (?:of|for|de|di|der) (?:the )?{_CAP}(?:(?: and| of the| of|,)? {_CAP}){{0,3}}"
)
_HEAD = re.compile(
    r"\b(?:Banco|Banque|Banca|Hospital|Hôpital|Clínica|Grupo|Groupe|Hotel|Universität|Universidad|Collège)"
    rf"(?: (?:de|di|del|la|of|the|{_CAP})){{0,3}} {_CAP}"
)
_RUN = re.compile(rf"{_CAP}(?:[ \t]{_CAP}){{1,4}}")
_PARTNERS = re.compile(rf"{_CAP} & (?:{_CAP})(?: {_CAP})?")
_WORD = re.compile(r"[^\W_][\w&+.'’-]*")
_TAIL = re.compile(r"['’]s$|[.'’-]+$")
_NO_PART = frozenset(
    "the a an our my your his her their this that every old new big small modern ancient beautiful at in "
    "on".split()
)


def organisation_names(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of organisations in ``text``, in the CASED view; some overlap.

    Capitals have to say something in it: titles and texts in capitals are not for this.
    """
    yield from _listed(text)
    for one in _OF.finditer(text):
        yield *one.span(), OF
    for one in _HEAD.finditer(text):
        if any(not is_word(folded(word)) for word in one.group().split()[1:]):
            yield *one.span(), OF
    for one in _PARTNERS.finditer(text):
        parts = [folded(word) for word in re.findall(_WORD, one.group())]
        family = not is_word(parts[0]) and parts[0] not in given_names()
        if family or parts[-1] in words_of.COMPANY_ENDS:
            yield *one.span(), PARTNERS
    for one in _RUN.finditer(text):
        yield from _ending(text, one)


def _ending(text: str, one: re.Match[str]) -> Iterator[tuple[int, int, float]]:
    """Yield the part of a run of capitals that ends as organisations do."""
    parts = [
        (m.start() + one.start(), m.end() + one.start(), folded(m.group()))
        for m in _WORD.finditer(one.group())
    ]
    before = text[max(one.start() - 4, 0) : one.start()].rstrip(" \t")
    opens = not before or before[-1] in ".!?:\n"
    while parts and parts[0][2] in _NO_PART:
        parts, opens = parts[1:], False
    if len(parts) > 1 and parts[-1][2] in words_of.COMPANY_ENDS:
        telling = any(not is_word(word) for _, _, word in parts[:-1])
        if telling or not opens:
            yield parts[0][0], parts[-1][1], ENDING


def _listed(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield organisations of the list; each begins with a capital."""
    for one in _WORD.finditer(text):
        written = one[0]
        longest = _longest_from(written) if written[0].isupper() else 0
        if not longest:
            continue
        part = list(itertools.islice(_WORD.finditer(text, one.start()), longest))
        name = tuple(_bare(word[0]) for word in part)
        for count in range(longest, 0, -1):
            if name[:count] in organisations():
                last = part[count - 1] if count <= len(part) else part[-1]
                yield one.start(), last.end() - _owner(last[0]), KNOWN
                break


@functools.lru_cache(maxsize=65_536)
def _longest_from(written: str) -> int:
    """Return the most words that a name of the list has which begins with this one; 0 where none does."""
    return longest_organisation().get(_bare(written), 0)


def _bare(word: str) -> str:
    lower = folded(word)
    return lower if lower[-1:].isalnum() and lower[-2:-1] not in "'’" else _TAIL.sub("", lower)


def _owner(written: str) -> int:
    """Return how many code points of a word are no part of the name: a full stop, *'s*."""
    found = _TAIL.search(written)
    return len(found.group()) if found else 0
