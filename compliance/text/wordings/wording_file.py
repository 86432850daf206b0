"""Read the files of wordings: ``compliance/text/wordings/*.txt``.

A file holds ``<name> =`` with alternatives below it, which patterns may name; ``[category]`` for the rules
that follow; and rules: ``kind, score`` on a line, below it a pattern after each ``+`` and, after each ``-``,
what takes the wording away where it stands around. Patterns are regular expressions in which a space is any
white space; lines that begin with ``#`` are remarks. No file is user input.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from importlib import resources

from compliance.text.wordings.wording import WordingRule

PARTS = {
    "<num>": r"(?:\d{1,3}(?:[.,\x20]\d{3}){0,4}(?:[.,]\d{1,4})?|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|twenty|thirty|forty|fifty|sixty|ninety|a hundred|one hundred|a thousand|a million|one|"
    r"half a million)",
    "<pct>": r"\d{1,4}(?:[.,]\d{1,4})?\s?(?:%|percent|per cent|Prozent|pour cent|por ciento|"
    r"per cento|por cento)",
    "<money>": r"(?:(?:[$€£¥]|usd|eur|gbp)\s?\d[\d.,]{0,12}\s?[km]?"
    r"|\d[\d.,]{0,12}\s?(?:[$€£¥]|dollars?|dólares|dollari|euros?|pounds|bucks|grand|quid|reais))",
    "<w2>": r"(?:[\w'’%-]+\s+){0,2}",
    "<w4>": r"(?:[\w'’%-]+,?\s+){0,4}",
    "<time>": r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|ten|just|only)\s+(?:\d{1,3}\s+|a\s+|one\s+)?"
    r"(?:short\s+)?(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?)",
}
"""What every file may name: numbers, shares, money, up to two or four words, a stretch of time."""
_NAMED = re.compile(r"(<[a-z-]+>) =")
_RULE = re.compile(r"(\S.*), (0\.\d+|1\.0)")


@dataclass
class _Draft:
    category: str
    kind: str
    score: float
    wanted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@functools.cache
def wording_rules(name: str) -> tuple[WordingRule, ...]:
    """Return the rules of the file ``name``, such as ``claims-en``, in its order.

    Raises:
        ValueError: the file has a line that is none of the above; names it.
    """
    text = resources.files("compliance.text").joinpath("wordings", f"{name}.txt").read_text("utf-8")
    parts, drafts = dict(PARTS), list[_Draft]()
    category, part = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said or line.startswith("#"):
            part = part if said else ""
        elif named := _NAMED.fullmatch(said):
            part = named[1]
            parts[part] = ""
        elif part:
            parts[part] = f"{parts[part]} {said}".strip()
        elif said[0] == "[" and said[-1] == "]" and not line.startswith(" "):
            category = said[1:-1]
        elif rule := _RULE.fullmatch(said):
            drafts.append(_Draft(category, rule[1], float(rule[2])))
        elif drafts and said[:2] == "+ ":
            drafts[-1].wanted.append(said[2:])
        elif drafts and said[:2] == "- ":
            drafts[-1].refused.append(said[2:])
        else:
            raise ValueError(f"{name}.txt:{number}: no rule, pattern, part or category: {said!r}")
    known = {
        key: value if key in PARTS else f"(?:{re.sub(r' *[|] *', '|', value)})"
        for key, value in parts.items()
    }
    return tuple(_rule(draft, known) for draft in drafts)


def _rule(draft: _Draft, parts: dict[str, str]) -> WordingRule:
    return WordingRule(
        category=draft.category,
        kind=draft.kind,
        score=draft.score,
        pattern=_compiled(draft.wanted, parts),
        unless=_compiled(draft.refused, parts) if draft.refused else None,
    )


def _compiled(alternatives: list[str], parts: dict[str, str]) -> re.Pattern[str]:
    pattern = "|".join(alternatives)
    for _ in range(2):  # a part may name another
        for name, said in parts.items():
            pattern = pattern.replace(name, said)
    pattern = pattern.replace(" ?", r"\s?").replace(" *", r"\s*").replace(" ", r"\s+")
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
