"""Tell in which language a text is: by script, and in Latin letters by common words of languages.

It answers one question well: is all of this English, or did an analyzer of English leave something unread? The
name of another language is a service to the reader. Each line and sentence is judged by itself:

* a word in a script other than Latin is in a language of that script. Single symbols (*µ*, *Ω*), and what OCR
  makes of dashes and boxes (*一*, *口*), are not words;
* in Latin letters, common words of another language count against the English words that are not among them.
  Two are needed: *Rue de Rivoli* does not suffice. One that speaks of violence, sex, drugs or hate is enough,
  among whatever English. Hindi and Japanese are known in Latin letters, too;
* a short line of two to eight words counts by its letters, too (:mod:`compliance.text.language_letters`):
  *Frohe Weihnachten*, *Uyuyan kedi*;
* four words or more in small letters, hardly any of them English, are in an unknown language, and so are two
  with foreign letters. Names, numbers, codes and short lines without such evidence are in none: *SALE 50 %*,
  *Emma*, *Ikea*, *Hola*.

Lines that say nothing by themselves are judged together, too, since captions are short. Measured on texts that
the words were not written for by ``benchmarks/evasion.py``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from compliance.text.disguise.reading import LIKE_ENGLISH, PLAIN, Reading
from compliance.text.disguise.undisguise import LOOK_ALIKES, ZERO_WIDTH, readings
from compliance.text.disguise.undisguise_codes import decoded
from compliance.text.english import is_word, share
from compliance.text.language_letters import LEAST, SHORT, LanguageLetters
from compliance.text.normalise import View, normalise
from compliance.text.personal.name_words import PARTICLES

WORDS = Path(__file__).with_name("languages.txt")
"""A language by line: its code (ISO 639-1), common words, a bar, and words of which one suffices."""
ENGLISH, NONE, UNKNOWN = "en", "zxx", "und"
"""ISO 639: English, no language at all, and one that is not told."""
_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn",
    "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "SINHALA": "si", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "TIBETAN": "bo",
    "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja",
    "CJK": "zh", "MONGOLIAN": "mn",
}  # fmt: skip
"""First word of the names of a script's letters, and its most usual language."""
_SHARED = {"ru": ("ru", "uk", "bg", "sr"), "ar": ("ar", "fa", "ur")}
"""Languages that are told apart by words, by the most usual one of their script."""
_LATIN_LETTERS = {
    "ß": "de", "ñ": "es", "ã": "pt", "õ": "pt", "ő": "hu", "ű": "hu", "ł": "pl", "ż": "pl", "ř": "cs",
    "ě": "cs", "ů": "cs", "ş": "tr", "ğ": "tr", "ı": "tr", "ț": "ro", "ș": "ro", "ă": "ro", "å": "sv",
    "æ": "da", "ø": "da", "ơ": "vi", "ư": "vi", "đ": "vi", "ạ": "vi", "ả": "vi", "ế": "vi", "ữ": "vi",
    "ā": "lv", "ē": "lv", "ė": "lt", "ų": "lt", "œ": "fr", "ľ": "sk", "ŕ": "sk",
}  # fmt: skip
"""Letters that hardly any other language has, each half as good as a word."""
_SEGMENT = re.compile(r"[^\n.!?;。！？؟।]+")
_RUN = re.compile(r"\S+")
_ADDRESS = re.compile(r"(?<=.)(?:://|@)(?=.)", re.DOTALL)
_SITE = re.compile(r"www\..+", re.DOTALL)
_CODE = re.compile(r"://|@|www\.|\d|[a-z][A-Z]")
"""What tells that a run without spaces is no word. Looked for in each run by itself, so that work stays linear
in its length."""
_TAGGED = re.compile(r"#\w+")
_TOKEN = re.compile(r"[^\W\d_]+(?:[^\W\d_]|\u200c|[\u0300-\u036f\u0900-\u0dff])*")
_NOISE, _NOISY = frozenset("一丨口丶丿〇卜ー"), 2
"""What OCR reads out of dashes, lines and boxes, and how many of them may stand together."""
_ENOUGH, _EVIDENT = 2.0, 3.0
"""Weight of foreign words that shows another language where fewer English words stand, and where more do."""
_LONGER, _ENOUGH_OF_LONGER = 4, 1.5
"""Words from which a line needs less weight, and how much."""
_OVER = 1.25
"""How much more than the English words those of another language must weigh."""
_FEW, _FEW_FOREIGN = 3, 1
"""Words in small letters, and such with foreign letters, that may be in no language that is known."""
_PLAINLY_ENGLISH = frozenset("the of and with is are this that for from his her their into".split())
_CACHED = 2_000


