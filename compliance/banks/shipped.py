"""Which entries of a bank belong to shipped names, so that nothing else is enrolled under one of them.

What a database has under the entry of a shipped name joins it: a licence, or consent, of the one is that of the
other. An entry has no letters but Latin ones and is cut at a length, so that names that differ may come to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliance.banks.entries import plain
from compliance.banks.starter import STARTERS, starter_entries

Shipped = Mapping[str, frozenset[str]]
"""Names by entry, as :func:`compliance.banks.entries.plain` has them."""


def shipped_entries(bank: str) -> Shipped:
    """Return the shipped entries of ``bank``; none where nothing is shipped for it.

    Raises:
        BankError: the files cannot be read.
    """
    chosen = [one for one in STARTERS.values() if one.bank == bank]
    return {
        entry.reference.entry: frozenset(plain(text) for text, _ in entry.names)
        for starter in chosen
        for entry in starter_entries(starter)
    }


def is_another(entry: str, names: Iterable[str], shipped: Shipped) -> bool:
    """Tell whether ``entry`` is that of a shipped one which none of ``names`` is a name of."""
    return entry in shipped and not shipped[entry] & {plain(name) for name in names}
