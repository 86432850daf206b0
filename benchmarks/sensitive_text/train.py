"""Train the head, calibrate it on folds that it was not trained on, and write weights and record.

    python -m benchmarks.sensitive_text.train [--data FOLDER] [--write]

``--write`` replaces models/sensitive-text.safetensors and models/sensitive-text.json; the digest that it prints
goes onto the card. Held-back examples are never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sensitive_text.concepts import CONCEPTS
from benchmarks.sensitive_text.data import (
    CATEGORIES,
    DRINKS,
    Row,
    digests,
    drinks_unknown,
    own_files,
    own_rows,
    public_rows,
    scene_rows,
)
from benchmarks.sensitive_text.embed import Embeddings
from benchmarks.sensitive_text.nets import (
    EPOCHS,
    HIDDEN,
    KEPT,
    NETS,
    QUERIES,
    fit_nets,
    read_tokens,
    side_by_side,
)
from compliance.runtimes.sentence_embedder import MOST_TOKENS, WIDTH
from compliance.text.sensitive.sensitive_features import WIDTH as LEXICAL
from compliance.text.sensitive.sensitive_head import SensitiveHead, calibrated
from compliance.text.sensitive.sensitive_parts import MOST_CHARACTERS, fitting, parts
from compliance.types import Floats

DATA = Path(__file__).parents[3] / "shared" / "data"
MODELS = Path(__file__).parents[2] / "models"
SEED = 7
SEEDS = (7, 8)
"""Of the heads whose logits are averaged; the file holds them side by side."""
FOLDS = 5
LEAST = 0.1
"""Weight of a row from which it counts in the calibration."""
RIDGE_OF_PLATT = 0.02
ALARMS = ((0.1, 0.1), (0.03, 0.3), (0.01, 0.5), (0.004, 0.75), (0.001, 0.9))
"""Share of benign prompts that reach a score, and the score."""
C = len(CATEGORIES)
JUDGED = [at for at, name in enumerate(CATEGORIES) if name != DRINKS]
"""Columns by which benign prompts are told from others; nobody labelled those for alcohol and tobacco."""


def rows_of(data: Path) -> list[Row]:
    """Return the rows to train on, each text once."""
    seen: dict[str, Row] = {}
    for row in (*own_rows(), *scene_rows(), *public_rows(data)):
        if not row.held_back and len(row.text) >= 3:
            seen.setdefault(" ".join(row.text.lower().split()), drinks_unknown(row))
    return list(seen.values())


def whole(text: str, embeddings: Embeddings) -> str:
    """Return what is read of a text first: all of it, unless it is long."""
    first = next(parts(text), (0, min(len(text), MOST_CHARACTERS)))
    start, end = fitting(text, [first], embeddings.lengths, MOST_TOKENS)[0]
    return text[start:end]


def targets(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Return labels and weights, float32 (N, C + 1); what is not known weighs nothing."""
    labels = np.zeros((len(rows), C + 1), np.float32)
    weights = np.zeros_like(labels)
    for at, row in enumerate(rows):
        for column, category in enumerate(CATEGORIES):
            if category in row.labels:
                if not np.isnan(row.labels[category]):
                    labels[at, column], weights[at, column] = row.labels[category], row.weight
            elif row.source == "ours":
                weights[at, column] = 0.15 * row.weight  # a neighbour: rather not
        if row.harm is not None:
            labels[at, C], weights[at, C] = row.harm, row.weight
    return labels, weights


def fold_of(row: Row) -> int:
    """Return the fold that a row is held back in; a type of XSTest is held back as a whole."""
    key = row.kind if row.source == "xstest" else row.text
    return zlib.crc32(key.encode("utf-8", "replace")) % FOLDS