class Guess(NamedTuple):
    """In which language a text seems to be."""

    language: str
    """ISO 639 code, ``zxx`` for none (numbers, names, noise), ``und`` for one that is not told."""
    confidence: float
    """0…1; not a probability."""
    alike: tuple[str, ...] = ()
    """Other languages that a short line may as well be in."""


def detect(text: str) -> Guess:
    """Return the language that most of ``text`` is in; work is linear in its length.

    A text that is disguised is read as what it says.
    """
    parts = _parts(text)
    letters = Counter[str]()
    sure: dict[str, float] = {}
    for guess, size in parts:
        letters[guess.language] += size
        sure[guess.language] = max(sure.get(guess.language, 0.0), guess.confidence)
    named = {code: size for code, size in letters.items() if code != NONE}
    if not named:
        return Guess(NONE, 1.0)
    best = max(sorted(named), key=lambda code: named[code])
    return Guess(best, round(sure[best] * named[best] / sum(named.values()), 3))


def others(texts: Iterable[str], understood: Iterable[str]) -> tuple[str, ...]:
    """Return the languages, sorted, that parts of ``texts`` are in and that are not among ``understood``.

    Args:
        texts: all texts of one source of an asset: prompts, lines on screen, captions.
        understood: codes of languages; text in no language is understood by everybody.
    """
    fine = {NONE, *understood}
    found: set[str] = set()
    short: list[Guess] = []
    silent: list[str] = []
    for text in dict.fromkeys(texts):
        for guess, _ in _parts(text):
            if guess.alike:
                short.append(guess)
            elif guess.language not in fine:
                found.add(guess.language)
        if all(guess.language == NONE for guess, _ in _parts(text)):
            silent.append(text)
    together = _latin(" ".join(silent)[:100_000].replace("\n", " "))
    if together.language not in {*fine, UNKNOWN}:
        found.add(together.language)
    for guess in short:
        if fine.isdisjoint({guess.language, *guess.alike}) and found.isdisjoint(guess.alike):
            found.add(guess.language)
    return tuple(sorted(found))


def _parts(text: str) -> tuple[tuple[Guess, int], ...]:
    return _cached_parts(text) if len(text) <= _CACHED else _judged(text)


@functools.lru_cache(maxsize=4_096)
def _cached_parts(text: str) -> tuple[tuple[Guess, int], ...]:
    return _judged(text)


def _judged(text: str) -> tuple[tuple[Guess, int], ...]:
    """Return the guess and the number of letters of each line or sentence."""
    said = _said(text)
    found = []
    for one in _SEGMENT.finditer(_RUN.sub(_no_address, decoded(said).text)):
        segment = one[0]
        letters = sum(map(str.isalpha, segment))
        if not letters:
            continue
        foreign = _by_script(segment)
        if foreign is not None:
            found.append((foreign, letters))
        latin = _latin(segment)
        if foreign is None or latin.language != NONE:
            found.append((latin, letters))
    return tuple(found)


def _said(text: str) -> Reading:
    """Return the reading that is judged: of seen letters, and in clear words where those are not English."""
    found = readings(text)
    seen = [one for one in found if one.how in {PLAIN, ZERO_WIDTH, LOOK_ALIKES}][-1]
    if share(seen.text) >= LIKE_ENGLISH:
        return seen
    clear = max(found, key=lambda one: (share(one.text), one is seen))
    return clear if share(clear.text) >= LIKE_ENGLISH else seen


# scripts


@functools.lru_cache(maxsize=16_384)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _by_script(segment: str) -> Guess | None:
    """Return the language of the words in scripts other than Latin; None where there are none."""
    if segment.isascii():
        return None
    counts = Counter[str]()
    for word in _TOKEN.findall(segment):
        language = _SCRIPTS.get(_script(unicodedata.normalize("NFKC", word)[0]))
        if language is None or (len(word) <= _NOISY and set(word) <= _NOISE):
            continue
        if len(word) == 1 and language not in {"zh", "ja"}:
            continue  # a symbol, or one letter that looks like a Latin one
        folded = normalise(word, View.FOLDED).text
        if not (folded.isascii() and is_word(folded) and not _honest(segment)):
            counts[language] += len(word)
    if not counts:
        return None
    if counts["zh"] and any(_script(c) in {"HIRAGANA", "KATAKANA"} for c in segment):
        return Guess("ja", 0.95)
    best = counts.most_common(1)[0][0]
    return _among(segment, best) if best in _SHARED else Guess(best, 0.95)


def _honest(segment: str) -> bool:
    """Tell whether most words are wholly in another script: then none of them is a disguise of English."""
    letters = [c for c in segment if c.isalpha()]
    return sum(_script(c) in _SCRIPTS for c in letters) * 2 > len(letters)


