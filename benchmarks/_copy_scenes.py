"""Moving scenes made of photographs, and files with which copies are measured: nothing but numbers is random.

A scene is a few shots, each a pan and zoom over one photograph with a second one passing in a disc. No
photograph stands in two scenes, so that different scenes are unrelated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from compliance.types import Pixels

RATE = 25
SIZES = ((640, 360), (480, 360), (854, 480), (360, 640))
FOLDERS = (
    "copydetect-imagededup/data/base_images",
    "copydetect-threatexchange/pdq/data",
    "faces-face-recognition/examples",
    "faces-face-recognition/tests/test_images",
    "c2pa-rs/fixtures",
    "robust-pillow/images",
)
FOOTAGE = {
    "doorknob": "copydetect-threatexchange/tmk/sample-videos/doorknob-hd-no-bar.mp4",
    "pattern": "copydetect-threatexchange/tmk/sample-videos/pattern-longer-no-bar.mp4",
    "hamilton": "faces-face-recognition/examples/short_hamilton_clip.mp4",
    "nasa": "robust-torchcodec/resources/nasa_13013.mp4",
    "earth": "c2pa-rs/fixtures/test.avi",
    "river": "c2pa-rs/fixtures/video1_no_manifest.mp4",
}
PATTERNS = (
    "flash-iris/data/TestVideos/2Hz_6s.mp4",
    "flash-iris/data/TestVideos/GradualRedIncrease.mp4",
    "flash-iris/data/TestVideos/gray.mp4",
    "robust-torchcodec/resources/testsrc2.mp4",
    "robust-torchcodec/resources/av1_video.mkv",
    "c2pa-rs/fixtures/c.mov",
)


def photographs(folder: Path) -> list[Pixels]:
    """Return photographs of ``folder`` and scikit-image that show different things, RGB, in a fixed order."""
    import skimage

    paths = [path for name in FOLDERS for path in sorted((folder / name).rglob("*"))]
    paths += sorted((Path(skimage.__file__).parent / "data").glob("*.[pj][np]g"))
    kept: list[Pixels] = []
    seen: list[np.ndarray] = []
    finder = cv2.SIFT_create(500)
    for path in paths:
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png") or path.stat().st_size < 20_000:
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None or min(picture.shape[:2]) < 180:
            continue
        scale = min(1.0, 1400 / max(picture.shape[:2]))
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        vectors = finder.detectAndCompute(half, None)[1]
        if vectors is None or len(vectors) < 80:
            continue
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if any(_shared(vectors, other) > 12 for other in seen):
            continue
        seen.append(vectors)
        kept.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    return kept


def _shared(one: np.ndarray, other: np.ndarray) -> int:
    """Count descriptors of ``one`` that have one clearly nearest descriptor in ``other``."""
    nearest = np.sort(2 - 2 * one @ other.T, axis=1)[:, :2]
    return int((nearest[:, 0] < 0.5 * nearest[:, 1]).sum())


def scene(
    shots: list[Pixels], seed: int, size: tuple[int, int], seconds: float
) -> Iterator[Pixels]:
    """Yield the frames of a scene, RGB uint8 of ``size`` (width, height), ``RATE`` a second."""
    rng = np.random.default_rng(seed)
    total = round(seconds * RATE)
    bounds = np.linspace(0, total, len(shots) + 1).astype(int)
    for k, photo in enumerate(shots):
        passing = shots[(k + 1) % len(shots)] if len(shots) > 1 else photo[::-1]
        path = _path(photo, size, rng)
        disc = rng.uniform(0.15, 0.85, 4)
        length = max(bounds[k + 1] - bounds[k] - 1, 1)
        for i in range(bounds[k + 1] - bounds[k]):
            frame = _shown(photo, path, i / length, size, rng)
            yield _with_disc(frame, passing, disc, i / length)


def _path(photo: Pixels, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return centre x, y and scale at the start and the end, shape (2, 3)."""
    height, width = photo.shape[:2]
    cover = max(size[0] / width, size[1] / height)
    path = np.empty((2, 3))
    for row in path:
        row[2] = cover * rng.uniform(1.02, 1.4)
        half = size[0] / row[2] / 2, size[1] / row[2] / 2
        row[0] = rng.uniform(half[0], max(width - half[0], half[0]))
        row[1] = rng.uniform(half[1], max(height - half[1], half[1]))
    return path


def _shown(
    photo: Pixels, path: np.ndarray, at: float, size: tuple[int, int], rng: np.random.Generator
) -> Pixels:
    x, y, scale = path[0] + (path[1] - path[0]) * (at * at * (3 - 2 * at))
    x, y = x + rng.normal(0, 0.4), y + rng.normal(0, 0.4)
    matrix = np.array([[scale, 0, size[0] / 2 - scale * x], [0, scale, size[1] / 2 - scale * y]])
    return cv2.warpAffine(photo, matrix, size, flags=1, borderMode=cv2.BORDER_REFLECT)


def _with_disc(frame: Pixels, other: Pixels, disc: np.ndarray, at: float) -> Pixels:
    height, width = frame.shape[:2]
    radius = height // 7
    x = round((disc[0] + (disc[1] - disc[0]) * at) * (width - 2 * radius))
    y = round((disc[2] + (disc[3] - disc[2]) * at) * (height - 2 * radius))
    patch = cv2.resize(other, (2 * radius, 2 * radius), interpolation=cv2.INTER_AREA)
    mask = np.zeros(patch.shape[:2], np.uint8)
    cv2.circle(mask, (radius, radius), radius - 1, 255, -1)
    frame[y : y + 2 * radius, x : x + 2 * radius][mask > 0] = patch[mask > 0]
    return frame


def encode(path: Path, frames: Iterable[Pixels], rate: float = RATE, crf: int = 20) -> None:
    """Write H.264 in MP4; sides are cut to even numbers."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast"}
        stream.codec_context.thread_count = 1
        for i, pixels in enumerate(frames):
            pixels = np.ascontiguousarray(pixels[: pixels.shape[0] & ~1, : pixels.shape[1] & ~1])
            if i == 0:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = i, 1 / Fraction(rate).limit_denominator(1001)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def decode(path: Path, most: int = 1280) -> Iterator[tuple[float, Pixels]]:
    """Yield time in seconds and RGB pixels of every frame of trusted footage, no side above ``most``."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            pixels = frame.to_ndarray(format="rgb24")
            scale = most / max(pixels.shape[:2])
            if scale < 1:
                pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield float(frame.time or 0.0), pixels
