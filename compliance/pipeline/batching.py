"""Batches of frames, formed across assets for each analyzer, with a deadline.

A batch goes out when it is full, or when its oldest frame has waited for the deadline and a thread is free:
a single clip in a CI job does not wait for a full batch, and an archive, which keeps all threads busy,
fills its batches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from compliance.analyzers.base import FrameAnalyzer
from compliance.findings import Observation
from compliance.media.decode import SampledFrame
from compliance.pipeline.contract import checked_observations
from compliance.pipeline.failures import Failures
from compliance.types import FrameBatch

DEADLINE = 0.25
"""Seconds that a frame waits at most for others to join its batch."""


@dataclass
class _Waiting:
    """A frame and what has to happen when all analyzers have seen it."""

    asset: str
    frame: SampledFrame
    left: int


@dataclass
class _Queue:
    analyzer: FrameAnalyzer
    size: int
    waiting: list[_Waiting] = field(default_factory=list)
    since: float = 0.0


class FrameBatcher:
    """Hands frames to analyzers in batches, on threads of its own; end it by ``finish`` or ``cancel``."""

    def __init__(
        self,
        analyzers: dict[str, FrameAnalyzer],
        threads: int,
        failures: Failures,
        *,
        sizes: Mapping[str, int] | None = None,
        deadline: float | None = None,
    ) -> None:
        """Start the deadline clock.

        Args:
            analyzers: who sees every frame, by name.
            threads: batches that run at one time.
            failures: where batches that fail are recorded.
            sizes: frames in a full batch, by name of the analyzer; its spec's for a CPU unless said.
            deadline: seconds that a frame waits at most while a thread is free; :data:`DEADLINE` unless said.
        """
        sizes = {name: one.spec.batch for name, one in analyzers.items()} | dict(sizes or {})
        self._queues = {name: _Queue(one, sizes[name]) for name, one in analyzers.items()}
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "observe")
        self._busy = 0
        self._failures = failures
        self._deadline = DEADLINE if deadline is None else deadline
        self._lock = threading.Lock()
        self._running: list[Future[None]] = []
        self._observations: dict[tuple[str, str], list[Observation]] = {}
        self._cancelled = False
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="batch-deadline", daemon=True)
        self._clock.start()

    def put(self, asset: str, frame: SampledFrame) -> None:
        """Queue one frame for every analyzer; its slot is released when all have seen it."""
        entry = _Waiting(asset, frame, len(self._queues))
        with self._lock:
            if not self._queues or self._cancelled:
                frame.release()
                return
            for queue in self._queues.values():
                if not queue.waiting:
                    queue.since = time.monotonic()
                queue.waiting.append(entry)
                if len(queue.waiting) >= queue.size:
                    self._send(queue)

    def cancel(self) -> None:
        """Send nothing more: frames that wait, and those still put, are released unseen.

        Frames of batches that had not begun stay held: their decoders end with the review.
        """
        self._stop.set()
        self._clock.join()
        with self._lock:
            self._cancelled = True
            waiting = [entry for queue in self._queues.values() for entry in queue.waiting]
            for queue in self._queues.values():
                queue.waiting = []
        self._pool.shutdown(cancel_futures=True)
        self._done(waiting)

    def finish(self) -> dict[tuple[str, str], list[Observation]]:
        """Send what waits, wait for all batches, and return observations by (analyzer, asset)."""
        self._stop.set()
        self._clock.join()
        with self._lock:
            for queue in self._queues.values():
                self._send(queue)
        self._pool.shutdown()
        for future in self._running:
            future.result()
        return self._observations

    def _tick(self) -> None:
        while not self._stop.wait(self._deadline / 4):
            late = time.monotonic() - self._deadline
            with self._lock:
                for queue in self._queues.values():
                    if queue.waiting and queue.since <= late and self._busy < self._threads:
                        self._send(queue)

    def _send(self, queue: _Queue) -> None:
        """Hand the waiting frames to the pool; the caller holds the lock."""
        if queue.waiting:
            entries, queue.waiting = queue.waiting, []
            self._busy += 1
            self._running.append(self._pool.submit(self._run, queue.analyzer, entries))

    def _run(self, analyzer: FrameAnalyzer, entries: list[_Waiting]) -> None:
        def observe(assets: Sequence[str]) -> None:
            mine = [entry for entry in entries if entry.asset in assets]
            given = analyzer.observe_frames(_batch(mine))
            found = checked_observations(analyzer.spec, given, assets)
            with self._lock:
                for one in found:
                    self._observations.setdefault((name, one.asset), []).append(one)

        name = analyzer.spec.name
        try:
            assets = sorted({entry.asset for entry in entries})
            self._failures.together_or_alone(name, assets, observe)
        finally:
            with self._lock:
                self._busy -= 1
            self._done(entries)

    def _done(self, entries: Sequence[_Waiting]) -> None:
        """Count one analyzer less for each entry and release the frames that nobody waits for."""
        with self._lock:
            for entry in entries:
                entry.left -= 1
            frames = {id(entry): entry.frame for entry in entries if entry.left == 0}
        for frame in frames.values():
            frame.release()


def _batch(entries: list[_Waiting]) -> FrameBatch:
    return FrameBatch(
        assets=tuple(entry.asset for entry in entries),
        times=np.array([entry.frame.time for entry in entries], np.float64),
        pixels=tuple(entry.frame.pixels for entry in entries),
        streams=tuple(entry.frame.stream for entry in entries),
        duplicates=tuple(entry.frame.duplicate for entry in entries),
    )
