"""Tell whether an everyday word in a text means the brand that is called so.

*Apple*, *Shell* and *Gap* are brands and words. Points are counted for what brands make and have ("sneakers",
"store", "logo"), for signs (®), model numbers, other brands beside it, and capitals where the sentence gives
no reason for one. In text read from pixels a word that has its line to itself is likely a mark, in capitals
more so.
"""

from __future__ import annotations

import re

from compliance.text.names.cues import Case, Mention, Place, is_heading, is_joined, weight_of
from compliance.text.names.proper_words import PROPER

FAINT = 0.4
"""Factor of the score for a word in lower case that has its line on screen to itself."""
_ALONE = re.compile(r"[\W_]*(?:®|™|©|\(?(?:tm|r|c)\)?)?[\W_]*", re.IGNORECASE)
"""What may stand on a line beside a mark."""

_OWN = (
    r"logos?|swoosh|brand(?:ed|ing)?|stores?|shops?|ads?|advert(?:s|isements?)?|commercials?|campaigns?|"
    r"billboards?|"
    r"headquarters|hq|ceo|employees?|outlets?|dealership|franchise|sponsor\w*|merch\w*|trademark|website|"
    r"homepage|app|"
    r"products?|packaging|factory"
)
"""What only companies have."""
_GOODS = (
    r"sneakers?|shoes?|boots?|trainers?|hoodies?|t-?shirts?|shirts?|jerseys?|tracksuits?|jackets?|vests?|"
    r"jeans|caps?|"
    r"handbags?|bags?|shopping bags?|watch(?:es)?|phones?|smartphones?|laptops?|computers?|tablets?|"
    r"headphones|cars?|"
    r"trucks?|vans?|suvs?|sedans?|pickups?|motorcycles?|tyres?|tires?|cans?|bottles?|cups?|bars?|soaps?|"
    r"shampoos?|razors?|"
    r"perfumes?|chips|beers?|vodka|energy drinks?|sodas?|controllers?|consoles?|cameras?|tvs?|monitors?|"
    r"couriers?|"
    r"drivers?|(?:gas|petrol|filling) stations?|restaurants?|drive-?(?:thru|through)|burgers?|fries|"
    r"sandwich(?:es)?|"
    r"cereals?|footballs?|cards?|planes?|jets?|chocolates?|yogh?urts?|catalogues?|magazines?|news|studios?|"
    r"delivery|accounts?|cosmetics|lipsticks?|creams?|detergents?|toothpaste|batter(?:y|ies)|drills?|"
    r"tractors?|processors?|servers?|printers?|routers?|drones?|parcels?"
)
"""What companies sell."""
_OWNED = re.compile(r"(?:['’]s)?[\s-]+(?:[\w-]+ )?(?:" + _OWN + r")\b", re.IGNORECASE)
_SOLD = re.compile(r"(?:['’]s)?[\s-]+(?:[\w-]+ )?(?:" + _GOODS + r")\b", re.IGNORECASE)
_SOLD_NEXT = re.compile(r"(?:['’]s)? (?:" + _GOODS + r")\b", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:logos? (?:of|by|from)|made by|sponsored by|manufactured by|ad (?:for|by)|"
    r"advert(?:isement)? (?:for|by)|"
    r"commercial (?:for|by)|(?:brand|company|retailer|manufacturer)|by|from|"
    r"(?:pair|can|bottle|bag|pack|box|cup|glass|bar|tube|tub|crate|sip) of|wearing|wears|drinking|drinks|"
    r"driving|"
    r"drives|works? (?:at|for)|working (?:at|for)|shopping at|bought (?:at|from))(?: an?| the| some| his|"
    r" her)?"
    r"\s*[\"“]?$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"\s?(?:®|™|©|\((?:r|tm)\))", re.IGNORECASE)
_MODEL = re.compile(
    r"\s+(?:[A-Z]{0,3}-?\d{1,4}[A-Za-z]{0,3}|[A-Z]\d|Pro|Max|Ultra|Plus|GT|Turbo)\b"
)
_ADJECTIVES = frozenset(
    "orange mini smart supreme express virgin free three sky square total champion focus boss crown "
    "galaxy golden "
    "patriot discover sprint boost guess fossil opal lucky head salomon diesel monster magnum major "
    "general".split()
)
"""Words that stand before any noun as words, too: an *orange shirt*, a *mini store*."""
_STUFF = _ADJECTIVES | frozenset(
    "apple shell target gap tide coach visa chase windows vans subway corona rolling camel bounty milky "
    "twist mustang "
    "beetle brother sister zoom time life people nature science focus purple casino slack signal polo "
    "golf caterpillar converse".split()
)
"""Words that stand before goods as words, too: an *apple bottle*, a *golf cap*."""


class BrandWords:
    """A text in which names of brands are judged.

    Args:
        text: the text as it was.
        screen: whether it was read from pixels.
    """

    def __init__(self, text: str, screen: bool = False) -> None:
        self._text = text
        self._screen = screen

    def evidence(self, mention: Mention) -> float:
        """Return how strongly the text says that ``mention`` means the brand, 0…1."""
        start, end = mention.start, mention.end
        heading = is_heading(self._text, start, end)
        if self._screen and not heading:
            heading = not any(map(str.islower, self._text[:start] + self._text[end:]))
        place = Place.at(self._text, start, end, heading)
        points = self._points(mention, place)
        if points <= 0 and self._screen and self._is_alone(mention):
            return FAINT if place.case is Case.AGAINST else weight_of(1)
        return weight_of(points)

    def _is_alone(self, mention: Mention) -> bool:
        before, after = self._text[: mention.start], self._text[mention.end :]
        return bool(_ALONE.fullmatch(before) and _ALONE.fullmatch(after))

    def _points(self, mention: Mention, place: Place) -> int:
        lower = place.case is Case.AGAINST
        owned, sold = bool(_OWNED.match(place.after)), bool(_SOLD.match(place.after))
        near = is_joined(self._text, mention.start, mention.end, mention.sure)
        points = 3 * bool(_SIGN.match(place.after)) + 2 * mention.disguised + 2 * near
        name = place.name.lower()
        if lower:
            said = 2 * (owned and name not in _ADJECTIVES) + (sold and name not in _STUFF)
            return points + said - (near > 0)
        if place.case is Case.OPEN and name in _STUFF:  # "Orange car on a road"
            return (
                points
                + 2 * owned
                + (sold and bool(_SOLD_NEXT.match(place.after)) and name not in _ADJECTIVES)
            )
        points += 2 * owned + 2 * sold + 2 * bool(_MODEL.match(place.after))
        if place.case is Case.OPEN and not place.opening and not place.heading:
            return points  # "Chaco Canyon's ruins"
        if name in PROPER or not (mention.as_named or len(name) > 3):
            return points
        points += bool(_LEAD.search(place.before)) + place.possessive
        return points + (place.case is Case.FOR)
