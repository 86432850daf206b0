"""What a container holds beside what is shown, or shows of its picture: never passed as examined."""

import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.media.decode import MediaReader
from compliance.media.info import DecodeSummary


def summary(path: Path, sound: bool = False) -> DecodeSummary:
    with MediaReader(path, listen=(lambda part: None) if sound else None) as reader:
        for frame in reader.frames():
            frame.release()
    return reader.summary


def write(path: Path, first: int = 0, frames_apart: int = 250, **options: str) -> Path:
    """Write 50 frames of which the first is shown at ``first`` of the 25 a second, and as much sound.

    ``frames_apart`` are from one key frame to the next.
    """
    with av.open(str(path), "w", options={"avoid_negative_ts": "disabled", **options}) as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.max_b_frames, video.codec_context.gop_size = 0, frames_apart
        video.codec_context.color_trc = (
            1  # so that Matroska has an element to put others in place of
        )
        audio = out.add_stream("aac", rate=48_000, layout="mono")
        for index in range(50):
            picture = np.full((48, 64, 3), 4 * index, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index + first, Fraction(1, 25)
            out.mux(video.encode(frame))
        for index in range(93):
            tone = np.sin(np.arange(1024) / 9)[None].astype(np.float32)
            part = av.AudioFrame.from_ndarray(tone, "fltp", "mono")
            part.sample_rate, part.time_base = 48_000, Fraction(1, 48_000)
            part.pts = 1024 * index + first * 1920
            out.mux(audio.encode(part))
        for stream in (video, audio):
            out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_what_an_edit_list_hides_is_said_not_to_be_examined(name: str, tmp_path: Path) -> None:
    found = summary(write(tmp_path / name, first=-20), sound=True)
    assert not found.complete
    assert any("hides 20 frames of video stream 0" in gap for gap in found.gaps), found.gaps
    assert any("s of audio stream 1" in gap for gap in found.gaps), found.gaps


def with_edits(path: Path, track: int, *edits: tuple[int, int]) -> Path:
    """Put a list of edits (milliseconds, first moment in ticks) in place of a track's."""
    data, at = bytearray(path.read_bytes()), -1
    for _ in range(track + 1):
        at = data.index(b"elst", at + 1)
    end = at + 12 + 12 * int.from_bytes(data[at + 8 : at + 12], "big")
    entries = [struct.pack(">IiI", length, first, 1 << 16) for length, first in edits]
    more = 12 * len(edits) - (end - at - 12)
    data[at + 8 : end] = struct.pack(">I", len(edits)) + b"".join(entries)
    for name in (b"elst", b"edts", b"trak", b"moov"):
        head = data.rindex(name, 0, at + 4) - 4
        size = int.from_bytes(data[head : head + 4], "big") + more
        data[head : head + 4] = size.to_bytes(4, "big")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("edits", "hidden"),
    [
        (((1984, 1024),), False),
        (((800, 1024),), True),
        (((800, 1024 + 48_000),), True),
        (((1000, 1024), (1000, 1024)), True),
        (((400, 1024), (400, 76_800)), True),
    ],
)
def test_sound_that_is_never_played_is_said_not_to_be_examined(
    edits: tuple[tuple[int, int], ...], hidden: bool, tmp_path: Path
) -> None:
    found = summary(with_edits(write(tmp_path / "a.mp4"), 1, *edits), sound=True)
    assert found.complete is not hidden
    assert any("s of audio stream 1" in gap for gap in found.gaps) is hidden, found.gaps


@pytest.mark.parametrize("codec", ["pcm_s16le", "alac", "libmp3lame", "ac3"])
def test_sound_of_any_codec_that_is_played_whole_hides_nothing(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as out:
        audio = out.add_stream(codec, rate=48_000, layout="mono")
        form = audio.codec_context.codec.audio_formats[0].name
        resampler = av.AudioResampler(form, "mono", 48_000)
        for index in range(60):
            tone = np.sin(np.arange(1024) / 9)[None].astype(np.float32)
            part = av.AudioFrame.from_ndarray(tone, "fltp", "mono")
            part.sample_rate, part.time_base, part.pts = 48_000, Fraction(1, 48_000), 1024 * index
            for one in resampler.resample(part):
                out.mux(audio.encode(one))
        out.mux(audio.encode(None))
    assert summary(path, sound=True).complete
    assert not summary(with_edits(path, 0, (600, 0)), sound=True).complete


def test_frames_for_which_others_are_played_twice_are_not_passed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_apart=25)
    assert summary(path).complete
    found = summary(with_edits(path, 0, (1000, 12_800), (1000, 12_800)))
    assert any("leaves out 25 of the 50 frames" in gap for gap in found.gaps), found.gaps


