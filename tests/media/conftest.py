"""Small media files, encoded on the spot."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

Frames = Iterable[np.ndarray]


def textured(width: int = 320, height: int = 240, shift: int = 0) -> np.ndarray:
    """A picture with colours and edges, moved by ``shift`` pixels."""
    y, x = np.mgrid[0:height, 0:width]
    x = x + shift
    red = 128 + 60 * np.sin(x / 17) + 30 * np.cos(y / 9)
    green = 110 + 50 * np.cos((x + y) / 23)
    blue = 140 + 40 * np.sin(y / 13)
    return np.clip(np.stack([red, green, blue], axis=2), 0, 255).astype(np.uint8)


def write_video(
    path: Path,
    frames: Frames,
    codec: str = "libx264",
    pts: list[int] | None = None,
    rate: int = 30,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode frames; ``pts`` are in frames and default to 0, 1, 2 …"""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {"crf": "20"})
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        for i, picture in enumerate(frames):
            if i == 0:
                stream.width, stream.height = picture.shape[1], picture.shape[0]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = pts[i] if pts else i
            frame.time_base = Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def still_video(tmp_path: Path) -> Path:
    """Two seconds of one picture."""
    return write_video(tmp_path / "still.mp4", (textured() for _ in range(60)))


@pytest.fixture
def video(tmp_path: Path) -> Callable[..., Path]:
    """A function that encodes frames to ``name``."""

    def make(name: str, frames: Frames, **options: object) -> Path:
        return write_video(tmp_path / name, frames, **options)

    return make


@pytest.fixture
def picture() -> Callable[..., np.ndarray]:
    """A function that draws a textured picture."""
    return textured
