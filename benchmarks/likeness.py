"""How often changed faces are found, an enrolled one is recognised, and somebody else is taken for it.

Labelled photographs: the first of each person is enrolled, the others are looked for as they are and in
worse shape. These photographs were used for the calibration on the card, so that this is no held-back figure.

Detection is measured on two photographs of each person, beside dlib's detector: see likeness_detection.py.

    python -m benchmarks.likeness [--data FOLDER] [--each COUNT]
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.environment import RESULTS, record
from benchmarks.likeness_chart import draw
from benchmarks.likeness_detection import PLAIN, measure
from benchmarks.likeness_variants import labelled
from compliance.analyzers.base import References
from compliance.analyzers.faces import FaceAnalyzer
from compliance.findings import BankUse, Observation, Reference
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Pixels

NOBODY = ("multiple", "unlabelled")


def turned(degrees: float) -> Callable[[Pixels], Pixels]:
    def turn(picture: Pixels) -> Pixels:
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)

    return turn


def worn(quality: int) -> Callable[[Pixels], Pixels]:
    def wear(picture: Pixels) -> Pixels:
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(encoded, cv2.IMREAD_COLOR)

    return wear


def shrunk(side: int) -> Callable[[Pixels], Pixels]:
    def shrink(picture: Pixels) -> Pixels:
        scale = min(1.0, side / max(picture.shape[:2]))
        return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

    return shrink


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda picture: picture,
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "turned 15°": turned(15),
    "turned 30°": turned(30),
    "JPEG quality 20": worn(20),
    "longer side 320 px": shrunk(320),
    "darker": lambda picture: (picture * 0.45).astype(np.uint8),
}


def largest(analyzer: FaceAnalyzer, picture: Pixels) -> Observation | None:
    pixels = np.ascontiguousarray(picture[:, :, ::-1])
    found = analyzer.observe_frames(FrameBatch(("photo",), np.zeros(1), (pixels,)))
    return max(found, key=lambda one: one.region.area_percent if one.region else 0, default=None)


def photographs(folder: Path) -> list[tuple[str, Pixels]]:
    rows = csv.DictReader((folder / "LABELS.csv").read_text("utf-8").splitlines())
    return [
        (row["identities"], cv2.imread(str(folder / row["path"])))
        for row in rows
        if ";" not in row["identities"] and row["identities"] not in NOBODY
    ]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/faces-face-recognition"))
    parser.add_argument("--each", type=int, default=2, help="photographs of each person")
    arguments = parser.parse_args()
    detection = measure(labelled(arguments.data), arguments.each)
    draw(detection["ways"], PLAIN, RESULTS / "likeness_detection.png")
    people, changes = recognition(arguments.data)
    print(json.dumps(changes, indent=2, ensure_ascii=False))
    print(record("likeness", {"people": people, "changes": changes, "detection": detection}))


def recognition(folder: Path) -> tuple[int, dict[str, dict[str, float]]]:
    """Return how many people are enrolled, and by change how many probes were found and matched."""
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore())
    enrolled: dict[str, Observation] = {}
    probes = []
    for person, picture in photographs(folder):
        face = largest(analyzer, picture) if person not in enrolled else None
        if face is not None:
            enrolled[person] = face
        else:
            probes.append((person, picture))
    refs = tuple(Reference(bank="photographs", entry=person) for person in enrolled)
    use = BankUse(name="photographs", modality="face", size=len(refs), version="0" * 64)
    vectors = np.stack([face.vector for face in enrolled.values() if face.vector is not None])
    references = References(refs, (use,), vectors=vectors)
    figures: dict[str, dict[str, float]] = {}
    for label, change in CHANGES.items():
        row = {"probes": len(probes), "found": 0, "sure": 0, "possible": 0, "wrong": 0}
        for person, picture in probes:
            face = largest(analyzer, change(picture))
            if face is None:
                continue
            row["found"] += 1
            matches = analyzer.findings("photo", analyzer.reduce("photo", [face]), references)
            scores = {one.reference.entry: one.score for one in matches if one.reference}
            row["sure"] += scores.get(person, 0.0) >= 0.9
            row["possible"] += scores.get(person, 0.0) >= 0.5
            row["wrong"] += any(score >= 0.5 for who, score in scores.items() if who != person)
        figures[label] = row
    return len(refs), figures


if __name__ == "__main__":
    main()
