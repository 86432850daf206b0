"""Measure name matching: recall per disguise, the starter bank's coverage, false alarms, time to build.

Made-up names are of common given and family names, so that benign prompts have a fair chance of holding a
part of one. Benign prompts are PartiPrompts, VBench (English and Chinese) and the safe half of XSTest. Some
of them do name public figures: who is named truly was judged by eye and stands in ``names_truly.txt``;
whoever else is found is a false alarm and printed, so that the data can be mended. What is found of
``names_prompts.txt`` is the honest figure of coverage: its names were chosen before anyone looked into the
bank.

Usage: python -m benchmarks.names [--data FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.environment import record
from benchmarks.pii import prompts
from compliance.analyzers.base import References
from compliance.banks.starter import starter_people, with_starter
from compliance.text.names.matching import NameIndex, inside_longer
from compliance.text.normalise import normalise

GIVEN = (
    "Adam Alice Amber Anna Brook Carmen Chris Dawn Daniel Ella Frank Grace Heather Iris Ivy Jack James Joy "
    "Julia Kim Laura Leo Lily Maria Mark Max Mia Olivia Peter Robin Rose Ruby Sam Sofia Tom Will"
).split()
FAMILY = (
    "Banks Bell Black Brown Carter Clay Cook Cruise Field Fisher Ford Fox Gardner Gray Green Hill Hunt Lake "
    "Marsh Miller Moore North Park Reed Rivers Stone Taylor Walker Waters White Wood Young"
).split()
_ALIKE = str.maketrans("aceopxyiBCEHKMOPTX", "асеорхуіВСЕНКМОРТХ")
_LEET = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda name, rng: name,
    "look-alikes": lambda name, rng: name.translate(_ALIKE),
    "one look-alike": lambda name, rng: _once(name, rng, lambda c: c.translate(_ALIKE)),
    "zero width": lambda name, rng: "\u200b".join(name),
    "accents": lambda name, rng: "".join(c + "\u0308" if c in "aeou" else c for c in name),
    "leetspeak": lambda name, rng: "".join(
        _LEET.get(c, c) if rng.random() < 0.6 else c for c in name
    ),
    "I for l": lambda name, rng: name.replace("l", "I"),
    "rn for m": lambda name, rng: name.replace("m", "rn"),
    "spaced": lambda name, rng: " ".join(name.replace(" ", "")),
    "joined": lambda name, rng: name.replace(" ", ""),
    "mixed": lambda name, rng: "\u200d".join(name.translate(_ALIKE)).replace("s", "$"),
    "misread once (screen)": lambda name, rng: _once(name, rng, lambda c: "x"),
}


def _once(name: str, rng: random.Random, change: Callable[[str], str]) -> str:
    place = rng.choice([i for i, c in enumerate(name) if c != " "])
    return name[:place] + change(name[place]) + name[place + 1 :]


def recall(index: NameIndex, names: list[str]) -> dict[str, float]:
    """Return the share of names found, per disguise."""
    rng = random.Random(7)
    found = {}
    for label, disguise in DISGUISES.items():
        texts = [f"A portrait of {disguise(name, rng)}, studio light" for name in names]
        hits = [
            row in {match.row for match in index.find(text, misread="screen" in label)}
            for row, text in enumerate(texts)
        ]
        found[label] = round(sum(hits) / len(hits), 4)
    return found


class Bank:
    """The starter bank, ready to be looked for."""

    def __init__(self) -> None:
        began = time.process_time()
        people = starter_people()
        self.references = with_starter(References((), ()), people)
        self.load = time.process_time() - began
        self.people = len(people)
        references = self.references
        began = time.process_time()
        self.index = NameIndex(references.texts, references.ambiguous)
        self.index.find("plain")
        self.plain = time.process_time() - began
        self.index.find("M0rning In Iceland", misread=True)
        self.all = time.process_time() - began
        self.entries: dict[str, set[str]] = {}
        for ref, text in zip(references.refs, references.texts, strict=True):
            self.entries.setdefault(letters_of(text), set()).add(ref.entry)

    def found(self, text: str, misread: bool = False) -> dict[str, float]:
        """Return entries found in ``text`` with their score; names within longer ones are not."""
        matches = self.index.find(text, misread)
        inner = inside_longer((match.start, match.end) for match in matches)
        best: dict[str, float] = {}
        for match in sorted(matches, key=lambda one: one.score):
            if (match.start, match.end) not in inner:
                best[self.references.refs[match.row].entry] = match.score
        return best


def letters_of(name: str) -> str:
    return "".join(filter(str.isalnum, normalise(name).text))


def safe_prompts(data: Path) -> list[str]:
    with (data / "prompts-xstest/xstest_prompts.csv").open(encoding="utf-8") as lines:
        return [row["prompt"] for row in csv.DictReader(lines) if row["label"] == "safe"]


def lines(file: str) -> list[str]:
    lines = (Path(__file__).parent / file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def starter(texts: list[str]) -> dict[str, object]:
    """Return the figures of the starter bank; print what is missed and every false alarm."""
    bank = Bank()
    wanted = [line.split(" :: ", 1) for line in lines("names_prompts.txt")]
    known = [bank.entries.get(letters_of(name), set()) for name, _ in wanted]
    scores = [
        max((score for entry, score in bank.found(text).items() if entry in entries), default=0)
        for entries, (_, text) in zip(known, wanted, strict=True)
    ]
    for (name, text), score, entries in zip(wanted, scores, known, strict=True):
        if not score:
            print("missed" if entries else "absent", name, "::", text)
    truly = set(lines("names_truly.txt"))
    flagged = {text: bank.found(text) for text in texts}
    alarms = {
        text: wrong
        for text, found in flagged.items()
        if (wrong := {entry: score for entry, score in found.items() if entry not in truly})
    }
    for text, wrong in alarms.items():
        print("false alarm", wrong, "::", text[:120])
    return {
        "people": bank.people,
        "names": len(bank.references),
        "everyday names": sum(bank.references.ambiguous),
        "processor seconds to load": round(bank.load, 3),
        "processor seconds to build for plain text": round(bank.plain, 3),
        "processor seconds to build everything": round(bank.all, 3),
        "prompts that name somebody": len(wanted),
        "of them in the bank": sum(map(bool, known)),
        "of them found": sum(map(bool, scores)),
        "of them found with 0.9 or more": sum(score >= 0.9 for score in scores),
        "benign prompts": len(texts),
        "benign prompts that truly name somebody": sum(map(bool, flagged.values())) - len(alarms),
        "benign prompts with a false alarm": len(alarms),
        "benign prompts with a false alarm read from pixels": sum(
            bool(set(bank.found(text, misread=True)) - truly) for text in texts
        ),
    }


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data: Path = parser.parse_args().data
    texts = prompts(data)
    names = [f"{given} {family}" for given, family in itertools.product(GIVEN, FAMILY)]
    began = time.perf_counter()
    index = NameIndex(names)
    index.find("M0rning In Iceland", misread=True)
    built = time.perf_counter() - began
    began = time.perf_counter()
    flagged = [text for text in texts if index.find(text)]
    each = (time.perf_counter() - began) / len(texts)
    figures = {
        "names": len(names),
        "seconds to build": round(built, 3),
        "microseconds per prompt": round(1e6 * each),
        "recall": recall(index, names),
        "benign prompts": len(texts),
        "benign prompts flagged": len(flagged),
        "benign prompts flagged on screen": sum(
            bool(index.find(text, misread=True)) for text in texts
        ),
        "starter bank": starter(texts + safe_prompts(data)),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(*flagged[:20], sep="\n")
    print(record("names", figures))


if __name__ == "__main__":
    main()
