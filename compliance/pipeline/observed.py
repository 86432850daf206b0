"""What was seen of one asset. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from compliance.findings import Observation
from compliance.media.info import DecodeSummary, MediaInfo
from compliance.pipeline.intake import Intake


@dataclass
class Observed:
    """What was seen of one asset."""

    intake: Intake
    """The asset."""
    info: MediaInfo | None = None
    """What its container holds; None for a prompt alone, or where it could not be opened."""
    summary: DecodeSummary | None = None
    """How it decoded; None for a prompt alone."""
    observations: dict[str, list[Observation]] = field(default_factory=dict)
    """Reduced observations by analyzer."""
    keys: dict[str, str] = field(default_factory=dict)
    """Key of each analyzer's observations."""

    @property
    def id(self) -> str:
        """Id of the asset."""
        return self.intake.asset.id
