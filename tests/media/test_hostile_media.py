"""Broken and hostile content: never an exception, never complete, nothing left behind."""

import http.server
import os
import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from compliance.errors import MediaError
from compliance.media.containers import Container
from compliance.media.decode import MediaReader
from compliance.media.gaps import Gaps
from compliance.media.info import DecodeSummary
from compliance.media.limits import DecodeLimits
from compliance.media.source import Source


def summary_of(path: Path, limits: DecodeLimits | None = None) -> DecodeSummary:
    with MediaReader(path, limits or DecodeLimits()) as reader:
        for frame in reader.frames():
            frame.release()
    assert reader.summary.complete == (not reader.summary.gaps)
    return reader.summary


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on the loopback interface, and the paths that were asked for."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    thread.join()
    server.server_close()


def playlists(address: str, sibling: Path) -> dict[str, str]:
    return {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat": f"ffconcat version 1.0\nfile {sibling.name}\n",
        "mpd": f'<?xml version="1.0"?><MPD><Period><BaseURL>{address}/</BaseURL></Period></MPD>',
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    }


@pytest.mark.parametrize("kind", ["m3u8", "ffconcat", "mpd", "sdp"])
@pytest.mark.parametrize("suffix", ["mp4", ""])
def test_playlists_reach_nothing_whatever_they_are_called(
    kind, suffix, still_video, canary
) -> None:
    address, hits = canary
    path = still_video.with_name(f"list.{suffix or kind}")
    path.write_text(playlists(address, still_video)[kind])
    summary = summary_of(path)
    assert "no MP4" in summary.gaps[0] and summary.frames_seen == 0
    assert hits == []


@pytest.mark.parametrize("kind", ["mov", "matroska", "avi"])
def test_libav_itself_follows_no_playlist(kind, still_video, canary) -> None:
    """The second line of defence, with the first (the check of the first bytes) taken away."""
    address, hits = canary
    for text in playlists(address, still_video).values():
        path = still_video.with_name("list.mp4")
        path.write_text(text)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            with pytest.raises(av.FFmpegError):
                Container(Source(descriptor, len(text)), kind, DecodeLimits(), Gaps())
        finally:
            os.close(descriptor)
    assert hits == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"just some text", "just some te"),
        (b"\x00" * 64, "no MP4"),
        (b"\x89PNG\r\n\x1a\n", "ends"),
    ],
)
def test_what_is_no_media_is_named_in_one_paragraph(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    gaps = summary_of(path).gaps
    assert says in gaps[0] and "\n" not in gaps[0]


def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (12_000, 12_000)).save(path)
    summary = summary_of(path)
    assert "12000 × 12000" in summary.gaps[0] and summary.frames_seen == 0


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (DecodeLimits(max_pixels=1000), "pixels"),
        (DecodeLimits(max_frames=10), "10 frames"),
        (DecodeLimits(max_seconds=0.5), "0.5 s"),
        (DecodeLimits(max_file_bytes=100), "100 are allowed"),
    ],
)
def test_every_cap_ends_as_a_gap(limits: DecodeLimits, says: str, still_video) -> None:
    assert says in " ".join(summary_of(still_video, limits).gaps)


def test_running_out_of_memory_ends_as_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("RGB", (5000, 5000)).save(path)
    assert "memory" in summary_of(path, DecodeLimits(memory_bytes=16 << 20)).gaps[0]


@pytest.mark.parametrize(
    "name", ["cut.mp4", "cut.mkv", "cut.avi", "cut.gif", "cut.png", "cut.jpg", "cut.webp"]
)
def test_a_file_that_was_cut_off_anywhere_is_never_complete(
    name: str, video, tmp_path: Path, picture
) -> None:
    whole = tmp_path / name
    if name in ("cut.mp4", "cut.mkv", "cut.avi"):
        codec = "mpeg4" if name == "cut.avi" else "libx264"
        video(name, (picture(shift=4 * i) for i in range(12)), codec=codec, options={})
    else:
        others = [Image.fromarray(picture(shift=9))] if name == "cut.gif" else []
        Image.fromarray(picture()).save(whole, save_all=bool(others), append_images=others)
    assert summary_of(whole).complete
    content = whole.read_bytes()
    rng = random.Random(name)
    for size in [len(content) - 1, *(rng.randrange(1, len(content)) for _ in range(2))]:
        whole.write_bytes(content[:size])
        assert not summary_of(whole).complete, f"cut at {size} of {len(content)}"


def test_damage_in_the_middle_is_noticed(still_video) -> None:
    content = bytearray(still_video.read_bytes())
    start = content.index(b"mdat") + 2000
    content[start : start + 300] = bytes(300)
    still_video.write_bytes(content)
    summary = summary_of(still_video)
    assert not summary.complete and summary.streams[0].declared == 60


def test_times_that_go_backwards_are_flagged_and_all_frames_seen(tmp_path: Path, picture) -> None:
    path = tmp_path / "back.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for i, pts in enumerate([0, 1, 2, 3, 1, 2]):
            frame = av.VideoFrame.from_ndarray(picture(), format="rgb24")
            frame.pts = i
            for packet in stream.encode(frame):
                packet.pts, packet.dts = pts, i - 10
                container.mux(packet)
    summary = summary_of(path)
    assert any("go backwards" in gap for gap in summary.gaps)
    assert summary.frames_seen == 6


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_decoder_that_dies_leaves_a_gap_and_the_parent_alive(number: int, video) -> None:
    rng = np.random.default_rng(0)
    path = video("noise.mp4", (rng.integers(0, 255, (96, 96, 3), np.uint8) for _ in range(60)))
    with MediaReader(path, ring=2) as reader:
        frames = reader.frames()
        held = [next(frames), next(frames)]  # all slots taken: the decoder is alive and waits
        os.kill(reader.pid, number)
        for frame in held:
            frame.release()
        for frame in frames:
            frame.release()
    assert signal.Signals(number).name in reader.summary.gaps[0]
    assert not reader.summary.complete


def test_a_decoder_that_hangs_is_ended_within_its_limit(video) -> None:
    rng = np.random.default_rng(0)
    path = video("noise.mp4", (rng.integers(0, 255, (96, 96, 3), np.uint8) for _ in range(60)))
    with MediaReader(path, DecodeLimits(wall_seconds=3), ring=2) as reader:
        frames = reader.frames()
        held = [next(frames), next(frames)]
        pid = reader.pid
        os.kill(pid, signal.SIGSTOP)
        for frame in held:
            frame.release()
        for frame in frames:
            frame.release()
    assert "no sign of life" in reader.summary.gaps[0]
    assert not Path(f"/proc/{pid}").exists()


def test_nothing_is_left_behind(still_video, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(still_video.read_bytes()[:2000])
    summary_of(still_video)
    before = set(os.listdir("/proc/self/fd"))
    for path in (still_video, broken):
        with MediaReader(path) as reader:
            pid = reader.pid
            next(reader.frames(), None)
        assert pid is None or not Path(f"/proc/{pid}").exists()
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.mp4")
    with pytest.raises(MediaError, match="a pipe"):
        MediaReader(tmp_path / "endless.mp4")
