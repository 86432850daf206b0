"""Loudness in the decoder process: levels that are known, silence, and sound that cannot be measured."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.media.decode import MediaReader
from compliance.types import LoudnessTrack

RATE = 48_000


def tone(seconds: float, level: float, channels: int = 2, hertz: float = 997.0) -> np.ndarray:
    """A sine of ``level`` dBFS at its peak."""
    wave = 10 ** (level / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave[None].astype(np.float32), channels, axis=0)


def write(path: Path, *streams: np.ndarray, layout: str = "stereo", rate: int = RATE) -> Path:
    with av.open(str(path), "w") as container:
        opened = []
        for samples in streams:
            stream = container.add_stream(
                "pcm_f32le" if path.suffix == ".mkv" else "flac", rate=rate
            )
            stream.layout = layout
            opened.append((stream, samples))
        for stream, samples in opened:
            form = "flt" if path.suffix == ".mkv" else "s16"
            data = (
                samples
                if form == "flt"
                else np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
            )
            packed = np.ascontiguousarray(data.T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format=form, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
            container.mux(stream.encode(frame))
            container.mux(stream.encode())
    return path


def read(path: Path) -> tuple[list[LoudnessTrack], MediaReader]:
    with MediaReader(path, loudness=True, listen=lambda part: None) as reader:
        for frame in reader.frames():
            frame.release()
    return reader.measured.loudness("clip"), reader


def test_a_stereo_sine_has_the_loudness_that_the_standard_defines(tmp_path: Path) -> None:
    """EBU Tech 3341, case 1: 1 kHz in both channels at -23 dBFS is -23 LUFS."""
    ((one,), _) = read(write(tmp_path / "a.mkv", tone(20, -23.0)))
    assert one.integrated == pytest.approx(-23.0, abs=0.1)
    assert one.momentary == pytest.approx(-23.0, abs=0.1)
    assert one.short_term == pytest.approx(-23.0, abs=0.1)
    assert one.true_peak == pytest.approx(-23.0, abs=0.2)
    assert one.seconds == pytest.approx(20.0)
    assert one.silences == ()


def test_the_gate_leaves_out_what_is_quiet(tmp_path: Path) -> None:
    """EBU Tech 3341, case 3: -36, -23 and -36 dBFS of 10, 60 and 10 s is -23 LUFS."""
    parts = [tone(10, -36.0), tone(60, -23.0), tone(10, -36.0)]
    ((one,), _) = read(write(tmp_path / "a.mkv", np.concatenate(parts, axis=1)))
    assert one.integrated == pytest.approx(-23.0, abs=0.1)


def test_a_peak_between_samples_is_seen_and_one_in_the_last_block_too(tmp_path: Path) -> None:
    between = np.tile(np.float32([0.7, 0.7, -0.7, -0.7]), RATE // 2)[None].repeat(2, axis=0)
    ((one,), _) = read(write(tmp_path / "a.mkv", between))
    assert one.true_peak is not None and one.true_peak > 20 * np.log10(0.7) + 2
    late = tone(1.05, -40.0)
    late[:, -200] = 0.99
    ((other,), _) = read(write(tmp_path / "b.mkv", late))
    assert other.true_peak is not None and other.true_peak > -0.5


def test_silence_is_told_with_its_times(tmp_path: Path) -> None:
    quiet = np.concatenate(
        [tone(2, -20), tone(3, -80), tone(2, -20), tone(0.5, -80), tone(1, -20)], axis=1
    )
    ((one,), _) = read(write(tmp_path / "a.mkv", quiet))
    (span,) = one.silences
    assert (span.start, span.end) == pytest.approx((2.0, 5.0), abs=0.11)


def test_digital_silence_of_one_channel_and_of_all(tmp_path: Path) -> None:
    half = tone(3, -20)
    half[1] = 0
    ((one,), _) = read(write(tmp_path / "a.mkv", half))
    assert one.dead_channels == (1,)
    ((none,), _) = read(write(tmp_path / "b.mkv", np.zeros((2, 3 * RATE), np.float32)))
    assert none.dead_channels == (0, 1)
    assert (none.integrated, none.true_peak, none.momentary) == (None, None, None)
    (span,) = none.silences
    assert span.seconds == pytest.approx(3.0, abs=0.01)


def test_each_stream_is_measured(tmp_path: Path) -> None:
    tracks, _ = read(write(tmp_path / "a.mkv", tone(3, -20), tone(3, -40)))
    assert [one.integrated for one in tracks] == pytest.approx([-20.0, -40.0], abs=0.1)


@pytest.mark.parametrize("samples", [1, 400])
def test_sound_of_a_moment_is_not_measured_and_says_so(samples: int, tmp_path: Path) -> None:
    ((one,), _) = read(write(tmp_path / "a.mkv", tone(1, -20)[:, :samples]))
    assert one.integrated is None
    assert "0.4 s" in one.unmeasured


def test_surround_is_measured_and_more_than_eight_channels_never_pass(tmp_path: Path) -> None:
    ((one,), _) = read(write(tmp_path / "a.mkv", tone(3, -23, 6), layout="5.1"))
    assert one.integrated is not None and one.unmeasured == ""
    tracks, reader = read(write(tmp_path / "b.mkv", tone(1, -23, 16), layout="hexadecagonal"))
    assert not reader.summary.complete or all(one.unmeasured for one in tracks)


def test_aac_with_eight_channels_is_measured_to_its_end(tmp_path: Path) -> None:
    """Planar sound of eight channels, whose last block is not full."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="7.1")
        packed = np.ascontiguousarray(tone(1.23, -23, 8).T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="7.1")
        frame.sample_rate, frame.pts = RATE, 0
        planar = av.AudioResampler(format="fltp", layout="7.1", rate=RATE, frame_size=1024)
        for one in [*planar.resample(frame), *planar.resample(None)]:
            container.mux(stream.encode(one))
        container.mux(stream.encode())
    ((track,), reader) = read(path)
    assert reader.summary.complete, reader.summary.gaps
    assert track.channels == 8 and track.unmeasured == ""
    assert track.integrated is not None and track.integrated > -30


