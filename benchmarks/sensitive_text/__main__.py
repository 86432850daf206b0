"""Measure the shipped head on held-back examples, through the analyzer itself, and draw what it does.

    python -m benchmarks.sensitive_text [--data FOLDER]

A text's score of harm is the greatest score of its findings, but for alcohol and tobacco, which benign prompts
show and nobody labelled there. Benign prompts of VBench and Parti were trained on, so that thresholds are also
set on harmless held-back examples alone; the second set is in other voices, and harder. Figures of heads that
were not fitted to the rows stand in the training record and are repeated. Writes results/sensitive_text.json
and .png.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.environment import RESULTS, record
from benchmarks.sensitive_text.chart import draw
from benchmarks.sensitive_text.data import DRINKS, Row, own_rows, public_rows, second_rows
from benchmarks.sensitive_text.train import DATA, MODELS, auc
from compliance.analyzers.texts.sensitive_text import SensitiveTextAnalyzer
from compliance.model_store import ModelStore
from compliance.types import Source, TextBatch

NO_SCENES = ("chat-questions", "on-screen-lines", "claims-free-adverts")
"""Harmless held-back files that hold no video prompts."""
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def scores(analyzer: SensitiveTextAnalyzer, texts: Sequence[str]) -> list[dict[str, float]]:
    """Return the score of each category found in each text, each a prompt of an asset of its own."""
    n = len(texts)
    names = tuple(f"{at:064x}" for at in range(n))
    batch = TextBatch(names, tuple(texts), (Source.PROMPT,) * n, (None,) * n, (None,) * n)
    found: list[dict[str, float]] = [{} for _ in texts]
    for one in analyzer.observe_texts(batch):
        for finding in analyzer.findings(one.asset, [one], None):
            mine = found[int(one.asset, 16)]
            mine[finding.category] = max(mine.get(finding.category, 0.0), finding.score)
    return found


def best(found: Sequence[dict[str, float]]) -> Numbers:
    """Return the greatest score of each text, alcohol and tobacco apart."""
    return np.array(
        [max((v for name, v in one.items() if name != DRINKS), default=0.0) for one in found],
        np.float64,
    )


def at_two_percent(harmful: dict[str, Numbers], benign: Numbers) -> dict[str, float]:
    """Return the share of each kind found where 2 % of the benign texts are."""
    limit = np.nextafter(np.quantile(benign, 0.98), 2)
    found = {name: round(float((values >= limit).mean()), 3) for name, values in harmful.items()}
    together = np.concatenate(list(harmful.values()))
    return {
        "all": round(float((together >= limit).mean()), 3),
        "threshold": round(float(limit), 4),
    } | found


def by_kind(rows: Sequence[Row], values: Numbers) -> dict[str, Numbers]:
    """Return the values of the rows of each kind."""
    return {
        kind: np.array([value for row, value in zip(rows, values, strict=True) if row.kind == kind])
        for kind in sorted({row.kind for row in rows})
    }


def second_set(analyzer: SensitiveTextAnalyzer) -> dict[str, Any]:
    """Return figures on the second set."""
    rows = list(second_rows())
    values = best(scores(analyzer, [row.text for row in rows]))
    harmless = np.array([row.harm == 0 for row in rows])
    benign = values[harmless]
    harmful = by_kind([row for row in rows if row.harm != 0], values[~harmless])
    return {
        "texts": {"harmful": int((~harmless).sum()), "harmless": int(harmless.sum())},
        "auc": round(auc(values[~harmless], benign), 4),
        "recall at 2 % false positives": at_two_percent(harmful, benign),
        "found at 0.5": {"all": round(float((values[~harmless] >= 0.5).mean()), 3)}
        | {name: round(float((v >= 0.5).mean()), 3) for name, v in harmful.items()},
        "false positives at 0.5": round(float((benign >= 0.5).mean()), 3),
    }


def drinks(
    rows: Sequence[Row], found: Sequence[dict[str, float]], benign: Sequence[dict[str, float]]
) -> dict[str, float]:
    """Return how often alcohol and tobacco are found at 0.5: where they are, and in benign prompts."""
    mine = [one for row, one in zip(rows, found, strict=True) if row.kind == DRINKS]
    return {
        name: round(float(np.mean([one.get(DRINKS, 0.0) >= 0.5 for one in group])), 3)
        for name, group in {"held back": mine, "VBench and Parti": benign}.items()
    }


def main() -> None:
    """Measure, write and draw."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    analyzer = SensitiveTextAnalyzer()
    analyzer.setup("cpu", ModelStore())
    held = [row for row in own_rows() if row.held_back]
    all_bad = [row for row in held if row.harm != 0]
    good = [row for row in held if row.harm == 0]
    plain = [row for row in public_rows(arguments.data) if row.source in ("vbench", "parti")]
    found = scores(analyzer, [row.text for row in (*all_bad, *good, *plain)])
    bad, bad_found = zip(
        *((r, f) for r, f in zip(all_bad, found, strict=False) if r.kind != DRINKS), strict=True
    )
    values = best(found[len(all_bad) :])
    harmful = by_kind(bad, best(bad_found))
    tempting = by_kind(good, values[: len(good)])
    easy = values[len(good) :]
    scenes = np.concatenate([v for name, v in tempting.items() if name not in NO_SCENES])
    pools = {
        "VBench and Parti (trained on)": easy,
        "plain held-back": tempting["plain-video-prompts"],
        "tempting and plain held-back": scenes,
        "all benign video prompts": np.concatenate([easy, scenes]),
    }
    figures = {
        "texts": {
            "harmful held back": len(bad),
            "harmless held back": len(good),
            "VBench and Parti": len(easy),
        },
        **told_apart(harmful, pools, tempting),
        "right category among those from 0.3": round(right(bad, bad_found), 3),
        "alcohol and tobacco at 0.5": drinks(
            all_bad, found[: len(all_bad)], found[len(all_bad) + len(good) :]
        ),
        "second set, in other voices": second_set(analyzer),
        "heads not fitted to the row (training record)": json.loads(
            (MODELS / "sensitive-text.json").read_text("utf-8")
        )["held_back_in_folds"],
    }
    print(json.dumps(figures, indent=1))
    record("sensitive_text", figures)
    draw(RESULTS / "sensitive_text.png", harmful, pools)


def told_apart(
    harmful: dict[str, Numbers], pools: dict[str, Numbers], tempting: dict[str, Numbers]
) -> dict[str, Any]:
    """Return how well the harmful are told from each pool, and what a score of 0.5 finds."""
    together = np.concatenate(list(harmful.values()))
    return {
        "auc": {name: round(auc(together, benign), 4) for name, benign in pools.items()},
        "recall at 2 % false positives": {
            name: at_two_percent(harmful, benign) for name, benign in pools.items()
        },
        "at a score of 0.5": {
            "found": {name: round(float((v >= 0.5).mean()), 3) for name, v in harmful.items()}
            | {"all": round(float((together >= 0.5).mean()), 3)},
            "false positives": {
                name: round(float((v >= 0.5).mean()), 3)
                for name, v in {**pools, **tempting}.items()
            },
        },
    }


def right(rows: Sequence[Row], found: Sequence[dict[str, float]]) -> float:
    """Return the share of found texts of which the category they were written for is found."""
    told = [
        any(one.get(name, 0.0) >= 0.3 for name, value in row.labels.items() if value == 1)
        for row, one in zip(rows, found, strict=True)
        if max(one.values(), default=0.0) >= 0.3
    ]
    return float(np.mean(told))


if __name__ == "__main__":
    main()
