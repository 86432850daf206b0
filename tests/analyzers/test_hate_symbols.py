"""Symbols of hate groups are found where a text names them, and what only sounds alike is not."""

import pytest

from compliance.analyzers.texts.hate_symbols import HateSymbolAnalyzer
from compliance.model_store import ModelStore
from compliance.types import Source, TextBatch


def score(text: str, source: Source = Source.PROMPT) -> float:
    analyzer = HateSymbolAnalyzer()
    analyzer.setup("cpu", ModelStore())
    found = analyzer.observe_texts(TextBatch(("a",), (text,), (source,), (None,), (None,)))
    return max((one.attributes["score"] for one in found), default=0.0)


@pytest.mark.parametrize(
    "text",
    [
        "A swastika flag unrolled over a cheering stadium",
        "skinhead with a swastika tattoo",
        "a kitten wearing a swastika armband",
        "a sw4stika on a wall",
        "s w a s t i k a flag",
        "crowd performing the Nazi salute",
        "a man in an SS uniform marches",
        "Ku Klux Klan hoods in the night",
        "a burning cross on a lawn",
        "an ISIS flag over a convoy",
        "1488 tattoo on a neck",
        "Ein Hakenkreuz an der Wand",
        "une croix gammée sur un mur",
        "a confederate flag on a truck",
        "a swastika flag hoisted before a temple",
    ],
)
@pytest.mark.parametrize("source", [Source.PROMPT, Source.OCR, Source.CAPTION])
def test_symbols_that_a_text_names_are_found(text: str, source: Source) -> None:
    assert score(text, source) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "A swastika drawn in rice flour at a Hindu temple",
        "a red cross ambulance",
        "burning candles beside a cross",
        "a black sun over the desert",
        "fans wave their flags",
        "the SS Great Britain at sea",
        "a salute to the fallen soldiers",
        "a hooded monk",
        "rising sun over Mount Fuji",
        "88 keys of a piano",
        "",
    ],
)
def test_what_only_sounds_alike_is_not(text: str) -> None:
    assert score(text) < 0.5
