"""Sound for tests: pieces of public speech, and files that hold it."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 16_000


def speech(path: Path) -> np.ndarray:
    """Decode a mono file of 16 kHz: float32, shape (N,)."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    samples = np.concatenate(frames, axis=1)[0]
    return (samples / 32768 if samples.dtype == np.int16 else samples).astype(np.float32)


def spoken(path: Path, start: float, seconds: float) -> np.ndarray:
    """Cut ``seconds`` out of a recording."""
    return speech(path)[round(start * RATE) : round((start + seconds) * RATE)]


def write_sound(
    path: Path,
    channels: np.ndarray,
    codec: str = "pcm_s16le",
    rate: int = RATE,
    picture: bool = False,
    begin: float = 0.0,
) -> Path:
    """Write float samples (channels, N) of ``rate``; with ``picture``, beside grey frames."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    with av.open(str(path), "w") as container:
        video = None
        if picture:
            video = container.add_stream("libx264", rate=10)
            video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        sound = container.add_stream(codec, rate=rate, layout=layout)
        for number in range(round(channels.shape[1] / rate * 10) if video else 0):
            grey = np.full((96, 160, 3), 90 + number % 3, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        if video:
            container.mux(video.encode(None))
        resampler = av.AudioResampler(sound.codec_context.format, layout, rate)
        for at in range(0, channels.shape[1], 1024):
            piece = np.ascontiguousarray(channels[:, at : at + 1024], np.float32)
            frame = av.AudioFrame.from_ndarray(piece, "fltp", layout)
            frame.sample_rate, frame.pts = rate, at + round(begin * rate)
            frame.time_base = Fraction(1, rate)
            for ready in resampler.resample(frame):
                container.mux(sound.encode(ready))
        container.mux(sound.encode(None))
    return path
