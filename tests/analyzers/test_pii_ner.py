"""A small real network whose weights are set: by their first letter, Ann is a person, Paris a place."""

import pytest
from tiny_models import tiny_text_classifier, write_card

from compliance.analyzers.texts.pii_ner import PiiNerAnalyzer
from compliance.errors import ModelError
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.types import Source, TextBatch

ASSET = "a" * 64
CARD = PiiNerAnalyzer.spec.models[0]
LABELS = {
    "O": "", "B-PER": "pii.person", "I-PER": "pii.person", "B-LOC": "pii.place", "B-ORG": "pii.organization",
}  # fmt: skip
KNOWN = {"A": 1, "L": 2, "P": 3, "C": 4}


def tiny_network(folder, labels=LABELS, **fields):
    """Save a BERT of two layers with the tokenizer of the other small networks."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

    tiny_text_classifier(folder, CARD, {"a": "", "b": ""})
    tokenizer = AutoTokenizer.from_pretrained(folder / CARD)
    torch.manual_seed(7)
    network = BertForTokenClassification(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=32,
            id2label=dict(enumerate(LABELS)),
            label2id={label: index for index, label in enumerate(LABELS)},
        )
    )
    set_by_hand(network, tokenizer)
    (folder / CARD / "model.safetensors").unlink()
    network.save_pretrained(folder / CARD)
    given = {
        "task": "entity recognition",
        "input": {"shape": "int64 (N, T)"},
        "labels": {label: meant for label, meant in labels.items() if meant},
        "activation": "softmax",
        "score_kind": "probability",
        "calibration": {
            "raw_kind": "probability",
            "points": [[0.0, 0.0], [1.0, 1.0]],
            "method": "identity",
            "data": "none",
            "date": "2026-11-21",
        },
    }
    write_card(folder, CARD, **(given | fields))
    return folder


def set_by_hand(network, tokenizer) -> None:
    """Make the label of a word follow from its first letter; the layers pass on what they get."""
    import torch

    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "LayerNorm" not in name:
                weight.zero_()
        network.classifier.bias[0] = 5.0
        for letter, label in KNOWN.items():
            token = tokenizer.convert_tokens_to_ids(letter)
            network.bert.embeddings.word_embeddings.weight[token, label] = 1.0
            network.classifier.weight[label, label] = 3.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_network(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="module")
def ner(folder) -> PiiNerAnalyzer:
    analyzer = PiiNerAnalyzer()
    analyzer.setup("cpu", ModelStore(folder))
    return analyzer


def prompt(*texts: str) -> TextBatch:
    n = len(texts)
    return TextBatch((ASSET,) * n, texts, (Source.PROMPT,) * n, (None,) * n, (None,) * n)


def sure(ner: PiiNerAnalyzer, text: str) -> list[tuple[str, str]]:
    observed = ner.observe_texts(prompt(text))
    return [
        (one.category.removeprefix("pii."), text[slice(*one.evidence.offsets)])
        for one in ner.findings(ASSET, ner.reduce(ASSET, observed), None)
        if one.score >= 0.5
    ]


class TestContract(TextContract):
    tolerance = 0.02

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def networks(cls, folder):
        cls.folder = folder

    def store(self) -> ModelStore:
        return ModelStore(self.folder)

    def analyzer(self) -> PiiNerAnalyzer:
        return PiiNerAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [prompt("the cat sees Ann in Paris"), prompt("red cat"), prompt("12 Elm Street")]


def test_neighbouring_tokens_of_one_kind_are_one_name(ner) -> None:
    assert sure(ner, "Ann Lee sees the cat") == [("person", "Ann Lee")]


def test_each_kind_has_its_category(ner) -> None:
    found = sure(ner, "Ann sees Corp in Paris")
    assert set(found) == {("person", "Ann"), ("organization", "Corp"), ("place", "Paris")}


def test_addresses_come_from_rules(ner) -> None:
    assert ("address", "12 Elm Street") in sure(ner, "the cat of 12 Elm Street")


def test_a_text_longer_than_the_context_is_read_to_its_end(ner) -> None:
    text = "a cat sees the cat and " * 12 + "Paris"
    assert sure(ner, text) == [("place", "Paris")]


def test_it_takes_the_place_of_the_lists_in_the_full_tier() -> None:
    assert (PiiNerAnalyzer.spec.fills, PiiNerAnalyzer.spec.tier) == ("pii-names", "full")


@pytest.mark.parametrize("labels", [{"B-PER": "pii.person"}, LABELS | {"B-ORG": "pii.email"}])
def test_a_card_for_other_categories_is_refused(labels, tmp_path) -> None:
    tiny_network(tmp_path, labels)
    with pytest.raises(ModelError, match="other categories"):
        PiiNerAnalyzer().setup("cpu", ModelStore(tmp_path))


def test_without_a_calibration_nothing_is_examined(tmp_path) -> None:
    tiny_network(tmp_path, calibration="unknown")
    with pytest.raises(ModelError, match="calibration"):
        PiiNerAnalyzer().setup("cpu", ModelStore(tmp_path))
