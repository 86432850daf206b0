"""Resemblyzer's speaker network (generalised end-to-end loss, Wan et al. 2018), without its package's own code.

That code needs a voice activity detector that has to be compiled; its weights do not.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from compliance.errors import ModelRefused
from compliance.model_store import LoadedModel
from compliance.runtimes.checks import finite
from compliance.runtimes.loading import LOADING
from compliance.runtimes.voice_mel import BANDS, HOP, mel_power
from compliance.types import Floats

PARTIAL = 160
"""Frames of one partial utterance: 1.6 s, as the network was trained on."""
PARTIAL_SAMPLES = PARTIAL * HOP
"""The same in samples."""
LOUDNESS_DBFS = -25.0
"""Root mean square that each piece is brought to: the network is not indifferent to loudness. Read speech is
about as loud; the network's own -30 for quiet speech alone gave more errors (0.6 % for 0.4 %), and ten times as
many between quiet and loud recordings (see docs/voices.md)."""
WIDTH = 256
"""Length of an embedding, and of the network's hidden states."""
MOST = 64
"""Partials in one run."""


class VoiceEmbedder:
    """Embeds stretches of 1.6 s; runs on the CPU or a GPU, one call at a time."""

    def __init__(self, model: LoadedModel, device: str) -> None:
        """Read the weights as numbers only.

        Raises:
            ModelRefused: the file holds other weights than this network's.
        """
        import torch

        with LOADING:
            self._network = _network()
            kept = torch.load(model.paths[0], map_location="cpu", weights_only=True)
            state = kept.get("model_state", {}) if isinstance(kept, dict) else {}
            wanted = self._network.state_dict()
            try:
                self._network.load_state_dict({key: state[key] for key in wanted})
            except (KeyError, RuntimeError) as error:
                raise ModelRefused(
                    "the file holds other weights than the speaker network's",
                    expected=", ".join(wanted),
                    found=", ".join(map(str, state)) or "no weights",
                    where=model.card.id,
                    fix="reinstall the package that carries them: pip install 'compliance[voice]'",
                ) from error
        self._device = torch.device(device)
        self._network.eval().requires_grad_(False).to(self._device)
        self._name = model.card.id
        self._lock = threading.Lock()

    def embed(self, pieces: list[Floats]) -> Floats:
        """Embed pieces of speech.

        Args:
            pieces: N pieces of :data:`PARTIAL_SAMPLES` samples each, float32, mono, 16 kHz.

        Returns:
            float32, shape (N, 256), each of length 1; cosine above about 0.75 is the same voice.
        """
        import torch

        if not pieces:
            return np.zeros((0, WIDTH), np.float32)
        mels = np.stack([mel_power(levelled(piece))[:PARTIAL] for piece in pieces])
        parts = []
        with self._lock, torch.inference_mode():
            for start in range(0, len(mels), MOST):
                given = torch.from_numpy(mels[start : start + MOST]).to(self._device)
                parts.append(self._network(given).float().cpu().numpy())
        return finite(np.concatenate(parts), self._name)


def levelled(samples: Floats) -> Floats:
    """Return sound at :data:`LOUDNESS_DBFS`; silence as it is."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    if level <= 0:
        return samples
    return np.asarray(samples * (10 ** (LOUDNESS_DBFS / 20) / level), np.float32)


def _network() -> Any:
    """Return the network without weights: mel (N, 160, 40) to embeddings (N, 256)."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(BANDS, WIDTH, 3, batch_first=True)
            self.linear = torch.nn.Linear(WIDTH, WIDTH)

        def forward(self, mels: torch.Tensor) -> torch.Tensor:
            _, (hidden, _) = self.lstm(mels)
            raw = torch.relu(self.linear(hidden[-1]))
            unit: torch.Tensor = raw / torch.linalg.vector_norm(raw, dim=1, keepdim=True)
            return unit

    return Network()
