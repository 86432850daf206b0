"""Hide personal numbers in excerpts: what a finding quotes is shown in reports and kept with the verdict."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+?\d(?:[\s.\-/()]{0,2}\d){5,}")
"""Six digits and more, however they are grouped: telephones, cards, accounts. Dates go with them."""
_ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")


def masked(text: str) -> str:
    """Return ``text`` with addresses of mail, and numbers of six digits or more but their last two, hidden."""
    hidden = _ADDRESS.sub("••••", text)
    return _NUMBER.sub(lambda found: "•••• " + found.group()[-2:], hidden)
