"""Web addresses: with a scheme, or a bare domain that ends in a public suffix."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

WITH_SCHEME, BARE, AS_A_FILE = 0.95, 0.65, 0.2
"""Scores: with ``https://`` or ``www.``; a domain by itself; one that may as well be the name of a file."""

_ADDRESS = re.compile(
    r"(?<![\w@.])(?:(?:https?|ftp)://|www\.)[^\s<>\"'`{}|\\^]{1,2000}", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"(?<![\w@./-])(?:[A-Za-z0-9](?:[\w-]{0,61}\w)?\.){1,8}[a-z]{2,24}(?![\w@-]|\.\w)(?:/[^\s<>\"'`{}|\\^]{0,2000})?"
)
_FILES = frozenset(
    "py md sh rs pl zip mov so ps cc ai mp mk ml tf app cab db gz st am ph vi as is it in at be me us".split()
)
"""Suffixes that are extensions of files, or words that stand after a full stop without a space."""
_TRAILING = ".,;:!?)]}»”’*"


def web_addresses(text: str, public: Callable[[str], bool]) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, score) of each web address in ``text``.

    Args:
        text: in the CASED view.
        public: tells whether a domain ends in a public suffix.
    """
    if "." not in text and "://" not in text:
        return
    for match in _ADDRESS.finditer(text):
        written = match.group().rstrip(_TRAILING)
        if "." in written or "localhost" in written:
            yield match.start(), match.start() + len(written), WITH_SCHEME
    for match in _DOMAIN.finditer(text):
        written = match.group().rstrip(_TRAILING)
        domain = written.partition("/")[0]
        if not any(map(str.isalpha, domain.rpartition(".")[0])) or not public(domain):
            continue
        plain = "/" not in written and domain.count(".") == 1
        file = plain and domain.rpartition(".")[2] in _FILES
        yield match.start(), match.start() + len(written), AS_A_FILE if file else BARE
