"""Words of nakedness, sex and abuse that need no classifier where somebody is under 18. Rules, no examples."""

from __future__ import annotations

import re

_UNDRESSED = re.compile(
    r"(?<!\w)(?:nud(?:e|es|ity|ist)|naked|topless|bottomless|undress\w*|strip(?:s|ping"
    r"|ped)? (?:on|for|off|naked|down|to)"
    r"|striptease|tak(?:e|es|ing) off (?:my|her|his|their) (?:bra|shirt|top|clothes|panties"
    r"|dress|underwear|skirt)"
    r"|lingerie|panties|thong|erotic\w*|sexy|seductive\w*|sexual\w*|sex|porn\w*|hentai|nsfw|xxx"
    r"|masturbat\w+"
    r"|orgasm\w*|horny|onlyfans|fondl\w+|grop(?:e|es|ed|ing)|molest\w*)(?!\w)",
    re.IGNORECASE,
)
_ABUSE = re.compile(
    r"(?<!\w)(?:csam|child porn\w*|kiddie porn\w*|underage (?:porn\w*|sex|nudes?)|(?:pre-?)?teen porn\w*"
    r"|lolicon|shotacon|(?:loli|shota) (?:hentai|porn\w*|nsfw|ecchi|nudes?)|jail[- ]?bait"
    r"|child (?:erotica|sex)"
    r"|p(?:a?ed|ed)ophil\w+ (?:porn\w*|video|content)|sexuali[sz]ed (?:child\w*|minors?|teens?))(?!\w)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?<!\w)(?:(?:no|without(?: any)?|zero|non|not) ?-?(?:nudity|nudes?|nakedness|sex"
    r"|sexual\w*(?: content)?|nsfw"
    r"|porn\w*|erotic\w*)|fully (?:clothed|dressed)|sex(?:ual)? ed(?:ucation)?)(?!\w)",
    re.IGNORECASE,
)


def says_undressed(text: str) -> bool:
    """Tell whether a text has words of nakedness or sex, which beside a minor need no classifier."""
    return bool(_UNDRESSED.search(undenied(text)))


def names_abuse(text: str) -> bool:
    """Tell whether words mean sexual content with minors by themselves."""
    return bool(_ABUSE.search(text))


def undenied(text: str) -> str:
    """Return ``text`` with blanks for what it says not to show, *no nudity*, and for sex education; as long."""
    return _DENIED.sub(lambda one: " " * len(one[0]), text)
