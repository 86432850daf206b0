"""Words in other characters, drawn out or set apart, mended: ``k1ll``, ``kiiill``, ``k i l l``, ``kil ler``."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter

from compliance.text.english import is_word, part, sounds_english, words
from compliance.text.undisguise import Edit, Reading, edited

LEETSPEAK = "leetspeak"
SPACED = "spaced"
_SIGNS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "tl", "8": "b", "9": "g",
    "@": "a", "$": "s", "|": "il", "!": "il", "+": "t", "€": "e", "£": "l", "¡": "i", "¢": "c", "(": "c",
    "#": "h",
}  # fmt: skip
"""What digits and signs are read as inside words. Names use :data:`compliance.text.normalise.LEET`, which is
shorter: what is read here must be an English word besides."""
_LEET_TOKEN = re.compile(r"[A-Za-z0-9@$|!+€£¡¢(#]{2,40}")
_DRAWN_OUT = re.compile(r"([A-Za-z])\1{2,}")
_LONGEST_DRAWN_OUT = 60
_MOST_WAYS = 64
"""Ways of reading one token that are tried."""
_APART = re.compile(r"(?<![^\W_])[^\W_](?:(?:[^\w\n]|_){1,5}[^\W_](?![^\W_])){2,}")
_GAP = re.compile(r"(?:[^\w\n]|_)+")
_PIECES = 6
"""Pieces that one word may be in."""
_RUN_TOGETHER, _LONGEST_RUN = 14, 2_000
"""Letters of a word from which it is parted into words, and up to which."""
_SEAM = re.compile(r"[ \t]|[-._*~·•'’|/\\+^`]{1,2}")


def mended(reading: Reading) -> Reading:
    """Return ``reading`` with its words whole and in letters; itself where nothing is to be mended."""
    together = edited(reading, apart(reading.text), SPACED)
    spelled = edited(together, leet(together.text), LEETSPEAK)
    whole = edited(spelled, split(spelled.text), SPACED)
    return edited(whole, _run_together(whole.text), SPACED)


def leet(text: str) -> list[Edit]:
    """Return words in digits and signs, or drawn out, in letters."""
    tokens = [
        one for one in _LEET_TOKEN.finditer(text) if not (one[0].isalpha() or one[0].isdecimal())
    ]
    sure = [(one, word) for one in tokens if (word := _as_word(one[0], 3))]
    edits = [(one.start(), one.start() + used, word) for one, (word, used) in sure]
    if any(len(word) > 3 for _, _, word in edits) or len(edits) > 2:
        known_starts = {start for start, _, _ in edits}
        for one in tokens:
            if one.start() not in known_starts:
                word = _as_word(one[0], 2) or _as_sound(one[0])
                if word:
                    edits.append((one.start(), one.start() + word[1], word[0]))
    edits += _drawn_out(text)
    return _in_order(edits)


def _in_order(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for one in sorted(edits):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _as_word(token: str, fewest: int) -> tuple[str, int] | None:
    """Return the known word that a token with signs is read as, and the characters of it; None for none."""
    bare = token.rstrip("!(|+")
    for used in dict.fromkeys((len(bare), len(token))):
        part_of = token[:used].lower()
        signs = sum(c in _SIGNS for c in part_of)
        if used < fewest or not signs or part_of.isdecimal():
            continue
        if not any(c.isalpha() for c in part_of):
            continue
        ways = itertools.product(*(_SIGNS.get(c, c) for c in part_of))
        for way in itertools.islice(ways, _MOST_WAYS):
            word = "".join(way)
            if is_word(word):
                return word, used
    return None


def _as_sound(token: str) -> tuple[str, int] | None:
    """Return what a token is read as if that is built as English words are; other tokens are leetspeak."""
    bare = token.rstrip("!(|+").lower()
    letters = sum(c.isalpha() for c in bare)
    if len(bare) < 4 or letters * 3 < len(bare):
        return None
    ways = itertools.product(*(_SIGNS.get(c, c) for c in bare))
    for way in itertools.islice(ways, _MOST_WAYS):
        word = "".join(way)
        if sounds_english(word):
            return word, len(bare)
    return None


def _drawn_out(text: str) -> list[Edit]:
    """Return words whose letters are drawn out, such as *kiiiill*, as they are spelled."""
    if not _DRAWN_OUT.search(text):
        return []
    return [
        (start, end, short)
        for start, end, word in words(text)
        if len(word) <= _LONGEST_DRAWN_OUT and (short := _shortened(word))
    ]


@functools.lru_cache(maxsize=4_096)
def _shortened(word: str) -> str:
    """Return the word of three letters or more that a drawn-out one is a form of; empty where none is."""
    if not _DRAWN_OUT.search(word) or is_word(word):
        return ""
    runs = [(letter, len(list(run))) for letter, run in itertools.groupby(word)]
    ways = itertools.product(*((one * 2, one) if n > 1 else (one,) for one, n in runs))
    tried = ("".join(way) for way in itertools.islice(ways, _MOST_WAYS))
    return next((one for one in tried if len(one) > 2 and is_word(one)), "")


def apart(text: str) -> list[Edit]:
    """Return words whose letters stand apart, such as ``k i l l`` and ``k.i.l.l``, joined."""
    edits = []
    for run in _APART.finditer(text):
        joined = _joined(run[0])
        letters = sum(len(word) for word in joined)
        known = sum(len(word) for word in joined if len(word) > 1 and is_word(_plain(word)))
        if known >= 3 and known * 2 >= letters:
            edits.append((run.start(), run.end(), " ".join(joined)))
    return edits


def _plain(word: str) -> str:
    found = _as_word(word, 3)
    return found[0] if found else word.lower()


def _joined(run: str) -> list[str]:
    """Return the words of single letters, parted where a gap is longer than most, or by the vocabulary."""
    gaps = [one[0] for one in _GAP.finditer(run)]
    letters = _GAP.split(run)
    usual = Counter(gaps).most_common(1)[0][0]
    parted = [letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if len(gap) > len(usual) or (gap != usual and " " in gap and " " not in usual):
            parted.append(letter)
        else:
            parted[-1] += letter
    found: list[str] = []
    for one in parted:
        whole = len(parted) > 2 or len(one) < 4 or is_word(_plain(one)) or not one.isalpha()
        found += [one] if whole else part(one.lower())
    return found


def split(text: str) -> list[Edit]:
    """Return words in pieces, such as ``kil ling``, whole: none that is all of known words is touched."""
    found = words(text)
    seams = [
        bool(_SEAM.fullmatch(text, left[1], right[0])) for left, right in itertools.pairwise(found)
    ]
    edits: list[Edit] = []
    place = 0
    while place < len(found):
        most = place
        while most < len(seams) and seams[most] and most - place < _PIECES - 1:
            most += 1
        for last in range(most, place, -1):
            pieces = [word for _, _, word in found[place : last + 1]]
            whole = "".join(pieces)
            unknown = [word for word in pieces if not is_word(word)]
            article = len(pieces) == 2 and pieces[0] == "a"
            if 4 <= len(whole) <= 20 and unknown and not article and is_word(whole):
                edits.append((found[place][0], found[last][1], whole))
                place = last
                break
        place += 1
    return edits


def _run_together(text: str) -> list[Edit]:
    """Return long words that are several known ones without spaces, parted."""
    edits = []
    for start, end, word in words(text):
        if _RUN_TOGETHER <= len(word) <= _LONGEST_RUN and word.isascii() and not is_word(word):
            parts = part(word)
            if len(parts) * 3 <= len(word) and all(map(is_word, parts)):
                edits.append((start, end, " ".join(parts)))
    return edits
