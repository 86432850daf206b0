"""The torch runtime: a network on its device, fed with batches, in the precision that pays there.

Networks run in bfloat16 where the device multiplies it natively, and in float32 elsewhere. On a GPU, batches
are padded to fixed sizes; the small ones, whose kernels are shorter than their launches, are captured graphs.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from compliance.errors import AnalyzerError
from compliance.runtimes.checks import finite
from compliance.types import Floats

if TYPE_CHECKING:
    import torch

BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Sizes that batches are padded to on a GPU."""
GRAPHED = 32
"""Largest bucket that runs as a captured CUDA graph: above it, kernels take longer than their launches."""

_CAPTURING = threading.Lock()

log = logging.getLogger("compliance.runtimes.torch")


def precision(device: str) -> str:
    """Return ``bf16`` where ``device`` multiplies bfloat16 natively, else ``fp32``."""
    import torch

    if device.startswith("cuda"):
        with torch.cuda.device(device):
            native = torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16" if native else "fp32"
    can = torch.cpu.get_capabilities()
    return "bf16" if can.get("avx512_bf16") or can.get("amx_bf16") else "fp32"


class TorchModel:
    """A network with tensors in and one tensor out, each with the batch as first axis.

    Calls are thread-safe and run one after the other: torch spreads one call over all cores.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        name: str,
        device: str,
        *,
        most: int = BUCKETS[-1],
        graphs: bool = False,
    ) -> None:
        """Move ``module`` to its device and precision.

        Args:
            module: the network; changed in place.
            name: id of its card, for messages.
            device: ``cpu`` or ``cuda:<n>``.
            most: items in one run at most; halved for good where memory does not suffice.
            graphs: capture small batches on a GPU; for inputs whose items are all of one shape.
        """
        import torch

        self.name = name
        self.device = torch.device(device)
        self.dtype = torch.bfloat16 if precision(device) == "bf16" else torch.float32
        self.most = most
        self.notes: list[str] = []
        self._module = module.eval().requires_grad_(False).to(self.device, self.dtype)
        self._module.to(memory_format=torch.channels_last)
        self._capture = graphs
        self._graphs: dict[int, _Graph] = {}
        self._lock = threading.Lock()

    def run(self, count: int, given: Callable[[slice], tuple[torch.Tensor, ...]]) -> Floats:
        """Run a batch, in parts that memory suffices for.

        Args:
            count: items, N ≥ 1.
            given: makes the inputs of a part of them, tensors on any device with the part's items first;
                floating ones are cast to the network's type.

        Returns:
            float32, first axis N.

        Raises:
            AnalyzerError: memory does not suffice for a single item, or the network gave NaN or infinity.
        """
        import torch

        with self._lock, torch.inference_mode():
            parts: list[torch.Tensor] = []
            done = 0
            while done < count:
                part = slice(done, min(done + self.most, count))
                try:
                    inputs = tuple(self._cast(one.to(self.device)) for one in given(part))
                    parts.append(self._forward(inputs).float().cpu())
                except RuntimeError as error:
                    if not _out_of_memory(error):
                        raise
                    self._halve(part.stop - part.start, error)
                    continue
                done = part.stop
            return finite(torch.cat(parts).numpy(), self.name)

    def _cast(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self.dtype) if tensor.is_floating_point() else tensor

    def _halve(self, count: int, error: Exception) -> None:
        """Make batches half of ``count`` and say so; a single item that does not fit is an error."""
        import torch

        self._graphs.clear()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if count == 1:
            raise AnalyzerError(
                "the device has too little memory for a single item",
                found=str(error).split(".")[0],
                where=f"{self.name} on {self.device}",
                fix="free memory on the device, or set COMPLIANCE_DEVICE=cpu",
            ) from error
        self.most = count // 2
        note = f"{self.name}: out of memory on {self.device}; batches are now {self.most} at most"
        self.notes.append(note)
        log.warning(note)

    def _forward(self, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        import torch

        count = len(inputs[0])
        if self.device.type != "cuda":
            return self._output(inputs)
        with torch.cuda.device(self.device):
            return self._in_bucket(inputs, count)

    def _in_bucket(self, inputs: tuple[torch.Tensor, ...], count: int) -> torch.Tensor:
        """Pad a batch to its bucket, whose size is a captured graph where that pays."""
        bucket = next(size for size in BUCKETS if size >= count)
        padded = tuple(_padded(one, bucket) for one in inputs)
        if not self._capture or bucket > GRAPHED:
            return self._output(padded)[:count]
        if bucket not in self._graphs:
            self._graphs[bucket] = _Graph(self._output, padded)
        return self._graphs[bucket](padded)[:count]

    def _output(self, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        given: torch.Tensor = self._module(*inputs)
        return given


class _Graph:
    """One size of batch as a captured CUDA graph: a single launch instead of hundreds."""

    def __init__(
        self,
        forward: Callable[[tuple[torch.Tensor, ...]], torch.Tensor],
        inputs: tuple[torch.Tensor, ...],
    ) -> None:
        import torch

        self._inputs = tuple(one.clone() for one in inputs)
        stream: torch.cuda.Stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(
                3
            ):  # lets libraries choose kernels and take workspace before the capture
                forward(self._inputs)
        torch.cuda.current_stream().wait_stream(stream)
        self._graph = torch.cuda.CUDAGraph()
        # Other analyzers' threads go on meanwhile; captures themselves take turns.
        with _CAPTURING, torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._output = forward(self._inputs)

    def __call__(self, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        for mine, given in zip(self._inputs, inputs, strict=True):
            mine.copy_(given)
        self._graph.replay()
        return self._output.clone()


def _out_of_memory(error: RuntimeError) -> bool:
    """Tell whether memory ran out; torch has a class of its own for that on a GPU only."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)


def _padded(tensor: torch.Tensor, count: int) -> torch.Tensor:
    """Repeat the last item until there are ``count``."""
    import torch

    missing = count - len(tensor)
    return (
        torch.cat([tensor, tensor[-1:].expand(missing, *tensor.shape[1:])]) if missing else tensor
    )
