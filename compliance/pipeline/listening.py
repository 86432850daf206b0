"""Sound to those who listen to it, part by part as it is decoded."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from compliance.analyzers.base import AudioAnalyzer
from compliance.findings import Observation
from compliance.media.audio_parts import RATE, SoundPart
from compliance.pipeline.contract import checked_observations
from compliance.pipeline.failures import Failures
from compliance.types import AudioTrack


class Listeners:
    """Hands sound to analyzers, in the thread that decodes it, so that no more than a part of it is held."""

    def __init__(self, analyzers: Mapping[str, AudioAnalyzer], failures: Failures) -> None:
        """Take the analyzers by name, and where those that fail are recorded."""
        self._analyzers = analyzers
        self._failures = failures
        self._lock = threading.Lock()
        self.heard: dict[tuple[str, str], list[Observation]] = {}
        """Observations by analyzer and asset; whole when decoding has ended."""

    def put(self, asset: str, part: SoundPart) -> None:
        """Have every analyzer listen to a part of the sound of ``asset``."""
        track = AudioTrack(asset, part.samples, RATE, part.start, part.stream)
        for name, analyzer in self._analyzers.items():
            with self._failures.guard(name, [asset]):
                given = analyzer.observe_audio([track])
                found = checked_observations(analyzer.spec, given, [asset])
                with self._lock:
                    self.heard.setdefault((name, asset), []).extend(found)
