"""Captions that cannot be read in time, do not fit the media or what is heard, or are not there."""

import numpy as np
import pytest

from compliance.analyzers.base import CaptionInput, CaptionTrack
from compliance.analyzers.senses.caption_sync import offset, uncovered
from compliance.analyzers.senses.caption_timing import MOST, CaptionTimingAnalyzer
from compliance.findings import Finding, Observation, RawKind
from compliance.types import Cue, Source, TimeSpan

MISSING, TIMING = CaptionTimingAnalyzer.spec.categories


def cue(start: float, end: float, text: str = "Good evening.") -> Cue:
    return Cue(text=text, span=TimeSpan(start=start, end=end))


def voice(start: float, end: float, raw: float = 0.95) -> Observation:
    return Observation(
        asset="a",
        analyzer="voices",
        kind="voice",
        source=Source.AUDIO,
        span=TimeSpan(start=start, end=end),
        raw=raw,
        raw_kind=RawKind.PROBABILITY,
    )


def found(*cues: Cue, speech=(), seconds=60.0, one=True, unread=False) -> list[Finding]:
    analyzer = CaptionTimingAnalyzer()
    tracks = (CaptionTrack(tuple(cues), one),) if cues else ()
    seen = analyzer.observe_captions([CaptionInput("a", tracks, seconds, 25.0, unread)])
    return analyzer.findings("a", analyzer.reduce("a", seen[::-1]) + list(speech), None)


def test_captions_as_they_should_be_are_no_finding() -> None:
    assert found(cue(1, 3), cue(3, 5), cue(6, 8)) == []


@pytest.mark.parametrize(
    ("cues", "word"),
    [
        ([cue(1, 1.3, "Hi")], "stands 0.30 s"),
        ([cue(1, 1, "Hi")], "stands 0.00 s"),
        ([cue(1, 21)], "stands 20.0 s"),
        ([cue(1, 2, "word " * 12)], "letters a second"),
        ([cue(70, 72)], "after the media"),
        ([cue(36_000_000, 36_000_002)], "after the media"),
        ([cue(1, 4), cue(2, 5)], "stand together"),
        ([cue(1, 3), cue(3.04, 5)], "flickers"),
    ],
)
def test_each_fault_is_found_and_named(cues, word: str) -> None:
    (finding,) = found(*cues)
    assert (finding.category, finding.source) == (TIMING, Source.CAPTION)
    assert finding.score >= 0.5 and word in finding.evidence.note


def test_a_worse_fault_never_scores_lower() -> None:
    lengths = (2, 0.8, 0.7, 0.5, 0.2)
    faults = [found(cue(1, 1 + seconds, "Hi")) for seconds in lengths]
    scores = [max((one.score for one in these), default=0) for these in faults]
    assert scores == sorted(scores) and (scores[0], scores[2]) == (0, 0.5)


def test_tracks_of_several_languages_may_stand_together() -> None:
    assert found(cue(1, 4), cue(1, 4, "Guten Abend."), one=False) == []


def test_the_worst_of_very_many_captions_are_named_and_the_rest_counted() -> None:
    many = [cue(i, i + 0.3, "Hi") for i in range(3 * MOST)]
    found_ = found(*many, cue(700, 700.1, "x" * 99), seconds=1000)
    assert len(found_) == MOST and found_[0].score == 1.0
    assert f"{3 * MOST + 1} captions" in found_[-1].evidence.note


def test_speech_without_captions_is_found_by_its_stretches() -> None:
    first, second = found(speech=[voice(1, 3), voice(3.5, 6), voice(30, 31)])
    assert (first.category, first.source) == (MISSING, Source.AUDIO)
    assert (first.span.start, first.span.end, first.raw) == (1.0, 6.0, 4.5)
    assert first.score > 0.9 > second.score >= 0.5


def test_captions_that_end_half_way_leave_the_rest_uncovered() -> None:
    (finding,) = found(cue(1, 4), speech=[voice(1, 4), voice(20, 24)])
    assert (finding.span.start, finding.category) == (20.0, MISSING)


def test_speech_with_captions_is_covered_and_silence_needs_none() -> None:
    assert found(cue(1, 4), speech=[voice(0.6, 4.5)]) == []
    assert found() == []


def test_speech_that_is_not_sure_scores_lower() -> None:
    (sure,), (unsure,) = (found(speech=[voice(1, 9, raw)]) for raw in (0.95, 0.6))
    assert unsure.score < sure.score


def test_where_captions_may_be_hidden_nobody_says_that_they_are_missing() -> None:
    assert found(speech=[voice(1, 9)], unread=True) == []


def turns(seed: int) -> list[TimeSpan]:
    random = np.random.default_rng(seed)
    made, at = [], 1.0
    while at < 50:
        long = random.uniform(1.2, 3.5)
        made.append(TimeSpan(start=at, end=at + long))
        at += long + random.uniform(0.4, 2.5)
    return made


@pytest.mark.parametrize("late", [-4.0, -1.5, 1.5, 4.0])
def test_captions_out_of_step_with_speech_are_found_with_their_offset(late: float) -> None:
    speech = [one for one in turns(3) if one.start > 5]
    cues = [cue(one.start + late, one.end + late) for one in speech]
    timing = [
        one
        for one in found(*cues, speech=[voice(one.start, one.end) for one in speech])
        if "throughout" in one.evidence.note
    ]
    (finding,) = timing
    assert finding.raw == pytest.approx(late, abs=0.15)
    assert finding.score >= 0.5 and ("late" if late > 0 else "early") in finding.evidence.note


@pytest.mark.parametrize("seed", range(5))
def test_captions_in_step_are_no_finding_although_they_stand_longer(seed: int) -> None:
    speech = turns(seed)
    cues = [cue(one.start - 0.1, one.end + 0.2, "Hello there") for one in speech]
    notes = [
        one.evidence.note for one in found(*cues, speech=[voice(o.start, o.end) for o in speech])
    ]
    assert not [note for note in notes if "throughout" in note]


def test_too_little_speech_tells_no_offset() -> None:
    assert offset([TimeSpan(start=1, end=2)], [TimeSpan(start=4, end=5)]) is None


def test_what_is_uncovered_is_the_rest_of_the_speech() -> None:
    left = uncovered([TimeSpan(start=0, end=20)], [TimeSpan(start=5, end=6)])
    assert [(one.start, one.end) for one in left] == [(0, 4), (7, 20)]


@pytest.mark.parametrize(
    "empty", [cue(0, 10, "\u200b"), cue(0, 10, "."), cue(0, 10, "♪"), *(cue(at, at) for at in (5,))]
)
def test_captions_that_say_nothing_do_not_cover_speech(empty: Cue) -> None:
    missing = [one for one in found(empty, speech=[voice(1, 9)]) if one.category == MISSING]
    assert len(missing) == 1 and missing[0].score >= 0.5


def test_captions_that_overlap_cover_speech_together() -> None:
    cues = [TimeSpan(start=0, end=20), TimeSpan(start=2, end=4), TimeSpan(start=22, end=23)]
    left = uncovered([TimeSpan(start=1, end=30)], cues)
    assert left == [TimeSpan(start=24, end=30)]
