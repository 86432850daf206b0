"""Decoding several assets at once into one batcher, in a way that can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

from compliance.errors import MediaError
from compliance.media.audio_parts import SoundPart
from compliance.media.decode import MediaReader
from compliance.media.info import DecodeSummary
from compliance.media.limits import DecodeLimits
from compliance.media.measured import Measured
from compliance.pipeline.batching import FrameBatcher
from compliance.pipeline.observed import Observed

Progress = Callable[[str, float, float], None]
"""Called with an asset's name, seconds done and seconds in all; from several threads."""
Listen = Callable[[str, SoundPart], None]
"""Called with an asset's id and a part of its sound; from several threads."""


class Decoders:
    """One decoder process for each asset, several at a time."""

    def __init__(
        self,
        limits: DecodeLimits,
        threads: int,
        ring: int,
        listen: Listen | None = None,
        *,
        light: bool = False,
        loudness: bool = False,
        measured: Callable[[str, Measured], None] | None = None,
    ) -> None:
        """Take what is wanted.

        Args:
            limits: what decoding may cost.
            threads: assets that are decoded at one time.
            ring: frames of one asset that are held at once.
            listen: who listens; None leaves sound undecoded.
            light: measure the light of every frame.
            loudness: measure the loudness of sound that is decoded.
            measured: gets an asset's id and its measures when it was decoded; from several threads.
        """
        self._limits = limits
        self._listen = listen
        self._light, self._loudness, self._measured = light, loudness, measured
        self._ring = ring
        self._pool = ThreadPoolExecutor(threads, "decode")
        self._stopped = threading.Event()
        self._readers: set[MediaReader] = set()
        self._lock = threading.Lock()

    def run(self, observed: Sequence[Observed], batcher: FrameBatcher, progress: Progress) -> None:
        """Decode every asset to its end, whatever becomes of the others.

        What is wrong with a file ends as a gap in its summary.
        """
        futures = [self._pool.submit(self._decode, one, batcher, progress) for one in observed]
        wait(futures)
        self._pool.shutdown()
        for future in futures:
            future.result()

    def cancel(self) -> None:
        """End every decoder at once; from another thread than those that read."""
        self._stopped.set()
        with self._lock:
            for reader in self._readers:
                reader.cancel()
        self._pool.shutdown(cancel_futures=True)

    def _decode(self, one: Observed, batcher: FrameBatcher, progress: Progress) -> None:
        asset = one.intake.asset
        assert asset.path is not None
        listen = None if self._listen is None else partial(self._listen, one.id)
        try:
            reader = MediaReader(
                asset.path,
                self._limits,
                self._ring,
                listen,
                light=self._light,
                loudness=self._loudness,
            )
        except MediaError as error:  # it was there when it was hashed
            one.summary = DecodeSummary(gaps=(str(error),))
            return
        with reader:
            with self._lock:
                self._readers.add(reader)
                if self._stopped.is_set():
                    return
            one.info = reader.info
            total = (reader.info.duration or 0.0) if reader.info else 0.0
            for frame in reader.frames():
                progress(asset.name, min(frame.time, total), total)
                batcher.put(one.id, frame)
            one.summary = reader.summary
            if self._measured is not None:
                self._measured(one.id, reader.measured)
            with self._lock:
                self._readers.discard(reader)
        progress(asset.name, total, total)
