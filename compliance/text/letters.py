"""The letters of a text without what stands between them, and what stood between them."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence

from compliance.text.normalise import View, normalise

LONGEST_GAP = 3
"""Characters between two words, or between two spelled-out letters, of one name."""
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts, as the names of their code points begin, whose words stand without spaces or take endings."""
_ODD_SEPARATORS = frozenset("-‐‑–—_*·•~^`'’\"+=/\\")
"""Inside a word one of these is a disguise, where a space is only the next word."""


class Letters:
    """Letters, digits and (in LEET) signs of a text in one view.

    Args:
        text: the text as it was.
        view: how far to normalise it.
    """

    def __init__(self, text: str, view: View) -> None:
        self.text = text
        self.source = normalise(text, view)
        self.places: Sequence[int] = [i for i, c in enumerate(self.source.text) if in_word(c)]
        """Place in :attr:`source` of each letter."""
        self.letters = "".join([self.source.text[i] for i in self.places])
        """The letters alone."""

    def original(self, place: int) -> str:
        """Return the original character at a place of :attr:`source`."""
        return self.text[self.source.offsets[place]]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span in the original of the letters ``first`` … ``last`` - 1."""
        return self.source.span(self.places[first], self.places[last - 1] + 1)

    def between(self, place: int) -> str:
        """Return what stands between the letters ``place`` - 1 and ``place``."""
        return self.source.text[self.places[place - 1] + 1 : self.places[place]]

    def spelled_out(self, first: int, last: int, breaks: frozenset[int]) -> bool | None:
        """Judge the gaps between the letters ``first`` … ``last`` - 1.

        Args:
            first: first letter.
            last: just behind the last letter.
            breaks: counts of letters after which a gap is natural: where words of the name end.

        Returns:
            False where gaps stand between words only, True where words are broken up on purpose,
            None where the gaps speak against the name.
        """
        broken: dict[int, str] = {}
        for count in range(1, last - first):
            left, right = self.places[first + count - 1] + 1, self.places[first + count]
            if right - left > LONGEST_GAP:
                return None
            if right > left and count not in breaks:
                broken[count] = self.source.text[left:right]
        if all(gap in _ODD_SEPARATORS for gap in broken.values()):
            return bool(broken)
        edges = sorted({0, last - first, *broken, *breaks})
        singles = all(
            right - left == 1
            for left, right in itertools.pairwise(edges)
            if left in broken or right in broken
        )
        return True if singles else None

    def is_whole(self, first: int, last: int, compound: bool) -> bool:
        """Tell whether the letters ``first`` … ``last`` - 1 begin and end where words do.

        Args:
            first: first letter.
            last: just behind the last letter.
            compound: whether a change to a capital is an edge too, as in ``#MeetEileenCollinsNow``.
        """
        start, end = self.places[first], self.places[last - 1]
        if start and not _is_edge(self.original(start), self.original(start - 1)):
            camel = self.original(start - 1).islower() and self.original(start).isupper()
            if not (compound and camel):
                return False
        if end + 1 < len(self.source.text):
            inner, outer = self.original(end), self.original(end + 1)
            camel = inner.islower() and outer.isupper()
            return _is_edge(inner, outer) or (compound and camel)
        return True


def in_word(character: str) -> bool:
    """Tell whether a character is a letter, a digit or a mark."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def is_latin(text: str) -> bool:
    """Tell whether a Latin letter is in ``text``."""
    return any("LATIN" in unicodedata.name(one, "") for one in text)


def is_honest_word(text: str) -> bool:
    """Tell whether ``text`` is written wholly in letters of other scripts than Latin.

    Only a word that mixes scripts is a disguise: Russian *снег* is drawn like *Cher*, and is snow.
    """
    letters = [one for one in text if one.isalpha()]
    return bool(letters) and not is_latin("".join(letters)) and len(letters) == len(text)


def _is_edge(inner: str, outer: str) -> bool:
    """Tell whether a name may end between ``inner``, its own last character, and ``outer``."""
    if not in_word(outer):
        return True
    if not inner.isalpha():
        return False
    if not outer.isalpha():
        return unicodedata.category(outer)[0] == "N"
    return unicodedata.name(outer, "").startswith(_NO_SPACES)
