"""The analyzer of flashes: results per frame, spans and scores, and the reference results of sample videos."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compliance.analyzers.senses.flash_results import Result, flashing
from compliance.analyzers.senses.flashes import FlashAnalyzer, unpack
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation
from compliance.media.decode import MediaReader
from compliance.testing import LightContract
from compliance.types import LIGHT_COLUMNS, LightTrack

CODES = {"pass": 0, "pass_with_warning": 1, "extended_fail": 2, "flash_fail": 3}


def track(times: list[float], **columns: list[float]) -> LightTrack:
    measures = np.zeros((len(times), len(LIGHT_COLUMNS)), np.float32)
    for name, values in columns.items():
        measures[:, LIGHT_COLUMNS.index(name)] = values
    return LightTrack("clip", 0, np.array(times, np.float64), measures)


class TestContract(LightContract):
    def analyzer(self) -> FlashAnalyzer:
        return FlashAnalyzer()

    def samples(self) -> list[list[LightTrack]]:
        times = [number / 25 for number in range(50)]
        flashing_one = track(times, flashes=[8.0] * 50, area=[0.5] * 50)
        return [[flashing_one], [replace(flashing_one, asset="other", stream=2)]]


def seen(path: Path) -> list[Observation]:
    with MediaReader(path, light=True) as reader:
        for frame in reader.frames():
            frame.release()
    assert reader.summary.complete
    analyzer = FlashAnalyzer()
    return analyzer.reduce("clip", analyzer.observe_light(reader.measured.light("clip")))


def found(*tracks: LightTrack) -> list[Finding]:
    analyzer = FlashAnalyzer()
    return analyzer.findings("clip", analyzer.reduce("clip", analyzer.observe_light(tracks)), None)


def test_sample_videos_have_their_reference_results(shared_data: Path) -> None:
    folder = shared_data / "flash-iris"
    with (folder / "LABELS.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        (one,) = seen(next(folder.rglob(row["video"])))
        times, _, results = unpack(one)
        assert len(times) == int(row["frames_logged"])
        assert one.attributes["general"] == row["worst_luminance_result"]
        assert (
            results[:, 0].max()
            == int(row["max_luminance_code"])
            == CODES[one.attributes["general"]]
        )
        assert results[:, 1].max() == int(row["max_red_code"])


def test_a_sample_that_warns_scores_between_a_pass_and_a_failure(shared_data: Path) -> None:
    def scores(name: str) -> dict[str, float]:
        path = next((shared_data / "flash-iris").rglob(name))
        given = FlashAnalyzer().findings("clip", seen(path), None)
        return {
            one.category: max(o.score for o in given if o.category == one.category) for one in given
        }

    warned, failed = scores("2Hz_5s.mp4"), scores("2Hz_6s.mp4")
    assert 0.5 <= warned["flash.general"] <= 0.7
    assert warned["flash.extended"] < 0.7
    assert failed["flash.extended"] == 1.0
    assert scores("gray.mp4") == {}


def test_four_seconds_of_five_with_two_or_three_flashes_fail_as_extended() -> None:
    times = np.arange(0, 8, 0.04)
    said = flashing(times, np.where(times < 4.1, 5.0, 0.0).astype(np.float32)).results
    assert set(said[times < 3.9]) == {Result.PASS_WITH_WARNING}
    assert Result.EXTENDED_FAIL in said
    pause = np.where((times % 2) < 1.2, 5.0, 2.0).astype(np.float32)
    assert Result.EXTENDED_FAIL not in flashing(times, pause).results


def test_a_picture_that_stands_for_long_counts_for_a_second_at_most() -> None:
    times = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 5.7, 5.8])
    said = flashing(times, np.array([4, 4, 4, 4, 4, 4, 4], np.float32))
    assert said.worst is Result.PASS_WITH_WARNING


def test_spans_begin_a_second_before_the_count_and_scores_follow_it() -> None:
    times = [i / 25 for i in range(100)]
    counts = [0.0] * 50 + [3.0] * 5 + [7.0] * 5 + [0.0] * 10 + [4.0] * 5 + [0.0] * 25
    first, second = found(track(times, flashes=counts))
    assert (first.category, first.score, first.raw, first.frames) == ("flash.general", 1.0, 7.0, 10)
    assert first.span is not None
    assert (first.span.start, first.span.end) == (1.0, 2.36)
    assert second.score == 0.5


def test_red_is_told_apart_from_light() -> None:
    times = [i / 25 for i in range(50)]
    (one,) = found(track(times, red_flashes=[8.0] * 50))
    assert (one.category, one.score) == ("flash.red", 1.0)


@pytest.mark.parametrize(("frames", "score"), [(25, 1.0), (5, 0.6)])
def test_stripes_fail_after_half_a_second(frames: int, score: float) -> None:
    times = [i / 25 for i in range(50)]
    on = [1.0] * frames + [0.0] * (50 - frames)
    (one,) = found(
        track(times, pattern_area=[0.5 * n for n in on], pattern_pairs=[9 * n for n in on])
    )
    assert (one.category, one.score) == ("flash.pattern", score)


def test_each_stream_has_findings_of_its_own() -> None:
    times = [i / 25 for i in range(50)]
    one = track(times, flashes=[8.0] * 50)
    other = LightTrack("clip", 3, one.times, one.measures)
    assert [f.track for f in found(one, other)] != [] and {f.track for f in found(one, other)} == {
        "stream-0",
        "stream-3",
    }


def test_what_could_not_be_measured_fails_and_is_not_passed() -> None:
    hdr = LightTrack("clip", 0, np.zeros(1), np.zeros((1, 8), np.float32), "it is HDR")
    with pytest.raises(AnalyzerError, match="HDR"):
        FlashAnalyzer().observe_light([hdr])


def test_nothing_gives_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animated_picture_is_measured_as_viewers_repeat_it(tmp_path: Path, suffix: str) -> None:
    dark, light = (Image.new("RGB", (320, 180), (level,) * 3) for level in (0, 255))
    path = tmp_path / f"loop{suffix}"
    dark.save(path, save_all=True, append_images=[light], duration=50, loop=0)
    scores = {one.category: one.score for one in FlashAnalyzer().findings("clip", seen(path), None)}
    assert scores == {"flash.general": 1.0}
    slow = tmp_path / f"slow{suffix}"
    dark.save(slow, save_all=True, append_images=[light], duration=1500, loop=0)
    assert FlashAnalyzer().findings("clip", seen(slow), None) == []


def test_stripes_on_a_still_picture_stand_for_as_long_as_somebody_looks(tmp_path: Path) -> None:
    rows = np.zeros((360, 640, 3), np.uint8)
    rows[:, (np.arange(640) // 10) % 2 == 0] = 255
    Image.fromarray(rows).save(tmp_path / "stripes.png")
    (one,) = FlashAnalyzer().findings("clip", seen(tmp_path / "stripes.png"), None)
    assert (one.category, one.score) == ("flash.pattern", 1.0)


def test_stripes_on_the_last_frame_stand_as_long_as_the_frame_before() -> None:
    (one,) = found(track([0.0, 10.0], pattern_area=[0.0, 0.5], pattern_pairs=[0.0, 9.0]))
    assert one.score == 1.0
