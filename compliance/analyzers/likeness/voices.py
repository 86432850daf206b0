"""Voices in sound, and the people in banks whose voices they are.

Speech is found, cut where the voice changes, and embedded without knowing any bank; turns of one voice over the
asset are a track, ``voice-1`` and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.likeness.voice_speech import HOP, RATE, Speech, blocks, stretches, windows
from compliance.analyzers.likeness.voice_turns import turns, voices
from compliance.errors import AnalyzerError, ModelMissing
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind, Reference
from compliance.model_store import LoadedModel, ModelStore
from compliance.taxonomy import PRESENCE
from compliance.types import AudioTrack, Floats, Source, TimeSpan

SCORE_FLOOR = 0.05
"""Least score of a match that is kept."""
TOP = 3
"""References of each bank kept for each track, best first: those of one bank must not crowd out another's."""
OF_ITS_OWN = 2.4
"""Speech, seconds, from which a turn is compared by itself as well as with its track, so that a voice that was
joined to another's track by mistake is still found."""
PURE = 0.9
"""Share of the most that a window of a turn has of it, from which a window counts: others hold two voices."""
CERTAIN = 0.8
"""Mean probability of speech from which a voice is surely there: presence 1, below it 0.5."""
WIDTH = 256
"""Numbers of an embedding."""


