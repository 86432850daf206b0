"""Measure personal-data findings: recall and precision on labelled sentences, false alarms on prompts.

Labelled: presidio-research's 100 generated sentences (few of each kind; its telephone numbers are made up
and mostly not valid anywhere; some of its addresses are labelled whole, with their town, some part by part).
Benign: PartiPrompts and VBench. All of it was seen while the rules were written. The same is measured of
Presidio as it comes, with its own scores and no language model; of that without e-mail addresses, because its
recogniser of these reaches for the network.

Usage: python -m benchmarks.pii [--data FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.environment import record
from compliance.text.personal.entities import EMAIL, ENTITIES
from compliance.text.personal.name_finder import NameFinder
from compliance.text.personal.recognisers import Recognisers
from compliance.text.personal.search import sightings
from compliance.types import Source, TextBatch

THRESHOLD = 0.5
"""Score from which something counts as found."""
STOCK_THRESHOLD = 0.4
"""The same for Presidio's own scores: what it gives a telephone number without a word beside it."""

CATEGORIES = {name: one.category for name, one in ENTITIES.items()} | {
    "LOCATION": "pii.place",
    "GPE": "pii.place",
    "NRP": "pii.place",
    "STREET_ADDRESS": "pii.address",
    "ZIP_CODE": "pii.address",
    "DOMAIN_NAME": "pii.url",
    "US_DRIVER_LICENSE": "pii.driving_licence",
}
"""Our category of each entity of the labelled sentences. A thing counts as found where a finding of its
category overlaps it; exact spans are counted beside that."""

Found = list[tuple[str, int, int]]
Finder = Callable[[str], Found]


def ours() -> Finder:
    """Return (category, start, end) of what the analyzer finds."""
    finders = Recognisers(), NameFinder()

    def find(text: str) -> Found:
        batch = TextBatch(("a",), (text,), (Source.PROMPT,), (None,), (None,))
        return [
            (one.category, one.place.start, one.place.end)
            for finder in finders
            for one in sightings(batch, finder)
            if one.hit.score >= THRESHOLD
        ]

    return find


def stock() -> Finder:
    """Return what Presidio finds by its default patterns and scores, for the same entities."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": ""}])
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(nlp_engine=engine, languages=["en"])
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    known = sorted((set(CATEGORIES) - {EMAIL}) & set(analyzer.get_supported_entities("en")))

    def find(text: str) -> Found:
        return [
            (CATEGORIES[one.entity_type], one.start, one.end)
            for one in analyzer.analyze(text, language="en", entities=known)
            if one.score >= STOCK_THRESHOLD
        ]

    return find


def labelled(path: Path, find: Finder) -> dict[str, dict[str, int]]:
    """Count per category what is there, what of it is found, how exactly, and what is found beside it."""
    there, hit, exact, false, within = (Counter[str]() for _ in range(5))
    for row in json.loads(path.read_text("utf-8")):
        truth = [
            (CATEGORIES[s["entity_type"]], s["start_position"], s["end_position"])
            for s in row["spans"]
            if s["entity_type"] in CATEGORIES
        ]
        found = find(row["full_text"])
        exact.update(one[0] for one in truth if one in found)
        there.update(category for category, _, _ in truth)
        hit.update(one[0] for one in truth if any(_match(one, other) for other in found))
        wrong = [one for one in found if not any(_match(one, other) for other in truth)]
        false.update(one[0] for one in wrong)
        within.update(one[0] for one in wrong if any(_overlap(one, other) for other in truth))
    return {
        category: {
            "there": there[category],
            "found": hit[category],
            "found with the exact span": exact[category],
            "false": false[category],
            "of these within something else that is labelled": within[category],
        }
        for category in sorted(there | false)
    }


def benign(texts: Iterable[str], find: Finder) -> dict[str, int]:
    """Count prompts, and those in which anything is found."""
    flagged = [bool(find(text)) for text in texts]
    return {"prompts": len(flagged), "flagged": sum(flagged)}


def prompts(data: Path) -> list[str]:
    """Return the benign prompts."""
    with (data / "prompts-parti/PartiPrompts.tsv").open(encoding="utf-8") as lines:
        parti = [row["Prompt"] for row in csv.DictReader(lines, delimiter="\t")]
    folder = data / "prompts-vbench/prompts"
    vbench = [
        line
        for name in ("all_dimension.txt", "all_dimension_cn.txt")
        for line in (folder / name).read_text("utf-8").splitlines()
    ]
    return parti + vbench


def _match(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and _overlap(one, other)


def _overlap(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[1] < other[2] and other[1] < one[2]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data: Path = parser.parse_args().data
    texts = prompts(data)
    sentences = data / "pii-presidio-research/tests/data/generated_small.json"
    figures: dict[str, object] = {}
    for name, make in {"ours": ours, "presidio as it comes": stock}.items():
        find = make()
        began = time.perf_counter()
        flagged = benign(texts, find)
        each = (time.perf_counter() - began) / len(texts)
        figures[name] = {
            "labelled": labelled(sentences, find),
            "benign": flagged,
            "milliseconds per prompt": round(1000 * each, 2),
        }
    print(json.dumps(figures, indent=2))
    print(record("pii", figures))


if __name__ == "__main__":
    main()
