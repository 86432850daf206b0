"""Tell whether an everyday word or phrase in a text means a work or a character that is called so.

*Frozen*, *Up* and *Elsa* are titles, characters and words. Points are counted for what speaks for the work:
what kind of thing it is ("the movie"), what is made of it ("fan art of"), who made it ("Disney's"), another
name of a work beside it, quotation marks, a capital where the sentence gives no reason for one. Lower case
speaks against, and an article or a described noun more so. A *style* is an artist or studio: the name
alone is weak, and what asks for the manner ("in the style of", "artstation") makes it strong.
"""

from __future__ import annotations

import re

from compliance.text.names.cue_words import DETERMINERS, FUNCTION_WORDS, HUMAN_VERBS, OPEN_SLOTS
from compliance.text.names.cues import Case, Mention, Place, is_heading, is_joined, weight_of
from compliance.text.names.proper_words import PROPER

STYLE, CHARACTER = "style", "character"
JUDGED_ASPECTS = frozenset({STYLE})
"""Aspects that are judged by their context whether or not the name is an everyday word."""

_MEDIA = (
    r"(?:movie|film|series|tv series|tv show|show|sitcom|cartoon|anime|manga|video ?game|game|franchise|"
    r"comics?|"
    r"comic book|novel|musical|saga|trilogy|blockbuster|motion picture)"
)
_LEAD = re.compile(
    r"(?:\b(?:scenes?|still|screenshot|frame|clip|shot|characters?|moment|villain|hero|heroine|costume|"
    r"song|princess|"
    r"monster|creature|robot|castle|house|world|city|dragon|doll|puppet) from|"
    r"\b(?:trailer|fan ?art|fan ?fic(?:tion)?|cosplay|cast|remake|reboot|adaptation|sequel|prequel|parody|"
    r"soundtrack|"
    r"characters?|episode|live[- ]action(?: version)?|universe|lore|poster|crossover|franchise) (?:of|for|"
    r"to|in|from)|"
    r"dressed (?:up )?as|cosplay(?:ing|er)?(?: as| of)?|in the style of|inspired by|based on|homage to|"
    r"as seen in|straight out of|something out of|just like in|like in|live[- ]action)"
    r"(?: the)?(?: " + _MEDIA + r")?[:,]?\s*[\"“‘'*_]?$",
    re.IGNORECASE,
)
"""What a title or character follows."""
_MEDIA_LEAD = re.compile(
    r"\b(?:the|from|in|a|an) (?:[\w-]+ )?" + _MEDIA + r"[:,]?\s*[\"“‘'*_]?$", re.IGNORECASE
)
_PLAIN_MEDIA_LEAD = re.compile(
    r"\b(?:from|in|of|like) (?:the )?" + _MEDIA + r"[:,]?\s*[\"“‘'*_]?$", re.IGNORECASE
)
_FROM = re.compile(r"\bfrom [\"“‘]?$", re.IGNORECASE)
_FOLLOWING = re.compile(
    r"[\"”’'*_]?[\s-]+(?:(?:the|a) )?(?:"
    + _MEDIA
    + r"|trailer|sequel|remake|poster|soundtrack|fan ?art|cosplay\w*|"
    r"fandom|logo|merch\w*|themed?|inspired|screenshot|plush\w*|action figure|live[- ]action|universe|"
    r"vibes?|"
    r"aesthetic|style|styled|like)\b(?! of)",
    re.IGNORECASE,
)
"""What is made of a work or character, directly behind the name."""
_PLAIN_FOLLOWING = re.compile(
    r"[\"”’'*_]?[\s-]+(?:movie|film|franchise|trailer|sequel|remake|fan ?art|cosplay\w*|fandom|merch\w*|"
    r"soundtrack|the (?:movie|film|musical|series|game|anime))\b(?! of)",
    re.IGNORECASE,
)
"""Those that make even a word in lower case a title: an *alien costume* is just that."""
_MAKERS = (
    r"(?:walt disney|disney|pixar|dreamworks|illumination|marvel|dc|nintendo|sega|capcom|blizzard|hasbro|"
    r"mattel|"
    r"studio ghibli|ghibli|nickelodeon|cartoon network|hanna[- ]barbera|looney tunes|hbo|netflix|"
    r"warner bros|lucasfilm|"
    r"aardman|shonen jump|toei|stephen king|spielberg|james cameron|tim burton|miyazaki)"
)
_MAKER_LEAD = re.compile(
    _MAKERS + r"(?:['’]s)?(?: " + _MEDIA + r")?[:,]?\s*[\"“‘'*_]?$", re.IGNORECASE
)
_MAKER_NEAR = re.compile(r"\b" + _MAKERS + r"\b", re.IGNORECASE)
_KIND_NEAR = re.compile(
    r"\b(?:anime|manga|cosplay\w*|fan ?art|fandom|live[- ]action|superhero|comics)\b", re.IGNORECASE
)
"""Who makes works, and what is said of works, anywhere near."""
_FROM_BEHIND = re.compile(r"[\"”’]?\s+(?:from|in|of|by) (?:the )?[\"“‘]?$", re.IGNORECASE)
_ACTING = re.compile(
    r"\s+(?:"
    + "|".join(sorted(HUMAN_VERBS))
    + r"|(?:[a-z]+ing|with) (?:\w+ )?(?:his|her|him|himself|herself))\b"
)
"""What somebody does who is a he or a she: a *Robin singing his song*."""
_OPENS = re.compile(r"[\"“‘*_«「『]\s*$")
_CLOSES = re.compile(r"\s*[,.]?[\"”’*_»」』](?!\w)")
_NUMBER = re.compile(r"\s+(?:[2-9]|I{2,3}|IV|VI{0,3})\b")
"""A sequel's."""

