"""References, edited copies of their segments, unrelated clips, and the labels that tell which is which."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks._copy_edits import EDITS, Edit
from benchmarks._copy_scenes import (
    FOOTAGE,
    PATTERNS,
    RATE,
    SIZES,
    decode,
    encode,
    photographs,
    scene,
)
from compliance.types import Pixels

AROUND = 2.0
"""Seconds of other footage before and after every second copy."""
OTHERS = 6
"""Scenes that are no reference: what lies around and behind copies, and the unrelated clips."""


@dataclass(frozen=True)
class Label:
    """One copied segment of a clip; an unrelated clip has a row without reference."""

    clip: str
    reference: str = ""
    edit: str = "unrelated"
    start: float = 0.0
    end: float = 0.0
    reference_start: float = 0.0
    reference_end: float = 0.0


def read_labels(path: Path) -> list[Label]:
    """Read a CSV file with the columns of :class:`Label`, times in seconds."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = ("clip", "reference", "edit")
    return [
        Label(**{k: v if k in texts else float(v or 0) for k, v in row.items()})  # type: ignore[arg-type]
        for row in rows
    ]


def build(folder: Path, data: Path, each: int) -> None:
    """Write ``references``, ``clips`` and ``labels.csv`` below ``folder``; ``each`` copies for each edit."""
    for name in ("references", "clips"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    photos = photographs(data)
    works, others = photos[: -2 * OTHERS], photos[-2 * OTHERS :]
    for name, path in FOOTAGE.items():
        encode(folder / f"references/{name}.mp4", _limited(data / path), _rate(data / path), 18)
    for i, photo in enumerate(works):
        shots = [photo] * (1 + i % 3)
        frames = scene(shots, i, SIZES[i % len(SIZES)], 11.0 + i % 5)
        encode(folder / f"references/scene{i:02}.mp4", frames, RATE, 18)
    behind = [
        list(scene(others[2 * i : 2 * i + 2], 900 + i, SIZES[i % 3], 8.0)) for i in range(OTHERS)
    ]
    labels = list(_copies(folder, behind, each)) + list(_unrelated(folder, behind, data))
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Label)])
        writer.writeheader()
        writer.writerows(asdict(label) for label in labels)


def _limited(path: Path) -> Iterator[Pixels]:
    return (pixels for _, pixels in itertools.islice(decode(path, 640), 500))


def _rate(path: Path) -> float:
    times = [time for time, _ in itertools.islice(decode(path, 64), 500)]
    return round((len(times) - 1) / (times[-1] - times[0]), 3)


def _copies(folder: Path, behind: list[list[Pixels]], each: int) -> Iterator[Label]:
    references = sorted((folder / "references").glob("*.mp4"))
    rng = np.random.default_rng(4)
    for k, (name, edit) in enumerate(EDITS.items()):
        for n in range(each):
            reference = references[(n * 5 + k * 3) % len(references)]
            clip = f"{k:02}-{n:02}.mp4"
            yield _copy(
                folder / "clips" / clip, reference, name, edit, behind[(k + n) % OTHERS], n, rng
            )


def _copy(
    path: Path,
    reference: Path,
    name: str,
    edit: Edit,
    behind: list[Pixels],
    n: int,
    rng: np.random.Generator,
) -> Label:
    """Write one clip: a segment of 4 to 10 s, where the work has as much, from anywhere in it."""
    frames = list(decode(reference))
    whole = frames[-1][0]
    seconds = min(float(rng.uniform(4, 10)), whole * 0.9)
    start = float(rng.uniform(0, whole - seconds))
    times = np.array([time for time, _ in frames])
    wanted = np.arange(start, start + seconds, edit.speed / edit.rate)
    chosen = np.clip(np.searchsorted(times, wanted, side="right") - 1, 0, len(frames) - 1)
    body = [
        edit.change(frames[j][1], behind[i % len(behind)]) for i, j in enumerate(chosen.tolist())
    ]
    around = round(AROUND * edit.rate) if n % 2 else 0
    size = body[0].shape[1] & ~1, body[0].shape[0] & ~1
    encode(
        path,
        itertools.chain(_fit(behind, size, 0, around), body, _fit(behind, size, 90, around)),
        edit.rate,
        edit.crf,
    )
    first = around / edit.rate
    return Label(
        clip=path.name,
        reference=reference.stem,
        edit=name,
        start=round(first, 3),
        end=round(first + (len(body) - 1) / edit.rate, 3),
        reference_start=round(float(times[chosen[0]]), 3),
        reference_end=round(float(times[chosen[-1]]), 3),
    )


def _fit(frames: list[Pixels], size: tuple[int, int], first: int, count: int) -> Iterator[Pixels]:
    import cv2

    for i in range(count):
        yield cv2.resize(frames[(first + i) % len(frames)], size)


def _unrelated(folder: Path, behind: list[list[Pixels]], data: Path) -> Iterator[Label]:
    for i, frames in enumerate(behind):
        name = f"other-{i}.mp4"
        encode(folder / "clips" / name, frames, RATE, 26)
        yield Label(name, edit="unrelated scene")
    for i, path in enumerate(PATTERNS):
        name = f"pattern-{i}.mp4"
        encode(folder / "clips" / name, _limited(data / path), 25, 26)
        yield Label(name, edit="test pattern")
    for i, card in enumerate(_cards()):
        name = f"card-{i}.mp4"
        encode(folder / "clips" / name, card, RATE, 26)
        yield Label(name, edit="card")


def _cards() -> Iterator[Iterator[Pixels]]:
    """Yield black and white frames, gradients, title cards, a countdown and a plain shape."""
    import cv2

    rows, columns = np.mgrid[0:360, 0:640].astype(np.float32)
    ramps = (
        columns / 640,
        rows / 360,
        (columns + rows) / 1000,
        np.hypot(columns - 320, rows - 180) / 370,
    )
    plain = [np.full((360, 640), level) for level in (0.0, 0.06, 1.0)]
    for picture in [*plain, *ramps]:
        still = np.repeat((picture * 255).clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
        yield itertools.repeat(still, 60)
    for words in ("THE END", "Chapter One", "1", "ACME presents"):
        card = np.full((360, 640, 3), (12, 12, 20), np.uint8)
        cv2.putText(card, words, (120, 200), 0, 2.0, (240, 240, 240), 4, 16)
        yield itertools.repeat(card, 60)
    disc = np.full((360, 640, 3), 235, np.uint8)
    cv2.circle(disc, (320, 180), 90, (30, 60, 160), -1, 16)
    yield itertools.repeat(disc, 60)
