"""Speech becomes text with times by a real Whisper of two layers, which babbles; what is done with that."""

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_models import quietly, write_card

from compliance.analyzers.senses.speech import SpeechAnalyzer, windows
from compliance.errors import AnalyzerError, ModelError
from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.runtimes.whisper import Heard, Phrase, Whisper, audible
from compliance.types import AudioTrack, Source, TimeSpan

NAME = SpeechAnalyzer.spec.models[0]
RATE = 16_000


def tiny_whisper(folder: Path, ends: float = 2.0, **rules) -> Path:
    """Save a Whisper of two layers that writes letters, with tokens for three languages."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        GenerationConfig,
        PreTrainedTokenizerFast,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    quietly()
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|ja|>"]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    ids = {letter: index for index, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.BPE(ids, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=special[0])
    fast.save_pretrained(folder / NAME)
    code = {token: fast.convert_tokens_to_ids(token) for token in special}
    times = code["<|notimestamps|>"] + 1
    torch.manual_seed(7)
    config = WhisperConfig(
        vocab_size=times + 1501,
        num_mel_bins=80,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_target_positions=64,
        decoder_start_token_id=code["<|startoftranscript|>"],
        bos_token_id=code["<|endoftext|>"],
        eos_token_id=code["<|endoftext|>"],
        pad_token_id=code["<|endoftext|>"],
        init_std=0.3,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    network = WhisperForConditionalGeneration(config)
    with torch.no_grad():  # so that what it writes comes to an end
        network.model.decoder.layer_norm.bias[0] = 1.0
        network.proj_out.weight[code["<|endoftext|>"]] = ends * torch.eye(32)[0]
    given = {
        "no_timestamps_token_id": code["<|notimestamps|>"],
        "lang_to_id": {one: code[one] for one in ("<|en|>", "<|de|>", "<|ja|>")},
        "task_to_id": {"transcribe": code["<|transcribe|>"], "translate": code["<|translate|>"]},
        "is_multilingual": True,
        "max_initial_timestamp_index": 50,
        "suppress_tokens": [code[one] for one in special[1:]],
    }
    network.generation_config = GenerationConfig(
        bos_token_id=code["<|endoftext|>"],
        eos_token_id=code["<|endoftext|>"],
        pad_token_id=code["<|endoftext|>"],
        decoder_start_token_id=code["<|startoftranscript|>"],
        **(given | rules),
    )
    network.save_pretrained(folder / NAME)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder / NAME)
    return write_card(
        folder, NAME, task="speech recognition", input={"shape": "float32 (N, 80, 3000)"}
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> ModelStore:
    folder = tmp_path_factory.mktemp("whisper")
    tiny_whisper(folder)
    return ModelStore(folder)


@pytest.fixture(scope="module")
def network(store) -> Whisper:
    return Whisper(store.load(NAME), "cpu")


@pytest.fixture
def speech(store) -> SpeechAnalyzer:
    analyzer = SpeechAnalyzer()
    analyzer.setup("cpu", store)
    return analyzer


def sound(seconds: float, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (0.1 * random.standard_normal(round(seconds * RATE))).astype(np.float32)


def track(samples: np.ndarray, start: float = 0.0, rate: int = RATE) -> AudioTrack:
    return AudioTrack("a", samples, rate, start, 1)


class Says:
    """A network that says what it is told to, window by window."""

    def __init__(self, *heard: Heard) -> None:
        self.heard, self.given = list(heard), []

    def transcribe(self, pieces):
        self.given += [len(piece) / RATE for piece in pieces]
        return [self.heard.pop(0) for _ in pieces]


def heard(*phrases: Phrase, silence=0.1, confidence=-0.2, whole=True) -> Heard:
    return Heard(phrases, "en", silence, confidence, whole)


def test_a_window_gives_the_tokens_that_the_library_itself_would_write(store, monkeypatch) -> None:
    import torch

    monkeypatch.setattr("compliance.runtimes.whisper.precision", lambda device: "fp32")
    network = Whisper(store.load(NAME), "cpu")

    samples = sound(29.0)
    made = network._features([samples], sampling_rate=RATE, return_tensors="pt")
    with torch.inference_mode():
        given = made["input_features"].to(network._dtype)
        seen = network._network.get_encoder()(given)
        begin = int(network._network.config.decoder_start_token_id)
        english = network._rules.lang_to_id["<|en|>"]
        task = network._rules.task_to_id["transcribe"]
        prompt = torch.tensor([[begin, english, task]])
        _, ((*mine,),) = network._write(seen, prompt)
        theirs = network._network.generate(
            given, language="en", task="transcribe", return_timestamps=True, max_new_tokens=61,
            return_dict_in_generate=False, do_sample=False, num_beams=1,
        )  # fmt: skip
    # Where a segment has no end, the library begins anew behind the one before; here windows overlap instead.
    theirs = theirs[0].tolist()[:10]
    assert mine[:10] == theirs and sum(token >= network._times for token in theirs) > 3


def test_several_windows_at_once_give_what_each_gives_alone(network) -> None:
    pieces = [sound(10, 1), sound(30, 2), sound(3, 3)]
    together = network.transcribe(pieces)
    alone = [network.transcribe([piece])[0] for piece in pieces]
    assert [one.phrases for one in together] == [one.phrases for one in alone]
    assert [one.language for one in together] == [one.language for one in alone]


def test_times_stay_within_the_window_and_numbers_within_their_ranges(network) -> None:
    (made,) = network.transcribe([sound(7.5)])
    assert made.phrases and made.language in ("en", "de", "ja")
    assert all(0 <= one.start <= one.end <= 7.5 for one in made.phrases)
    assert 0 <= made.silence <= 1 and made.confidence <= 0


def test_text_between_times_becomes_phrases(network) -> None:
    letters = network._tokenizer("one", add_special_tokens=False)["input_ids"]
    more = network._tokenizer("two", add_special_tokens=False)["input_ids"]
    times = network._times
    tokens = [times, *letters, times + 50, times + 100, *more, network._end]
    assert network._phrases(tokens, 9.0) == [Phrase(0.0, 1.0, "one"), Phrase(2.0, 9.0, "two")]


def test_a_window_that_is_too_long_is_refused(network) -> None:
    with pytest.raises(AnalyzerError, match="30"):
        network.transcribe([sound(31)])
    assert network.transcribe([]) == []


def test_numbers_that_are_not_finite_are_an_error(store) -> None:
    broken = Whisper(store.load(NAME), "cpu")
    broken._network.model.decoder.layer_norm.weight.fill_(float("nan"))
    with pytest.raises(AnalyzerError, match="finite"):
        broken.transcribe([sound(2)])


def test_files_that_know_no_languages_are_refused(tmp_path: Path) -> None:
    tiny_whisper(tmp_path, lang_to_id=None)
    with pytest.raises(ModelError, match="lang_to_id"):
        Whisper(ModelStore(tmp_path).load(NAME), "cpu")


def test_windows_overlap_and_cover_every_sample() -> None:
    samples = np.arange(int(70.5 * RATE), dtype=np.float32)
    found = windows(samples, 30.0, 5.0)
    assert [start for start, _ in found] == [0.0, 25.0, 50.0]
    assert set(np.concatenate([piece for _, piece in found])) == set(samples)
    assert len(windows(samples[:10], 30.0, 5.0)) == 1


def test_the_analyzer_hands_on_lines_of_speech_with_the_times_of_the_asset(speech) -> None:
    lines = speech.reduce("a", speech.observe_audio([track(sound(8.0), start=100.0)]))
    assert lines and {one.kind for one in lines} == {"text_line"}
    assert {one.source for one in lines} == {Source.SPEECH}
    assert all(100.0 <= one.span.start <= one.span.end <= 108.01 for one in lines)
    assert json.dumps(lines[0].attributes)


def test_the_same_sound_gives_the_same_lines(speech) -> None:
    first, second = (speech.observe_audio([track(sound(8.0))]) for _ in range(2))
    assert [one.id for one in first] == [one.id for one in second]
    assert speech.observe_audio([]) == []


def test_silence_is_not_listened_to(speech) -> None:
    speech._network = Says()
    assert speech.observe_audio([track(np.zeros(90 * RATE, np.float32))]) == []
    assert speech.observe_audio([track(np.zeros(0, np.float32))]) == []
    assert not audible(np.full(RATE, 1e-4, np.float32))
    assert audible(np.r_[np.zeros(29 * RATE), 0.05 * np.ones(RATE)].astype(np.float32))


def test_what_is_made_up_of_silence_is_dropped_and_what_is_likely_speech_is_not(speech) -> None:
    thanks = Phrase(0.0, 2.0, "Thanks for watching!")
    for silence, confidence, kept in ((0.9, -1.5, 0), (0.9, -0.2, 1), (0.1, -1.5, 1)):
        speech._network = Says(heard(thanks, silence=silence, confidence=confidence))
        assert len(speech.observe_audio([track(sound(5))])) == kept


def test_what_two_windows_heard_alike_is_one_line_and_otherwise_two(speech) -> None:
    speech._network = Says(
        heard(Phrase(26.0, 28.0, "Call now."), Phrase(28.5, 29.9, "Or nev")),
        heard(Phrase(1.0, 3.1, "call now"), Phrase(3.5, 5.5, "Or never")),
    )
    lines = speech.reduce("a", speech.observe_audio([track(sound(32))]))
    assert [one.text for one in lines] == ["Call now.", "Or nev", "Or never"]


def test_a_window_with_more_text_than_there_is_room_for_is_halved(speech) -> None:
    part = [heard(Phrase(0.0, 11.0, f"part {n}")) for n in range(2)]
    speech._network = Says(heard(whole=False), *part)
    lines = speech.reduce("a", speech.observe_audio([track(sound(20))]))
    assert speech._network.given == pytest.approx([20, 12, 12], abs=0.01)
    assert [(one.text, one.span.start) for one in lines] == [("part 0", 0.0), ("part 1", 8.0)]


def test_what_is_audible_long_after_the_text_ends_is_heard_again(speech) -> None:
    speech._network = Says(heard(Phrase(0.0, 12.0, "First.")), heard(Phrase(1.0, 16.0, "Then.")))
    lines = speech.reduce("a", speech.observe_audio([track(sound(29))]))
    assert speech._network.given == pytest.approx([29, 17], abs=0.01)
    assert [(one.text, one.span.start) for one in lines] == [("First.", 0.0), ("Then.", 13.0)]


def test_a_silent_rest_is_not_heard_again(speech) -> None:
    speech._network = Says(heard(Phrase(0.0, 12.0, "First.")))
    assert (
        len(speech.observe_audio([track(np.r_[sound(12), np.zeros(17 * RATE, np.float32)])])) == 1
    )


def test_text_without_end_is_an_error_and_never_half_a_transcript(speech) -> None:
    speech._network = Says(*(heard(whole=False) for _ in range(99)))
    with pytest.raises(AnalyzerError, match="--transcript"):
        speech.observe_audio([track(sound(30))])


def test_another_rate_is_an_error(speech) -> None:
    with pytest.raises(AnalyzerError, match="16000"):
        speech.observe_audio([track(sound(1), rate=8000)])


def test_the_same_words_later_are_another_line(speech) -> None:
    one = Observation(
        "a", "speech", "text_line", Source.SPEECH, TimeSpan(start=0, end=1), text="Hi",
        attributes={"stream": 1},
    )  # fmt: skip
    later = one.but(span=TimeSpan(start=5, end=6))
    assert speech.reduce("a", [later, one]) == [one, later]
