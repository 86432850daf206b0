"""Names of brands are found in prompts and, as drawn letters are read, on screen."""

import cv2
import numpy as np
import pytest

from compliance.analyzers.base import References
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.texts.brand_names import BrandNameAnalyzer
from compliance.findings import BankUse, Finding, Reference
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.text.names.matching import EXACT
from compliance.types import FrameBatch, Source, TextBatch

NAMES = {
    "Coca-Cola": ("coca-cola", False),
    "Coke": ("coca-cola", True),
    "Heineken": ("heineken", False),
    "Starbucks": ("starbucks", False),
    "Target": ("target", True),
    "Puma": ("puma", True),
    "DHL": ("dhl", False),
}


def references() -> References:
    refs = tuple(Reference(bank="brands", entry=entry) for entry, _ in NAMES.values())
    use = BankUse(name="brands", modality="word", size=len(set(refs)), version="0" * 64)
    ambiguous = tuple(everyday for _, everyday in NAMES.values())
    return References(refs, (use,), texts=tuple(NAMES), ambiguous=ambiguous)


def texts(*given: str, source: Source = Source.PROMPT) -> TextBatch:
    n = len(given)
    return TextBatch(("a" * 64,) * n, given, (source,) * n, (None,) * n, (None,) * n)


def review(batch: TextBatch) -> list[Finding]:
    analyzer = BrandNameAnalyzer()
    reduced = analyzer.reduce("a" * 64, analyzer.observe_texts(batch))
    return analyzer.findings("a" * 64, reduced, references())


class TestContract(TextContract):
    def analyzer(self) -> BrandNameAnalyzer:
        return BrandNameAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            texts("a Heineken bottle", "nothing of the kind"),
            texts("TARGET", "C0CA COLA", source=Source.OCR),
        ]

    def references(self) -> References:
        return references()

    def provoke(self) -> None:
        self.analyzer().findings("a" * 64, [], None)


def test_a_brand_named_in_a_prompt_is_found_with_its_place() -> None:
    [found] = review(texts("a polar bear drinking coca-cola on an iceberg"))
    assert (found.category, found.reference.entry, found.score) == (
        "brand.name",
        "coca-cola",
        EXACT,
    )
    assert found.evidence.offsets == (22, 31)


def test_an_everyday_word_needs_words_that_speak_for_the_brand() -> None:
    assert review(texts("target practice", "a puma in tall grass", "puma")) == []
    [found] = review(texts("a pair of Puma sneakers"))
    assert found.reference.entry == "puma"
    assert "speak for the brand" in found.evidence.note


def test_on_screen_a_mark_is_found_as_it_is_read_and_a_word_alone_scores_low() -> None:
    lines = ("C0CA COLA", "HEINEKFN", "Sta rbucks", "TARGET", "SHOOTING TARGET OF THE DAY")
    found = review(texts(*lines, source=Source.OCR))
    scores = {one.reference.entry: one.score for one in found}
    assert set(scores) == {"coca-cola", "heineken", "starbucks", "target"}
    assert scores["target"] < 0.6 < min(scores["heineken"], scores["starbucks"])


def test_a_misreading_is_not_forgiven_in_text_that_was_typed() -> None:
    assert review(texts("HEINEKFN", "a bottle of HEINEKFN")) == []


def test_a_name_that_was_typed_in_pieces_is_a_disguise() -> None:
    [found] = review(texts("Sta rbucks"))
    assert found.reference.entry == "starbucks"
    assert "disguise" in found.evidence.note


@pytest.mark.parametrize(
    ("word", "entry"), [("HEINEKEN", "heineken"), ("Coca-Cola", "coca-cola"), ("DHL", "dhl")]
)
def test_a_word_drawn_on_a_picture_is_read_and_found(word: str, entry: str) -> None:
    picture = np.full((360, 640, 3), (190, 40, 30), np.uint8)
    cv2.putText(
        picture, word, (60, 200), cv2.FONT_HERSHEY_DUPLEX, 2.4, (250, 250, 250), 5, cv2.LINE_AA
    )
    turned = cv2.getRotationMatrix2D((320, 180), 6, 0.9)
    picture = cv2.GaussianBlur(cv2.warpAffine(picture, turned, (640, 360)), (0, 0), 1.2)
    reader = OcrAnalyzer()
    reader.setup("cpu", ModelStore())
    seen = reader.observe_frames(
        FrameBatch(("a" * 64,), np.zeros(1), (np.ascontiguousarray(picture),))
    )
    n = len(seen)
    batch = TextBatch(
        ("a" * 64,) * n,
        tuple(one.text or "" for one in seen),
        (Source.OCR,) * n,
        tuple(one.span for one in seen),
        tuple(one.region for one in seen),
    )
    assert entry in {one.reference.entry for one in review(batch)}


@pytest.mark.parametrize("written", ["H&M", "H & M", "H & M's", "H &M"])
def test_blanks_around_an_ampersand_hide_no_brand(written):
    refs = (Reference(bank="brands", entry="hm"),)
    known = References(refs, (), texts=("H&M",), ambiguous=(False,))
    analyzer = BrandNameAnalyzer()
    seen = analyzer.observe_texts(texts(f"a bag of {written} on a chair"))
    found = analyzer.findings("a" * 64, analyzer.reduce("a" * 64, seen), known)
    assert [one.reference.entry for one in found] == ["hm"]