_STYLE_LEAD = re.compile(
    r"(?:\bstyles? of|\bmanner of|inspired by|influenced by|reminiscent of|homage to|in the vein of|à la|"
    r"(?:painted|drawn|directed|illustrated|designed|photographed|animated|shot|made) by|"
    r"(?:painting|artwork|art|illustration|drawing|mural|print|photo|photograph|photography|film|"
    r"animation|poster|comic|"
    r"sculpture|portrait|graffiti|stencil) by|like an? (?:painting|film|movie)(?: by| of)?)"
    r"(?: the)?(?: (?:artist|painter|director|photographer|illustrator))?(?: a)?\s*[\"“]?$",
    re.IGNORECASE,
)
_STYLE_FOLLOWING = re.compile(
    r"(?:['’]s)?[\s-]*(?:[\w-]+ ){0,2}(?:styles?|styled|esque|like|inspired|aesthetics?|vibes?|look|"
    r"animation|anime|art|artwork|pop art|film|movie|painting|photography|frame)\b",
    re.IGNORECASE,
)
_STYLE_WORD = re.compile(r"\b(?:styles?|look|aesthetics?|art|manga)\b", re.IGNORECASE)
_STYLE_NEAR = re.compile(
    r"artstation|deviantart|cgsociety|behance|highly detailed|octane render|unreal engine|concept art|"
    r"\b(?:style|styled|painting|painted|illustration|artwork|aesthetic|poster|comic)\b",
    re.IGNORECASE,
)


class WorkWords:
    """A text in which names of works, characters and styles are judged.

    Args:
        text: the text as it was.
        screen: whether it was read from pixels, which tells nothing about works.
    """

    def __init__(self, text: str, screen: bool = False) -> None:
        self._text = text

    def evidence(self, mention: Mention) -> float:
        """Return how strongly the text says that ``mention`` means the work, 0…1."""
        heading = is_heading(self._text, mention.start, mention.end)
        place = Place.at(self._text, mention.start, mention.end, heading)
        if mention.aspect == STYLE:
            return weight_of(_style_points(place) + (not mention.everyday))
        return weight_of(self._points(mention, place))

    def _points(self, mention: Mention, place: Place) -> int:
        if len(place.name) < 4 and place.name.isupper() and not mention.as_named:
            return 0  # "the US"
        lower = place.case is Case.AGAINST or not any(map(str.isalpha, place.name))
        beside = self._beside(mention, place)
        media = _PLAIN_MEDIA_LEAD if lower else _MEDIA_LEAD
        titled = bool(_LEAD.search(place.before) or media.search(place.before))
        made = bool(_MAKER_LEAD.search(place.before))
        followed = bool((_PLAIN_FOLLOWING if lower else _FOLLOWING).match(place.after))
        if lower and not (beside or made) and _is_described(place, followed):
            return 0
        points = 2 * titled + 3 * made + 2 * followed + beside
        if lower:
            return points - 1 + 2 * (mention.disguised and place.case is Case.AGAINST)
        points += 2 * mention.disguised
        quoted = _OPENS.search(place.before) and _CLOSES.match(place.after) and mention.as_named
        points += 2 * bool(quoted) + 2 * bool(_NUMBER.match(place.after))
        if place.case is not Case.FOR:  # "Sydney Opera House", or the beginning of a sentence
            acting = mention.aspect == CHARACTER and place.opening and _ACTING.match(place.after)
            inside = not (place.opening or place.heading or quoted)
            return points + bool(acting) - inside
        if not mention.as_named or place.name.lower() in PROPER:
            return points  # "not let into the US", "a street in Manhattan"
        if mention.aspect == CHARACTER:
            return points + 1
        return points + 1 + bool(_FROM.search(place.before))

    def _beside(self, mention: Mention, place: Place) -> int:
        """Count what other names of works and their makers nearby say."""
        text, start, end = self._text, mention.start, mention.end
        points = 2 * any(map(_MAKER_NEAR.search, (place.before, place.after)))
        points = points or any(map(_KIND_NEAR.search, (place.before, place.after)))
        if is_joined(text, start, end, mention.sure):
            points += 2
        elif is_joined(text, start, end, mention.others):
            points += 1
        elif any(abs(one - start) < 100 for one, _ in mention.sure):
            points += 1
        names = (*mention.sure, *mention.others)
        from_work = any(
            end < first < end + 12 and _FROM_BEHIND.match(text[end:first]) for first, _ in names
        )
        return points + 2 * from_work


def _is_described(place: Place, followed: bool) -> bool:
    """A word in lower case is one of the sentence's own, as far as its place tells."""
    previous, following = place.previous.lower(), place.next[0].lower()
    if previous in DETERMINERS and (previous != "the" or not followed):
        return True
    if followed:
        return False
    if _LEAD.search(place.before) or _PLAIN_MEDIA_LEAD.search(place.before):
        return following not in FUNCTION_WORDS | {""}
    return bool(previous) and previous not in OPEN_SLOTS


def _style_points(place: Place) -> int:
    """Count what asks for an artist's or a studio's manner."""
    if (
        _STYLE_WORD.search(place.name)
        or _STYLE_LEAD.search(place.before)
        or _STYLE_FOLLOWING.match(place.after)
    ):
        return 3
    near = _STYLE_NEAR.search(place.before) or _STYLE_NEAR.search(place.after)
    by = re.search(r"\bby\s*[\"“]?$", place.before, re.IGNORECASE)
    return bool(near) + bool(by)
