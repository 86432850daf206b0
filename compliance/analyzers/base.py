"""What an analyzer is: a static spec and a few batch methods. There is no single-item twin.

The life of an analyzer is ``setup(device, models)``, then for every batch ``observe``, then for every asset
``reduce`` and, where it compares with references, ``match``; at the end ``close``.

* ``observe_…`` is stateless: it may see items of several assets in one call, may be called again with
  the same items, and never looks at a bank, a policy or a clock.
* ``reduce`` is pure over one asset's observations: it merges them over time.
* ``findings`` turns reduced observations into findings; where the spec names a bank modality, it gets
  the references of that modality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol, runtime_checkable

from compliance.facts import GenerationRecord
from compliance.findings import BankUse, Finding, ModelUse, Observation, RawKind, Reference
from compliance.model_store import ModelStore
from compliance.types import (
    Asset,
    AudioTrack,
    Cue,
    Floats,
    FrameBatch,
    LightTrack,
    LoudnessTrack,
    Source,
    TextBatch,
)

Runtime = Literal["python", "dlib", "onnx", "torch"]


@dataclass(frozen=True)
class AnalyzerSpec:
    """What can be known of an analyzer without importing its dependencies."""

    name: str
    """Unique among the analyzers that are installed."""
    version: str
    """Changes whenever the same input can give another output."""
    categories: tuple[str, ...]
    """Categories that it can find; anything else is refused as a broken contract."""
    sources: frozenset[Source]
    """Sources that it examines for those categories."""
    raw_kinds: frozenset[RawKind] = frozenset()
    """Kinds of raw numbers that its findings carry."""
    models: tuple[str, ...] = ()
    """Ids of the cards that it loads."""
    libraries: tuple[str, ...] = ()
    """Distributions whose versions can change what it observes."""
    runtime: Runtime = "python"
    """What runs its networks; ``onnx`` and ``torch`` can use a GPU, the others run on the CPU."""
    role: str = ""
    """What it is for, where several analyzers can do it and one is to: its own name unless said."""
    tier: Literal["bundled", "full", "named"] = "bundled"
    """``full`` runs where the settings ask for that tier, in place of a bundled one of its role; ``named``
    only where the settings name it. Both need models that are pulled first."""
    requires: tuple[str, ...] = ()
    """Analyzers whose observations it reads."""
    reads: tuple[str, ...] = ()
    """Those of ``requires`` whose observations its findings are made of, beside its own. One that has no
    ``observe`` method of its own examines the sources of those."""
    modality: str | None = None
    """Modality of the references that it matches against, such as ``face``; None where it matches
    none."""
    prints: str = ""
    """Maker of the prints that it compares, such as ``logos-2``; empty where it compares none."""
    embedding: str | None = None
    """Card of the model whose vectors it compares; None where it compares no vectors."""
    languages: tuple[str, ...] = ("*",)
    """Languages that it understands, or ``*``."""
    biometric: bool = False
    """True where observations hold biometric vectors, which are encrypted at rest."""
    batch: int = 8
    """Items that it likes to see at once on a CPU."""
    gpu_batch: int = 64
    """Items that it likes to see at once on a GPU."""

    @property
    def fills(self) -> str:
        """The role that it fills."""
        return self.role or self.name

    def batch_on(self, device: str) -> int:
        """Return how many items it likes to see at once on ``device``."""
        return self.gpu_batch if device.startswith("cuda") else self.batch


@dataclass(frozen=True)
class References:
    """The entries of all banks of one modality, as analyzers see them: columns of one length."""

    refs: tuple[Reference, ...]
    """Bank and entry of each row; an entry with several templates or aliases has several rows."""
    banks: tuple[BankUse, ...]
    """The banks and their versions."""
    vectors: Floats | None = None
    """float32, shape (N, D), for modalities that compare vectors."""
    texts: tuple[str, ...] = ()
    """N names or aliases, for modalities that compare text."""
    ambiguous: tuple[bool, ...] = ()
    """Which of :attr:`texts` are everyday words too, N of them; empty: none is."""
    prints: tuple[bytes, ...] = ()
    """N *prints*, for modalities that compare them: what an analyzer made of one file of the reference when it
    was enrolled, a pure function of the file and the maker. An entry with several files has several rows."""
    details: tuple[str, ...] = ()
    """JSON of what is known of each row beside its name, N of them: ``owner``, ``file`` and so on."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.refs)


