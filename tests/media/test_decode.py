"""What comes out of sound files: frames, times, sizes, orientation, transparency, counts."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from compliance.errors import MediaError, UsageError
from compliance.facts import StreamKind
from compliance.media.decode import MediaReader, decoder_version
from compliance.media.info import DecodeSummary
from compliance.media.sampling import Reason


def read(path: Path) -> tuple[list[tuple[float, int, int, np.ndarray, Reason]], DecodeSummary]:
    with MediaReader(path) as reader:
        frames = []
        for frame in reader.frames():
            frames.append(
                (frame.time, frame.stream, frame.index, frame.pixels.copy(), frame.reason)
            )
            frame.release()
    return frames, reader.summary


def test_a_sound_video_is_complete_and_examined_each_half_second(still_video, picture) -> None:
    frames, summary = read(still_video)
    assert summary.complete and summary.gaps == ()
    assert (summary.frames_seen, summary.shots) == (60, 1)
    times = [time for time, *_ in frames]
    assert times[0] == 0 and times[-1] == pytest.approx(59 / 30)
    assert max(b - a for a, b in itertools.pairwise(times)) <= 0.5 + 1e-9
    assert np.abs(frames[0][3].astype(int) - picture()).mean() < 4
    assert summary.streams[0].declared == summary.streams[0].decoded == 60


def test_frames_of_a_still_shot_are_marked_as_duplicates(still_video) -> None:
    with MediaReader(still_video) as reader:
        duplicates = [frame.duplicate for frame in reader.frames() if frame.release() is None]
    assert duplicates == [False] + [True] * (len(duplicates) - 1)


def test_the_same_bytes_give_the_same_plan(video, picture) -> None:
    path = video("pan.mp4", (picture(shift=5 * i) for i in range(45)))
    plans = [[(f[0], f[2], f[4]) for f in read(path)[0]] for _ in range(2)]
    assert plans[0] == plans[1]


def test_times_follow_presentation_not_frame_numbers(video, picture) -> None:
    pts = [0, 1, 2, 30, 31, 90]
    frames, summary = read(video("vfr.mp4", (picture() for _ in pts), pts=pts))
    assert summary.complete
    assert {f[0] for f in frames} >= {0.0, 1.0, 3.0}
    assert summary.seconds == pytest.approx(3.0)


def test_both_sides_of_a_cut_are_examined(video, picture) -> None:
    other = picture()[:, ::-1] // 2
    frames, summary = read(video("cut.mp4", [picture()] * 20 + [other] * 20))
    assert summary.shots == 2
    assert {19, 20} <= {f[2] for f in frames}


def test_every_video_track_is_examined_and_sound_is_listed(shared_data: Path) -> None:
    path = shared_data / "robust-torchcodec/resources/nasa_13013.mp4"
    frames, summary = read(path)
    with MediaReader(path) as reader:
        assert reader.info is not None and reader.info.has(StreamKind.AUDIO)
        assert reader.info.has(StreamKind.SUBTITLE)
        for frame in reader.frames():
            frame.release()
    assert summary.complete
    assert {f[1] for f in frames} == {s.index for s in summary.streams}
    assert len(summary.streams) == 2


def test_a_rotated_video_is_turned_upright(tmp_path: Path, picture) -> None:
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.set_display_rotation(90)
        for i in range(3):
            frame = av.VideoFrame.from_ndarray(picture(), format="rgb24")
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    pixels = read(path)[0][0][3]
    assert pixels.shape == (320, 240, 3)
    assert np.abs(pixels.astype(int) - np.rot90(picture())).mean() < 5  # counter-clockwise


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int, tmp_path: Path, picture) -> None:
    upright = Image.fromarray(picture(64, 48))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "o.png", exif=exif)
    assert np.array_equal(read(tmp_path / "o.png")[0][0][3], np.asarray(upright))


def test_transparency_is_shown_over_white_and_over_black(tmp_path: Path) -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[10:20, 10:20] = (255, 255, 255, 255)  # white on nothing: invisible over white
    Image.fromarray(rgba).save(tmp_path / "alpha.png")
    frames, _ = read(tmp_path / "alpha.png")
    assert [f[2] for f in frames] == [0, 0]
    over_white, over_black = (f[3] for f in frames)
    assert over_white.min() == 255
    assert over_black[15, 15].tolist() == [255] * 3 and over_black[0, 0].tolist() == [0] * 3


def test_an_opaque_picture_gives_one_frame(tmp_path: Path, picture) -> None:
    Image.fromarray(picture()).convert("RGBA").save(tmp_path / "opaque.png")
    frames, summary = read(tmp_path / "opaque.png")
    assert len(frames) == 1 and summary.complete
    assert np.array_equal(frames[0][3], picture())


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("L", 200, 200),
        ("1", 255, 255),
        ("I;16", 51400, 200),
        ("P", 0, None),
        ("CMYK", (0, 0, 0, 0), 255),
    ],
)
def test_every_pixel_format_becomes_rgb(
    mode: str, value: object, seen: int | None, tmp_path: Path
) -> None:
    image = Image.new(mode, (32, 24), value)
    path = tmp_path / ("x.jpg" if mode == "CMYK" else "x.png")
    image.save(path)
    (frame,), summary = read(path)
    assert summary.complete and frame[3].shape == (24, 32, 3)
    if seen is not None:
        assert abs(int(frame[3].min()) - seen) <= 1


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_each_frame_of_an_animation_has_its_time(suffix: str, tmp_path: Path, picture) -> None:
    images = [
        Image.fromarray(np.roll(picture(64, 48), 20 * i, axis=1) // (i + 1)) for i in range(3)
    ]
    path = tmp_path / f"moving.{suffix}"
    images[0].save(
        path, save_all=True, append_images=images[1:], duration=[400, 700, 100], lossless=True
    )
    frames, summary = read(path)
    assert summary.complete and summary.frames_seen == 3
    assert [f[0] for f in frames] == pytest.approx([0, 0.4, 1.1])


@pytest.mark.parametrize("name", ["a.mkv", "a.mov", "a.avi", "a.webm"])
def test_every_allowed_container_is_read(name: str, video: Callable[..., Path], picture) -> None:
    codec = {"a.avi": "mpeg4", "a.webm": "libvpx"}.get(name, "libx264")
    frames, summary = read(video(name, (picture() for _ in range(10)), codec=codec, options={}))
    assert summary.complete and summary.frames_seen == 10
    assert frames[-1][0] == pytest.approx(0.3, abs=0.002)


def test_an_audio_only_file_has_no_frames_and_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with MediaReader(path) as reader:
        assert reader.info is not None
        assert [s.kind for s in reader.info.streams] == [StreamKind.AUDIO]
        assert list(reader.frames()) == []
    assert reader.summary.complete


def test_frames_are_released_from_other_threads_and_out_of_order(video, picture) -> None:
    rng = np.random.default_rng(1)
    noise = (rng.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(40))
    path = video("noise.mp4", noise, options={"crf": "1"})
    with MediaReader(path, ring=3) as reader:
        held, seen = [], 0
        for frame in reader.frames():
            seen += 1
            held.append(frame)
            if len(held) == reader.slots:
                threads = [threading.Thread(target=f.release) for f in reversed(held[:-1])]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                held = held[-1:]
    assert seen == reader.summary.frames_sampled > reader.slots
    assert reader.summary.complete
    assert held[0].pixels.shape == (48, 64, 3)  # still readable after the reader has ended
    held[0].release()


def test_giving_up_early_is_never_complete(still_video) -> None:
    with MediaReader(still_video) as reader:
        next(reader.frames()).release()
    assert not reader.summary.complete and "given up" in reader.summary.gaps[0]


def test_a_caller_gets_an_error_for_a_path_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="No such file"):
        MediaReader(tmp_path / "absent.mp4")
    with pytest.raises(UsageError, match="a directory"):
        MediaReader(tmp_path)


def test_the_decoder_version_names_every_library() -> None:
    assert all(name in decoder_version() for name in ("av ", "pillow ", "opencv"))


@pytest.mark.parametrize("name", ["hidden.png", "hidden.webp", "hidden.apng"])
def test_what_full_transparency_hides_is_a_picture_of_its_own(
    name: str, tmp_path: Path, picture
) -> None:
    alpha = np.zeros((240, 320, 1), np.uint8)
    alpha[:20] = 255
    hidden = Image.fromarray(np.concatenate([picture(), alpha], axis=2), "RGBA")
    others = {"format": "PNG", "save_all": True, "append_images": [hidden.rotate(180)]}
    options = others if name.endswith("apng") else {"lossless": True, "exact": True}
    hidden.save(tmp_path / name, **options)
    frames, summary = read(tmp_path / name)
    assert summary.complete, summary.gaps
    seen = [frame[3] for frame in frames if frame[2] == 0]
    assert len(seen) == 3
    assert np.array_equal(seen[2], picture())


def test_transparent_pixels_of_one_colour_hide_nothing(tmp_path: Path, picture) -> None:
    rgba = np.concatenate([picture(), np.full((240, 320, 1), 255, np.uint8)], axis=2)
    rgba[50:100, 50:100] = (255, 0, 0, 0)
    Image.fromarray(rgba, "RGBA").save(tmp_path / "a.png")
    assert len(read(tmp_path / "a.png")[0]) == 2
