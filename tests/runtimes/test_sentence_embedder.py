"""Sentences of like meaning lie near one another, and nothing is cut off in silence."""

import numpy as np
import pytest

from compliance.errors import AnalyzerError
from compliance.model_store import ModelStore
from compliance.runtimes.sentence_embedder import MOST_TOKENS, WIDTH, SentenceEmbedder


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder(ModelStore().load("all-minilm-l6-v2"), "cpu")


def test_embeddings_have_length_one_and_follow_meaning(embedder: SentenceEmbedder) -> None:
    made = embedder.embed(["A cat on a sofa", "a kitten lies on the couch", "a tax form"])
    assert made.shape == (3, WIDTH) and made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-3)
    assert made[0] @ made[1] > 0.6 > made[0] @ made[2]


def test_a_text_is_embedded_alike_alone_and_among_longer_ones(embedder: SentenceEmbedder) -> None:
    alone = embedder.embed(["A cat on a sofa"])
    among = embedder.embed(["word " * 200, "A cat on a sofa", "no"])
    assert np.abs(alone[0] - among[1]).max() < 0.01


def test_a_text_that_is_too_long_is_refused_not_cut(embedder: SentenceEmbedder) -> None:
    assert embedder.lengths(["word " * (MOST_TOKENS - 2)]) == [MOST_TOKENS]
    with pytest.raises(AnalyzerError, match="at most 256 tokens"):
        embedder.embed(["word " * (MOST_TOKENS - 1)])


def test_no_texts_give_no_embeddings(embedder: SentenceEmbedder) -> None:
    assert embedder.embed([]).shape == (0, WIDTH)
