"""Measure claims and politics in text: recall on lists held back, false alarms on benign prompts, time.

A text counts as found where a finding in its category scores 0.5 or more. The lists of claims were held
back one after another: rules were mended on all but the fourth after they were measured, so that figures on
those are not figures of unseen text. The head of each list says what it gave when it was first read.

Usage: python -m benchmarks.wording [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environment import record
from benchmarks.pii import prompts
from compliance.analyzers.texts.claims import ClaimsAnalyzer
from compliance.analyzers.texts.politics import PoliticsAnalyzer
from compliance.analyzers.texts.wordings import WordingAnalyzer
from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.types import Source, TextBatch

HERE = Path(__file__).parent
LIKELY = 0.5
CLAIMS = (
    "wording_claims",
    "wording_claims_second",
    "wording_claims_third",
    "wording_claims_fourth",
    "wording_claims_other",
)
BENIGN = ("wording_plain", "wording_tempting")
HARMFUL, HARMLESS = HERE / "sensitive_text/harmful", HERE / "sensitive_text/harmless"


def lines(path: Path) -> list[tuple[str, str]]:
    """Return category and text of each line of a list; the category is empty where it has none."""
    category, found = "", []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            category = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            found.append((category, line.strip()))
    return found


def found_in(analyzer: WordingAnalyzer, texts: Sequence[str]) -> list[set[str]]:
    """Return the categories that are likely in each of ``texts``, each a prompt of its own."""
    n = len(texts)
    ids = tuple(map(str, range(n)))
    batch = TextBatch(ids, tuple(texts), (Source.PROMPT,) * n, (None,) * n, (None,) * n)
    by_text: dict[str, list[Observation]] = defaultdict(list)
    for one in analyzer.observe_texts(batch):
        by_text[one.asset].append(one)
    return [
        {
            one.attributes["category"]
            for one in by_text.get(key, ())
            if one.attributes["score"] >= LIKELY
        }
        for key in ids
    ]


def recall(analyzer: WordingAnalyzer, name: str) -> dict[str, str]:
    """Return what of a list is found in its category, by category and in all."""
    given = lines(HERE / f"{name}.txt")
    found = found_in(analyzer, [text for _, text in given])
    hits: dict[str, list[bool]] = defaultdict(list)
    for (category, _), categories in zip(given, found, strict=True):
        hits[category].append(category in categories)
        hits["all"].append(category in categories)
    return {name: f"{sum(one)} of {len(one)}" for name, one in sorted(hits.items())}


def alarms(analyzer: WordingAnalyzer, texts: Sequence[str]) -> str:
    """Return how many of ``texts`` are found at all."""
    return f"{sum(map(bool, found_in(analyzer, texts)))} of {len(texts)}"


def texts_of(folder: Path, pattern: str) -> list[str]:
    """Return the lines of every list in ``folder`` that ``pattern`` fits."""
    return [text for path in sorted(folder.glob(pattern)) for _, text in lines(path)]


def main() -> None:
    """Print and record the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    benign = prompts(parser.parse_args().data)
    claims, politics = ClaimsAnalyzer(), PoliticsAnalyzer()
    for one in (claims, politics):
        one.setup("cpu", ModelStore())
    began = time.perf_counter()
    found_in(claims, benign)
    each = (time.perf_counter() - began) / len(benign)
    others = {name: [text for _, text in lines(HERE / f"{name}.txt")] for name in BENIGN}
    others["PartiPrompts and VBench"] = benign
    others["sensitive_text/harmless/heldback"] = texts_of(HARMLESS / "heldback", "*.txt")
    figures = {
        "claims found": {name: recall(claims, name) for name in CLAIMS},
        "claims in benign texts": {name: alarms(claims, texts) for name, texts in others.items()},
        "politics found": {
            "content, held back": alarms(
                politics, texts_of(HARMFUL / "heldback", "political.content*")
            ),
            "all, held back": alarms(politics, texts_of(HARMFUL / "heldback", "political*")),
        },
        "politics in benign texts": {
            name: alarms(politics, texts) for name, texts in others.items()
        },
        "microseconds per prompt, claims": round(1e6 * each),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(record("wording", figures))


if __name__ == "__main__":
    main()