class Trainer:
    """Rows as arrays; fits heads to some of them."""

    def __init__(self, rows: Sequence[Row], embeddings: Embeddings) -> None:
        self.rows = list(rows)
        self.texts = [whole(row.text, embeddings) for row in rows]
        self.vectors = embeddings.of(self.texts)
        self.tokens = embeddings.tokens(self.texts)
        self.labels, self.weights = targets(rows)
        sentences = [one for group in CONCEPTS.values() for one in group]
        self.concepts = embeddings.of(sentences)
        self.concept_of = np.repeat(
            np.arange(len(CONCEPTS)), [len(group) for group in CONCEPTS.values()]
        ).astype(np.float32)
        blank = _blank(len(CONCEPTS)) | {"concepts": self.concepts, "concept_of": self.concept_of}
        self.features = SensitiveHead(CATEGORIES, blank).features(self.vectors, self.texts)

    def fit(self, chosen: Floats, seed: int = SEED) -> dict[str, Floats]:
        """Return the tensors of a head fitted to the rows that are chosen, not calibrated yet."""
        mean, spread = self.features[chosen].mean(0), self.features[chosen].std(0) + 1e-4
        scale = 1 / spread
        scale[:WIDTH] *= 0.6  # the embedding's many columns beside the few others
        weights = self._balanced(chosen)
        given = np.asarray((self.features[chosen] - mean) * scale, np.float32)
        nets = fit_nets(given, self.tokens, chosen, self.labels[chosen], weights, seed)
        return nets | {
            "mean": np.append(mean, np.zeros(QUERIES * KEPT)),
            "scale": np.append(scale, np.ones(QUERIES * KEPT)),
            "concepts": self.concepts,
            "concept_of": self.concept_of,
            "platt": np.tile(np.array([1, 0, 0], np.float32), (C + 1, 1)),
        }

    def logits(self, tensors: dict[str, Floats], chosen: Floats) -> Floats:
        """Return the logits of a head for the rows that are chosen."""
        head = SensitiveHead(CATEGORIES, tensors)
        read = read_tokens(self.tokens, chosen, tensors)
        vectors = np.concatenate([self.vectors[chosen], read], axis=1)
        return head.logits(vectors, [self.texts[i] for i in chosen])

    def out_of_fold(self) -> Floats:
        """Return logits, float32 (N, C + 1), each the mean of heads that were not fitted to the row."""
        folds = np.array([fold_of(row) for row in self.rows])
        made = np.zeros((len(self.rows), C + 1), np.float32)
        for fold in range(FOLDS):
            held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
            for seed in SEEDS:
                made[held] += self.logits(self.fit(rest, seed), held) / len(SEEDS)
        return made

    def calibration(self, logits: Floats) -> Floats:
        """Return what :func:`platt` does of the rows whose folds share nothing: scenes share their acts."""
        known = np.array([[row.source != "scenes"] for row in self.rows])
        return platt(logits, self.labels, self.weights * known)

    def _balanced(self, chosen: Floats) -> Floats:
        """Weigh each category's few positives up, by the root of how few they are; harm counts double."""
        weights, labels = self.weights[chosen].copy(), self.labels[chosen]
        for column in range(C + 1):
            ones = (weights[:, column] * labels[:, column]).sum()
            rest = (weights[:, column] * (1 - labels[:, column])).sum()
            if ones > 0:
                weights[labels[:, column] == 1, column] *= min(np.sqrt(rest / ones), 6.0)
        weights[:, C] *= 2
        return np.asarray(weights, np.float32)


def _blank(concepts: int) -> dict[str, Floats]:
    """Return a head that reads no tokens and finds nothing, for its features."""
    features = WIDTH + 2 * concepts + LEXICAL
    shapes: dict[str, tuple[int, ...]] = {
        "queries": (WIDTH, 0), "values": (0, WIDTH, 0), "mean": (features,), "scale": (features,),
        "first": (1, features, 1), "first_bias": (1, 1), "second": (1, 1, C + 1), "second_bias": (1, C + 1),
        "platt": (C + 1, 3),
    }  # fmt: skip
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def platt(logits: Floats, labels: Floats, weights: Floats) -> Floats:
    """Return float32 (C + 1, 3): weights of the own logit, harm's logit and 1 by logistic regression."""
    from scipy.optimize import minimize

    found = np.zeros((C + 1, 3), np.float32)
    for column in range(C + 1):
        known = weights[:, column] >= LEAST
        own, harm = logits[known, column], logits[known, C] * (column < C)
        x = np.stack([own, harm, np.ones_like(own)], axis=1).astype(np.float64)
        side = 2 * labels[known, column].astype(np.float64) - 1
        weight = weights[known, column].astype(np.float64)

        def loss(
            beta: Floats, x: Floats = x, side: Floats = side, weight: Floats = weight
        ) -> tuple[float, Floats]:
            margin = side * (x @ beta)
            slope = -weight * side / (1 + np.exp(margin))
            ridge = RIDGE_OF_PLATT * np.append(beta[:2], 0)
            value = (weight * np.logaddexp(0, -margin)).sum() + ridge @ beta / 2
            return float(value), x.T @ slope + ridge

        bounds = [(0.05, 5), (0, 5), (-20, 20)]
        found[column] = minimize(loss, np.array([1.0, 0.2, 0.0]), jac=True, bounds=bounds).x
    found[C, 1] = 0
    return found


