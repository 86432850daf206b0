"""Silero's voice activity detector on ONNX Runtime, without its package's own code."""

from __future__ import annotations

from typing import Any

import numpy as np

from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.types import Floats

RATE = 16_000
"""Samples a second that the network takes, Hz."""
STEP = 512
"""Samples that each probability is of: 32 ms."""
_CONTEXT = 64
"""Samples before them that the network sees as well."""
LOWEST = 60.0
"""Frequency below which nothing counts, Hz. Speech has its fundamental above 75 Hz, while a loud tone at 20 or
40 Hz, which few loudspeakers give at all, makes the network deaf to quiet speech."""


class VoiceActivity:
    """Tells where there is speech; each call is independent of others, so that threads may share it."""

    def __init__(self, model: LoadedModel) -> None:
        """Open a session on the CPU: the steps follow one another, and a GPU has nothing to do side by side."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(model.paths[0]), options, providers=["CPUExecutionProvider"]
        )
        self._name = model.card.id

    def probabilities(self, samples: Floats) -> Floats:
        """Return the probability of speech in each 32 ms.

        Args:
            samples: mono, float32, shape (N,), 16 kHz, -1…1.

        Returns:
            float32, shape (⌈N / 512⌉,); the end is filled up with silence.
        """
        from scipy.signal import butter, sosfilt

        high_pass = butter(4, LOWEST, "highpass", fs=RATE, output="sos")
        samples = sosfilt(high_pass, samples).astype(np.float32) if len(samples) else samples
        steps = -(-len(samples) // STEP)
        padded = np.zeros(_CONTEXT + steps * STEP, np.float32)
        padded[_CONTEXT : _CONTEXT + len(samples)] = samples
        state = np.zeros((2, 1, 128), np.float32)
        rate = np.array(RATE, np.int64)
        found = np.zeros(steps, np.float32)
        for step in range(steps):
            given = padded[None, step * STEP : (step + 1) * STEP + _CONTEXT]
            output, state = self._session.run(None, {"input": given, "state": state, "sr": rate})
            found[step] = output[0, 0]
        return finite(found, self._name)
