"""From marked-up captions to what a viewer reads."""

from __future__ import annotations

import html
import re

MOST_CUES = 50_000
"""Captions in one file or stream: a day of dense ones."""
LONGEST = 4000
"""Code points of one caption in a container."""

TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
"""Codecs of subtitles in containers that are text; the others are pictures, and nothing reads them."""

_SPEAKER = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]*)>", re.IGNORECASE)
_TAGS = "b|i|u|s|c|v|strong|em|font|span|lang|ruby|rt"
_VALUE = r"""(?:"[\w#%., -]{0,40}"|'[\w#%., -]{0,40}'|[\w#%.-]{1,40})"""
_ATTRIBUTES = "color|size|face|class|style|lang|id"
_CODES = (
    "an?|[biusq]|pos|move|org|fade?|fs(?:c[xy]|p)?|fe|fr[xyz]?|fa[xy]|[1-4]?c|[1-4]?a|alpha|[xy]?bord|[xy]?shad|"
    "be|blur|k[fo]?|p|pbo|r|t"
)
_MARKUP = re.compile(
    rf"</?(?:{_TAGS})(?:\.[\w.-]+)?(?:\s+(?:{_ATTRIBUTES})\s*=\s*{_VALUE})*\s*/?>|<lang\s+[\w-]+>|<[\d:.]+>"
    rf"|\{{(?:\\(?:{_CODES})(?:&H[\dA-Fa-f]*&?|[-+\d., ()])*)+\}}",
    re.IGNORECASE,
)
"""What players take for markup. Whatever else stands between brackets many of them show."""
_FONT = re.compile(r"\{\\(?:fn|r)[^{}\\]*\}")
"""Codes with a name of any words: markup in the middle of a word for some, and shown by others."""
_LONG_TAG = re.compile(
    rf"""</?(?:{_TAGS})(?:\.[\w.-]+)?(?:\s+[\w-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))+\s*/?>""",
    re.IGNORECASE,
)
"""The same of tags with attributes that are long, or that no player is known to know."""
_BRACES = re.compile(r"(?<!\\)\{[^{}]*\}")
_HARD_SPACE = re.compile(r"\\[Nnh]|<br\s*/?>", re.IGNORECASE)


def plain(marked: str) -> str:
    """Return what a viewer reads of a cue: without tags and codes, a speaker's name before a colon.

    Args:
        marked: text with WebVTT or SubRip markup, and the codes of ASS that players of those know too.
    """
    text = _SPEAKER.sub(lambda found: f"{found[1]}: ", marked)
    text = _MARKUP.sub("", _HARD_SPACE.sub(" ", text))
    shown = [
        *_LONG_TAG.findall(text),
        *_FONT.findall(text),
    ]  # read, but out of the word around them
    text = _FONT.sub("", _LONG_TAG.sub("", text))
    return " ".join(html.unescape(" ".join([text, *shown])).split())


def plain_substation(marked: str) -> str:
    """Return what a viewer reads of an event of ASS or SSA: what stands in braces is hidden, tags are shown."""
    return " ".join(_BRACES.sub("", _HARD_SPACE.sub(" ", marked)).split())
