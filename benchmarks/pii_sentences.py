"""Measure names of people, places and organisations on sentences that nothing was written or mended for.

``pii_data/sentences.txt`` marks each name; organisations and places were mended on it after it was first
read, which gave 0.88, 0.91 and 0.67 for people, places and organisations. ``unseen.txt`` was written then, and
nothing was mended on it; before that it would have given 0.93, 0.92 and 0.68. A name counts as found where a
finding of 0.5 or more of its kind overlaps it, and as found with its exact span where both ends agree.

Usage: python -m benchmarks.pii_sentences
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.environment import record
from compliance.text.personal.name_finder import NameFinder
from compliance.text.personal.search import sightings
from compliance.types import Source, TextBatch

FOLDER = Path(__file__).parent / "pii_data"
LEAST = 0.5
KINDS = {"P": "pii.person", "L": "pii.place", "O": "pii.organization"}
_MARK = re.compile(r"\{([PLO]):([^}]+)\}")
Span = tuple[str, int, int]


def marked(lines: Iterable[str]) -> list[tuple[str, list[Span]]]:
    """Return each sentence without its marks, and the category, start and end of each name."""
    found = []
    for line in lines:
        text, spans, done = "", [], 0
        for mark in _MARK.finditer(line):
            text += line[done : mark.start()]
            spans.append((KINDS[mark[1]], len(text), len(text) + len(mark[2])))
            text += mark[2]
            done = mark.end()
        found.append((text + line[done:], spans))
    return found


def measure(path: Path, show: bool = False) -> dict[str, object]:
    """Return what of a list is found, by kind, with what is found beside it."""
    lines = [one for one in path.read_text("utf-8").splitlines() if one and one[0] != "#"]
    there, hit, exact, false = (Counter[str]() for _ in range(4))
    finder = NameFinder()
    for text, truth in marked(lines):
        batch = TextBatch(("a",), (text,), (Source.PROMPT,), (None,), (None,))
        found = [
            (one.category, one.place.start, one.place.end)
            for one in sightings(batch, finder)
            if one.hit.score >= LEAST and one.category in KINDS.values()
        ]
        missed = [one for one in truth if not any(_same(one, other) for other in found)]
        wrong = [one for one in found if not any(_same(one, other) for other in truth)]
        there.update(one[0] for one in truth)
        hit.update(one[0] for one in truth if one not in missed)
        exact.update(one[0] for one in truth if one in found)
        false.update(one[0] for one in wrong)
        if show and (missed or wrong):
            parts = [[(kind[4:7], text[a:b]) for kind, a, b in part] for part in (missed, wrong)]
            print(f"{text}\n    missed {parts[0]}  wrong {parts[1]}")
    return {
        "sentences": len(lines),
        **{
            kind: {
                "there": there[kind],
                "found": hit[kind],
                "found with the exact span": exact[kind],
                "false": false[kind],
                "F1": round(2 * hit[kind] / (there[kind] + hit[kind] + false[kind]), 3),
            }
            for kind in KINDS.values()
        },
    }


def _same(one: Span, other: Span) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what is missed or wrong")
    show = parser.parse_args().show
    figures = {path.stem: measure(path, show) for path in sorted(FOLDER.glob("*.txt"))}
    print(json.dumps(figures, indent=2))
    print(record("pii_sentences", figures))


if __name__ == "__main__":
    main()
