"""The texts that a reader or a generator may read out of a text that is disguised.

Each **reading** is a text with the way back. The plain one comes first; the others are few, differ from it,
and are kept only where they cost fewer bits as English (:mod:`english_letters`), so that honest
text in whatever language and script gives no reading but itself. What is looked through: characters that nobody
sees, look-alikes and accents, leetspeak and letters drawn out, letters or parts of words set apart, text that
runs backwards, and codes such as Base64.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from compliance.text.disguise import undisguise_codes, undisguise_words
from compliance.text.disguise.english_letters import LIKELY, bits, cost, likelier
from compliance.text.disguise.letter_case import as_drawn, settled
from compliance.text.disguise.reading import (
    Edit,
    Reading,
    by_word,
    edited,
    plain,
)
from compliance.text.english import is_word, share, sounds_english, words
from compliance.text.letters import is_honest_word
from compliance.text.normalise import IGNORABLE, Normalised, View, normalise

ZERO_WIDTH = "zero-width"
LOOK_ALIKES = "look-alikes"
REVERSED = "reversed"
MOST = 6
"""Readings of one text at most."""
_REMEMBERED = 1_000
"""Code points of a text up to which its readings are remembered: several analyzers ask for them."""
DECODED = frozenset({REVERSED, "base64", "hex", "rot13", "morse"})
"""Ways that turn a text round or decode it. They tell for themselves whether what they read is text."""
_GAIN = 8.0
"""Bits that a reading must cost less than what it was read from: a known word for an unknown short one."""
_ACCENTED = 4.0
"""Bits of a letter up to which a text that lost its accents is English: words of other languages have them."""
_ACCENTS = re.compile(
    "[\x00-\xac\xae-\u024f\u1e00-\u1eff\u0300-\u0304\u0306-\u0308\u030a-\u030c\u0327\u0328\u2010-\u203a\u20ac]*"
)
_BY_LETTER = re.compile("\u00ad[A-Za-z]\u00ad")
_SIGNS, _SIGN = re.compile(r"[0-9@$%&#;|\\]"), 3.0
"""Digits and signs that stand in codes and for letters, and the bits of each."""
_SOLID = re.compile(r"\S+")
_ALL_TURNED = 1.25
"""How much more than the words that are surely turned all of them may cost to be turned, too."""
_LAST_CAPITAL = re.compile(r"(?<![^\W_])[^\W\d_A-Z]+[A-Z](?![^\W_])")
_LONG_NAME = 3
"""Letters beyond which one of these words must be."""
_OVERRIDE = re.compile("[\u202e\u2067]([^\u202c\u2069\n]+)[\u202c\u2069]?")
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007e]{2,}")
_HIDDEN = IGNORABLE - {"\u00ad"}


def readings(text: str) -> tuple[Reading, ...]:
    """Return the readings of ``text``, the plain one first, at most :data:`MOST`.

    Args:
        text: any string, lone surrogates included. Work is linear in its length.
    """
    return _remembered(text) if len(text) <= _REMEMBERED else _read(text)


@functools.lru_cache(maxsize=512)
def _remembered(text: str) -> tuple[Reading, ...]:
    return _read(text)


def _read(text: str) -> tuple[Reading, ...]:

    first = plain(text)
    clean = _cleaned(first)
    found = [first]
    if _is_cleaner(text, clean.text):
        found.append(clean)
    base = found[-1]
    steps: Sequence[Callable[[Reading], Reading]] = (
        undisguise_words.mended,
        undisguise_codes.decoded,
        _whole_backwards,
        words_backwards,
        undisguise_codes.shifted,
    )
    for step in steps:
        _keep(found, base, step(base))
    return tuple(found[:MOST])


def readings_of(texts: Iterable[str]) -> list[tuple[Reading, ...]]:
    """Return the readings of each of ``texts``; equal texts are read once."""
    read = functools.cache(readings)
    return [read(text) for text in texts]


def _keep(found: list[Reading], before: Reading, after: Reading) -> None:
    sure = after.how in DECODED
    if after.text not in {one.text for one in found} and (sure or gains(before.text, after.text)):
        found.append(after)


def gains(before: str, after: str, most: float = LIKELY) -> bool:
    """Tell whether ``after`` looks like English and more so than ``before``.

    Args:
        before: a text.
        after: another reading of it.
        most: bits of a letter that ``after`` costs at most, see :mod:`english_letters`.
    """
    if before == after:
        return False
    had = bits(before)[0] + _SIGN * len(_SIGNS.findall(before))
    has, letters = bits(after)
    has_with_signs = has + _SIGN * len(_SIGNS.findall(after))
    return has_with_signs + _GAIN <= had and 0 < has <= most * letters


# characters


def _is_cleaner(text: str, clean: str) -> bool:
    """Tell whether something was hidden in ``text``: accents and hyphenation hide nothing."""
    if text == clean:
        return False
    if _ACCENTS.fullmatch(text):
        return gains(text, clean, _ACCENTED)
    whole = text if _BY_LETTER.search(text) else text.replace("\u00ad", "")
    return bool(_TAGS.search(text)) or gains(whole, clean, math.inf)


def _cleaned(first: Reading) -> Reading:
    """Return the text without characters that are not seen, in letters that are what they look like."""
    text = first.text
    if text.isascii() and IGNORABLE.isdisjoint(text):
        return first
    shown = edited(first, _tagged(text), ZERO_WIDTH)
    shown = edited(shown, _overridden(shown.text), REVERSED)
    folded = normalise(shown.text, View.FOLDED)
    letters = _folded(shown.text, folded)
    how = ZERO_WIDTH if not _HIDDEN.isdisjoint(text) else LOOK_ALIKES
    return edited(
        Reading(
            letters.text,
            how,
            [shown.offsets[i] for i in letters.offsets],
            [shown.ends[i - 1] for i in letters.ends],
        ),
        (),
        how,
    )


def _tagged(text: str) -> list[Edit]:
    """Return the ASCII that invisible tag characters spell; those behind a black flag make a flag."""
    return [
        (one.start(), one.end(), "".join(chr(ord(c) - 0xE0000) for c in one[0]))
        for one in _TAGS.finditer(text)
    ]


def _overridden(text: str) -> list[Edit]:
    """Return what is shown of stretches that are turned round by right-to-left marks."""
    return [
        (one.start(), one.end(), one[1][::-1])
        for one in _OVERRIDE.finditer(text)
        if share(one[1][::-1]) > share(one[1])
    ]


def _folded(text: str, folded: Normalised) -> Normalised:
    """Return FOLDED text with its capitals, in which words wholly of another script are left as they were.

    They are folded, too, where the text is Latin otherwise and an English word comes out: *еуе* among English
    words is a disguise, Russian *тор* among Russian ones is not.
    """
    drawn = settled(as_drawn(text, folded))
    found = words(folded.text)
    foreign = [
        (start, end, word)
        for start, end, word in found
        if is_honest_word(unicodedata.normalize("NFKC", text[slice(*folded.span(start, end))]))
    ]
    if not foreign:
        return Normalised(drawn, folded.offsets, folded.ends)
    ours = sum(end - start for start, end, _ in found) - sum(e - s for s, e, _ in foreign)
    likely = sum(len(word) for _, _, word in foreign if word.isascii() and is_word(word))
    total = sum(len(word) for _, _, word in foreign)
    mostly_latin = ours >= total or likely >= 0.7 * total
    letters = list(drawn)
    for start, end, word in foreign:
        beside = folded.text[max(start - 1, 0) : start] + folded.text[end : end + 1]
        known = is_word(word) or sounds_english(word) or any(map(str.isdigit, beside))
        if not (mostly_latin and word.isascii() and known):
            for place in range(start, end):
                letters[place] = text[folded.offsets[place]]
    return Normalised("".join(letters), folded.offsets, folded.ends)


# direction


def backwards(reading: Reading) -> Reading:
    """Return the text read from its end, or with each word turned round, if that looks like English."""
    whole = _whole_backwards(reading)
    return words_backwards(reading) if whole is reading else whole


def _whole_backwards(reading: Reading) -> Reading:
    text = reading.text
    turned = text[::-1]
    if likelier(text, turned) or _ends_in_capitals(text):
        return Reading(turned, REVERSED, reading.offsets[::-1], reading.ends[::-1])
    return reading


def words_backwards(reading: Reading) -> Reading:
    """Return the text with each word turned round where it stands, if that looks like English.

    Letters do not tell this from a text that runs backwards as a whole: both are read. Where the words that
    are surely turned make up the text, so are the others, numbers among them.
    """
    text = reading.text
    all_turned = edited(
        reading, [(*one.span(), one[0][::-1]) for one in _SOLID.finditer(text)], REVERSED
    )
    if _ends_in_capitals(text):
        return all_turned
    edits = [
        (start, end, text[start:end][::-1])
        for start, end, word in words(text)
        if len(word) > 1 and cost(word[::-1]) < cost(word)
    ]
    each = edited(reading, edits, REVERSED)
    if sum(end - start for start, end, _ in edits) * 2 > bits(text)[1] and likelier(
        text, each.text
    ):
        whole = bits(all_turned.text)[0] <= _ALL_TURNED * bits(each.text)[0]
        return all_turned if whole else each
    return by_word(reading, lambda word: word[::-1], REVERSED)


def _ends_in_capitals(text: str) -> bool:
    """Tell whether several words end in their only capital, as names do backwards."""
    found = _LAST_CAPITAL.findall(text)
    if len(found) < 2 or len(found) * 8 <= len(words(text)) or max(map(len, found)) <= _LONG_NAME:
        return False
    return bits(text[::-1])[0] < bits(text)[0]
