"""Rules that look for wordings by their structure: what they say of what, how much, and what stands around it.

A rule is a pattern of a few words in order, not a word by itself. Its own score says how plainly the pattern is
what its category means; words of advertising around it raise it, the description of a scene lowers it, and what
the rule's ``unless`` names, or a negation right before it, takes it away. Scores rank evidence; they are rules,
not fitted probabilities: 0.5 is *likely*, 0.9 *plain*. ``benchmarks/wording.py`` measures what they find.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FLOOR = 0.2
"""Least score that is kept; policies decide above it."""
PLAIN = 0.9
"""Score of a plain wording; nothing scores more than a little above."""
_ADVERT, _ADVERT_WEAK, _SCENE, _QUESTION = 0.1, 0.25, 0.35, 0.4
"""What advertising adds to a strong and to a weak pattern, and what a described scene and a question take."""
_STRONG = 0.6
_AROUND = 48
"""Characters before and after a match in which ``unless`` is looked for."""

_ADS = re.compile(
    r"\b(?:your?|yours|our|we|us|buy|order now|shop|try|get|claim|grab|save|call (?:now|us|today)|"
    r"visit|today only|"
    r"offer|sale|deals?|subscribe|sign ?up|limited|introducing|new formula|formula|supplement|serum|"
    r"cream|capsules?|"
    r"pills?|brand|customers?|advert|commercial|slogan|tagline|voice-?over|spot|discount|price|now)\b"
    r"|[$€£]\s?\d|\d\s?%|!|®|™",
    re.I,
)
_ADVERTISES = re.compile(
    r"\b(?:advert(?:isement|ising)?s?|commercials?|ads?|slogan|tagline|voice-?over|headline|"
    r"infomercial|banner|"
    r"promo(?:tional)?|(?:text|caption|sign|title|super|label|poster)s? (?:that )?(?:reads?|says?|"
    r"saying|reading)|campaign)\b",
    re.I,
)
"""Words by which a prompt says that it describes an advertisement, or what is to be read in it."""
_SCENES = re.compile(
    r"\b(?:close-?ups?|wide (?:shot|angle)|shot of|view of|video of|photo(?:graph)? of|picture of|"
    r"painting of|footage|"
    r"aerial|drone|cinematic|slow[- ]motion|time-?lapse|hyperlapse|camera|pans (?:left|right|across|"
    r"up|down|over|to)|zooms? in|tracking shot|bokeh|4k|8k|"
    r"in the style of|watercolou?r|oil painting|anime|cartoon|illustration|render(?:ed|ing)?|"
    r"pixel art|documentary|"
    r"golden hour|at (?:sunset|dawn|dusk|night|noon)|in the background|background|sunlight|moonlight|"
    r"photorealistic)\b"
    r"|\b(?:an?|the|two|three|some|young|old)\s(?:[\w-]+\s){0,3}(?:man|woman|men|women|boy|girl|child|"
    r"children|kids|"
    r"people|person|couple|dog|cat|bird|horse|bear|panda|astronaut|robot|chef|farmer|artist|musician|"
    r"player|dancer|"
    r"family|crowd|car|train|boat|teddy bear|waves?|city|street|forest|mountains?|beach)\s(?:[\w-]+\s){0,3}"
    r"(?:is\s|are\s)?\w{3,}ing\b",
    re.I,
)
_ASKS = re.compile(
    r"^\W*(?:what|how|why|who|where|when|which|explain|describe|define|tell me|write|is it|is there|can i|"
    r"can you|could you|do i|does|should)\b",
    re.I,
)
_QUOTES = re.compile(
    r"[\"“„«「『]([^\"“”„«»」』\n]{2,200})[\"”“»」』]|(?<!\w)['‘]([^'’\n]{3,200})['’](?!\w)"
)
_LOOKS = re.compile(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)")
_FILTER_BYTES = 256 << 20
"""Memory that the automaton of the filter may take; what it needs is far less."""
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|nobody|nothing|without|hardly|isn['’]?t|aren['’]?t|wasn['’]?t|don['’]?t|"
    r"doesn['’]?t|"
    r"didn['’]?t|won['’]?t|cannot|can['’]?t)\s(?:really\s|a\s|an\s|the\s|any\s|yet\s|be\s|been\s|to\s|"
    r"is\s|are\s|was\s)?)$",
    re.I,
)


@dataclass(frozen=True)
class WordingRule:
    """One wording that is looked for."""

    category: str
    """Path in the taxonomy."""
    kind: str
    """What a reviewer reads, such as ``a cure of an illness``."""
    score: float
    """0…1 where nothing around it says more."""
    pattern: re.Pattern[str]
    """What is looked for, whatever its case."""
    unless: re.Pattern[str] | None = None
    """What takes it away where it stands around the match."""


@dataclass(frozen=True)
class Wording:
    """One wording that was found."""

    rule: WordingRule
    """What found it."""
    start: int
    """First code point in the text."""
    end: int
    """Just behind the last one."""
    score: float
    """0…1, with what stands around it."""
    around: str
    """What raised or lowered it: ``advertising``, ``scene``, ``question`` or empty."""


class WordingIndex:
    """Rules that are looked for together: one pass of RE2 over a text says which of them may stand there."""

    def __init__(self, rules: Sequence[WordingRule]) -> None:
        import re2

        self._rules = tuple(rules)
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = _FILTER_BYTES
        options.log_errors = False
        self._filter = re2.Set.SearchSet(options)
        for rule in self._rules:
            self._filter.Add(_for_filter(rule.pattern.pattern))
        self._filter.Add("")  # always there: no answer at all means that the pass failed
        self._filter.Compile()

    def find(self, text: str, described: bool) -> list[Wording]:
        """Return what stands in ``text``, in order; of those of one category that overlap, the surest.

        Args:
            text: what is read, N code points, in the CASED view. Work is linear in N.
            described: the text may describe a scene, as prompts do; text on screen and speech never do.
        """
        which = self._filter.Match(text)
        if which == [len(self._rules)]:
            return []
        rules = [self._rules[at] for at in which if at < len(self._rules)] if which else self._rules
        found = [one for rule in rules for one in _found(text, rule)]
        if not found:
            return []
        judged = _Around(text, described)
        return _surest([judged.judge(rule, start, end) for rule, start, end in found])


def _for_filter(pattern: str) -> str:
    """Return ``pattern`` as RE2 reads it: letters of all scripts, nothing that looks ahead or behind."""
    pattern = _LOOKS.sub("", pattern)
    for escape, members in ((r"\w", r"\pL\pN_"), (r"\s", r"\t\n\v\f\r\x{85}\pZ")):
        pattern = re.sub(
            r"(\[(?:[^\]\\]|\\.)*\])|" + re.escape(escape),
            lambda one, escape=escape, members=members: (  # type: ignore[misc]
                one[1].replace(escape, members) if one[1] else f"[{members}]"
            ),
            pattern,
        )
    return pattern


def _found(text: str, rule: WordingRule) -> Iterator[tuple[WordingRule, int, int]]:
    for match in rule.pattern.finditer(text):
        start, end = match.span()
        if _DENIED.search(text[max(start - 24, 0) : start]):
            continue
        window = text[max(start - _AROUND, 0) : end + _AROUND]
        if rule.unless is None or not rule.unless.search(window):
            yield rule, start, end


class _Around:
    """What stands around the wordings of one text."""

    def __init__(self, text: str, described: bool) -> None:
        sample = text[:20_000]
        self._quoted = [one.span() for one in _QUOTES.finditer(text)]
        self._scene = described and bool(_SCENES.search(sample))
        self._asks = described and bool(_ASKS.match(sample))
        self._advertises = described and bool(_ADVERTISES.search(sample))
        self._text = text

    def judge(self, rule: WordingRule, start: int, end: int) -> Wording:
        """Return the wording with its score."""
        near = self._text[max(start - 120, 0) : end + 120]
        # what the match itself says does not make the text around it an advertisement
        at = start - max(start - 120, 0)
        outside = near[:at] + " | " + near[at + end - start :]
        score, around = rule.score, ""
        shown = self._advertises or self._is_quoted(start, end)
        if self._scene and not shown:
            score, around = score - _SCENE, "scene"
        elif self._asks and not shown:
            score, around = score - _QUESTION, "question"
        elif _ADS.search(outside):
            score += _ADVERT if rule.score >= _STRONG else _ADVERT_WEAK
            around = "advertising"
        return Wording(rule, start, end, round(min(max(score, 0.05), 0.95), 2), around)

    def _is_quoted(self, start: int, end: int) -> bool:
        """Tell whether [start, end) stands between quotation marks: it is to be read or heard then."""
        at = bisect.bisect_right(self._quoted, (start, len(self._text))) - 1
        return at >= 0 and end <= self._quoted[at][1]


def _surest(found: list[Wording]) -> list[Wording]:
    kept: list[Wording] = []
    last: dict[str, int] = {}
    for one in sorted(found, key=lambda one: (one.start, -one.score, -one.end, one.rule.kind)):
        if one.score < FLOOR:
            continue
        at = last.get(one.rule.category)
        if at is not None and one.start < kept[at].end:
            better = (one.score, one.end - one.start) > (
                kept[at].score,
                kept[at].end - kept[at].start,
            )
            if better:
                kept[at] = one
            continue
        last[one.rule.category] = len(kept)
        kept.append(one)
    return kept
