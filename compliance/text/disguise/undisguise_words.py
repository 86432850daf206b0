"""Words in other characters, drawn out or set apart, mended: ``k1ll``, ``kiiill``, ``k i l l``, ``kil ler``."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from compliance.text.disguise.english_letters import (
    COMMON,
    KNOWN,
    LIKELY,
    cost,
    part,
    per_letter,
    spelled,
)
from compliance.text.disguise.letter_case import as_written
from compliance.text.disguise.listed_names import is_name
from compliance.text.disguise.reading import Edit, Reading, edited
from compliance.text.english import is_word, words

LEETSPEAK = "leetspeak"
SPACED = "spaced"
_SIGNS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "tl", "8": "b", "9": "g",
    "@": "a", "$": "s", "|": "il", "!": "il", "+": "t", "€": "e", "£": "l", "¡": "i", "¢": "c", "(": "c",
    "#": "h",
}  # fmt: skip
"""What digits and signs are read as inside words. Names use :data:`compliance.text.normalise.LEET`, which is
shorter: what is read here must be an English word besides."""
_LEET_TOKEN = re.compile(r"[A-Za-z0-9@$|!+€£¡¢(#]{1,40}")
_SOUNDS = 5.0
"""Bits of a letter up to which a token may be a word that is not known: names cost 3 to 4.5, chance 5 to 8."""
_HAS_LETTER = re.compile("[A-Za-z]")
_DRAWN_OUT = re.compile(r"([A-Za-z])\1{2,}")
_LONGEST_DRAWN_OUT = 60
_MOST_WAYS = 64
"""Ways of reading one token that are tried."""
_APART = re.compile(r"(?<![^\W_])[^\W_](?:(?:[^\w\n]|_){1,5}[^\W_](?![^\W_])){2,}")
_GAP = re.compile(r"(?:[^\w\n]|_)+")
_PIECES = 6
"""Pieces that one word may be in."""
_LONGEST_WHOLE = 20
_JOINED, _UNKNOWN_JOINED = 4.0, 7.0
"""Bits that a whole costs more where all its pieces are words, or where it is no known word itself."""
_LONG_RUN = 12
"""Letters set apart from which the words need not be known."""
_RUN_TOGETHER, _LONGEST_RUN = 14, 2_000
"""Letters of a word from which it is parted into words, and up to which."""
_SEAM = re.compile(r"[ \t]|[-._*~·•'’|/\\+^`]{1,2}")
_MAIL = re.compile(r"[\w.+$!|-]{1,64}@[\w$!|-]{1,63}(?:\.[\w$!|-]{1,63}){1,4}")
_SHORTENED = re.compile(r"(?<=[A-Za-z0-9]['’])(?:7|5|11|r3|v3|1l|l1)(?!\w)", re.IGNORECASE)
"""What is left of *not*, *is*, *will*, *are* and *have* behind an apostrophe, in digits."""
_MAIL_IN_PIECES = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?: @ ?|@ )[\w-]{1,63}(?: ?\. ?[\w-]{1,63}){1,4}(?![\w-])"
)
_MAILBOX = re.compile(r"[\w.+-]{1,64} ?@[\w.-]{1,255}")
_DIGITS_IN_PIECES = re.compile(r"(?<=\d)[ \t](?=[-./]?\d)|(?<=\d[-./])[ \t](?=\d)")


def mended(reading: Reading) -> Reading:
    """Return ``reading`` with its words whole and in letters; itself where nothing is to be mended."""
    together = edited(reading, apart(reading.text), SPACED)
    spelled = edited(together, leet(together.text), LEETSPEAK)
    parts = split(spelled.text)
    cut = sum(" " in spelled.text[start:end] for start, end, _ in parts) > 1
    whole = edited(spelled, parts, SPACED)
    whole = edited(whole, _data_in_pieces(whole.text), SPACED) if cut else whole
    return edited(whole, _run_together(whole.text), SPACED)


def _data_in_pieces(text: str) -> list[Edit]:
    """Return addresses of mail and numbers whole that blanks part, in a text whose words are in pieces."""
    edits = [
        (one.start(), one.end(), one[0].replace(" ", "")) for one in _MAIL_IN_PIECES.finditer(text)
    ]
    edits += [(one.start(), one.end(), "") for one in _DIGITS_IN_PIECES.finditer(text)]
    return _in_order(edits)


def leet(text: str) -> list[Edit]:
    """Return words in digits and signs, or drawn out, in letters.

    Known words show that a text is in leetspeak. Other words, such as names, and digits alone are read
    then, too.
    """
    tokens = [
        one for one in _LEET_TOKEN.finditer(text) if not (one[0].isalpha() or one[0].isdecimal())
    ]
    mail = [found for one in _MAIL.finditer(text) if (found := _as_mail(one))]
    inside = {place for start, end, _ in mail for place in range(start, end)}
    tokens = [one for one in tokens if one.start() not in inside]
    edits = [found for one in tokens if (found := _as_word(one, 3))]
    if mail or any(len(word) > 3 for _, _, word in edits) or len(edits) > 2:
        done = {start for start, _, _ in edits}
        rest = [one for one in tokens if one.start() not in done]
        edits += [
            found for one in rest if (found := _as_word(one, 2) or _as_name(one) or _as_sound(one))
        ]
        if (len(edits) + len(mail)) * 5 > len(words(text)):
            done = {start for start, _, _ in edits}
            edits += [found for one in rest if one.start() not in done and (found := _as_any(one))]
            numbers = (one for one in _LEET_TOKEN.finditer(text) if not _HAS_LETTER.search(one[0]))
            edits += [found for one in numbers if (found := _as_number(one))]
        edits += [
            (one.start(), one.end(), _cheapest(_ways(one[0].lower())))
            for one in _SHORTENED.finditer(text)
        ]
        edits = [(start, end, as_written(word, text[start:end])) for start, end, word in edits]
    return _in_order(edits + mail + _drawn_out(text))


def _as_mail(one: re.Match[str]) -> Edit | None:
    """Return an address of mail in letters whose domain ends in digits or signs: no public one does."""
    head, _, last = one[0].rpartition(".")
    if last.isalpha() or not _HAS_LETTER.search(last):
        return None
    ways = "".join(_SIGNS.get(c, c)[0] for c in last.lower())
    if not ways.isalpha():
        return None
    mailbox, _, host = head.rpartition("@")
    plain = (
        "".join(_SIGNS.get(c, c)[0] if c not in "@+" else c for c in part)
        for part in (mailbox, host)
    )
    return one.start(), one.end(), f"{'@'.join(plain)}.{ways}"


def _in_order(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for one in sorted(edits):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _ways(token: str) -> list[str]:
    """Return the first ways of reading a token, in lower case, that are letters all through."""
    ways = itertools.product(*(_SIGNS.get(c, c) for c in token))
    tried = ("".join(way) for way in itertools.islice(ways, _MOST_WAYS))
    return [way for way in tried if way.isalpha()]


def _cheapest(ways: list[str]) -> str:
    return min(ways, key=cost, default="")


def _cuts(token: str) -> list[tuple[int, int]]:
    """Return where a token may begin and end: signs at its edges may be letters or not."""
    first = len(token) - len(token.lstrip("(#|+"))
    lasts = len(token.rstrip("!(|")), len(token), len(token.rstrip("!(|+"))
    return list(dict.fromkeys((begin, last) for begin in (0, first) for last in lasts))


def _as_word(one: re.Match[str], fewest: int) -> Edit | None:
    """Return the known word that a token with signs is read as; None where there is none."""
    if one[0].endswith("!") and is_word(one[0].rstrip("!").lower()):
        return None  # An exclamation.
    for first, last in _cuts(one[0]):
        token = one[0][first:last].lower()
        if (
            len(token) < fewest
            or not any(c in _SIGNS for c in token)
            or not any(c.isalpha() for c in token)
        ):
            continue
        word = _cheapest([way for way in _ways(token) if is_word(way)])
        if word:
            return one.start() + first, one.start() + last, word
    return None


def _as_sound(one: re.Match[str]) -> Edit | None:
    """Return what a token is read as if that is spelled as English words are; other tokens are leetspeak."""
    best: tuple[float, Edit] | None = None
    for first, last in _cuts(one[0]):
        token = one[0][first:last].lower()
        letters = sum(c.isalpha() for c in token)
        if len(token) < 3 or letters * 4 < len(token):
            continue
        word = _cheapest(_ways(token))
        if word and spelled(word) <= _SOUNDS * (len(word) + 1):
            found = (cost(word) / len(word), (one.start() + first, one.start() + last, word))
            best = min(best, found) if best else found
    return best[1] if best else None


def _as_name(one: re.Match[str]) -> Edit | None:
    """Return the name of the lists that a token is read as, with a capital where it begins in a digit."""
    name = _cheapest([way for way in _ways(one[0].lower()) if is_name(way)])
    if not name or one[0][0].islower():
        return (one.start(), one.end(), name) if name else None
    return one.start(), one.end(), name.capitalize()


def _as_any(one: re.Match[str]) -> Edit | None:
    """Return the cheapest way of reading a token in which letters abound, where all is in leetspeak."""
    letters = sum(c.isalpha() for c in one[0])
    word = _cheapest(_ways(one[0].lower())) if letters * 2 >= len(one[0]) > 2 else ""
    return (one.start(), one.end(), word) if word else None


def _as_number(one: re.Match[str]) -> Edit | None:
    """Return the word that digits alone are read as, such as *it* of ``17``."""
    word = _cheapest([way for way in _ways(one[0]) if cost(way) == COMMON or len(way) > 2])
    return (one.start(), one.end(), word) if word and is_word(word) else None


def _drawn_out(text: str) -> list[Edit]:
    """Return words whose letters are drawn out, such as *kiiiill*, as they are spelled."""
    if not _DRAWN_OUT.search(text):
        return []
    return [
        (start, end, as_written(short, text[start:end]))
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
        joined = " ".join(_joined(run[0]))
        found = [_plain(word) for _, _, word in words(joined)]
        letters = sum(map(len, found))
        known = sum(len(word) for word in found if len(word) > 2 and is_word(word))
        likely = letters >= _LONG_RUN and per_letter(" ".join(found)) <= LIKELY
        if known >= 3 and (likely or known * 2 >= letters):
            edits.append((run.start(), run.end(), joined))
    return edits


def _plain(word: str) -> str:
    """Return ``word`` in letters, if it is a known one with signs for some."""
    if word.isalpha():
        return word.lower()
    found = _LEET_TOKEN.fullmatch(word)
    edit = _as_word(found, 3) if found else None
    return edit[2] if edit else word.lower()


def _joined(run: str) -> list[str]:
    """Return the words of single letters, parted where a gap is longer than most, or by the vocabulary.

    Punctuation among blanks stays: *m e @ e x a m p l e . o r g* is an address.
    """
    gaps = [one[0] for one in _GAP.finditer(run)]
    letters = _GAP.split(run)
    usual = Counter(gaps).most_common(1)[0][0]
    address = "@" in run
    parted = [letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        number = parted[-1][-1].isdigit() and letter.isdigit()
        sign = _sign_in(gap, usual, dots=address or number)
        if sign:
            parted[-1] += sign
        behind = gap[gap.rindex(sign) + len(sign) :] if sign else gap
        longer = len(behind) > len(usual)
        if longer or (gap != usual and " " in gap and " " not in usual):
            parted.append(letter)
        else:
            parted[-1] += letter
    found: list[str] = []
    for one in parted:
        lower = one.lower()
        whole = len(one) < 4 or not one.isalpha() or is_word(lower) or is_name(lower)
        pieces = [] if whole else part(lower)
        cheaper = sum(map(cost, pieces)) + KNOWN < cost(lower)
        found += _cut(one, pieces) if not whole and (cheaper or len(parted) < 3) else [one]
    return found


def _cut(word: str, pieces: list[str]) -> list[str]:
    """Return ``pieces`` of a word in lower case as they stand in it."""
    ends = list(itertools.accumulate(map(len, pieces)))
    return [word[end - len(piece) : end] for piece, end in zip(pieces, ends, strict=True)]


def _sign_in(gap: str, usual: str, dots: bool) -> str:
    """Return the punctuation of a text that stands in a gap between its letters, beside what parts these.

    Args:
        gap: all that stands between two letters.
        usual: what stands between most.
        dots: full stops between signs that part are punctuation, as in addresses, and do not part words.
    """
    if not usual.strip():
        return gap.strip()
    rest = gap.removeprefix(usual)
    rest = rest if rest == gap else rest.removesuffix(usual)
    sign = rest.strip()
    return sign if dots or not set(sign) <= set(usual) else ""


def split(text: str) -> list[Edit]:
    """Return words in pieces, such as ``kil ling``, whole.

    A piece is no word, and the whole is one. Where many words are in pieces, the whole may be unknown, and all
    its pieces may be known.
    """
    found = words(text)
    mail = {place for one in _MAILBOX.finditer(text) for place in range(*one.span())}
    seams = [
        bool(_SEAM.fullmatch(text, left[1], right[0]))
        and not (text[left[0] - 1 : left[0]].isdigit() or text[right[1] : right[1] + 1].isdigit())
        and not (left[0] in mail and right[0] in mail)
        for left, right in itertools.pairwise(found)
    ]
    edits = _whole(text, found, seams, _of_pieces)
    if _many(edits, len(found)):
        edits = _whole(text, found, seams, _of_any)
    return edits


def in_pieces(text: str) -> bool:
    """Tell whether a word of ``text`` stands in pieces with blanks between them, so that names may, too."""
    return any(" " in text[start:end] for start, end, _ in split(text))


def _many(edits: list[Edit], count: int) -> bool:
    """Tell whether an eighth of ``count`` words and more are joined."""
    return len(edits) * 8 >= count > 0


def _whole(
    text: str,
    found: Sequence[tuple[int, int, str]],
    seams: list[bool],
    join: Callable[[list[str]], float],
) -> list[Edit]:
    """Return the words that cost least in all, those that are joined of several pieces."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    latest = len(found) if join is _of_any else -1
    for end in range(1, len(found) + 1):
        if join is not _of_any and not is_word(found[end - 1][2]):
            latest = end - 1  # Pieces that are all words make no whole.
        options = [(best[end - 1][0] + cost(found[end - 1][2]), end - 1)]
        start, letters = end - 2, len(found[end - 1][2])
        while start >= max(0, end - _PIECES) and seams[start]:
            letters += len(found[start][2])
            if letters > _LONGEST_WHOLE:
                break
            if start <= latest:
                pieces = [text[a:b] for a, b, _ in found[start:end]]
                options.append((best[start][0] + join(pieces), start))
            start -= 1
        best.append(min(options))
    edits: list[Edit] = []
    end = len(found)
    while end:
        start = best[end][1]
        if end - start > 1:
            whole = "".join(text[a:b] for a, b, _ in found[start:end])
            edits.append((found[start][0], found[end - 1][1], whole))
        end = start
    return edits[::-1]


