"""Words that say that a person is under 18. Rules, no examples: nothing was ever trained on this."""

from __future__ import annotations

import re

_NOUNS = (
    r"child(?:ren)?|childs|girl[- ]?child(?:ren)?|child[- ]?like|kids?|kiddo|kiddies?|toddlers?|infants?"
    r"|bab(?:y|ies)(?! oil| blue| pink| grand)|baby[- ]?girls?|newborns?|minors?|under[- ]?aged?"
    r"|(?:pre[- ]?)?(?:teens?|adolescents?|pubescents?)|pre[- ]?pubertal|tweens?|juveniles?|jail[- ]?bait"
    r"|teen(?:aged?)?[- ]?(?:girl|boy|kid)s?|teenaged?|teenagers?|nymphets?"
    r"|l[o0]l[i1]s?|lolitas?|lolicon|shotas?|shotacon|barely legal|school[- ]?(?:girl|boy|kid)s?"
    r"|school[- ]?(?:child(?:ren)?|gals?|uniforms?)|teeny[- ]?boppers?|prom queens?"
    r"|kindergart\w+|nursery school|day ?care|pupils?"
    r"|(?:grade|middle|high|pre)[- ]?schoolers?|(?:elementary|primary|middle|grade|high) school|junior high"
    r"|elementary (?:student|pupil|kid|girl|boy|class)\w*|(?:boy|girl|cub) scouts?|altar boys?"
    r"|youngsters?|youths?|not (?:yet )?(?:of age|of legal age|legal|an adult)|(?:below"
    r"|under) the age of consent"
    r"|looks? (?:very |so |too |extremely )young|(?:scout|communion) girls?"
    r"|mineure?s?|minderjährig\w*|menor(?:es)? de (?:edad|idade)|minorenn[ei]|fillettes?|petites? filles?"
    r"|niñ[ao]s?|menin[ao]s?|bambin[aoe]|ragazzin[aoe]|schülerin(?:nen)?|kleines? mädchen"
    r"|девочк\w+|мальчик\w*|少女|幼女|女児|小学生|中学生|高校生|ロリ|未成年|여고생|초등학생"
    r"|(?:young|little|lil|small|tiny|wee)[- ]?(?:\w+ )?"
    r"(?:girls?|boys?|ones?|daughters?|sons?|sisters?|brothers?)"
)
_NUMBER = (
    "(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen)"
)
_ORDINAL = (
    "(?:1st|2nd|3rd|[4-9]th|1[0-7]th|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    "|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth)"
)
_PERSON = (
    "(?:(?:step|god|grand)?(?:daughter|son|sister|brother)|girls?|boys?|girlfriend|boyfriend|lady|lass|lad"
    "|niece|nephew|cousin|students?|(?:school|class)mate|females?|males?|virgin|maiden|princess|person"
    "|someone|somebody)"
)
_SAID_OF = r"(?:i am|i'?m|she is|he is|s?he'?s|you'?re|they'?re|(?:they|we|you|both) (?:both )?are(?: both)?)"
_IS = "(?:,| is| was| are|'s| -| –|:)"
_NO_AGE = (
    r"(?! ?(?:m|km|cm|mm|met\w+|kilomet\w+|feet|foot|ft|inch\w*|miles?|yards?|blocks?"
    r"|min(?:ute)?s?|seconds?"
    r"|secs?|hours?|days?|weeks?|months?|times|steps?|percent|pounds?|lbs?|kg|kilos?|dollars|stars?|points?"
    r"|people|persons|wom[ae]n|m[ae]n|guests|dancers|players|others?|am|pm|of|o'clock|x|-)(?!\w)"
    r"| ?[%:€$]|[.,]?\d)"
)
"""What makes a number no age: a unit, a count of somebody, a time of day."""
_YEARS = r"(?:y|yrs?|years?|year'?s|years')\.?"

