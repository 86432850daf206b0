"""What is heard of files: channels, times, formats, and what is wrong with them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from sound_files import write_sound

from compliance.media.audio_parts import RATE, Parts, SoundPart, distinct
from compliance.media.decode import MediaReader
from compliance.media.info import DecodeSummary
from compliance.media.limits import DecodeLimits
from compliance.media.protocol import BrokenProtocol, sound_of

TIME = np.arange(44_100) / 44_100
LOW, HIGH = (0.3 * np.sin(2 * np.pi * hertz * TIME) for hertz in (300, 900))


def hear(path: Path, **limits: float) -> tuple[list[SoundPart], DecodeSummary]:
    parts: list[SoundPart] = []
    with MediaReader(path, DecodeLimits(**limits), listen=parts.append) as reader:
        for frame in reader.frames():
            frame.release()
    return parts, reader.summary


def pitch(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.flac", "flac"),
        ("a.mp3", "libmp3lame"),
        ("a.m4a", "aac"),
        ("a.aac", "aac"),
        ("a.mkv", "flac"),
        ("a.mp4", "aac"),
    ],
)
def test_every_sound_format_is_heard_whole(name: str, codec: str, tmp_path: Path) -> None:
    (part,), summary = hear(write_sound(tmp_path / name, LOW[None], codec, 44_100))
    assert summary.complete, summary.gaps
    assert len(part.samples) == pytest.approx(RATE, abs=RATE * 0.1)
    assert pitch(part.samples[2000:14_000]) == pytest.approx(300, abs=3)
    assert np.sqrt((part.samples**2).mean()) == pytest.approx(0.21, abs=0.05)


def test_opus_in_ogg_is_heard(tmp_path: Path) -> None:
    (part,), summary = hear(write_sound(tmp_path / "a.ogg", LOW[None], "libopus", 48_000))
    assert summary.complete and pitch(part.samples[2000:12_000]) == pytest.approx(327, abs=4)


def test_sound_that_is_inverted_in_one_channel_does_not_cancel_out(tmp_path: Path) -> None:
    parts, summary = hear(write_sound(tmp_path / "a.wav", np.stack([LOW, -LOW]), rate=44_100))
    assert summary.complete and [part.channel for part in parts] == [0]
    assert np.sqrt((parts[0].samples ** 2).mean()) == pytest.approx(0.21, abs=0.02)


def test_channels_that_differ_are_heard_one_by_one(tmp_path: Path) -> None:
    parts, _ = hear(write_sound(tmp_path / "a.mp4", np.stack([LOW, HIGH]), "aac", 44_100))
    assert [round(pitch(part.samples[2000:14_000]), -1) for part in parts] == [300, 900]


def test_a_channel_that_differs_for_a_second_only_is_kept() -> None:
    both = np.tile(np.sin(np.arange(10 * RATE) / 20), (2, 1)).astype(np.float32)
    assert distinct(both) == [0]
    both[1, 4 * RATE : 5 * RATE] = np.sin(np.arange(RATE) / 7)
    assert distinct(both) == [0, 1]


def test_a_voice_in_the_centre_of_surround_sound_is_heard(tmp_path: Path) -> None:
    channels = np.zeros((6, 44_100))
    channels[2] = HIGH
    parts, summary = hear(write_sound(tmp_path / "a.flac", channels, "flac", 44_100))
    assert summary.complete
    assert [(part.channel, round(pitch(part.samples), -1)) for part in parts[1:]] == [(2, 900)]


def write_layout(path: Path, layout: str, sounding: int) -> Path:
    """Write a second in which one channel of a layout sounds."""
    channels = np.zeros((av.AudioLayout(layout).nb_channels, len(TIME)))
    channels[sounding] = HIGH
    packed = np.ascontiguousarray((channels * 32767).astype(np.int16).T).reshape(1, -1)
    with av.open(str(path), "w") as container:
        sound = container.add_stream("pcm_s16le", rate=44_100, layout=layout)
        frame = av.AudioFrame.from_ndarray(packed, "s16", layout)
        frame.sample_rate, frame.pts, frame.time_base = 44_100, 0, Fraction(1, 44_100)
        container.mux([*sound.encode(frame), *sound.encode(None)])
    return path


def test_all_eight_channels_of_surround_sound_are_heard(tmp_path: Path) -> None:
    parts, summary = hear(write_layout(tmp_path / "a.wav", "7.1", 7))
    assert summary.complete, summary.gaps
    assert [(part.channel, round(pitch(part.samples), -1)) for part in parts[1:]] == [(7, 900)]


def test_sixteen_channels_are_a_gap_in_words(tmp_path: Path) -> None:
    _, summary = hear(write_layout(tmp_path / "a.wav", "hexadecagonal", 12))
    assert not summary.complete
    assert summary.gaps == ("Audio stream 0 has 16 channels where 8 are listened to; mix it down.",)


def test_sound_that_begins_late_keeps_its_time(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp4", LOW[None], "aac", 44_100, picture=True, begin=2.0)
    (part,), summary = hear(path)
    assert summary.complete, summary.gaps
    assert part.start == pytest.approx(2.0, abs=0.05)


def test_nobody_listens_unless_asked(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", LOW[None], rate=44_100)
    with MediaReader(path) as reader:
        assert list(reader.frames()) == []
    assert reader.summary.sound_seconds == 0


def test_truncated_sound_is_a_gap(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", np.tile(LOW, 4)[None], rate=44_100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _, summary = hear(path)
    assert not summary.complete and "truncated" in " ".join(summary.gaps)


def test_sound_damaged_in_the_middle_is_a_gap(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp4", np.tile(LOW, 4)[None], "aac", 44_100, picture=True)
    content = bytearray(path.read_bytes())
    at = content.index(b"mdat") + 6000
    content[at : at + 9000] = bytes(np.random.default_rng(0).integers(0, 256, 9000, np.uint8))
    path.write_bytes(content)
    _, summary = hear(path)
    assert not summary.complete and summary.gaps


def test_more_sound_than_allowed_is_a_gap(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", np.tile(LOW, 4)[None], rate=44_100)
    _, summary = hear(path, max_seconds=2.0)
    assert not summary.complete and "2" in " ".join(summary.gaps)


def test_small_slots_carry_all_of_the_sound(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", np.stack([LOW, HIGH]), rate=44_100)
    parts, summary = hear(path, max_pixels=1000)
    assert summary.complete and [len(part.samples) for part in parts] == [RATE, RATE]


def test_long_sound_comes_in_parts_with_their_times() -> None:
    heard: list[SoundPart] = []
    parts = Parts(heard.append)
    for second in range(0, 1300, 10):
        parts.add(1, float(second), np.zeros((1, 10 * RATE), np.float32))
    parts.finish()
    assert [part.start for part in heard] == [0.0, 600.0, 1200.0]
    assert sum(len(part.samples) for part in heard) == 1300 * RATE


def test_a_hole_in_the_sound_keeps_what_follows_in_its_place() -> None:
    heard: list[SoundPart] = []
    parts = Parts(heard.append)
    parts.add(0, 0.0, np.zeros((1, RATE), np.float32))
    parts.add(0, 5.0, np.zeros((1, RATE), np.float32))
    parts.finish()
    assert [part.start for part in heard] == [0.0, 5.0]


@pytest.mark.parametrize(
    "change", [{"channels": 9}, {"count": 0}, {"count": 2000}, {"time": -1}, {"slot": 4}]
)
def test_a_decoder_that_was_taken_over_cannot_send_any_sound(change: dict[str, int]) -> None:
    message = {"slot": 0, "channels": 1, "count": 1000, "time": 0.0, "stream": 0}
    assert sound_of(message, 4, 4096).count == 1000
    with pytest.raises(BrokenProtocol):
        sound_of(message | change, 4, 4096)
