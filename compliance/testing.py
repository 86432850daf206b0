"""Contracts that the tests of every analyzer inherit. They need pytest, from the extra ``test``.

A plug-in's test module holds one class for each analyzer::

    class TestContract(TextContract):
        def analyzer(self) -> MyAnalyzer:
            return MyAnalyzer()

        def samples(self) -> list[TextBatch]:
            return [TextBatch(...), TextBatch(...)]

``analyzer()`` returns a new analyzer that is not set up. ``samples()`` returns the smallest batches that
mean something by themselves (one frame, one prompt, all lines of one frame), at least two, which together
give an observation. Override ``references()`` where the analyzer matches references, ``tolerance`` where
its numbers vary with the size of a batch, and ``provoke()`` where it needs more than a missing set-up to
fail.
"""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import pytest

from compliance.analyzers.base import (
    Analyzer,
    AssetAnalyzer,
    AssetInput,
    FrameAnalyzer,
    LightAnalyzer,
    LoudnessAnalyzer,
    References,
    TextAnalyzer,
)
from compliance.findings import Finding, Observation
from compliance.model_store import ModelStore
from compliance.taxonomy import TAXONOMY
from compliance.types import FrameBatch, LightTrack, LoudnessTrack, TextBatch

HEAVY = ("torch", "cv2", "av", "onnxruntime", "dlib", "presidio_analyzer", "c2pa", "rapidocr")
"""Packages that take long to import, and that importing an analyzer's module must leave alone."""

AnalyzerT = TypeVar("AnalyzerT", bound=Analyzer)
BatchT = TypeVar("BatchT")


class AnalyzerContract(ABC, Generic[AnalyzerT, BatchT]):
    """What holds for every analyzer; inherit from one of the classes below, by what it looks at."""

    tolerance: ClassVar[float] = 0.0
    """Greatest difference of a number between a batch of N and N batches of one."""

    @abstractmethod
    def analyzer(self) -> AnalyzerT:
        """Return a new analyzer that is not set up."""

    @abstractmethod
    def samples(self) -> Sequence[BatchT]:
        """Return at least two smallest batches; together they give an observation."""

    def store(self) -> ModelStore:
        """Return where the analyzer gets its models; the shipped cards unless overridden."""
        return ModelStore()

    def references(self) -> References | None:
        """Return what to match against; None where the spec names no modality."""
        return None

    def provoke(self) -> None:
        """Use the analyzer while its runtime fails; must raise."""
        self.observe(self.analyzer(), self.join(self.samples()))

    @abstractmethod
    def observe(self, analyzer: AnalyzerT, batch: BatchT) -> list[Observation]:
        """Hand ``batch`` to the analyzer's own method."""

    @abstractmethod
    def join(self, batches: Sequence[BatchT]) -> BatchT:
        """Return one batch of all ``batches`` in order, an empty one of none."""

    @abstractmethod
    def assets(self, batch: BatchT) -> set[str]:
        """Return the ids of the assets in ``batch``."""

    @abstractmethod
    def times(self, batch: BatchT) -> set[float | None]:
        """Return the presentation times in ``batch``, seconds; None for what has no time."""

    @pytest.fixture(scope="class")
    @classmethod
    def ready(cls) -> AnalyzerT:
        """The analyzer, set up once for the tests of the class."""
        analyzer = cls().analyzer()
        analyzer.setup("cpu", cls().store())
        return analyzer

    def test_an_empty_batch_gives_nothing(self, ready: AnalyzerT) -> None:
        """No items, no observations, no error."""
        assert self.observe(ready, self.join([])) == []

    def test_the_samples_show_something(self, ready: AnalyzerT) -> None:
        """Without an observation the other tests would prove nothing."""
        samples = self.samples()
        assert len(samples) >= 2
        assert self.observe(ready, self.join(samples))

    def test_the_same_input_gives_the_same_output(self, ready: AnalyzerT) -> None:
        """Observations, their reduction and the findings are the same twice, in whatever order."""
        batch = self.join(self.samples())
        first, second = self.observe(ready, batch), self.observe(ready, batch)
        assert [one.id for one in first] == [one.id for one in second]
        backwards = self._findings(ready, second[::-1])
        assert _ids(self._findings(ready, first)) == _ids(backwards)

    def test_a_batch_of_many_equals_many_batches_of_one(self, ready: AnalyzerT) -> None:
        """What stands beside it in a batch changes nothing about an item."""
        samples = self.samples()
        together = self.observe(ready, self.join(samples))
        apart = [found for sample in samples for found in self.observe(ready, sample)]
        assert len(together) == len(apart)
        for one, other in zip(sorted(together, key=_order), sorted(apart, key=_order), strict=True):
            assert same(_content(one), _content(other), self.tolerance), f"{one} != {other}"

    def test_assets_and_times_are_those_of_the_input(self, ready: AnalyzerT) -> None:
        """Every observation belongs to an asset of the batch and begins and ends at a time of it."""
        for sample in self.samples():
            for one in self.observe(ready, sample):
                assert one.asset in self.assets(sample)
                assert one.analyzer == ready.spec.name
                edges = {one.span.start, one.span.end} if one.span else {None}
                assert edges <= self.times(sample)

    def test_only_what_the_spec_declares_is_found(self, ready: AnalyzerT) -> None:
        """Categories exist and are declared, and so are sources and kinds of raw numbers."""
        spec = ready.spec
        assert set(spec.categories) <= set(TAXONOMY.leaves)
        findings = self._findings(ready, self.observe(ready, self.join(self.samples())))
        assert bool(findings) == bool(spec.categories)
        for finding in findings:
            assert finding.category in spec.categories
            assert finding.source in spec.sources
            assert finding.raw_kind in spec.raw_kinds
            assert finding.analyzer == spec.name
        assert len(set(_ids(findings))) == len(findings), "two findings share an id"

    def test_a_failing_runtime_raises(self) -> None:
        """An error reaches the pipeline, which makes a failed report of it; silence would pass."""
        with pytest.raises(Exception) as caught:
            self.provoke()
        assert str(caught.value), "the error says nothing"

    def test_importing_the_module_imports_nothing_heavy(self) -> None:
        """A catalogue of analyzers can be read without their dependencies."""
        module = type(self.analyzer()).__module__
        code = f"import sys, {module}; print(*[m for m in {HEAVY} if m in sys.modules])"
        found = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert found.stdout.split() == []

    def test_models_are_declared(self, ready: AnalyzerT) -> None:
        """The models that were loaded are those of the spec."""
        assert {use.id for use in ready.models()} == set(ready.spec.models)

    def _findings(self, analyzer: AnalyzerT, observations: list[Observation]) -> list[Finding]:
        found: list[Finding] = []
        for asset in sorted({one.asset for one in observations}):
            mine = [one for one in observations if one.asset == asset]
            found += analyzer.findings(asset, analyzer.reduce(asset, mine), self.references())
        return found


