"""Flashes frame by frame: as the naive reference has them, and as the decoder process says of real files."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import naive_flash
import numpy as np
import pytest
from flash_clips import clip

from compliance.analyzers.senses.flash_results import flashing
from compliance.media.decode import MediaReader
from compliance.media.flash import LightMeter, grid_size, light_of
from compliance.media.pictures import Converter
from compliance.types import LIGHT_COLUMNS, LightTrack


def measured(
    times: list[float], frames: list[np.ndarray]
) -> dict[str, tuple[list[int], list[int]]]:
    meter = LightMeter()
    rows = [meter.push(time, frame) for time, frame in zip(times, frames, strict=True)]
    columns = {"general": [one.flashes for one in rows], "red": [one.red_flashes for one in rows]}
    return {
        name: (counts, flashing(np.array(times), np.array(counts, np.float32)).results.tolist())
        for name, counts in columns.items()
    }


def read(path: Path) -> list[LightTrack]:
    with MediaReader(path, light=True) as reader:
        for frame in reader.frames():
            frame.release()
    assert reader.summary.complete, reader.summary.gaps
    return reader.measured.light("clip")


def lossless(path: Path, times: list[float], frames: list[np.ndarray]) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=1000)
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "bgr0"
        for time, picture in zip(times, frames, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def square_wave(
    rate: int, hertz: float, seconds: float, size: tuple[int, int], share: float
) -> list:
    """Frames in which a square of a share of the screen, in its middle, goes black and white."""
    width, height = size
    wide, high = round(width * share**0.5), round(height * share**0.5)
    left, top = (width - wide) // 2, (height - high) // 2
    frames = []
    for i in range(int(rate * seconds)):
        picture = np.full((height, width, 3), 20, np.uint8)
        if (i / rate * hertz) % 1.0 >= 0.5:
            picture[top : top + high, left : left + wide] = 235
        frames.append(picture)
    return frames


@pytest.mark.parametrize("seed", range(40))
def test_counts_and_results_are_those_of_the_written_out_reference(seed: int) -> None:
    times, frames = clip(seed)
    assert measured(times, frames) == naive_flash.judged(times, frames)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40, 200))
def test_counts_and_results_are_those_of_the_reference_on_more_clips(seed: int) -> None:
    times, frames = clip(seed)
    assert measured(times, frames) == naive_flash.judged(times, frames)


def test_the_generated_clips_reach_every_result() -> None:
    said = [naive_flash.judged(*clip(seed)) for seed in (0, 1, 2, 3, 4, 9, 10, 13, 19)]
    assert {max(one["general"][1]) for one in said} >= {0, 2, 3}
    assert max(max(one["red"][0]) for one in said) >= 7


@pytest.mark.parametrize("seed", [0, 3, 14])
def test_the_decoder_process_says_of_a_lossless_file_what_the_reference_says(
    seed: int, tmp_path: Path
) -> None:
    times, frames = clip(seed)
    times = [round(time, 3) for time in times]
    frames = [np.kron(one, np.ones((4, 4, 1), np.uint8)) for one in frames]
    (track,) = read(lossless(tmp_path / "clip.mkv", times, frames))
    small = [frame[::4, ::4] for frame in frames]
    expected = naive_flash.judged(times, small)
    flashes = LIGHT_COLUMNS.index("flashes")
    assert track.times.tolist() == pytest.approx(times, abs=1e-6)
    assert track.measures[:, flashes].tolist() == expected["general"][0]
    assert track.measures[:, flashes + 1].tolist() == expected["red"][0]


@pytest.mark.parametrize(
    ("share", "fails"), [(0.20, False), (0.22, False), (0.27, True), (0.5, True)]
)
def test_a_quarter_of_the_screen_decides_at_full_resolution(share: float, fails: bool) -> None:
    meter, size = LightMeter(), (1280, 720)
    grid = grid_size(*size)
    most = 0
    for i, frame in enumerate(square_wave(25, 5, 1.5, size, share)):
        points = np.asarray(cv2.resize(frame, grid, interpolation=cv2.INTER_NEAREST))
        most = max(most, meter.push(i / 25, points, reduced=True).flashes)
    assert (most > 6) == fails


def test_fine_noise_in_balance_does_not_flash_but_the_same_in_large_squares_does() -> None:
    rng = np.random.default_rng(4)
    counts = []
    for side in (1, 18):
        meter = LightMeter()
        most = 0
        for i in range(40):
            coarse = rng.integers(90, 150, (91 // side + 1, 162 // side + 1, 1))
            if side > 1:
                coarse = np.where(coarse > 120, 230, 20)
            points = np.kron(coarse, np.ones((side, side, 3)))[:91, :162].astype(np.uint8)
            most = max(most, meter.push(i / 25, points, reduced=True).flashes)
        counts.append(most)
    assert counts[0] == 0
    assert counts[1] > 6


def test_light_is_linear_before_anything_is_averaged() -> None:
    fine = np.zeros((12, 12, 3), np.uint8)
    fine[:, ::2] = 255
    luminance, red = light_of(fine)
    assert float(luminance.mean()) == pytest.approx(0.5, abs=1e-6)
    assert red is None


def test_windows_are_seconds_of_presentation_and_not_frames() -> None:
    frames = [np.full((9, 12, 3), 230 if i % 2 else 20, np.uint8) for i in range(16)]
    fast, slow = LightMeter(), LightMeter()
    assert max(fast.push(i * 0.1, one).flashes for i, one in enumerate(frames)) == 10
    assert max(slow.push(i * 0.5, one).flashes for i, one in enumerate(frames)) == 2


@pytest.mark.parametrize("name", ["still.png", "still.jpg"])
def test_a_still_picture_is_measured_once(name: str, tmp_path: Path) -> None:
    """It may show stripes."""
    cv2.imwrite(str(tmp_path / name), np.zeros((40, 60, 3), np.uint8))
    (track,) = read(tmp_path / name)
    assert track.times.tolist() == [0.0]
    assert not track.measures.any()


def test_two_video_streams_are_measured_apart(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("ffv1", rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr0"
        for i in range(50):
            for n, stream in enumerate(streams):
                level = 230 if n and i // 2 % 2 else 20
                picture = np.full((48, 64, 4), level, np.uint8)
                container.mux(
                    stream.encode(
                        av.VideoFrame.from_ndarray(picture, format="bgra").reformat(format="bgr0")
                    )
                )
        for stream in streams:
            container.mux(stream.encode())
    first, second = read(path)
    flashes = LIGHT_COLUMNS.index("flashes")
    assert (first.stream, second.stream) == (0, 1)
    assert first.measures[:, flashes].max() == 0
    assert second.measures[:, flashes].max() > 6


def test_an_animation_with_transparency_is_measured_over_black_and_over_white(
    tmp_path: Path,
) -> None:
    from PIL import Image

    pictures = [
        Image.new("RGBA", (60, 40), (0, 0, 0, 255 if i % 2 else 0)) for i in range(20)
    ]  # black or nothing: over white this flashes
    pictures[0].save(
        tmp_path / "a.webp", save_all=True, append_images=pictures[1:], duration=50, lossless=True
    )
    (track,) = read(tmp_path / "a.webp")
    assert track.measures[:, LIGHT_COLUMNS.index("flashes")].max() > 6


@pytest.mark.parametrize("transfer", [8, 9, 16, 17, 18])
def test_hdr_is_said_to_be_unmeasured(transfer: int, tmp_path: Path) -> None:
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.color_trc = transfer
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    (track,) = read(path)
    assert "HDR" in track.unmeasured


@pytest.mark.parametrize(
    "form", ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "nv12"]
)
@pytest.mark.parametrize("matrix", [1, 6])
def test_points_have_the_colours_of_the_whole_picture(form: str, matrix: int) -> None:
    y, x = np.mgrid[0:360, 0:640]
    picture = np.stack([x * 2 // 5, y * 255 // 360, 255 - (x + y) // 4], axis=2).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format=form, dst_colorspace=matrix if matrix == 1 else 5
    )
    frame.colorspace = matrix
    converter = Converter(1 << 24, 1.0)
    (points,) = converter.points(frame, 130, 73)
    whole = converter.upright(frame)[0]
    expected = cv2.resize(whole, (130, 73), interpolation=cv2.INTER_NEAREST)
    assert np.abs(points.astype(int) - expected).max() <= 12  # the converter is a pixel off


def encoded(path: Path, pictures: list[np.ndarray], times: list[float], **properties: int) -> Path:
    """Write an MP4 of RGB pictures at times in milliseconds; ``properties`` are those of the codec context."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "10"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.codec_context.time_base = "yuv444p", Fraction(1, 1000)
        for name, value in properties.items():
            setattr(stream.codec_context, name, value)
        for time, picture in zip(times, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("times", [[0, 40, 80, 120, 3000], [0, 40, 80, 120]])
def test_stripes_are_seen_in_a_frame_that_stands_long_right_after_another(
    times: list[float], tmp_path: Path
) -> None:
    """The fourth frame, which follows a search by 0.12 s; at the end it stays on the screen."""
    plain = np.full((180, 320, 3), 40, np.uint8)
    striped = plain.copy()
    striped[:, np.arange(320) // 8 % 2 == 0] = 235
    pictures = [plain, plain, plain, striped, plain][: len(times)]
    (track,) = read(encoded(tmp_path / "a.mp4", pictures, times))
    area = track.measures[:, LIGHT_COLUMNS.index("pattern_area")]
    assert area[3] > 0.9
    assert not area[:3].any()


@pytest.mark.parametrize("lines", [180, 1080])
def test_fields_that_differ_flash_although_every_frame_is_the_same(
    lines: int, tmp_path: Path
) -> None:
    pictures = [np.zeros((lines, 320, 3), np.uint8)] * 20
    pictures[0][1::2] = 235
    both = 1 << 18 | 1 << 29  # interlaced transform and motion
    path = encoded(tmp_path / "a.mp4", pictures, [40 * i for i in range(20)], flags=both)
    (track,) = read(path)
    assert track.measures[:, LIGHT_COLUMNS.index("flashes")].max() > 6


def test_interlaced_pictures_of_something_at_rest_do_not_flash(tmp_path: Path) -> None:
    pictures = [np.zeros((180, 320, 3), np.uint8)] * 20
    pictures[0][40:141, 60:] = 235
    both = 1 << 18 | 1 << 29
    path = encoded(tmp_path / "a.mp4", pictures, [40 * i for i in range(20)], flags=both)
    (track,) = read(path)
    assert track.measures[:, LIGHT_COLUMNS.index("flashes")].max() == 0


@pytest.mark.parametrize("primaries", [1, 9])
def test_red_counts_as_saturated_by_the_primaries_of_the_video(
    primaries: int, tmp_path: Path
) -> None:
    """R / (R + G + B) is 0.75 here in the primaries that the numbers are of, and 0.9 if those are BT.2020's."""
    red, dark = np.uint8([225, 92, 92]), np.uint8([60, 60, 60])
    pictures = [np.zeros((90, 160, 3), np.uint8) + (red if i // 2 % 2 else dark) for i in range(25)]
    path = encoded(
        tmp_path / "a.mp4", pictures, [40 * i for i in range(25)], color_primaries=primaries
    )
    (track,) = read(path)
    most = track.measures[:, LIGHT_COLUMNS.index("red_flashes")].max()
    assert most > 6 if primaries == 9 else most == 0
