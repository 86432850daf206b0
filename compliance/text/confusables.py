"""Which characters look like Latin letters (UTS #39), as one table built on first use."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

_STYLED = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|REGIONAL INDICATOR SYMBOL LETTER"
    r"|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER) ([A-Z])"
)
_STYLED_RANGES = (
    range(0x0250, 0x02B0),
    range(0x1D00, 0x1D80),
    range(0xA720, 0xA800),
    range(0x1F130, 0x1F200),
)
"""IPA, Phonetic Extensions, Latin Extended-D, Enclosed Alphanumeric Supplement: drawn as Latin letters,
yet neither NFKC nor UTS #39 maps their small capitals and negative forms to ASCII."""

_ALSO_ALIKE = {"ĸ": "k", "ε": "e", "є": "e", "ɛ": "e", "м": "m", "χ": "x"}
"""Alike to a reader, though UTS #39 does not say so; kra stands between Cyrillic к, Greek κ and k."""


@functools.cache
def latin_lookalikes() -> Mapping[str, str]:
    """Return the ASCII letters that each look-alike code point stands for, case kept.

    The pairs come from Unicode's ``confusables.txt`` as the package ``confusable-homoglyphs`` carries it
    (both directions, so that only targets of ASCII letters are kept), and from the names of code points
    for styled letters. ASCII itself is never a key: ``I``, ``l`` and ``1`` are the matcher's business.
    Right-to-left letters are left out: no word of theirs is taken for a Latin one.
    """
    from confusable_homoglyphs.confusables import confusables_data

    table = dict(_ALSO_ALIKE)
    for block in _STYLED_RANGES:
        for point in block:
            styled = _STYLED.fullmatch(unicodedata.name(chr(point), ""))
            if styled:
                table[chr(point)] = styled[1].lower()
    styled_or_alike = dict(table)
    for source, targets in confusables_data.items():
        if len(source) != 1 or source.isascii() or source.isdecimal():
            continue
        shapes = [styled_or_alike.get(one["c"], one["c"]) for one in targets]
        letters = sorted(filter(None, map(_bare_letters, shapes)), key=len)
        if letters:
            table.setdefault(source, letters[0])
    return table


def _bare_letters(target: str) -> str:
    """Return ``target`` without marks if ASCII letters are left, else the empty string."""
    bare = "".join(c for c in unicodedata.normalize("NFD", target) if not unicodedata.combining(c))
    return bare if bare.isascii() and bare.isalpha() else ""
