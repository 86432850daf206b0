"""The ONNX runtime: one session on a checked file, fed with batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from compliance.errors import ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.types import Floats

CPU_SLICE = 1
"""Items in one run on a CPU: larger slices fall out of the caches (at 4, 2.2 times slower)."""


class OnnxModel:
    """A network with one input and one output, float32 both.

    Calls are thread-safe. A CPU session uses one thread: callers that hand in batches from several
    threads keep all cores busy with less waiting than one session that splits every operator.
    """

    def __init__(self, model: LoadedModel, device: str) -> None:
        import onnxruntime

        self._name = model.card.id
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        cuda = device.startswith("cuda")
        provider = "CUDAExecutionProvider" if cuda else "CPUExecutionProvider"
        chosen = {"device_id": device.partition(":")[2] or "0"} if cuda else {}
        self._slice = 0 if cuda else CPU_SLICE
        self._session: Any = onnxruntime.InferenceSession(
            str(model.paths[0]), options, providers=[(provider, chosen)]
        )
        if self._session.get_providers()[0] != provider:
            raise ModelError(
                "the network does not run where it should",
                expected=f"{provider} for {device}",
                found=self._session.get_providers()[0],
                where=self._name,
                fix="set COMPLIANCE_DEVICE=cpu, or mend the CUDA installation",
            )
        self._input = self._session.get_inputs()[0].name

    @property
    def metadata(self) -> dict[str, str]:
        """Key-value metadata that the file carries."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, batch: Floats) -> Floats:
        """Run a batch.

        Args:
            batch: float32, first axis N.

        Returns:
            float32, first axis N.

        Raises:
            AnalyzerError: the network gave NaN or infinity.
        """
        step = self._slice or len(batch)
        outputs = [
            self._session.run(None, {self._input: batch[start : start + step]})[0]
            for start in range(0, len(batch), step)
        ]
        joined: Floats = outputs[0] if len(outputs) == 1 else np.concatenate(outputs)
        return finite(joined, self._name)
