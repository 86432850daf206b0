"""Words that say that a person is under 18. Rules, no examples: nothing was ever trained on this."""

from __future__ import annotations

import re

_NOUNS = (
    r"child(?:ren)?|childs|kids?|kiddo|kiddies?|toddlers?|infants?|bab(?:y|ies)(?! oil| blue| pink| grand)"
    r"|newborns?|minors?|under[- ]?aged?|pre[- ]?teens?|tweens?|teens?|teenaged?|teenagers?|adolescents?"
    r"|(?:pre[- ]?)?pubescent|juveniles?|jailbait"
    r"|lolis?|lolitas?|lolicon|shotas?|shotacon|barely legal|school[- ]?(?:girl|boy|kid)s?"
    r"|school[- ]?child(?:ren)?"
    r"|(?:grade|middle|high|pre)[- ]?schoolers?|kindergart\w+|nursery school|day ?care"
    r"|(?:elementary|primary|middle|high) school|junior high|pupils?|(?:boy|girl|cub) scouts?|altar boys?"
    r"|youngsters?|youths?|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh)[- ]graders?"
    r"|(?:young|little|small|tiny|wee) (?:\w+ )?(?:girls?|boys?|ones?|daughters?|sons?|sisters?|brothers?)"
)
_NUMBER = (
    "(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen)"
)
_AGES = (
    rf"{_NUMBER}[- ]?(?:years?|yrs?|months?|weeks?)[- ]?olds?|{_NUMBER}[- ]?(?:yo|y/o|y\.o\.?)(?=\W|$)"
    rf"|age[sd]?(?: of)? {_NUMBER}(?![\d.])|{_NUMBER} (?:years?|yrs?) of age"
    rf"|(?:at|just|only|barely|under) {_NUMBER}(?=[.,;!?]|$)"
    rf"|(?:girls?|boys?|daughter|son|student|she|he|who)(?:,| is|'s)* ?\(?(?:only |just |barely )?{_NUMBER}"
    r"(?=[\s.,;!?)]|$)(?! (?:m|met\w+|feet|minutes|seconds|hours|times|steps|of|other|-))"
)
_WORDS = re.compile(rf"(?<!\w)(?:{_NOUNS}|{_AGES})(?!\w)", re.IGNORECASE)
_NOT_A_PERSON = re.compile(
    r"kid gloves|no kid(?:s|ding)|minor (?:key|scale|chord|injur\w+|detail\w*|change\w*|issue\w*|role\w*)"
    r"|child[- ]?free|childproof|inner child|teen(?:age)? mutant",
    re.IGNORECASE,
)


def says_minor(text: str) -> str | None:
    """Return the first words of ``text`` that say that somebody is under 18, or None.

    It errs on the side of saying so: *youths* and *high school* count, and so does *young girl*. Ages from 18
    do not, nor does *girl* or *boy* alone, which are said of adults more often.

    Args:
        text: any text; look-alikes are replaced by whoever calls.
    """
    spared = [match.span() for match in _NOT_A_PERSON.finditer(text)]
    for match in _WORDS.finditer(text):
        start, end = match.span()
        if not any(start < last and end > first for first, last in spared):
            return match.group()
    return None
