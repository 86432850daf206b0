"""Small real media to redact: a patch of letters that moves over a calm ground, a tone, subtitles."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from compliance.media.decode import MediaReader
from compliance.redaction.edits import Edit, How, Sighting
from compliance.types import Pixels, Region, TimeSpan

WIDTH, HEIGHT, SIDE = 320, 180, 40
FRAMES = 45


def ground() -> Pixels:
    noise = np.random.default_rng(3).normal(128, 60, (HEIGHT, WIDTH, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 9)
    return np.clip(128 + (smooth - 128) * 6, 30, 220).astype(np.uint8)


def patch() -> Pixels:
    return (
        np.random.default_rng(5).integers(0, 2, (10, 10, 3), np.uint8).repeat(4, 0).repeat(4, 1)
        * 255
    )


def place(index: int) -> tuple[int, int]:
    """Left and top of the patch, pixels."""
    return 10 + 5 * index, int(70 + 40 * np.sin(index / 7))


def frame_at(index: int) -> Pixels:
    picture = ground()
    left, top = place(index)
    picture[top : top + SIDE, left : left + SIDE] = patch()
    return picture


def box_at(index: int) -> tuple[float, float, float, float]:
    left, top = place(index)
    return left / WIDTH, top / HEIGHT, (left + SIDE) / WIDTH, (top + SIDE) / HEIGHT


def region_at(index: int) -> Region:
    left, top = place(index)
    return Region.from_box(left, top, left + SIDE, top + SIDE, WIDTH, HEIGHT)


def ticks() -> list[int]:
    """Presentation times of the frames in 1/90000 s, at no constant rate."""
    steps = np.random.default_rng(1).integers(2000, 4200, FRAMES)
    return [0, *np.cumsum(steps)[:-1].tolist()]


def write_clip(
    path: Path,
    codec: str = "libx264",
    sound: str | None = "aac",
    rate: int = 48_000,
    text: str | None = None,  # mov_text or subrip
    **properties: Any,
) -> Path:
    """Write the clip; ``properties`` are those of the video's codec context."""
    with av.open(str(path), "w") as out:
        out.metadata["title"] = "a title"
        video: Any = out.add_stream(codec, rate=30)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        if codec == "libx264":
            video.options = {"crf": "14", "preset": "veryfast"}
        video.codec_context.time_base = video.time_base = Fraction(1, 90_000)
        for name, value in properties.items():
            if name == "matrix":
                video.set_display_matrix(value)
            else:
                setattr(video.codec_context, name, value)
        audio: Any = None if sound is None else out.add_stream(sound, rate=rate, layout="stereo")
        words: Any = None if text is None else out.add_mux_stream(text)
        if words is not None:
            out.start_encoding()
            for start, line in ((0, b"first line"), (700, b"second line")):
                packet: Any = av.Packet(
                    len(line).to_bytes(2, "big") + line if text == "mov_text" else line
                )
                packet.stream, packet.time_base = words, Fraction(1, 1000)
                packet.pts = packet.dts = start
                packet.duration = 600
                out.mux(packet)
        for index, tick in enumerate(ticks()):
            frame = av.VideoFrame.from_ndarray(frame_at(index), format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, 90_000)
            out.mux(video.encode(frame.reformat(format="yuv420p", dst_colorspace="ITU709")))
        out.mux(video.encode(None))
        if audio is not None:
            _write_tone(out, audio, rate)
    return path


def write_tone(path: Path, codec: str, rate: int = 48_000, seconds: float = 1.5) -> Path:
    with av.open(str(path), "w") as out:
        _write_tone(out, out.add_stream(codec, rate=rate, layout="stereo"), rate, seconds)
    return path


def _write_tone(out: Any, stream: Any, rate: int, seconds: float = 1.5) -> None:
    moments = np.arange(int(rate * seconds)) / rate
    tone = (0.3 * np.sin(2 * np.pi * 440 * moments)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    wanted = stream.codec_context.format.name if stream.codec_context.format else "fltp"
    resampler = av.AudioResampler(format=wanted, layout="stereo", rate=rate)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(part))
    out.mux(stream.encode(None))


def frames_of(path: Path) -> tuple[list[float], list[Pixels]]:
    """Times and upright pixels of every frame, as our own reader gives them."""
    times, pictures = [], []
    with MediaReader(path, every_frame=True) as reader:
        for frame in reader.frames():
            times.append(frame.time)
            pictures.append(frame.pixels.copy())
            frame.release()
    assert reader.summary.complete, reader.summary.gaps
    return times, pictures


def packets_of(path: Path, kind: str) -> list[tuple[float, bytes]]:
    with av.open(str(path)) as container:
        streams = [one for one in container.streams if one.type == kind]
        return [
            (round(float(packet.pts * packet.time_base), 6), bytes(packet))
            for packet in container.demux(streams[0])
            if packet.size
        ]


def sound_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        parts = []
        for frame in container.decode(audio=0):
            samples = frame.to_ndarray()
            channels = frame.layout.nb_channels
            parts.append(
                samples if samples.shape[0] == channels else samples.reshape(-1, channels).T
            )
        return np.concatenate(parts, axis=1).astype(np.float64)


def seen(*indices: int, how: How = How.BLUR, name: str = "f-0123456789abcdef") -> Edit:
    """An edit for the patch, which was seen in some frames only."""
    moments = [tick / 90_000 for tick in ticks()]
    marks = tuple(Sighting(time=moments[index], region=region_at(index)) for index in indices)
    span = TimeSpan(start=marks[0].time, end=marks[-1].time)
    return Edit(finding=name, how=how, span=span, sightings=marks)


def sharpness(picture: Pixels, box: tuple[float, float, float, float]) -> float:
    """Mean step between neighbouring pixels in a box, levels: some 60 of the patch, 3 of the ground."""
    height, width = picture.shape[:2]
    left, top, right, bottom = (round(e * s) for e, s in zip(box, (width, height) * 2, strict=True))
    place = picture[top:bottom, left:right].astype(np.int16)
    return float(np.abs(np.diff(place, axis=1)).mean() + np.abs(np.diff(place, axis=0)).mean())
