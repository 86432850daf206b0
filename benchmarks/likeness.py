"""How many turned, covered, small, dark and worn faces are found, at what cost beside dlib's detector.

Two labelled photographs of each person, changed: see likeness_detection.py. Who they are is measured by
recognition.py.

    python -m benchmarks.likeness [--data FOLDER] [--each COUNT]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.environment import RESULTS, record
from benchmarks.likeness_chart import draw
from benchmarks.likeness_detection import PLAIN, measure
from benchmarks.likeness_variants import labelled


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/faces-face-recognition"))
    parser.add_argument("--each", type=int, default=2, help="photographs of each person")
    arguments = parser.parse_args()
    detection = measure(labelled(arguments.data), arguments.each)
    draw(detection["ways"], PLAIN, RESULTS / "likeness_detection.png")
    print(json.dumps(detection, indent=2, ensure_ascii=False))
    print(record("likeness", {"detection": detection}))


if __name__ == "__main__":
    main()
