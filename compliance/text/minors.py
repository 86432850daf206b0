"""Words that say that a person is under 18. Rules, no examples: nothing was ever trained on this."""

from __future__ import annotations

import re

_NOUNS = (
    "child|children|childs|kid|kids|kiddo|kiddie|kiddies|toddlers?|infants?|bab(?:y|ies)(?! oil| blue| pink| grand)"
    "|newborns?|minors?|underage|under[- ]age|under[- ]?aged|preteens?|pre[- ]teens?|tweens?|teens?|teenaged?"
    "|teenagers?|adolescents?|pubescent|prepubescent|pre[- ]pubescent|juveniles?|jailbait|lolis?|lolitas?|lolicon|shotas?"
    "|shotacon|barely legal|school ?girls?|school ?boys?|school[- ]?kids?|school ?children|schoolchild"
    "|grade ?schoolers?|middle ?schoolers?|high ?schoolers?|pre ?schoolers?|kindergart(?:en|ens|ener|eners|ner|ners)"
    "|nursery school|day ?care|elementary school|primary school|middle school|high school|junior high"
    "|pupils?|boy scouts?|girl scouts?|cub scouts?|altar boys?|youngsters?|youths?"
    "|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh)[- ]graders?"
    "|(?:young|little|small|tiny|wee|underage) (?:\\w+ )?(?:girls?|boys?|ones?|daughters?|sons?|sisters?|brothers?)"
)
_ORDER = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_NUMBER = rf"(?:[1-9]|1[0-7]|{'|'.join(_ORDER.split())})"
_AGES = (
    rf"{_NUMBER}[- ]?(?:years?|yrs?|yo|y/o|y\.o\.?|months?|weeks?)(?:[- ]?olds?)?(?=\W|$)"
    rf"|age[sd]?(?: of)? {_NUMBER}(?![\d.])|{_NUMBER} (?:years?|yrs?) of age"
    rf"|(?:turn(?:s|ed|ing)?|just|only|barely|is|she's|he's|under) {_NUMBER}(?=[.,;!?]|$)"
)
_SINCE = re.compile(
    r"\W*(?:ago|later|after|before|earlier|since|anniversary|warranty|contract|plan|experience|from now)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(rf"(?<!\w)(?:{_NOUNS}|{_AGES})(?!\w)", re.IGNORECASE)
_NOT_A_PERSON = re.compile(
    r"(?:kid gloves|no kid(?:s|ding)|minor (?:key|scale|chord|injur\w+|detail\w*|change\w*|issue\w*|role\w*)"
    r"|child[- ]?free|childproof|inner child|teen(?:age)? mutant)",
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
        if any(start < last and end > first for first, last in spared):
            continue
        if match.group()[0].isdigit() or match.group().split()[0].lower() in _ORDER.split():
            if _SINCE.match(text, end):
                continue
        return match.group()
    return None
