"""Embeddings of aligned faces, for all faces of a batch: ArcFace, SFace and their kin."""

from __future__ import annotations

import numpy as np

from compliance.errors import AnalyzerError
from compliance.model_store import LoadedModel
from compliance.runtimes.face_geometry import CHIP, blob
from compliance.runtimes.onnx import Item, OnnxModel
from compliance.types import Floats, Pixels

CPU_FACES = 6
"""Most faces in one run on a CPU: for a ResNet-50 on two cores, 1 to 6 took 35 to 37 ms a face, 12 took 39."""


class FaceRecogniser:
    """A network that takes aligned RGB faces and gives one vector each."""

    def __init__(self, model: LoadedModel, device: str, *, mean: float, scale: float) -> None:
        """Open it.

        Args:
            model: card and checked file.
            device: ``cpu`` or ``cuda:<n>``.
            mean: subtracted from pixels, 0…255.
            scale: factor after that.
        """
        self._name = model.card.id
        self._mean, self._scale = mean, scale
        values = (-mean * scale, (255 - mean) * scale)
        item = Item((3, CHIP, CHIP), values)
        self.network = OnnxModel(model, device, item=item, cpu_slice=CPU_FACES, spread=True)

    def embed(self, chips: Pixels) -> Floats:
        """Embed faces.

        Args:
            chips: uint8 RGB (N, 112, 112, 3), N ≥ 1, aligned.

        Returns:
            float32 (N, D), of length 1 each, so that the scalar product is the cosine.

        Raises:
            AnalyzerError: a vector is zero, so that it has no direction.
        """
        given = self.network.run(blob(chips, self._scale, self._mean, swap=False))
        vectors = given.reshape(len(chips), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not lengths.all():
            raise AnalyzerError(
                "a face got a vector without direction",
                expected="numbers other than zero",
                found=f"{int((lengths == 0).sum())} of {len(chips)} all zero",
                where=self._name,
                fix=f"compliance models remove {self._name}, then pull it again",
            )
        return np.asarray(vectors / lengths, np.float32)