class FrameContract(AnalyzerContract[FrameAnalyzer, FrameBatch]):
    """The contract of analyzers that look at frames."""

    def observe(self, analyzer: FrameAnalyzer, batch: FrameBatch) -> list[Observation]:
        """Hand over frames."""
        return analyzer.observe_frames(batch)

    def join(self, batches: Sequence[FrameBatch]) -> FrameBatch:
        """Join frames, with their streams."""
        return FrameBatch(
            assets=_chain(batch.assets for batch in batches),
            times=np.concatenate([np.empty(0), *(batch.times for batch in batches)]),
            pixels=_chain(batch.pixels for batch in batches),
            streams=_chain([batch.stream(i) for i in range(len(batch))] for batch in batches),
            duplicates=_chain([batch.duplicate(i) for i in range(len(batch))] for batch in batches),
        )

    def assets(self, batch: FrameBatch) -> set[str]:
        """Return the assets of the frames."""
        return set(batch.assets)

    def times(self, batch: FrameBatch) -> set[float | None]:
        """Return the times of the frames."""
        return {float(time) for time in batch.times}


class TextContract(AnalyzerContract[TextAnalyzer, TextBatch]):
    """The contract of analyzers that read text."""

    def observe(self, analyzer: TextAnalyzer, batch: TextBatch) -> list[Observation]:
        """Hand over texts."""
        return analyzer.observe_texts(batch)

    def join(self, batches: Sequence[TextBatch]) -> TextBatch:
        """Join texts, column by column."""
        return TextBatch(
            assets=_chain(batch.assets for batch in batches),
            texts=_chain(batch.texts for batch in batches),
            sources=_chain(batch.sources for batch in batches),
            spans=_chain(batch.spans for batch in batches),
            regions=_chain(batch.regions for batch in batches),
        )

    def assets(self, batch: TextBatch) -> set[str]:
        """Return the assets of the texts."""
        return set(batch.assets)

    def times(self, batch: TextBatch) -> set[float | None]:
        """Return the ends of the texts' spans; None where a text has none."""
        spans = [(span.start, span.end) if span else (None,) for span in batch.spans]
        return set(itertools.chain.from_iterable(spans))


