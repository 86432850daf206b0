"""Subtitles that say nothing count as read; those that nobody read, or that are hidden, do not."""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from compliance.media.decode import MediaReader
from compliance.media.info import DecodeSummary
from compliance.media.subtitles import empty_sample, is_empty

EMPTY = {"mov_text": b"\0\0", "subrip": b" "}


def timed_text(line: bytes) -> bytes:
    return struct.pack(">H", len(line)) + line


def write(path: Path, codec: str, *tracks: list[bytes]) -> Path:
    """A second of grey with subtitle tracks, a sample every 0.2 s."""
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        texts = [out.add_mux_stream(codec) for _ in tracks]
        out.start_encoding()
        for stream, samples in zip(texts, tracks, strict=True):
            for number, sample in enumerate(samples):
                packet: Any = av.Packet(sample)
                packet.stream, packet.time_base = stream, Fraction(1, 1000)
                packet.pts = packet.dts = 200 * number
                packet.duration = 200
                out.mux(packet)
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def summary_of(path: Path) -> DecodeSummary:
    with MediaReader(path) as reader:
        for frame in reader.frames():
            frame.release()
    assert reader.summary.complete, reader.summary.gaps
    return reader.summary


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "mov_text"), ("a.mov", "mov_text"), ("a.mkv", "subrip")]
)
def test_tracks_of_empty_samples_are_silent(tmp_path: Path, name: str, codec: str) -> None:
    empty = EMPTY[codec]
    assert summary_of(write(tmp_path / name, codec, [empty, empty], [empty])).silent_subtitles


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("mov_text", timed_text(b"a line")),
        ("mov_text", timed_text(b"<b></b>")),
        ("subrip", b"a line"),
        ("subrip", b"{\\foo a line that decoders hide}"),
    ],
)
def test_one_sample_that_holds_anything_is_not_silence(
    tmp_path: Path, codec: str, said: bytes
) -> None:
    suffix = "mkv" if codec == "subrip" else "mp4"
    empty = EMPTY[codec]
    path = write(tmp_path / f"a.{suffix}", codec, [empty], [empty, said])
    assert not summary_of(path).silent_subtitles


def test_a_track_without_samples_was_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", "subrip", [b" "], [])
    assert not summary_of(path).silent_subtitles


def test_a_file_without_subtitles_has_no_silent_ones(tmp_path: Path) -> None:
    assert not summary_of(write(tmp_path / "a.mp4", "mov_text")).silent_subtitles


def test_a_line_that_an_edit_list_hides_is_not_silence(tmp_path: Path) -> None:
    empty, line = EMPTY["mov_text"], timed_text(b"a line")
    path = write(tmp_path / "a.mp4", "mov_text", [empty, empty, line])
    content = bytearray(path.read_bytes())
    at = content.rfind(b"elst") + 12  # of the last track: duration of its only entry, ms
    assert struct.unpack_from(">I", content, at) == (600,)
    struct.pack_into(">I", content, at, 300)
    path.write_bytes(content)
    found = summary_of(path)
    assert (found.captions, found.silent_subtitles) == ((), False)


@pytest.mark.parametrize(
    ("codec", "sample"),
    [
        ("mov_text", timed_text(b"a line")),
        ("subrip", b"a line"),
        ("webvtt", b"a line"),
        ("ass", b"7,0,Style,Ann,0,0,0,,a line"),
        ("ssa", b"strange"),
    ],
)
def test_what_takes_the_place_of_a_sample_is_empty(codec: str, sample: bytes) -> None:
    empty = empty_sample(codec, sample)
    assert empty is not None and is_empty(codec, empty) and not is_empty(codec, sample)
    assert b"line" not in empty and b"Ann" not in empty


def test_pictures_of_text_have_no_empty_sample() -> None:
    assert empty_sample("dvb_subtitle", b"\x20\x00") is None