def _among(segment: str, usual: str) -> Guess:
    """Return which of the languages of a script a segment is in, the most usual one where nothing tells."""
    tokens = [word.casefold() for word in _TOKEN.findall(segment)]
    hits = {code: sum(word in _lists()[code] for word in tokens) for code in _SHARED[usual]}
    best = max(_SHARED[usual], key=lambda code: hits[code])
    return Guess(best, 0.9 if hits[best] else 0.6)


# Latin letters


def _no_address(run: re.Match[str]) -> str:
    """Return a run of signs without what is an address in it."""
    return " " if _ADDRESS.search(run[0]) else _SITE.sub(" ", run[0])


def _no_code(run: re.Match[str]) -> str:
    """Return a run of signs without what is no word: addresses, codes, names in CamelCase and tags."""
    return " " if _CODE.search(run[0]) else _TAGGED.sub(" ", run[0])


@functools.cache
def _lists() -> Mapping[str, Mapping[str, float]]:
    """Return the weight of each word by language: those behind the bar suffice alone."""
    lists = {}
    for line in WORDS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, rest = line.partition(" ")
            plain, _, grave = rest.partition("|")
            weights = {word: 0.5 if len(word) < 3 else 1.0 for word in plain.casefold().split()}
            lists[code] = {**weights, **dict.fromkeys(grave.casefold().split(), _EVIDENT)}
    return lists


@functools.cache
def _letters() -> LanguageLetters:
    """Return how the languages in Latin letters are spelled."""
    others = {code for codes in _SHARED.values() for code in codes}
    return LanguageLetters({code: words for code, words in _lists().items() if code not in others})


@functools.cache
def _index() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return (language, weight) by word, over the languages in Latin letters."""
    index: dict[str, list[tuple[str, float]]] = {}
    for code, weights in _lists().items():
        if code not in {one for codes in _SHARED.values() for one in codes}:
            for word, weight in weights.items():
                index.setdefault(word, []).append((code, weight))
    return {word: tuple(pairs) for word, pairs in index.items()}


def _latin(segment: str) -> Guess:
    """Return the language of the words in Latin letters; see the top of the module for the rules."""
    tokens = [one for one in _TOKEN.findall(_RUN.sub(_no_code, segment)) if _is_latin(one[0])]
    folded = [one.casefold() for one in tokens]
    english = [is_word(one) for one in folded]
    totals: dict[str, float] = {}
    for place, (word, ours) in enumerate(zip(folded, english, strict=True)):
        if ours:
            continue
        name = 0.5 if place and tokens[place].istitle() else 1.0
        for code, points in _index().get(word, ()):
            totals[code] = totals.get(code, 0.0) + points * name
        for code in {_LATIN_LETTERS[c] for c in word if c in _LATIN_LETTERS}:
            totals[code] = totals.get(code, 0.0) + 0.5 * name
    best = max(sorted(totals), key=lambda code: totals[code], default="")
    weight = totals.get(best, 0.0)
    theirs = _lists().get(best, {})
    ours_weight = sum(
        0.5 if len(word) < 3 else 1.0
        for word, known in zip(folded, english, strict=True)
        if known and word not in theirs
    )
    enough = _ENOUGH if len(tokens) < _LONGER else _ENOUGH_OF_LONGER
    if weight >= enough and (weight > _OVER * ours_weight or weight >= _EVIDENT):
        return Guess(best, round(weight / (weight + ours_weight), 3))
    guess = _english_or_not(tokens, folded, english, ours_weight)
    return guess if guess.language == UNKNOWN else _by_letters(tokens) or guess


def _by_letters(tokens: list[str]) -> Guess | None:
    """Return the language that the letters of a short line speak for; None for English, names, long lines."""
    several = sum(len(one) > 1 for one in tokens) > 1
    small = {one for one in tokens if not one[0].isupper()}
    named = len(tokens) > 2 and small <= PARTICLES and not tokens[-1].islower()
    if not several or len(tokens) > SHORT or (named and small):
        return None
    codes, bits = _letters().judge(tokens)
    if bits < LEAST:
        return None
    return Guess(codes[0], round(1 - LEAST / (2 * bits), 3), codes[1:])


def _english_or_not(
    tokens: list[str], folded: list[str], english: list[bool], weight: float
) -> Guess:
    small = [
        (token, known)
        for token, known in zip(tokens, english, strict=True)
        if token.islower() and len(token) > 2
    ]
    ours = sum(known for _, known in small)
    accented = sum(not (known or token.isascii()) for token, known in small)
    few = len(small) <= _FEW or not _PLAINLY_ENGLISH.isdisjoint(folded)
    if (not few and ours * 4 < len(small)) or (accented > _FEW_FOREIGN and ours <= accented):
        return Guess(UNKNOWN, round(1 - ours / len(small), 3))
    if weight >= 1.0:
        return Guess(ENGLISH, round(sum(english) / len(english), 3))
    return Guess(NONE, 1.0)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or _script(letter) == "LATIN"
