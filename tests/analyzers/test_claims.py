"""Advertising claims are found with offsets and what stands beside; everyday uses of their words are not."""

import pytest

from compliance.analyzers.texts.claims import ClaimsAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import Finding
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.types import Region, Source, TextBatch, TimeSpan

ASSET = "a" * 64


def texts(*said: str, source: Source = Source.PROMPT, asset: str = ASSET) -> TextBatch:
    n = len(said)
    return TextBatch((asset,) * n, said, (source,) * n, (None,) * n, (None,) * n)


def frame(*lines: str, time: float = 1.0, tops: tuple[float, ...] = ()) -> TextBatch:
    n = len(lines)
    boxes = tuple(
        Region.from_box(0.1, top, 0.6, top + 0.05, 1, 1)
        for top in tops or tuple(0.1 + 0.06 * row for row in range(n))
    )
    span = TimeSpan(start=time, end=time)
    return TextBatch((ASSET,) * n, lines, (Source.OCR,) * n, (span,) * n, boxes)


@pytest.fixture(scope="module")
def claims() -> ClaimsAnalyzer:
    analyzer = ClaimsAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def found(claims: ClaimsAnalyzer, batch: TextBatch) -> list[Finding]:
    return claims.findings(ASSET, claims.reduce(ASSET, claims.observe_texts(batch)), None)


def likely(claims: ClaimsAnalyzer, batch: TextBatch) -> set[str]:
    return {
        one.category.removeprefix("claims.") for one in found(claims, batch) if one.score >= 0.5
    }


class TestContract(TextContract):
    def analyzer(self) -> ClaimsAnalyzer:
        return ClaimsAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            texts("Cures back pain in a week. Your money back if not."),
            texts("a quiet lake", asset="b" * 64),
            frame("LOSE 10 KG", "IN 2 WEEKS"),
            frame("Carbon neutral since 2020", time=3.0),
        ]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Clinically proven to reduce wrinkles", "health"),
        ("Lose 10 kg in 2 weeks", "health"),
        ("This tea cures insomnia", "health"),
        ("Up to 40 % returns", "finance"),
        ("Risk-free investment, double your money", "finance"),
        ("#1 dentist-recommended toothpaste", "superlative"),
        ("The best mattress in the world", "superlative"),
        ("100 % satisfaction or your money back", "guarantee"),
        ("Guaranteed results", "guarantee"),
        ("Free shipping on every order", "free"),
        ("Free for ever, no strings attached", "free"),
        ("Better than brand X", "comparative"),
        ("Cleans twice as fast as the leading brand", "comparative"),
        ("Carbon neutral since 2020", "environmental"),
        ("Eco-friendly and biodegradable", "environmental"),
        ("Geld-zurück-Garantie", "guarantee"),
        ("Livraison gratuite", "free"),
        ("El mejor café del mundo", "superlative"),
        ("Guadagna 500 euro al giorno", "finance"),
        ("Alivia a dor e reduz o estresse", "health"),
    ],
)
def test_a_claim_is_found_in_its_category(claims: ClaimsAnalyzer, text: str, category: str) -> None:
    assert category in likely(claims, texts(text))


@pytest.mark.parametrize(
    "text",
    [
        "sugar-free tea on a tray",
        "Feel free to add snow",
        "A free kick in the last minute",
        "free-range eggs",
        "two best friends on our first day at school",
        "deposits are guaranteed by law",
        "the world's largest waterfall, drone shot",
        "a doctor treats a patient with cancer",
        "faster than last year's model",
        "a forest in the background, the green version of the shirt",
        "Our best wishes",
        "This is not carbon neutral",
        "How do I lose weight?",
    ],
)
def test_everyday_uses_of_the_words_are_no_claims(claims: ClaimsAnalyzer, text: str) -> None:
    assert likely(claims, texts(text)) == set()


def test_offsets_and_excerpt_are_those_of_the_original(claims: ClaimsAnalyzer) -> None:
    text = "Hello. Our cream cures\u00a0eczema fast!"
    [one] = [f for f in found(claims, texts(text)) if f.category == "claims.health"]
    start, end = one.evidence.offsets
    assert text[start:end].replace("\u00a0", " ").startswith("cures eczema")


def test_a_claim_over_two_lines_of_a_frame_is_one(claims: ClaimsAnalyzer) -> None:
    [one] = found(claims, frame("LOSE 10", "KG IN TWO WEEKS"))
    assert one.category == "claims.health"
    assert one.region and one.region.box[3] - one.region.box[1] > 0.1


def test_lines_that_stand_apart_make_no_claim_together(claims: ClaimsAnalyzer) -> None:
    assert found(claims, frame("THE BEST", "BURGER ON EARTH", tops=(0.1, 0.8))) == []
    assert found(claims, frame("THE BEST", "BURGER ON EARTH")) != []


def test_sightings_over_time_are_one_finding(claims: ClaimsAnalyzer) -> None:
    seen = [
        o for t in (1.0, 1.5, 2.0) for o in claims.observe_texts(frame("Free shipping", time=t))
    ]
    [one] = claims.findings(ASSET, claims.reduce(ASSET, seen), None)
    assert one.span == TimeSpan(start=1.0, end=2.0)


def test_a_disclaimer_and_a_source_beside_the_claim_are_noted(claims: ClaimsAnalyzer) -> None:
    bare = "Lose 10 kg fast."
    said = f"{bare}* *Results may vary. Source: survey of 200 users"
    [plain] = found(claims, texts(bare))
    [limited] = found(claims, texts(said))
    assert "no disclaimer" in plain.evidence.note
    assert "Results may vary" in limited.evidence.note
    assert "survey of 200" in limited.evidence.note


def test_a_described_scene_lowers_and_a_quotation_does_not(claims: ClaimsAnalyzer) -> None:
    scene = "cinematic drone shot of a shop with free coffee today"
    sign = 'cinematic drone shot of a shop with a sign: "Free coffee today"'
    assert likely(claims, texts(scene)) == set()
    assert likely(claims, texts(sign)) == {"free"}
    assert likely(claims, texts(scene, source=Source.CAPTION)) == {"free"}


def test_a_disguised_claim_is_read(claims: ClaimsAnalyzer) -> None:
    [one] = found(claims, texts("Our tea c\u200bures ca\u200bncer and diabetes"))
    assert one.category == "claims.health"
    assert {
        f.category for f in found(claims, texts("Th1s t3a cur3s c4ncer f4st and n4turally"))
    } == {"claims.health"}


def test_a_long_text_full_of_claims_ends(claims: ClaimsAnalyzer) -> None:
    many = found(claims, texts("Cures pain. Free shipping. " * 2_000))
    assert {one.category for one in many} == {"claims.health", "claims.free"}
    assert len(many) <= 10


def test_before_set_up_it_says_so() -> None:
    with pytest.raises(AnalyzerError, match="set up"):
        ClaimsAnalyzer().observe_texts(texts("Free shipping"))
