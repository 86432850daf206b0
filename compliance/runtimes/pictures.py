"""From decoded frames to what a network takes: uploaded as bytes, resized and normalised on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from compliance.model_store import CardInput
from compliance.types import Pixels

if TYPE_CHECKING:
    import torch

AT_ONCE = 32
"""Frames of one size that are resized together, which bounds memory: 32 of 1080p are 0.8 GB as floats."""


def pictures(frames: Sequence[Pixels], given: CardInput, device: torch.device) -> torch.Tensor:
    """Bring frames to what a network takes, on its device.

    Args:
        frames: N ≥ 1 frames, uint8 RGB (height, width, 3); sizes may differ.
        given: size, mean, std, colour, resize and fit of the card.
        device: where the result is, and where it is made.

    Returns:
        float32, shape (N, 3, size), channels last in memory.
    """
    import torch

    assert given.size is not None
    made = torch.empty((len(frames), 3, *given.size), device=device).contiguous(
        memory_format=torch.channels_last
    )
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for index, frame in enumerate(frames):
        by_shape.setdefault(frame.shape, []).append(index)
    for alike in by_shape.values():
        for start in range(0, len(alike), AT_ONCE):
            rows = alike[start : start + AT_ONCE]
            uploaded = _upload([frames[row] for row in rows], device)
            made[torch.tensor(rows, device=device)] = _fitted(uploaded, given)
    made /= 255
    if given.colour == "BGR":
        made = made.flip(1)
    if given.mean is not None and given.std is not None:
        mean, std = (
            torch.tensor(one, device=device)[:, None, None] for one in (given.mean, given.std)
        )
        made = made.sub_(mean).div_(std)
    return made


def _upload(frames: Sequence[Pixels], device: torch.device) -> torch.Tensor:
    """Return frames of one size as uint8 (N, 3, H, W), channels last, through pinned memory on a GPU."""
    import torch

    height, width = frames[0].shape[:2]
    pinned = device.type == "cuda"
    buffer = torch.empty((len(frames), height, width, 3), dtype=torch.uint8, pin_memory=pinned)
    for row, frame in zip(buffer.numpy(), frames, strict=True):
        np.copyto(row, frame)
    return buffer.to(device, non_blocking=True).permute(0, 3, 1, 2)


def _fitted(frames: torch.Tensor, given: CardInput) -> torch.Tensor:
    """Resize uint8 (N, 3, H, W) as the card says; float32, 0…255, whole numbers as Pillow gives them."""
    import torch

    assert given.size is not None
    height, width = frames.shape[-2:]
    high, wide = given.size
    if given.fit == "squash":
        size = (high, wide)
    else:
        choose = max if given.fit == "crop" else min
        scale = choose(high / height, wide / width)
        size = (max(int(height * scale + 1e-6), 1), max(int(width * scale + 1e-6), 1))
    # On a CPU torch resizes bytes with integer arithmetic, on a GPU it wants floats.
    source = frames if frames.device.type == "cpu" else frames.float()
    resized = torch.nn.functional.interpolate(
        source, size, mode=given.resize or "bilinear", antialias=True, align_corners=False
    )
    resized = resized.float().round_().clamp_(0, 255)
    if given.fit == "crop":
        top, left = round((size[0] - high) / 2), round((size[1] - wide) / 2)
        return resized[:, :, top : top + high, left : left + wide]
    return torch.nn.functional.pad(resized, (0, wide - size[1], 0, high - size[0]))