def test_a_file_without_sound_has_no_loudness(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((20, 30, 3), np.uint8))
    tracks, reader = read(tmp_path / "a.png")
    assert tracks == [] and reader.summary.complete


def test_damaged_sound_is_a_gap(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(3, -20))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    path.write_bytes(data)
    _, reader = read(path)
    assert not reader.summary.complete


def film(path: Path, seconds: float, *sounds: tuple[float, float]) -> Path:
    """Write grey pictures of so many seconds, with a tone over the stretches ``sounds`` alone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("pcm_f32le", rate=RATE, layout="stereo")
        for number in range(round(seconds * 10)):
            grey = np.full((64, 64, 3), 90 + number % 3, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(video.encode(None))
        for start, end in sounds:
            packed = np.ascontiguousarray(tone(end - start, -20.0).T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = round(start * RATE)
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return path


@pytest.mark.parametrize(
    ("sounds", "expected"),
    [
        ([(0.0, 2.0)], [(2.0, 6.0)]),
        ([(4.0, 6.0)], [(0.0, 4.0)]),
        ([(0.0, 2.0), (4.5, 6.0)], [(2.0, 4.5)]),
        ([(1.5, 3.0)], [(0.0, 1.5), (3.0, 6.0)]),
        ([(0.0, 5.5)], []),
    ],
)
def test_where_a_film_has_no_sound_it_is_silent(
    tmp_path: Path, sounds: list[tuple[float, float]], expected: list[tuple[float, float]]
) -> None:
    ((one,), _) = read(film(tmp_path / "film.mkv", 6.0, *sounds))
    heard = [(span.start, span.end) for span in one.silences]
    assert heard == [pytest.approx(pair, abs=0.15) for pair in expected]
