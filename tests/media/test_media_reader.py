"""How a reader waits for its decoder, and how it is given up."""

import os
import signal
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits


@pytest.fixture
def large_beside_small(tmp_path: Path) -> Path:
    """Thirty small frames of noise in one track, and a huge one in another that makes slots scarce."""
    rng = np.random.default_rng(0)
    path = tmp_path / "large.mkv"
    with av.open(str(path), "w") as container:
        small = container.add_stream("libx264", rate=10, options={"crf": "1"})
        small.width, small.height, small.pix_fmt = 96, 96, "yuv420p"
        large = container.add_stream("mjpeg", rate=10)
        large.width, large.height, large.pix_fmt = 6000, 6000, "yuvj420p"
        frame = av.VideoFrame(6000, 6000, "yuvj420p")
        frame.pts = 29
        later = large.encode(frame)
        for i in range(30):
            noise = rng.integers(0, 255, (96, 96, 3), np.uint8)
            picture = av.VideoFrame.from_ndarray(noise, format="rgb24")
            picture.pts = i
            container.mux(small.encode(picture))
        container.mux(small.encode())
        container.mux(later)
        container.mux(large.encode())
    return path


def test_a_reader_that_holds_every_announced_slot_is_waited_for(large_beside_small: Path) -> None:
    with MediaReader(large_beside_small, DecodeLimits(wall_seconds=2)) as reader:
        assert reader.slots == 7  # of 16 that were asked for
        frames = reader.frames()
        held = [next(frames) for _ in range(reader.slots)]

        def let_go() -> None:
            for frame in held:
                frame.release()

        threading.Timer(4, let_go).start()
        for frame in frames:
            frame.release()
    assert reader.summary.gaps == () and reader.summary.frames_seen == 31


@pytest.mark.parametrize("stopped", [False, True])
def test_a_reader_is_cancelled_from_another_thread(stopped: bool, large_beside_small: Path) -> None:
    with MediaReader(large_beside_small) as reader:
        pid = reader.pid
        frames = reader.frames()
        held = [next(frames) for _ in range(reader.slots)]  # every slot: the next one never comes
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        rest: list[object] = []
        thread = threading.Thread(target=lambda: rest.extend(frames))
        thread.start()
        time.sleep(0.5)
        assert thread.is_alive()
        reader.cancel()
        thread.join(2)
        assert not thread.is_alive() and rest == []
        assert not Path(f"/proc/{pid}").exists()
        assert held[0].pixels.shape == (96, 96, 3)
        reader.cancel()  # again: nothing to do
    assert not reader.summary.complete
    assert [gap for gap in reader.summary.gaps if "given up" in gap] == list(reader.summary.gaps)
    assert len(reader.summary.gaps) == 1


def test_a_reader_that_was_cancelled_before_it_starts_hands_out_nothing(still_video: Path) -> None:
    reader = MediaReader(still_video)
    reader.cancel()
    with reader:
        assert list(reader.frames()) == []
    assert "given up" in reader.summary.gaps[0] and not reader.summary.complete


def test_what_the_decoder_said_last_is_read_although_it_ended_without_reading(
    tmp_path: Path,
) -> None:
    """A slot that is given back after the decoder's last look makes the kernel report a reset first."""
    path = tmp_path / "short.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        for level in range(0, 250, 50):
            picture = np.full((96, 96, 3), level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    with MediaReader(path) as reader:
        frames = reader.frames()
        next(frames).release()
        os.waitid(os.P_PID, reader.pid, os.WEXITED | os.WNOWAIT)
        for frame in frames:
            frame.release()
    assert reader.summary.gaps == () and reader.summary.frames_seen == 5


def test_every_frame_is_handed_out_where_that_is_asked_for(still_video: Path) -> None:
    def times(every_frame: bool) -> list[float]:
        with MediaReader(still_video, every_frame=every_frame) as reader:
            found = []
            for frame in reader.frames():
                found.append(frame.time)
                frame.release()
        assert reader.summary.complete and reader.summary.frames_seen == 60
        return found

    some, every = times(False), times(True)
    assert len(every) == 60 and every == sorted(every) and set(some) < set(every)
