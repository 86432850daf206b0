"""Bytes behind the end of a file: never reviewed in silence, and no alarm for padding."""

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from compliance.media.decode import MediaReader
from compliance.media.info import DecodeSummary

_NAMES = ["a.mp4", "a.mkv", "a.avi", "a.gif", "a.png", "a.jpg", "a.webp"]


def summary_of(path: Path) -> DecodeSummary:
    with MediaReader(path) as reader:
        for frame in reader.frames():
            frame.release()
    return reader.summary


@pytest.fixture
def file(video, tmp_path: Path, picture) -> Callable[[str], Path]:
    """A function that writes a small whole file in the format of its name."""

    def make(name: str) -> Path:
        if name.endswith(("mp4", "mkv", "avi")):
            codec = "mpeg4" if name.endswith("avi") else "libx264"
            return video(name, (picture() for _ in range(5)), codec=codec, options={})
        Image.fromarray(picture()).save(tmp_path / name)
        return tmp_path / name

    return make


def multi_picture(path: Path, picture) -> Path:
    """A JPEG with a second picture that its MPF index names."""
    other = Image.fromarray(picture()[:, ::-1])
    Image.fromarray(picture()).save(path, "MPO", save_all=True, append_images=[other])
    return path


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("behind", ["mp4", "same"])
def test_a_file_behind_a_file_is_a_gap(name: str, behind: str, file) -> None:
    path = file(name)
    whole = path.read_bytes()
    more = file("other.mp4").read_bytes() if behind == "mp4" else whole
    path.write_bytes(whole + more)
    summary = summary_of(path)
    assert not summary.complete
    text = f"should end after {len(whole)} bytes, and {len(more)} more"
    assert any(text in gap for gap in summary.gaps), summary.gaps


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("padding", [b"\n", b"\0" * 17, b"\r\n\0"])
def test_padding_behind_a_file_is_no_gap(name: str, padding: bytes, file) -> None:
    path = file(name)
    path.write_bytes(path.read_bytes() + padding)
    assert summary_of(path).gaps == ()


def test_a_free_box_behind_a_video_is_no_gap(file) -> None:
    path = file("a.mp4")
    path.write_bytes(path.read_bytes() + struct.pack(">I4s8x", 16, b"free"))
    assert summary_of(path).complete


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {}])
def test_every_way_of_coding_a_jpeg_ends_at_its_last_marker(
    options: dict[str, object], tmp_path: Path, picture
) -> None:
    inner = io.BytesIO()
    Image.fromarray(picture(64, 48)).save(inner, "JPEG")
    path = tmp_path / "a.jpg"
    thumbnail = b"Exif\0\0" + inner.getvalue()  # a whole JPEG inside a segment
    Image.fromarray(picture(1200, 900)).save(path, quality=95, exif=thumbnail, **options)
    assert path.read_bytes().count(b"\xff\xd9") > 1
    assert summary_of(path).complete
    path.write_bytes(path.read_bytes() + b"x")
    assert "1 more" in summary_of(path).gaps[0]


def test_every_picture_of_a_multi_picture_file_is_examined(tmp_path: Path, picture) -> None:
    path = multi_picture(tmp_path / "two.jpg", picture)
    summary = summary_of(path)
    assert summary.complete and summary.frames_seen == 2
    path.write_bytes(path.read_bytes() + b"\0\0\0\x14ftyp")
    assert "8 more" in summary_of(path).gaps[0]


def test_a_multi_picture_file_whose_index_leaves_one_out_is_a_gap(tmp_path: Path, picture) -> None:
    path = multi_picture(tmp_path / "two.jpg", picture)
    content = bytearray(path.read_bytes())
    mpf = content.index(b"MPF\0")
    first, second = re.finditer(rb"\xff\xd8\xff[\xe0-\xe2]", content)
    offset = struct.pack("<I", second.start() - mpf - 4)
    place = content.index(offset, mpf)
    content[place : place + 4] = struct.pack("<i", -mpf - 4)  # the first picture again
    path.write_bytes(content)
    assert first.start() == 0
    assert not summary_of(path).complete


def test_a_gain_map_is_a_gap(tmp_path: Path, picture) -> None:
    path = multi_picture(tmp_path / "hdr.jpg", picture)
    packet = b'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>'
    segment = b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet
    content = path.read_bytes()
    path.write_bytes(content[:2] + segment + content[2:])
    assert "that nothing examined" in summary_of(path).gaps[0]


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.long)])
def test_sound_files_of_others_have_no_gap(shared_data: Path, every: int) -> None:
    for name in ("robust-torchcodec/resources", "c2pa-rs/fixtures", "robust-pillow/images"):
        suffixes = (".mp4", ".jpg", ".png", ".gif", ".webp")
        files = [one for one in sorted((shared_data / name).iterdir()) if one.suffix in suffixes]
        for path in files[::every]:
            found = [gap for gap in summary_of(path).gaps if "should end" in gap]
            assert bool(found) == (path.name == "sugarshack_bad_mpo_header.jpg"), (path, found)
