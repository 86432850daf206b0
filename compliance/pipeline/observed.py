"""What was seen of one asset. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from compliance.facts import StreamKind
from compliance.findings import Observation
from compliance.media.info import DecodeSummary, MediaInfo
from compliance.media.markup import TEXT_CODECS
from compliance.pipeline.intake import Intake
from compliance.pipeline.plan import applicable_sources
from compliance.types import Captions, Source


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
    spoken: bool = False
    """True where all that is spoken was turned into text from the sound itself."""
    idle: frozenset[str] = frozenset()
    """Analyzers that did not look, since no bank holds anything that would be compared with what they see."""

    @property
    def captions(self) -> tuple[Captions, ...]:
        """Captions and transcripts: those that came as files, and the text subtitles in the media.

        Subtitles in the media that say nothing at all are captions without cues, and so were read.
        """
        asset = self.intake.asset
        inside = self.summary.captions if self.summary else ()
        silent = self.summary is not None and self.summary.silent_subtitles
        if not (inside or silent) or asset.media_sha256 is None:
            return asset.captions
        own = Captions(source=Source.CAPTION, sha256=asset.media_sha256, cues=inside)
        return (*asset.captions, own)

    @property
    def applicable(self) -> frozenset[Source]:
        """Sources that the asset has."""
        hidden = {Source.CAPTION} if self.summary and self.summary.closed_captions else set()
        return applicable_sources(self.intake.asset, self.info) | hidden

    @property
    def unread_subtitles(self) -> bool:
        """True where the media may have subtitles that nothing reads."""
        if self.info is None or (self.summary and self.summary.closed_captions):
            return True
        return any(
            stream.kind is StreamKind.SUBTITLE and stream.codec not in TEXT_CODECS
            for stream in self.info.streams
        )

    @property
    def id(self) -> str:
        """Id of the asset."""
        return self.intake.asset.id
