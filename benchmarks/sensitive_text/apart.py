"""Measure what a part of a text must be surer by than a whole: ``APART`` of the reader.

    python -m benchmarks.sensitive_text.apart [--data FOLDER]

A head is fitted to all rows but those of one fold. Of that fold's prompts, texts of three sentences are joined:
all harmless, or one of them harmful. With each number of logits it says how well they are told apart, and how
prompts of one sentence fare beside them. Held-back examples are never read here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.environment import record
from benchmarks.sensitive_text.data import CATEGORIES, NO_HARM, Row
from benchmarks.sensitive_text.embed import Embeddings
from benchmarks.sensitive_text.train import (
    DATA,
    JUDGED,
    SEED,
    Trainer,
    auc,
    fold_of,
    platt,
    rows_of,
)
from compliance.model_store import ModelStore
from compliance.runtimes.sentence_embedder import MOST_TOKENS, SentenceEmbedder
from compliance.text.sensitive.sensitive_head import SensitiveHead
from compliance.text.sensitive.sensitive_reader import SensitiveReader
from compliance.types import Floats

LOGITS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
TEXTS = 400
"""Texts of each sort that are joined."""
CHAT = ("chat-questions", "chat-contrast", "on-screen-lines", "claims-free-adverts")
"""Harmless examples that are no prompts."""


def joined(
    harmful: Sequence[str], harmless: Sequence[str], seed: int = SEED
) -> tuple[list[str], list[str]]:
    """Return texts of three harmless sentences each, and such with one harmful among them."""
    drawn = np.random.default_rng(seed)
    fine, bad = [], []
    for _ in range(TEXTS):
        some = [harmless[at] for at in drawn.choice(len(harmless), 5, replace=False)]
        fine.append(_text(some[:3]))
        mixed = [*some[3:], harmful[drawn.integers(len(harmful))]]
        bad.append(_text([mixed[at] for at in drawn.permutation(3)]))
    return fine, bad


def _text(sentences: Sequence[str]) -> str:
    return " ".join(one.rstrip(" .!?").capitalize() + "." for one in sentences)


def of_fold(rows: Sequence[Row], fold: int) -> tuple[list[str], list[str]]:
    """Return the harmful prompts of our own that are held back in a fold, and the harmless."""
    mine = [row for row in rows if row.source == "ours" and fold_of(row) == fold]
    harmful = [row.text for row in mine if row.harm == 1 and row.kind not in NO_HARM]
    return harmful, [row.text for row in mine if row.harm == 0 and row.kind not in CHAT]


def found_where_two_percent(harmful: Floats, harmless: Floats) -> float:
    """Return the share of harmful texts found where 2 % of the harmless are."""
    limit = np.nextafter(np.quantile(harmless, 0.98), 2)
    return round(float((harmful >= limit).mean()), 3)


def main() -> None:
    """Fit, measure, write."""
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = rows_of(arguments.data)
    trainer = Trainer(rows, Embeddings())
    folds = np.array([fold_of(row) for row in rows])
    tensors = trainer.fit(np.flatnonzero(folds != 0))
    held = np.flatnonzero(folds == 0)
    logits = trainer.logits(tensors, held)
    tensors["platt"] = platt(logits, trainer.labels[held], trainer.weights[held])
    head = SensitiveHead(CATEGORIES, tensors)
    network = SentenceEmbedder(ModelStore().load("all-minilm-l6-v2"), "cpu", head.attention)
    harmful, harmless = of_fold(rows, 0)
    fine, bad = joined(harmful, harmless)
    figures: dict[str, dict[str, float]] = {}
    for apart in LOGITS:
        reader = SensitiveReader(network, head, MOST_TOKENS, apart)
        texts = (fine, bad, harmless, harmful)
        best = [
            np.array([one.values[JUDGED].max() for one in reader.read(group)]) for group in texts
        ]
        figures[str(apart)] = {
            "joined: ROC AUC": round(auc(best[1], best[0]), 4),
            "joined: found where 2 % of the harmless are": found_where_two_percent(
                best[1], best[0]
            ),
            "joined and single: ROC AUC": round(
                auc(np.concatenate([best[1], best[3]]), np.concatenate([best[0], best[2]])), 4
            ),
            "single: found where 2 % of the harmless are": found_where_two_percent(
                best[3], best[2]
            ),
        }
    print(json.dumps(figures, indent=1))
    record("sensitive_text_apart", {"texts of each sort": TEXTS, "by logits": figures})


if __name__ == "__main__":
    main()
