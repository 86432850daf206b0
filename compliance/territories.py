"""Territories as policies, releases and permissions name them: codes of ISO 3166-1, US states, groups.

Codes are those of ISO 3166-1 as of 2024; the members of groups are those of the treaties (EU of 27 since
2020-02-01, EEA = EU + IS, LI, NO; EFTA = CH, IS, LI, NO).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)
"""The 249 codes."""

STATES = frozenset(
    f"US-{state}"
    for state in """
    AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV
    NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY
    """.split()
)
"""The states of the US and the District of Columbia, ISO 3166-2."""

_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
GROUPS = {
    "EU": _EU,
    "EEA": _EU | {"IS", "LI", "NO"},
    "EFTA": frozenset({"CH", "IS", "LI", "NO"}),
}
"""Groups by name."""
_BELONGING = {
    "FR": frozenset({"GF", "GP", "MF", "MQ", "RE", "YT"}),
    "FI": frozenset({"AX"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "UM", "VI"}),
}
"""Where law of a territory holds although ISO gives the place a code of its own: the regions of TFEU art. 355
(1) and (4), and the territories of the US. Rules reach them; a permission names them or does not."""
_OFTEN_MEANT = {"UK": "GB", "EL": "GR"}


def known(name: str) -> bool:
    """Tell whether ``name`` is a code, a state or a group, in capitals."""
    return name in CODES or name in GROUPS or name in STATES


def likely(name: str) -> str | None:
    """Return the code or group that ``name`` probably means, or None."""
    upper = name.strip().upper()
    meant = _OFTEN_MEANT.get(upper, upper)
    return meant if known(meant) else None


def expand(names: Iterable[str]) -> frozenset[str]:
    """Return where rules on ``names`` apply: codes and states; ``US`` reaches its states, ``EU`` Réunion.

    A name that is not known might be anywhere, so it reaches every territory: a rule then applies.
    """
    reached: set[str] = set()
    for name in names:
        meant = likely(name)
        if meant is None:
            return CODES | STATES
        reached |= _members(meant)
    return frozenset(reached).union(*(_BELONGING.get(code, ()) for code in reached))


def within(wanted: Iterable[str], granted: Iterable[str]) -> bool:
    """Tell whether every place of ``wanted`` lies in ``granted``: ``DE`` in ``EU``, ``EU`` not in ``DE``.

    A name that is not known lies in the same name alone, so that nothing reaches it by chance.
    """
    reached = frozenset[str]().union(*(_members(name) for name in granted))
    return all(_members(name) <= reached for name in wanted)


@lru_cache(maxsize=1024)
def _members(name: str) -> frozenset[str]:
    meant = likely(name) or name
    states = STATES if meant == "US" else frozenset[str]()
    return GROUPS.get(meant, frozenset({meant})) | states
