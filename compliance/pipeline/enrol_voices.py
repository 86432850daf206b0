"""From recordings to the voice templates that a bank of people stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.analyzers.base import AudioAnalyzer
from compliance.banks.people import Template
from compliance.errors import BankError, PluginError
from compliance.files import sha256_of
from compliance.findings import Observation
from compliance.media.audio_parts import RATE, SoundPart
from compliance.media.decode import MediaReader
from compliance.model_store import ModelStore
from compliance.pipeline.device import choose_device
from compliance.pipeline.plan import filling
from compliance.plugins import analyzer_specs, make_analyzers
from compliance.settings import Settings
from compliance.types import AudioTrack, Floats

LEAST_SPEECH = 3.0
"""Speech without pauses, seconds, that a template is made of: a single short sentence."""
MOST_CLIPPED = 0.01
"""Share of the samples of speech at the largest value there is; loud but sound recordings have hardly any."""
LEAST_ABOVE_NOISE = 10.0
"""How far speech lies above what is heard in its pauses, dB; clean recordings have 30 and more."""
_FULL = 0.999
_FRAME = RATE // 50


def voice_templates(files: Sequence[Path], settings: Settings) -> list[Template]:
    """Return one template for each recording, by the analyzer that reviews under the same settings use.

    Args:
        files: sound or video files in which one person speaks alone.
        settings: runtime knobs.

    Raises:
        BankError: a file does not exist, is given twice, cannot be listened to, holds too little or no speech,
            several voices, or speech that is clipped or drowned in noise; names the file.
        ModelError: a model of the analyzer cannot be used.
        PluginError: no analyzer makes templates of voices under the settings.
    """
    if not files:
        return []
    digests = _digests(files)
    analyzer, embedding = _ready(settings)
    return [
        Template(
            vector=_embedding(file, analyzer, settings),
            modality="voice",
            model=embedding,
            source_sha256=digest,
        )
        for file, digest in zip(files, digests, strict=True)
    ]


def _digests(files: Sequence[Path]) -> list[str]:
    """Return the SHA-256 of each file; refuse one that is given twice or cannot be read."""
    known: dict[str, Path] = {}
    for file in files:
        try:
            digest = sha256_of(file)
        except OSError as error:
            raise _refused(file, "the file cannot be read", error.strerror or str(error)) from error
        if digest in known:
            raise _refused(file, "the same file is given twice", f"the content of {known[digest]}")
        known[digest] = file
    return list(known)


def _embedding(file: Path, analyzer: AudioAnalyzer, settings: Settings) -> Floats:
    """Return the embedding of the one voice in ``file``, float32, shape (D,)."""
    parts = _sound(file, settings)
    tracks = [AudioTrack("recording", one.samples, RATE, one.start, one.stream) for one in parts]
    turns = analyzer.reduce("recording", analyzer.observe_audio(tracks))
    if not turns:
        raise _refused(file, "nobody speaks in the recording", "no speech")
    names = {turn.attributes["track"] for turn in turns}
    if len(names) > 1:
        raise _refused(file, "the recording holds several voices", f"{len(names)} voices")
    seconds = np.array([turn.attributes["seconds"] for turn in turns])
    if seconds.sum() < LEAST_SPEECH:
        found = f"{seconds.sum():.1f} s of speech"
        raise _refused(file, f"the recording needs {LEAST_SPEECH:g} s of speech or more", found)
    _check_quality(file, parts, turns)
    vectors = np.stack([turn.vector for turn in turns if turn.vector is not None])
    mean = (vectors * seconds[:, None]).sum(0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _sound(file: Path, settings: Settings) -> list[SoundPart]:
    parts: list[SoundPart] = []
    with MediaReader(file, settings.decode_limits, listen=parts.append) as reader:
        for frame in reader.frames():
            frame.release()
    if reader.summary.gaps:
        raise _refused(file, "the recording cannot be decoded", " ".join(reader.summary.gaps))
    if not parts:
        raise _refused(file, "the file has no sound", reader.info.format if reader.info else "none")
    return parts


def _check_quality(file: Path, parts: Sequence[SoundPart], turns: Sequence[Observation]) -> None:
    """Refuse speech that is clipped, or hardly louder than what is heard beside it."""
    speech, rest = [], []
    for part in parts:
        heard = np.zeros(len(part.samples), bool)
        for turn in turns:
            if turn.span is not None and turn.attributes["stream"] == part.stream:
                edges = (np.array([turn.span.start, turn.span.end]) - part.start) * RATE
                first, last = edges.clip(0, len(heard)).astype(int)
                heard[first:last] = True
        speech.append(part.samples[heard])
        rest.append(part.samples[~heard])
    spoken = np.concatenate(speech)
    clipped = float((np.abs(spoken) >= _FULL).mean())
    if clipped > MOST_CLIPPED:
        raise _refused(file, "the recording is clipped", f"{clipped:.1%} of it at full scale")
    # Within speech there are pauses of a few hundredths of a second: what is heard then is noise.
    levels = np.sort(_levels(np.concatenate([spoken, *rest])))
    loud, quiet = np.quantile(_levels(spoken), 0.9), levels[len(levels) // 20]
    above = float(10 * np.log10((loud + 1e-12) / (quiet + 1e-12)))
    if above < LEAST_ABOVE_NOISE:
        raise _refused(
            file, "the speech is drowned in noise", f"{above:.0f} dB between speech and pauses"
        )


def _levels(samples: Floats) -> Floats:
    """Return the mean square of each 20 ms."""
    count = len(samples) // _FRAME
    return np.asarray(np.square(samples[: count * _FRAME]).reshape(count, _FRAME).mean(1))


def _ready(settings: Settings) -> tuple[AudioAnalyzer, str]:
    """Return the analyzer of voices under ``settings``, set up, and the digest of its embedding."""
    specs = analyzer_specs()
    names = [
        name
        for name in filling(specs, settings.analyzers, settings.tier)
        if specs[name].modality == "voice"
    ]
    analyzer = make_analyzers(names[:1])[names[0]] if names else None
    if not isinstance(analyzer, AudioAnalyzer):
        raise PluginError(
            "no analyzer makes templates of voices under these settings",
            expected="an analyzer of sound that compares voices",
            found=names[0] if names else "none",
            where="settings 'analyzers' and 'tier'",
            fix="name voices in COMPLIANCE_ANALYZERS",
        )
    device = choose_device(settings.device, analyzer.spec.runtime).name
    analyzer.setup(device, ModelStore.of(settings))
    (digest,) = (use.sha256 for use in analyzer.models() if use.id == analyzer.spec.embedding)
    return analyzer, digest


def _refused(file: Path, message: str, found: str) -> BankError:
    return BankError(
        message,
        expected=f"a clean recording of this person alone, with {LEAST_SPEECH:g} s of speech or more",
        found=found,
        where=str(file),
        fix="cut the recording to this person's speech, or take another",
    )