_AGES = (
    rf"{_NUMBER}(?: and a half)?[- ]?{_YEARS}[- ]?(?:olds?|young|o|girl|boy|f|m)"
    rf"|{_NUMBER}[- ]?(?:months?|weeks?)[- ]?olds?|{_NUMBER}[- ]?(?:yo|y/o|y\.o\.?)(?=\W|$)"
    rf"|{_NUMBER} {_YEARS} of age|(?:only|just|barely|mere(?:ly)?) {_NUMBER} {_YEARS}"
    rf"|(?<!for )(?<!over )(?<!after )(?<!last )(?<!past )(?:1[1-7]|(?:thir|four|fif|six"
    rf"|seven)teen)[- ]?{_YEARS}"
    r"(?=[.,;!?)]|$)"
    r"|(?:[1-9]|1[0-7]) ?(?:ans|años|anos|anni|jahre?n?|jährig\w*|lat|лет|года?|jaar|歳|才|岁|歲|세|살)"
    rf"|(?:looks?|looking|appears?(?: to be)?|seems?(?: to be)?) (?:like )?(?:about |around "
    rf"|maybe )?{_NUMBER}{_NO_AGE}"
    rf"|(?:around|about|roughly|maybe) {_NUMBER}(?=[.,;!?)]|$)|{_NUMBER}[- ]?ish"
    rf"|at {_NUMBER},? (?:i|s?he|they)|when (?:i|s?he|they|we) (?:was|were) {_NUMBER}"
    r"|(?:born|dob)(?: in)?:? ?20(?:09|1\d|2\d)"
    rf"|{_NUMBER} and a half(?=[.,;!?)]|$)"
    rf"|age[sd]?[\s-]?(?:of|:|=|is)?\s?{_NUMBER}(?![\d.])"
    rf"|(?:at|just|only|barely|merely|under|mere|sweet) {_NUMBER}(?=[.,;!?)]|$)"
    rf"|{_PERSON} (?:of|aged?) (?:only |just |barely )?{_NUMBER}{_NO_AGE}"
    rf"|(?:(?:{_PERSON}|she|he|who){_IS}*|(?:model|friend){_IS}+) ?\(?(?:only |just |barely )?{_NUMBER}"
    rf"(?=[\s.,;!?)]|$){_NO_AGE}"
    rf"|{_SAID_OF} (?:only |just |barely )?{_NUMBER}(?=[\s.,;!?)]|$){_NO_AGE}"
    rf"|turn(?:s|ed|ing)? (?:just )?{_NUMBER}(?=[.,;!?)]|$| (?:and|in|today|yesterday|this|last|next|on)\b)"
    rf"|(?<![\w/.-])\(?(?:[6-9]|1[0-7]) ?/ ?[fm](?![\w/])|\((?:[6-9]|1[0-7]) ?[fm]\)|1[0-7]f(?![\w/])"
    rf"|(?<![\w/.-])(?:f ?/? ?1[357]|m ?/ ?1[0-7])(?![\w.])"
    rf"|{_ORDINAL} birthday"
    r"|(?:not (?:yet|even|quite)|not|isn'?t|aren'?t|under|younger than|below|almost|nearly|less than"
    r"|before (?:she|he|they)(?:'s| is| are| turns?| turned| was| were)?)"
    rf" (?:the age of )?(?:18|eighteen)(?!\w){_NO_AGE}"
    rf"|(?:under|younger than|below) (?:the age of )?{_NUMBER}(?=[.,;!?)]|$)"
    rf"|(?:{_ORDINAL}|10th|11th|12th)[- ]?grade(?:rs?)?|grade (?:[1-9]|1[0-2])(?!\d)"
    r"|year (?:[1-9]|1[0-3]) (?:student|pupil|girl|boy|class)s?"
    r"|(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)(?=\. (?:s?he|they|her|his)(?!\w))"
    r"|(?-i:[A-Z][a-z]+)(?=(?:, | \()(?:[6-9]|1[0-7])[,)])"
)
"""An age under 18, or what stands for one: a birthday, a grade at school, *13f*, *Emma, 13,*. Numbers of
apertures, as in *f11*, are left out."""
_WORDS = re.compile(rf"(?<!\w)(?:{_NOUNS}|{_AGES})(?!\w)", re.IGNORECASE)
_NOT_A_PERSON = re.compile(
    r"kid gloves|no kid(?:s|ding)|minor (?:key|scale|chord|injur\w+|detail\w*|change\w*|issue\w*|role\w*)"
    r"|child[- ]?free|childproof|inner child|teen(?:age)? mutant"
    r"|(?:seat|flight|apt|apartment|room|unit|gate|suite|row|floor|no)\.? \d+[fm]"
    r"|f ?1[357] (?:fighter|jet)s?"
    r"|grade (?:steel|bolt|metal|alloy|concrete|a|b)|(?:no|not|without|never|isn'?t"
    r"|aren'?t) (?:any |a |an )?"
    r"(?:minors?|child(?:ren)?|kids?|teens?|teenagers?|underage(?: \w+)?|(?:one "
    r"|body )?(?:is )?under (?:18|eighteen))"
    r"|nobody under (?:18|eighteen)"
    rf"|{_NUMBER}[- ]?(?:years?|yrs?|y)?[-/ ]?o(?:ld)?[- ]"
    r"(?:whiske?y|scotch|wine|rum|bourbon|cognac|port|cheese|malt|car|house|tree|building|bottle"
    r"|dog|cat|horse)s?",
    re.IGNORECASE,
)


def says_minor(text: str) -> str | None:
    """Return the first words of ``text`` that say that somebody is under 18, or None.

    It errs on the side of saying so: *youths* and *high school* count, and so does *young girl*. Ages from 18
    do not, nor does *girl* or *boy* alone, which are said of adults more often. Birth years count from 2009 on,
    whatever today is.

    Args:
        text: any text; look-alikes are replaced by whoever calls.
    """
    spared = [match.span() for match in _NOT_A_PERSON.finditer(text)]
    for match in _WORDS.finditer(text):
        start, end = match.span()
        if not any(start < last and end > first for first, last in spared):
            return match.group()
    return None