def _of_pieces(pieces: list[str]) -> float:
    """Return the bits of a known word in pieces of which one is no word; infinity for anything else."""
    unknown = any(not is_word(one.lower()) for one in pieces)
    if not unknown:
        return math.inf
    whole = "".join(pieces).lower()
    article = len(pieces) == 2 and pieces[0].lower() == "a"
    fits = 4 <= len(whole) <= _LONGEST_WHOLE and not article
    return KNOWN if fits and is_word(whole) else math.inf


def _of_any(pieces: list[str]) -> float:
    """Return the bits of a word in pieces, known or not, in a text whose words are in pieces."""
    whole = "".join(pieces).lower()
    if not 4 <= len(whole) <= _LONGEST_WHOLE:
        return math.inf
    begun_anew = any(
        one[0].isupper() and not before.isupper() for before, one in itertools.pairwise(pieces)
    )
    named = pieces[0][0].isupper() and not begun_anew and is_name(whole)
    if named or is_word(whole):
        words_all = all(cost(one.lower()) <= KNOWN for one in pieces)
        return KNOWN + _JOINED * words_all
    unlike = begun_anew or len(pieces) > 2 or any(cost(one.lower()) == COMMON for one in pieces)
    return math.inf if unlike else cost(whole) + _UNKNOWN_JOINED


def _run_together(text: str) -> list[Edit]:
    """Return long words that are several words without spaces, parted."""
    edits = []
    for start, end, word in words(text):
        if _RUN_TOGETHER <= len(word) <= _LONGEST_RUN and word.isascii() and not is_word(word):
            parts = part(word)
            known = sum(len(one) for one in parts if is_word(one))
            few = known == len(word) and len(parts) * 4 <= len(word)
            if few or (len(word) > 2 * _RUN_TOGETHER and known * 3 >= 2 * len(word)):
                edits.append((start, end, " ".join(_cut(text[start:end], parts))))
    return edits
