"""Measure names of works and brands in prompts: recall, disguises, false alarms, time to load and to search.

What is found of ``works_prompts.txt`` and ``works_brands.txt`` is the figure of coverage: their names were
chosen before anyone looked into the starter banks. Benign prompts are PartiPrompts, VBench (English and
Chinese), the safe half of XSTest and ``works_benign.txt``, which is full of everyday words that are also titles
and brands. Some of the public ones do name works or brands: what is named truly was judged by eye and stands in
``works_truly.txt``; whatever else is found is a false alarm and printed, so that the lists can be mended. The
lists and cues were mended with all of these prompts at hand; ``works_unseen.txt`` was written afterwards, and
nothing was mended for it.

Usage: python -m benchmarks.works [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from benchmarks.environment import record
from benchmarks.names import DISGUISES, letters_of, lines, safe_prompts
from benchmarks.pii import prompts
from compliance.analyzers.base import References
from compliance.analyzers.texts.names import index_of
from compliance.banks.starter import BRANDS, PEOPLE, WORKS, Starter, starter_entries, with_starter
from compliance.text.names.kinds import BRAND, PERSON, WORK, Kind
from compliance.text.names.matching import NameIndex, inside_longer

LIKELY = 0.7
"""Score from which a finding is counted apart."""
SAMPLE = 600
"""Names that are disguised."""


class Bank:
    """A starter bank, ready to be looked for."""

    def __init__(self, starter: Starter, kind: Kind) -> None:
        began = time.process_time()
        entries = starter_entries(starter)
        self.references = with_starter(References((), ()), entries, starter)
        self.load = time.process_time() - began
        self.entries = len(entries)
        began = time.process_time()
        self.index: NameIndex = index_of(self.references, kind)
        self.index.find("plain")
        self.plain = time.process_time() - began
        self.index.find("M0rning In Iceland", misread=True)
        self.all = time.process_time() - began
        self.known: dict[str, set[str]] = {}
        for ref, text in zip(self.references.refs, self.references.texts, strict=True):
            self.known.setdefault(letters_of(text), set()).add(ref.entry)

    def found(self, text: str, misread: bool = False) -> dict[str, float]:
        """Return entries found in ``text`` with their score; names within longer ones are not."""
        matches = self.index.find(text, misread)
        inner = inside_longer((match.start, match.end) for match in matches)
        best: dict[str, float] = {}
        for match in sorted(matches, key=lambda one: one.score):
            if (match.start, match.end) not in inner:
                best[self.references.refs[match.row].entry] = match.score
        return best

    def size(self) -> dict[str, object]:
        """Return what it holds and what it costs."""
        return {
            "entries": self.entries,
            "names": len(self.references),
            "everyday names": sum(self.references.ambiguous),
            "processor seconds to load": round(self.load, 3),
            "processor seconds to build for plain text": round(self.plain, 3),
            "processor seconds to build everything": round(self.all, 3),
        }


def recall(bank: Bank, file: str) -> dict[str, object]:
    """Return how many prompts of ``file`` are found to name something; print those that are not."""
    wanted = [line.split(" :: ", 1) for line in lines(file)]
    found = [bank.found(text) for _, text in wanted]
    named = [
        max(
            (
                score
                for entry, score in hits.items()
                if entry in bank.known.get(letters_of(name), ())
            ),
            default=0,
        )
        for (name, _), hits in zip(wanted, found, strict=True)
    ]
    best = [max(hits.values(), default=0) for hits in found]
    for (name, text), score in zip(wanted, best, strict=True):
        if not score:
            print("missed" if letters_of(name) in bank.known else "absent", name, "::", text)
    return {
        "prompts": len(wanted),
        "with their name in the bank": sum(letters_of(name) in bank.known for name, _ in wanted),
        "found": round(sum(map(bool, best)) / len(wanted), 4),
        f"found with {LIKELY} or more": round(sum(one >= LIKELY for one in best) / len(wanted), 4),
        "found by the very name": round(sum(map(bool, named)) / len(wanted), 4),
    }


def alarms(
    bank: Bank, texts: list[str], truly: set[str], misread: bool = False
) -> dict[str, object]:
    """Return how many benign ``texts`` are flagged; print the alarms in those that were typed."""
    flagged = {text: bank.found(text, misread) for text in texts}
    wrong = {
        text: left
        for text, hits in flagged.items()
        if (left := {one: score for one, score in hits.items() if one not in truly})
    }
    if not misread:
        for text, hits in wrong.items():
            print("false alarm", hits, "::", text[:120])
    likely = sum(max(hits.values()) >= LIKELY for hits in wrong.values())
    return {
        "prompts": len(flagged),
        "that truly name one": sum(map(bool, flagged.values())) - len(wrong),
        "with a false alarm": len(wrong),
        f"with one of {LIKELY} or more": likely,
        "share with a false alarm": round(len(wrong) / len(flagged), 4),
    }


def disguised(bank: Bank) -> dict[str, float]:
    """Return the share of names found under each disguise, of names of six letters and more."""
    rng = random.Random(7)
    rows = [
        (row, text)
        for row, text in enumerate(bank.references.texts)
        if text.isascii() and text.replace(" ", "").isalpha() and len(text) >= 6
        and not bank.references.ambiguous[row]
    ]  # fmt: skip
    chosen = rng.sample(rows, min(SAMPLE, len(rows)))
    shares = {}
    for label, disguise in DISGUISES.items():
        texts = [
            (row, f"{disguise(name, rng)} walks through a market, studio light")
            for row, name in chosen
        ]
        hits = [
            row in {match.row for match in bank.index.find(text, "screen" in label)}
            for row, text in texts
        ]
        shares[label] = round(sum(hits) / len(hits), 4)
    return shares


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data: Path = parser.parse_args().data
    public, own = prompts(data) + safe_prompts(data), lines("works_benign.txt")
    truly = set(lines("works_truly.txt"))
    figures: dict[str, object] = {}
    for label, starter, kind, file in (
        ("works", WORKS, WORK, "works_prompts.txt"),
        ("brands", BRANDS, BRAND, "works_brands.txt"),
    ):
        bank = Bank(starter, kind)
        began = time.process_time()
        for text in public:
            bank.index.find(text)
        each = (time.process_time() - began) / len(public)
        figures[label] = {
            **bank.size(),
            "processor microseconds per prompt": round(1e6 * each),
            "recall": recall(bank, file),
            "public benign prompts": alarms(bank, public, truly),
            "own benign prompts": alarms(bank, own, set()),
            "public benign prompts as if read from pixels": alarms(
                bank, public, truly, misread=True
            ),
            "disguises": disguised(bank),
        }
    figures["works, unseen prompts"] = recall(Bank(WORKS, WORK), "works_unseen.txt")
    figures["people, for comparison"] = {"disguises": disguised(Bank(PEOPLE, PERSON))}
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(record("works", figures))


if __name__ == "__main__":
    main()
