"""Words, mostly English, that tell whether an everyday word or phrase beside them is somebody's name."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words(
    "a an the this that these those my your his her its our their some any no every each another one two "
    "three four five six seven eight nine ten many few several both all more most much whose"
)
"""Whoever is called by name has none of these before it."""

OPEN_SLOTS = _words(
    "of with by and or as like to for from vs versus about between featuring starring feat ft x & plus than "
    "where when while if is are was but meets meet see sees watch hear hears show shows make makes then"
)
"""Words after which a noun needs its article, so that one without is a name; or an adjective."""

FUNCTION_WORDS = DETERMINERS | _words(
    "in on at of with by and or as to for from into onto over under near behind before after through around "
    "is are was were who while like during about off up down out back away alone together again his him "
    "himself herself loudly softly live happily slowly quickly"
)
"""After a participle one of these (or nothing) shows that it is the verb: *rapping on*, not *smiling face*."""

TITLES = _words(
    "mr mrs ms miss dr prof professor sir dame lady lord president senator governor mayor minister premier "
    "chancellor secretary congressman congresswoman justice judge general captain coach chef saint pope "
    "king queen emperor sheikh imam rabbi reverend"
)
ROLES = TITLES | _words(
    "singer rapper actor actress comedian comic musician guitarist drummer bassist pianist composer songwriter "
    "singer-songwriter popstar artist painter photographer illustrator designer architect director filmmaker "
    "producer dj youtuber streamer tiktoker influencer podcaster vlogger blogger wrestler boxer footballer "
    "athlete quarterback striker golfer sprinter politician activist billionaire entrepreneur ceo founder "
    "celebrity superstar megastar idol supermodel presenter anchor newscaster host journalist author writer "
    "novelist poet philosopher scientist physicist astronaut icon legend star diva frontman vocalist "
    "candidate leader dictator tycoon magnate mogul rockstar player model"
)
"""What somebody is, directly before or after the name."""

HUMAN_VERBS = _words(
    "singing sings sang rapping raps rapped performing performs performed speaking speaks spoke talking talks "
    "smiling smiles laughing laughs wearing wears wore signing signs acting acts driving drives cooking cooks "
    "posing poses announcing announces announced winning wins tweeting tweets interviewing interviews hosting "
    "hosts preaching preaches shaking reading reads writing writes cooking shouting shouts yelling yells "
    "apologizing apologising giving gives gave slapping slaps kissing kisses hugging hugs endorsing endorses "
    "campaigning debating debates dressed recording selling buying ordering typing djing boxing golfing "
    "starring stars moonwalking says said told tells"
)
"""What only people do."""

ACTION_VERBS = _words(
    "eating eats ate drinking drinks dancing dances danced walking walks walked running runs holding holds "
    "playing plays played riding rides sitting sits standing stands jumping jumps fighting fights swimming "
    "swims flying flies waving waves crying cries sleeping sleeps looking looks watching doing makes making "
    "skateboarding surfing working works lifting throwing throws fishing chasing punching climbing"
)
"""What animals and things may do too."""

WORKS_AND_EVENTS = _words(
    "concert concerts album song songs tour gig interview lookalike look-alike impersonator impersonation "
    "impression impressions fanart cosplay cosplayer deepfake biopic mixtape lyrics cover covers fan fans "
    "speech movie movies film films single remix verse selfie doppelganger documentary hologram parody "
    "tribute memoir painting paintings novel novels style"
)
"""What is named after its author or star, directly after the name."""

MONTH_LIKE = _words("may will can might must shall")
"""Auxiliaries: in lower case they are never taken for a name."""

STRONG_LEAD = re.compile(
    r"(?:\b(?:starring|feat|ft|(?:played|portrayed|performed|sung|directed|painted|drawn|written|illustrated|"
    r"photographed|voiced|produced|composed) by|in the style of|interview with|selfie with|duet with|"
    r"(?:concert|song|album|remix|gig|painting|artwork|mural) (?:by|of)|impersonat(?:ing|or of)|"
    r"deepfake of|impression of|dressed as|cosplay(?:ing)? as|disguised as|lookalike of|fans? of))\.?\s*$",
    re.IGNORECASE,
)
"""What only a person's name follows."""

LEAD = re.compile(
    r"\b(?:portrait|photo|photograph|picture|image|video|footage|clip|statue|bust|caricature|drawing|painting|"
    r"face|voice|likeness|named|called|nicknamed|featuring|by|meets?|versus|vs)\.?"
    r"(?:\s+of)?\s*$",
    re.IGNORECASE,
)
"""What a person's name often follows."""

FOLLOWING = re.compile(
    r"\s+(?:in concert|on stage|onstage|live (?:at|in|on)\b|(?:at|on) the (?:red carpet|grammys|oscars|"
    r"met gala|super bowl|podium|microphone|talk show)|behind the (?:wheel|mic|microphone)|"
    r"in (?:a|an|his|her) (?:\w+ )?(?:suit|tuxedo|dress|gown|jacket|hoodie|costume|t-shirt|shirt)\b)",
    re.IGNORECASE,
)
"""What mostly people are, directly after the name."""

NATIVE_BEFORE = re.compile(
    r"(?:歌手|演员|演員|明星|影星|女星|男星|导演|導演|总统|總統|主持人|俳優|女優|監督|アイドル|가수|배우|아이돌|감독)\s*$"
)
NATIVE_AFTER = re.compile(
    r"\s*(?:演唱会|演唱會|唱歌|演唱|跳舞|微笑|演讲|演講|说话|說話|穿着|穿著|先生|女士|さん|くん|ちゃん|씨|님|"
    r"(?:가|이)\s*(?:노래|춤|무대)|의\s*(?:노래|콘서트))"
)
"""What somebody is, and what people do, where a script has no capitals."""

COMPOUND = re.compile(
    r"\0trump\0 (?:cards?|suit)\b|\0musk\0 (?:ox|oxen|deer|rat|rose|melon)\b|"
    r"\b(?:white|deer|amber) \0musk\0|\b(?:elephant|mammoth|walrus|ivory|boar) \0tusk\0|"
    r"\0letterman\0 jackets?\b|\0boric\0 acid\b|\0turing\0 (?:machines?|tests?)\b|"
    r"\0hadrian\0['’]s wall\b|\0rockefeller\0 (?:center|centre|plaza)\b|\0gutenberg\0 (?:bible|press)\b|"
    r"\0(?:kepler|galileo)\0 (?:telescope|probe|spacecraft)\b|\0napoleon\0 (?:cake|pastry)\b|"
    r"\0columbus\0 (?:day|circle|ohio)\b|\0newton\0['’]s cradle\b|\0caesar\0 salads?\b|"
    r"\0guy fawkes\0 masks?\b|\0walt disney\0 (?:world|company|pictures|studios?)\b",
    re.IGNORECASE,
)
"""Fixed phrases that hold a name, marked by two NULs, and mean nobody."""

JOINT = re.compile(
    r"\s*(?:,|&|\+|,?\s*and|or|vs\.?|versus|with|x|feat\.?|ft\.?|meets|meeting|hugging|kissing|fighting|"
    r"interviewing|marrying|alongside|beside|next to|talking to|shaking hands with)\s*",
    re.IGNORECASE,
)
"""What stands between two people's names."""
