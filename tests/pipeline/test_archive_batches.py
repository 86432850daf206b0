"""An archive fills its batches, and one clip at a gate does not wait for a full one."""

import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.analyzers.base import AnalyzerSpec
from compliance.findings import Observation
from compliance.media.limits import DecodeLimits
from compliance.model_store import ModelStore
from compliance.pipeline.failures import Failures
from compliance.pipeline.intake import Request, take_in
from compliance.pipeline.observe import MOST_RING, Observer
from compliance.pipeline.run import quiet
from compliance.types import FrameBatch, Source

BATCH = 8


class Slow:
    """Takes its time over every batch, as a large network would."""

    spec = AnalyzerSpec("slow", "1", (), frozenset({Source.FRAME}), batch=BATCH)

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.mixed = 0
        self.lock = threading.Lock()

    def setup(self, device: str, models: ModelStore) -> None:
        """Nothing to load."""

    def models(self) -> tuple:
        return ()

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        with self.lock:
            self.sizes.append(len(batch))
            self.mixed += len(set(batch.assets)) > 1
        time.sleep(0.4)
        return [
            Observation(asset=asset, analyzer="slow", kind="seen", source=Source.FRAME)
            for asset in batch.assets
        ]

    def reduce(self, asset: str, observations: list[Observation]) -> list[Observation]:
        return list(observations)

    def findings(self, asset: str, observations: list[Observation], references: None) -> list:
        return []

    def close(self) -> None:
        """Nothing to free."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    """Six clips of six seconds in which something moves all the time."""
    folder = tmp_path_factory.mktemp("clips")
    return [clip(folder / f"{number}.mp4", number) for number in range(6)]


def clip(path: Path, seed: int, frames: int = 60) -> Path:
    random = np.random.default_rng(seed)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(frames):
            blocks = random.integers(0, 255, (9, 16, 3), np.uint8)
            picture = np.kron(blocks, np.ones((20, 20, 1), np.uint8))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def observe(slow: Slow, clips: list[Path]) -> int:
    """Run the real decoders and batches; return how many frames were to be examined."""
    observer = Observer(
        {"slow": slow}, ModelStore(), device="cpu", threads=2, limits=DecodeLimits(), cache=None
    )
    failures = Failures()
    intakes = [take_in(Request(path)) for path in clips]
    observed = observer.observe(intakes, failures, quiet)
    observer.close()
    assert all(failures.why("slow", one.id) is None for one in observed)
    return sum(one.summary.frames_sampled for one in observed if one.summary)


def test_an_archive_fills_its_batches(clips) -> None:
    slow = Slow()
    count = observe(slow, clips)
    assert sum(slow.sizes) == count > 10 * BATCH
    assert slow.mixed, "no batch held frames of two clips"
    assert count / (len(slow.sizes) * BATCH) >= 0.9, slow.sizes


def test_a_gate_clip_does_not_wait_for_a_full_batch(tmp_path) -> None:
    """The first batch leaves while frames are still missing that would have filled it."""
    slow = Slow()
    slow.spec = AnalyzerSpec("slow", "1", (), frozenset({Source.FRAME}), batch=10_000)
    count = observe(slow, [clip(tmp_path / "gate.mp4", 1, 3 * MOST_RING)])
    assert len(slow.sizes) > 1
    assert sum(slow.sizes) == count
