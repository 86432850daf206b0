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


def test_queries_read_the_tokens_that_they_are_like(embedder: SentenceEmbedder) -> None:
    texts = ["A cat on a sofa", "a tax form and a long letter about it"]
    drawn = np.random.default_rng(5)
    queries = drawn.normal(size=(WIDTH, 3)).astype(np.float32) * 0.1
    values = drawn.normal(size=(3, WIDTH, 2)).astype(np.float32) * 0.05
    model = ModelStore().load("all-minilm-l6-v2")
    made = SentenceEmbedder(model, "cpu", (queries, values)).embed(texts)
    assert made.shape == (2, WIDTH + 3 * 2)
    assert made[:, :WIDTH] == pytest.approx(embedder.embed(texts), abs=1e-3)
    for row, states in enumerate(embedder.states(texts)):
        shown = states.astype(np.float32)
        shown = (shown - shown.mean(1, keepdims=True)) / shown.std(1, keepdims=True)
        weights = np.exp(shown @ queries)
        means = (weights / weights.sum(0)).T @ shown
        read = np.einsum("kd,kdw->kw", means, values).ravel()
        assert made[row, WIDTH:] == pytest.approx(read, abs=0.05)


def test_states_are_of_the_text_alone_not_of_padding(embedder: SentenceEmbedder) -> None:
    texts = ["no", "A cat on a sofa, and quite some more words"]
    alone, among = embedder.states(texts[:1]), embedder.states(texts)
    assert [len(one) for one in among] == embedder.lengths(texts)
    assert np.abs(alone[0].astype(np.float32) - among[0]).max() < 0.1
