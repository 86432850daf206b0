"""Disguises fall away, and every code point knows where it came from."""

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from compliance.text.normalise import IGNORABLE, View, normalise

EVERY_VIEW = pytest.mark.parametrize("view", View)


@pytest.mark.parametrize(
    ("text", "cased", "plain", "folded", "leet"),
    [
        ("Eileen", "Eileen", "eileen", "eileen", "elleen"),
        ("Еilееn", "Еilееn", "еilееn", "eileen", "elleen"),
        ("Ei\u200bl\u00adeen", "Eileen", "eileen", "eileen", "elleen"),
        ("ﬁsh", "fish", "fish", "fish", "flsh"),
        ("É E\u0301", "É É", "é é", "e e", "e e"),
        ("Łuk Øre Straße", "Łuk Øre Straße", "łuk øre strasse", "luk ore strasse", "luk ore strasse"),
        ("١٢٣ ४५ ９", "123 45 9", "123 45 9", "123 45 9", "l2e as 9"),
        ("ᴇɪʟ🅴🅴🅽", "ᴇɪʟ🅴🅴🅽", "ᴇɪʟ🅴🅴🅽", "eileen", "elleen"),
        ("W1ll $m1th", "W1ll $m1th", "w1ll $m1th", "w1ll $m1th", "wlll smlth"),
        ("й Наталья", "й Наталья", "й наталья", "й hataлья", "й hataлья"),
        ("مرحبا", "مرحبا", "مرحبا", "مرحبا", "مرحبا"),
    ],
)  # fmt: skip
def test_each_view_folds_more(text, cased, plain, folded, leet) -> None:
    assert [normalise(text, view).text for view in View] == [cased, plain, folded, leet]


@pytest.mark.parametrize(
    ("text", "part", "source"),
    [
        ("a ﬁsh", "i", "ﬁ"),
        ("an E\u200bi\u200bleen", "eileen", "E\u200bi\u200bleen"),
        ("x e\u0301 y", "e", "e\u0301"),
        ("Straße!", "ss", "ß"),
        ("ﾊﾞ", "バ", "ﾊﾞ"),
    ],
)
def test_a_span_leads_back_to_what_was_written(text, part, source) -> None:
    folded = normalise(text)
    at = folded.text.index(part)
    start, end = folded.span(at, at + len(part))
    assert text[start:end] == source


@EVERY_VIEW
@given(text=st.text())
def test_offsets_never_fall_and_cover_their_source(view, text) -> None:
    done = normalise(text, view)
    offsets, ends = list(done.offsets), list(done.ends)
    assert len(done.text) == len(offsets) == len(ends)
    assert offsets == sorted(offsets) and ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(offsets, ends, strict=True))


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_working_cluster_by_cluster_gives_nfkc_of_the_whole(text) -> None:
    kept = "".join(c for c in text if c not in IGNORABLE)
    whole = unicodedata.normalize("NFKC", kept)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in whole)
    assert normalise(text, View.CASED).text == digits


def test_ignorables_are_those_of_unicode() -> None:
    unicode = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    theirs = {chr(point) for point in range(0x110000) if unicode.match(chr(point))}
    ours = {c for c in IGNORABLE if unicodedata.category(c) != "Cc"} - set("\ufff9\ufffa\ufffb")
    assert ours == theirs


def test_piled_up_marks_do_not_hide_letters() -> None:
    zalgo = "".join(letter + "\u0301\u0316" * 60 for letter in "eileen")
    assert normalise(zalgo).text == "eileen"


@EVERY_VIEW
def test_lone_surrogates_and_nothing_are_text_too(view) -> None:
    assert normalise("", view).text == ""
    assert normalise("\ud800", view).text == "\ud800"