class Analyzer(Protocol):
    """What every analyzer has."""

    spec: ClassVar[AnalyzerSpec]

    def setup(self, device: str, models: ModelStore) -> None:
        """Load what is needed.

        Args:
            device: ``cpu`` or ``cuda:0``.
            models: gives checked model files by the id of their card.

        Raises:
            ModelError: a model is absent, changed or not allowed.
        """

    def models(self) -> tuple[ModelUse, ...]:
        """Return the models that :meth:`setup` loaded."""

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Merge one asset's observations over time; pure."""

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Turn reduced observations into findings.

        Args:
            asset: id of the asset.
            observations: what :meth:`reduce` returned for it, and then what the analyzers that the spec reads
                reduced.
            references: entries of the spec's modality; None where the spec names none.
        """

    def close(self) -> None:
        """Free what :meth:`setup` took."""


class WithoutModels:
    """For analyzers that measure or follow rules: there is nothing to load."""

    def setup(self, device: str, models: ModelStore) -> None:
        """Load nothing."""

    def models(self) -> tuple[ModelUse, ...]:
        """Return no models."""
        return ()


@runtime_checkable
class FrameAnalyzer(Analyzer, Protocol):
    """Looks at decoded frames."""

    def observe_frames(self, batch: FrameBatch) -> list[Observation]:
        """Return what is seen in ``batch``; an empty batch gives an empty list."""


@runtime_checkable
class TextAnalyzer(Analyzer, Protocol):
    """Reads text from prompts, frames, captions and speech."""

    def observe_texts(self, batch: TextBatch) -> list[Observation]:
        """Return what is read in ``batch``; an empty batch gives an empty list."""


@dataclass(frozen=True)
class CaptionTrack:
    """The captions of one file, or those in the media."""

    cues: tuple[Cue, ...]
    """What they say and when, in the order of the file."""
    one: bool = True
    """False where tracks of several languages may stand among one another, so that overlaps mean nothing."""


@dataclass(frozen=True)
class CaptionInput:
    """The captions of one asset as such: how they fit the media, whatever they say."""

    asset: str
    """:attr:`compliance.types.Asset.id`."""
    tracks: tuple[CaptionTrack, ...]
    """Its captions; none where it has none that anybody reads."""
    seconds: float
    """Length of the media."""
    rate: float | None = None
    """Frames a second; None where nobody said."""
    unread: bool = False
    """True where it may have captions that nothing reads."""


@runtime_checkable
class CaptionAnalyzer(Analyzer, Protocol):
    """Looks at captions as such, with their times and the length of the media."""

    def observe_captions(self, inputs: Sequence[CaptionInput]) -> list[Observation]:
        """Return what ``inputs`` hold; no inputs give an empty list."""


@runtime_checkable
class AudioAnalyzer(Analyzer, Protocol):
    """Listens to decoded sound."""

    def observe_audio(self, tracks: Sequence[AudioTrack]) -> list[Observation]:
        """Return what is heard in ``tracks``; no tracks give an empty list."""


@runtime_checkable
class LightAnalyzer(Analyzer, Protocol):
    """Reads what was measured of the light of every decoded frame."""

    def observe_light(self, tracks: Sequence[LightTrack]) -> list[Observation]:
        """Return what ``tracks`` hold; no tracks give an empty list."""


@runtime_checkable
class LoudnessAnalyzer(Analyzer, Protocol):
    """Reads what was measured of the loudness of sound as it is in the file."""

    def observe_loudness(self, tracks: Sequence[LoudnessTrack]) -> list[Observation]:
        """Return what ``tracks`` hold; no tracks give an empty list."""


@runtime_checkable
class Illustrator(Protocol):
    """Makes pictures of its findings that a crop of one observation does not show."""

    def crops(
        self,
        findings: Sequence[Finding],
        observations: Sequence[Observation],
        references: References | None,
    ) -> dict[str, bytes]:
        """Return a JPEG by id of the finding, such as what was seen beside the reference.

        Args:
            findings: what :meth:`Analyzer.findings` returned.
            observations: what it got.
            references: what it got.
        """


@dataclass(frozen=True)
class AssetInput:
    """What an asset analyzer gets: the file as it is and what is known about its making."""

    asset: Asset
    """The asset."""
    path: Path | None
    """The media file, opened read-only by the analyzer; None for a prompt alone."""
    record: GenerationRecord | None
    """The generation record, if there is one."""


@runtime_checkable
class AssetAnalyzer(Analyzer, Protocol):
    """Looks at files as wholes, such as their manifests."""

    def observe_assets(self, inputs: Sequence[AssetInput]) -> list[Observation]:
        """Return what is seen in ``inputs``; no inputs give an empty list."""
