"""Vectors of marks and of works' media for the banks, by the networks that reviews use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from compliance.analyzers.brands.mark_views import views
from compliance.analyzers.works.vector_prints import VectorPrint, pack, thumbnail
from compliance.model_store import ModelStore
from compliance.pipeline.device import choose_device
from compliance.pipeline.plan import filling
from compliance.plugins import analyzer_specs
from compliance.types import Floats, Pixels

if TYPE_CHECKING:
    from compliance.model_store import LoadedModel
    from compliance.settings import Settings

TASK = "image-text embedding"
SPACING = 0.5
"""Seconds between frames of a work that are looked at, as far apart as those of a review."""
MOST_VECTORS = 128
"""Vectors that one file gives: about 0.7 MB. Of a longer work, those least like one another are kept."""
AT_ONCE = 8
"""Frames that are held until they are embedded together."""
LIKE = 2.0
"""Mean difference, levels of 0…255 in 32×32 pixels, from the frame kept before, below which it is the same."""


class Embedder:
    """A network that makes vectors of pictures."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Load the network.

        Raises:
            ModelError: the files make no such network.
        """
        from compliance.runtimes.openclip import OpenClip

        self.maker = model.use.sha256
        """Digest of the model, 64 hex digits."""
        self._network = OpenClip(model, device)

    def embed(self, pictures: list[Pixels]) -> Floats:
        """Return float32 (N, D), of length 1, of uint8 RGB pictures of any size."""
        return self._network.embed_images(pictures)

    def mark_print(self, mark: Pixels) -> bytes:
        """Return the packed vectors of a mark, uint8 RGBA (H, W, 4): one of each of its views.

        Raises:
            BankError: the mark is empty.
        """
        shown = views(mark)
        small = tuple(thumbnail(one) for one in shown)
        return pack(VectorPrint(self.embed(shown), np.zeros(len(shown)), small))


class FrameVectors:
    """Gathers the vectors of one file of a work while it is decoded."""

    def __init__(self, embedder: Embedder) -> None:
        self.maker = embedder.maker
        self._embedder = embedder
        self._waiting: list[tuple[float, Pixels]] = []
        self._vectors: list[Floats] = []
        self._times: list[float] = []
        self._pictures: list[bytes] = []
        self._last: tuple[float, Floats] | None = None

    def see(self, time: float, pixels: Pixels) -> None:
        """Take a frame, uint8 RGB, if it is half a second after the one before and differs from it.

        One at the same time as the one before is another showing of a picture with transparency.
        """
        if self._last is not None and 0 < time - self._last[0] < SPACING:
            return
        tones = _tones(pixels)
        if self._last is not None and float(np.abs(tones - self._last[1]).mean()) < LIKE:
            return
        self._last = time, tones
        self._waiting.append((time, np.array(pixels)))
        if len(self._waiting) == AT_ONCE:
            self._embed()

    def packed(self) -> bytes:
        """Return the print; empty where no frame was seen."""
        self._embed()
        self._thin(MOST_VECTORS)
        if not self._vectors:
            return b""
        vectors = np.stack(self._vectors)
        return pack(VectorPrint(vectors, np.array(self._times), tuple(self._pictures)))

    def _embed(self) -> None:
        if not self._waiting:
            return
        frames = [pixels for _, pixels in self._waiting]
        self._vectors += list(self._embedder.embed(frames))
        self._times += [time for time, _ in self._waiting]
        self._pictures += [thumbnail(one) for one in frames]
        self._waiting = []
        if len(self._vectors) > 2 * MOST_VECTORS:
            self._thin(MOST_VECTORS)

    def _thin(self, most: int) -> None:
        if len(self._vectors) <= most:
            return
        kept = _apart(np.stack(self._vectors), most)
        self._vectors = [self._vectors[index] for index in kept]
        self._times = [self._times[index] for index in kept]
        self._pictures = [self._pictures[index] for index in kept]


def open_embedders(
    settings: Settings, modality: Literal["mark", "work"], tell: Callable[[str], None]
) -> tuple[Embedder, ...]:
    """Return the networks whose vectors are compared under ``settings``; none in the bundled tier.

    Args:
        settings: runtime knobs.
        modality: ``mark`` or ``work``.
        tell: called with a sentence for each network that was never pulled, whose vectors are not made.

    Raises:
        ModelError: a network is damaged or not allowed.
    """
    specs = analyzer_specs()
    chosen = [specs[name] for name in filling(specs, settings.analyzers, settings.tier)]
    models = ModelStore.of(settings)
    names = {one.embedding for one in chosen if one.modality == modality and one.embedding}
    found = []
    for card in (models.card(name) for name in sorted(names)):
        if card.task != TASK:
            continue
        if models.state(card) == "not pulled" and not models.here(card):
            mend = "brands reindex" if modality == "mark" else "works reindex --media FILE…"
            tell(
                f"no vectors were made by {card.id}, which is not on this machine, and likeness by them is not "
                f"examined until then: compliance models pull {card.id}, then compliance {mend}"
            )
            continue
        device = choose_device(settings.device, "torch").name
        found.append(Embedder(models.load(card.id), device))
    return tuple(found)


def _tones(pixels: Pixels) -> Floats:
    import cv2

    small = cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _apart(vectors: Floats, most: int) -> list[int]:
    """Return ``most`` rows, in order: the first, and then each time the one least like all that are chosen."""
    chosen = [0]
    nearest = vectors @ vectors[0]
    while len(chosen) < most:
        nearest[chosen[-1]] = np.inf
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return sorted(chosen)
