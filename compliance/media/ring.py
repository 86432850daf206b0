"""Shared memory that carries frames from the decoder to its reader: equal slots in one anonymous file.

The file is sparse, so that a slot costs only what its frame fills, and sealed against resizing, so that a
decoder that was taken over cannot pull the memory away from under its reader.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from compliance.types import Floats, Pixels


class Ring:
    """A view of the shared slots in this process."""

    def __init__(self, descriptor: int, slots: int, slot_bytes: int, writable: bool) -> None:
        """Map the ring; the descriptor may be closed afterwards."""
        self.slot_bytes = slot_bytes
        """Size of a slot, bytes."""
        access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        self._memory = mmap.mmap(descriptor, slots * slot_bytes, mmap.MAP_SHARED, access)

    def frame(self, slot: int, width: int, height: int) -> Pixels:
        """Return the uint8 RGB view (height, width, 3) of ``slot``; it keeps the memory alive."""
        count = width * height * 3
        flat = np.frombuffer(self._memory, np.uint8, count, slot * self.slot_bytes)
        return flat.reshape(height, width, 3)

    def sound(self, slot: int, channels: int, count: int) -> Floats:
        """Return the float32 view (channels, count) of ``slot``; it keeps the memory alive."""
        flat = np.frombuffer(self._memory, np.float32, channels * count, slot * self.slot_bytes)
        return flat.reshape(channels, count)


def slot_bytes_of(max_pixels: int) -> int:
    """Return the size of a slot for frames of up to ``max_pixels``: whole pages, bytes."""
    return -(-max_pixels * 3 // mmap.PAGESIZE) * mmap.PAGESIZE


def create(slots: int, slot_bytes: int) -> int:
    """Make the shared file and return its descriptor, which the caller closes."""
    descriptor = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, slots * slot_bytes)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
