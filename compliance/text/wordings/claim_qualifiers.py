"""What stands beside a claim: what makes it stronger, what limits it, and what is said to prove it."""

from __future__ import annotations

import functools
import re

from compliance.text.wordings.wording_file import wording_rules

STRONGER = 0.05
"""What a proof, a time or a figure in the same sentence adds to the score of a claim."""
NEAR = 2_000
"""Characters before and after a claim in which a disclaimer or a source is looked for."""
_BREAK = re.compile(r"[.!?\n](?:\s|$)")


def qualifiers(text: str, start: int, end: int) -> tuple[float, str]:
    """Return what is added to the score of the claim at [start, end) of ``text``, and a note."""
    patterns = _patterns()
    before, after = text[max(start - NEAR, 0) : start], text[end : end + NEAR]
    first = max((one.end() for one in _BREAK.finditer(before)), default=0)
    stop = _BREAK.search(after)
    outside = before[first:] + " | " + after[: stop.start() if stop else len(after)]
    notes = []
    stronger = patterns["strengthens"].search(outside)
    if stronger:
        notes.append(f"with “{stronger[0].strip()}”")
    if after[:2].strip()[:1] in ("*", "†", "‡", "¹"):
        notes.append("marked with a footnote")
    whole = before + text[start:end] + after
    limit, proof = patterns["limits"].search(whole), patterns["proves"].search(whole)
    notes.append(f"limited by “{_short(limit[0])}”" if limit else "no disclaimer in the same text")
    notes.append(f"a source is named: “{_short(proof[0])}”" if proof else "no source is named")
    return (STRONGER if stronger else 0.0), "; ".join(notes)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {rule.category: rule.pattern for rule in wording_rules("claim-qualifiers")}


def _short(said: str) -> str:
    return " ".join(said.split())[:80]
