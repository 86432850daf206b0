"""Politics is found in what is said and described; votes on cakes and presidents of clubs are none."""

import pytest

from compliance.analyzers.texts.politics import PoliticsAnalyzer
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.types import Source, TextBatch, TimeSpan

ASSET = "a" * 64


def texts(*said: str, source: Source = Source.PROMPT, asset: str = ASSET) -> TextBatch:
    n = len(said)
    span = None if source is Source.PROMPT else TimeSpan(start=1.0, end=2.0)
    return TextBatch((asset,) * n, said, (source,) * n, (span,) * n, (None,) * n)


@pytest.fixture(scope="module")
def politics() -> PoliticsAnalyzer:
    analyzer = PoliticsAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def likely(politics: PoliticsAnalyzer, batch: TextBatch) -> set[str]:
    reduced = politics.reduce(ASSET, politics.observe_texts(batch))
    found = politics.findings(ASSET, reduced, None)
    return {one.category.removeprefix("political.") for one in found if one.score >= 0.5}


class TestContract(TextContract):
    def analyzer(self) -> PoliticsAnalyzer:
        return PoliticsAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            texts("campaign rally for a presidential candidate", "Vote Smith on Tuesday"),
            texts("a quiet lake", asset="b" * 64),
            texts("You can vote by text message", source=Source.CAPTION),
        ]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("campaign rally for a presidential candidate, golden hour", "content"),
        ("Donald Trump eating a burger, cartoon", "content"),
        ("voters queue at a polling station in the rain", "content"),
        ("a senator gives a speech, documentary", "content"),
        ("protest march against the government", "content"),
        ("Wahlkampf in Berlin, Plakate", "content"),
        ("campagne électorale à Lyon", "content"),
        ("elecciones generales en Madrid", "content"),
        ("предвыборный митинг, кандидат в президенты", "content"),
        ("总统竞选集会", "content"),
        ("Vote Smith on November 5", "call_to_vote"),
        ("Please vote for Maria Lopez", "call_to_vote"),
        ("Don't vote this time", "call_to_vote"),
        ("Say no to proposition 5", "call_to_vote"),
        ("Wählen Sie Müller", "call_to_vote"),
        ("Votez pour Durand", "call_to_vote"),
        ("Vota por el cambio", "call_to_vote"),
        ("Голосуйте за нас", "call_to_vote"),
        ("You can vote by text message this year", "election_misinformation"),
        ("The election was moved to Wednesday", "election_misinformation"),
        ("Polls close early today", "election_misinformation"),
        ("ballots of dead people found in a river", "election_misinformation"),
        ("voting machines switch votes", "election_misinformation"),
        ("Die Wahl wurde auf Mittwoch verschoben", "election_misinformation"),
    ],
)
def test_politics_is_found_in_its_category(
    politics: PoliticsAnalyzer, text: str, category: str
) -> None:
    assert category in likely(politics, texts(text))


@pytest.mark.parametrize(
    "text",
    [
        "Vote for your favourite dish",
        "vote for the best dancer with coloured cards",
        "The president of the rabbit breeders' club hands out ribbons",
        "a birthday party with balloons",
        "left wing of a gull in flight",
        "a rally car jumps over a crest",
        "machines switch from day to night shift",
        "text your friends a selfie",
        "Parliament building by the Danube at blue hour, long exposure",
        "a governor valve on a steam engine",
    ],
)
def test_neighbours_of_politics_are_none(politics: PoliticsAnalyzer, text: str) -> None:
    assert likely(politics, texts(text)) == set()


def test_a_scene_counts_as_much_as_a_statement(politics: PoliticsAnalyzer) -> None:
    shot = texts("cinematic drone shot of an election campaign rally, slow motion")
    assert likely(politics, shot) == {"content"}
