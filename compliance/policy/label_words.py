"""Whether a text says the words of another: what a label in the picture has to say. Pure.

Words, never letters alone: *AI* is not in *paid*, *Thai* or *acme.ai*. Case, width, accents and punctuation do
not count. Each letter of a script that is written without spaces is a word, and where such a script or Hangul
meets another, a word ends: *AI* is in *由AI生成*.

OCR joins words and takes *l* for *I*. That is allowed for where a demanded text is long enough not to be met by
chance, ``LONG``: its letters may then be joined or parted inside, but must begin and end where words do.
"""

from __future__ import annotations

import itertools
import unicodedata

LONG = 8
"""Letters from which a text is long; a letter of an ideographic script counts as ``IDEOGRAPH`` of them."""
IDEOGRAPH = 3
_IDEOGRAPHS = ("CJK", "IDEOGRAPHIC")
_UNSPACED = (
    *(*_IDEOGRAPHS, "HIRAGANA", "BOPOMOFO", "YI", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
    *("TAI", "NEW", "JAVANESE", "BALINESE"),
)
"""First words of the Unicode names of letters of which each is a word: nothing tells where longer ones end."""
_APART = ("KATAKANA", "HANGUL")
"""The same of letters that make words, which end where another script begins."""
_ALIKE = str.maketrans("l10", "iio")
_INSIDE = frozenset(".'’_")
"""Signs that alone between two letters do not part them, as in Unicode's own rules: *acme.ai* is one word."""
_NOT = frozenset(
    "no not non without never none nothing zero hardly barely neither nor unlike isnt arent wasnt werent "
    "dont doesnt didnt nicht nie kein keine keinen keiner keinesfalls weder noch ohne sans pas jamais aucun "
    "aucune sin nunca ningun senza mai nessun sem nao geen niet nooit zonder ei ikke icke inte aldrig aldri "
    "не без нет لم ليس غير بدون 非 不 未 无 無 没 沒 勿 禁 拒 绝 絕".split()
)
_BETWEEN = frozenset(
    "a an any the been be is are was were has have contain contains use uses using made".split()
)
"""Words that deny what follows, and those that may stand between: who says that media is not generated has not
labelled it. The same may be said in many other words; whether a line says more than a label is measured on the
whole line, and its score tells."""
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def says(text: str, demanded: str) -> bool:
    """Tell whether ``text`` says the words of ``demanded``, next to each other and in this order."""
    said, wanted = words(text), words(demanded)
    size = len(wanted)
    if not wanted:
        return False
    starts = range(len(said) - size + 1)
    if any(said[at : at + size] == wanted and not _denied(said, at, at + size) for at in starts):
        return True
    letters = "".join(wanted)
    if sum(IDEOGRAPH if _script(one) in _IDEOGRAPHS else 1 for one in letters) < LONG:
        return False
    return _joined(words(text.replace("|", "i")), letters.translate(_ALIKE))


def _joined(said: list[str], letters: str) -> bool:
    """Tell whether some words beside each other have these letters, wherever they are parted inside."""
    ends = list(itertools.accumulate(map(len, said), initial=0))
    borders, text = (
        {end: number for number, end in enumerate(ends)},
        "".join(said).translate(_ALIKE),
    )
    return any(
        text.startswith(letters, start)
        and start + len(letters) in borders
        and not _denied(said, number, borders[start + len(letters)])
        for number, start in enumerate(ends[:-1])
    )


def _denied(said: list[str], start: int, end: int) -> bool:
    """Tell whether the words from ``start`` to ``end`` are said not to hold: *not AI-generated*, *AI-free*."""
    before = next((one for one in reversed(said[:start]) if one not in _BETWEEN), "")
    return before in _NOT or (end < len(said) and said[end] == "free")


def words(text: str) -> list[str]:
    """Return the words of ``text``, small and without accents."""
    found: list[str] = []
    between, before = " ", ""
    for one in unicodedata.normalize("NFKD", text).casefold().replace("ı", "i").translate(_UNSEEN):
        mark = unicodedata.category(one)[0] == "M"
        if mark and _is_accent(one):
            continue
        if not (mark or one.isalnum()):
            between += one
            continue
        parted = bool(between) and between not in _INSIDE
        if not found or parted or (not mark and _breaks(_script(before), _script(one))):
            found.append(one)
        else:
            found[-1] += one
        between, before = "", before if mark else one
    return found


def _is_accent(mark: str) -> bool:
    """Tell whether it is a sign above or below, or a vowel point; those of kana and Indic are letters."""
    kind = unicodedata.combining(mark)
    return kind >= 200 or 10 <= kind <= 36


def _breaks(before: str, after: str) -> bool:
    if before in _UNSPACED or after in _UNSPACED:
        return True
    return before != after and (before in _APART or after in _APART)


def _script(letter: str) -> str:
    """Return the first word of the letter's Unicode name, which tells scripts apart."""
    name = unicodedata.name(letter, "").split(" ", 1)[0] if letter else ""
    return "KATAKANA" if name == "KATAKANA-HIRAGANA" else name
