"""Recordings as the analyzer of voices hears them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compliance.analyzers.likeness.voice_speech import RATE, blocks, stretches, windows
from compliance.media.audio_parts import SoundPart
from compliance.media.decode import MediaReader
from compliance.model_store import ModelStore
from compliance.runtimes.voice_activity import STEP, VoiceActivity
from compliance.runtimes.voice_embedder import PARTIAL_SAMPLES, VoiceEmbedder
from compliance.types import Floats


@dataclass(frozen=True)
class Utterance:
    """One recording of one speaker."""

    speaker: str
    windows: Floats
    """Embeddings of its windows, shape (N, 256)."""
    seconds: float
    """Speech in it."""


def listen(path: Path) -> Floats:
    """Return the first channel of a sound file, 16 kHz."""
    parts: list[SoundPart] = []
    with MediaReader(path, listen=parts.append) as reader:
        for frame in reader.frames():
            frame.release()
    if not reader.summary.complete:
        raise SystemExit(f"{path}: {' '.join(reader.summary.gaps)}")
    return np.concatenate([part.samples for part in parts if part.channel == 0])


def embed_all(paths: Sequence[Path]) -> list[Utterance]:
    """Return each file's windows, as the analyzer makes them; a name starts with its speaker."""
    store = ModelStore()
    activity = VoiceActivity(store.load("silero-vad"))
    embedder = VoiceEmbedder(store.load("resemblyzer"), "cpu")
    found = []
    for path in paths:
        samples = listen(path)
        spoken = stretches(activity.probabilities(samples), STEP, len(samples))
        pieces = [
            piece
            for block in blocks(samples, spoken)
            for piece in windows(block.samples, PARTIAL_SAMPLES)[0]
        ]
        seconds = sum(end - start for start, end in spoken) / RATE
        found.append(Utterance(path.name.split("-")[0], embedder.embed(pieces), seconds))
    return found