@pytest.mark.parametrize("first", [0, 30])
def test_sound_that_encoders_put_before_the_start_hides_nothing(first: int, tmp_path: Path) -> None:
    found = summary(write(tmp_path / "a.mp4", first), sound=True)
    assert found.complete, found.gaps
    assert found.frames_seen == 50


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while start < end:
        size = int.from_bytes(data[start : start + 4], "big")
        yield data[start + 4 : start + 8], start, start + size
        start += size


def with_clap(path: Path, width: int, height: int) -> Path:
    """Put a clean aperture into the video's description; the index lies behind the media."""
    data = bytearray(path.read_bytes())
    parts = (width, 1, height, 1, 0, 1, 0, 1)
    clap = b"\0\0\0\x28clap" + b"".join(one.to_bytes(4, "big") for one in parts)
    start, end, heads = 0, len(data), []
    for name, skip in ((b"moov", 8), (b"trak", 8), (b"mdia", 8), (b"minf", 8), (b"stbl", 8)):
        _, begin, end = next(one for one in boxes(data, start, end) if one[0] == name)
        heads.append(begin)
        start = begin + skip
    _, begin, end = next(one for one in boxes(data, start, end) if one[0] == b"stsd")
    heads += [begin, begin + 16]
    end = begin + 16 + int.from_bytes(data[begin + 16 : begin + 20], "big")
    data[end:end] = clap
    for head in heads:
        size = int.from_bytes(data[head : head + 4], "big") + len(clap)
        data[head : head + 4] = size.to_bytes(4, "big")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("size", "complete"), [((64, 48), True), ((32, 48), False)])
def test_a_clean_aperture_smaller_than_the_picture_is_a_gap(
    size: tuple[int, int], complete: bool, tmp_path: Path
) -> None:
    found = summary(with_clap(write(tmp_path / "a.mp4"), *size))
    assert found.complete == complete, found.gaps


def test_a_clean_aperture_behind_many_boxes_is_a_gap(tmp_path: Path) -> None:
    path = with_clap(write(tmp_path / "a.mp4"), 32, 48)
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    path.write_bytes(data[:at] + 100_001 * b"\0\0\0\x08free" + data[at:])
    found = summary(path)
    assert any("a part of the picture" in gap for gap in found.gaps), found.gaps


def test_an_index_that_libav_reads_and_the_look_for_crops_does_not_is_a_gap(tmp_path: Path) -> None:
    data = write(tmp_path / "a.mp4").read_bytes()
    at = data.index(b"moov") - 4
    packed = zlib.compress(data[at:])
    parts = (b"\0\0\0\x0cdcomzlib", struct.pack(">I4sI", 12 + len(packed), b"cmvd", len(data) - at))
    inner = parts[0] + parts[1] + packed
    moov = struct.pack(">I4sI4s", 16 + len(inner), b"moov", 8 + len(inner), b"cmov") + inner
    path = tmp_path / "b.mov"
    path.write_bytes(data[:at] + moov)
    found = summary(path)
    assert found.frames_seen == 50
    assert any("structure cannot be read through" in gap for gap in found.gaps), found.gaps


def element(identifier: int, content: bytes) -> bytes:
    return identifier.to_bytes(2, "big") + bytes([0x80 | len(content)]) + content


@pytest.mark.parametrize(("cut", "complete"), [(0, True), (16, False)])
def test_pixels_that_matroska_cuts_off_are_a_gap(cut: int, complete: bool, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv")
    data = bytearray(path.read_bytes())
    wide = data.index(b"\xb0\x81\x40\xba\x81\x30")  # PixelWidth 64, PixelHeight 48
    colour = data.index(element(0x55B0, b"\0")[:2], wide)
    size = data[colour + 2] & 0x7F
    crop = element(0x54DD, bytes([cut]))
    assert size + 3 >= len(crop) + 2
    void = b"\xec" + bytes([0x80 | size + 3 - len(crop) - 2])
    data[colour : colour + 3 + size] = crop + void + bytes(size + 3 - len(crop) - 2)
    path.write_bytes(data)
    found = summary(path)
    assert found.complete == complete, found.gaps


def test_junk_between_elements_that_libav_skips_is_a_gap(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv")
    data = bytearray(path.read_bytes())
    size = data.index(b"\x18\x53\x80\x67") + 4  # of the segment, with the mark of eight bytes
    data[size : size + 8] = (int.from_bytes(data[size : size + 8], "big") + 2).to_bytes(8, "big")
    tracks = data.index(b"\x16\x54\xae\x6b", size + 100)
    data[tracks:tracks] = b"\0\0"
    path.write_bytes(data)
    found = summary(path)
    assert found.frames_seen == 50
    assert any("structure cannot be read through" in gap for gap in found.gaps), found.gaps


@pytest.mark.parametrize(
    ("mime", "complete"), [("video/mp4", False), ("text/plain", False), ("font/ttf", True)]
)
def test_a_file_that_is_attached_is_a_gap_but_for_fonts(
    mime: str, complete: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        out.add_attachment("other", mime, b"something else")
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    found = summary(path)
    assert found.complete == complete, found.gaps
