"""Fit the space that voices are compared in, and its calibration, to public speech.

    python -m benchmarks._voice_space FOLDER [--write]

FOLDER holds ``one-each/<speaker>-….flac``, one utterance of each of many speakers. What is kept are a mean over
all speakers and the directions in which windows differ from their own speaker's mean, pooled over all: no
speaker's own vector. ``--write`` replaces models/resemblyzer-space.safetensors; its digest then goes
onto the card.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

from benchmarks._utterances import embed_all
from compliance.runtimes.voice_space import VoiceSpace
from compliance.types import Floats

SHRINKAGE = 0.7
"""Share of the mean variance that is added to each direction's; 0.5 to 0.8 did equally well."""
DIRECTIONS = 32
"""16 to 256 did equally well."""
TARGET = Path(__file__).parent.parent / "models" / "resemblyzer-space.safetensors"


def fit(windows: dict[str, Floats]) -> dict[str, Floats]:
    """Return ``mean``, ``directions`` and ``gains``.

    Args:
        windows: embeddings of each speaker's windows, shape (N, 256).
    """
    means = {speaker: of.mean(0) for speaker, of in windows.items()}
    mean = np.mean(list(means.values()), axis=0)
    spread = np.concatenate([of - means[speaker] for speaker, of in windows.items()])
    variances, vectors = np.linalg.eigh(np.cov(spread.T.astype(np.float64), bias=True))
    largest, directions = variances[::-1][:DIRECTIONS], vectors[:, ::-1][:, :DIRECTIONS].T
    floor = SHRINKAGE * variances.mean()
    gains = np.sqrt(floor / ((1 - SHRINKAGE) * largest + floor))
    named = {"mean": mean, "directions": directions, "gains": gains}
    return {name: np.ascontiguousarray(value, np.float32) for name, value in named.items()}


def space_of(windows: dict[str, Floats]) -> VoiceSpace:
    """Return the space that :func:`fit` finds."""
    return VoiceSpace(**fit(windows))


def main() -> None:
    """Fit, and print or write."""
    from safetensors.numpy import save

    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    utterances = embed_all(sorted((arguments.folder / "one-each").glob("*.flac")))
    content = save(fit({one.speaker: one.windows for one in utterances}))
    print(f"{len(utterances)} speakers, {sum(len(one.windows) for one in utterances)} windows")
    print(f"sha256 {hashlib.sha256(content).hexdigest()} size {len(content)}")
    if arguments.write:
        TARGET.write_bytes(content)


if __name__ == "__main__":
    main()
