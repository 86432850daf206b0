"""Measure name matching: recall per disguise, false alarms on benign prompts, time to build and to read.

Names are made of common given and family names, so that benign prompts have a fair chance of holding a
part of one. Benign prompts are PartiPrompts and VBench, in English and Chinese.

Usage: python -m benchmarks.names [--data FOLDER]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.environment import record
from benchmarks.pii import prompts
from compliance.text.matching import NameIndex

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


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    texts = prompts(parser.parse_args().data)
    names = [f"{given} {family}" for given, family in itertools.product(GIVEN, FAMILY)]
    began = time.perf_counter()
    index = NameIndex(names)
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
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    print(*flagged[:20], sep="\n")
    print(record("names", figures))


if __name__ == "__main__":
    main()
