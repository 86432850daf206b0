"""The sampling plan: what is planted is examined, and little else."""

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from skimage import data

from compliance.media.cover import Envelope, Thumbnail, thumbnail_size
from compliance.media.sampling import Chosen, Planner, Reason

RATE = 30


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The measuring script, whose planted clips serve here too."""
    path = Path(__file__).parents[2] / "benchmarks" / "cheap_pass.py"
    spec = importlib.util.spec_from_file_location("cheap_pass", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["cheap_pass"] = module
    spec.loader.exec_module(module)
    return module


def plan(
    frames: list[np.ndarray], times: list[float] | None = None
) -> tuple[list[Chosen[int]], int]:
    planner = Planner[int](RATE)
    chosen = []
    for i, frame in enumerate(frames):
        time = times[i] if times else i / RATE
        chosen += planner.push(i, time, i, Thumbnail.from_rgb(frame))
    return chosen + planner.finish(), planner.shots


@pytest.mark.parametrize("at", range(12, 29))
@pytest.mark.parametrize("length", [1, 2])
def test_an_inserted_frame_is_examined_at_every_phase(at: int, length: int, picture) -> None:
    frames = [picture()] * 45
    frames[at : at + length] = [picture()[::-1] // 2] * length
    chosen, _ = plan(frames)
    assert {c.index for c in chosen} & set(range(at, at + length))


@pytest.mark.parametrize("at", range(15, 31, 5))
def test_a_small_mark_of_equal_luminance_is_examined_while_the_camera_pans(
    at: int, picture
) -> None:
    frames = [picture(640, 480, shift=3 * i) for i in range(45)]
    marked = frames[at].astype(int)
    marked[200:232, 300:332] += np.array([60, -30, -2])  # 0.299 · 60 - 0.587 · 30 ≈ 0
    frames[at] = np.clip(marked, 0, 255).astype(np.uint8)
    chosen, _ = plan(frames)
    assert at in {c.index for c in chosen}


@pytest.mark.parametrize("scene", ["still", "pan", "moving"])
def test_both_ends_of_half_a_second_are_met_at_every_phase(bench: ModuleType, scene: str) -> None:
    """Something as large as a face 60 pixels high; 34 frames apart, so that phases of the grid go round."""
    face = cv2.resize(data.astronaut()[50:190, 160:280], (60, 70), interpolation=cv2.INTER_AREA)
    moments = [(start, start + 14) for start in range(20, 20 + 8 * 34, 34)]
    draw, frames = bench.background(scene), []
    for number in range(moments[-1][1] + 20):
        frame = draw(number)
        for place, (first, last) in enumerate(moments):
            if first <= number <= last:
                x, y = 150 + place * 137 % 900, 80 + place * 71 % 300
                frame[y : y + 70, x : x + 60] = face
        frames.append(frame)
    chosen, _ = plan(frames)
    for first, last in moments:
        shown = [c.index for c in chosen if first <= c.index <= last]
        assert shown and shown[0] - first <= 0.2 * RATE and last - shown[-1] <= 0.2 * RATE


def test_what_comes_and_goes_costs_a_bounded_number_of_frames(picture) -> None:
    bare = picture(640, 480)
    marked = bare.copy()
    marked[200:260, 300:350] = 255 - marked[200:260, 300:350]
    frames = [marked if i % 40 in range(31, 40) or i % 40 < 6 <= i else bare for i in range(130)]
    chosen, _ = plan(frames)
    grid, _ = plan([bare] * len(frames))
    assert len(chosen) <= len(grid) + 4 * 3


def test_however_much_appears_frames_are_taken_for_it_at_a_bounded_rate(picture) -> None:
    frames = [picture(640, 480)]
    for number in range(70):  # every third frame has one more tile, and all of them stay
        frames.append(frames[-1].copy())
        row, column = divmod(number // 3, 6)
        frames[-1][100 * row + 20 :, 100 * column + 20 :][:60, :60] = (255, 0, 0)
    chosen, _ = plan(frames)
    edges = [c for c in chosen if c.reason is Reason.EDGE]
    assert edges
    for a, b in itertools.pairwise(edges):
        assert b.time - a.time >= 0.15


def test_a_steady_pan_costs_no_more_than_the_grid(picture) -> None:
    chosen, shots = plan([picture(shift=3 * i) for i in range(90)])
    assert len(chosen) <= 8 and shots == 1
    assert {c.reason for c in chosen} == {Reason.GRID, Reason.LAST}


def test_what_flickers_all_the_time_is_all_examined() -> None:
    rng = np.random.default_rng(3)
    frames = [
        np.repeat(rng.integers(0, 255, (24, 32, 3), np.uint8), 10, 0).repeat(10, 1)
        for _ in range(20)
    ]
    chosen, _ = plan(frames)
    assert len(chosen) == 20


def test_frames_come_in_order_first_and_last_among_them(picture) -> None:
    frames = [picture(shift=(i * i) % 40) for i in range(40)]
    chosen, _ = plan(frames)
    indices = [c.index for c in chosen]
    assert indices == sorted(set(indices)) and indices[0] == 0 and indices[-1] == 39


@pytest.mark.parametrize("count", range(1, 12))
def test_clips_shorter_than_any_lag_have_first_and_last_examined(count: int, picture) -> None:
    chosen, shots = plan([picture()] * count)
    assert {0, count - 1} <= {c.index for c in chosen} and shots == 1


def test_examined_frames_are_never_further_apart_than_half_a_second(picture) -> None:
    times = [0.0, 0.1, 0.3, 0.45, 0.9, 0.95, 1.0, 2.5, 2.6, 3.05, 3.15]
    chosen, _ = plan([picture()] * len(times), times)
    examined = [c.time for c in chosen]
    for a, b in itertools.pairwise(examined):
        assert b - a <= 0.5 or times.index(b) == times.index(a) + 1


def test_a_size_that_changes_midway_is_a_cut(picture) -> None:
    chosen, shots = plan([picture(320, 240)] * 10 + [picture(160, 400)] * 10)
    assert shots == 2 and {9, 10} <= {c.index for c in chosen}


def test_a_slow_drift_does_not_stay_a_duplicate_for_ever() -> None:
    frames = [np.full((240, 320, 3), 100 + i // 4, np.uint8) for i in range(240)]
    chosen, _ = plan(frames)
    fresh = [c for c in chosen if not c.duplicate]
    assert len(fresh) >= 5


def test_a_frame_covers_its_own_shift_and_not_what_is_new(picture) -> None:
    before, moved = (Thumbnail.from_rgb(picture(shift=s)) for s in (0, 3))
    inner = (slice(2, -2), slice(2, -2))  # at the edges new content does come in
    assert not Envelope(before).excess(moved, radius=4)[inner].any()
    new = picture(shift=3)
    new[100:120, 100:120] = 255
    assert Envelope(before).excess(Thumbnail.from_rgb(new), radius=4)[inner].any()


@pytest.mark.parametrize(
    ("size", "thumbnail"),
    [
        ((1280, 720), (480, 272)),
        ((720, 1280), (272, 480)),
        ((64, 64), (64, 64)),
        ((1, 1), (8, 8)),
        ((9000, 90), (1920, 16)),
    ],
)
def test_thumbnails_keep_the_shape_and_fit_the_blocks(
    size: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    assert thumbnail_size(*size) == thumbnail


def test_frames_and_text_planted_in_real_video_are_examined(bench: ModuleType) -> None:
    """The whole way, through encoder and contained decoder; the full table is the benchmark's."""
    rows = bench.recall("pan", ("frame", "text24", "chroma32"), (1, 2), phases=2)
    assert all(row["recall"] == 1 for row in rows), rows
