"""What is done to an excerpt before it turns up in a clip: all through FFmpeg's own codecs and filters."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
RATE = 44_100
"""Samples a second of what is edited, Hz."""
HEARD = 16_000
"""Samples a second of what is listened to, Hz."""


def read(path: Path | io.BytesIO, rate: int = RATE) -> Sound:
    """Return the two sides of a sound file: float32, shape (2, N), of ``rate``."""
    return _decoded(path if isinstance(path, io.BytesIO) else str(path), rate)


def _decoded(file: str | io.BytesIO, rate: int) -> Sound:
    resampler = av.AudioResampler("fltp", "stereo", rate)
    pieces = []
    with av.open(file) as container:
        for frame in container.decode(audio=0):
            frame.pts = None
            pieces += [one.to_ndarray() for one in resampler.resample(frame)]
    pieces += [one.to_ndarray() for one in resampler.resample(None)]
    return np.concatenate(pieces, axis=1).astype(np.float32)


def heard(sound: Sound) -> Sound:
    """Return the left side at 16 kHz: float32, shape (N,)."""
    return filtered(sound, (("aresample", str(HEARD)),))[0]


def coded(codec: str, bits: int, form: str) -> Callable[[Sound], Sound]:
    """Return an edit: through ``codec`` at ``bits`` a second in a file of ``form``."""

    def edit(sound: Sound) -> Sound:
        file = io.BytesIO()
        with av.open(file, "w", format=form) as container:
            stream = container.add_stream(codec, rate=RATE, layout="stereo")
            stream.bit_rate = bits
            resampler = av.AudioResampler(stream.codec_context.format, "stereo", RATE)
            for frame in _frames(sound, RATE):
                for ready in resampler.resample(frame):
                    container.mux(stream.encode(ready))
            container.mux(stream.encode(None))
        file.seek(0)
        return _decoded(file, RATE)

    return edit


def filtered(sound: Sound, filters: Sequence[tuple[str, str]]) -> Sound:
    """Return ``sound`` through a chain of FFmpeg's filters."""
    graph = av.filter.Graph()
    nodes = [
        graph.add(
            "abuffer",
            sample_rate=str(RATE),
            sample_fmt="fltp",
            channel_layout="stereo",
            time_base=f"1/{RATE}",
        )
    ]
    nodes += [graph.add(name, options) for name, options in filters]
    nodes += [graph.add("aformat", sample_fmts="fltp"), graph.add("abuffersink")]
    for first, second in itertools.pairwise(nodes):
        first.link_to(second)
    graph.configure()
    pieces = []
    for frame in (*_frames(sound, RATE), None):
        nodes[0].push(frame)
        while True:
            try:
                pieces.append(nodes[-1].pull().to_ndarray())
            except (av.BlockingIOError, av.EOFError):
                break
    return np.concatenate(pieces, axis=1).astype(np.float32)


def resampled(speed: float) -> Callable[[Sound], Sound]:
    """Return an edit: faster and higher by ``speed``."""
    return lambda sound: filtered(
        sound, (("asetrate", str(round(RATE * speed))), ("aresample", str(RATE)))
    )


def hurried(speed: float) -> Callable[[Sound], Sound]:
    """Return an edit: faster at the same pitch."""
    return lambda sound: filtered(sound, (("atempo", str(speed)),))


def mixed(voice: Sound, level: float = 0.0) -> Callable[[Sound], Sound]:
    """Return an edit: ``voice``, shape (2, N), over it, as loud in mean square, and ``level`` dB more."""

    def edit(sound: Sound) -> Sound:
        over = np.resize(voice, sound.shape) if voice.shape[1] else np.zeros_like(sound)
        ratio = np.sqrt(np.mean(sound**2) / max(float(np.mean(over**2)), 1e-12))
        return limited(sound + over * np.float32(ratio * 10 ** (level / 20)))

    return edit


def noisy(seed: int, ratio: float) -> Callable[[Sound], Sound]:
    """Return an edit: white noise ``ratio`` dB below the sound."""

    def edit(sound: Sound) -> Sound:
        noise = np.random.default_rng(seed).standard_normal(sound.shape)
        return limited(sound + noise * np.sqrt(np.mean(sound**2)) * 10 ** (-ratio / 20))

    return edit


def equalised(sound: Sound) -> Sound:
    """Less bass, a dip at 700 Hz, more treble, as a phone's loudspeaker has it."""
    return filtered(
        sound,
        (
            ("highpass", "f=200"),
            ("equalizer", "f=700:t=o:w=1:g=-9"),
            ("equalizer", "f=3000:t=o:w=1.5:g=8"),
        ),
    )


def chain(*edits: Callable[[Sound], Sound]) -> Callable[[Sound], Sound]:
    """Return one edit after the other."""

    def edit(sound: Sound) -> Sound:
        for one in edits:
            sound = one(sound)
        return sound

    return edit


def limited(sound: npt.NDArray[np.floating]) -> Sound:
    """Return it without clipping: at most 0.95 in size."""
    return np.asarray(sound * min(1.0, 0.95 / max(float(np.abs(sound).max()), 1e-9)), np.float32)


def _frames(sound: Sound, rate: int) -> list[av.AudioFrame]:
    frames = []
    for at in range(0, sound.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound[:, at : at + 1024]), "fltp", "stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        frames.append(frame)
    return frames
