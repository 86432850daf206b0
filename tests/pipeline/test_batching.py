"""Batches fill across assets, and a single clip does not wait for a full one."""

import threading
from typing import ClassVar

import numpy as np
import pytest

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import LicenceRefused
from compliance.findings import Observation
from compliance.pipeline.batching import FrameBatcher
from compliance.pipeline.failures import Failures
from compliance.types import FrameBatch, Source


class Frame:
    """A frame with the attributes of a sampled one."""

    def __init__(self, time: float) -> None:
        self.time = time
        self.stream = 0
        self.duplicate = False
        self.pixels = np.zeros((8, 8, 3), np.uint8)
        self.released = threading.Event()

    def release(self) -> None:
        assert not self.released.is_set(), "released twice"
        self.released.set()


class Recorder:
    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec("recorder", "1", (), frozenset(), batch=4)

    def __init__(self) -> None:
        self.batches: list[tuple[str, ...]] = []
        self.called = threading.Event()

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        self.batches.append(batch.assets)
        self.called.set()
        return [
            Observation(asset=asset, analyzer="recorder", kind="seen", source=Source.FRAME)
            for asset in batch.assets
        ]


class Broken(Recorder):
    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec("broken", "1", (), frozenset(), batch=4)

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        raise RuntimeError("out of order")


def test_batches_fill_across_assets() -> None:
    recorder = Recorder()
    batcher = FrameBatcher({"recorder": recorder}, 2, Failures(), deadline=60.0)
    for number in range(8):
        batcher.put(f"asset-{number % 2}", Frame(number))
    found = batcher.finish()
    assert sorted(len(batch) for batch in recorder.batches) == [4, 4]
    assert all(set(batch) == {"asset-0", "asset-1"} for batch in recorder.batches)
    assert len(found["recorder", "asset-0"]) == len(found["recorder", "asset-1"]) == 4


def test_a_lone_frame_goes_out_at_the_deadline() -> None:
    recorder = Recorder()
    batcher = FrameBatcher({"recorder": recorder}, 2, Failures(), deadline=0.02)
    batcher.put("asset", Frame(0))
    assert recorder.called.wait(timeout=10), "the frame waited for a full batch"
    batcher.finish()
    assert recorder.batches == [("asset",)]


def test_a_slot_is_released_once_when_every_analyzer_has_seen_it() -> None:
    frames = [Frame(number) for number in range(5)]
    recorder, broken = Recorder(), Broken()
    batcher = FrameBatcher({"a": recorder, "b": broken}, 2, Failures(), deadline=60.0)
    for frame in frames:
        batcher.put("asset", frame)
    batcher.finish()
    assert all(frame.released.is_set() for frame in frames)


def test_a_failing_analyzer_fails_its_own_assets_only() -> None:
    failures = Failures()
    recorder, broken = Recorder(), Broken()
    batcher = FrameBatcher({"recorder": recorder, "broken": broken}, 2, failures, deadline=60.0)
    batcher.put("asset", Frame(0))
    found = batcher.finish()
    assert "out of order" in (failures.why("broken", "asset") or "")
    assert failures.why("recorder", "asset") is None
    assert failures.why("broken", "other") is None
    assert len(found["recorder", "asset"]) == 1


def test_without_an_analyzer_every_slot_is_released_at_once() -> None:
    frames = [Frame(number) for number in range(40)]
    batcher = FrameBatcher({}, 2, Failures())
    for frame in frames:
        batcher.put("asset", frame)
    assert all(frame.released.is_set() for frame in frames)
    assert batcher.finish() == {}


class Picky(Recorder):
    """Breaks on one asset."""

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        if "hostile" in batch.assets:
            raise RuntimeError("out of order")
        return super().observe_frames(batch)


def test_one_asset_does_not_fail_the_others_of_its_batch() -> None:
    failures = Failures()
    batcher = FrameBatcher({"recorder": Picky()}, 2, failures, deadline=60.0)
    for asset in ("good", "hostile", "fine", "good"):
        batcher.put(asset, Frame(0))
    found = batcher.finish()
    assert failures.why("recorder", "hostile")
    assert failures.why("recorder", "good") is None
    assert len(found["recorder", "good"]) == 2
    assert ("recorder", "hostile") not in found


def test_a_forbidden_model_still_releases_the_slots() -> None:
    class Forbidden(Recorder):
        def observe_frames(self, batch: FrameBatch) -> list[Observation]:
            raise LicenceRefused("the settings forbid these weights")

    frames = [Frame(number) for number in range(4)]
    batcher = FrameBatcher({"recorder": Forbidden()}, 2, Failures(), deadline=60.0)
    for frame in frames:
        batcher.put("asset", frame)
    with pytest.raises(LicenceRefused):
        batcher.finish()
    assert all(frame.released.is_set() for frame in frames)


def test_a_cancelled_batcher_sends_nothing_more_and_releases_what_waits() -> None:
    frames = [Frame(number) for number in range(3)]
    recorder = Recorder()
    batcher = FrameBatcher({"a": recorder, "b": Recorder()}, 2, Failures(), deadline=60.0)
    batcher.put("asset", frames[0])
    batcher.cancel()
    for frame in frames[1:]:
        batcher.put("asset", frame)
    assert all(frame.released.is_set() for frame in frames)
    assert recorder.batches == []
