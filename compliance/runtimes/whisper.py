"""Adapter around transformers' Whisper: from 30 s of sound to timed text, from checked files only.

Decoding is greedy and in batches, so that the same sound gives the same text; the rules for times are
transformers' own. Nothing is conditioned on the text before, which lets one mistake spread.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compliance.errors import AnalyzerError, ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.runtimes.torch import precision
from compliance.runtimes.transformers import load_part, part_from_files
from compliance.types import Floats

RATE = 16_000
"""Samples a second that the network takes, Hz."""
WINDOW = 30.0
"""Seconds that it sees at once."""
TICK = 0.02
"""Seconds between two of its tokens for times."""


@dataclass(frozen=True)
class Phrase:
    """Text with its times."""

    start: float
    """First moment, seconds from the start of the window."""
    end: float
    """Last moment."""
    text: str
    """What is said."""


@dataclass(frozen=True)
class Heard:
    """What was made of one window."""

    phrases: tuple[Phrase, ...]
    """In order of time."""
    language: str
    """Code of the likeliest language, such as ``en``."""
    silence: float
    """Probability that nobody speaks, 0…1."""
    confidence: float
    """Mean log probability of its tokens, ≤ 0."""
    whole: bool
    """False where text was cut off: the network has no room for more tokens."""


class Whisper:
    """A speech recogniser; calls from several threads run one after the other."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load configuration, features, tokenizer and safetensors weights.

        Raises:
            ModelError: the files make no multilingual Whisper with times.
        """
        import torch

        network = load_part(model, "AutoModelForSpeechSeq2Seq")
        self._features: Any = part_from_files(
            model, "AutoFeatureExtractor", {"local_files_only": True, "trust_remote_code": False}
        )
        self._tokenizer: Any = load_part(model, "AutoTokenizer")
        self._name = model.card.id
        self._rules: Any = network.generation_config
        absent = [
            name
            for name in ("no_timestamps_token_id", "lang_to_id", "task_to_id")
            if not getattr(self._rules, name, None)
        ]
        if absent or self._features.sampling_rate != RATE:
            raise ModelError(
                "the files make no Whisper that this can run",
                expected=f"a multilingual one with times, for {RATE} samples a second",
                found=f"no {', '.join(absent)}" if absent else str(self._features.sampling_rate),
                where=model.card.id,
                fix=f"compliance models remove {model.card.id}, then pull it again",
            )
        self._device = torch.device(device)
        self._dtype = torch.bfloat16 if precision(device) == "bf16" else torch.float32
        self._network = network.eval().requires_grad_(False).to(self._device, self._dtype)
        self._room = int(network.config.max_target_positions)
        self._times = int(self._rules.no_timestamps_token_id) + 1
        self._end = int(network.config.eos_token_id)
        self._languages = {
            int(id): name.strip("<|>") for name, id in self._rules.lang_to_id.items()
        }
        self._lock = threading.Lock()

    def transcribe(self, windows: Sequence[Floats]) -> list[Heard]:
        """Return what is said in each window.

        Args:
            windows: mono, float32, shape (N,) each, 16 kHz, -1…1, 30 s at most.

        Raises:
            AnalyzerError: a window is longer, or the network gave NaN or infinity.
        """
        import torch

        if not windows:
            return []
        longest = max(len(window) for window in windows)
        if longest > WINDOW * RATE:
            raise AnalyzerError(
                "a window of sound is longer than the network sees",
                expected=f"{WINDOW} s at most",
                found=f"{longest / RATE:.1f} s",
                where=self._name,
            )
        made = self._features(list(windows), sampling_rate=RATE, return_tensors="pt")
        with self._lock, torch.inference_mode():
            given = made["input_features"].to(self._device, self._dtype)
            seen = self._network.get_encoder()(given)
            return self._decode(seen, [len(window) / RATE for window in windows])

    def _decode(self, seen: Any, seconds: Sequence[float]) -> list[Heard]:
        import torch

        count = len(seconds)
        begin = torch.full((count, 1), int(self._network.config.decoder_start_token_id))
        first = self._logits(seen, begin, None)[0]
        silence = torch.softmax(first, -1)[:, self._times - 2]
        codes = torch.tensor(sorted(self._languages))
        spoken = codes[first[:, codes].argmax(-1)]
        task = torch.full((count, 1), int(self._rules.task_to_id["transcribe"]))
        tokens = torch.cat((begin, spoken[:, None], task), 1)
        sums, ended = self._write(seen, tokens)
        made = []
        for row, length in enumerate(seconds):
            said, logs = ended[row], sums[row]
            whole = bool(said) and said[-1] == self._end
            made.append(
                Heard(
                    phrases=tuple(self._phrases(said, length)),
                    language=self._languages[int(spoken[row])],
                    silence=round(float(silence[row]), 4),
                    confidence=round(logs / max(len(said), 1), 4),
                    whole=whole,
                )
            )
        return made

    def _write(self, seen: Any, tokens: Any) -> tuple[list[float], list[list[int]]]:
        """Return the sum of log probabilities and the tokens of each row, its end token last if it came."""
        import torch

        processors = self._processors(tokens.shape[1])
        count = len(tokens)
        said: list[list[int]] = [[] for _ in range(count)]
        sums = [0.0] * count
        open_ = torch.ones(count, dtype=torch.bool)
        cache: Any = None
        given = tokens
        while bool(open_.any()) and tokens.shape[1] < self._room:
            logits, cache = self._logits(seen, given, cache)
            for processor in processors:
                logits = processor(tokens, logits)
            logs = torch.log_softmax(logits, -1)
            best = torch.where(open_, logs.argmax(-1), torch.tensor(self._end))
            for row in torch.nonzero(open_)[:, 0].tolist():
                token = int(best[row])
                said[row].append(token)
                sums[row] += float(logs[row, token])
            open_ &= best != self._end
            given = best[:, None]
            tokens = torch.cat((tokens, given), 1)
        return sums, said

    def _logits(self, seen: Any, tokens: Any, cache: Any) -> tuple[Any, Any]:
        """Return float32 logits of the next token on the CPU, shape (N, tokens), and the cache."""
        import torch

        made = self._network(
            encoder_outputs=seen,
            decoder_input_ids=tokens.to(self._device),
            past_key_values=cache,
            use_cache=True,
        )
        last = made.logits[:, -1].float().cpu()
        finite(last.numpy(), self._name)
        return torch.clone(last), made.past_key_values

    def _processors(self, begin: int) -> list[Any]:
        """Return transformers' own rules for what may follow, for text that begins at position ``begin``."""
        from transformers.generation import logits_process as rules

        made: list[Any] = []
        if never := getattr(self._rules, "suppress_tokens", None):
            made.append(rules.SuppressTokensLogitsProcessor(never))
        if at_first := getattr(self._rules, "begin_suppress_tokens", None):
            made.append(rules.SuppressTokensAtBeginLogitsProcessor(at_first, begin))
        made.append(rules.WhisperTimeStampLogitsProcessor(self._rules, begin_index=begin))
        return made

    def _phrases(self, tokens: Sequence[int], seconds: float) -> list[Phrase]:
        """Cut tokens at the times between them; what has no end lasts to the end of the window."""
        found: list[Phrase] = []
        start, said = 0.0, list[int]()

        def close(end: float) -> None:
            text = self._tokenizer.decode(said, skip_special_tokens=True).strip()
            if text:
                first = min(start, seconds)
                found.append(Phrase(first, max(first, min(end, seconds)), text))
            said.clear()

        for token in tokens:
            if token >= self._times:
                at = round((token - self._times) * TICK, 2)
                close(at)
                start = at
            else:
                said.append(token)
        close(seconds)
        return found


def audible(samples: Floats) -> bool:
    """Tell whether any tenth of a second is louder than -60 dB of full scale."""
    step = RATE // 10
    return any(
        float(np.square(part, dtype=np.float64).mean()) > 1e-6
        for part in np.array_split(samples, max(len(samples) // step, 1))
        if len(part)
    )
