"""Measure what the cheap pass misses, what it costs, and how much of ordinary footage it has examined.

Plants whole frames, small text and equal-luminance marks for one to three frames at every phase between grid
samples over several backgrounds, encodes them with libx264 (crf 20, one key frame in 250), reviews the file
through the contained decoder and counts the planted ones that were examined. Then reviews real clips.

Usage: python -m benchmarks.cheap_pass [--footage FOLDER] [--phases N]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data

from benchmarks.environment import record
from compliance.media.decode import MediaReader
from compliance.types import Pixels

SIZE = (1280, 720)
RATE = 30
SPACING = 19
"""Frames between planted events: prime to the 15 frames of the grid, so that phases go round."""
BACKGROUNDS = ("still", "pan", "noise", "moving")
MARKS = ("frame", "text24", "text16", "text12", "chroma64", "chroma32", "chroma16", "chroma8")
CLIPS = (
    "copydetect-threatexchange/tmk/sample-videos/doorknob-hd-no-bar.mp4",
    "copydetect-threatexchange/tmk/sample-videos/pattern-hd-no-bar.mp4",
    "copydetect-threatexchange/tmk/sample-videos/pattern-sd-grey-bar.mp4",
    "robust-torchcodec/resources/nasa_13013.mp4",
    "faces-face-recognition/examples/short_hamilton_clip.mp4",
    "c2pa-rs/fixtures/video1.mp4",
    "c2pa-rs/fixtures/test.avi",
)


@dataclass(frozen=True)
class Event:
    """One planted mark: ``frames`` frames from ``start``; a fade rises and falls over them."""

    mark: str
    start: int
    frames: int

    def opacity(self, i: int) -> float:
        """Return how much of the mark shows in frame ``i``, 0…1."""
        if not self.mark.startswith("fade"):
            return 1.0
        return 1 - abs(2 * (i - self.start + 0.5) / self.frames - 1)

    def seen_in(self, indices: frozenset[int]) -> bool:
        """Tell whether a frame was examined in which the mark shows at least by half."""
        shown = range(self.start, self.start + self.frames)
        return any(i in indices and self.opacity(i) >= 0.5 for i in shown)


def schedule(marks: tuple[str, ...], lengths: tuple[int, ...], phases: int) -> list[Event]:
    """Lay out every mark at every length, ``phases`` times each, ``SPACING`` frames apart."""
    kinds = [(mark, n) for _ in range(phases) for mark in marks for n in lengths]
    return [Event(mark, SPACING * (i + 1), n) for i, (mark, n) in enumerate(kinds)]


def background(name: str) -> Callable[[int], Pixels]:
    """Return a function from frame number to an RGB frame."""
    tile = cv2.resize(data.astronaut(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    width, height = SIZE
    wide = np.pad(tile, ((0, 0), (0, 3 * tile.shape[1]), (0, 0)), mode="reflect")
    rng = np.random.default_rng(7)
    grain = [rng.normal(0, 6, (height, width, 1)).astype(np.float32) for _ in range(8)]

    def still(_: int) -> Pixels:
        return wide[150 : 150 + height, 300 : 300 + width].copy()

    def pan(i: int) -> Pixels:
        x = 6 * i % (2 * (wide.shape[1] - width))
        x = min(x, 2 * (wide.shape[1] - width) - x)
        return wide[150 : 150 + height, x : x + width].copy()

    def noisy(i: int) -> Pixels:
        return np.clip(still(i) + grain[i % 7] - grain[i % 8] * 0.5, 0, 255).astype(np.uint8)

    def moving(i: int) -> Pixels:
        frame = pan(i // 2)
        for k, colour in enumerate(((230, 80, 40), (40, 90, 200), (240, 230, 210))):
            angle = i * (0.05 + 0.03 * k)
            centre = (
                int(width * (0.5 + 0.35 * np.cos(angle))),
                int(height * (0.5 + 0.3 * np.sin(1.3 * angle + k))),
            )
            cv2.circle(frame, centre, 70 - 15 * k, colour, -1, cv2.LINE_AA)
        return frame

    return {"still": still, "pan": pan, "noise": noisy, "moving": moving}[name]


def plant(frame: Pixels, event: Event) -> None:
    """Draw the event's mark into ``frame``; where it stands follows from the event's start."""
    if event.mark == "frame":
        frame[:] = cv2.resize(data.coffee(), SIZE)
        return
    rng = np.random.default_rng(event.start)
    x, y = int(rng.integers(100, SIZE[0] - 400)), int(rng.integers(80, SIZE[1] - 120))
    kind, side = (
        event.mark.rstrip("0123456789"),
        int(event.mark.lstrip("abcdefghijklmnopqrstuvwxyz")),
    )
    if kind in ("text", "fade"):  # the capitals of this face are 21 units high at scale 1
        dark = (
            frame[y - side : y, x : x + 13 * side].mean() < 128
        )  # text that nobody can see proves nothing
        colour = (255, 255, 255) if dark else (0, 0, 0)
        weight = max(1, round(side / 9))
        cv2.putText(
            frame,
            "CALL 555-0142",
            (x, y),
            cv2.FONT_HERSHEY_SIMPLEX,
            side / 21,
            colour,
            weight,
            cv2.LINE_AA,
        )
        return
    patch = frame[y : y + side, x : x + side]
    yuv = cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_RGB2YUV)
    yuv[:, :, 1] = np.clip(yuv[:, :, 1].astype(int) + 45, 0, 255)
    yuv[:, :, 2] = np.clip(yuv[:, :, 2].astype(int) - 45, 0, 255)
    patch[:] = cv2.cvtColor(yuv, cv2.COLOR_YUV2RGB)


def frames(name: str, events: list[Event]) -> Iterator[Pixels]:
    """Yield the frames of a background with its events planted."""
    draw = background(name)
    for i in range(SPACING * (len(events) + 1)):
        frame = draw(i)
        for event in events:
            if event.start <= i < event.start + event.frames:
                bare = frame.copy()
                plant(frame, event)
                share = event.opacity(i)
                if share < 1:
                    frame = cv2.addWeighted(frame, share, bare, 1 - share, 0)
        yield frame


def encode(path: Path, pictures: Iterator[Pixels], crf: int = 20) -> None:
    """Write H.264 in MP4 at ``RATE`` frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast", "g": "250"}
        stream.codec_context.thread_count = 1
        for i, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@dataclass(frozen=True)
