"""Scenes that are put together tell harm by the act alone, and nothing that is held back is trained on."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sensitive_text.data import CATEGORIES, own_files, own_rows, scene_rows, second_rows
from benchmarks.sensitive_text.nets import HIDDEN, KEPT, NETS, QUERIES, side_by_side
from benchmarks.sensitive_text.scenes import EACH, asked, scenes
from compliance.text.sensitive.sensitive_features import WIDTH as LEXICAL
from compliance.text.sensitive.sensitive_head import SensitiveHead
from compliance.types import Floats

MODELS = Path(__file__).parents[2] / "models"
SCENES = Path(__file__).parents[2] / "benchmarks" / "sensitive_text" / "scenes"


def parts(name: str) -> list[str]:
    return (SCENES / f"{name}.txt").read_text("utf-8").splitlines()


def test_scenes_are_the_same_each_time_and_name_whom_an_act_is_done_to() -> None:
    made = list(scenes())
    assert made == list(scenes())
    assert len(made) == EACH * len(parts("harmful") + parts("harmless"))
    assert not [text for text, _ in made if "{" in text]


def test_places_and_styles_do_not_tell_harm() -> None:
    made = list(scenes())
    for name in (*parts("places"), *parts("styles")):
        shares = [
            np.mean([name in text.lower() for text, harmful in made if harmful == side])
            for side in (True, False)
        ]
        assert abs(shares[0] - shares[1]) < 0.05, name


def test_each_verb_is_asked_of_people_and_of_what_it_does_no_harm_to() -> None:
    questions = list(asked())
    for line in parts("done"):
        verb = line.split("|")[0]
        mine = {harmful for text, harmful in questions if f" {verb} " in text}
        assert mine == {True, False}, verb


def test_nothing_that_is_held_back_is_trained_on() -> None:
    def key(text: str) -> str:
        return " ".join(text.lower().split())

    held = {key(row.text) for row in (*own_rows(), *second_rows()) if row.held_back}
    trained = {key(row.text) for row in own_rows() if not row.held_back}
    trained |= {key(row.text) for row in scene_rows()}
    assert not held & trained


def drawn_head(seed: int) -> dict[str, Floats]:
    """A head that was fitted to nothing, with two concepts of a sentence each."""
    columns, width, of_all = len(CATEGORIES) + 1, 384, 384 + 4 + LEXICAL
    features = of_all + QUERIES * KEPT
    drawn, same = np.random.default_rng(seed), np.random.default_rng(0)
    shapes = {
        "queries": (width, QUERIES), "values": (QUERIES, width, KEPT), "first": (NETS, features, HIDDEN),
        "first_bias": (NETS, HIDDEN), "second": (NETS, HIDDEN, columns), "second_bias": (NETS, columns),
    }  # fmt: skip
    return {name: drawn.normal(size=shape).astype(np.float32) for name, shape in shapes.items()} | {
        "concepts": same.normal(size=(2, width)),
        "concept_of": np.array([0, 1]),
        "mean": np.append(same.normal(size=of_all), np.zeros(QUERIES * KEPT)),
        "scale": np.append(same.random(of_all), np.ones(QUERIES * KEPT)),
        "platt": np.ones((columns, 3)),
    }


def test_heads_side_by_side_are_the_mean_of_each() -> None:
    one, other = drawn_head(1), drawn_head(2)
    vector = np.random.default_rng(3).normal(size=(5, 384)).astype(np.float32)
    read = np.random.default_rng(4).normal(size=(5, 2 * QUERIES * KEPT)).astype(np.float32)
    texts = ["he stabs the baker", "a loaf", "", "a gun", "rain"]
    apart = [
        SensitiveHead(CATEGORIES, head).logits(np.concatenate([vector, mine], axis=1), texts)
        for head, mine in zip((one, other), np.split(read, 2, axis=1), strict=True)
    ]
    together = SensitiveHead(CATEGORIES, side_by_side([one, other]))
    found = together.logits(np.concatenate([vector, read], axis=1), texts)
    assert found == pytest.approx((apart[0] + apart[1]) / 2, rel=1e-3, abs=1e-2)


def test_the_record_names_the_examples_and_the_weights_as_they_are() -> None:
    record = json.loads((MODELS / "sensitive-text.json").read_text("utf-8"))
    content = (MODELS / "sensitive-text.safetensors").read_bytes()
    assert record["own_examples"] == own_files()
    assert record["sha256"] == hashlib.sha256(content).hexdigest()
    assert record["size"] == len(content)
