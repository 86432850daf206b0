"""The ONNX runtime: one session on a checked file, fed with batches."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from compliance.errors import AnalyzerError, ModelError
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.runtimes.rebatch import TOLERANCE, Rebatched, Session, rebatch
from compliance.runtimes.workers import cores, side_by_side
from compliance.types import Floats

CPU_SLICE = 1
"""Items in one run on a CPU: larger slices fall out of the caches (at 4, 2.2 times slower for OCR)."""
BUCKETS = (1, 2, 4, 8, 16, 32, 64)
"""Batch sizes on a GPU: cuDNN searches for its algorithms once for each shape that it meets."""
GPU_TOLERANCE = 5e-3
"""As :data:`compliance.runtimes.rebatch.TOLERANCE`, where convolutions round to TF32."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """What one item of a network looks like, so that its batching can be proved."""

    shape: tuple[int, ...]
    """Without the first axis, such as (3, 640, 640)."""
    values: tuple[float, float]
    """Least and greatest number."""


class OnnxModel:
    """A network with one input, float32, as are its outputs.

    Calls are thread-safe. A CPU session uses one thread: slices that run side by side, whether of several
    callers or of one with ``spread``, wait less than one session that splits every operator (measured on
    two cores: a detector like SCRFD-10g 1.4 times faster, a face ResNet-50 1.6 times).
    """

    def __init__(
        self,
        model: LoadedModel,
        device: str,
        *,
        item: Item | None = None,
        cpu_slice: int = CPU_SLICE,
        spread: bool = False,
    ) -> None:
        """Open a session.

        Args:
            model: card and checked file.
            device: ``cpu`` or ``cuda:<n>``.
            item: what one item looks like; where it is given, batches are proved to give what single runs
                give before any is run, and the network runs item by item where they do not. None trusts
                the file.
            cpu_slice: most items in one run on a CPU.
            spread: run the slices of one batch side by side on all cores.

        Raises:
            ModelError: the device cannot be used, or the file is no network that this runtime reads.
        """
        self._name = model.card.id
        self._device = device
        self._cuda = device.startswith("cuda")
        self._slice = BUCKETS[-1] if self._cuda else cpu_slice
        self._spread = spread and not self._cuda
        self._fallback = ""
        self._reduced = ""
        self._proof: Rebatched | None = None
        self._stacked = item is not None
        path = model.paths[0]
        if item is not None and self._slice > 1:
            tolerance = GPU_TOLERANCE if self._cuda else TOLERANCE
            proof = rebatch(path, item.shape, item.values, self._open, tolerance)
            if proof.fallback:
                self._fallback, self._slice = proof.fallback, 1
                log.warning("%s runs item by item: %s", self._name, proof.fallback)
            else:
                self._proof = proof
        self._session = self._open(self._proof.content if self._proof else str(path))
        self._input = self._session.get_inputs()[0].name

    @property
    def metadata(self) -> dict[str, str]:
        """Key-value metadata that the file carries."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs, in order."""
        return [output.name for output in self._session.get_outputs()]

    @property
    def fallback(self) -> str:
        """Why the network runs item by item although larger batches were wanted; empty where not."""
        return self._fallback

    @property
    def reduced(self) -> str:
        """Why batches became smaller than at the start; empty where they did not."""
        return self._reduced

    def run(self, batch: Floats) -> Floats:
        """Run a batch through a network with one output.

        Args:
            batch: float32, first axis N.

        Returns:
            float32, first axis N.

        Raises:
            AnalyzerError: the network gave NaN or infinity, or one item does not fit into memory.
        """
        return self.run_all(batch)[0]

    def run_all(self, batch: Floats) -> list[Floats]:
        """Run a batch, N ≥ 1, through a network with any number of outputs.

        Returns:
            float32 each. With an ``item``, the first axis is N and the rest is as one run on one item
            gives it, its own first axis included. Without, slices are joined along the first axis.

        Raises:
            AnalyzerError: as for :meth:`run`.
        """
        runs = -(-len(batch) // self._slice)
        if self._spread:
            # a whole number of runs for each core, of nearly one size, so that no core waits for another
            runs = min(-(-runs // cores()) * cores(), len(batch))
        slices = np.array_split(batch, runs)
        if self._spread:
            parts = side_by_side(self._run_slice, slices)
        else:
            parts = [self._run_slice(one) for one in slices]
        joined = (
            parts[0] if len(parts) == 1 else [np.concatenate(p) for p in zip(*parts, strict=True)]
        )
        return [finite(output, self._name) for output in joined]

    def _run_slice(self, batch: Floats) -> list[Floats]:
        """Run one slice; where it does not fit into memory, its halves, and say so."""
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        try:
            return self._run_once(batch)
        except (state.Fail, state.RuntimeException) as error:
            if not _out_of_memory(str(error)):
                raise
            if len(batch) == 1:
                raise AnalyzerError(
                    "one item does not fit into memory",
                    expected="room for a batch of one",
                    found=str(error).splitlines()[0],
                    where=f"{self._name} on {self._device}",
                    fix="free memory on the device, or set COMPLIANCE_DEVICE=cpu",
                ) from error
        half = len(batch) // 2
        self._slice = max(min(self._slice, half), 1)
        self._reduced = f"a batch of {len(batch)} did not fit into the memory of {self._device}"
        log.warning("%s runs in batches of %d: %s", self._name, self._slice, self._reduced)
        first, second = self._run_slice(batch[:half]), self._run_slice(batch[half:])
        return [np.concatenate(pair) for pair in zip(first, second, strict=True)]

    def _run_once(self, batch: Floats) -> list[Floats]:
        count = len(batch)
        if self._cuda and count > 1:
            missing = next(size for size in BUCKETS if size >= count) - count
            batch = np.concatenate([batch, np.repeat(batch[-1:], missing, axis=0)])
        outputs: list[Floats] = self._session.run(None, {self._input: batch})
        if self._proof is not None:
            return [output[:count] for output in self._proof.split(outputs, len(batch))]
        if self._stacked:
            return [output[None] for output in outputs]
        return [output[:count] for output in outputs]

    def _open(self, content: bytes | str) -> Session:
        """Open a session on a model's bytes or path, on this object's device.

        Raises:
            ModelError: the runtime refuses the file, or puts it elsewhere.
        """
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        provider, chosen = "CPUExecutionProvider", {}
        if self._cuda:
            provider = "CUDAExecutionProvider"
            chosen = {
                "device_id": self._device.partition(":")[2] or "0",
                "cudnn_conv_algo_search": "EXHAUSTIVE",
                "arena_extend_strategy": "kSameAsRequested",
            }
            onnxruntime.preload_dlls()
        try:
            session: Any = onnxruntime.InferenceSession(
                content, options, providers=[(provider, chosen)]
            )
        except (state.InvalidProtobuf, state.InvalidGraph, state.NotImplemented) as error:
            raise ModelError(
                "the file is no network that this runtime reads",
                expected="an ONNX file",
                found=str(error).splitlines()[0],
                where=self._name,
                fix=f"compliance models pull {self._name}",
            ) from error
        if session.get_providers()[0] != provider:
            raise ModelError(
                "the network does not run where it should",
                expected=f"{provider} for {self._device}",
                found=session.get_providers()[0],
                where=self._name,
                fix="set COMPLIANCE_DEVICE=cpu, or mend the CUDA installation",
            )
        return session


def _out_of_memory(message: str) -> bool:
    said = message.lower()
    return any(
        words in said
        for words in (
            "failed to allocate",
            "out of memory",
            "bad_alloc",
            "bad allocation",
            "alloc_failed",
        )
    )
