"""Everything that is seen or heard, before any bank or policy: decode, frames, sound, texts, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from compliance.analyzers.base import (
    Analyzer,
    AssetAnalyzer,
    AssetInput,
    AudioAnalyzer,
    CaptionAnalyzer,
    CaptionInput,
    CaptionTrack,
    FrameAnalyzer,
    LightAnalyzer,
    LoudnessAnalyzer,
    TextAnalyzer,
)
from compliance.analyzers.texts.localised import Localised
from compliance.facts import StreamKind
from compliance.media.info import DecodeSummary, MediaInfo
from compliance.media.limits import DecodeLimits
from compliance.model_store import ModelStore
from compliance.pipeline.batching import FrameBatcher
from compliance.pipeline.contract import checked_observations
from compliance.pipeline.decoding import Decoders, Progress
from compliance.pipeline.device import Device, choose_device
from compliance.pipeline.failures import Failures
from compliance.pipeline.intake import Intake
from compliance.pipeline.keys import decode_key, observations_key
from compliance.pipeline.listening import Listeners
from compliance.pipeline.measuring import Readers
from compliance.pipeline.observations import ObservationCache
from compliance.pipeline.observed import Observed
from compliance.pipeline.plan import applicable_sources
from compliance.types import PROMPT_SOURCES, Region, Source, TextBatch, TimeSpan

A = TypeVar("A", bound=Analyzer)

RING, MOST_RING = 16, 128
"""Frames of one asset that are held at once: at least, and at most. A batch larger than the ring never fills
from one clip, and then waits for its deadline."""


class Observer:
    """A warm set of analyzers that looks at assets in batches."""

    def __init__(
        self,
        analyzers: dict[str, Analyzer],
        models: ModelStore,
        *,
        device: str,
        threads: int,
        limits: DecodeLimits,
        cache: ObservationCache | None,
    ) -> None:
        """Set up nothing yet: that waits for assets, which may need few of the analyzers.

        Args:
            analyzers: in an order in which each follows those that it requires.
            models: where they get their models.
            device: ``cpu``, ``cuda:<n>`` or ``auto``, as the settings say.
            threads: threads for batches, and assets decoded at one time.
            limits: caps on decoding.
            cache: where observations are kept; None keeps none.
        """
        self.analyzers = analyzers
        self._device = device
        self._devices: dict[str, Device] = {}
        self._threads = threads
        self._limits = limits
        self._cache = cache
        self._models = models
        self._starter = ThreadPoolExecutor(max(len(analyzers), 1), "setup")
        self._ready: dict[str, Future[None]] = {}

    def observe(
        self,
        intakes: Sequence[Intake],
        failures: Failures,
        progress: Progress,
        idle: frozenset[str] = frozenset(),
    ) -> list[Observed]:
        """Look at assets; failures of analyzers are recorded, never raised.

        Args:
            intakes: the assets.
            failures: takes what fails.
            progress: called while media is decoded.
            idle: analyzers that need not look, since nothing would be compared with what they see.
        """
        observed = [Observed(intake, idle=idle) for intake in intakes]
        ids = [one.id for one in observed]
        self._start(intakes, idle)
        self._observe_media(observed, failures, progress)
        for name, ready in self._ready.items():
            with failures.guard(name, ids):
                ready.result()
        for one in observed:
            self._set_keys(one)
            one.spoken = self._is_spoken(one, failures)
        self._observe_assets(observed, failures)
        self._observe_captions(observed, failures)
        readers = {name for name, one in self.analyzers.items() if isinstance(one, TextAnalyzer)}
        # What makes text readable is reduced first: analyzers of text read a page that stands once.
        self._reduce(observed, [name for name in self._ready if name not in readers], failures)
        self._observe_texts(observed, failures)
        self._reduce(observed, [name for name in self._ready if name in readers], failures)
        return observed

    def device_of(self, name: str) -> Device:
        """Return where the analyzer ``name`` runs, and why where it is not on a GPU.

        One that had nothing to look at runs nowhere, which counts as a CPU.
        """
        return self._devices.get(name, Device("cpu"))

    def close(self) -> None:
        """Free the analyzers."""
        self._starter.shutdown()
        for analyzer in self.analyzers.values():
            analyzer.close()

    def _start(self, intakes: Sequence[Intake], idle: frozenset[str]) -> None:
        """Begin to set up every analyzer that may have something to look at, each in a thread of its own."""
        possible = frozenset[Source]().union(
            *(applicable_sources(intake.asset, None) for intake in intakes)
        )
        for name, analyzer in self.analyzers.items():
            if name not in self._ready and name not in idle and analyzer.spec.sources & possible:
                device = self._devices[name] = choose_device(self._device, analyzer.spec.runtime)
                self._ready[name] = self._starter.submit(analyzer.setup, device.name, self._models)

    def _reduce(
        self, observed: Sequence[Observed], names: Sequence[str], failures: Failures
    ) -> None:
        for one in observed:
            for name in names:
                analyzer = self.analyzers[name]
                with failures.guard(name, [one.id]):
                    raw = one.observations.get(name, [])
                    reduced = analyzer.reduce(one.id, raw)
                    one.observations[name] = checked_observations(analyzer.spec, reduced, [one.id])

    def _usable(self, kind: type[A], ids: list[str], failures: Failures) -> dict[str, A]:
        """Return the analyzers of one protocol that could be set up."""
        usable: dict[str, A] = {}
        for name, analyzer in self.analyzers.items():
            if name in self._ready and isinstance(analyzer, kind):
                with failures.guard(name, ids):
                    self._ready[name].result()
                    usable[name] = analyzer
        return usable

    def _is_spoken(self, one: Observed, failures: Failures) -> bool:
        """Tell whether all that is spoken was turned into text, so that readers of text have read it."""
        whole = one.summary is not None and one.summary.complete
        names = transcribers(self.analyzers) & self._ready.keys()
        return whole and any(failures.why(name, one.id) is None for name in names)

    def _set_keys(self, one: Observed) -> None:
        for name, analyzer in self.analyzers.items():
            required = [one.keys[other] for other in analyzer.spec.requires]
            if isinstance(analyzer, TextAnalyzer):
                required += [one.keys[other] for other in sorted(transcribers(self.analyzers))]
            if isinstance(analyzer, Localised):
                required += analyzer.limits()
            one.keys[name] = observations_key(
                analyzer.spec,
                one.intake.asset,
                analyzer.models(),
                self.device_of(name),
                required,
            )

    # frames and sound

    def _observe_media(
        self, observed: Sequence[Observed], failures: Failures, progress: Progress
    ) -> None:
        """Decode what has media, several assets at once, and feed all analyzers of frames and of sound."""
        with_media = [one for one in observed if one.intake.asset.path]
        if not with_media:
            return
        ids = [one.id for one in with_media]
        analyzers = self._usable(FrameAnalyzer, ids, failures)
        listeners = self._usable(AudioAnalyzer, ids, failures)
        seers = self._usable(LightAnalyzer, ids, failures)
        hearers = self._usable(LoudnessAnalyzer, ids, failures)
        every: dict[str, Analyzer] = {**analyzers, **listeners, **seers, **hearers}
        # Sound is decoded wherever somebody should listen: what is wrong with it has to be known.
        wanted = any(
            isinstance(one, AudioAnalyzer | LoudnessAnalyzer) for one in self.analyzers.values()
        )
        fresh = [one for one in with_media if not self._from_cache(one, every, wanted)]
        sizes = {
            name: one.spec.batch_on(self._devices[name].name) for name, one in analyzers.items()
        }
        ring = min(max(RING, *sizes.values()), MOST_RING) if sizes else RING
        hearing = Listeners(listeners, failures)
        readers = Readers(seers, hearers, failures)
        decoders = Decoders(
            self._limits,
            self._threads,
            ring,
            hearing.put if wanted else None,
            light=bool(seers),
            loudness=bool(hearers),
            measured=readers.put,
        )
        batcher = FrameBatcher(
            analyzers,
            self._threads,
            failures,
            sizes=sizes,
        )
        try:
            decoders.run(fresh, batcher, progress)
            batches = batcher.finish() | hearing.heard | readers.read
        except BaseException:
            decoders.cancel()
            batcher.cancel()
            raise
        for one in fresh:
            one.observations.update(
                {name: found for (name, asset), found in batches.items() if asset == one.id}
            )
            self._to_cache(one, every, failures, wanted)

    def _from_cache(self, one: Observed, analyzers: Mapping[str, Analyzer], sound: bool) -> bool:
        """Take observations from the cache; False where any is missing."""
        asset = one.intake.asset
        if self._cache is None:
            return False
        note = self._cache.load_note(decode_key(asset, self._limits, sound))
        if note is None:
            return False
        found = {}
        for name, analyzer in analyzers.items():
            device = self._devices[name]
            key = observations_key(analyzer.spec, asset, analyzer.models(), device, ())
            stored = self._cache.load(key)
            if stored is None:
                return False
            found[name] = [item.but(asset=one.id) for item in stored]
        one.info = MediaInfo.model_validate(note["info"])
        one.summary = DecodeSummary.model_validate(note["summary"])
        one.observations.update(found)
        return True

    def _to_cache(
        self, one: Observed, analyzers: Mapping[str, Analyzer], failures: Failures, sound: bool
    ) -> None:
        """Keep what was seen of a file that decoded whole and did not change meanwhile."""
        asset = one.intake.asset
        whole = one.info is not None and one.summary is not None and one.summary.complete
        if self._cache is None or not whole or not one.intake.unchanged():
            return
        for name, analyzer in analyzers.items():
            if failures.why(name, one.id) is None:
                device = self._devices[name]
                key = observations_key(analyzer.spec, asset, analyzer.models(), device, ())
                self._cache.save(key, one.observations.get(name, []))
        assert one.info is not None and one.summary is not None
        note = {
            "info": one.info.model_dump(mode="json"),
            "summary": one.summary.model_dump(mode="json"),
        }
        self._cache.save_note(decode_key(asset, self._limits, sound), note)

    # files and texts

    def _observe_assets(self, observed: Sequence[Observed], failures: Failures) -> None:
        ids = [one.id for one in observed]
        for name, analyzer in self._usable(AssetAnalyzer, ids, failures).items():
            for one in observed:
                asset = one.intake.asset
                with failures.guard(name, [one.id]):
                    given = AssetInput(asset, asset.path, one.intake.record)
                    found = analyzer.observe_assets([given])
                    one.observations[name] = checked_observations(analyzer.spec, found, [one.id])

    def _observe_captions(self, observed: Sequence[Observed], failures: Failures) -> None:
        ids = [one.id for one in observed]
        for name, analyzer in self._usable(CaptionAnalyzer, ids, failures).items():
            for one in observed:
                with failures.guard(name, [one.id]):
                    found = analyzer.observe_captions([_captioned(one)])
                    one.observations[name] = checked_observations(analyzer.spec, found, [one.id])

    def _observe_texts(self, observed: Sequence[Observed], failures: Failures) -> None:
        """Hand prompts and lines of all assets to every reader of text, in one batch."""
        by_id = {one.id: one for one in observed}
        for name, analyzer in self._usable(TextAnalyzer, list(by_id), failures).items():

            def read(ids: Sequence[str], name: str = name, reader: TextAnalyzer = analyzer) -> None:
                given = reader.observe_texts(texts_of([by_id[asset] for asset in ids]))
                found = checked_observations(reader.spec, given, ids)
                for asset in ids:
                    mine = [item for item in found if item.asset == asset]
                    by_id[asset].observations[name] = mine

            failures.together_or_alone(name, list(by_id), read)


def handed_sources(
    analyzer: Analyzer, analyzers: Mapping[str, Analyzer], one: Observed
) -> frozenset[Source]:
    """Return the sources of an asset that are handed to an analyzer; the rest it cannot have examined.

    Args:
        analyzer: who looks, or reads what others saw.
        analyzers: all that run, by name.
        one: the asset.
    """
    if isinstance(analyzer, AssetAnalyzer):
        return analyzer.spec.sources  # it gets the file itself
    handed: frozenset[Source] = frozenset()
    for name in analyzer.spec.reads:
        handed |= handed_sources(analyzers[name], analyzers, one)
    if isinstance(analyzer, FrameAnalyzer):
        handed |= {Source.FRAME, Source.OCR}
    if isinstance(analyzer, CaptionAnalyzer):
        handed |= {file.source for file in one.captions} & {Source.CAPTION}
    if isinstance(analyzer, LightAnalyzer):
        handed |= {Source.FRAME}
    if isinstance(analyzer, AudioAnalyzer | LoudnessAnalyzer):
        handed |= {Source.AUDIO}
    if _transcribes(analyzer):
        handed |= {Source.SPEECH}
    if isinstance(analyzer, TextAnalyzer):
        handed |= PROMPT_SOURCES | {Source.OCR} | {file.source for file in one.captions}
        handed |= {Source.SPEECH} if one.spoken else set()
    return handed


def transcribers(analyzers: Mapping[str, Analyzer]) -> frozenset[str]:
    """Return the names of the analyzers that turn what is spoken into text."""
    return frozenset(name for name, one in analyzers.items() if _transcribes(one))


def _transcribes(analyzer: Analyzer) -> bool:
    return isinstance(analyzer, AudioAnalyzer) and Source.SPEECH in analyzer.spec.sources


def _captioned(one: Observed) -> CaptionInput:
    """Return the captions of an asset; those in the media lie together whatever their language."""
    info, asset = one.info, one.intake.asset
    streams = info.streams if info else ()
    inside = sum(stream.kind is StreamKind.SUBTITLE for stream in streams)
    lengths = [one.summary.seconds if one.summary else 0.0, (info and info.duration) or 0.0]
    return CaptionInput(
        asset=one.id,
        tracks=tuple(
            CaptionTrack(file.cues, file.sha256 != asset.media_sha256 or inside < 2)
            for file in one.captions
            if file.source is Source.CAPTION
        ),
        seconds=max(lengths),
        rate=next((stream.rate for stream in streams if stream.rate), None),
        unread=one.unread_subtitles,
    )


def texts_of(observed: Sequence[Observed]) -> TextBatch:
    """Return the texts that readers of text are handed: prompts, captions, lines on screen and speech."""
    rows: list[tuple[str, str, Source, TimeSpan | None, Region | None]] = []
    for one in observed:
        asset = one.intake.asset
        rows += [(one.id, p.text, p.source, None, None) for p in asset.prompts]
        rows += [
            (one.id, cue.text, file.source, cue.span, None)
            for file in one.captions
            for cue in file.cues
        ]
        rows += [
            (one.id, item.text, item.source, item.span, item.region)
            for found in list(one.observations.values())
            for item in found
            if item.kind == "text_line" and item.text is not None
        ]
    return TextBatch(
        assets=tuple(row[0] for row in rows),
        texts=tuple(row[1] for row in rows),
        sources=tuple(row[2] for row in rows),
        spans=tuple(row[3] for row in rows),
        regions=tuple(row[4] for row in rows),
    )
