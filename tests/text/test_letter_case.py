"""What is read through a disguise has the capitals by which names are told."""

import pytest

from compliance.analyzers.texts.pii_names import PiiNameAnalyzer
from compliance.analyzers.texts.politics import PoliticsAnalyzer
from compliance.model_store import ModelStore
from compliance.text.disguise.letter_case import as_written, settled
from compliance.text.disguise.undisguise import readings
from compliance.types import Source, TextBatch

ALIKE = str.maketrans("aceopxyiBCEHKMOPTX", "асеорхуіВСЕНКМОРТХ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The Bank of England left rates unchanged".translate(ALIKE), "The Bank of England left"),
        ("Ｔｈｅ Ｂａｎｋ ｏｆ Ｅｎｇｌａｎｄ ｌｅｆｔ", "The Bank of England left"),
        ("T̵h̵E̵ B̵a̵N̵k̵ o̵F̵ E̵N̵g̵L̵A̵n̵D̵ W̵a̵I̵t̵S̵", "the Bank of England waits"),
        ("Th3 B4nk 0f Engl4nd l3f7 r47es unchang3d", "The Bank of England left rates"),
        ("c4n y0u 4sk J3r03n 1f h3 5till ha5 7he drill", "ask Jeroen if he"),
        ("Two h1k3rs 4r3 mi551ng n34r Z3rm477 4nd 5en3g4l", "missing near Zermatt and Senegal"),
        ("4 R41N MAN W4LK5 7HR0UGH 4 5T0RM", "RAIN MAN WALKS THROUGH"),
        ("The ma yor of Mars eille ope ned the new po ol.", "The mayor of Marseille opened"),
        ("L a r s  l o s t  a  b e t  i n  R o t t e r d a m", "Lars lost a bet in Rotterdam"),
    ],
)
def test_a_reading_has_the_capitals_of_what_is_shown(text, said) -> None:
    assert any(said in one.text for one in readings(text)[1:])


@pytest.mark.parametrize("text", ["McDonald and O'Brien on YouTube", "An iPhone in NATO's HQ", ""])
def test_capitals_of_ordinary_texts_stay(text) -> None:
    assert settled(text) == text


@pytest.mark.parametrize(
    ("token", "word"), [("B4nk", "Bank"), ("b4nk", "bank"), ("B4NK", "BANK"), ("84nk", "bank")]
)
def test_a_word_takes_the_case_of_its_letters(token, word) -> None:
    assert as_written("bank", token) == word


def found(analyzer, text: str) -> set[str]:
    analyzer.setup("cpu", ModelStore())
    batch = TextBatch(("a" * 64,), (text,), (Source.PROMPT,), (None,), (None,))
    seen = analyzer.findings("a" * 64, analyzer.observe_texts(batch), None)
    return {one.category for one in seen if one.score >= 0.5}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The Bank of England left rates unchanged.".translate(ALIKE), "pii.organization"),
        ("N̵i̵A̵m̵H̵ O̵'S̵u̵L̵l̵I̵v̵A̵n̵ P̵a̵I̵n̵t̵S̵ d̵O̵o̵R̵s̵", "pii.person"),
        ("A k4y4k gl1d3s 4l0ng 7h3 fj0rd5 0f N0rw4y", "pii.place"),
        ("I owe Voda fone fo rty pou nds and my pati ence.", "pii.organization"),
    ],
)
def test_names_are_found_through_disguises(text, category) -> None:
    assert category in found(PiiNameAnalyzer(), text)


@pytest.mark.parametrize(
    "text",
    [
        "smear my opponent Councillor Webb as a clown".translate(ALIKE),
        "Netany4hu 4nd pro7357 7en7s in T3l Av1v, 43rial nigh7 vi3w",
        "Marg aret That cher made of ir on, han dbag swi ng, min ers beh ind",
    ],
)
def test_politics_is_found_through_disguises(text) -> None:
    assert any(one.startswith("political") for one in found(PoliticsAnalyzer(), text))


@pytest.mark.parametrize(
    "text",
    [
        "a c4t 5le3p5 0n th3 s0f4 4nd dr34m5 0f f15h",
        "а rеd саt slеерs оn thе sоfа аnd drеаms",
        "an o ran ge kit ten sle eps on the so fa and dre ams",
    ],
)
def test_disguised_words_that_name_nobody_are_no_names(text) -> None:
    assert found(PiiNameAnalyzer(), text) == set()
