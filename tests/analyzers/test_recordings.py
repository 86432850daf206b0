"""The analyzer of recordings: what is found of a work in a clip, from when to when, and what is not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sound_pieces import RATE, music

from compliance.analyzers.base import References
from compliance.analyzers.works.recordings import RecordingAnalyzer
from compliance.analyzers.works.sound_prints import MAKER, recording_print
from compliance.errors import AnalyzerError
from compliance.findings import BankUse, Finding, Observation, Reference
from compliance.types import AudioTrack, Source


def track(samples: np.ndarray, start: float = 0.0, stream: int = 1) -> AudioTrack:
    return AudioTrack("clip", samples.astype(np.float32), RATE, start, stream)


def works(**files: Sequence[AudioTrack]) -> References:
    refs = tuple(Reference(bank="works", entry=name.split("_")[0]) for name in files)
    return References(
        refs=refs,
        banks=(BankUse(name="works", modality="work", size=len(refs), version="0" * 64),),
        prints=tuple(recording_print(tracks, name) for name, tracks in files.items()),
        details=("{}",) * len(refs),
    )


def observed(*tracks: AudioTrack) -> list[Observation]:
    analyzer = RecordingAnalyzer()
    return analyzer.reduce("clip", analyzer.observe_audio(tracks))


def found(references: References, *tracks: AudioTrack) -> list[Finding]:
    return RecordingAnalyzer().findings("clip", observed(*tracks), references)


def faster(samples: np.ndarray, speed: float) -> np.ndarray:
    times = np.arange(int(len(samples) / speed)) * speed
    return np.interp(times, np.arange(len(samples)), samples).astype(np.float32)


@pytest.fixture(scope="module")
def three() -> References:
    return works(**{f"song{seed}": [track(music(seed))] for seed in (1, 2, 3)})


def test_an_excerpt_is_found_with_its_times_in_both(three: References) -> None:
    clip = np.concatenate([music(8, 4), music(2)[7 * RATE : 12 * RATE], music(9, 3)])
    (one,) = found(three, track(clip, start=2.5))
    assert one.category == "ip.copy" and one.source is Source.AUDIO and one.score > 0.99
    assert one.reference is not None and one.reference.entry == "song2"
    assert one.span is not None and one.evidence.reference_span is not None
    assert one.span.start == pytest.approx(6.5, abs=0.5)
    assert one.span.end == pytest.approx(11.5, abs=0.5)
    assert one.evidence.reference_span.start == pytest.approx(7.0, abs=0.5)
    assert one.evidence.reference_span.end == pytest.approx(12.0, abs=0.5)
    assert "at its speed" in one.evidence.note


def test_other_music_is_nobodys(three: References) -> None:
    for seed in range(20, 26):
        assert found(three, track(music(seed))) == []


@pytest.mark.parametrize("speed", [0.96, 0.98, 1.02, 1.04])
def test_a_recording_that_runs_faster_or_slower_is_found(three: References, speed: float) -> None:
    (one,) = found(three, track(faster(music(1)[3 * RATE : 8 * RATE], speed)))
    assert one.score > 0.9 and one.reference is not None and one.reference.entry == "song1"
    assert one.evidence.reference_span is not None
    assert one.evidence.reference_span.start == pytest.approx(3.0, abs=0.5)
    assert ("faster and higher" if speed > 1 else "slower and lower") in one.evidence.note


def test_speech_as_loud_over_it_hides_no_recording(three: References, shared_data: Path) -> None:
    from sound_files import spoken

    voice = spoken(shared_data / "voices-librispeech/speakers/1688/1688-142285-0001.flac", 0, 5)
    excerpt = music(3)[2 * RATE : 7 * RATE]
    voice = voice * np.sqrt(np.mean(excerpt**2) / np.mean(voice**2))
    (one,) = found(three, track(excerpt + voice))
    assert one.score > 0.9 and one.reference is not None and one.reference.entry == "song3"


def test_a_voice_is_not_its_other_utterances_but_is_its_recording(shared_data: Path) -> None:
    from sound_files import speech

    folder = shared_data / "voices-librispeech/speakers"
    for speaker in sorted(folder.iterdir())[:2]:
        first, *others = (track(speech(file)) for file in sorted(speaker.glob("*.flac"))[:6])
        said = works(said=[first])
        assert found(said, *others) == []
        (same,) = found(said, track(first.samples[RATE : 6 * RATE]))
        assert same.score > 0.99


def test_several_excerpts_are_several_findings(three: References) -> None:
    one, two = music(1)[2 * RATE : 7 * RATE], music(1)[12 * RATE : 17 * RATE]
    clip = np.concatenate([two, music(30, 6), one, music(2)[4 * RATE : 9 * RATE]])
    segments = [
        (finding.reference.entry, round(finding.evidence.reference_span.start))
        for finding in found(three, track(clip))
        if finding.reference and finding.evidence.reference_span
    ]
    assert segments == [("song1", 12), ("song1", 2), ("song2", 4)]


def test_channels_and_files_of_a_work_give_one_finding() -> None:
    left, right = music(1), np.float32(0.5) * (music(1) + music(4))
    registered = works(song_album=[track(left), track(right)], song_single=[track(left)])
    clip = [track(side[4 * RATE : 10 * RATE]) for side in (left, right)]
    (one,) = found(registered, *clip)
    assert one.span is not None and one.span.seconds == pytest.approx(6, abs=0.5)


def test_a_long_copy_is_one_finding_across_parts(three: References) -> None:
    whole = music(1)
    cut = 9 * RATE + 1234
    (one,) = found(three, track(whole[:cut]), track(whole[cut:], start=cut / RATE))
    assert one.span is not None and one.span.seconds > 19


def test_order_changes_nothing_and_an_index_is_kept_for_a_bank(three: References) -> None:
    analyzer = RecordingAnalyzer()
    seen = analyzer.observe_audio([track(music(1)[:80_000]), track(music(2)[:80_000], stream=2)])
    findings = [
        analyzer.findings("clip", analyzer.reduce("clip", order), three)
        for order in (seen, seen[::-1])
    ]
    assert [one.id for one in findings[0]] == [one.id for one in findings[1]]
    assert len(findings[0]) == 2


def test_nothing_gives_nothing(three: References) -> None:
    silent = [track(np.zeros(count)) for count in (0, 1, 5 * RATE)]
    assert observed() == [] and observed(*silent) == []
    assert found(three) == [] and RecordingAnalyzer().findings("clip", [], None) == []


def test_observations_hold_peaks_and_know_no_bank() -> None:
    (one,) = observed(track(music(5), start=1.0))
    assert (
        one.kind == "landmarks"
        and one.data is not None
        and one.raw == int.from_bytes(one.data[:4], "little")
    )
    assert one.span is not None and (one.span.start, one.span.end) == (1.0, 21.0)
    assert RecordingAnalyzer.spec.prints == MAKER and RecordingAnalyzer.spec.modality == "work"


def test_another_rate_is_an_error() -> None:
    with pytest.raises(AnalyzerError, match="16000"):
        RecordingAnalyzer().observe_audio([AudioTrack("a", np.zeros(100, np.float32), 44_100)])
