"""Whether a label says what a label says and no more, and whether a line beside it leaves it so.

A label is a short statement of its own: *this video was made with AI*. Denials, doubts, questions and mere
mentions say more than that, in whatever words, so that nobody has to list them: around a wording may stand the
words of one language in ``label-words.txt``, dates, *100 %*, and names where names stand, in a part of their
own (*Acme News | AI-generated*) or behind a word such as *by*. What says anything else is not clearly a label.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from importlib import resources

MOST_NAMES = 4
"""Words of one name, as of a channel or a model."""
LONGEST_NAME = 10
"""Letters of a name in a script without spaces."""
LEAST_JOINED = 3
"""Letters of the shortest word that OCR may have joined to others, but for :data:`_SHORT`."""

ENGLISH = "words en"
"""Section of the English words."""

_SHORT = frozenset({"is", "by", "of", "ai", "ki", "ia"})
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff々〆"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+")
_VOICED = "\u3099\u309a"
"""Marks that make other letters of kana."""
_HAS_NO_CASE = re.compile(f"[{_UNSPACED}]")
_PART = re.compile(r"\s+[-~]\s+|[|·•・–—/\\©®™()\[\]{}<>«»“”„\"「」【】《》…\n]")
_CROSSED = re.compile("[≠¬❌✗✘✖🚫⛔]|!=")
"""Signs that deny."""
_COUNTS = re.compile("[%‰?？¿]")
"""Signs that count or ask."""
_MONTH = (
    "jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|fevr|avr|juin|juil|aout|ene|abr|ago|dic|"
    "gen|mag|giu|lug|set|ott|out|maj|январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр"
)
_FIGURES = re.compile(
    rf"\b100\s?%|\b\d{{1,2}}\.?\s(?:de\s)?(?:{_MONTH})[^\W\d_]*\.?,?\s(?:de\s)?(?:19|20)\d\d\b"
    rf"|\b(?:{_MONTH})[^\W\d_]*\.?\s\d{{1,2}},?\s(?:19|20)\d\d\b"
    r"|(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?)?"
    r"|\b(?:19|20)\d\d[-./]\d{1,2}(?:[-./]\d{1,2})?\b|\b\d{1,2}[-./]\d{1,2}[-./](?:(?:19|20)\d\d|\d\d)\b"
    r"|\b\d{1,2}:\d\d(?::\d\d)?\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
"""The whole of something, dates, times and years."""
_PREFIX = re.compile(r"[^\W\d_][-‐‑]$")
"""What is joined to a wording by a hyphen: *un-AI-generated*."""
_LAST = re.compile(rf"(?:(?![{_UNSPACED}])[^\W_])+$")
_SENTENCE = re.compile(r"\s*[\"“]?[^\W\d_a-z].*[.!。！…]\s*", re.DOTALL)
_JOINING = frozenset(
    "of the and in on for de la le du des der die das und et y e el con & van".split()
)
"""Small words within names and titles."""


def says_no_more(before: str, wording: str, after: str) -> bool:
    """Tell whether what stands around the wording of a label is what labels say.

    Args:
        before: the line up to the wording.
        wording: what was read of it, whose last word may go on in ``after``: *KI-generiert* and *er*.
        after: the line behind it.
    """
    if _PREFIX.search(before):
        return False
    word = _LAST.search(wording)
    if word and after[:1].isalnum():
        after = word[0] + after
    texts = [_FIGURES.sub(" ", _folded(text)) for text in (before, after)]
    if any(_CROSSED.search(text) or _COUNTS.search(text) for text in texts) or _asks(*texts):
        return False
    *ahead, close_before = _PART.split(texts[0])
    close_after, *behind = _PART.split(texts[1])
    return any(
        not (language == ENGLISH and _listed("leads").intersection(_words(texts[0])))
        and all(_is_label(part, language, free=False) for part in (close_before, close_after))
        and all(_is_label(part, language, free=True) for part in (*ahead, *behind))
        for language in _languages()
    )


def stands_apart(line: str) -> bool:
    """Tell whether a line above or below a label is a statement or name of its own, and denies nothing.

    What may run on into the label, or go on from it, does not stand apart: *everybody hates* / *AI-generated*.
    """
    if says_no_more(line, "", ""):
        return True
    text = _FIGURES.sub(" ", _folded(line))
    if denies(line) or _COUNTS.search(text):
        return False
    words = _TOKEN.findall(text)
    if _SENTENCE.fullmatch(text):
        return True
    return all(_is_capital(word) or word.casefold() in _JOINING for word in words)


def denies(line: str) -> bool:
    """Tell whether a line around a label holds a word that denies or doubts, or a sign of it."""
    text = _folded(line)
    return bool(_CROSSED.search(text)) or any(_denies(word) for word in _TOKEN.findall(text))


def _asks(before: str, after: str) -> bool:
    """Tell whether the words are in the order of a question, which OCR may have read without its sign."""
    words = _words(before)
    verbs = _listed("verbs")
    if not words or words[0] not in verbs:
        return False
    return bool(_TOKEN.search(after)) or any(word not in verbs for word in words)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _is_label(part: str, language: str, *, free: bool) -> bool:
    """Tell whether a part of a line is made of words of labels, and of names where they may stand.

    Args:
        part: without figures.
        language: the section of words.
        free: a name may stand anywhere in it, since it does not touch the wording.
    """
    names, may_follow = 0, free
    for word in _TOKEN.findall(part):
        small = word.casefold()
        if small in _listed("names"):
            may_follow = True
        elif _is_joined(small, _pieces(language)) or small in _listed(language):
            names, may_follow = 0, free or small in _listed("credits")
        elif may_follow and names < MOST_NAMES and _is_capital(word) and not _denies(word):
            names += 1
        else:
            return False
    return True


def _is_joined(word: str, pieces: frozenset[str]) -> bool:
    """Tell whether a word is made of pieces, one after the other."""
    longest = max(map(len, pieces))
    reached = {0}
    for end in range(1, len(word) + 1):
        starts = range(max(end - longest, 0), end)
        if any(start in reached and word[start:end] in pieces for start in starts):
            reached.add(end)
    return len(word) in reached


def _is_capital(word: str) -> bool:
    """Tell whether a word may be of a name: it begins with no small letter, or has no case and is short."""
    if _HAS_NO_CASE.match(word):
        return len(word) <= LONGEST_NAME
    return not word[0].islower() and word.strip("0") != ""


def _denies(word: str) -> bool:
    small = word.casefold()
    if not _HAS_NO_CASE.match(small):
        return small in _listed("denials")
    return any(one in small for one in _listed("denials") if _HAS_NO_CASE.match(one))


def _folded(text: str) -> str:
    """Return a text without accents and forms for compatibility; its case stays."""
    marks = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    bare = "".join(c for c in marks if c in _VOICED or unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare)


@functools.cache
def _pieces(language: str) -> frozenset[str]:
    """Return the words that OCR may have joined, and those of scripts that never part them."""
    long = [one for one in _listed(language) if len(one) >= LEAST_JOINED or one in _SHORT]
    return _listed("parts").union(long)


def _languages() -> Sequence[str]:
    return [section for section in _sections() if section.startswith("words ")]


def _listed(section: str) -> frozenset[str]:
    return _sections()[section]


@functools.cache
def _sections() -> dict[str, frozenset[str]]:
    path = resources.files("compliance.text").joinpath("wordings", "label-words.txt")
    found: dict[str, set[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            words = found.setdefault(line.strip("[]"), set())
        elif line and not line.startswith("#"):
            words |= set(_TOKEN.findall(_folded(line).casefold()))
    shared = found.pop("words shared")
    for name, listed in found.items():
        listed |= shared if name.startswith("words ") else set()
    return {name: frozenset(listed) for name, listed in found.items()}