class VoiceAnalyzer:
    """Silero's activity detector and Resemblyzer's network, compared in a space of their own."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="voices",
        version="2",
        categories=("likeness.voice", "presence.voice"),
        sources=frozenset({Source.AUDIO}),
        raw_kinds=frozenset({RawKind.COSINE, RawKind.COUNT}),
        models=("silero-vad", "resemblyzer", "resemblyzer-space"),
        libraries=("onnxruntime",),
        runtime="torch",
        modality="voice",
        embedding="resemblyzer",
        biometric=True,
        batch=1,
        gpu_batch=1,
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()

    def setup(self, device: str, models: ModelStore) -> None:
        """Load the three models.

        Raises:
            ModelMissing: the optional packages that carry two of them are not installed.
            ModelError: a model is changed or not allowed.
        """
        from compliance.runtimes.voice_activity import STEP, VoiceActivity
        from compliance.runtimes.voice_embedder import PARTIAL_SAMPLES, VoiceEmbedder
        from compliance.runtimes.voice_space import VoiceSpace

        activity, embedding, space = (_loaded(models, name) for name in self.spec.models)
        self._activity, self._step = VoiceActivity(activity), STEP
        self._embedder, self._length = VoiceEmbedder(embedding, device), PARTIAL_SAMPLES
        self._space = VoiceSpace.of(space)
        self._calibration = space.calibration
        self._models = (activity.use, embedding.use, space.use)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the models that were loaded."""
        return self._models

    def observe_audio(self, tracks: Sequence[AudioTrack]) -> list[Observation]:
        """Return one ``voice`` observation for each turn: speech without a change of voice.

        ``raw`` is the mean probability of speech; ``vector`` the mean of its windows' embeddings, of length 1;
        ``attributes`` hold the ``stream`` and the ``seconds`` of speech without pauses.
        """
        found = []
        for track in tracks:
            if track.rate != RATE:
                raise AnalyzerError(
                    "sound comes at another rate than voices are heard at",
                    expected=f"{RATE} samples a second",
                    found=str(track.rate),
                    where=self.spec.name,
                )
            likely = self._activity.probabilities(track.samples)
            for block in blocks(track.samples, stretches(likely, self._step, len(track.samples))):
                found += self._turns(track, block, likely)
        return found

    def _turns(self, track: AudioTrack, block: Speech, likely: Floats) -> list[Observation]:
        pieces, middles = windows(block.samples, self._length)
        vectors = self._embedder.embed(pieces)
        found = []
        cuts = turns(self._space.place(vectors), round(self._length / RATE / HOP))
        for first, last in cuts:
            start = 0 if first == 0 else (middles[first - 1] + middles[first]) // 2
            end = len(block.samples)
            if last < len(middles):
                end = (middles[last - 1] + middles[last]) // 2
            within = np.array(
                [
                    min(end, at + self._length // 2) - max(start, at - self._length // 2)
                    for at in middles[first:last]
                ]
            )
            mean = vectors[first:last][within >= PURE * within.max()].mean(0)
            heard, until = block.time(start), block.time(end, end=True)
            steps = slice(int(heard * RATE) // self._step, int(until * RATE) // self._step + 1)
            found.append(
                Observation(
                    asset=track.asset,
                    analyzer=self.spec.name,
                    kind="voice",
                    source=Source.AUDIO,
                    span=TimeSpan(
                        start=round(track.start + heard, 3), end=round(track.start + until, 3)
                    ),
                    raw=round(float(likely[steps].mean()), 4),
                    raw_kind=RawKind.PROBABILITY,
                    vector=np.asarray(mean / np.linalg.norm(mean), np.float32),
                    attributes={
                        "stream": track.stream,
                        "seconds": round((end - start) / RATE, 3),
                    },
                )
            )
        return found

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Join turns into tracks: each gets its voice's name."""
        ordered = sorted(observations, key=_order)
        if not ordered:
            return []
        numbers = voices(
            list(self._placed(ordered)), [one.attributes["seconds"] for one in ordered]
        )
        return [
            one.but(attributes={**one.attributes, "track": f"voice-{number + 1}"})
            for one, number in zip(ordered, numbers, strict=True)
        ]

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Say of each turn whose voice is heard, and match each track against every reference.

        A person's templates count together. A track is compared as a whole, and by each turn that is long
        enough.
        """
        tracks: dict[str, list[Observation]] = {}
        for turn in observations:
            tracks.setdefault(turn.attributes["track"], []).append(turn)
        people = self._people(references)
        found = []
        for heard in tracks.values():
            found += [self._presence(turn) for turn in heard]
            kept: Counter[str] = Counter()
            for rank, (reference, cosine, turns_of) in enumerate(self._nearest(heard, people), 1):
                score = self._calibration.score(cosine)
                kept[reference.bank] += 1
                if score >= SCORE_FLOOR and kept[reference.bank] <= TOP:
                    found += [self._match(one, reference, cosine, score, rank) for one in turns_of]
        return found

    def close(self) -> None:
        """Nothing outlives the object."""

    def _placed(self, turns_of: Sequence[Observation]) -> Floats:
        vectors = [one.vector for one in turns_of if one.vector is not None]
        return self._space.place(np.stack(vectors))

    def _people(self, references: References | None) -> list[tuple[Reference, Floats]]:
        """Return one place for each person: the mean of those of the templates."""
        if references is None or references.vectors is None or not len(references):
            return []
        if references.vectors.shape[1] != WIDTH:
            raise AnalyzerError(
                "the enrolled voices do not compare with what is heard",
                expected=f"vectors of {WIDTH} numbers",
                found=str(references.vectors.shape[1]),
                where=self.spec.name,
                fix="enrol those people again: compliance people add PERSON --voice FILE",
            )
        placed = self._space.place(references.vectors)
        rows: dict[str, list[int]] = {}
        for row, reference in enumerate(references.refs):
            rows.setdefault(reference.id, []).append(row)
        return [(references.refs[mine[0]], _unit(placed[mine].mean(0))) for mine in rows.values()]

    def _nearest(
        self, heard: list[Observation], people: list[tuple[Reference, Floats]]
    ) -> list[tuple[Reference, float, list[Observation]]]:
        """Return each person with the greatest cosine and the turns that have it, nearest first."""
        if not people:
            return []
        placed = self._placed(heard)
        seconds = np.array([one.attributes["seconds"] for one in heard])
        whole = _unit((placed * seconds[:, None]).sum(0))
        ranked = []
        for reference, place in people:
            best, mine = float(whole @ place), heard
            for turn, cosine in zip(heard, placed @ place, strict=True):
                if turn.attributes["seconds"] >= OF_ITS_OWN and cosine > best and len(heard) > 1:
                    best, mine = float(cosine), [turn]
            ranked.append((reference, best, mine))
        return sorted(ranked, key=lambda item: (-item[1], item[0].id))

    def _presence(self, turn: Observation) -> Finding:
        sure = turn.raw is not None and turn.raw >= CERTAIN
        return Finding(
            category=PRESENCE["likeness.voice"],
            asset=turn.asset,
            analyzer=self.spec.name,
            source=Source.AUDIO,
            score=1.0 if sure else 0.5,
            raw=1.0,
            raw_kind=RawKind.COUNT,
            span=turn.span,
            track=turn.attributes["track"],
            evidence=Evidence(note=f"{turn.attributes['seconds']:.1f} s of speech"),
        )

    def _match(
        self, turn: Observation, reference: Reference, cosine: float, score: float, rank: int
    ) -> Finding:
        return Finding(
            category="likeness.voice",
            asset=turn.asset,
            analyzer=self.spec.name,
            source=Source.AUDIO,
            score=round(score, 4),
            raw=round(cosine, 4),
            raw_kind=RawKind.COSINE,
            span=turn.span,
            track=turn.attributes["track"],
            reference=reference,
            rank=rank,
            evidence=Evidence(note=f"{turn.attributes['seconds']:.1f} s of speech"),
        )


def _loaded(models: ModelStore, name: str) -> LoadedModel:
    """Load a model; where its optional package is absent, say how to get it."""
    try:
        return models.load(name)
    except ModelMissing as error:
        if models.card(name).tier != "extra":
            raise
        raise type(error)(
            error.message,
            expected=error.expected,
            found=error.found,
            where=error.where,
            fix="pip install 'compliance[voice]', or without a compiler: "
            "pip install --no-deps resemblyzer==0.1.4 silero-vad==6.2.3",
        ) from error


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _order(turn: Observation) -> tuple[int, float, str]:
    start = turn.span.start if turn.span else 0.0
    return turn.attributes["stream"], start, turn.id
