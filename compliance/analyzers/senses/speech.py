"""What is spoken, as text with times, by Whisper: lines of source ``speech``, for every analyzer of text.

Windows overlap, so that a word at an edge is whole in one of them; what both heard alike is one line, and what
they heard differently are two. A window in which nothing is audible is not listened to. Where the network
itself holds silence for likely and its own text for unlikely, the text is dropped: networks of this kind answer
silence with phrases that end many videos. Where its text ends long before what is audible does, the rest is
heard again by itself: such networks stop early now and then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.errors import AnalyzerError
from compliance.findings import Finding, ModelUse, Observation, RawKind
from compliance.model_store import ModelStore
from compliance.types import AudioTrack, Floats, Source, TimeSpan

if TYPE_CHECKING:
    from compliance.runtimes.whisper import Heard

RATE = 16_000
"""Samples a second, Hz."""
WINDOW, OVERLAP = 30.0, 5.0
"""Seconds of a window, and seconds that it shares with the next: more than most phrases take."""
SHORTEST = 3.0
"""Seconds of a window that is not halved again where the network had no room for all of its text."""
LEAST_HEARD = 1.0
"""Seconds of a window that its text has to take for the rest to be heard by itself: it has to end."""
SILENCE, UNLIKELY = 0.6, -1.0
"""Probability of silence from which, and mean log probability of tokens below which, text is made up: both of
OpenAI's own settings."""


class SpeechAnalyzer:
    """Whisper large-v3-turbo."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="speech",
        version="2",
        categories=(),
        sources=frozenset({Source.SPEECH}),
        models=("whisper-large-v3-turbo",),
        libraries=("torch", "transformers"),
        runtime="torch",
        tier="full",
        batch=1,
        gpu_batch=16,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the network onto ``device``."""
        from compliance.runtimes.whisper import Whisper

        loaded = models.load(self.spec.models[0])
        self._network = Whisper(loaded, device)
        self._batch = self.spec.batch_on(device)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the network."""
        return self._models

    def observe_audio(self, tracks: Sequence[AudioTrack]) -> list[Observation]:
        """Return one ``text_line`` for each phrase.

        ``raw`` is the mean probability of a token of its window; attributes are the ``stream``, the
        ``language`` and ``silence``, the probability that nobody speaks.

        Raises:
            AnalyzerError: sound comes at another rate, or cannot be transcribed whole.
        """
        return [line for track in tracks for line in self._lines(track)]

    def _lines(self, track: AudioTrack) -> Iterator[Observation]:
        from compliance.runtimes.whisper import audible

        if track.rate != RATE:
            raise AnalyzerError(
                "sound comes at another rate than speech is heard at",
                expected=f"{RATE} samples a second",
                found=str(track.rate),
                where=self.spec.name,
            )
        waiting = [
            (start, piece)
            for start, piece in windows(track.samples, WINDOW, OVERLAP)
            if audible(piece)
        ]
        while waiting:
            some, waiting = waiting[: self._batch], waiting[self._batch :]
            heard = self._network.transcribe([piece for _, piece in some])
            for (start, piece), one in zip(some, heard, strict=True):
                if not one.whole:
                    waiting += [(start + at, part) for at, part in _halves(piece, self.spec.name)]
                    continue
                waiting += [(start + at, part) for at, part in _rest(piece, one)]
                if one.silence > SILENCE and one.confidence < UNLIKELY:
                    continue
                for phrase in one.phrases:
                    begin = track.start + start + phrase.start
                    yield Observation(
                        asset=track.asset,
                        analyzer=self.spec.name,
                        kind="text_line",
                        source=Source.SPEECH,
                        span=TimeSpan(
                            start=round(begin, 2),
                            end=round(begin + phrase.end - phrase.start, 2),
                        ),
                        raw=round(float(np.exp(one.confidence)), 4),
                        raw_kind=RawKind.PROBABILITY,
                        text=phrase.text,
                        attributes={
                            "stream": track.stream,
                            "language": one.language,
                            "silence": one.silence,
                        },
                    )

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return the lines in order of time, once where two windows heard the same."""
        kept: list[Observation] = []
        for one in sorted(observations, key=_order):
            if not any(_same(other, one) for other in reversed(kept[-20:])):
                kept.append(one)
        return kept

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return nothing: what is said means something to the analyzers of text."""
        return []

    def close(self) -> None:
        """Nothing outlives the object."""


def windows(samples: Floats, seconds: float, overlap: float) -> list[tuple[float, Floats]]:
    """Return windows over all samples, each with its first moment in seconds; the last may be shorter."""
    size, hop = round(seconds * RATE), round((seconds - overlap) * RATE)
    starts = range(0, max(len(samples) - round(overlap * RATE), 1), hop)
    return [(start / RATE, samples[start : start + size]) for start in starts]


def _rest(piece: Floats, heard: Heard) -> list[tuple[float, Floats]]:
    """Return what comes after the text of a window, where that is long and audible, and when: seconds."""
    from compliance.runtimes.whisper import audible

    end = max((one.end for one in heard.phrases), default=0.0)
    rest = piece[round(end * RATE) :]
    if end < LEAST_HEARD or len(rest) <= OVERLAP * RATE or not audible(rest):
        return []
    return [(end, rest)]


def _halves(piece: Floats, where: str) -> list[tuple[float, Floats]]:
    """Return the halves of a window that held more text than the network has room for."""
    seconds = len(piece) / RATE
    if seconds <= SHORTEST:
        raise AnalyzerError(
            "speech cannot be turned into text whole",
            expected=f"text that ends, of {seconds:.1f} s of sound",
            found="text that goes on and on, as networks make of noise and music",
            where=where,
            fix="give what is spoken with --transcript FILE",
        )
    return windows(piece, seconds * 0.6, seconds * 0.2)


def _same(one: Observation, other: Observation) -> bool:
    if one.span is None or other.span is None:
        return False
    return (
        one.attributes["stream"] == other.attributes["stream"]
        and _plain(one.text) == _plain(other.text)
        and other.span.start < one.span.end
        and one.span.start < other.span.end
    )


def _plain(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").casefold()))


def _order(one: Observation) -> tuple[float, float, str]:
    return (one.span.start, one.span.end, one.id) if one.span else (0.0, 0.0, one.id)
