"""Numbers and addresses that are spelt out: *four one one one*, *anna dot b at example dot org*."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from compliance.text.normalise import Normalised

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_ITEM = rf"(?:(?:{'|'.join(_TIMES)})[ -]{{1,2}})?(?:{'|'.join(_DIGITS)}|\d{{1,19}})"
_RUN = re.compile(
    rf"(?<!\w){_ITEM}(?:(?:[\s.\-\u2013\u2014\u2026]|,\s){{1,4}}{_ITEM})*(?!\w)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+|\d+")

WRITTEN_OUT, BRACKETED, IN_WORDS = 0.97, 0.95, 0.75
"""Scores of an e-mail address with a public suffix: as it is; with ``[at]`` or ``(at)``; with *at* and *dot* as
words."""
_AT = r"at|ät|arroba|arobase|chiocciola|apenstaartje"
_DOT = r"dot|punkt|punto|point|ponto|punt"
_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_DOTTED = rf"(?:\.|[ \t]?{_OPEN}[ \t]?(?:{_DOT}|\.)[ \t]?{_CLOSE}[ \t]?|[ \t](?:{_DOT})[ \t])"
_NAME, _LABEL = r"[\w+%-]{1,64}", r"\w(?:[\w-]{0,61}\w)?"
_MAIL = re.compile(
    rf"(?<![\w.@])(?P<local>{_NAME}(?:{_DOTTED}{_NAME}){{0,4}})"
    rf"(?:(?P<bracketed>[ \t]?{_OPEN}[ \t]?(?:{_AT}|@)[ \t]?{_CLOSE}[ \t]?)|[ \t](?:{_AT})[ \t])"
    rf"(?P<domain>{_LABEL}(?:{_DOTTED}{_LABEL}){{1,5}})",
    re.IGNORECASE,
)
_HINT = re.compile(rf"[\[({{<][ \t]?(?:{_AT}|@)[ \t]?[\])}}>]|[ \t](?:{_DOT})[ \t]", re.IGNORECASE)
_PART = re.compile(_DOTTED, re.IGNORECASE)
_NO_NAMES = frozenset(
    "me us him her them it you is are was be here there look looking find visit shop live located us out online"
    " more available now today work works working meet stay that this one all only and or the".split()
)
"""Words before *at* that are no mailbox, where nothing but the words speaks for an address."""


def digits_of(line: Normalised) -> Normalised:
    """Return ``line`` with English words for digits as digits: *double four, one* as ``44 1``."""
    text: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    done = 0
    for run in _RUN.finditer(line.text):
        text.append(line.text[done : run.start()])
        offsets += line.offsets[done : run.start()]
        ends += line.ends[done : run.start()]
        times = 1
        for word in _WORD.finditer(run[0]):
            low = word[0].lower()
            if low in _TIMES:
                times = _TIMES[low]
                continue
            begin, stop = run.start() + word.start(), run.start() + word.end()
            written = _DIGITS.get(low, word[0]) * times + " "
            text.append(written)
            offsets += [line.offsets[begin]] * len(written)
            ends += [line.ends[stop - 1]] * len(written)
            times = 1
        done = run.end()
    text.append(line.text[done:])
    return Normalised("".join(text), [*offsets, *line.offsets[done:]], [*ends, *line.ends[done:]])


def spelt_addresses(text: str, public: Callable[[str], bool]) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of each e-mail address whose signs are written as words.

    Args:
        text: in the CASED view.
        public: tells whether a domain ends in a public suffix.
    """
    if not _HINT.search(text):
        return
    for match in _MAIL.finditer(text):
        labels = _PART.split(match["domain"])
        last = next((n for n in range(len(labels), 1, -1) if public(".".join(labels[:n]))), 0)
        if not last:
            continue
        parts = list(_PART.finditer(match["domain"]))
        end = match.start("domain") + (
            parts[last - 1].start() if last <= len(parts) else len(match["domain"])
        )
        if match["bracketed"]:
            yield match.start(), end, BRACKETED
        elif any(part[0] != "." for part in parts) and match["local"].lower() not in _NO_NAMES:
            yield match.start(), end, IN_WORDS