class Reviewed:
    """What one pass through the contained decoder gave."""

    indices: frozenset[int]
    seen: int
    sampled: int
    duplicates: int
    seconds: float
    cpu_ms_per_frame: float
    complete: bool
    streams: int


def review(path: Path) -> Reviewed:
    """Run one file through :class:`MediaReader` and count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    indices, duplicates = set(), 0
    with MediaReader(path) as reader:
        for frame in reader.frames():
            indices.add(frame.index)
            duplicates += frame.duplicate
            frame.release()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    summary = reader.summary
    return Reviewed(
        frozenset(indices),
        summary.frames_seen,
        summary.frames_sampled,
        duplicates,
        summary.seconds,
        cpu * 1000 / max(summary.frames_seen, 1),
        summary.complete,
        len(summary.streams),
    )


def recall(
    name: str, marks: tuple[str, ...], lengths: tuple[int, ...], phases: int
) -> list[dict[str, object]]:
    """Plant over one background; return a row for each mark and length."""
    events = schedule(marks, lengths, phases)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "planted.mp4"
        encode(path, frames(name, events))
        result = review(path)
    rows = []
    for mark in marks:
        for length in lengths:
            planted = [e for e in events if (e.mark, e.frames) == (mark, length)]
            hits = sum(event.seen_in(result.indices) for event in planted)
            rows.append(
                {
                    "background": name,
                    "mark": mark,
                    "frames": length,
                    "planted": len(planted),
                    "examined": hits,
                    "recall": hits / len(planted),
                    "sampled_percent": 100 * result.sampled / result.seen,
                }
            )
    return rows


def footage(folder: Path) -> list[dict[str, object]]:
    """Review real clips; return a row for each: ratio to a 2 fps grid, and CPU time a frame."""
    rows = []
    for name in CLIPS:
        path = folder / name
        if not path.is_file():
            continue
        start = time.monotonic()
        result = review(path)
        grid = (2 * result.seconds + 2) * result.streams
        rows.append(
            {
                "clip": path.name,
                "frames": result.seen,
                "seconds": round(result.seconds, 2),
                "sampled": result.sampled,
                "duplicates": result.duplicates,
                "times_grid": round(result.sampled / grid, 2),
                "complete": result.complete,
                "cpu_ms_per_frame": round(result.cpu_ms_per_frame, 2),
                "wall_seconds": round(time.monotonic() - start, 2),
            }
        )
    return rows


def main() -> None:
    """Measure, print two tables, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--footage", type=Path, default=Path(__file__).parents[2] / "shared" / "data"
    )
    parser.add_argument("--phases", type=int, default=15)
    options = parser.parse_args()
    planted = []
    for name in BACKGROUNDS:
        rows = recall(name, MARKS, (1, 2, 3), options.phases)
        rows += recall(name, ("fade24",), (6, 12), options.phases)
        planted += rows
        for row in rows:
            print(
                "{background:8} {mark:9} {frames} frames: {examined}/{planted} = {recall:.2f}".format(
                    **row
                )
            )
    clips = footage(options.footage)
    for row in clips:
        print(json.dumps(row))
    print(record("cheap_pass", {"planted": planted, "footage": clips}))


if __name__ == "__main__":
    main()
