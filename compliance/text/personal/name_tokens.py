"""The words of a text as names are read in it, and what is known of each as it is written."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from compliance.text.english import is_word
from compliance.text.personal import name_words as words_of
from compliance.text.personal.gazetteer import (
    first_of_places,
    folded,
    given_names,
    nationalities,
    surnames,
)

FEW = 4
"""Words from which their share says anything."""
TITLE_SHARE = 0.7
"""Share of everyday words in capitals from which a capital says nothing: titles, and texts all in capitals."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_ADDRESSED = re.compile(
    r"@|://|(?<!\S)www\.|\.(?:com|org|net|io|de|co\.uk|fr|se|pl)\b", re.IGNORECASE
)
_SPACES = re.compile(r"\s")
_ENDS = re.compile(r"[.!?:\n\"“”?]")
_SPACE = re.compile(r"[ \t]+$|\.[ \t]+$|-$")
PARTED = re.compile(r"[-.]")
"""What parts a word of the lists from the next."""


class Form:
    """What is known of a word as it is written, wherever it stands; never changed once made."""

    __slots__ = (
        "barred", "capital", "company", "folded", "given", "length", "nationality", "of_places", "ordinary",
        "starts_company", "surname", "upper",
    )  # fmt: skip

    def __init__(self, written: str) -> None:
        plain = written[:-2] if written.endswith(("'s", "’s")) else written
        name = folded(plain)
        self.length = len(plain)
        """Code points without *'s*."""
        self.folded = name
        """Lower case without accents, *'s* left out."""
        self.capital = plain[0].isupper()
        self.upper = len(plain) > 1 and plain.isupper()
        """True where all of several letters are capitals."""
        self.ordinary = is_word(name)
        """True of an English word that is not a name in the first place."""
        self.given = name in given_names()
        self.surname = name in surnames()
        self.nationality = name in nationalities()
        self.company = name in words_of.KNOWN_COMPANIES
        self.starts_company = name in words_of.COMPANY_STARTS
        self.barred = name in words_of.NOT_NAMES or name in words_of.TITLES
        """True of what is part of no name."""
        self.of_places = first_of_places().get(PARTED.split(name, 1)[0], 0)
        """Most words of a listed place that begins with it, 0 where none does."""

    @property
    def persons(self) -> bool:
        """Tell whether people are called by it."""
        return self.given or self.surname


form = functools.lru_cache(maxsize=65_536)(Form)
"""The same for each time that a word is written so: texts have far more words than kinds of them."""


class Word:
    """One word of a text, and what is known of it; never changed once made."""

    __slots__ = ("capital", "end", "folded", "form", "joined", "opens", "start", "upper")

    def __init__(self, start: int, form: Form, opens: bool, joined: bool) -> None:
        self.start = start
        self.end = start + form.length
        """Just behind its last code point, *'s* left out."""
        self.form = form
        self.folded = form.folded
        self.capital = form.capital
        self.upper = form.upper
        self.opens = opens
        """True at the beginning of a sentence or line, where a capital says nothing."""
        self.joined = joined
        """True where nothing but a space lies between it and the word before."""

    @property
    def ordinary(self) -> bool:
        """Tell whether it is an English word that is not a name in the first place."""
        return self.form.ordinary


def words(text: str) -> list[Word]:
    """Return the words of ``text``, in the CASED view, but for those in addresses of mail and web."""
    masked = _masked(text)
    found: list[Word] = []
    last = 0
    before: Word | None = None
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start in masked:
            last = end
            continue
        gap = text[last:start]
        owner = before is not None and last > before.end
        if gap == " " and before is not None:
            opens, joined = False, not owner
        else:
            opens, joined = _parted(gap, before, owner)
        before = Word(start, form(match.group()), opens, joined)
        found.append(before)
        last = end
    return found


def _parted(gap: str, before: Word | None, owner: bool) -> tuple[bool, bool]:
    """Tell whether a word behind ``gap`` opens a sentence or line, and whether it goes on from ``before``."""
    if before is None:
        return True, False
    abbreviated = _abbreviated(before)
    ends = gap != " " and bool(_ENDS.search(gap.replace(". ", " ") if abbreviated else gap))
    joined = not owner and (gap == " " or bool(_SPACE.fullmatch(gap)))
    return (ends and not (joined and abbreviated)) or "\n" in gap, joined


def _abbreviated(word: Word) -> bool:
    """Tell whether a full stop behind ``word`` belongs to it: a title or an initial."""
    return word.folded in words_of.TITLES or word.end - word.start == 1


def _masked(text: str) -> set[int]:
    """Return the code points that lie in addresses of mail and web."""
    found: set[int] = set()
    done = 0
    for sign in _ADDRESSED.finditer(text):
        if sign.start() < done:
            continue
        begin = sign.start()
        while begin > 0 and not text[begin - 1].isspace():
            begin -= 1
        behind = _SPACES.search(text, sign.end())
        done = behind.start() if behind else len(text)
        found.update(range(begin, done))
    return found


def is_cased(found: Sequence[Word]) -> bool:
    """Tell whether capitals say anything: not where none or nearly every word has one."""
    plain = [word for word in found if not word.opens and word.form.ordinary]
    capitals = sum(word.capital for word in plain)
    return any(word.capital for word in found) and (
        len(plain) < FEW or capitals < TITLE_SHARE * len(plain)
    )


def share_known(found: Sequence[Word]) -> float:
    """Return the share, 0…1, of words in small letters that are English; 1 where there are few."""
    small = [word.form.ordinary for word in found if not word.capital]
    return sum(small) / len(small) if len(small) >= FEW else 1.0
