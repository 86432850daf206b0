"""Nudity in frames: false alarms on ordinary pictures, planted sequences that are found, and speed.

    python -m benchmarks.nudity [--data FOLDER]
    python -m benchmarks.nudity --pictures FOLDER

Each picture is reviewed as a still. “Plain” is NudeNet's own detector at 0.5 over all classes that are called
exposed. Sequences are planted as raw detections, since no pictures of these categories are held, so that recall
on pictures is not measured at all. The second model is measured where the data hold it. Ordinary pictures of
your own are counted only, and nothing is recorded.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.environment import record
from compliance.analyzers.sensitive.class_spans import score_of
from compliance.analyzers.sensitive.image_classes import ImageClassAnalyzer
from compliance.analyzers.sensitive.nsfw_frames import NsfwFrameAnalyzer
from compliance.analyzers.sensitive.nudity import SUPPORT, NudityAnalyzer
from compliance.model_store import ModelStore
from compliance.model_store.tfjs_layers import convert
from compliance.runtimes.nudenet import NudeNetDetector
from compliance.types import FrameBatch, Pixels

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
SETS = ("faces-*", "copydetect-*", "robust-*")
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
LEAST = 64
"""Height and width from which a picture counts, pixels."""
CALLED = 0.5
AT_ONCE = 32


def pictures(folders: Iterable[Path]) -> Iterator[Pixels]:
    """Yield all pictures in the folders and theirs that OpenCV reads, RGB."""
    found = {path for folder in folders for path in folder.glob("**/*")}
    for path in sorted(one for one in found if one.suffix.lower() in ENDINGS):
        try:
            read = cv2.imread(str(path))
        except cv2.error:
            continue
        if read is not None and min(read.shape[:2]) >= LEAST:
            yield np.ascontiguousarray(read[:, :, ::-1])


def alarms(analyzer: NudityAnalyzer | ImageClassAnalyzer, frames: list[Pixels]) -> dict[str, Any]:
    """Return how many stills have a finding of 0.5 or more, and the highest score and raw number of all."""
    found = []
    for first in range(0, len(frames), AT_ONCE):
        some = tuple(frames[first : first + AT_ONCE])
        names = tuple(str(first + index) for index in range(len(some)))
        seen = analyzer.observe_frames(FrameBatch(names, np.zeros(len(some)), some))
        for name in names:
            mine = [one for one in seen if one.asset == name]
            found.append(analyzer.findings(name, mine, None))
    scores = [max((one.score for one in one_still), default=0.0) for one_still in found]
    raws = [one.raw for one_still in found for one in one_still]
    return {
        "stills": len(frames),
        "alarms": sum(score >= CALLED for score in scores),
        "highest_score": max(scores),
        "highest_raw": max(raws, default=0.0),
    }


def planted(store: ModelStore) -> dict[str, Any]:
    """Return the share of random sequences of three detections of 0.5 or more that score 0.5 or more."""
    calibration = store.load("nudenet-320n").calibration
    rng = np.random.default_rng(7)
    sequences = rng.uniform(0.5, 1.0, (10_000, 3))
    sequences[0] = 0.5
    scores = [score_of([float(raw) for raw in one], calibration, SUPPORT) for one in sequences]
    return {"sequences": len(scores), "found": sum(score >= CALLED for score in scores)}


def speed(store: ModelStore, frames: list[Pixels]) -> dict[str, float]:
    """Return frames a second in batches, one by one, and of the plain library where it is there."""
    detector = NudeNetDetector(store.load("nudenet-320n"), "cpu")
    ways: dict[str, Any] = {
        "batches": lambda: detector.detect(frames),
        "one_by_one": lambda: [detector.detect([one]) for one in frames],
    }
    try:
        from nudenet import NudeDetector

        plain = NudeDetector()
        ways["library"] = lambda: [plain.detect(one[:, :, ::-1].copy()) for one in frames]
    except ImportError:
        pass
    taken = {name: [] for name in ways}
    for _ in range(3):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    return {name: round(len(frames) / min(times), 1) for name, times in taken.items()}


def plain_alarms(store: ModelStore, frames: list[Pixels]) -> int:
    """Return how many stills the detector alone calls: any class that is exposed, at 0.5."""
    detector = NudeNetDetector(store.load("nudenet-320n"), "cpu")
    called = 0
    for first in range(0, len(frames), AT_ONCE):
        for parts in detector.detect(frames[first : first + AT_ONCE]):
            called += any(one.raw >= CALLED and "EXPOSED" in one.label for one in parts)
    return called


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--pictures", type=Path, help="folder of ordinary pictures of your own")
    given = parser.parse_args()
    data: Path = given.data
    own = None if given.pictures is None else [given.pictures]
    frames = list(pictures(own or [folder for name in SETS for folder in data.glob(name)]))
    if not frames:
        parser.error(f"no picture of {LEAST} pixels or more was found")
    store = ModelStore()
    nudity = NudityAnalyzer()
    nudity.setup("cpu", store)
    if own:
        print(alarms(nudity, frames), "plain detector:", plain_alarms(store, frames))
        return
    figures: dict[str, Any] = {
        "nudity": alarms(nudity, frames),
        "plain_detector_alarms": plain_alarms(store, frames),
        "planted": planted(store),
        "frames_a_second": speed(store, frames[:64]),
    }
    source = data / "models-nsfwjs" / "models" / "mobilenet_v2"
    if source.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            convert(source, Path(folder) / NsfwFrameAnalyzer.spec.models[0])
            other = NsfwFrameAnalyzer()
            other.setup("cpu", ModelStore(pulled=Path(folder)))
            figures["nsfw-frames"] = alarms(other, frames)
    print(figures)
    print(record("nudity", figures))


if __name__ == "__main__":
    main()