class AssetContract(AnalyzerContract[AssetAnalyzer, Sequence[AssetInput]]):
    """The contract of analyzers that look at whole files."""

    def observe(self, analyzer: AssetAnalyzer, batch: Sequence[AssetInput]) -> list[Observation]:
        """Hand over files."""
        return analyzer.observe_assets(batch)

    def join(self, batches: Sequence[Sequence[AssetInput]]) -> Sequence[AssetInput]:
        """Join lists of files."""
        return _chain(batches)

    def assets(self, batch: Sequence[AssetInput]) -> set[str]:
        """Return the files' assets."""
        return {one.asset.id for one in batch}

    def times(self, batch: Sequence[AssetInput]) -> set[float | None]:
        """Return None alone: a file as a whole has no time."""
        return {None}


class LightContract(AnalyzerContract[LightAnalyzer, Sequence[LightTrack]]):
    """The contract of analyzers that read what was measured of light; a sample holds one track."""

    def observe(self, analyzer: LightAnalyzer, batch: Sequence[LightTrack]) -> list[Observation]:
        """Hand over tracks."""
        return analyzer.observe_light(batch)

    def provoke(self) -> None:
        """Hand over a track that could not be measured: nothing is known of it, so that it must not pass."""
        unknown = [replace(one, unmeasured="unknown") for one in self.join(self.samples())]
        self.observe(self.analyzer(), unknown)

    def join(self, batches: Sequence[Sequence[LightTrack]]) -> Sequence[LightTrack]:
        """Join lists of tracks."""
        return _chain(batches)

    def assets(self, batch: Sequence[LightTrack]) -> set[str]:
        """Return the tracks' assets."""
        return {one.asset for one in batch}

    def times(self, batch: Sequence[LightTrack]) -> set[float | None]:
        """Return the times of all frames."""
        return {float(time) for one in batch for time in one.times}


class LoudnessContract(AnalyzerContract[LoudnessAnalyzer, Sequence[LoudnessTrack]]):
    """The contract of analyzers that read what was measured of loudness; a sample holds one track."""

    def observe(
        self, analyzer: LoudnessAnalyzer, batch: Sequence[LoudnessTrack]
    ) -> list[Observation]:
        """Hand over tracks."""
        return analyzer.observe_loudness(batch)

    def provoke(self) -> None:
        """Hand over a track that could not be measured: nothing is known of it, so that it must not pass."""
        unknown = [replace(one, unmeasured="unknown") for one in self.join(self.samples())]
        self.observe(self.analyzer(), unknown)

    def join(self, batches: Sequence[Sequence[LoudnessTrack]]) -> Sequence[LoudnessTrack]:
        """Join lists of tracks."""
        return _chain(batches)

    def assets(self, batch: Sequence[LoudnessTrack]) -> set[str]:
        """Return the tracks' assets."""
        return {one.asset for one in batch}

    def times(self, batch: Sequence[LoudnessTrack]) -> set[float | None]:
        """Return the ends of the tracks and of their silences."""
        spans = [span for one in batch for span in one.silences]
        ends: list[float | None] = [edge for span in spans for edge in (span.start, span.end)]
        return {0.0, *ends, *(one.seconds for one in batch)}


def same(left: Any, right: Any, tolerance: float) -> bool:
    """Tell whether two nested values are equal, numbers to within ``tolerance``."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=0, abs_tol=tolerance)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same(left[key], right[key], tolerance) for key in left
        )
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        pairs = itertools.zip_longest(left, right)
        return all(same(one, other, tolerance) for one, other in pairs)
    return bool(left == right)


def _content(one: Observation) -> dict[str, Any]:
    return {
        "asset": one.asset,
        "kind": one.kind,
        "source": one.source,
        "span": one.span and (one.span.start, one.span.end),
        "region": one.region and one.region.points,
        "raw": one.raw,
        "raw_kind": one.raw_kind,
        "text": one.text,
        "vector": None if one.vector is None else [float(value) for value in one.vector],
        "attributes": one.attributes,
    }


def _order(one: Observation) -> tuple[Any, ...]:
    """Order observations by what does not vary with the batch, then by place, coarsely."""
    start = one.span.start if one.span else -1.0
    corner = tuple(round(value, 2) for value in one.region.box) if one.region else ()
    return one.asset, one.source, start, one.kind, one.text or "", corner, one.id


def _ids(findings: Sequence[Finding]) -> list[str]:
    return sorted(finding.id for finding in findings)


def _chain(parts: Any) -> tuple[Any, ...]:
    return tuple(itertools.chain.from_iterable(parts))
