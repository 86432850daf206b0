"""What the decoder measured of light and loudness, to those who read it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from compliance.analyzers.base import LightAnalyzer, LoudnessAnalyzer
from compliance.findings import Observation
from compliance.media.measured import Measured
from compliance.pipeline.contract import checked_observations
from compliance.pipeline.failures import Failures


class Readers:
    """Hands the measures of an asset to analyzers when it was decoded, in the thread that did."""

    def __init__(
        self,
        light: Mapping[str, LightAnalyzer],
        loudness: Mapping[str, LoudnessAnalyzer],
        failures: Failures,
    ) -> None:
        """Take the analyzers by name, and where those that fail are recorded."""
        self._light = light
        self._loudness = loudness
        self._failures = failures
        self._lock = threading.Lock()
        self.read: dict[tuple[str, str], list[Observation]] = {}
        """Observations by analyzer and asset; whole when decoding has ended."""

    def put(self, asset: str, measured: Measured) -> None:
        """Have every analyzer read what was measured of ``asset``."""
        for name, seer in self._light.items():
            with self._failures.guard(name, [asset]):
                given = seer.observe_light(measured.light(asset))
                self._keep(name, asset, checked_observations(seer.spec, given, [asset]))
        for name, hearer in self._loudness.items():
            with self._failures.guard(name, [asset]):
                given = hearer.observe_loudness(measured.loudness(asset))
                self._keep(name, asset, checked_observations(hearer.spec, given, [asset]))

    def _keep(self, name: str, asset: str, found: list[Observation]) -> None:
        with self._lock:
            self.read[name, asset] = found
