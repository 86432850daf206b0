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
_MARKUP = re.compile(
    rf"</?(?:{_TAGS})(?:[\s.][^<>]*)?/?>|<[\d:.]+>|\{{\\[^{{}}]*\}}", re.IGNORECASE
)
"""What players take for markup. Whatever else stands between angle brackets many of them show."""
_HARD_SPACE = re.compile(r"\\[Nnh]|<br\s*/?>", re.IGNORECASE)


def plain(marked: str) -> str:
    """Return what a viewer reads of a cue: without tags and codes, a speaker's name before a colon.

    Args:
        marked: text with WebVTT, SubRip or ASS markup.
    """
    text = _SPEAKER.sub(lambda found: f"{found[1]}: ", marked)
    text = _MARKUP.sub("", _HARD_SPACE.sub(" ", text))
    return " ".join(html.unescape(text).split())
