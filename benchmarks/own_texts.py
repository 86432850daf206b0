"""Measure analyzers of text on texts of your own.

The file is a CSV with the columns ``text`` and ``category``: a category of the taxonomy, several apart by
spaces, or nothing where the text is harmless. A text counts for a category where a finding of it, of a branch
below or of one above says so. Public figures, brands and works of the starter banks are looked for; your own
banks are not opened.

    python -m benchmarks.own_texts FILE.csv [--analyzers sensitive-text lures pii …] [--source prompt]

Prints, for each category: texts, area under the ROC curve against the harmless, and the share found where 1, 2
and 5 % of the harmless are, and at a score of 0.5. Records nothing: texts of your own may be confidential.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sensitive_text.train import auc
from compliance.analyzers.base import References
from compliance.banks.starter import BRANDS, PEOPLE, WORKS, starter_entries, with_starter
from compliance.errors import ComplianceError
from compliance.model_store import ModelStore
from compliance.plugins import make_analyzers
from compliance.taxonomy import TAXONOMY
from compliance.types import Source, TextBatch

ANALYZERS = (
    "sensitive-text",
    "lures",
    "disguises",
    "pii",
    "pii-names",
    "names",
    "brand-names",
    "work-names",
)
STARTERS = {"names": PEOPLE, "brand-names": BRANDS, "work-names": WORKS}
"""The bank that an analyzer compares with."""
HARMLESS = (0.01, 0.02, 0.05)
"""Shares of harmless texts found, at which the others are counted."""
Scores = list[dict[str, float]]


def read(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return the texts with their categories.

    Raises:
        ValueError: a column is missing.
        UsageError: a category is not in the taxonomy; names the nearest.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if not {"text", "category"} <= set(table.fieldnames or ()):
            raise ValueError(
                f"{path}: expected the columns text and category, found {table.fieldnames}"
            )
        rows = [(row["text"], tuple((row["category"] or "").split())) for row in table]
    for category in {one for _, names in rows for one in names}:
        TAXONOMY.below(category)
    return rows


def scores(name: str, texts: Sequence[str], source: Source) -> Scores:
    """Return the greatest score of each category found in each text, each an asset of its own."""
    (analyzer,) = make_analyzers([name]).values()
    analyzer.setup("cpu", ModelStore())
    references = None
    if (starter := STARTERS.get(name)) is not None:
        references = with_starter(References((), ()), starter_entries(starter), starter)
    assets = tuple(f"{row:064x}" for row in range(len(texts)))
    nothing = (None,) * len(texts)
    seen = analyzer.observe_texts(
        TextBatch(assets, tuple(texts), (source,) * len(texts), nothing, nothing)
    )
    of: dict[str, list[Any]] = {asset: [] for asset in assets}
    for one in seen:
        of[one.asset].append(one)
    found: Scores = []
    for asset in assets:
        best: dict[str, float] = {}
        for finding in analyzer.findings(asset, analyzer.reduce(asset, of[asset]), references):
            best[finding.category] = max(best.get(finding.category, 0.0), finding.score)
        found.append(best)
    return found


def score_of(category: str, found: dict[str, float]) -> float:
    """Return the greatest score for a category, of a branch below or of one above; 0 without any."""
    return max(
        (
            score
            for name, score in found.items()
            if f"{name}.".startswith(f"{category}.") or f"{category}.".startswith(f"{name}.")
        ),
        default=0.0,
    )


def told_apart(category: str, bad: Scores, good: Scores) -> dict[str, float]:
    """Return how well texts of a category are told from harmless ones."""
    yes = np.array([score_of(category, one) for one in bad])
    no = np.array([score_of(category, one) for one in good])
    figures = {"texts": len(bad), "found at 0.5": round(float((yes >= 0.5).mean()), 3)}
    if len(no):
        figures["harmless at 0.5"] = round(float((no >= 0.5).mean()), 3)
        figures["area under the curve"] = round(float(auc(yes, no)), 4)
        for share in HARMLESS:
            limit = np.nextafter(np.quantile(no, 1 - share), 2)
            figures[f"found where {share:.0%} of the harmless are"] = round(
                float((yes >= limit).mean()), 3
            )
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--analyzers", nargs="+", default=ANALYZERS)
    parser.add_argument("--source", type=Source, default=Source.PROMPT)
    arguments = parser.parse_args()
    try:
        rows = read(arguments.file)
    except (OSError, ValueError, ComplianceError) as problem:
        sys.exit(str(problem))
    found: Scores = [{} for _ in rows]
    for name in arguments.analyzers:
        for best, more in zip(
            found, scores(name, [text for text, _ in rows], arguments.source), strict=True
        ):
            for category, score in more.items():
                best[category] = max(best.get(category, 0.0), score)
    good = [best for best, (_, names) in zip(found, rows, strict=True) if not names]
    categories = sorted({one for _, names in rows for one in names})
    figures = {
        category: told_apart(
            category,
            [best for best, (_, names) in zip(found, rows, strict=True) if category in names],
            good,
        )
        for category in categories
    }
    print(json.dumps({"harmless texts": len(good), **figures}, indent=1))


if __name__ == "__main__":
    main()
