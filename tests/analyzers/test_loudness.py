"""The analyzer of loudness: what lies outside the ranges, what is silent, and scores by distance."""

import dataclasses

import pytest

from compliance.analyzers.senses.loudness import LoudnessAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import Finding, RawKind
from compliance.testing import LoudnessContract
from compliance.types import LoudnessTrack, TimeSpan

GOOD = LoudnessTrack(
    asset="clip",
    stream=1,
    channels=2,
    seconds=60.0,
    integrated=-20.0,
    loudness_range=5.0,
    true_peak=-3.0,
    momentary=-15.0,
    short_term=-17.0,
)


class TestContract(LoudnessContract):
    def analyzer(self) -> LoudnessAnalyzer:
        return LoudnessAnalyzer()

    def samples(self) -> list[list[LoudnessTrack]]:
        silent = (TimeSpan(start=1.0, end=4.5),)
        loud = dataclasses.replace(GOOD, integrated=-3.0, silences=silent)
        return [[loud], [dataclasses.replace(loud, asset="other", stream=2)]]


def found(**changes: object) -> list[Finding]:
    analyzer = LoudnessAnalyzer()
    seen = analyzer.observe_loudness([dataclasses.replace(GOOD, **changes)])  # type: ignore[arg-type]
    return analyzer.findings("clip", analyzer.reduce("clip", seen), None)


def test_sound_within_the_ranges_gives_nothing() -> None:
    assert found() == []
    assert found(integrated=-27.0) == found(integrated=-13.0) == found(true_peak=-1.0) == []


@pytest.mark.parametrize(
    ("level", "score"), [(-28.0, 0.55), (-12.0, 0.55), (-37.0, 1.0), (-3.0, 1.0)]
)
def test_loudness_outside_scores_by_its_distance(level: float, score: float) -> None:
    (one,) = found(integrated=level)
    assert (one.category, one.score, one.raw) == ("accessibility.loudness", score, level)
    assert one.raw_kind is RawKind.LEVEL
    assert f"{level:.1f} LUFS" in one.evidence.note


@pytest.mark.parametrize(("peak", "score"), [(-0.5, 0.75), (0.0, 1.0), (2.0, 1.0)])
def test_peaks_above_the_limit_score_by_their_height(peak: float, score: float) -> None:
    (one,) = found(true_peak=peak)
    assert (one.category, one.score, one.raw) == ("accessibility.loudness", score, peak)


@pytest.mark.parametrize(("seconds", "score"), [(1.0, 0.3), (5.0, 0.9), (30.0, 1.0)])
def test_silence_scores_by_its_length(seconds: float, score: float) -> None:
    (one,) = found(silences=(TimeSpan(start=4.0, end=4.0 + seconds),))
    assert (one.category, one.score, one.raw) == ("accessibility.silence", score, seconds)
    assert one.span == TimeSpan(start=4.0, end=4.0 + seconds)


def test_a_stream_that_is_silent_throughout_says_so_twice() -> None:
    silent = {"integrated": None, "true_peak": None, "momentary": None, "short_term": None}
    whole = (TimeSpan(start=0.0, end=60.0),)
    one, other = found(**silent, silences=whole, dead_channels=(0, 1))
    assert {one.category, other.category} == {"accessibility.loudness", "accessibility.silence"}
    assert one.score == other.score == 1.0


def test_a_dead_channel_beside_one_that_sounds_is_told() -> None:
    (one,) = found(dead_channels=(1,))
    assert one.category == "accessibility.silence"
    assert "channel 2" in one.evidence.note


def test_what_could_not_be_measured_fails_and_is_not_passed() -> None:
    with pytest.raises(AnalyzerError, match="EBU R128 needs"):
        found(unmeasured="it has 0.1 s where EBU R128 needs 0.4 s")


def test_no_tracks_give_nothing() -> None:
    assert LoudnessAnalyzer().observe_loudness([]) == []