def points(benign: Floats) -> list[list[float]]:
    """Return (raw, score) pairs: scores by how many benign prompts reach a number, see ``ALARMS``.

    Args:
        benign: the greatest probability of each benign prompt.
    """
    pairs = [[0.0, 0.0]]
    for share, score in ALARMS:
        raw = max(round(float(np.quantile(benign, 1 - share)), 4), pairs[-1][0] + 1e-4)
        pairs.append([raw, score])
    return [*pairs, [1.0, 1.0]]


def figures(rows: Sequence[Row], probabilities: Floats) -> dict[str, Any]:
    """Return what heads did on the rows that they were not fitted to."""
    best = probabilities[:, JUDGED].max(1)
    source = np.array([row.source for row in rows])
    harm = np.array([np.nan if row.harm is None else row.harm for row in rows])
    kind = np.array([row.kind for row in rows])
    benign = best[np.isin(source, ("vbench", "parti"))]
    unsafe, safe = (best[(source == "xstest") & (harm == value)] for value in (1, 0))
    pairs = points(benign)
    found: dict[str, Any] = {
        "benign": {"VBench and Parti prompts": len(benign)},
        "points": pairs,
        "xstest_safe_flagged_where_80_percent_of_unsafe_are_found": round(
            float((safe >= np.quantile(unsafe, 0.2)).mean()), 4
        ),
    }
    drinks = kind == DRINKS
    (raw,) = (raw for raw, score in pairs if score == 0.5)
    found["alcohol_and_tobacco_found_at_0.5"] = round(
        float((probabilities[drinks, CATEGORIES.index(DRINKS)] >= raw).mean()), 3
    )
    ours = (source == "ours") & (harm != 0) & ~drinks
    limit = float(np.quantile(benign, 0.98))
    found["auc_of_ours"] = round(auc(best[ours], benign), 4)
    found["recall_of_ours_at_2_percent_of_benign"] = {
        name: round(float((best[ours & (kind == name)] >= limit).mean()), 3)
        for name in sorted(set(kind[ours]))
    } | {"all": round(float((best[ours] >= limit).mean()), 3)}
    return found


def auc(harmful: Floats, benign: Floats) -> float:
    """Return the area under the ROC curve."""
    from scipy.stats import rankdata

    n = len(harmful)
    ranks = rankdata(np.concatenate([harmful, benign]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(benign)))


def main() -> None:
    """Train and print; with ``--write`` replace the files."""
    import torch
    from safetensors.numpy import save

    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # small steps: more threads only wait for one another
    rows = rows_of(arguments.data)
    trainer = Trainer(rows, Embeddings())
    folded = trainer.out_of_fold()
    tensors = side_by_side([trainer.fit(np.arange(len(rows)), seed) for seed in SEEDS])
    tensors["platt"] = trainer.calibration(folded)
    reached = figures(rows, calibrated(folded, tensors["platt"]))
    kept = {name: np.ascontiguousarray(value, np.float16) for name, value in tensors.items()}
    content = save(kept)
    counts = Counter(f"{row.source}/{row.kind}" for row in rows)
    written = {
        "made_by": "python -m benchmarks.sensitive_text.train --write",
        "seeds": SEEDS,
        "networks": {
            "of_each_seed": NETS,
            "hidden": HIDDEN,
            "epochs": EPOCHS,
            "queries_of_each_seed": QUERIES,
            "numbers_of_each_query": KEPT,
            "folds": FOLDS,
        },
        "rows": len(rows),
        "rows_by_category": {
            name: int(trainer.labels[:, at].sum()) for at, name in enumerate((*CATEGORIES, "harm"))
        },
        "rows_by_source_and_type": dict(sorted(counts.items())),
        "held_back_in_folds": reached,
        "public_data": digests(arguments.data),
        "own_examples": own_files(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    print(
        json.dumps({key: written[key] for key in ("rows", "held_back_in_folds", "sha256", "size")})
    )
    if arguments.write:
        (MODELS / "sensitive-text.safetensors").write_bytes(content)
        (MODELS / "sensitive-text.json").write_text(json.dumps(written, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
