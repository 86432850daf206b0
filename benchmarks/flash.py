"""Measure what looking for flashes costs beside decoding, and that it says what the written-out reference says.

A clip of 60 s at 1080p and 30 frames a second is decoded by one thread, with and without the measures, in
turns; the same is done through the contained reader, whose cheap pass is part of both. Before that, clips
that flash have to agree with the naive reference of the tests, or nothing is measured.

Usage: python -m benchmarks.flash [--seconds N] [--rounds N] [--clips N]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data

from benchmarks.environment import record
from compliance.analyzers.senses.flash_results import flashing
from compliance.media.containers import Decoded
from compliance.media.decode import MediaReader
from compliance.media.flash import LightMeter
from compliance.media.flash_stream import LightStream
from compliance.media.pictures import Converter

SIZE = (1920, 1080)
RATE = 30


def write_clip(path: Path, seconds: int) -> int:
    """Encode a photograph that moves under grain, with a second of flashes in every ten; return bytes a
    second."""
    width, height = SIZE
    photograph = cv2.resize(data.astronaut(), (2400, 1600), interpolation=cv2.INTER_CUBIC)
    rng = np.random.default_rng(7)
    grain = [rng.normal(0, 4, (height, width, 1)).astype(np.float32) for _ in range(6)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=RATE, options={"crf": "20", "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for i in range(seconds * RATE):
            x, y = int(240 * (1 + np.sin(i / 70))), int(260 * (1 + np.cos(i / 90)))
            picture = photograph[y : y + height, x : x + width] + grain[i % len(grain)]
            if i % (10 * RATE) < RATE and i // 3 % 2:
                picture += 70
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.stat().st_size // seconds


def decode(path: Path, light: bool) -> float:
    """Return CPU seconds that one thread takes to decode, and to measure where ``light`` says so."""
    converter = Converter(1 << 25, 1.0)
    measures = LightStream(0, lambda message: None)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        start = time.process_time()
        for i, frame in enumerate(container.decode(stream)):
            if light:
                measures.push(Decoded(0, i, frame.time or 0.0, frame, converter))
        return time.process_time() - start


def review(path: Path, light: bool) -> float:
    """Return CPU seconds of the contained decoder with its cheap pass."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with MediaReader(path, light=light) as reader:
        for frame in reader.frames():
            frame.release()
    if not reader.summary.complete:
        sys.exit(f"the clip did not decode whole: {reader.summary.gaps}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def disagreements(clips: int) -> int:
    """Return how many of the generated clips the measures judge otherwise than the naive reference."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "media"))
    from flash_clips import clip
    from naive_flash import judged

    wrong = 0
    for seed in range(clips):
        times, frames = clip(seed)
        meter = LightMeter()
        rows = [meter.push(at, frame) for at, frame in zip(times, frames, strict=True)]
        mine = {"general": [row.flashes for row in rows], "red": [row.red_flashes for row in rows]}
        results = {
            name: (counts, flashing(np.array(times), np.float32(counts)).results.tolist())
            for name, counts in mine.items()
        }
        wrong += results != judged(times, frames)
    return wrong


def in_turns(work: Callable[[Path, bool], float], path: Path, rounds: int) -> dict[str, float]:
    """Return CPU seconds without and with the measures, and by how much more the second is, percent."""
    pairs = [(work(path, False), work(path, True)) for _ in range(rounds)]
    plain, light = (min(column) for column in zip(*pairs, strict=True))
    more = statistics.median(100 * (b / a - 1) for a, b in pairs)
    return {"without": round(plain, 2), "with": round(light, 2), "more_percent": round(more, 1)}


def main() -> None:
    """Compare, measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=int, default=200)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    wrong = disagreements(options.clips)
    if wrong:
        sys.exit(f"{wrong} of {options.clips} clips are judged otherwise than by the reference")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        rate = write_clip(path, options.seconds)
        figures = {
            "clips_that_agree": options.clips,
            "seconds": options.seconds,
            "megabits_a_second": round(rate * 8 / 1e6, 2),
            "decoding": in_turns(decode, path, options.rounds),
            "contained_decoder": in_turns(review, path, options.rounds),
        }
    print(record("flash", figures).read_text("utf-8"))


if __name__ == "__main__":
    main()
