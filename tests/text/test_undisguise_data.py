"""Addresses, numbers, names and small words survive the disguise of the text around them."""

import re

import pytest

from compliance.text.disguise.undisguise import readings
from compliance.text.names.kinds import PERSON
from compliance.text.names.matching import NameIndex
from compliance.text.personal.entities import EMAIL, Hit
from compliance.text.personal.search import sightings
from compliance.types import Source, TextBatch

SAID = {
    "leetspeak": (
        "7h3 h4ck3r wr173s 70 t0m.b4ker@3xampl3.0rg 4nd d035n'7 st0p",
        ["tom.baker@example.org", "doesn't"],
    ),
    "split": (
        "his soc ial secu rity num ber is 219-09 -9999, wri te to anna.keller @example.com",
        ["social security number is 219-09-9999", "anna.keller@example.com"],
    ),
    "dotted": (
        "w.r.i.t.e t.o a.n.n.a...k.e.l.l.e.r.@.e.x.a.m.p.l.e...c.o.m o.r 1.9.2...0...2...4.5, p.l.e.a.s.e",
        ["anna.keller@example.com", "192.0.2.45,"],
    ),
    "words reversed": (
        "knab mrof dellif ni htiw 28BG TSEW 4321 8965 4567 23 on erom",
        ["bank form filled in with GB82 WEST 1234 5698 7654 32 no more"],
    ),
    "names reversed": ("yerduA nrubpeH no a apsev", ["Audrey Hepburn on a vespa"]),
    "look-alikes beside digits": (
        "stаtеmеnt оf ассоunt FR14 2004 1010 0505 0001 3М02 606",
        ["0001 3M02 606"],
    ),
}


@pytest.mark.parametrize("how", SAID)
def test_what_is_said_is_read_whole(how) -> None:
    text, parts = SAID[how]
    read = [one.text for one in readings(text)]
    assert [part for part in parts if not any(part in one for one in read)] == []


@pytest.mark.parametrize(
    "text",
    [
        "vitaminC serum and planB poster, typeA plug",
        "lunch @ cafe de flore at 12.30 on 3.4.2025",
        "iPhone 15 Pro, MacBook Air M3, PlayStation 5 and eBay listing",
        "follow us @example.studio on every channel",
        "3 - 2 after 90 minutes, route A1 to B2 via C3, gate 14, seat 22 F",
        "ISBN 978-3-16-148410-0, SN 8H2K-99L0-P3Q1, batch 0x7f3a",
    ],
)
def test_honest_codes_and_numbers_have_one_reading(text) -> None:
    assert len(readings(text)) == 1


NAMES = NameIndex(["Audrey Hepburn", "Usher", "Christopher Nolan", "Li Na"], kind=PERSON)


def joined(text: str, cut: bool) -> str:
    for start, end, instead in reversed(NAMES.pieces(text, cut)):
        text = text[:start] + instead + text[end:]
    return text


def test_a_name_in_pieces_is_joined_at_its_own_words() -> None:
    assert joined("Aud rey Hep burn on a vespa", cut=False) == "Audrey Hepburn on a vespa"
    assert joined("by Chris topher No lan", cut=True) == "by Christopher Nolan"


@pytest.mark.parametrize("text", ["let us her alds say", "show us her house", "a mali nap"])
@pytest.mark.parametrize("cut", [True, False])
def test_words_that_spell_a_name_over_their_edges_are_left_alone(text, cut) -> None:
    assert joined(text, cut) == text


def test_what_is_disguised_in_a_long_text_is_found_at_its_place() -> None:
    said = "A calm lake at dawn, mist on the water, a wooden boat by the shore. " * 100
    hidden = "w r i t e  t o  a n n a . k e l l e r @ e x a m p l e . c o m  t o d a y, p l e a s e  n o w. "
    text = said + hidden + said

    class Mail:
        def find(self, text: str) -> list[Hit]:
            return [
                Hit(EMAIL, *one.span(), 1.0, 1.0) for one in re.finditer(r"[\w.]+@[\w.]+\w", text)
            ]

    batch = TextBatch(("a",), (text,), (Source.PROMPT,), (None,), (None,))
    (found,) = sightings(batch, Mail())
    assert found.value == "ANNAKELLEREXAMPLECOM"
    assert (
        "a n n a . k e l l e r @ e x a m p l e . c o m" in text[found.place.start : found.place.end]
    )
    assert abs(found.place.end - found.place.start - len(hidden)) < 5
