"""Whether a word for a country's people says something of somebody, or is a language or a thing's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compliance.text.personal.name_tokens import Word

_LANGUAGE = frozenset(
    "speak speaks spoke spoken speaking study studies studied studying learn learns learned learnt learning "
    "teach teaches taught teaching understand understands".split()
)
"""Words before a language."""
_THINGS = frozenset(
    """accent alphabet architecture art bakery ballad bar bistro bread breakfast cafe car castle cheese
    cinema city coffee comedy cooking cuisine desert dictionary dish dishes documentary drama dress fashion
    film films food forest furniture garden grammar house kitchen landscape language lantern lanterns
    lessons literature lyrics market meal movie movies music novel opera painting pizza poem poetry pub
    restaurant restaurants school series sitcom song songs street style subtitles supermarket tea television
    temple thriller toast town tv version village western wine words""".split()
)
"""What is no person and tells of none."""
_DOES = re.compile(
    r"(?:er|or|ist|man|men|woman|women|people|chef|star|fan|student|critic|king|queen)s?$"
)
_GROUPS = frozenset(
    """army ambassador border citizen citizens consulate embassy family families forces government
    guard immigrant immigrants journalist man men migrant migrants military minister ministry national
    nationals parliament passport people police politician president refugee refugees soldier soldiers
    student students troops woman women worker workers""".split()
)
"""Those of whom a nationality in small letters is said: it is one without a capital, too."""
_IS = frozenset("is are was were am be being".split())
_KINDS = frozenset(
    "action art classic country documentary fantasy folk ghost horror independent indie mystery period pop "
    "rock romantic sci-fi science silent street traditional war".split()
)
"""Words that may stand between it and a thing, as words with a hyphen may: others may be verbs."""
_REACH = 4
"""Words behind it that are looked at."""


def said_of_somebody(words: Sequence[Word], index: int, cased: bool) -> bool:
    """Tell whether the nationality at ``index`` may be somebody's: it is where nothing says otherwise.

    A language (*studying English*) and what is said of a thing (*an American film*) are nobody's; *an American
    film director* is somebody.

    Args:
        words: words of a text, of which that at ``index`` is a nationality.
        index: which.
        cased: whether capitals say anything in the text.
    """
    word = words[index]
    behind = _joined(words, index)
    before = words[index - 1].folded if index and word.joined else ""
    if before in _LANGUAGE:
        return any(name in _GROUPS or _DOES.search(name) for name in behind[:1])
    for place, name in enumerate(behind):
        if name in _THINGS:
            return place + 1 < len(behind) and bool(_DOES.search(behind[place + 1]))
        if name not in _KINDS and "-" not in name:
            break
    if word.capital or not cased:
        return True
    return not word.ordinary and (not _GROUPS.isdisjoint(behind[:2]) or before in _IS)


def _joined(words: Sequence[Word], index: int) -> list[str]:
    """Return the words that follow with nothing but spaces between them, folded."""
    found: list[str] = []
    for word in words[index + 1 : index + 1 + _REACH]:
        if not word.joined:
            break
        found.append(word.folded)
    return found
