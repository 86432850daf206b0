"""Measure PDQ against the reference (the package ``pdqhash``): the same bits, and the time for 1080p frames.

Agreement is taken over photographs, frames of videos at many sizes, noise and gradients of the public test
data; nothing is recorded where fewer than 99 % of the frames that have something to hash (quality above 0) are
within two bits. Speed is that of distinct frames of 1920 × 1080, scaled from photographs, on one thread on both
sides; rounds are interleaved.

Usage: python -m benchmarks.pdq [--rounds N] [--table]; needs ``pip install pdqhash``, which needs a compiler.
``--table`` prints reference hashes of :func:`picture`, as ``tests/runtimes/test_pdq.py`` holds them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from benchmarks.environment import record
from compliance.runtimes.pdq import dihedral, pdq
from compliance.types import Pixels

SIZES = (
    (64, 64),
    (100, 180),
    (129, 257),
    (288, 352),
    (480, 854),
    (640, 360),
    (720, 1280),
    (1080, 1920),
)
"""Heights and widths that frames of videos are also scaled to."""
FRAMES, NEAR, SHARE, FLOOR = 24, 2, 0.99, 0
DATA = Path(os.environ.get("COMPLIANCE_TEST_DATA", "../shared/data"))
TABLE = (
    (1, 1080, 1920), (2, 720, 1280), (3, 480, 853), (4, 640, 360), (5, 257, 129), (6, 128, 512), (7, 64, 64),
    (8, 63, 101), (9, 31, 17), (10, 5, 7), (11, 4, 300), (12, 2161, 1003),
)  # fmt: skip


def picture(seed: int, height: int, width: int) -> Pixels:
    """Return a picture of waves that no library's random numbers or rounding can change, uint8 RGB."""
    y, x = np.mgrid[:height, :width].astype(np.int64)
    channels = []
    for channel in range(3):
        total = np.zeros((height, width), np.int64)
        for wave in range(5):
            a, b, c = (
                (seed * 7919 + channel * 104_729 + wave * 1_299_709) // k % 23 - 11
                for k in (1, 29, 841)
            )
            along = (
                (a * x * 1000) // width
                + (b * y * 1000) // height
                + (c * x * y * 1000) // (width * height)
            )
            total += np.abs(along % 2000 - 1000)
        channels.append(total * 255 // 5000)
    return np.stack(channels, axis=2).astype(np.uint8)


def bits(reference: Any) -> Pixels:
    """Return a vector of the reference as bytes."""
    return np.packbits(np.asarray(reference, np.uint8))


def photographs() -> Iterator[Pixels]:
    """Return the photographs of the public test data, uint8 RGB."""
    for folder in ("faces-face-recognition", "copydetect-threatexchange", "copydetect-imagededup"):
        for path in sorted((DATA / folder).rglob("*.jp*g")):
            read = cv2.imread(str(path))
            if read is not None and min(read.shape[:2]) >= 64:
                yield cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


def video_frames(each: int = 12) -> Iterator[Pixels]:
    """Return frames of the test videos, spread over each, uint8 RGB."""
    import av

    for folder in ("flash-iris", "robust-torchcodec", "c2pa-rs"):
        for path in sorted((DATA / folder).rglob("*.mp4")):
            try:
                with av.open(str(path)) as container:
                    frames = [
                        one.to_ndarray(format="rgb24")
                        for one, _ in zip(container.decode(video=0), range(300), strict=False)
                    ]
            except (av.FFmpegError, IndexError):
                continue
            yield from frames[:: max(len(frames) // each, 1)]


def groups() -> dict[str, list[Pixels]]:
    """Return frames by what they are."""
    rng = np.random.default_rng(6)
    ramp = {
        (h, w): np.linspace(0, 255, w)[None] * (1 - tilt) + np.linspace(0, 255, h)[:, None] * tilt
        for (h, w), tilt in zip(SIZES, np.linspace(0.1, 0.9, len(SIZES)), strict=True)
    }
    videos = list(video_frames())
    return {
        "photographs": list(photographs()),
        "video frames": videos,
        "video frames, scaled": [
            cv2.resize(one, SIZES[index % len(SIZES)][::-1], interpolation=cv2.INTER_AREA)
            for index, one in enumerate(videos)
        ],
        "made waves": [picture(seed, h, w) for seed, (h, w) in enumerate(SIZES * 4)],
        "noise": [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in SIZES * 2],
        "gradients": [np.repeat(one[:, :, None], 3, 2).astype(np.uint8) for one in ramp.values()],
    }


def agreement(frames: Sequence[Pixels]) -> dict[str, Any]:
    """Compare both modes with the reference on ``frames``."""
    import pdqhash

    reference = [pdqhash.compute(one) for one in frames]
    expected = np.stack([bits(vector) for vector, _ in reference])
    qualities = np.array([quality for _, quality in reference])
    rich = qualities > FLOOR
    figures: dict[str, Any] = {"frames": len(frames), "of quality above 0": int(rich.sum())}
    for name, fast in (("exact", False), ("fast", True)):
        hashes, quality = pdq(frames, fast=fast)
        apart = np.bitwise_count(hashes ^ expected).sum(axis=1)
        counted, times = np.unique(apart[rich], return_counts=True)
        figures[name] = {
            "bits apart: frames": dict(
                zip(map(str, counted.tolist()), times.tolist(), strict=True)
            ),
            "within 2 bits": round(float((apart[rich] <= NEAR).mean()), 4) if rich.any() else None,
            "most bits apart": int(apart[rich].max(initial=0)),
            "most bits apart where quality is 50 or more": int(
                apart[qualities >= 50].max(initial=0)
            ),
            "most bits apart at quality 0": int(apart[~rich].max(initial=0)),
            "quality apart at most": int(np.abs(quality - qualities).max()),
        }
    return figures


def turned(frames: Sequence[Pixels]) -> int:
    """Return how many bits any orientation of any of ``frames`` differs from the reference's."""
    import pdqhash

    expected = [[bits(one) for one in pdqhash.compute_dihedral(frame)[0]] for frame in frames]
    return int(np.bitwise_count(dihedral(frames) ^ np.array(expected)).sum(axis=2).max())


def speed(rounds: int) -> dict[str, Any]:
    """Time all on distinct frames of 1920 × 1080, rounds interleaved."""
    import pdqhash

    frames = [
        cv2.resize(one, (1920, 1080), interpolation=cv2.INTER_LINEAR)
        for one, _ in zip(photographs(), range(FRAMES), strict=False)
    ]
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    ways: dict[str, Callable[[], object]] = {
        "pdqhash": lambda: [pdqhash.compute(one) for one in frames],
        "exact": lambda: pdq(frames),
        "fast": lambda: pdq(frames, fast=True),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, run in ways.items():
            began = time.perf_counter()
            run()
            if turn:  # the first warms up
                taken[name].append((time.perf_counter() - began) * 1000 / len(frames))
    figures: dict[str, Any] = {"distinct frames of 1920 × 1080": len(frames)}
    for name, times in taken.items():
        ratios = [peer / own for peer, own in zip(taken["pdqhash"], times, strict=True)]
        figures[name] = {
            "milliseconds a frame": [round(one, 3) for one in times],
            "times as fast as pdqhash, median": round(statistics.median(ratios), 1),
            "times as fast as pdqhash, least": round(min(ratios), 1),
        }
    return figures


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    try:
        import pdqhash
    except ImportError:
        raise SystemExit(
            "pdqhash is not installed: pip install pdqhash (needs a C++ compiler)"
        ) from None
    if given.table:
        for key in TABLE:
            vector, quality = pdqhash.compute(picture(*key))
            print(f'    {key}: ("{bits(vector).tobytes().hex()}", {quality}),')
        for one in pdqhash.compute_dihedral(picture(*TABLE[1]))[0]:
            print(f'    "{bits(one).tobytes().hex()}",')
        return
    every = groups()
    agreed = {name: agreement(frames) for name, frames in every.items()}
    rich = sum(one["of quality above 0"] for one in agreed.values())
    near = sum(
        times
        for one in agreed.values()
        for distance, times in one["exact"]["bits apart: frames"].items()
        if int(distance) <= NEAR
    )
    figures = {
        "pdqhash": version("pdqhash"),
        "share of all frames of quality above 0 within 2 bits, exact": round(near / rich, 4),
        "most bits apart of photographs in eight orientations": turned(every["photographs"]),
        "agreement": agreed,
        "speed": speed(given.rounds),
    }
    print(json.dumps(figures, indent=2))
    if near / rich < SHARE:
        raise SystemExit("the hashes differ from the reference's: nothing is recorded")
    print(record("pdq", figures))


if __name__ == "__main__":
    main()
