"""Whether a person who is seen for half a second, or in one frame, of a minute of video is found, and when.

A face 60 pixels high stands on a moving background of 1280 × 720, for 15 frames or one, at eight phases each
against the sampling grid; the clip is encoded, decoded in the contained child, examined and matched with a
template of another photograph.

    python -m benchmarks.face_moments [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import cv2
import numpy as np

from benchmarks.cheap_pass import SIZE, background
from benchmarks.environment import record
from compliance.analyzers.base import References
from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.demo.encode import RATE, Encoder
from compliance.findings import BankUse, Finding, Observation, Reference
from compliance.media.decode import MediaReader
from compliance.model_store import ModelStore
from compliance.types import FrameBatch, Pixels

FRAMES = 60 * RATE
SPACING = 109
"""Frames between moments: prime to the 15 frames of the grid, so that phases go round."""
FACE = 60
SHOWN = "examples/knn_examples/train/rose_leslie/img1.jpg"
SHOWN_BOX = (624, 108, 882, 366)
ENROLLED = "examples/knn_examples/train/rose_leslie/img2.jpg"


def moments() -> list[tuple[int, int]]:
    """Return the first and last frame of each moment, long and short ones in turn."""
    starts = range(SPACING // 2, FRAMES - SPACING, SPACING)
    return [(start, start + (14 if n % 2 == 0 else 0)) for n, start in enumerate(starts)]


def head(folder: Path) -> Pixels:
    """Return the face with its surroundings, the face 60 pixels high."""
    left, top, right, bottom = SHOWN_BOX
    pixels = cv2.imread(str(folder / SHOWN))[top - 90 : bottom + 90, left - 90 : right + 90]
    scale = FACE / (bottom - top)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, :, ::-1], np.uint8)


def encode(path: Path, scene: str, face: Pixels) -> None:
    draw, shown = background(scene), moments()
    with Encoder(path, SIZE) as encoder:
        for number in range(FRAMES):
            frame = draw(number)
            for place, (first, last) in enumerate(shown):
                if first <= number <= last:
                    x, y = 150 + place * 137 % 900, 80 + place * 71 % 450
                    frame[y : y + len(face), x : x + face.shape[1]] = face
            encoder.add(frame)
        encoder.add_tone(FRAMES / RATE)


def observe(analyzer: FaceAnalyzer, path: Path) -> tuple[list[Observation], int]:
    """Return the faces of all examined frames, and how many frames those were."""
    seen: list[Observation] = []
    examined = 0
    with MediaReader(path) as reader:
        for frame in reader.frames():
            batch = FrameBatch(("clip",), np.array([frame.time]), (frame.pixels.copy(),))
            frame.release()
            seen += analyzer.observe_frames(batch)
            examined += 1
    return seen, examined


def measured(found: list[Finding], first: int, last: int) -> tuple[float, float] | None:
    """Return the errors of start and end, seconds, of the sure match at a moment; None where there is none."""
    for one in found:
        if one.span and first / RATE - 0.5 <= one.span.start <= last / RATE + 0.5:
            return abs(one.span.start - first / RATE), abs(one.span.end - last / RATE)
    return None


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/faces-face-recognition"))
    folder = parser.parse_args().data
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore())
    photo = np.ascontiguousarray(cv2.imread(str(folder / ENROLLED))[:, :, ::-1])
    (known,) = analyzer.observe_frames(FrameBatch(("photo",), np.zeros(1), (photo,)))
    assert known.vector is not None
    use = BankUse(name="people", modality="face", size=1, version="0" * 64)
    references = References(
        (Reference(bank="people", entry="her"),), (use,), vectors=known.vector[None]
    )
    with tempfile.TemporaryDirectory() as place:
        encode(path := Path(place) / "clip.mp4", "moving", head(folder))
        seen, examined = observe(analyzer, path)
    found = analyzer.findings("clip", analyzer.reduce("clip", seen), references)
    sure = [one for one in found if one.reference and one.score >= 0.9]
    figures: dict[str, object] = {"seconds": FRAMES / RATE, "frames examined": examined}
    for label, length in (("half a second", 15), ("one frame", 1)):
        mine = [pair for pair in moments() if pair[1] - pair[0] + 1 == length]
        errors = [error for pair in mine if (error := measured(sure, *pair))]
        flat = np.array(errors).ravel()
        figures[label] = {
            "shown": len(mine),
            "found": len(errors),
            "error of start or end, mean, s": round(float(flat.mean()), 3),
            "greatest, s": round(float(flat.max()), 3),
            "within 0.2 s": round(float((flat <= 0.2).mean()), 3),
        }
    print(json.dumps(figures, indent=1))
    print(record("face_moments", figures))


if __name__ == "__main__":
    main()
