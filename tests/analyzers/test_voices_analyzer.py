"""Speech without its pauses, turns, voices and matches; what is said where the extra is absent."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from compliance.analyzers.base import References
from compliance.analyzers.likeness.voice_speech import RATE, blocks, stretches, windows
from compliance.analyzers.likeness.voice_turns import turns, voices
from compliance.analyzers.likeness.voices import VoiceAnalyzer
from compliance.errors import AnalyzerError, ModelMissing, ModelRefused
from compliance.findings import BankUse, Reference
from compliance.model_store import LoadedModel, ModelStore
from compliance.runtimes.voice_space import VoiceSpace
from compliance.types import AudioTrack, Source

WITH_EXTRA = importlib.util.find_spec("silero_vad") is not None
needs_extra = pytest.mark.skipif(not WITH_EXTRA, reason="needs the extra 'voice'")
RNG = np.random.default_rng(0)


def person(noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """A direction of 64 numbers, the same for one ``seed``, with noise that never is."""
    fixed = np.random.default_rng(seed).standard_normal(64)
    vector = fixed + noise * RNG.standard_normal(64)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def test_pauses_are_bridged_when_short_and_clicks_are_no_speech() -> None:
    likely = np.zeros(200, np.float32)
    likely[10:40], likely[44:80], likely[120:122], likely[150:180] = 0.9, 0.9, 0.9, 0.9
    found = stretches(likely, 512, 200 * 512)
    assert [(start // 512, -(-end // 512)) for start, end in found] == [
        (9, 81),
        (119, 123),
        (149, 181),
    ]


def test_speech_goes_on_at_a_probability_at_which_it_would_not_begin() -> None:
    likely = np.array([0.4] * 10 + [0.6] + [0.4] * 20, np.float32)
    ((start, end),) = stretches(likely, 512, len(likely) * 512)
    assert start > 8 * 512 and end == len(likely) * 512


def test_positions_in_speech_are_told_in_the_time_of_the_sound() -> None:
    samples = np.zeros(10 * RATE, np.float32)
    (first, second) = blocks(
        samples, [(RATE, 2 * RATE), (2 * RATE + 8000, 4 * RATE), (8 * RATE, 9 * RATE)]
    )
    assert first.time(0) == 1.0 and first.time(RATE) == 2.5
    assert first.time(RATE, end=True) == 2.0 and first.time(len(first.samples), end=True) == 4.0
    assert second.time(0) == 8.0


def test_windows_cover_all_of_the_speech() -> None:
    speech = np.arange(5 * RATE, dtype=np.float32)
    pieces, middles = windows(speech, 25_600)
    assert pieces[0][0] == 0 and pieces[-1][-1] == speech[-1]
    assert all(len(piece) == 25_600 for piece in pieces) and len(pieces) == len(middles)
    (short,), _ = windows(speech[:9000], 25_600)
    assert len(short) == 25_600


@pytest.mark.parametrize("cut", [4, 9, 15])
def test_a_turn_ends_where_the_voice_changes(cut: int) -> None:
    placed = [person(0.3, seed=0 if at < cut else 1) for at in range(20)]
    first, second = turns(np.stack(placed), apart=4)
    assert first == (0, pytest.approx(cut, abs=1)) and second[1] == 20


def test_one_voice_is_one_turn() -> None:
    assert turns(np.stack([person(0.5) for _ in range(30)]), apart=4) == [(0, 30)]
    assert turns(person()[None], apart=4) == [(0, 1)]


def test_turns_of_one_voice_are_joined_across_others() -> None:
    order = [0, 1, 0, 2, 1]
    placed = [person(0.3, seed=one) for one in order]
    assert voices(placed, [2.0] * 5) == order


def test_the_space_forgets_the_mean_voice_and_loudness(tmp_path: Path) -> None:
    space = VoiceSpace(person(seed=9), person(seed=8)[None], np.array([0.5], np.float32))
    one = person(seed=1)[None]
    assert space.place(one) == pytest.approx(space.place(3 * one), abs=1e-6)
    assert np.linalg.norm(space.place(one), axis=1) == pytest.approx(1.0, abs=1e-6)


def test_a_file_without_statistics_is_refused(tmp_path: Path) -> None:
    save_file({"mean": np.zeros(4, np.float32)}, tmp_path / "space.safetensors")
    card = ModelStore().card("resemblyzer-space")
    with pytest.raises(ModelRefused, match="statistics of voices"):
        VoiceSpace.of(LoadedModel(card, ("0" * 64,), (tmp_path / "space.safetensors",)))


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    for name in ("silero-vad", "resemblyzer", "resemblyzer-space"):
        card = (ModelStore().folders[0] / f"{name}.yaml").read_text("utf-8")
        named = card.replace("package: silero_vad", "package: silero_vad_absent")
        (tmp_path / f"{name}.yaml").write_text(named)
    with pytest.raises(ModelMissing) as caught:
        VoiceAnalyzer().setup("cpu", ModelStore(tmp_path))
    assert "pip install 'compliance[voice]'" in str(caught.value)


@pytest.fixture(scope="module")
def analyzer() -> VoiceAnalyzer:
    ready = VoiceAnalyzer()
    ready.setup("cpu", ModelStore())
    return ready


@needs_extra
def test_no_tracks_silence_and_nothing_give_nothing(analyzer: VoiceAnalyzer) -> None:
    tracks = [AudioTrack("a", np.zeros(count, np.float32), RATE) for count in (0, 1, 5 * RATE)]
    assert analyzer.observe_audio([]) == [] and analyzer.observe_audio(tracks) == []
    assert analyzer.reduce("a", []) == [] and analyzer.findings("a", [], None) == []


@needs_extra
def test_another_rate_is_an_error(analyzer: VoiceAnalyzer) -> None:
    with pytest.raises(AnalyzerError, match="16000"):
        analyzer.observe_audio([AudioTrack("a", np.zeros(100, np.float32), 44_100)])


@needs_extra
def test_tracks_together_are_tracks_alone_and_times_are_the_streams(
    analyzer: VoiceAnalyzer, shared_data: Path
) -> None:
    from sound_files import spoken

    folder = shared_data / "voices-librispeech/speakers"
    samples = spoken(folder / "367/367-130732-0000.flac", 0, 3)
    first, late = AudioTrack("a", samples, RATE), AudioTrack("b", samples, RATE, 7.5, 2)
    together = analyzer.observe_audio([first, late])
    alone = analyzer.observe_audio([first]) + analyzer.observe_audio([late])
    assert [one.id for one in together] == [one.id for one in alone]
    assert together[-1].span is not None and together[0].span is not None
    assert together[-1].span.start == pytest.approx(together[0].span.start + 7.5, abs=0.002)
    assert together[-1].attributes["stream"] == 2 and together[0].source is Source.AUDIO


@needs_extra
def test_the_nearest_people_come_first_and_their_templates_count_together(
    analyzer: VoiceAnalyzer, shared_data: Path
) -> None:
    from sound_files import speech

    folder = shared_data / "voices-librispeech/speakers"

    def seen(name: str) -> list:
        track = AudioTrack("a", speech(folder / name.split("-")[0] / name), RATE)
        return analyzer.reduce("a", analyzer.observe_audio([track]))

    enrolled = {
        "ann": ["1688-142285-0001.flac", "1688-142285-0007.flac"],
        "bob": ["1998-15444-0000.flac"],
        "eve": ["2414-128291-0001.flac"],
    }
    rows = [(name, seen(file)[0].vector) for name, files in enrolled.items() for file in files]
    references = References(
        refs=tuple(Reference(bank="talent", entry=name) for name, _ in rows),
        banks=(BankUse(name="talent", modality="voice", size=3, version="0" * 64),),
        vectors=np.stack([vector for _, vector in rows]),
    )
    found = analyzer.findings("a", seen("1688-142285-0006.flac"), references)
    matches = [one for one in found if one.category == "likeness.voice"]
    assert matches[0].reference is not None and matches[0].reference.entry == "ann"
    assert matches[0].rank == 1 and matches[0].score >= 0.9
    assert all(one.score < 0.5 for one in matches if one.rank > 1)
    assert len(
        {(one.reference.id, one.span.start) for one in matches if one.reference and one.span}
    ) == len(matches)


@needs_extra
def test_copies_in_other_banks_do_not_crowd_a_bank_out_and_odd_vectors_are_an_error(
    analyzer: VoiceAnalyzer, shared_data: Path
) -> None:
    from sound_files import speech

    folder = shared_data / "voices-librispeech/speakers/1688"
    track = AudioTrack("a", speech(folder / "1688-142285-0006.flac"), RATE)
    heard = analyzer.reduce("a", analyzer.observe_audio([track]))
    refs = tuple(Reference(bank=f"bank-{number}", entry="ann") for number in range(8))
    uses = tuple(BankUse(name=one.bank, modality="voice", size=1, version="0" * 64) for one in refs)
    vectors = np.stack([heard[0].vector] * len(refs))
    found = analyzer.findings("a", heard, References(refs, uses, vectors=vectors))
    assert {one.reference.bank for one in found if one.reference} == {one.bank for one in refs}
    with pytest.raises(AnalyzerError, match="do not compare"):  # which NumPy would stretch to fit
        analyzer.findings("a", heard, References(refs, uses, vectors=vectors[:, :1]))


@needs_extra
@pytest.mark.parametrize("tone", [5, 20, 40])
def test_a_loud_low_tone_hides_no_quiet_speech(
    analyzer: VoiceAnalyzer, shared_data: Path, tone: int
) -> None:
    from sound_files import spoken

    folder = shared_data / "voices-librispeech/speakers"
    speech = spoken(folder / "367/367-130732-0000.flac", 0, 6)
    speech = speech * np.float32(0.005 / np.sqrt(np.mean(speech**2)))
    hum = 0.75 * np.sin(2 * np.pi * tone * np.arange(len(speech)) / RATE)
    tracks = [AudioTrack("a", np.float32(sound), RATE) for sound in (speech, speech + hum)]

    def heard(track: AudioTrack) -> float:
        return sum(one.span.seconds for one in analyzer.observe_audio([track]) if one.span)

    clean, hummed = map(heard, tracks)
    assert hummed > 0.8 * clean > 1.0
